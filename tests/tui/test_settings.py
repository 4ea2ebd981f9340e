"""The user's settings: what counts, what is told, and that none of it can end a session."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from accesscfg_tui.actions import MOVES, remappable
from accesscfg_tui.editor import editor_command
from accesscfg_tui.settings import Settings, read_settings, settings_file, state_folder, write_settings
from accesscfg_tui.widgets.board_list import BoardList
from accesscfg_tui.widgets.reader import Reader
from accesscfg_tui.widgets.row_list import RowList
from accesscfg_tui.widgets.step_list import StepList
from tests.tui.desk import WIDE, Desk, screen_text, the_app, wait_for

THEMES = ("textual-dark", "textual-light", "ansi-dark")


def found(tmp_path: Path, text: str) -> tuple[Settings, tuple[str, ...]]:
    file = tmp_path / "tui.yaml"
    file.write_text(text)
    read = read_settings(file, THEMES, remappable())
    return read.settings, read.problems


def test_without_a_file_everything_is_as_usual(tmp_path: Path) -> None:
    read = read_settings(tmp_path / "none.yaml", THEMES, remappable())

    assert (read.settings, read.problems) == (Settings(), ())


def test_what_is_set_counts(tmp_path: Path) -> None:
    settings, problems = found(
        tmp_path,
        "theme: textual-light\nascii: true\nclipboard: off\nkeys: {board.refresh-here: 'f5,ctrl+r'}\n",
    )

    assert settings == Settings("textual-light", True, "off", keys={"board.refresh-here": "f5,ctrl+r"})
    assert problems == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("theme: neon", "there is no 'neon'"),
        ("ascii: 3", "neither true nor false"),
        ("clipboard: paper", "none of auto, terminal, off"),
        ("confirm: never", "none of risk, always"),
        ("confirm: false", "none of risk, always"),
        ("keys: [a]", "write a map"),
        ("keys: {board.plan: q}", "q is for everywhere.leave already"),
        ("keys: {board.plan: j}", "j is for move.down already"),
        ("keys: {move.up: r}", "r is for board.refresh-here already"),
        ("keys: {board.fly: f}", "no action 'board.fly'"),
        ("keys: {board.plan: [x]}", "needs the name of a key"),
        ("keys: {board.plan: r}", "is for board.refresh-here already"),
        ("keys: {board.plan: f5, board.sort: f5}", "f5 is for board.plan already"),
        ("colour: red", "no such setting"),
        ("- a", "no map of settings"),
        ("{", "is not YAML"),
        ("a: &a [*a]", "no such setting"),
        ("\x00", "not YAML"),
    ],
)
def test_what_is_wrong_is_told_and_counts_as_not_set(tmp_path: Path, text: str, says: str) -> None:
    settings, problems = found(tmp_path, text)

    assert says in "\n".join(problems)
    assert settings in (Settings(), Settings(keys={"board.plan": "f5"}))


def test_a_key_may_be_taken_from_an_action_that_gets_another(tmp_path: Path) -> None:
    settings, problems = found(tmp_path, "keys: {board.plan: r, board.refresh-here: f5}")

    assert problems == ()
    assert settings.keys == {"board.plan": "r", "board.refresh-here": "f5"}


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "tui.yaml"
    settings = Settings("ansi-dark", True, "off", "always", {"board.plan": "f5"})

    write_settings(file, settings)

    assert read_settings(file, THEMES, remappable()).settings == settings


def test_only_what_is_not_as_usual_is_saved(tmp_path: Path) -> None:
    write_settings(tmp_path / "tui.yaml", Settings())

    assert [
        line for line in (tmp_path / "tui.yaml").read_text().splitlines() if not line.startswith("#")
    ] == []


def test_the_places_of_settings_and_pictures_follow_the_environment() -> None:
    assert settings_file({"HOME": "/h"}) == Path("/h/.config/accesscfg/tui.yaml")
    assert settings_file({"HOME": "/h", "XDG_CONFIG_HOME": "/c"}) == Path("/c/accesscfg/tui.yaml")
    assert settings_file({"HOME": "/h", "XDG_CONFIG_HOME": "relative"}) == Path(
        "/h/.config/accesscfg/tui.yaml"
    )
    assert state_folder({"HOME": "/h"}) == Path("/h/.local/state/accesscfg")


def play(desk: Desk, file: Path, what: Any) -> None:
    async def session() -> None:
        async with desk.session(WIDE, settings=file) as pilot:
            await what(pilot)

    asyncio.run(session())


def test_the_users_keys_work_and_are_shown(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "tui.yaml"
    file.write_text("keys: {board.filter: f6, everywhere.go-history: h}\n")

    async def use(pilot: Pilot[Any]) -> None:
        assert "f6 Filter" in screen_text(pilot.app)
        await pilot.press("f6")
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "filter"
        await pilot.press("escape")
        await pilot.press("question_mark")
        assert "f6" in screen_text(pilot.app)

    play(desk, file, use)


def test_settings_are_changed_and_saved_from_their_screen(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "tui.yaml"

    async def change(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        await pilot.press("6", "a")
        await wait_for(pilot, file.exists, "the file")
        await pilot.press("1")
        assert "! drift" in screen_text(app)
        await pilot.press("6", "c")
        await wait_for(pilot, lambda: "clipboard: terminal" in file.read_text(), "the way of copying")
        await pilot.press("t", "down", "enter")
        await wait_for(pilot, lambda: "theme:" in file.read_text(), "the theme")
        assert app.theme == "light"

    play(desk, file, change)


@pytest.mark.parametrize(
    ("environ", "command"),
    [
        ({"VISUAL": "vim", "EDITOR": "nano"}, ["vim", "+7", "/w/x.yaml"]),
        ({"EDITOR": "nano"}, ["nano", "+7", "/w/x.yaml"]),
        ({"EDITOR": "code --wait"}, ["code", "--wait", "--goto", "/w/x.yaml:7"]),
        ({"EDITOR": "/opt/bin/hx"}, ["/opt/bin/hx", "/w/x.yaml:7"]),
        ({"EDITOR": "my-editor"}, ["my-editor", "/w/x.yaml"]),
        ({"PATH": "/nonexistent"}, None),
    ],
)
def test_editors_are_told_the_line_in_their_own_way(
    environ: dict[str, str], command: list[str] | None
) -> None:
    assert editor_command(environ, Path("/w/x.yaml"), 7) == command


def test_keys_that_move_are_the_users_too_in_every_list_and_text(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "tui.yaml"
    file.write_text("keys: {move.down: 'f7', move.last: 'f8', move.open: 'f9'}\n")

    async def session() -> None:
        async with desk.session(WIDE, settings=file) as pilot:
            rows = pilot.app.screen.query_one(BoardList)
            before = rows.cursor
            await pilot.press("j")
            assert rows.cursor == before
            await pilot.press("f7")
            assert rows.cursor == before + 1
            await pilot.press("f9")
            await wait_for(pilot, lambda: the_app(pilot).is_at("detail"), "the key")
            reader = pilot.app.screen.query_one("#facts", Reader)
            await pilot.press("f8")
            assert reader.scroll_offset.y == reader.max_scroll_y
            await pilot.press("4")
            await pilot.press("6")
            assert "f7" in "\n".join(one.text for one in pilot.app.screen.query_one(Reader).lines)

    asyncio.run(session())


def test_every_list_and_text_knows_every_move_by_the_same_name() -> None:
    lists = (BoardList, RowList, Reader, StepList)
    known = {getattr(binding, "id", None) for one in lists for binding in one.BINDINGS}

    assert known == set(MOVES)
