"""Rate limits on a clock that only tests turn: never more than published, and never a longer wait than that needs."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accesscfg.exchanges.limits import SLACK_S, Limiter
from accesscfg.model.profile import Limit
from tests.support.strategies import EXAMPLES

TINY = 1e-6
CALLS = ("GET /a", "GET /b", "POST /c")
WHO = [
    {"ip": ip, "account": account, "key": f"{account}-key"} for ip in ("x", "y") for account in ("one", "two")
]


class _Jumping(selectors.SelectSelector):
    """Does not wait: lets the loop's clock jump instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0

    def select(self, timeout: float | None = None) -> Any:
        self.now += timeout or 0.0
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in which time passes only where something sleeps."""

    def __init__(self) -> None:
        self.jumping = _Jumping()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now


@pytest.fixture(autouse=True, scope="module")
def _virtual_time() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        clock = SimpleNamespace(monotonic=lambda: asyncio.get_running_loop().time())
        patch.setattr("accesscfg.exchanges.limits.time", clock)
        yield


def virtually(work: Any) -> Any:
    """Run a coroutine in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


@dataclass(frozen=True)
class Left:
    """A call that left: when it was ready, when it went."""

    call: str
    who: dict[str, str]
    ready: float
    at: float


async def _leave(limiter: Limiter, jobs: Sequence[tuple[str, dict[str, str], float]]) -> list[Left]:
    loop = asyncio.get_running_loop()

    async def one(call: str, who: dict[str, str], after: float) -> Left:
        await asyncio.sleep(after)
        ready = loop.time()
        await limiter.acquire(call, who, lambda *_: None)
        return Left(call, who, ready, loop.time())

    done = await asyncio.gather(*(one(*job) for job in jobs))
    return sorted(done, key=lambda left: left.at)


def cost_of(limit: Limit, call: str) -> float:
    """What a call weighs in a limit."""
    return limit.costs.get(call, 0.0) if limit.costs else 1.0


limits = st.builds(
    Limit,
    st.sampled_from(["first", "second", "third"]),
    st.sampled_from(["ip", "account", "key"]),
    st.integers(3, 8).map(float),
    st.integers(1, 10).map(float),
    st.one_of(st.just({}), st.dictionaries(st.sampled_from(CALLS), st.integers(1, 3).map(float), min_size=1)),
)
tables = st.lists(limits, min_size=1, max_size=3, unique_by=lambda limit: limit.name)
jobs_ = st.lists(
    st.tuples(st.sampled_from(CALLS), st.sampled_from(WHO), st.floats(0, 20).map(lambda s: round(s, 2))),
    min_size=1,
    max_size=40,
)


@EXAMPLES
@given(table=tables, jobs=jobs_)
def test_no_window_ever_holds_more_than_its_limit(table: list[Limit], jobs: list[Any]) -> None:
    left = virtually(_leave(Limiter(table), jobs))

    assert len(left) == len(jobs)
    for limit in table:
        for last in left:
            inside = [
                cost_of(limit, one.call)
                for one in left
                if one.who[limit.scope] == last.who[limit.scope]
                and last.at - limit.seconds < one.at <= last.at
            ]
            assert sum(inside) <= limit.amount or not cost_of(limit, last.call)


@EXAMPLES
@given(table=tables, jobs=jobs_)
def test_no_call_waits_longer_than_a_limit_makes_it(table: list[Limit], jobs: list[Any]) -> None:
    """A moment before it left it did not fit yet."""
    left = virtually(_leave(Limiter(table), jobs))

    for one in left:
        if one.at - one.ready > TINY:
            assert any(not _fits(limit, one, left) for limit in table)


def _fits(limit: Limit, one: Left, left: Sequence[Left]) -> bool:
    before = one.at - TINY
    spent = [
        cost_of(limit, other.call)
        for other in left
        if other is not one
        and other.who[limit.scope] == one.who[limit.scope]
        and before - limit.seconds - SLACK_S < other.at <= before
    ]
    return sum(spent) + cost_of(limit, one.call) <= limit.amount


ONE = Limit("one", "account", 4.0, 10.0)
ME, OTHER = WHO[0], WHO[1]


def _times(limiter: Limiter, *who: dict[str, str]) -> list[float]:
    """When these calls leave, all ready now, in seconds from now."""

    async def go() -> list[float]:
        start = asyncio.get_running_loop().time()
        times = []
        for one in who:
            await limiter.acquire("GET /a", one, lambda *_: None)
            times.append(asyncio.get_running_loop().time() - start)
        return times

    return list(virtually(go()))


def test_a_full_window_lets_the_next_call_out_when_its_first_has_left_it() -> None:
    assert _times(Limiter([ONE]), *[ME] * 5) == [0, 0, 0, 0, pytest.approx(10 + SLACK_S)]


def test_accounts_have_windows_of_their_own() -> None:
    assert _times(Limiter([ONE]), ME, ME, ME, ME, OTHER) == [0, 0, 0, 0, 0]


@given(used=st.integers(0, 6), mine=st.integers(0, 3))
def test_what_the_exchange_says_was_used_counts_and_never_less_than_ours(used: int, mine: int) -> None:
    async def go() -> float:
        loop, limiter = asyncio.get_running_loop(), Limiter([ONE])
        for _ in range(mine):
            await limiter.acquire("GET /a", ME, lambda *_: None)
        limiter.learn("GET /a", ME, "account", float(used))
        start = loop.time()
        for _ in range(4 - mine):
            await limiter.acquire("GET /a", ME, lambda *_: None)
        return loop.time() - start

    waited = virtually(go())
    assert (waited == 0) == (used <= mine)


def test_usage_of_another_scope_is_not_taken_for_this_one() -> None:
    async def go() -> float:
        limiter = Limiter([ONE])
        limiter.learn("GET /a", ME, "ip", 4.0)
        await limiter.acquire("GET /a", ME, lambda *_: None)
        return asyncio.get_running_loop().time()

    assert virtually(go()) == 1000


@given(seconds=st.floats(0.1, 500))
def test_after_a_refusal_every_call_of_that_limit_is_held_back_as_long_as_the_exchange_asked(
    seconds: float,
) -> None:
    async def go() -> tuple[float, float]:
        loop, limiter = asyncio.get_running_loop(), Limiter([ONE])
        limiter.close("GET /a", ME, seconds)
        start = loop.time()
        await limiter.acquire("GET /b", OTHER, lambda *_: None)
        other = loop.time() - start
        await limiter.acquire("GET /b", ME, lambda *_: None)
        return other, loop.time() - start

    other, mine = virtually(go())
    assert other == 0
    assert mine == pytest.approx(seconds)


def test_a_call_that_weighs_more_than_its_whole_limit_leaves_when_the_window_is_empty() -> None:
    heavy = Limit("one", "ip", 4.0, 10.0, {"GET /a": 9.0})
    assert _times(Limiter([heavy]), ME, ME) == [0, pytest.approx(10 + SLACK_S)]


def test_a_wait_is_told_with_its_limit() -> None:
    heard: list[tuple[Any, str]] = []

    async def go() -> None:
        limiter = Limiter([ONE])
        for _ in range(5):
            await limiter.acquire("GET /a", ME, lambda seconds, why: heard.append((seconds, why)))

    virtually(go())
    assert heard == [(pytest.approx(10 + SLACK_S), "one")]
