"""The exchange's clock is asked once, however many wait for it, and again only when somebody was told it is wrong."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from accesscfg.exchanges.clock import LearnedClock
from accesscfg.model.errors import ExchangeError, Trouble


class Exchange:
    """Answers with a time that is `ahead_ms` of ours, after a pause; fails while `broken`."""

    def __init__(self, ahead_ms: int = 600_000, pause_s: float = 0.0) -> None:
        self.ahead_ms = ahead_ms
        self.pause_s = pause_s
        self.broken = False
        self.asked = 0

    async def ask(self) -> int:
        self.asked += 1
        await asyncio.sleep(self.pause_s)
        if self.broken:
            raise ExchangeError(Trouble.NETWORK, "no answer")
        return time.time_ns() // 1_000_000 + self.ahead_ms


def run(work: Callable[[LearnedClock, Exchange], Awaitable[None]], exchange: Exchange) -> LearnedClock:
    """Runs the work on a clock that knows nothing yet."""

    async def go() -> LearnedClock:
        clock = LearnedClock()
        await work(clock, exchange)
        return clock

    return asyncio.run(go())


def test_a_hundred_that_wait_at_the_same_time_ask_once() -> None:
    exchange = Exchange()

    async def work(clock: LearnedClock, exchange: Exchange) -> None:
        await asyncio.gather(*(clock.learn(exchange.ask) for _ in range(100)))
        await clock.learn(exchange.ask)

    clock = run(work, exchange)
    assert exchange.asked == 1
    assert clock.offset_ms == pytest.approx(600_000, abs=50)
    assert clock.now_ms() == pytest.approx(time.time_ns() // 1_000_000 + 600_000, abs=50)


def test_all_that_were_told_that_it_is_wrong_at_the_same_time_ask_once_more() -> None:
    exchange = Exchange()

    async def work(clock: LearnedClock, exchange: Exchange) -> None:
        await clock.learn(exchange.ask)
        exchange.ahead_ms = -5000
        await asyncio.gather(*(clock.learn(exchange.ask, again=True) for _ in range(20)))

    assert run(work, exchange).offset_ms == pytest.approx(-5000, abs=50)
    assert exchange.asked == 2


def test_each_later_complaint_asks_again_even_when_nothing_has_changed() -> None:
    exchange = Exchange(ahead_ms=0)

    async def work(clock: LearnedClock, exchange: Exchange) -> None:
        for _ in range(3):
            await clock.learn(exchange.ask, again=True)

    run(work, exchange)
    assert exchange.asked == 3


def test_those_that_waited_share_the_failure_and_the_next_one_asks_for_itself() -> None:
    exchange = Exchange()

    async def work(clock: LearnedClock, exchange: Exchange) -> None:
        exchange.broken = True
        ends = await asyncio.gather(*(clock.learn(exchange.ask) for _ in range(20)), return_exceptions=True)
        assert all(isinstance(end, ExchangeError) for end in ends)
        assert exchange.asked == 1
        exchange.broken = False
        await clock.learn(exchange.ask)

    assert run(work, exchange).offset_ms == pytest.approx(600_000, abs=50)
    assert exchange.asked == 2


def test_a_clock_that_is_known_stays_known_when_asking_again_fails() -> None:
    exchange = Exchange()

    async def work(clock: LearnedClock, exchange: Exchange) -> None:
        await clock.learn(exchange.ask)
        exchange.broken = True
        with pytest.raises(ExchangeError):
            await clock.learn(exchange.ask, again=True)
        await clock.learn(exchange.ask)

    assert run(work, exchange).offset_ms == pytest.approx(600_000, abs=50)
    assert exchange.asked == 2


def test_whoever_asks_after_one_was_broken_off_is_not_left_without_an_answer() -> None:
    exchange = Exchange(pause_s=0.01)

    async def work(clock: LearnedClock, exchange: Exchange) -> None:
        first = asyncio.create_task(clock.learn(exchange.ask))
        second = asyncio.create_task(clock.learn(exchange.ask))
        await asyncio.sleep(0)
        first.cancel()
        await second

    assert run(work, exchange).offset_ms == pytest.approx(600_000, abs=50)
    assert exchange.asked == 2


def test_half_of_the_way_there_and_back_is_taken_off() -> None:
    exchange = Exchange(ahead_ms=0, pause_s=0.1)

    async def work(clock: LearnedClock, exchange: Exchange) -> None:
        await clock.learn(exchange.ask)

    assert run(work, exchange).offset_ms == pytest.approx(50, abs=30)
