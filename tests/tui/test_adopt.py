"""Taking over what is live: chosen facet by facet, shown as lines of the file, written only when somebody says y."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from accesscfg.model.observed import Facet
from accesscfg_tui.screens.accept import AcceptScreen
from accesscfg_tui.screens.adopt import AdoptScreen
from accesscfg_tui.screens.board import BoardScreen
from accesscfg_tui.screens.detail import DetailScreen
from accesscfg_tui.widgets.row_list import RowList
from tests.tui.desk import NARROW, WIDE, Desk, screen_text, the_app, wait_for

Play = Callable[[Pilot[Any]], Awaitable[None]]
QUOTER, CHARTER = "okx-desk/desk1/quoter", "kraken-main/charter"
BEFORE = "            ip_whitelist: [pool:cluster, 198.51.100.4]\n"
AFTER = "            ip_whitelist: [192.0.2.77, 203.0.113.10]\n"

pytestmark = pytest.mark.slow


def play(desk: Desk, part: Play, size: tuple[int, int] = WIDE, **options: Any) -> None:
    async def session() -> None:
        async with desk.session(size, **options) as pilot:
            await part(pilot)

    asyncio.run(session())


async def adopting(pilot: Pilot[Any], path: str) -> AdoptScreen:
    """The screen of a key, what is offered on it."""
    the_app(pilot).show_adopt(path)
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, AdoptScreen), "the screen")
    screen = pilot.app.screen
    assert isinstance(screen, AdoptScreen)
    await wait_for(pilot, lambda: screen.adoption is not None, "the offers")
    return screen


async def asked(pilot: Pilot[Any], screen: AdoptScreen) -> AcceptScreen:
    """The pool replaced, and the question on the screen."""
    await pilot.press("P")
    await wait_for(pilot, lambda: screen.proposal is not None, "the proposal")
    await pilot.press("w")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, AcceptScreen), "the question")
    question = pilot.app.screen
    assert isinstance(question, AcceptScreen)
    return question


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_live_list_is_written_when_somebody_says_so_and_the_key_is_in_sync_then(
    desk: Desk, size: tuple[int, int]
) -> None:
    before = desk.file.read_text()

    async def part(pilot: Pilot[Any]) -> None:
        screen = await adopting(pilot, QUOTER)
        text = screen_text(pilot.app)
        assert "192.0.2.77" in text
        assert "203.0.113.11 (pool cluster)" in text
        assert "pool cluster has addresses that are not live" in text
        await asked(pilot, screen)
        text = screen_text(pilot.app)
        assert f"-{BEFORE.rstrip()}" in text
        assert f"+{AFTER.rstrip()}" in text
        await pilot.press("y")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, BoardScreen), "the board")
        app = the_app(pilot)
        await wait_for(pilot, lambda: _in_sync(app, QUOTER), "the key to be in sync")

    play(desk, part, size)
    assert desk.file.read_text() == before.replace(BEFORE, AFTER)
    trail = (desk.folder / ".accesscfg" / "audit.jsonl").read_text()
    assert '"event":"edited","key":"okx-desk/desk1/quoter"' in trail


def _in_sync(app: Any, path: str) -> bool:
    key = app.key_at(path)
    return key is not None and app.board.look(key).word == "in sync" and not app.is_reading


@pytest.mark.parametrize("keys", [["enter"], ["escape"], ["tab", "enter", "escape"], ["n"], ["space"]])
def test_enter_never_writes_and_cancel_has_the_focus(desk: Desk, keys: list[str]) -> None:
    before = desk.file.read_text()

    async def part(pilot: Pilot[Any]) -> None:
        screen = await adopting(pilot, QUOTER)
        question = await asked(pilot, screen)
        assert question.focused is not None
        assert question.focused.id == "cancel"
        await pilot.press(*keys)
        await wait_for(pilot, lambda: pilot.app.screen is screen, "the screen before")
        assert not screen.is_working

    play(desk, part)
    assert desk.file.read_text() == before


def test_facets_are_chosen_one_by_one_and_a_policy_has_its_say(desk: Desk) -> None:
    text = desk.file.read_text().replace("version: 1\n", "version: 1\npolicies: {forbid: [withdraw]}\n")
    desk.file.write_text(text)

    async def part(pilot: Pilot[Any]) -> None:
        screen = await adopting(pilot, CHARTER)
        assert screen.adoption is not None
        assert [offer.facet for offer in screen.adoption.offers] == [Facet.PERMISSIONS, Facet.IP_WHITELIST]
        assert screen.adoption.chosen == set()
        assert "space chooses what to take over" in screen_text(pilot.app)
        await pilot.press("space")
        await wait_for(pilot, lambda: screen.proposal is not None, "the proposal")
        assert screen.adoption.chosen == {Facet.PERMISSIONS}
        assert "the declaration would say" in screen_text(pilot.app)
        assert "NOT POSSIBLE LIKE THIS" in screen_text(pilot.app)
        await pilot.press("w")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, AcceptScreen), "the question")
        await pilot.press("y")
        await pilot.pause()
        assert isinstance(pilot.app.screen, AcceptScreen)
        await pilot.press("escape", "space")
        await wait_for(pilot, lambda: screen.proposal is None and not screen.is_working, "nothing chosen")

    play(desk, part)
    assert desk.file.read_text() == text


def test_adopt_is_reached_from_the_board_and_from_a_key(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await pilot.press("n", "d")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, AdoptScreen), "the screen")
        assert QUOTER in screen_text(pilot.app)
        await pilot.press("escape")
        the_app(pilot).show_key(CHARTER)
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DetailScreen), "the key")
        await pilot.press("d")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, AdoptScreen), "the screen again")
        assert CHARTER in screen_text(pilot.app)

    play(desk, part)


def test_a_key_that_is_as_declared_has_nothing_to_take_over(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        screen = await adopting(pilot, "bybit-fund/manager")
        assert "Everything that is seen of bybit-fund/manager is as declared" in screen_text(pilot.app)
        await pilot.press("space", "w", "P")
        assert screen.proposal is None

    play(desk, part, NARROW)


def test_a_read_only_session_refuses_even_what_is_called_directly(desk: Desk) -> None:
    before = desk.file.read_text()

    async def part(pilot: Pilot[Any]) -> None:
        await pilot.press("n", "d")
        assert isinstance(pilot.app.screen, BoardScreen)
        screen = await adopting(pilot, QUOTER)
        assert "Write" not in screen_text(pilot.app)
        await pilot.press("P")
        await wait_for(pilot, lambda: screen.proposal is not None, "the proposal")
        screen.action_write()
        screen.ask_to_accept()
        assert screen.proposal is not None
        screen.accept(screen.proposal)
        await pilot.pause()
        assert isinstance(pilot.app.screen, AdoptScreen)
        assert not screen.is_working

    play(desk, part, read_only=True)
    assert desk.file.read_text() == before


def test_what_another_run_holds_is_said_and_not_written(desk: Desk) -> None:
    before = desk.file.read_text()

    async def part(pilot: Pilot[Any]) -> None:
        screen = await adopting(pilot, QUOTER)
        await asked(pilot, screen)
        with desk.workspace().locked():
            await pilot.press("y")
            await wait_for(pilot, lambda: not screen.is_working and screen.proposal is None, "the answer")
            await wait_for(pilot, lambda: "the workspace is locked" in screen_text(pilot.app), "the message")

    play(desk, part)
    assert desk.file.read_text() == before


def test_a_file_that_changes_while_one_looks_is_proposed_anew(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        screen = await adopting(pilot, QUOTER)
        await pilot.press("P")
        await wait_for(pilot, lambda: screen.proposal is not None, "the proposal")
        first = screen.proposal
        desk.file.write_text(desk.file.read_text().replace("used_by: market maker", "used_by: somebody"))
        the_app(pilot).load()
        await wait_for(
            pilot, lambda: screen.proposal is not None and screen.proposal is not first, "another proposal"
        )
        assert screen.proposal is not None
        assert any("somebody" in one for one in screen.proposal.diff)

    play(desk, part)


@pytest.mark.parametrize("ascii", [False, True])
def test_rows_of_the_same_offer_keep_the_cursor_and_boxes_have_signs(desk: Desk, ascii: bool) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        screen = await adopting(pilot, CHARTER)
        rows = screen.query_one(RowList)
        await pilot.press("down", "down")
        at = rows.row
        await pilot.press("space")
        assert rows.row is not None
        assert at is not None
        assert rows.row.id == at.id
        assert ("[x]" if ascii else "[✓]") in screen_text(pilot.app)

    play(desk, part, ascii=ascii)
