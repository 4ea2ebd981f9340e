"""An exchange that limits us: how long its calls still wait is said, and the seconds go down."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from accesscfg.sandbox import Fault
from accesscfg_tui.viewmodel.board import Wait
from tests.tui.desk import NARROW, WIDE, Desk, screen_text, the_app, wait_for

WAITS = re.compile(r"waits (\d+) s")
AT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(("left", "words"), [(14.0, "14 s"), (13.2, "14 s"), (0.1, "1 s"), (-3.0, "1 s")])
def test_seconds_are_whole_and_never_none(left: float, words: str) -> None:
    assert Wait(AT + timedelta(seconds=left), "rate limit").words(AT) == f"waits {words} (rate limit)"


@pytest.mark.slow
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_seconds_go_down_and_the_answer_comes(desk: Desk, size: tuple[int, int]) -> None:
    async def session() -> None:
        async with desk.session(size) as pilot:
            app = the_app(pilot)
            desk.sandbox.fault(Fault(exchange="okx", path="*", kind="429", times=1, ms=5000))
            await pilot.press("R")
            await wait_for(pilot, lambda: WAITS.search(screen_text(app)) is not None, "the wait")
            first = WAITS.search(screen_text(app))
            assert first is not None
            assert "rate limit" in screen_text(app)

            def later() -> bool:
                now = WAITS.search(screen_text(app))
                return now is not None and int(now[1]) < int(first[1])

            await wait_for(pilot, later, "the seconds to go down")
            await wait_for(pilot, lambda: not app.is_reading, "the answers")
            assert WAITS.search(screen_text(app)) is None
            assert "no answer" not in screen_text(app)

    asyncio.run(session())
