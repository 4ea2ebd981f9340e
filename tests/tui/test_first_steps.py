"""What somebody new presses and what does nothing: it is answered with what does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from accesscfg_tui.settings import Found, Settings
from accesscfg_tui.widgets.board_list import BoardList
from tests.tui.desk import Desk, screen_text, the_app, wait_for


def play(desk: Desk, part: Callable[[Pilot[Any]], Awaitable[None]]) -> None:
    """Run a part of a session."""

    async def session() -> None:
        async with desk.session() as pilot:
            await part(pilot)

    asyncio.run(session())


@pytest.mark.parametrize("key", ["m", "A", "d"])
def test_what_is_done_key_by_key_says_so_on_the_row_of_an_account(desk: Desk, key: str) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        pilot.app.screen.query_one(BoardList).place_cursor("okx-desk")
        await pilot.press(key)
        await wait_for(pilot, lambda: "put the cursor on a key" in screen_text(pilot.app), "the word")
        assert the_app(pilot).is_at("board")

    play(desk, part)


def test_ctrl_c_ends_nothing_and_tells_the_keys_that_do_the_users_own_where_they_changed_them(
    desk: Desk,
) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        await pilot.press("ctrl+c")
        await wait_for(pilot, lambda: "ctrl+q quits, q goes one screen back" in screen_text(app), "the keys")
        app.use_settings(Found(Settings(keys={"everywhere.quit": "f10"}), desk.folder / "tui.yaml"))
        await pilot.press("ctrl+c")
        await wait_for(pilot, lambda: "f10 quits" in screen_text(app), "the key of the user's")

    play(desk, part)
