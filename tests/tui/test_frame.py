"""The frame around all screens: going places, what stands in the way, the read-only gate, windows of all sizes."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Callable, Coroutine
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from accesscfg_tui import actions
from accesscfg_tui.app import AccesscfgApp
from accesscfg_tui.places import PLACES
from accesscfg_tui.screens.detail import DetailScreen
from accesscfg_tui.widgets.board_list import BoardList
from accesscfg_tui.widgets.cover import Cover
from accesscfg_tui.widgets.key_footer import fitting
from tests.tui.desk import NARROW, WIDE, Desk, screen_text, the_app, wait_for

pytestmark = pytest.mark.slow

Play = Callable[[Pilot[Any]], Coroutine[Any, Any, None]]
DIGITS = {
    "2": "plan",
    "3": "pools",
    "4": "history",
    "5": "logs",
    "6": "settings",
    "7": "run",
    "0": "findings",
}


def play(desk: Desk, what: Play, size: tuple[int, int] = WIDE, **options: Any) -> None:
    """Run a session and do something in it."""

    async def session() -> None:
        async with desk.session(size, **options) as pilot:
            await what(pilot)

    asyncio.run(session())


async def at_key(pilot: Pilot[Any], path: str) -> None:
    """Put the board's cursor on a key."""
    assert pilot.app.screen.query_one(BoardList).place_cursor(path)
    await pilot.pause()


# -- going places ------------------------------------------------------------------------------------------------


def test_digits_lead_everywhere_and_back_to_the_board(desk: Desk) -> None:
    async def go(pilot: Pilot[Any]) -> None:
        for key, place in DIGITS.items():
            if place not in PLACES:
                continue
            await pilot.press(key)
            await wait_for(pilot, lambda place=place: the_app(pilot).is_at(place), place)  # type: ignore[misc]
            assert "? Help" in screen_text(pilot.app)
        await pilot.press("1")
        await wait_for(pilot, lambda: the_app(pilot).is_at("board"), "the board")

    play(desk, go)


def test_every_place_of_the_table_of_actions_has_a_screen() -> None:
    named = {action.call.split("'")[1] for action in actions.ACTIONS if action.call.startswith("go(")}

    assert named <= set(PLACES)


def test_every_action_has_its_method() -> None:
    for place, (module, name) in PLACES.items():
        screen = getattr(import_module(f"accesscfg_tui.screens.{module}"), name)
        for action in actions.ACTIONS:
            if action.screen == place:
                method = action.call.partition("(")[0]
                assert callable(getattr(screen, f"action_{method}", None)), f"{place}: {method}"


def test_no_key_does_two_things_on_one_screen() -> None:
    for place in {action.screen for action in actions.ACTIONS}:
        keys = [key for one in actions.ACTIONS if one.screen == place for key in one.keys.split(",")]
        assert len(keys) == len(set(keys)), place


def test_the_keys_of_tmux_and_vi_are_nobodys() -> None:
    owned = {f"ctrl+{letter}" for letter in "abdhjklos"}

    assert not [one.id for one in actions.ACTIONS if owned & set(one.keys.split(","))]


def test_every_action_has_an_id_of_its_own() -> None:
    ids = [one.id for one in actions.ACTIONS]

    assert len(ids) == len(set(ids))


# -- the footer --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", range(60, 141, 4))
@pytest.mark.parametrize("place", sorted({one.screen for one in actions.ACTIONS} - {actions.EVERYWHERE}))
def test_the_footer_fits_and_help_comes_first(place: str, width: int) -> None:
    shown = fitting(actions.of_screen(place), width)

    assert shown[0] == ("?", "Help")
    assert sum(len(key) + len(word) + 3 for key, word in shown) <= width + 1


# -- read-only ---------------------------------------------------------------------------------------------------


def test_a_read_only_session_offers_nothing_that_writes(desk: Desk) -> None:
    async def look(pilot: Pilot[Any]) -> None:
        assert "READ-ONLY" in screen_text(pilot.app)
        shown = the_app(pilot).screen.shown_actions()  # type: ignore[attr-defined]
        assert not [one.id for one in shown if one.writes]
        await pilot.press("question_mark")
        assert "take over into the YAML" not in screen_text(pilot.app)

    play(desk, look, read_only=True)


