"""The bound that `make bench` holds a plan against: no client could need less time for the same requests."""

from __future__ import annotations

import pytest

from accesscfg.model.profile import Limit
from tools.bench_bound import Request, duration_s, slowest_s

TEN_A_SECOND = Limit("keys a second", "account", 10, 1, {"GET /keys": 1})
HEAVY = Limit("weight a minute", "account", 100, 60, {"GET /keys": 40})
OF_AN_ADDRESS = Limit("calls of one address", "ip", 4, 5)


def keys(exchange: str, account: str | None, count: int) -> list[Request]:
    """Calls of one account, or (without one) calls before any key is used."""
    return [Request(exchange, account, "GET /keys" if account else "GET /time")] * count


def test_calls_within_their_limits_take_the_latency_each() -> None:
    assert duration_s(["GET /keys"] * 10, [TEN_A_SECOND], 0.05) == pytest.approx(0.5)


def test_a_call_beyond_a_limit_waits_until_the_first_of_the_window_is_a_window_old() -> None:
    assert duration_s(["GET /keys"] * 11, [TEN_A_SECOND], 0.05) == pytest.approx(1.05)
    assert duration_s(["GET /keys"] * 12, [TEN_A_SECOND], 0.05) == pytest.approx(1.1)


def test_a_limit_counts_weights_and_only_of_the_calls_it_names() -> None:
    assert duration_s(["GET /keys"] * 2 + ["GET /other"] * 9, [HEAVY], 0.1) == pytest.approx(1.1)
    assert duration_s(["GET /keys"] * 3, [HEAVY], 0.1) == pytest.approx(60.1)


def test_the_slowest_account_counts_with_its_sub_accounts_and_with_what_all_accounts_wait_for() -> None:
    requests = [
        *keys("toy", None, 1),
        *keys("toy", "a", 2),
        *keys("toy", "b", 2),
        *keys("toy", "b/sub", 3),
        *keys("other", "c", 5),
    ]
    took, what = slowest_s(requests, {"toy": (TEN_A_SECOND,), "other": ()}, 0.05)
    assert took == pytest.approx(0.3)
    assert what == "account b: 6 requests"


def test_accounts_share_the_limit_of_the_address_they_come_from() -> None:
    requests = [request for name in "abcde" for request in keys("toy", name, 1)]
    took, what = slowest_s(requests, {"toy": (TEN_A_SECOND, OF_AN_ADDRESS)}, 0.05)
    assert took == pytest.approx(5.05)
    assert what == "address limit of toy: calls of one address"
