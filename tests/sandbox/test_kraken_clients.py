"""ccxt works against the simulator, and is refused as Kraken refuses."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from accesscfg.sandbox import Sandbox
from tests.sandbox.clients import ccxt_client, refusal, tamper
from tests.sandbox.test_kraken import secret, world
from tests.sandbox.worlds import HERE


@pytest.fixture(params=["camel", "snake"])
def sandbox(server: Sandbox, request: pytest.FixtureRequest) -> Sandbox:
    server.load(world(casing=request.param))
    return server


@contextmanager
def ccxt(sandbox: Sandbox, key: str = "manager", of: str | None = None) -> Iterator[Any]:
    with ccxt_client("kraken", sandbox.url, key, secret(of or key)) as client:
        yield client


def test_right_secret(sandbox: Sandbox) -> None:
    with ccxt(sandbox) as client:
        shown = client.privatePostGetApiKeyInfo()["result"]
    assert shown["permissions"] == ["query-funds", "modify-trades"]
    assert HERE in (shown.get("ipAllowlist") or shown.get("ip_allowlist"))


def test_balance_and_time(sandbox: Sandbox) -> None:
    with ccxt(sandbox) as client:
        assert client.fetch_balance()["BTC"] == {"free": 0.4012, "used": 0.8423, "total": 1.2435}
        assert abs(client.fetch_time() - time.time() * 1000) < 5000


def test_wrong_secret(sandbox: Sandbox) -> None:
    with ccxt(sandbox, of="another") as client:
        assert "EAPI:Invalid signature" in refusal(client.privatePostGetApiKeyInfo)


def test_one_changed_byte(sandbox: Sandbox) -> None:
    with ccxt(sandbox) as client:
        tamper(client.session, "asset=XBT", "asset=XDT")
        assert "EAPI:Invalid signature" in refusal(client.privatePostBalance, {"asset": "XBT"})


def test_unknown_key(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "nobody") as client:
        assert "EAPI:Invalid key" in refusal(client.privatePostGetApiKeyInfo)


def test_address_not_on_the_list(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "away") as client:
        assert "EAPI:Invalid key" in refusal(client.privatePostGetApiKeyInfo)


def test_missing_permission(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "blind") as client:
        assert client.privatePostGetApiKeyInfo()["error"] == []
        assert "EGeneral:Permission denied" in refusal(client.privatePostBalance)
        assert "EGeneral:Permission denied" in refusal(client.fetch_balance)


def test_a_nonce_below_the_last_one(sandbox: Sandbox) -> None:
    with ccxt(sandbox) as finer, ccxt(sandbox) as client:
        finer.incrementing_nonce = lambda: time.time_ns() // 1000
        assert finer.privatePostGetApiKeyInfo()["error"] == []
        assert "EAPI:Invalid nonce" in refusal(client.privatePostGetApiKeyInfo)
