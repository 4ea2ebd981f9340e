"""What every screen looks like, in both sizes and in the states it can be in; and a few of them in colours.

`make snapshots` keeps what is shown now; a difference is shown line by line.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from accesscfg.sandbox import Fault
from accesscfg_tui.screens.accept import AcceptScreen
from accesscfg_tui.screens.adopt import AdoptScreen
from accesscfg_tui.screens.attest import AttestScreen
from accesscfg_tui.screens.choose import ChooseScreen
from accesscfg_tui.screens.paste import PasteScreen
from accesscfg_tui.screens.text import TextScreen
from accesscfg_tui.screens.wanted import WantedScreen
from accesscfg_tui.screens.welcome import Ways, WelcomeApp
from accesscfg_tui.viewmodel.board import Wait
from accesscfg_tui.widgets.board_list import BoardList
from tests.tui.apply_desk import QUOTER, asked, at_plan, begun, ended
from tests.tui.desk import NARROW, WIDE, Desk, screen_text, the_app, wait_for
from tests.tui.snapshots import KEPT, UPDATING, matches, stop_clocks

pytestmark = pytest.mark.slow

Way = Callable[[Pilot[Any], Desk], Awaitable[None]]
Scene = tuple[Way, dict[str, Any]]
CHARTER, UNSEEN, WATCHER = "kraken-main/charter", "cryptocom-main/desk", "okx-desk/desk1/watcher"
SCENES: dict[str, Scene] = {}
LOOKS: dict[str, dict[str, Any]] = {
    "dark": {},
    "light": {"theme": "light"},
    "colorless": {"colorless": True},
}
IN_COLOURS = ("board", "detail-drift", "plan", "guide")


@pytest.fixture
def utc() -> Iterator[None]:
    """What is said in local time is said in UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def still(utc: None, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk at a path that is as long on every machine, at one time, under one name."""
    stop_clocks(monkeypatch)
    monkeypatch.setenv("LOGNAME", "ada")
    monkeypatch.setattr("socket.gethostname", lambda: "desk")
    monkeypatch.setattr("accesscfg_tui.screens.attest.name_of_person", lambda folder: "Ada Operator")
    with tempfile.TemporaryDirectory(prefix="accesscfg-desk-", dir="/tmp") as name:
        folder = Path(name) / "workspace"
        desk.folder.rename(folder)
        yield replace(desk, folder=folder)


def scene(name: str, **options: Any) -> Callable[[Way], Way]:
    """A state to look at: how it is come by, and with which options of the app."""

    def keep(way: Way) -> Way:
        SCENES[name] = (way, options)
        return way

    return keep


async def front(pilot: Pilot[Any], kind: type, fact: Callable[[], bool] = lambda: True) -> None:
    """Wait until a screen is in front and something holds."""
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, kind) and fact(), kind.__name__)


async def at_rest(pilot: Pilot[Any]) -> str:
    """What is shown once nothing moves any more."""
    shown, alike = "", 0
    while alike < 5:
        await pilot.pause(0.05)
        before, shown = shown, screen_text(pilot.app)
        alike = alike + 1 if shown == before else 0
    return shown


async def at(pilot: Pilot[Any], place: str, shown: str = "") -> None:
    """Wait until a place is in front and shows a text."""
    app = the_app(pilot)
    await wait_for(pilot, lambda: app.is_at(place) and shown in screen_text(app), place)


# -- the board ---------------------------------------------------------------------------------------------------


@scene("board")
async def _board(pilot: Pilot[Any], desk: Desk) -> None:
    the_app(pilot).screen.query_one(BoardList).place_cursor(QUOTER)


@scene("board-ascii", ascii=True)
async def _board_ascii(pilot: Pilot[Any], desk: Desk) -> None:
    await _board(pilot, desk)


@scene("board-read-only", read_only=True)
async def _board_read_only(pilot: Pilot[Any], desk: Desk) -> None:
    await _board(pilot, desk)


@scene("board-marked-folded")
async def _board_marked(pilot: Pilot[Any], desk: Desk) -> None:
    await _board(pilot, desk)
    await pilot.press("space", "space", "G", "h", "left")


@scene("board-filtered")
async def _board_filtered(pilot: Pilot[Any], desk: Desk) -> None:
    await pilot.press("slash", *"trade", "enter")


@scene("board-nothing-fits")
async def _board_nothing(pilot: Pilot[Any], desk: Desk) -> None:
    await pilot.press("slash", *"zzz")


@scene("board-trouble-first")
async def _board_sorted(pilot: Pilot[Any], desk: Desk) -> None:
    await pilot.press("s", "g")


class StillWaits(Wait):
    """Of which no second passes."""

    def words(self, now: datetime) -> str:
        return f"waits 14 s ({self.why})"


@scene("board-reading")
async def _board_reading(pilot: Pilot[Any], desk: Desk) -> None:
    app = the_app(pilot)
    await at_rest(pilot)  # the last news of the reading before
    assert app.board is not None
    app.board.reading = {QUOTER, WATCHER, "okx-desk/manager"}
    app.board.waiting = {"okx-desk": StillWaits(datetime.max.replace(tzinfo=UTC), "okx limit")}
    app.progress = "reading 4/7"
    app.screen.reload()  # type: ignore[attr-defined]


@scene("board-no-answer")
async def _board_no_answer(pilot: Pilot[Any], desk: Desk) -> None:
    app = the_app(pilot)
    desk.sandbox.fault(
        Fault(exchange="kraken", path="/0/private/GetApiKeyInfo", kind="drop_before", times=99)
    )
    app.plan = None
    await pilot.press("R")
    await wait_for(pilot, lambda: app.plan is not None and not app.is_reading, "the reading")
    app.screen.query_one(BoardList).place_cursor(CHARTER)


@scene("board-empty")
async def _board_empty(pilot: Pilot[Any], desk: Desk) -> None:
    desk.file.write_text("version: 1\nexchanges: {}\n")
    the_app(pilot).look_at_files()
    await at(pilot, "board", "No key is declared")


@scene("help")
async def _help(pilot: Pilot[Any], desk: Desk) -> None:
    await pilot.press("question_mark")


@scene("commands")
async def _commands(pilot: Pilot[Any], desk: Desk) -> None:
    await pilot.press("colon", *"refresh")
    await wait_for(pilot, lambda: "Refresh all" in screen_text(pilot.app), "the commands")


# -- a key -------------------------------------------------------------------------------------------------------


async def _opened(pilot: Pilot[Any], path: str) -> None:
    the_app(pilot).show_key(path)
    await at(pilot, "detail", path)


@scene("detail-drift")
async def _detail(pilot: Pilot[Any], desk: Desk) -> None:
    await _opened(pilot, QUOTER)


@scene("detail-in-sync")
async def _detail_in_sync(pilot: Pilot[Any], desk: Desk) -> None:
    await _opened(pilot, WATCHER)


@scene("detail-by-hand")
async def _detail_by_hand(pilot: Pilot[Any], desk: Desk) -> None:
    await _opened(pilot, CHARTER)


@scene("detail-unobservable")
async def _detail_unseen(pilot: Pilot[Any], desk: Desk) -> None:
    await _opened(pilot, UNSEEN)


@scene("copy")
async def _copy(pilot: Pilot[Any], desk: Desk) -> None:
    await _opened(pilot, QUOTER)
    await pilot.press("c")
    await front(pilot, ChooseScreen)


# -- plan and apply ----------------------------------------------------------------------------------------------


@scene("plan")
async def _plan(pilot: Pilot[Any], desk: Desk) -> None:
    await at_plan(pilot)


@scene("plan-left-out")
async def _plan_left_out(pilot: Pilot[Any], desk: Desk) -> None:
    await at_plan(pilot)
    await pilot.press("space", "D")


@scene("question")
async def _question(pilot: Pilot[Any], desk: Desk) -> None:
    await at_plan(pilot, QUOTER)
    await at_rest(pilot)
    await asked(pilot)


@scene("run-ended")
async def _run(pilot: Pilot[Any], desk: Desk) -> None:
    await at_plan(pilot, QUOTER)
    await begun(pilot, "quoter")
    await ended(pilot)


@scene("run-none")
async def _run_none(pilot: Pilot[Any], desk: Desk) -> None:
    await pilot.press("7")
    await at(pilot, "run")


# -- by hand -----------------------------------------------------------------------------------------------------


async def _guided(pilot: Pilot[Any], path: str) -> None:
    app = the_app(pilot)
    app.show_guide(path)
    await wait_for(pilot, lambda: getattr(app.screen, "guide", None) is not None, "the guide")


@scene("guide")
async def _guide(pilot: Pilot[Any], desk: Desk) -> None:
    await _guided(pilot, CHARTER)
    await pilot.press("space", "space")


@scene("guide-one-at-a-time")
async def _guide_one(pilot: Pilot[Any], desk: Desk) -> None:
    await _guided(pilot, CHARTER)
    screen: Any = pilot.app.screen
    while screen.guide.entry != "one":
        await pilot.press("f")
        await at_rest(pilot)
    await pilot.press("j", "j", "j", "j", "j")


@scene("guide-text")
async def _guide_text(pilot: Pilot[Any], desk: Desk) -> None:
    await _guided(pilot, CHARTER)
    await pilot.press("v")
    await front(pilot, TextScreen)


@scene("guide-whole-state")
async def _guide_wanted(pilot: Pilot[Any], desk: Desk) -> None:
    await _guided(pilot, CHARTER)
    await pilot.press("i")
    await front(pilot, WantedScreen)


@scene("attest")
async def _attest(pilot: Pilot[Any], desk: Desk) -> None:
    await _guided(pilot, UNSEEN)
    await pilot.press("r")
    await front(pilot, AttestScreen)


# -- declarations ------------------------------------------------------------------------------------------------


async def _adopting(pilot: Pilot[Any]) -> None:
    app = the_app(pilot)
    app.show_adopt(QUOTER)
    await front(pilot, AdoptScreen, lambda: app.screen.adoption is not None)  # type: ignore[attr-defined]


@scene("adopt")
async def _adopt(pilot: Pilot[Any], desk: Desk) -> None:
    await _adopting(pilot)


@scene("adopt-question")
async def _adopt_question(pilot: Pilot[Any], desk: Desk) -> None:
    app = the_app(pilot)
    await _adopting(pilot)
    screen = app.screen
    await pilot.press("P")
    await wait_for(pilot, lambda: screen.proposal is not None, "the proposal")  # type: ignore[attr-defined]
    await pilot.press("w")
    await front(pilot, AcceptScreen)


@scene("pools")
async def _pools(pilot: Pilot[Any], desk: Desk) -> None:
    await pilot.press("3")
    await at(pilot, "pools", "cluster")


@scene("pool-addresses")
async def _pool_addresses(pilot: Pilot[Any], desk: Desk) -> None:
    await _pools(pilot, desk)
    await pilot.press("enter", "down")


@scene("pool-add")
async def _pool_add(pilot: Pilot[Any], desk: Desk) -> None:
    await _pools(pilot, desk)
    await pilot.press("a")
    await front(pilot, PasteScreen)


# -- everything else ---------------------------------------------------------------------------------------------


@scene("history")
async def _history(pilot: Pilot[Any], desk: Desk) -> None:
    await _run(pilot, desk)
    await pilot.press("4")
    await at(pilot, "history", " ends, ")  # the last line that an apply writes
    await pilot.press("G", "g")


@scene("history-empty")
async def _history_empty(pilot: Pilot[Any], desk: Desk) -> None:
    await pilot.press("4")
    await at(pilot, "history")


@scene("settings")
async def _settings(pilot: Pilot[Any], desk: Desk) -> None:
    await pilot.press("6")
    await at(pilot, "settings")


@scene("findings")
async def _findings(pilot: Pilot[Any], desk: Desk) -> None:
    text = desk.file.read_text()
    desk.file.write_text(
        text.replace("pool:platform", "pool:platfrom").replace("[read, trade]", "[read, trde]")
    )
    the_app(pilot).look_at_files()
    await at(pilot, "findings", "trde")


@scene("locked")
async def _locked(pilot: Pilot[Any], desk: Desk) -> None:
    os.environ["SOPS_AGE_KEY_FILE"] = "/nonexistent/key"  # the fixture puts it back
    await pilot.press("R")
    await at(pilot, "locked")


@scene("too-small")
async def _too_small(pilot: Pilot[Any], desk: Desk) -> None:
    await pilot.resize_terminal(50, 12)
    await wait_for(pilot, lambda: "too small" in screen_text(pilot.app), "the cover")


# -- the pictures ------------------------------------------------------------------------------------------------


def _sized(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=_sized)
@pytest.mark.parametrize("name", SCENES)
def test_screen(still: Desk, name: str, size: tuple[int, int]) -> None:
    way, options = SCENES[name]

    async def session() -> None:
        async with still.session(size, settings=still.folder.parent / "tui.yaml", **options) as pilot:
            await way(pilot, still)
            matches(await at_rest(pilot), f"{name}-{_sized(size)}.txt")

    asyncio.run(session())


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=_sized)
def test_welcome(still: Desk, size: tuple[int, int]) -> None:
    def none(_: Path) -> Any:
        raise LookupError

    folder = still.folder.parent / "elsewhere"
    folder.mkdir()
    app = WelcomeApp(Ways(none, lambda: none(folder), none), folder, read_only=False, theme="dark")

    async def session() -> None:
        async with app.run_test(size=size) as pilot:
            matches(await at_rest(pilot), f"welcome-{_sized(size)}.txt")

    asyncio.run(session())


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", IN_COLOURS)
def test_colours(still: Desk, name: str, look: str) -> None:
    way, options = SCENES[name]

    async def session() -> None:
        async with still.session(NARROW, **options, **LOOKS[look]) as pilot:
            await way(pilot, still)
            await at_rest(pilot)
            matches(pilot.app.export_screenshot(title="accesscfg"), f"{name}-{look}.svg")

    asyncio.run(session())


def test_every_picture_that_is_kept_is_one_of_these() -> None:
    named = {f"{name}-{_sized(size)}.txt" for name in (*SCENES, "welcome") for size in (WIDE, NARROW)}
    named |= {f"{name}-{look}.svg" for name in IN_COLOURS for look in LOOKS}
    if UPDATING:
        for file in set(os.listdir(KEPT)) - named:
            with suppress(FileNotFoundError):
                (KEPT / file).unlink()
    assert set(os.listdir(KEPT)) <= named
