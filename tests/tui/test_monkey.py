"""Somebody presses keys at random on every screen: nothing crashes, and nothing is written that nobody agreed to."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen

from accesscfg import clipboard
from accesscfg.clipboard import Copied
from accesscfg_tui import actions
from accesscfg_tui.screens.base import CockpitScreen
from tests.tui.apply_desk import writes
from tests.tui.desk import NARROW, WIDE, Desk, screen_text, the_app, wait_for

pytestmark = pytest.mark.slow

PRESSES = 120
MOVES = ("up", "down", "left", "right", "enter", "escape", "pagedown", "end", "j", "k", "tab")
# what agrees to nothing: at a question the focus is on Cancel, and to leave it is work
AT_QUESTION = ("enter", "up", "down", "y", "pagedown", "f1", "q", "x", "escape")
# the shell, the end of the session, and an apply that goes on for the right word are other tests' subjects
NOT_HERE = {"ctrl+z", "ctrl+q"}
SIZES = (WIDE, NARROW, (60, 15), (59, 14))


def keys_at(pilot: Pilot[Any]) -> tuple[str, ...]:
    """The keys of the table that work on the screen in front, or what may be pressed at a question."""
    screen = pilot.app.screen
    if isinstance(screen, ModalScreen) or not isinstance(screen, CockpitScreen):
        return AT_QUESTION
    table = (key for action in actions.of_screen(screen.PLACE) for key in action.keys.split(","))
    return (*MOVES, *(key for key in table if key not in NOT_HERE))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("read_only", [False, True])
def test_keys_pressed_at_random_neither_crash_nor_write(
    desk: Desk, seed: int, read_only: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        clipboard, "copy", lambda *args, **options: Copied("a test", certain=False, why="sent")
    )
    monkeypatch.setattr("webbrowser.open", lambda *args, **options: False)
    monkeypatch.setenv("EDITOR", "true")
    chance, pressed = random.Random(seed), []
    declared = desk.file.read_bytes()

    async def play() -> None:
        settings = desk.folder / "tui.yaml"
        async with desk.session(read_only=read_only, ascii=seed % 2 == 1, settings=settings) as pilot:
            app = the_app(pilot)
            monkeypatch.setattr(app, "exit", lambda *args, **options: None)
            for number in range(PRESSES):
                if number % 15 == 14:
                    await pilot.resize_terminal(*chance.choice(SIZES))
                key = chance.choice(keys_at(pilot))
                pressed.append((type(app.screen).__name__, key))
                await pilot.press(key)
                assert app._exception is None, pressed[-12:]
            await pilot.resize_terminal(*WIDE)
            for _ in range(12):
                await pilot.press("escape")
            await wait_for(pilot, lambda: not app.is_reading, "the readings to end")
            assert screen_text(app).strip(), pressed[-12:]
            assert app.job is None

    asyncio.run(play())
    assert not writes(desk)
    assert desk.file.read_bytes() == declared
    assert not (desk.folder / "attestations.yaml").exists()
