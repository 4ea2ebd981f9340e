"""The server: loopback only, quick to start, cleanly stopped, usable from this process and from another."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

import accesscfg.sandbox
from accesscfg.sandbox import Sandbox, World, create_app, serve
from tests.sandbox.raw import BinanceClient, digest, now_ms
from tests.sandbox.worlds import ELSEWHERE, HERE, world


def test_public_names() -> None:
    names = ["Fault", "Sandbox", "SandboxApp", "World", "WorldError", "create_app", "serve"]
    assert accesscfg.sandbox.__all__ == names


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_only_loopback_is_served(host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        serve(World.from_yaml("{}"), host=host)


def test_start_and_stop_wait_for_nothing_and_leave_no_thread(http: httpx.Client) -> None:
    before = threading.active_count()
    start = time.monotonic()
    with Sandbox("{}") as sandbox:
        assert http.get(f"{sandbox.url}/binance/api/v3/time").status_code == 200
    stopped = time.monotonic()
    assert stopped - start < 5, "well below half a second on a quiet machine"
    assert threading.active_count() == before
    with pytest.raises(httpx.ConnectError):
        http.get(f"{sandbox.url}/binance/api/v3/time")


def test_a_port_that_is_taken_is_an_error(sandbox: Sandbox) -> None:
    port = int(sandbox.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"), Sandbox("{}", port=port):
        pass


def test_latency_passes_side_by_side() -> None:
    with Sandbox("{}", latency_ms=100) as sandbox, httpx.Client(trust_env=False) as http:
        url = f"{sandbox.url}/bybit/v5/market/time"
        http.get(url)
        start = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: http.get(url), range(8)))
        assert 0.1 <= time.monotonic() - start < 0.7


def test_the_application_alone_answers_any_asgi_server() -> None:
    async def ask() -> Any:
        transport = httpx.ASGITransport(create_app(World.from_yaml(world())), client=(HERE, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            return (await client.get("/okx/api/v5/public/time")).json()

    assert asyncio.run(ask())["code"] == "0"


@pytest.mark.parametrize(("source", "accepted"), [(ELSEWHERE, ["away"]), (HERE, ["manager"])])
def test_the_address_of_the_connection_is_what_counts(source: str, accepted: list[str]) -> None:
    """Whatever a request says of itself in its headers."""

    async def ask(name: str) -> int:
        transport = httpx.ASGITransport(create_app(World.from_yaml(world())), client=(source, 1))
        query = f"timestamp={now_ms()}"
        signed = f"{query}&signature={digest(f'{name}Secret', query).hex()}"
        headers = {"X-MBX-APIKEY": name, "X-Forwarded-For": "127.0.0.1", "X-Real-IP": ELSEWHERE}
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            path = f"/binance/sapi/v1/account/apiRestrictions?{signed}"
            return (await client.get(path, headers=headers)).status_code

    assert [name for name in ("manager", "away") if asyncio.run(ask(name)) == 200] == accepted


@pytest.mark.parametrize("path", ["/", "/mtgox/api", "/binance", "/_sandbox/nothing"])
def test_paths_of_nobody(sandbox: Sandbox, http: httpx.Client, path: str) -> None:
    answer = http.get(f"{sandbox.url}{path}")
    assert answer.status_code == 404
    assert "error" in answer.json()


def test_a_body_larger_than_any_exchange_takes(sandbox: Sandbox, http: httpx.Client) -> None:
    assert http.post(f"{sandbox.url}/bybit/v5/user/update-api", content=b"x" * 1_100_000).status_code == 413


def test_state_and_log_over_http_have_no_secret(sandbox: Sandbox, http: httpx.Client) -> None:
    client = BinanceClient(http, f"{sandbox.url}/binance")
    client.call("GET", "/sapi/v1/account/apiRestrictions")
    client.call("POST", "/sapi/v1/sub-account/subAccountApiPermission")
    http.get(f"{sandbox.url}/okx/api/v5/account/config", headers={"OK-ACCESS-KEY": "nobody"})
    state = http.get(f"{sandbox.url}/_sandbox/state")
    log = http.get(f"{sandbox.url}/_sandbox/log")
    assert state.json() == sandbox.state()
    assert log.json() == sandbox.log()
    for text in (state.text, log.text):
        assert "Secret" not in text
        assert "Sandbox-only" not in text
        assert "signature" not in text
    first, second, third = log.json()
    assert {name: first[name] for name in first if name != "time_ms"} == {
        "n": 1,
        "exchange": "binance",
        "method": "GET",
        "path": "/sapi/v1/account/apiRestrictions",
        "account": "main",
        "key_label": "manager",
        "write": False,
        "status": 200,
        "code": "0",
        "source": HERE,
        "fault": None,
    }
    assert (second["n"], second["write"], second["status"], second["code"]) == (2, True, 400, "-1102")
    assert (third["account"], third["key_label"], third["code"]) == (None, None, "50104")


def test_the_clock_is_frozen_and_let_go(sandbox: Sandbox, http: httpx.Client) -> None:
    clock = f"{sandbox.url}/_sandbox/clock"
    assert http.post(clock, json={"now_ms": 1_800_000_000_123}).json() == {"now_ms": 1_800_000_000_123}
    assert http.get(f"{sandbox.url}/binance/api/v3/time").json() == {"serverTime": 1_800_000_000_123}
    assert http.get(f"{sandbox.url}/okx/api/v5/public/time").json()["data"] == [{"ts": "1800000000123"}]
    http.post(clock, json={"now_ms": None})
    now = http.get(f"{sandbox.url}/binance/api/v3/time").json()["serverTime"]
    assert abs(now - time.time() * 1000) < 5000
    assert http.post(clock, json={"now_ms": "x"}).status_code == 400
    assert http.post(clock, content=b"{").json() == {"error": "the body is not JSON"}


def test_serve_in_another_process_ends_when_it_is_interrupted(http: httpx.Client) -> None:
    code = (
        "from accesscfg.sandbox import World, serve\n"
        "serve(World.from_yaml('{}'), ready=lambda url: print(url, flush=True))\n"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().strip()
        assert http.get(f"{url}/bybit/v5/market/time").json()["retCode"] == 0
        process.send_signal(2)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