def test_what_writes_is_refused_however_it_is_called(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr(AccesscfgApp, "open_editor", lambda self, where: opened.append(where))

    async def try_it(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        await at_key(pilot, "okx-desk/desk1/quoter")
        await pilot.press("e")
        app.screen.action_edit()  # type: ignore[attr-defined]
        key = app.key_at("okx-desk/desk1/quoter")
        assert key is not None
        app.edit_at(key.where)
        await pilot.pause()
        assert "only reads" in screen_text(app)

    play(desk, try_it, read_only=True)
    assert opened == []


def test_every_screen_gates_the_methods_that_its_table_says_write() -> None:
    for place, (module, name) in PLACES.items():
        screen = getattr(import_module(f"accesscfg_tui.screens.{module}"), name)
        for method in actions.writing_methods(place):
            gated = inspect.getattr_static(screen, f"action_{method}")
            assert getattr(gated, "writes", False), f"{place}: {method}"


# -- the board ---------------------------------------------------------------------------------------------------


def test_vi_keys_arrows_and_the_mouse_move_the_cursor(desk: Desk) -> None:
    async def move(pilot: Pilot[Any]) -> None:
        rows = pilot.app.screen.query_one(BoardList)
        await pilot.press("j", "down", "k")
        assert rows.cursor == 1
        await pilot.press("G")
        assert rows.cursor == len(rows.rows) - 1
        await pilot.press("g")
        assert rows.cursor == 0
        await pilot.click(BoardList, offset=(5, 4))
        assert rows.cursor == 4
        await pilot.press("h")
        assert rows.row is not None
        assert rows.row.id == "okx-desk/desk1"

    play(desk, move)


def test_enter_opens_a_key_and_escape_leaves_it(desk: Desk) -> None:
    async def open_it(pilot: Pilot[Any]) -> None:
        await at_key(pilot, "okx-desk/desk1/quoter")
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DetailScreen), "the detail")
        text = screen_text(pilot.app)
        for part in ("okx-desk/desk1/quoter", "198.51.100.4", "192.0.2.77", "not declared", "pool cluster"):
            assert part in text
        assert "exchanges.yaml:18" in text
        await pilot.press("n")
        assert "kraken-main/charter" in screen_text(pilot.app)
        await pilot.press("N")
        assert "okx-desk/desk1/quoter" in screen_text(pilot.app)
        await pilot.press("escape")
        await wait_for(pilot, lambda: the_app(pilot).is_at("board"), "the board")

    play(desk, open_it)


def test_an_empty_workspace_says_what_to_do(desk: Desk) -> None:
    desk.file.write_text("version: 1\nexchanges: {}\n")

    async def look(pilot: Pilot[Any]) -> None:
        assert "No key is declared" in screen_text(pilot.app)

    play(desk, look, NARROW)


def test_a_filter_that_fits_nothing_says_so(desk: Desk) -> None:
    async def look(pilot: Pilot[Any]) -> None:
        await pilot.press("slash", *"zzz", "enter")
        assert "No row fits" in screen_text(pilot.app)
        await pilot.press("escape")
        assert "No row fits" not in screen_text(pilot.app)

    play(desk, look, NARROW)


# -- files -------------------------------------------------------------------------------------------------------


def test_broken_files_are_told_with_their_lines_and_the_last_good_board_stays(desk: Desk) -> None:
    good = desk.file.read_text()

    async def break_it(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        desk.file.write_text(good.replace("permissions: [read]", "permissions: [red]"))
        await wait_for(pilot, lambda: app.is_at("findings"), "what is wrong")
        text = screen_text(app)
        assert "exchanges.yaml:23" in text
        assert "red" in text
        assert str(desk.folder) not in text
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.is_at("board"), "the board")
        assert "last good state" in screen_text(app)
        assert "watcher" in screen_text(app)
        await pilot.press("0")
        desk.file.write_text(good)
        await wait_for(pilot, lambda: not app.findings, "the files to be good again")
        assert "last good state" not in screen_text(app)

    play(desk, break_it)


