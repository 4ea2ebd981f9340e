"""What lies over a screen: help fits its width, and without colours what is behind a question stays in sight."""

from __future__ import annotations

import asyncio

import pytest
from rich.cells import cell_len

from accesscfg_tui.actions import ACTIONS, EVERYWHERE
from accesscfg_tui.screens.help import HelpScreen
from tests.tui.desk import Desk, screen_text, wait_for

PLACES = sorted({action.screen for action in ACTIONS} - {EVERYWHERE})


@pytest.mark.parametrize("width", [46, 68, 96])
@pytest.mark.parametrize("place", PLACES)
def test_what_a_key_does_stands_beside_it_in_any_width(place: str, width: int) -> None:
    lines = HelpScreen(place, read_only=False, ascii=False, keymap={}).lines(width)
    assert all(cell_len(line.text) <= width for line in lines)
    texts = [line.text for line in lines]
    keys = texts[texts.index("HERE") + 1 : texts.index("STATES")]
    beside = [text for text in keys if text and text != "EVERYWHERE"]
    begin = beside[0].index(beside[0].split(maxsplit=1)[1])  # of what the first key does
    assert all(text[begin - 2 : begin] == "  " and text[begin] != " " for text in beside)


@pytest.mark.slow
@pytest.mark.parametrize("colorless", [False, True])
@pytest.mark.parametrize("key", ["c", "question_mark"])
def test_the_board_stays_in_sight_behind_what_lies_over_it(desk: Desk, key: str, colorless: bool) -> None:
    async def play() -> None:
        async with desk.session((100, 30), colorless=colorless) as pilot:
            await pilot.press("n", key)
            await wait_for(pilot, lambda: pilot.app.screen.is_modal, "what lies over it")
            assert "accesscfg  exchanges.yaml" in screen_text(pilot.app)

    asyncio.run(play())
