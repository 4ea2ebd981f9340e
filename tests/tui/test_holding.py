"""What is held back and what is let go: an apply beside a guide's look, the credentials of plans that are over."""

from __future__ import annotations

import asyncio
import gc
import threading
from datetime import timedelta
from typing import Any

import pytest

from accesscfg.engine.keyring import Keyring
from accesscfg.model.errors import Refused
from accesscfg_tui.viewmodel.run import Order
from tests.tui.apply_desk import QUOTER, asked, at_plan, ended, writes
from tests.tui.desk import Desk, the_app, wait_for
from tests.tui.test_plan_screen import told

pytestmark = pytest.mark.slow


def keyrings() -> int:
    gc.collect()
    return sum(isinstance(one, Keyring) for one in gc.get_objects())


def test_the_credentials_of_plans_that_nobody_can_apply_are_let_go(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session() as pilot:
            app = the_app(pilot)
            before = keyrings()
            for _ in range(5):
                app.read([QUOTER])
                await wait_for(pilot, lambda: not app.is_reading, "a reading")
            assert keyrings() <= before + 1, "the newest one only"

    asyncio.run(play())


def test_a_plan_that_was_let_go_is_refused_and_the_one_on_the_table_is_applied(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session() as pilot:
            app = the_app(pilot)
            first = app.plan
            assert first is not None
            await at_plan(pilot, QUOTER)
            app.read()
            await wait_for(pilot, lambda: not app.is_reading and app.plan is not first, "a reading of all")
            await pilot.pause()
            with pytest.raises(Refused, match="forgotten"):
                await app.workspace.apply(first)
            assert not writes(desk)
            await asked(pilot)
            await pilot.press(*"quoter", "y")
            await wait_for(pilot, lambda: app.job is not None, "an apply")
            job = await ended(pilot)
            assert job.result is not None
            assert writes(desk)

    asyncio.run(play())


def test_an_apply_waits_for_the_look_of_a_guide(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, asking = threading.Event(), threading.Event()

    async def play() -> None:
        async with desk.session() as pilot:
            app = the_app(pilot)
            guide = app.workspace.guide

            async def slow(*args: Any, **options: Any) -> Any:
                asking.set()
                await asyncio.to_thread(go_on.wait, 30)
                return await guide(*args, **options)

            monkeypatch.setattr(app.workspace, "guide", slow)
            sheet = await at_plan(pilot, QUOTER)
            await pilot.press("m")
            await wait_for(pilot, asking.is_set, "the look")
            assert app.apply(Order(sheet.plan, frozenset(), ()))
            await pilot.pause(0.1)
            assert app.is_applying
            assert not writes(desk)
            go_on.set()
            job = await ended(pilot)
            assert job.result is not None
            assert writes(desk)

    asyncio.run(play())


def test_a_plan_that_grows_old_under_the_question_is_not_applied(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session() as pilot:
            app = the_app(pilot)
            sheet = await at_plan(pilot, QUOTER)
            await asked(pilot)
            object.__setattr__(sheet.plan, "made_at", sheet.plan.made_at - timedelta(minutes=11))
            await pilot.press(*"quoter", "y")
            await wait_for(pilot, lambda: not app.screen.is_modal, "the question to go")
            assert app.job is None
            assert not writes(desk)
            await told(pilot, "older than 10 minutes")

    asyncio.run(play())
