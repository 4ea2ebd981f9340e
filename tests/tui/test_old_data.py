"""What an earlier session read is never shown as if it were known now, and what this one read grows older."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from accesscfg_tui import showing
from accesscfg_tui.widgets.board_list import BoardList
from tests.tui.apply_desk import QUOTER
from tests.tui.desk import NARROW, WIDE, Desk, screen_text, the_app, wait_for

pytestmark = pytest.mark.slow

STATES = re.compile(r"(\w+ )?(?<!\w)(in sync|drift|attested|consistent|unobservable)(?!\w)")


def present(text: str) -> list[str]:
    """The states that a text tells in the present tense, but for those in the words of a page."""
    flat = re.sub(r"[\s│╭╮╰╯─▌▐]+", " ", text)
    past = ("was ", "were ", "or ", "is ")  # the last two in sentences about what attested means
    return [found[0] for found in STATES.finditer(flat) if found[1] not in past]


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_without_secrets_every_screen_speaks_of_the_last_session_in_the_past(
    desk: Desk, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(desk.workspace().plan())
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", "/nonexistent/key")

    async def session() -> None:
        async with desk.session(size) as pilot:
            app = the_app(pilot)
            await wait_for(pilot, lambda: app.is_at("locked"), "the locked screen")
            await pilot.press("s")
            await wait_for(pilot, lambda: app.is_at("board"), "the board")
            assert app.board is not None
            assert "was drift" in screen_text(app)
            for row in app.board.rows():
                assert app.screen.query_one(BoardList).place_cursor(row.id)
                app.screen.show_detail()  # type: ignore[attr-defined]
                await pilot.pause()
                assert present(screen_text(app)) == [], screen_text(app)
            for place in ("pools", "plan", "history", "logs", "run", "board"):
                await app.action_go(place)
                await pilot.pause()
                assert present(screen_text(app)) == [], screen_text(app)
            for key in app.board.declaration.all_keys():
                app.show_key(str(key.path))
                await pilot.pause()
                assert present(screen_text(app)) == [], screen_text(app)
                app.pop_screen()

    asyncio.run(session())


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_ages_grow_though_nobody_presses_a_key(
    desk: Desk, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "AGES_EVERY_S", 0.1)

    async def session() -> None:
        async with desk.session(size) as pilot:
            app = the_app(pilot)
            board = app.board
            assert board is not None
            look = board.looks[QUOTER]
            assert look.at is not None
            board.looks[QUOTER] = replace(look, at=look.at - timedelta(hours=7))
            await wait_for(pilot, lambda: "7h" in screen_text(app), "the age on the board")
            app.show_key(QUOTER)
            await wait_for(pilot, lambda: "read 7h ago" in screen_text(app), "the age of the key")
            board.looks[QUOTER] = replace(look, at=look.at - timedelta(hours=9))
            await wait_for(pilot, lambda: "read 9h ago" in screen_text(app), "the age to grow")

    asyncio.run(session())
