"""How calls leave: through the declared proxy, from the declared local address, else as the machine says."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from accesscfg.exchanges.client import Lines
from accesscfg.model.desired import DesiredAccount, Egress
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.findings import Mark
from accesscfg.sandbox import Sandbox
from accesscfg.secrets import Credential, Secret
from tests.support.venues import PROFILES

KEY = Credential(Secret("key"), api_secret=Secret("secret"))
WORLD = {
    "exchanges": {
        "bybit": {
            "accounts": [
                {
                    "id": "main",
                    "uid": "1",
                    "keys": [{"api_key": "key", "api_secret": "secret", "label": "a", "permissions": []}],
                }
            ]
        }
    }
}


def account(egress: Egress, endpoint: str = "production") -> DesiredAccount:
    return DesiredAccount(
        name="main",
        exchange="bybit",
        where=Mark("exchanges.yaml", 1, 1),
        endpoint=endpoint,
        egress=egress,
        id=None,
        keys=(),
        subs=(),
    )


def ask(egress: Egress, sandbox_url: str | None, endpoint: str = "production") -> object:
    async def go() -> object:
        async with Lines(PROFILES.provider, sandbox_url, lambda *_: None) as lines:
            return await lines.reading(account(egress, endpoint), egress, KEY, "main/a").get(
                "/v5/user/query-api"
            )

    return asyncio.run(go())


@contextlib.contextmanager
def proxy() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that writes down the first line it is sent and refuses every tunnel."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        heard.append(connection.recv(4096).split(b"\r\n")[0])
                        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accesscfg.exchanges.client.READ_TRIES", 1)


@pytest.mark.parametrize("from_environment", [False, True], ids=["declared", "environment"])
def test_calls_go_through_the_proxy(monkeypatch: pytest.MonkeyPatch, *, from_environment: bool) -> None:
    with proxy() as (url, heard):
        if from_environment:
            monkeypatch.setenv("HTTPS_PROXY", url)
        with pytest.raises(ExchangeError) as caught:
            ask(Egress() if from_environment else Egress(proxy=url), None)

    assert heard == [b"CONNECT api.bybit.com:443 HTTP/1.1"]
    assert caught.value.trouble is Trouble.NETWORK


def test_a_declared_proxy_goes_before_that_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy() as (declared, heard), proxy() as (other, unheard):
        monkeypatch.setenv("HTTPS_PROXY", other)
        with pytest.raises(ExchangeError):
            ask(Egress(proxy=declared), None)

    assert len(heard) == 1
    assert unheard == []


def test_the_sandbox_is_never_called_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy() as (url, heard), Sandbox(WORLD) as sandbox:
        monkeypatch.setenv("HTTPS_PROXY", url)
        ask(Egress(proxy=url), sandbox.url)

    assert heard == []


def test_calls_leave_from_the_declared_local_address() -> None:
    with Sandbox(WORLD) as sandbox:
        ask(Egress(local_address="127.0.0.2"), sandbox.url)

        assert {entry["source"] for entry in sandbox.log()} == {"127.0.0.2"}


def test_the_sandbox_is_called_from_this_machine_where_the_declared_address_is_public() -> None:
    with Sandbox(WORLD) as sandbox:
        ask(Egress(local_address="198.51.100.7"), sandbox.url)

        assert {entry["source"] for entry in sandbox.log()} == {"127.0.0.1"}


@pytest.mark.parametrize(
    "named", ["socks5://127.0.0.1:1", "http://:3128", "http://[::", "ftp://user:MARKED@proxy"]
)
def test_a_proxy_of_the_environment_that_cannot_be_used_fails_the_call_and_is_not_quoted(
    named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", named)
    with pytest.raises(ExchangeError, match="HTTPS_PROXY does not name") as caught:
        ask(Egress(), None)

    assert "MARKED" not in str(caught.value)


def test_a_proxy_of_the_environment_may_be_named_without_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy() as (url, heard):
        monkeypatch.setenv("HTTPS_PROXY", url.removeprefix("http://"))
        with pytest.raises(ExchangeError):
            ask(Egress(), None)

    assert heard == [b"CONNECT api.bybit.com:443 HTTP/1.1"]


def test_an_endpoint_on_this_machine_is_never_called_through_a_proxy() -> None:
    with proxy() as (url, heard), pytest.raises(ExchangeError):
        ask(Egress(proxy=url), None, endpoint="https://127.0.0.1:9")

    assert heard == []


def test_an_account_whose_way_is_broken_does_not_stop_one_that_is_called_another_way() -> None:
    """Both need the exchange's time, and the second asks while the first is still trying."""

    async def go(url: str) -> list[object]:
        async with Lines(PROFILES.provider, url, lambda *_: None) as lines:
            calls = [
                lines.reading(account(way), way, KEY, "main/a").get("/v5/user/query-api")
                for way in (Egress(local_address="::1"), Egress())
            ]
            return await asyncio.gather(*calls, return_exceptions=True)

    with Sandbox(WORLD) as sandbox:
        broken, fine = asyncio.run(go(sandbox.url))

    assert isinstance(broken, ExchangeError)
    assert isinstance(fine, dict)
