"""Published rate limits are counted per address, account and endpoint, and refused in each exchange's way."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from accesscfg.sandbox import Sandbox, World
from accesscfg.sandbox.accounts import Venue
from accesscfg.sandbox.bybit import Bybit
from accesscfg.sandbox.limits import Limits
from accesscfg.sandbox.simulator import Call
from tests.sandbox.raw import BinanceClient, BybitClient, OkxClient
from tests.sandbox.worlds import BINANCE_SUB, BYBIT_SUB, ELSEWHERE, HERE, OKX_SUB, world

BINANCE_KEYS = "/sapi/v1/sub-account/subAccountApi"
BINANCE_ADDRESSES = "/sapi/v1/sub-account/subAccountApi/ipRestriction"
BYBIT_OWN = "/v5/user/query-api"
OKX_OWN = "/api/v5/account/config"


def test_a_fixed_window_starts_over() -> None:
    limits = Limits(enabled=True)
    used = [limits.fixed("b", most=10, window_ms=60_000, now_ms=1000, cost=4) for _ in range(3)]
    assert [(usage.allowed, usage.used) for usage in used] == [(True, 4), (True, 8), (False, 8)]
    assert used[-1].wait_ms == 60_000
    late = limits.fixed("b", most=10, window_ms=60_000, now_ms=60_999, cost=4)
    assert (late.allowed, late.wait_ms) == (False, 1)
    assert limits.fixed("b", most=10, window_ms=60_000, now_ms=61_000, cost=4).used == 4
    assert limits.fixed("other", most=10, window_ms=60_000, now_ms=1000).allowed


def test_a_sliding_window_lets_one_in_when_one_leaves() -> None:
    limits = Limits(enabled=True)
    times = [0, 400, 999, 1000, 1001, 1400]
    allowed = [limits.sliding("b", most=2, window_ms=1000, now_ms=now).allowed for now in times]
    assert allowed == [True, True, False, True, False, True]
    assert limits.sliding("b", most=2, window_ms=1000, now_ms=1500).wait_ms == 500


def test_binance_weighs_by_account_and_endpoint(
    sandbox: Sandbox, binance: Callable[..., BinanceClient]
) -> None:
    client, sub = binance(), {"email": BINANCE_SUB}
    answers = [client.call("GET", BINANCE_KEYS, sub) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert [
        answers[0].headers["x-sapi-used-uid-weight-1m"],
        answers[59].headers["x-sapi-used-uid-weight-1m"],
    ] == [
        "3000",
        "180000",
    ]
    assert answers[60].json()["code"] == -1003
    assert 1 <= int(answers[60].headers["retry-after"]) <= 60
    assert binance("reader").call("GET", BINANCE_KEYS, sub).status_code == 429, "another key of the account"
    other = client.call("GET", BINANCE_ADDRESSES, {**sub, "subAccountApiKey": "bot"})
    assert other.status_code == 200, "each endpoint has its own"


def test_binance_weighs_introspection_by_address(binance: Callable[..., BinanceClient]) -> None:
    path = "/sapi/v1/account/apiRestrictions"
    used = [
        binance(name).call("GET", path).headers["x-sapi-used-ip-weight-1m"] for name in ("manager", "local")
    ]
    assert used == ["1", "2"]


def test_bybit_counts_by_account_and_endpoint(sandbox: Sandbox, bybit: Callable[..., BybitClient]) -> None:
    client = bybit()
    answers = [client.send("GET", BYBIT_OWN, "") for _ in range(11)]
    assert [answer.json()["retCode"] for answer in answers] == [0] * 10 + [10006]
    left = [answer.headers["x-bapi-limit-status"] for answer in answers]
    assert (answers[0].headers["x-bapi-limit"], left[0], left[9], left[10]) == ("10", "9", "0", "0")
    reset = int(answers[10].headers["x-bapi-limit-reset-timestamp"])
    assert 0 < reset - answers[10].json()["time"] <= 1000
    assert bybit("trader").get(BYBIT_OWN)["retCode"] == 10006, "another key of the account"
    assert bybit("local").get(BYBIT_OWN)["retCode"] == 0, "a sub-account is another account"
    assert client.get("/v5/user/sub-apikeys", subMemberId=BYBIT_SUB)["retCode"] == 0


def bybit_time(venue: Venue, tick_ms: int, source: str) -> int:
    """The status of a call to the time endpoint at this moment."""
    call = Call(
        method="GET",
        path="/v5/market/time",
        query=b"",
        body=b"",
        headers={},
        source=source,
        presented=None,
        venue=venue,
        random=random.SystemRandom(),
        now_ms=0,
        tick_ms=tick_ms,
    )
    return Bybit().answer(call).status


def test_bybit_shuts_an_address_out_for_ten_minutes_after_600_requests_in_5_seconds() -> None:
    venue = World.from_yaml("{}").venues["bybit"]
    assert [bybit_time(venue, tick, HERE) for tick in range(601)] == [200] * 600 + [403]
    assert bybit_time(venue, 600, ELSEWHERE) == 200, "another address"
    assert bybit_time(venue, 600_599, HERE) == 403
    assert bybit_time(venue, 600_600, HERE) == 200


@pytest.mark.parametrize(
    ("path", "given", "most"),
    [(OKX_OWN, {}, 5), ("/api/v5/users/subaccount/apikey", {"subAcct": OKX_SUB}, 20)],
)
def test_okx_counts_by_account_and_endpoint(
    okx: Callable[..., OkxClient], path: str, given: dict[str, str], most: int
) -> None:
    codes = [okx().get(path, **given)["code"] for _ in range(most + 1)]
    assert codes == ["0"] * most + ["50011"]


def test_okx_refuses_with_429(okx: Callable[..., OkxClient]) -> None:
    body = f'{{"subAcct":"{OKX_SUB}","apiKey":"bot","ip":""}}'
    statuses = [
        okx().send("POST", "/api/v5/users/subaccount/modify-apikey", body).status_code for _ in range(2)
    ]
    assert statuses == [200, 429]


def test_a_world_without_rate_limits(sandbox: Sandbox, okx: Callable[..., OkxClient]) -> None:
    sandbox.load(world(okx={"rate_limits": False}))
    assert {okx().get(OKX_OWN)["code"] for _ in range(20)} == {"0"}
