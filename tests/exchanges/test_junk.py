"""Replies that make no sense: an ExchangeError or an unknown facet, and none of their text is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accesscfg.model.errors import ExchangeError
from accesscfg.model.observed import LiveKey, Observed, Unknown
from tests.exchanges.test_binance import IPS, RESTRICTIONS
from tests.exchanges.test_binance import ROW as BINANCE_ROW
from tests.exchanges.test_bitget import CLASSIC, CLASSIC_ROW, UNIFIED, UNIFIED_ROW
from tests.exchanges.test_bybit import OWN, SUB_ROW
from tests.exchanges.test_cryptocom import NO_WITHDRAWALS
from tests.exchanges.test_cryptocom import RESULT as CRYPTOCOM_RESULT
from tests.exchanges.test_kraken import INFO_REPLY, RECORDED
from tests.exchanges.test_okx import CONFIG
from tests.exchanges.test_okx import ROW as OKX_ROW
from tests.exchanges.test_whitebit import IPS as WHITEBIT_IPS
from tests.exchanges.test_whitebit import ROW as WHITEBIT_ROW
from tests.exchanges.world import EXCHANGES, always, provider, run

pytestmark = pytest.mark.slow

MARK = "MARKEDjunk"
SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.just(MARK),
    st.sampled_from(["", "*", ",", "0", "true", "-1", "1970-01-01T00:00:00Z", "9" * 30, "\ud800", "\x00"]),
    st.text(max_size=8),
)
junk = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just(MARK) | st.text(max_size=5), inner),
    max_leaves=6,
)

EXAMPLES: dict[str, list[Any]] = {
    "binance": [
        RESTRICTIONS,
        {"total": 1, "rows": [BINANCE_ROW]},
        IPS,
        {"subAccounts": [{"email": "a@b.test"}]},
        {"serverTime": 5},
    ],
    "bitget": [
        {"code": "00000", "data": CLASSIC},
        {"code": "00000", "data": UNIFIED},
        {"code": "00000", "data": [CLASSIC_ROW]},
        {"code": "00000", "data": {"items": [UNIFIED_ROW], "hasNext": False, "cursor": "1"}},
        {"code": "00000", "data": {"subAccountList": [{"subAccountUid": "5"}], "endId": 1}},
        {"code": "00000", "data": {"list": [{"subUid": "5"}], "hasNext": False, "cursor": "1"}},
    ],
    "bybit": [
        {"retCode": 0, "result": OWN},
        {"retCode": 0, "result": {"result": [SUB_ROW], "nextPageCursor": ""}},
        {"retCode": 0, "result": {"subMembers": [{"uid": "5"}], "nextCursor": "0"}},
        {"retCode": 0, "result": {"timeNano": "5"}},
    ],
    "cryptocom": [
        {"id": 12, "code": 0, "result": {**CRYPTOCOM_RESULT, **NO_WITHDRAWALS}},
        {"id": "12", "code": "0", "result": CRYPTOCOM_RESULT},
    ],
    "kraken": [INFO_REPLY, RECORDED],
    "okx": [
        {"code": "0", "data": [CONFIG]},
        {"code": "0", "data": [OKX_ROW]},
        {"code": "0", "data": [{"subAcct": "grid01", "ts": "5"}]},
    ],
    "whitebit": [
        {"limit": 100, "offset": 0, "data": [WHITEBIT_ROW]},
        [WHITEBIT_ROW],
        WHITEBIT_IPS,
        {"offset": 0, "limit": 100, "data": [{"id": WHITEBIT_ROW["subAccountId"], "alias": "desk"}]},
        {"time": 5},
    ],
}


@st.composite
def mutated(draw: st.DrawFn, exchange: str) -> Any:
    """An example reply in which one or more values, at any depth, were dropped or replaced by junk."""
    reply = json.loads(json.dumps(draw(st.sampled_from(EXAMPLES[exchange]))))
    for _ in range(draw(st.integers(1, 3))):
        place = reply
        while isinstance(place, dict | list) and place:
            slots = list(place) if isinstance(place, dict) else list(range(len(place)))
            slot = draw(st.sampled_from(slots))
            if not isinstance(place[slot], dict | list) or draw(st.integers(0, 3)) == 0:
                if draw(st.booleans()) and isinstance(place, dict):
                    del place[slot]
                else:
                    place[slot] = draw(junk)
                break
            place = place[slot]
    return reply


def look_at(key: LiveKey) -> None:
    for seen in key.facets.values():
        if isinstance(seen, Unknown):
            assert MARK not in seen.why
        if isinstance(seen, Observed):
            hash(seen.value)
            str(seen.value)


def outcome(read: Callable[[], Any]) -> Any:
    """What a reader gives, or the ExchangeError that it raises; anything else passes through."""
    try:
        return read()
    except ExchangeError as error:
        return error


def read_all(exchange: str, reply: Any) -> None:
    one = provider(exchange)
    calls = always(reply)
    for read in (
        lambda: [run(one.own_key(calls, "own")).key],
        lambda: [run(one.own_key(calls, "sub")).key],
        lambda: run(one.sub_keys(calls, "x", None)),
        lambda: run(one.sub_accounts(calls)),
        lambda: one.server_time_ms(reply),
    ):
        found = outcome(read)
        assert not isinstance(found, ExchangeError) or MARK not in str(found)
        for key in found if isinstance(found, list) else ():
            if isinstance(key, LiveKey):
                look_at(key)


@pytest.mark.parametrize("exchange", EXCHANGES)
@SOME
@given(data=st.data())
def test_examples_with_junk_in_them(exchange: str, data: st.DataObject) -> None:
    read_all(exchange, data.draw(mutated(exchange)))


@pytest.mark.parametrize("exchange", EXCHANGES)
@SOME
@given(reply=junk)
def test_nothing_but_junk(exchange: str, reply: Any) -> None:
    read_all(exchange, reply)


@pytest.mark.parametrize("exchange", EXCHANGES)
@SOME
@given(
    status=st.integers(200, 599),
    body=st.binary(max_size=40) | junk.map(lambda reply: json.dumps(reply).encode()),
    code=junk,
    headers=st.dictionaries(
        st.sampled_from(["Retry-After", "X-Bapi-Limit-Reset-Timestamp"]), st.text(max_size=25)
    ),
)
def test_refusals_made_of_junk(
    exchange: str, status: int, body: bytes, code: Any, headers: dict[str, str]
) -> None:
    for raw in (
        body,
        json.dumps({"code": code, "retCode": code, "msg": MARK, "time": code, "error": [code]}).encode(),
    ):
        error = provider(exchange).failure(status, headers, raw)
        if error is not None:
            assert MARK not in str(error)
            assert error.retry_after is None or 0 <= error.retry_after < 10**17
