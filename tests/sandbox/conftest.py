"""One server for all tests of the sandbox, with a fresh world for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from accesscfg.sandbox import Sandbox
from tests.sandbox.raw import BinanceClient, BybitClient, OkxClient
from tests.sandbox.worlds import world


@pytest.fixture(scope="session")
def server() -> Iterator[Sandbox]:
    with Sandbox(world()) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    """The server with the world of worlds.py, untouched by other tests."""
    server.load(world())
    return server


@pytest.fixture
def binance(sandbox: Sandbox, http: httpx.Client) -> Callable[..., BinanceClient]:
    return lambda key="manager", **more: BinanceClient(http, f"{sandbox.url}/binance", key, **more)


@pytest.fixture
def bybit(sandbox: Sandbox, http: httpx.Client) -> Callable[..., BybitClient]:
    return lambda key="manager", **more: BybitClient(http, f"{sandbox.url}/bybit", key, **more)


@pytest.fixture
def okx(sandbox: Sandbox, http: httpx.Client) -> Callable[..., OkxClient]:
    return lambda key="manager", **more: OkxClient(http, f"{sandbox.url}/okx", key, **more)