def test_files_that_are_broken_from_the_start_are_no_crash(desk: Desk) -> None:
    desk.file.write_text("version: 1\nexchanges: {a: [}\n")

    async def look(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        await wait_for(pilot, lambda: app.is_at("findings"), "what is wrong")
        await pilot.press("escape")
        assert "cannot be read" in screen_text(app)

    play(desk, look, NARROW)


def test_a_key_that_is_declared_anew_is_not_in_sync_before_it_was_read(desk: Desk) -> None:
    async def change(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        assert app.board is not None
        desk.file.write_text(
            desk.file.read_text().replace("[read], ip_whitelist", "[read, trade, transfer], ip_whitelist")
        )
        await wait_for(pilot, lambda: app.board is not None and "drift" in status_of(app), "the new state")

    def status_of(app: AccesscfgApp) -> str:
        key = app.key_at("okx-desk/desk1/watcher")
        return "" if key is None or app.board is None else app.board.look(key).word

    play(desk, change)


def test_e_opens_the_editor_at_the_line_and_what_was_saved_is_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from contextlib import nullcontext

    script = tmp_path / "edit"
    script.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/asked\nsed -i "s/market maker/somebody else/" "$2"\n'
    )
    script.chmod(0o755)
    vim = tmp_path / "vim"
    vim.symlink_to(script)
    monkeypatch.setenv("EDITOR", str(vim))
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setattr(AccesscfgApp, "suspend", lambda self: nullcontext())

    async def edit(pilot: Pilot[Any]) -> None:
        await at_key(pilot, "okx-desk/desk1/quoter")
        await pilot.press("e")
        await wait_for(pilot, lambda: "somebody else" in screen_text(pilot.app), "the new text")

    play(desk, edit)
    assert (tmp_path / "asked").read_text().startswith("+18 ")


# -- secrets -----------------------------------------------------------------------------------------------------


def test_locked_secrets_say_what_sops_said_in_our_words_and_can_be_opened(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    identity = os.environ["SOPS_AGE_KEY_FILE"]
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", "/nonexistent/key")
    monkeypatch.setattr(AccesscfgApp, "suspend", lambda self: nullcontext())

    async def unlock(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        await wait_for(pilot, lambda: app.is_at("locked"), "the locked screen")
        text = screen_text(app)
        assert "secrets.sops.yaml" in text
        assert str(desk.folder) not in text
        assert "decryption key" in text
        await pilot.press("s")
        await wait_for(pilot, lambda: app.is_at("board"), "the board")
        assert "secrets are locked" in screen_text(app)
        await pilot.press("R")
        await wait_for(pilot, lambda: app.is_at("locked"), "the locked screen again")
        monkeypatch.setenv("SOPS_AGE_KEY_FILE", identity)
        await pilot.press("u")
        await wait_for(pilot, lambda: app.is_at("board") and app.plan is not None, "the board, read")
        monkeypatch.setenv("SOPS_AGE_KEY_FILE", "/nonexistent/key")
        app.plan = None
        await pilot.press("R")
        await wait_for(pilot, lambda: app.plan is not None, "a reading with what is kept in memory")

    play(desk, unlock, NARROW)


# -- small windows -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(59, 24), (80, 14), (20, 5)])
def test_where_nothing_can_be_seen_no_key_does_anything(desk: Desk, size: tuple[int, int]) -> None:
    async def press(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        await pilot.resize_terminal(*size)
        await wait_for(pilot, lambda: bool(app.screen.query(Cover)), "the cover")
        assert "60 x 15" in screen_text(app)
        await pilot.press("4", "space", "q", "p")
        assert app.is_at("board")
        assert app.board is not None
        assert app.board.marked == set()
        await pilot.resize_terminal(80, 24)
        await wait_for(pilot, lambda: not app.screen.query(Cover), "the cover to go")
        await pilot.press("4")
        await wait_for(pilot, lambda: app.is_at("history"), "the history")

    play(desk, press, NARROW)


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (100, 30), (140, 40)])
def test_every_place_fits_into_every_window(desk: Desk, size: tuple[int, int]) -> None:
    async def look(pilot: Pilot[Any]) -> None:
        for key, place in DIGITS.items():
            if place in PLACES:
                await pilot.press(key)
                await wait_for(pilot, lambda place=place: the_app(pilot).is_at(place), place)  # type: ignore[misc]
                lines = screen_text(pilot.app).splitlines()
                assert "? Help" in lines[-1]
                assert len(lines) == size[1]

    play(desk, look, size)


# -- no answer ---------------------------------------------------------------------------------------------------


def test_an_exchange_that_does_not_answer_is_said_and_never_in_sync(desk: Desk) -> None:
    from accesscfg.sandbox import Fault

    async def read_again(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        desk.sandbox.fault(
            Fault(exchange="kraken", path="/0/private/GetApiKeyInfo", kind="drop_before", times=99)
        )
        app.plan = None
        await pilot.press("R")
        await wait_for(pilot, lambda: app.plan is not None and not app.is_reading, "the reading")
        text = screen_text(app)
        assert "✗ no answer" in text
        assert "no answer: kraken-main" in text
        await at_key(pilot, "kraken-main/charter")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.is_at("detail"), "the detail")
        assert "the last answer" in screen_text(app)

    play(desk, read_again)
