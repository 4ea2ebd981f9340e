"""A session that only reads: no key, no command, no click and no call from anywhere writes anything.

What is looked for is what would be left behind, on the disk and at the exchanges, so that an action which somebody adds
and forgets to mark is found as well.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input

from accesscfg import clipboard
from accesscfg.clipboard import Copied
from accesscfg.model.errors import Refused
from accesscfg.workspace import Workspace
from accesscfg_tui import actions
from accesscfg_tui.app import AccesscfgApp
from accesscfg_tui.commands import ActionsProvider
from accesscfg_tui.places import PLACES
from accesscfg_tui.screens.base import CockpitScreen
from accesscfg_tui.viewmodel.board import Quick
from accesscfg_tui.widgets.board_list import BoardList
from tests.tui.apply_desk import QUOTER, writes
from tests.tui.desk import WIDE, Desk, the_app, wait_for

pytestmark = pytest.mark.slow

KEYS = {"detail", "guide", "adopt"}  # screens that are about one key
ELSEWHERE = {"text"}  # a text to read, which is shown by a guide
SCREENS = sorted({one.screen for one in actions.ACTIONS} - {actions.EVERYWHERE} - ELSEWHERE)
# they end or leave the session, or are about the user's own settings and not about the workspace
NOT_HERE = {"quit", "suspend_process", "leave", "command_palette"}


@pytest.fixture(autouse=True)
def _nothing_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        clipboard, "copy", lambda *args, **options: Copied("a test", certain=False, why="sent")
    )
    monkeypatch.setattr("webbrowser.open", lambda *args, **options: False)
    monkeypatch.setenv("EDITOR", "false")


def left_behind(folder: Path) -> dict[str, bytes]:
    """Everything in the workspace but what a reading may keep for the next session."""
    kept = {".accesscfg/board.json", ".accesscfg/.gitignore", ".accesscfg/lock", ".accesscfg/outline.json"}
    files = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return {name: content for name, content in files.items() if name not in kept}


async def go(pilot: Pilot[Any], place: str) -> None:
    """To a place, with the cursor on a key that differs."""
    app = the_app(pilot)
    if isinstance(app.focused, Input):  # the filter, which would take the next key
        await pilot.press("escape")
    if place in KEYS:
        show = {"detail": app.show_key, "guide": app.show_guide, "adopt": app.show_adopt}[place]
        show(QUOTER)
    elif place != "board":
        if place == "plan":
            app.review(())
        await app.action_go(place)
    await wait_for(pilot, lambda: app.is_at(place) and not app.is_reading, place)
    if place == "board" and app.board is not None:
        app.board.quick = Quick.ALL
        app.screen.reload()  # type: ignore[attr-defined]
        assert app.screen.query_one(BoardList).place_cursor(QUOTER)
    if place == "guide":
        await wait_for(pilot, lambda: getattr(app.screen, "guide", None) is not None, "the guide")


def play(desk: Desk, part: Callable[[Pilot[Any]], Awaitable[None]]) -> None:
    """A session that only reads, after which everything is as it was."""
    before = left_behind(desk.folder)

    async def session() -> None:
        async with desk.session(WIDE, read_only=True) as pilot:
            await part(pilot)
            await pilot.pause()
            await wait_for(pilot, lambda: not the_app(pilot).is_reading, "the readings to end")

    asyncio.run(session())
    assert left_behind(desk.folder) == before
    assert writes(desk) == []


async def agree(pilot: Pilot[Any]) -> None:
    """Say yes to whatever is asked."""
    for key in ("y", "escape", "escape"):
        if isinstance(pilot.app.screen, ModalScreen) or not isinstance(pilot.app.screen, CockpitScreen):
            await pilot.press(key)


@pytest.mark.slow
@pytest.mark.parametrize("place", SCREENS)
def test_no_key_of_the_table_writes(desk: Desk, place: str) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        for action in actions.of_screen(place):
            if action.call in NOT_HERE or action.id == "plan.save":  # a plan may be taken along
                continue
            for key in action.keys.split(","):
                await the_app(pilot).action_go("board")
                await go(pilot, place)
                await pilot.press(key)
                await agree(pilot)

    play(desk, part)


@pytest.mark.slow
@pytest.mark.parametrize("place", SCREENS)
def test_no_action_writes_however_it_is_called(desk: Desk, place: str) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        for action in actions.of_screen(place):
            if action.writes:
                await app.action_go("board")
                await go(pilot, place)
                await app.run_action(action.call, app.screen)
                called = getattr(app.screen, f"action_{action.call.partition('(')[0]}")()
                if inspect.isawaitable(called):
                    await called
                await agree(pilot)

    play(desk, part)


@pytest.mark.parametrize("place", SCREENS)
def test_neither_palette_nor_footer_nor_help_offers_what_writes(desk: Desk, place: str) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        await go(pilot, place)
        writing = {one.id for one in actions.of_screen(place) if one.writes}
        offered = {action.id for _, action in ActionsProvider(app.screen)._offered()}
        assert not writing & offered
        assert offered
        for action in actions.of_screen(place):
            allowed = app.screen.check_action(action.call.partition("(")[0], ())
            assert bool(allowed) is not action.writes, action.id

    play(desk, part)


def test_every_screen_gates_what_its_table_says_writes() -> None:
    from importlib import import_module

    from accesscfg_tui.screens.adopt import AdoptScreen
    from accesscfg_tui.screens.detail import DetailScreen
    from accesscfg_tui.screens.guide import GuideScreen
    from accesscfg_tui.screens.text import TextScreen

    screens: dict[str, type] = {
        place: getattr(import_module(f"accesscfg_tui.screens.{module}"), name)
        for place, (module, name) in PLACES.items()
    }
    screens |= {"adopt": AdoptScreen, "detail": DetailScreen, "guide": GuideScreen, "text": TextScreen}
    assert {one.screen for one in actions.ACTIONS} - {actions.EVERYWHERE} == set(screens)
    for place, screen in screens.items():
        for method in actions.writing_methods(place):
            gated = inspect.getattr_static(screen, f"action_{method}")
            assert getattr(gated, "writes", False), f"{place}: {method}"


# -- behind the screens --------------------------------------------------------------------------------------------

READS = {
    *("addresses_in", "adoption", "attestations", "declared_lines", "departures", "forget", "guide"),
    *("guide_as_seen", "history", "holder", "last_board", "load", "open", "place_of_pool", "plan"),
    *("profile_of", "proposed"),
    *("refit", "refuse", "rehearsal_world", "secret_in_vain", "secrets_check", "secrets_list"),
    *("still_declared", "unlock_at_terminal", "validate", "verify", "wanted_digest", "with_ticks"),
    *("without_retired",),
}
WRITES = {"accept", "apply", "attest", "locked", "secrets_set", "start_over", "tick", "write_edits"}


def is_method(member: object) -> bool:
    return inspect.isfunction(member) or inspect.ismethod(member)


def test_whatever_a_workspace_can_do_is_known_to_read_or_to_write() -> None:
    public = {name for name, _ in inspect.getmembers(Workspace, is_method) if not name.startswith("_")}
    marked = {name for name in public if getattr(getattr(Workspace, name), "writes", False)}

    assert marked == WRITES
    assert public == READS | WRITES


def test_a_workspace_that_only_reads_refuses_before_it_looks_at_anything(desk: Desk) -> None:
    workspace = desk.workspace()
    workspace.reads_only = True

    for name in WRITES:
        with pytest.raises(Refused, match="only reads"):
            getattr(workspace, name)()


def test_the_app_hands_it_on(desk: Desk) -> None:
    app = AccesscfgApp(desk.workspace(), read_only=True)

    assert app.workspace.reads_only


@pytest.mark.slow
def test_a_look_at_a_guide_takes_no_tick_away(desk: Desk) -> None:
    writer = desk.workspace()
    guide = asyncio.run(writer.guide(QUOTER))
    writer.tick(QUOTER, [step.id for step in guide.steps])
    reader = desk.workspace()
    reader.reads_only = True
    before = left_behind(desk.folder)

    verified = asyncio.run(reader.verify(QUOTER))

    assert verified.guide.steps
    assert left_behind(desk.folder) == before
