"""What a refused call says: the trouble, whether a write may have worked, how long to wait. No body text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accesscfg.model.errors import ExchangeError, Trouble
from tests.exchanges.world import EXCHANGES, provider

MARK = "MARKEDbody"
CODE_FIELDS = {
    "binance": "code",
    "bitget": "code",
    "bybit": "retCode",
    "cryptocom": "code",
    "kraken": "error",
    "okx": "code",
    "whitebit": "code",
}


def failure(
    exchange: str, status: int, body: Any, headers: dict[str, str] | None = None
) -> ExchangeError | None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return provider(exchange).failure(status, headers or {}, raw)


def refused(exchange: str, status: int, body: Any, headers: dict[str, str] | None = None) -> ExchangeError:
    error = failure(exchange, status, body, headers)
    assert error is not None
    return error


@pytest.mark.parametrize(
    ("exchange", "body"),
    [
        ("binance", {"ipRestrict": False}),
        ("binance", {}),
        ("binance", []),
        ("bitget", {"code": "00000", "msg": "success", "requestTime": "1695808949356", "data": None}),
        ("bybit", {"retCode": 0, "retMsg": "", "result": {}}),
        ("kraken", {"error": [], "result": {}}),
        ("okx", {"code": "0", "msg": "", "data": []}),
        ("whitebit", {"data": []}),
        ("whitebit", []),
    ],
)
def test_a_successful_reply_is_no_failure(exchange: str, body: Any) -> None:
    assert failure(exchange, 200, body) is None


@pytest.mark.parametrize(
    ("exchange", "status", "code", "trouble"),
    [
        # both statuses were seen: 400 below /sapi, 401 elsewhere
        ("binance", 400, -2015, Trouble.DENIED),
        ("binance", 401, -2015, Trouble.DENIED),
        ("binance", 400, -1021, Trouble.CLOCK),
        ("binance", 400, -1022, Trouble.SIGNATURE),
        ("binance", 400, -2008, Trouble.KEY),
        ("binance", 401, -2014, Trouble.KEY),
        ("binance", 400, -1104, Trouble.REQUEST),
        ("binance", 429, -1003, Trouble.RATE_LIMIT),
        ("binance", 418, -1003, Trouble.RATE_LIMIT),
        ("bitget", 400, "40006", Trouble.KEY),
        ("bitget", 400, "40008", Trouble.CLOCK),
        ("bitget", 400, "40009", Trouble.SIGNATURE),
        ("bitget", 400, "40012", Trouble.SIGNATURE),
        ("bitget", 400, "40014", Trouble.PERMISSION),
        ("bitget", 400, "40018", Trouble.ADDRESS),
        ("bitget", 400, "40036", Trouble.SIGNATURE),
        ("bitget", 400, "40084", Trouble.REQUEST),
        ("bitget", 400, "40085", Trouble.REQUEST),
        ("bitget", 200, "40104", Trouble.DENIED),
        ("bitget", 429, "429", Trouble.RATE_LIMIT),
        ("bitget", 400, "99999", Trouble.REQUEST),
        ("bybit", 200, 10002, Trouble.CLOCK),
        ("bybit", 200, 10003, Trouble.KEY),
        ("bybit", 200, 33004, Trouble.KEY),
        ("bybit", 200, -2015, Trouble.KEY),
        ("bybit", 200, 10004, Trouble.SIGNATURE),
        ("bybit", 200, 10005, Trouble.PERMISSION),
        ("bybit", 200, 10006, Trouble.RATE_LIMIT),
        ("bybit", 200, 10010, Trouble.ADDRESS),
        ("bybit", 200, 141019, Trouble.WEBSITE_ONLY),
        ("bybit", 200, 141020, Trouble.WEBSITE_ONLY),
        ("bybit", 404, 10017, Trouble.REQUEST),
        ("okx", 401, "50102", Trouble.CLOCK),
        ("okx", 401, "50105", Trouble.SIGNATURE),
        ("okx", 401, "50110", Trouble.ADDRESS),
        ("okx", 401, "50111", Trouble.KEY),
        ("okx", 401, "50113", Trouble.SIGNATURE),
        ("okx", 200, "50119", Trouble.KEY),
        ("okx", 200, "50120", Trouble.PERMISSION),
        ("okx", 403, "50035", Trouble.PERMISSION),
        ("okx", 200, "50011", Trouble.RATE_LIMIT),
        ("okx", 429, "50011", Trouble.RATE_LIMIT),
        ("okx", 200, "59500", Trouble.PERMISSION),
        ("okx", 200, "59503", Trouble.REQUEST),
    ],
)
def test_codes(exchange: str, status: int, code: Any, trouble: Trouble) -> None:
    error = refused(exchange, status, {CODE_FIELDS[exchange]: code, "msg": MARK, "retMsg": MARK})
    assert (error.trouble, error.code, error.ambiguous) == (trouble, str(code), False)
    assert str(code) in error.what
    assert MARK not in str(error)


@pytest.mark.parametrize(
    ("exchange", "status", "code"),
    [
        ("binance", 503, -1007),
        ("binance", 408, -1007),
        ("bitget", 400, "40010"),
        ("bybit", 200, 10000),
        ("bybit", 200, 10016),
        ("okx", 503, "50001"),
        ("okx", 400, "50004"),
        ("okx", 429, "50013"),
        ("okx", 500, "50026"),
    ],
)
def test_codes_that_leave_the_outcome_open(exchange: str, status: int, code: Any) -> None:
    error = refused(exchange, status, {CODE_FIELDS[exchange]: code})
    assert (error.trouble, error.ambiguous) == (Trouble.SERVER, True)


@pytest.mark.parametrize("exchange", EXCHANGES)
@pytest.mark.parametrize(
    ("status", "trouble", "ambiguous"),
    [
        (301, Trouble.REPLY, False),
        (400, Trouble.REQUEST, False),
        (401, Trouble.DENIED, False),
        (404, Trouble.REQUEST, False),
        (418, Trouble.RATE_LIMIT, False),
        (429, Trouble.RATE_LIMIT, False),
        (500, Trouble.SERVER, True),
        (502, Trouble.SERVER, True),
        (503, Trouble.SERVER, True),
        (504, Trouble.SERVER, True),
    ],
)
@pytest.mark.parametrize("body", [b"", f"<html>{MARK}</html>".encode(), b"\xff", b"[" * 9999, b"null"])
def test_without_a_code_the_status_decides(
    exchange: str, status: int, trouble: Trouble, ambiguous: bool, body: bytes
) -> None:
    error = refused(exchange, status, body)
    assert (error.trouble, error.ambiguous, error.code) == (trouble, ambiguous, None)
    assert f"HTTP {status}" in error.what
    assert MARK not in str(error)


@pytest.mark.parametrize(
    ("exchange", "code"), [("binance", -7777), ("bybit", 777777), ("okx", "77777"), ("okx", "1")]
)
def test_a_code_that_we_do_not_know_is_named(exchange: str, code: Any) -> None:
    error = refused(exchange, 200, {CODE_FIELDS[exchange]: code, "msg": MARK})
    assert (error.trouble, error.code) == (Trouble.REQUEST, str(code))
    assert str(code) in error.what


@pytest.mark.parametrize("exchange", EXCHANGES)
@pytest.mark.parametrize("code", [MARK, {"a": MARK}, [MARK], "-" + "9" * 40, True, None, 1.5])
def test_what_is_no_code_is_not_quoted(exchange: str, code: Any) -> None:
    error = refused(exchange, 400, {CODE_FIELDS[exchange]: code})
    assert error.code is None
    assert MARK not in str(error)
    assert "9999" not in str(error)


@pytest.mark.parametrize("exchange", ["bybit", "kraken", "okx"])
@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]"])
def test_an_answer_without_its_envelope_leaves_the_outcome_open(exchange: str, body: bytes) -> None:
    error = refused(exchange, 200, body)
    assert (error.trouble, error.ambiguous) == (Trouble.REPLY, True)


def test_binances_firewall_is_not_taken_for_the_keys_whitelist() -> None:
    assert refused("binance", 403, b"<html>").trouble is Trouble.REQUEST


class TestWaiting:
    def test_retry_after(self) -> None:
        for exchange in EXCHANGES:
            assert refused(exchange, 429, b"", {"retry-after": "7"}).retry_after == 7.0
            assert refused(exchange, 503, b"", {"Retry-After": "7"}).retry_after == 7.0
            assert refused(exchange, 400, b"", {"Retry-After": "7"}).retry_after is None
            for odd in ("soon", "-1", "1e99", "٣", ""):
                assert refused(exchange, 429, b"", {"Retry-After": odd}).retry_after is None

    def test_bybits_reset_is_reckoned_by_its_own_clock(self) -> None:
        headers = {"x-bapi-limit-reset-timestamp": "1700000000750"}
        body = {"retCode": 10006, "retMsg": "", "time": 1700000000500}
        assert refused("bybit", 200, body, headers).retry_after == 0.25
        assert refused("bybit", 200, {**body, "time": 1700000009999}, headers).retry_after == 0.0

    def test_bybits_cap_by_address_takes_ten_minutes(self) -> None:
        error = refused("bybit", 403, f"access too frequent {MARK}".encode())
        assert (error.trouble, error.retry_after, error.ambiguous) == (Trouble.RATE_LIMIT, 600.0, False)
        assert MARK not in str(error)


class TestSeenAddress:
    @pytest.mark.parametrize(
        ("message", "address"),
        [
            ("Your IP 203.0.113.7 is not included in your API key's IP whitelist.", "203.0.113.7"),
            ("Your IP 203.0.113.7.", "203.0.113.7"),
            ("Your IP 2001:db8::7 is not included", "2001:db8::7"),
            ("203.0.113.7 is not among 203.0.113.8", None),
            (f"{MARK} 999.1.1.1 bad cafe 12:34", None),
            ("", None),
            (None, None),
            (["203.0.113.7"], None),
        ],
    )
    def test_okx_names_it(self, message: Any, address: str | None) -> None:
        error = refused("okx", 401, {"code": "50110", "msg": message})
        assert error.seen_address == address
        assert MARK not in str(error)

    def test_no_other_refusal_names_one(self) -> None:
        assert refused("okx", 401, {"code": "50113", "msg": "203.0.113.7"}).seen_address is None
