"""History, log, palette, copying, pictures, and the welcome where there is no workspace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from accesscfg.cli import main
from accesscfg.model.edit import PoolEdit
from accesscfg.model.errors import AccesscfgError, UsageError
from accesscfg.workspace import Workspace
from accesscfg_tui import choosing_copy
from accesscfg_tui.choosing_copy import copies
from accesscfg_tui.logring import MOST, Listening, LogRing
from accesscfg_tui.screens.welcome import Ways, WelcomeApp
from accesscfg_tui.widgets.row_list import RowList
from tests.tui.desk import NARROW, WIDE, Desk, screen_text, the_app, wait_for

pytestmark = pytest.mark.slow

Play = Callable[[Pilot[Any]], Coroutine[Any, Any, None]]


def play(desk: Desk, what: Play, size: tuple[int, int] = WIDE, **options: Any) -> None:
    async def session() -> None:
        async with desk.session(size, **options) as pilot:
            await what(pilot)

    asyncio.run(session())


def applied(desk: Desk) -> None:
    """Let another run on this machine apply everything."""

    async def run() -> None:
        workspace = desk.workspace()
        plan = await workspace.plan()
        with workspace.locked():
            await workspace.apply(plan)

    asyncio.run(run())


# -- history -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_history_tells_what_was_applied_and_leads_to_the_key(desk: Desk, size: tuple[int, int]) -> None:
    applied(desk)

    async def look(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        await pilot.press("4")
        await wait_for(pilot, lambda: app.is_at("history") and bool(app.history.records), "the trail")
        text = screen_text(app)
        for part in ("ends, ", "begins", "+198.51.100.4", "✓ done"):
            assert part in text, part
        assert "is about to" not in text
        await pilot.press("slash", *"192.0.2.77", "enter")
        rows = app.screen.query_one(RowList)
        assert [row.line.text for row in rows.rows if "192.0.2.77" not in row.line.text] == []
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.is_at("detail"), "the key")
        assert "okx-desk/desk1/quoter" in screen_text(app)

    play(desk, look, size)


def test_an_edit_of_the_declaration_is_told_once_with_its_lines(desk: Desk) -> None:
    workspace = desk.workspace()
    workspace.accept(workspace.proposed(PoolEdit("cluster", add=("203.0.113.77",))))

    async def look(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        await pilot.press("4")
        await wait_for(pilot, lambda: "edits the declaration: " in screen_text(app), "the edit")
        text = screen_text(app)
        assert "203.0.113.77" in text
        assert "is about to" not in text

    play(desk, look)


def test_what_another_run_adds_is_shown(desk: Desk) -> None:
    async def look(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        await pilot.press("4")
        await wait_for(pilot, lambda: "nothing was changed" in screen_text(app), "an empty history")
        await asyncio.to_thread(applied, desk)
        await wait_for(pilot, lambda: "✓ done" in screen_text(app), "what the other run did")

    play(desk, look)


def test_a_trail_that_was_cut_is_said(desk: Desk) -> None:
    applied(desk)
    trail = desk.folder / ".accesscfg" / "audit.jsonl"
    lines = trail.read_bytes().splitlines(keepends=True)
    trail.write_bytes(b"".join(lines[1:]))

    async def look(pilot: Pilot[Any]) -> None:
        await pilot.press("4")
        await wait_for(pilot, lambda: "cut or changed: line 1" in screen_text(pilot.app), "the problem")

    play(desk, look)


# -- log ---------------------------------------------------------------------------------------------------------


def test_the_log_has_every_call_and_grows(desk: Desk) -> None:
    async def look(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        await pilot.press("5")
        await wait_for(pilot, lambda: app.is_at("logs"), "the log")
        assert "GET /api/v5/users/subaccount/apikey: 200 in" in screen_text(app)
        before = len(app.log_lines.entries)
        app.read()
        await wait_for(pilot, lambda: app.is_settled and len(app.log_lines.entries) > before, "more lines")
        await pilot.press("slash", *"kraken", "enter")
        rows = app.screen.query_one(RowList).rows
        assert rows
        assert all("kraken" in row.line.text for row in rows)

    play(desk, look)


def test_the_log_is_taken_while_a_session_runs_and_then_given_back() -> None:
    logger = logging.getLogger("accesscfg")
    before = (logger.handlers[:], logger.level, logger.propagate)
    ring = LogRing(lambda: None)
    listening = Listening(ring)

    listening.start()
    for number in range(MOST + 5):
        logging.getLogger("accesscfg.http").debug("call %d \x1b[31m", number)
    try:
        raise RuntimeError("MARKED-SECRET")
    except RuntimeError:
        logger.exception("it broke")
    listening.stop()

    assert len(ring.entries) == MOST
    assert ring.entries[-1].text == "it broke: RuntimeError"
    assert "\x1b" not in ring.entries[0].text
    assert ring.entries[0].source == "http"
    assert (logger.handlers[:], logger.level, logger.propagate) == before


# -- palette -----------------------------------------------------------------------------------------------------


def test_the_palette_finds_actions_by_what_they_do(desk: Desk) -> None:
    async def use(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        await pilot.press("colon", *"what was done")
        await wait_for(pilot, lambda: "History" in screen_text(app), "the command")
        await pilot.press("down", "enter")
        await wait_for(pilot, lambda: app.is_at("history"), "the history")

    play(desk, use)


def test_a_picture_is_saved_outside_the_workspace(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "state" / "accesscfg"

    async def use(pilot: Pilot[Any]) -> None:
        the_app(pilot).action_picture()
        await wait_for(pilot, lambda: folder.exists() and any(folder.glob("*.svg")), "the picture")

    play(desk, use)


@pytest.mark.slow
def test_a_picture_of_the_board_needs_no_terminal(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCESSCFG_SANDBOX", desk.sandbox.url)
    file = tmp_path / "board.svg"

    assert main(["-c", str(desk.folder), "tui", "--screenshot", str(file), "--size", "100x30"]) == 0

    assert "okx-desk" in file.read_text()


# -- copying -----------------------------------------------------------------------------------------------------


def test_what_can_be_copied_of_a_key_is_in_its_exchanges_form(desk: Desk) -> None:
    async def look(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        key = app.key_at("okx-desk/desk1/quoter")
        assert key is not None
        texts = {name: text for name, (_, text) in copies(app.scene_of(key)).items()}
        assert texts["path"] == "okx-desk/desk1/quoter"
        assert texts["wanted"] == "198.51.100.4,203.0.113.10,203.0.113.11"
        assert texts["missing"] == "198.51.100.4,203.0.113.11"
        assert texts["live"] == "192.0.2.77,203.0.113.10"
        assert "IP WHITELIST" in texts["all"]

    play(desk, look)


def test_c_asks_what_to_copy_and_copies_that(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    monkeypatch.setattr(choosing_copy, "copy", lambda app, text: taken.append(text))

    async def use(pilot: Pilot[Any]) -> None:
        await pilot.press("j", "j", "j", "c")
        await wait_for(pilot, lambda: "missing live" in screen_text(pilot.app), "the choices")
        await pilot.press("j", "j", "enter")
        await wait_for(pilot, lambda: bool(taken), "the copy")

    play(desk, use)
    assert taken == ["198.51.100.4,203.0.113.11"]


# -- colours -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wanted", "colorless"), [("1", True), ("", False)])
def test_no_color_is_no_colour_and_an_empty_one_is_no_wish(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, wanted: str, colorless: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", wanted)

    async def look(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        assert app.no_color is colorless
        assert app.native_ansi_color is colorless
        filters = [type(one).__name__ for one in app._filters]
        assert ("NoColor" in filters) is colorless
        assert "Monochrome" not in filters

    play(desk, look, colorless=bool(wanted))


# -- welcome -----------------------------------------------------------------------------------------------------


def welcome(ways: Ways, what: Play, folder: Path, **options: Any) -> Workspace | None:
    async def session() -> Workspace | None:
        app = WelcomeApp(ways, folder, **{"read_only": False, "theme": "textual-dark", **options})
        async with app.run_test(size=NARROW, notifications=True) as pilot:
            await what(pilot)
            await pilot.pause()
        return app.return_value

    return asyncio.run(session())


def nowhere(*_: object) -> Workspace:
    raise UsageError("there is no workspace: exchanges.yaml is not there", fix="name the file")


def test_where_there_is_no_workspace_the_ways_to_one_are_shown(tmp_path: Path) -> None:
    async def look(pilot: Pilot[Any]) -> None:
        await wait_for(pilot, lambda: "open another folder" in screen_text(pilot.app), "the ways")
        text = screen_text(pilot.app)
        for part in ("No workspace yet", "starter", "simulated", "open another"):
            assert part in text
        await pilot.press("r")
        await wait_for(pilot, lambda: "is not there" in screen_text(pilot.app), "what is wrong")
        await pilot.press("q")

    assert welcome(Ways(nowhere, nowhere, nowhere), look, tmp_path) is None


def test_a_folder_that_is_named_is_opened(desk: Desk, tmp_path: Path) -> None:
    async def use(pilot: Pilot[Any]) -> None:
        await pilot.press("o", *"abcg", "enter")
        await wait_for(pilot, lambda: pilot.app.return_value is not None, "the workspace")

    def opened(path: Path) -> Workspace:
        assert path == Path("abcg")
        return desk.workspace()

    found = welcome(Ways(nowhere, nowhere, opened), use, tmp_path)

    assert found is not None
    assert found.root == desk.folder


def test_what_a_starter_made_is_read_before_the_board(desk: Desk, tmp_path: Path) -> None:
    made: list[str] = []

    def starter(path: Path) -> Workspace:
        made.append(
            "Made:\n  exchanges.yaml\n\nA new age identity was made: /home/[x]/keys.txt\n  Back it up"
        )
        return desk.workspace()

    async def use(pilot: Pilot[Any]) -> None:
        await pilot.press("g")
        await wait_for(pilot, lambda: "identity was made: /home/[x]/keys.txt" in screen_text(pilot.app), "it")
        assert "│   Back it up" in screen_text(pilot.app)
        await pilot.press("o", "x", "r")
        assert pilot.app.return_value is None
        assert "enter opens the board" in screen_text(pilot.app)
        await pilot.press("enter")

    found = welcome(Ways(starter, nowhere, nowhere, lambda: "".join(made)), use, tmp_path)
    assert found is not None


def test_a_starter_is_not_written_by_a_session_that_only_reads(tmp_path: Path) -> None:
    def starter(path: Path) -> Workspace:
        raise AssertionError("it was written")

    async def use(pilot: Pilot[Any]) -> None:
        assert "starter" not in screen_text(pilot.app)
        await pilot.press("g")
        pilot.app.action_starter()  # type: ignore[attr-defined]

    assert welcome(Ways(starter, nowhere, nowhere), use, tmp_path, read_only=True) is None


def test_what_cannot_be_made_is_told(tmp_path: Path) -> None:
    def practice() -> Workspace:
        raise AccesscfgError("sops is [/x] not installed", why="[red]", fix="install it")

    async def use(pilot: Pilot[Any]) -> None:
        await pilot.press("x")
        await wait_for(pilot, lambda: "sops is [/x] not installed" in screen_text(pilot.app), "why")

    assert welcome(Ways(nowhere, practice, nowhere), use, tmp_path) is None


@pytest.mark.slow
def test_the_command_makes_a_practice_workspace_that_can_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sops_bin: str
) -> None:
    from contextlib import ExitStack

    from accesscfg.cli import tui
    from accesscfg.cli.context import Settings

    seen: list[Workspace] = []

    def run(self: WelcomeApp, mouse: bool) -> Workspace:
        seen.append(self._ways.practice())
        return seen[0]

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(WelcomeApp, "run", run)
    with ExitStack() as kept:
        looks = tui.Looks(read_only=False, ascii=False, mouse=True, colorless=False)
        hints: list[str] = []
        found = tui._workspace(Settings(), looks, kept, hints)
        assert found is seen[0]
        assert "websites.sh" in hints[0]
        plan = asyncio.run(found.plan())
        assert plan.sandbox
        assert plan.keys
    assert not found.root.exists()


def test_suspending_where_it_is_not_possible_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from textual.app import SuspendNotSupported

    from accesscfg_tui.app import AccesscfgApp

    def refuses(self: AccesscfgApp) -> nullcontext[None]:
        raise SuspendNotSupported("no")

    monkeypatch.setattr(AccesscfgApp, "suspend", refuses)
    monkeypatch.setenv("EDITOR", "true")

    async def use(pilot: Pilot[Any]) -> None:
        await pilot.press("j", "e")
        await wait_for(pilot, lambda: "cannot be left" in screen_text(pilot.app), "why")

    play(desk, use)
