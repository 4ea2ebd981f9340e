"""Ordered faults: what a client sees, and whether the write took effect."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from accesscfg.sandbox import Fault, Sandbox
from tests.sandbox.raw import BinanceClient, BybitClient, OkxClient
from tests.sandbox.worlds import HERE

UPDATE = "/v5/user/update-sub-api"
OWN = "/v5/user/query-api"


def unbind(client: BybitClient) -> dict[str, Any]:
    return client.post(UPDATE, apikey="bot", ips="*")


def whitelist(sandbox: Sandbox) -> object:
    return sandbox.state()["exchanges"]["bybit"]["accounts"][0]["sub_accounts"][0]["keys"][0]["ip_whitelist"]


@pytest.mark.parametrize(
    ("kind", "takes_effect"), [("drop_before", False), ("drop_after", True)], ids=["before", "after"]
)
def test_a_dropped_connection_before_and_after_the_write(
    sandbox: Sandbox, bybit: Callable[..., BybitClient], kind: str, takes_effect: bool
) -> None:
    sandbox.fault(Fault("bybit", UPDATE, kind))
    with pytest.raises(httpx.RemoteProtocolError):
        unbind(bybit())
    assert (whitelist(sandbox) is None) is takes_effect
    entry = sandbox.log()[-1]
    assert (entry["status"], entry["code"], entry["fault"], entry["write"]) == (None, None, kind, True)
    assert bybit().get(OWN)["retCode"] == 0, "the fault held once"


@pytest.mark.parametrize("kind", ["429", "5xx"])
def test_refused_requests_take_no_effect(
    sandbox: Sandbox, bybit: Callable[..., BybitClient], kind: str
) -> None:
    sandbox.fault(Fault("bybit", "*", kind))
    assert unbind(bybit())["retCode"] == {"429": 10006, "5xx": 10016}[kind]
    assert whitelist(sandbox) is not None
    assert sandbox.log()[-1]["fault"] == kind


def test_each_exchange_breaks_in_its_own_way(
    sandbox: Sandbox,
    binance: Callable[..., BinanceClient],
    bybit: Callable[..., BybitClient],
    okx: Callable[..., OkxClient],
) -> None:
    sandbox.fault(Fault("*", "*", "429", times=3, ms=1500))
    limited = binance().call("GET", "/sapi/v1/account/apiRestrictions")
    assert (limited.status_code, limited.json()["code"], limited.headers["retry-after"]) == (429, -1003, "2")
    limited = bybit().send("GET", OWN, "")
    assert int(limited.headers["x-bapi-limit-reset-timestamp"]) == limited.json()["time"] + 1500
    assert okx().get("/api/v5/account/config")["code"] == "50011"
    sandbox.fault(Fault("*", "*", "5xx", times=3))
    broken = binance().call("GET", "/sapi/v1/account/apiRestrictions")
    assert (broken.status_code, broken.json()["code"]) == (504, -1007)
    assert bybit().send("GET", OWN, "").status_code == 500
    assert okx().send("GET", "/api/v5/account/config").status_code == 500


def test_a_fault_can_wait_for_a_later_request(sandbox: Sandbox, bybit: Callable[..., BybitClient]) -> None:
    sandbox.fault(Fault("bybit", OWN, "5xx", times=2, skip=1))
    assert [bybit().get(OWN)["retCode"] for _ in range(4)] == [0, 10016, 10016, 0]


def test_a_fault_without_end_lasts_until_it_is_cleared(
    sandbox: Sandbox, bybit: Callable[..., BybitClient]
) -> None:
    sandbox.fault(Fault("bybit", "*", "5xx", times=None))
    assert [bybit().get(OWN)["retCode"] for _ in range(3)] == [10016] * 3
    sandbox.clear_faults()
    assert bybit().get(OWN)["retCode"] == 0


def test_a_fault_is_for_its_exchange_and_path(sandbox: Sandbox, bybit: Callable[..., BybitClient]) -> None:
    sandbox.fault(Fault("okx", "*", "5xx"))
    sandbox.fault(Fault("bybit", UPDATE, "5xx"))
    assert bybit().get(OWN)["retCode"] == 0


def test_latency(sandbox: Sandbox, bybit: Callable[..., BybitClient]) -> None:
    sandbox.fault(Fault("bybit", "*", "latency", ms=120))
    start = time.monotonic()
    assert bybit().get(OWN)["retCode"] == 0
    assert time.monotonic() - start >= 0.12


def test_a_clock_that_is_wrong(sandbox: Sandbox, bybit: Callable[..., BybitClient]) -> None:
    sandbox.fault(Fault("bybit", "*", "clock_skew", times=None, ms=60_000))
    assert bybit().get(OWN)["retCode"] == 10002
    client = bybit()
    server = client.http.get(f"{client.url}/v5/market/time").json()["time"]
    assert 50_000 < server - time.time() * 1000 < 70_000
    assert bybit(shift_ms=60_000).get(OWN)["retCode"] == 0, "a client that learns the offset gets through"


@pytest.mark.parametrize(
    ("request_body", "error"),
    [
        ({"exchange": "bybit", "path": "*"}, "kind is missing"),
        ({"exchange": "bybit", "path": "*", "kind": "smoke"}, "kind is one of"),
        ({"exchange": "nowhere", "path": "*", "kind": "5xx"}, "no such exchange"),
        ({"exchange": "bybit", "path": "*", "kind": "5xx", "times": 0}, "times is 1 or more"),
        ({"exchange": "bybit", "path": "*", "kind": "5xx", "ms": "1"}, "whole number"),
        ({"exchange": "bybit", "path": "*", "kind": "5xx", "odd": 1}, "unknown field 'odd'"),
        ({"clear": False}, "clear is true"),
        ([], "must be a mapping"),
    ],
)
def test_orders_that_make_no_sense(
    sandbox: Sandbox, http: httpx.Client, request_body: object, error: str
) -> None:
    answer = http.post(f"{sandbox.url}/_sandbox/faults", json=request_body)
    assert answer.status_code == 400
    assert error in answer.json()["error"]


def test_faults_are_ordered_and_cleared_over_http(
    sandbox: Sandbox, http: httpx.Client, bybit: Callable[..., BybitClient]
) -> None:
    url = f"{sandbox.url}/_sandbox/faults"
    order = {"exchange": "bybit", "path": OWN, "kind": "5xx", "times": None, "ms": 0}
    assert http.post(url, json=order).status_code == 200
    assert [bybit().get(OWN)["retCode"] for _ in range(2)] == [10016] * 2
    assert http.post(url, json={"clear": True}).status_code == 200
    assert bybit().get(OWN)["retCode"] == 0
    assert HERE in sandbox.log()[-1]["source"]
