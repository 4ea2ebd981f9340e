"""The IP pools: who uses which address, what an edit of a pool would lead to, addresses pasted and copied."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from accesscfg import clipboard
from accesscfg.clipboard import Copied
from accesscfg.model.findings import Mark
from accesscfg_tui.app import AccesscfgApp
from accesscfg_tui.screens.accept import AcceptScreen
from accesscfg_tui.screens.board import BoardScreen
from accesscfg_tui.screens.choose import ChooseScreen
from accesscfg_tui.screens.detail import DetailScreen
from accesscfg_tui.screens.paste import PasteScreen
from accesscfg_tui.screens.pools import PoolsScreen
from accesscfg_tui.widgets.row_list import RowList
from tests.tui.desk import NARROW, WIDE, Desk, screen_text, the_app, wait_for

Play = Callable[[Pilot[Any]], Awaitable[None]]
POOL_FILE = "203.0.113.129, 203.0.113.130\n203.0.113.131\n"

pytestmark = pytest.mark.slow


def play(desk: Desk, part: Play, size: tuple[int, int] = WIDE, **options: Any) -> None:
    async def session() -> None:
        async with desk.session(size, **options) as pilot:
            await part(pilot)

    asyncio.run(session())


async def at_pools(pilot: Pilot[Any]) -> PoolsScreen:
    await pilot.press("3")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, PoolsScreen), "the pools")
    screen = pilot.app.screen
    assert isinstance(screen, PoolsScreen)
    await wait_for(pilot, lambda: "cluster" in screen_text(pilot.app), "the rows")
    return screen


async def at(pilot: Pilot[Any], kind: type[Any], why: str) -> Any:
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, kind), why)
    await pilot.pause()
    return pilot.app.screen


async def pasted(pilot: Pilot[Any], key: str, text: str) -> PasteScreen:
    """A text in the field that a key opens."""
    await pilot.press(key)
    screen = await at(pilot, PasteScreen, "the field")
    assert isinstance(screen, PasteScreen)
    screen.query_one(TextArea).load_text(text)
    await pilot.pause()
    await wait_for(pilot, lambda: not screen.is_reading, "the list to be read")
    return screen


def test_pools_say_where_an_address_is_missing_and_who_uses_it(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_pools(pilot)
        lines = [" ".join(line.split()) for line in screen_text(pilot.app).splitlines()]
        assert any("cluster 2 6 keys ≠ missing on 1 key" in line for line in lines)
        assert any("platform 3 1 key ≠ missing on 1 key" in line for line in lines)
        assert any("203.0.113.11 ≠ missing on 1 of 5" in line for line in lines)
        assert any("203.0.113.10 ○ on 5 of 5 seen, 1 not seen" in line for line in lines)
        assert any("okx-desk/desk1/quoter ≠ lacks 1 of 2" in line for line in lines)
        assert any("cryptocom-main/desk ○ not seen" in line for line in lines)

    play(desk, part)


def test_a_narrow_window_shows_the_pools_then_what_is_in_one_then_a_key(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        screen = await at_pools(pilot)
        assert "USED BY" in screen_text(pilot.app)  # the column
        assert "203.0.113.11" not in screen_text(pilot.app)
        await pilot.press("enter")
        await wait_for(pilot, lambda: screen.is_inside, "going in")
        assert "203.0.113.11" in screen_text(pilot.app)
        await pilot.press("left")
        await wait_for(pilot, lambda: not screen.is_inside, "going out")
        await pilot.press("right", "G", "enter")
        await at(pilot, DetailScreen, "the key")
        assert "cryptocom-main/desk" in screen_text(pilot.app)
        await pilot.press("escape", "escape", "escape")
        await at(pilot, BoardScreen, "the board")

    play(desk, part, NARROW)


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_an_address_goes_with_the_plan_it_leads_to_in_sight(desk: Desk, size: tuple[int, int]) -> None:
    before = desk.file.read_text()

    async def part(pilot: Pilot[Any]) -> None:
        screen = await at_pools(pilot)
        await pilot.press("enter", "down", "x")
        await at(pilot, AcceptScreen, "the question")
        assert screen.proposal is not None
        assert [str(path) for path in screen.proposal.unread] == []
        assert [str(path) for path in screen.proposal.unseen] == ["cryptocom-main/desk"]
        assert {str(change.key) for change in screen.proposal.changes} >= {"bybit-fund/grid-1/bot"}
        text = screen_text(pilot.app)
        assert "-  cluster: [203.0.113.10, 203.0.113.11]" in text
        assert "+  cluster: [203.0.113.10]" in text
        assert "6 keys" in text
        await pilot.press("y")
        await at(pilot, PoolsScreen, "the pools")
        app = the_app(pilot)
        await wait_for(
            pilot,
            lambda: (
                app.declaration is not None and app.declaration.pools["cluster"].entries == ("203.0.113.10",)
            ),
            "the files to be read again",
        )
        await wait_for(pilot, lambda: "203.0.113.11" not in screen_text(pilot.app), "the address to go")

    play(desk, part, size)
    assert desk.file.read_text() == before.replace(
        "cluster: [203.0.113.10, 203.0.113.11]", "cluster: [203.0.113.10]"
    )


def test_addresses_are_added_to_a_pools_file_in_its_format(desk: Desk) -> None:
    before = desk.file.read_text()

    async def part(pilot: Pilot[Any]) -> None:
        await at_pools(pilot)
        await pilot.press("down")
        await pasted(pilot, "a", '["203.0.113.140", "203.0.113.129"]')
        assert "2 addresses; 1 new to the pool" in screen_text(pilot.app)
        await pilot.press("f2")
        await at(pilot, AcceptScreen, "the question")
        assert "pools/platform.txt" in screen_text(pilot.app)
        await pilot.press("y")
        await at(pilot, PoolsScreen, "the pools")
        await wait_for(pilot, lambda: "203.0.113.140" in screen_text(pilot.app), "the address")

    play(desk, part)
    assert (desk.folder / "pools/platform.txt").read_text() == POOL_FILE + "203.0.113.140\n"
    assert desk.file.read_text() == before


def test_a_whole_list_is_pasted_and_what_is_not_in_it_goes(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_pools(pilot)
        await pilot.press("down")
        await pasted(pilot, "v", "203.0.113.129:443\n203.0.113.200\n203.0.113.200\n")
        assert "2 addresses; 1 come, 2 go, 1 stay; 1 port left out; 1 twice" in screen_text(pilot.app)
        await pilot.press("f2")
        await at(pilot, AcceptScreen, "the question")
        await pilot.press("y")
        await at(pilot, PoolsScreen, "the pools")
        await wait_for(pilot, lambda: "203.0.113.200" in screen_text(pilot.app), "the address")

    play(desk, part)
    assert (desk.folder / "pools/platform.txt").read_text() == "203.0.113.129\n203.0.113.200\n"


def test_what_is_no_address_is_named_with_its_line_and_goes_no_further(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_pools(pilot)
        screen = await pasted(pilot, "a", "203.0.113.140\nhost.example, 10.0.0.0/33\n[/red]")
        text = screen_text(pilot.app)
        assert "line 2, column 1: host.example" in text
        assert "line 2, column 15: 10.0.0.0/33" in text
        assert "line 3, column 2: /red" in text
        await pilot.press("f2")
        assert pilot.app.screen is screen
        await pilot.press("escape")
        await at(pilot, PoolsScreen, "the pools")

    play(desk, part, NARROW)


@pytest.mark.parametrize("keys", [["enter"], ["escape"], ["tab", "enter", "escape"]])
def test_nothing_is_written_by_enter(desk: Desk, keys: list[str]) -> None:
    before = desk.file.read_text()

    async def part(pilot: Pilot[Any]) -> None:
        await at_pools(pilot)
        await pilot.press("enter", "x")
        await at(pilot, AcceptScreen, "the question")
        await pilot.press(*keys)
        await at(pilot, PoolsScreen, "the pools")

    play(desk, part)
    assert desk.file.read_text() == before


def test_a_read_only_session_edits_no_pool_even_when_called_directly(desk: Desk) -> None:
    before = desk.file.read_text()

    async def part(pilot: Pilot[Any]) -> None:
        screen = await at_pools(pilot)
        assert "Add" not in screen_text(pilot.app)
        await pilot.press("a", "v", "enter", "x")
        screen.action_add()
        screen.action_paste()
        screen.action_remove()
        await pilot.pause()
        assert pilot.app.screen is screen
        assert not screen.is_working

    play(desk, part, read_only=True)
    assert desk.file.read_text() == before


def test_the_last_address_of_a_pool_is_not_taken_out(desk: Desk) -> None:
    desk.file.write_text(
        desk.file.read_text().replace("cluster: [203.0.113.10, 203.0.113.11]", "cluster: [203.0.113.10]")
    )

    async def part(pilot: Pilot[Any]) -> None:
        await at_pools(pilot)
        await pilot.press("enter", "x")
        await at(pilot, AcceptScreen, "the question")
        assert "NOT POSSIBLE LIKE THIS" in screen_text(pilot.app)
        await pilot.press("y")
        assert isinstance(pilot.app.screen, AcceptScreen)

    play(desk, part)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (["enter"], "203.0.113.129,203.0.113.130,203.0.113.131"),
        (["down", "down", "down", "enter"], '["203.0.113.129", "203.0.113.130", "203.0.113.131"]'),
    ],
)
def test_the_addresses_are_copied_in_the_format_that_is_chosen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, keys: list[str], text: str
) -> None:
    copied: list[str] = []

    def copy(what: str, **more: object) -> Copied:
        copied.append(what)
        return Copied("test", True, "copied, as the test says")

    monkeypatch.setattr(clipboard, "copy", copy)

    async def part(pilot: Pilot[Any]) -> None:
        await at_pools(pilot)
        await pilot.press("down", "c")
        await at(pilot, ChooseScreen, "the formats")
        await pilot.press(*keys)
        await wait_for(pilot, lambda: bool(copied), "the copy")

    play(desk, part)
    assert copied == [text]


def test_no_pool_is_no_trouble(desk: Desk) -> None:
    text = desk.file.read_text()
    start, end = text.index("ip_pools:"), text.index("exchanges:")
    desk.file.write_text(
        (text[:start] + text[end:])
        .replace("pool:cluster", "203.0.113.10")
        .replace("pool:platform", "203.0.113.9")
    )

    async def part(pilot: Pilot[Any]) -> None:
        await pilot.press("3")
        await at(pilot, PoolsScreen, "the pools")
        assert "No pool is declared" in screen_text(pilot.app)
        await pilot.press("a", "v", "x", "c", "p", "r", "e", "enter")
        assert isinstance(pilot.app.screen, PoolsScreen)

    play(desk, part, NARROW)


def test_a_long_list_is_read_in_a_thread_and_f2_waits_for_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[str] = set()
    read = type(desk.workspace()).addresses_in

    def told(self: Any, text: str) -> Any:
        threads.add(threading.current_thread().name)
        return read(self, text)

    monkeypatch.setattr(type(desk.workspace()), "addresses_in", told)

    async def part(pilot: Pilot[Any]) -> None:
        await at_pools(pilot)
        await pilot.press("a")
        screen = await at(pilot, PasteScreen, "the field")
        many = "\n".join(f"203.0.{place // 250}.{place % 250 + 1}" for place in range(5000))
        screen.query_one(TextArea).load_text(many)
        await pilot.press("f2")
        await at(pilot, AcceptScreen, "the question")

    play(desk, part)
    assert threads == {"reading a list"}


@pytest.mark.parametrize(
    ("pool", "inside", "place"),
    [
        ("cluster", (), "exchanges.yaml:4"),
        ("platform", (), "pools/platform.txt:1"),
        ("platform", ("down", "down"), "pools/platform.txt:2"),
    ],
)
def test_e_opens_the_file_that_lists_the_pool_at_the_address(
    desk: Desk, pool: str, inside: tuple[str, ...], place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def note(app: AccesscfgApp, where: Mark) -> None:
        opened.append(app.place_of(where))

    monkeypatch.setattr(AccesscfgApp, "edit_at", note)

    async def part(pilot: Pilot[Any]) -> None:
        await at_pools(pilot)
        pilot.app.screen.query_one("#pools", RowList).place_cursor(pool)
        await pilot.pause()
        if inside:
            await pilot.press("enter", *inside)
        await pilot.press("e")
        await wait_for(pilot, lambda: bool(opened), "the editor")

    play(desk, part)
    assert opened == [place]
