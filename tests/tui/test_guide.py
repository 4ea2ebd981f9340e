"""The guided fix: steps ticked off, left and resumed, copied, done on the website, verified or attested."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from accesscfg import clipboard
from accesscfg.clipboard import Copied
from accesscfg.model.networks import Addresses
from accesscfg.model.observed import Facet, Unobservable
from accesscfg.model.plan import FacetResult, FacetState
from accesscfg.sandbox import Fault
from accesscfg_tui.glyphs import Standing
from accesscfg_tui.screens import guide as guide_module
from accesscfg_tui.screens.attest import AttestScreen, ask_to_attest
from accesscfg_tui.screens.board import BoardScreen
from accesscfg_tui.screens.guide import GuideScreen
from accesscfg_tui.screens.text import TextScreen
from accesscfg_tui.screens.wanted import WantedScreen
from accesscfg_tui.widgets.board_list import BoardList
from accesscfg_tui.widgets.box import Box
from tests.tui.desk import NARROW, WIDE, Desk, screen_text, the_app, wait_for

pytestmark = pytest.mark.slow

CHARTER = "kraken-main/charter"
DESK = "cryptocom-main/desk"
ALL_FOUR = "203.0.113.10,203.0.113.129,203.0.113.130,203.0.113.131"
RIGHTS = [
    "query-funds",
    "query-open-trades",
    "query-closed-trades",
    "query-ledger",
    "export-data",
    "modify-trades",
    "close-trades",
]


def mend(desk: Desk) -> None:
    """Do on Kraken's website what the guide of its key says."""
    fields = {"permissions": RIGHTS, "ip_whitelist": ALL_FOUR.split(",")}
    call = {"exchange": "kraken", "account": "kraken-main", "key": "charter", "action": "set", "set": fields}
    desk.sandbox.website(call)


def played(play: Callable[[], Awaitable[None]]) -> None:
    """Run it."""
    asyncio.run(cast("Any", play()))


def guide_of(pilot: Pilot[Any]) -> GuideScreen:
    """The guide in front."""
    return cast("GuideScreen", pilot.app.screen)


async def opened(pilot: Pilot[Any], key: str = CHARTER) -> GuideScreen:
    """The guide of a key, read."""
    the_app(pilot).show_guide(key)
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, GuideScreen), "the guide's screen")
    await wait_for(pilot, lambda: guide_of(pilot).guide is not None, "the guide")
    return guide_of(pilot)


def ticked(screen: GuideScreen) -> list[int]:
    """The numbers of the steps that are ticked off."""
    assert screen.guide is not None
    return [number for number, step in enumerate(screen.guide.steps, 1) if step.done is not None]


def number_of(screen: GuideScreen) -> int:
    """The number of the step under the cursor."""
    assert screen.guide is not None
    assert screen.step is not None
    return screen.guide.steps.index(screen.step) + 1


async def front(pilot: Pilot[Any], screen: type) -> None:
    """Wait for a screen to be in front."""
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, screen), screen.__name__)


# -- the loop ------------------------------------------------------------------------------------------------------


def test_a_fix_is_ticked_off_left_resumed_by_another_session_done_and_verified(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session() as pilot:
            board = pilot.app.screen.query_one(BoardList)
            board.place_cursor(CHARTER)
            await pilot.press("m")
            await front(pilot, GuideScreen)
            screen = guide_of(pilot)
            await wait_for(pilot, lambda: screen.guide is not None, "the guide")
            await pilot.press("space", "space", "space")
            assert ticked(screen) == [1, 2, 3]
            assert number_of(screen) == 4
            assert "step 4 of 8" in screen_text(pilot.app)
            await pilot.press("escape")
            await front(pilot, BoardScreen)
            await wait_for(pilot, lambda: the_app(pilot).clerk(CHARTER).is_idle, "the ticks to be written")

        async with desk.session() as pilot:
            screen = await opened(pilot)
            assert ticked(screen) == [1, 2, 3]
            assert number_of(screen) == 4
            mend(desk)
            await pilot.press("r")
            await front(pilot, BoardScreen)
            app = the_app(pilot)
            assert app.board is not None
            await wait_for(pilot, lambda: _standing(pilot, CHARTER) is Standing.IN_SYNC, "the board to know")

    played(play)


def _standing(pilot: Pilot[Any], path: str) -> Standing:
    board = the_app(pilot).board
    assert board is not None
    key = next(one for one in board.declaration.all_keys() if str(one.path) == path)
    return board.look(key).standing


def test_what_was_ticked_off_and_did_not_take_effect_is_said_and_is_to_be_done_again(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session() as pilot:
            screen = await opened(pilot)
            await pilot.press(*["space"] * 8)
            assert "all 8 ticked off" in screen_text(pilot.app)
            await pilot.press("r")
            await wait_for(pilot, lambda: screen.found is not None, "the verdict")
            shown = screen_text(pilot.app)
            assert "still different: kraken-main/charter" in shown
            assert "203.0.113.99" in shown
            assert ticked(screen) == []
            assert pilot.app.screen is screen

    played(play)


def test_a_tick_is_taken_away_by_the_same_key_and_all_of_them_by_starting_over(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session() as pilot:
            screen = await opened(pilot)
            await pilot.press("space", "space", "k", "space")
            assert ticked(screen) == [1]
            await pilot.press("U")
            assert ticked(screen) == []
            await wait_for(pilot, lambda: the_app(pilot).clerk(CHARTER).is_idle, "the ticks to be written")
            assert list((desk.folder / ".accesscfg").glob("ticks/*.json")) == []

    played(play)


def test_keys_that_come_all_at_once_move_and_tick_as_if_they_came_one_by_one(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session() as pilot:
            screen = await opened(pilot)
            for key in ("j", "j", "j", "space", "k", "k", "k", "space"):
                pilot.app.post_message(events.Key(key, " " if key == "space" else key))
            await wait_for(pilot, lambda: ticked(screen) == [2, 4], "the second and the fourth to be ticked")

    played(play)


def test_the_mouse_ticks_at_the_box_and_moves_elsewhere(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session() as pilot:
            screen = await opened(pilot)
            await pilot.click("#steps", offset=(30, 5))
            assert number_of(screen) == 3
            assert ticked(screen) == []
            await pilot.click("#steps", offset=(4, 0))
            assert ticked(screen) == [1]

    played(play)


@pytest.mark.slow
def test_where_the_exchange_does_not_answer_the_whole_declared_state_is_guided_and_nothing_promised(
    desk: Desk,
) -> None:
    async def play() -> None:
        async with desk.session() as pilot:
            desk.sandbox.fault(Fault("kraken", "*", "5xx", times=1000))
            screen = await opened(pilot)
            assert screen.guide is not None
            assert len(screen.guide.steps) > 4
            await pilot.press("r")
            await wait_for(pilot, lambda: screen.found is not None, "the verdict")
            assert "unknown: kraken-main/charter" in screen_text(pilot.app)
            assert pilot.app.screen is screen

    played(play)


# -- copying -------------------------------------------------------------------------------------------------------


def test_what_is_pasted_is_copied_as_the_page_takes_it_and_the_way_is_told_honestly(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[str] = []

    def fake(text: str, **_: object) -> Copied:
        texts.append(text)
        way = "sent to the terminal, which may ignore it"
        return Copied("terminal", False, f"{way}: select it", way)

    monkeypatch.setattr(clipboard, "copy", fake)

    async def play() -> None:
        async with desk.session() as pilot:
            screen = await opened(pilot)
            await pilot.press("j", "j", "j", "j", "j", "c")
            await wait_for(pilot, lambda: "which may ignore it" in screen_text(pilot.app), "the way it went")
            assert texts == [ALL_FOUR]
            shown = screen_text(pilot.app)
            assert "4 addresses: sent to the terminal, which may ignore it; v shows it as plain text" in shown
            assert number_of(screen) == 6  # the tick is the user's
            await pilot.press("r")
            await wait_for(pilot, lambda: screen.found is not None, "the verdict")
            assert "which may ignore it" not in screen_text(pilot.app)

    played(play)


def test_another_format_asks_nobody_keeps_the_ticks_of_the_way_there_and_is_resumed(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session() as pilot:
            screen = await opened(pilot)
            await pilot.press("space", "space")
            asked = len(desk.sandbox.log())
            await pilot.press("f")
            await wait_for(pilot, lambda: "one at a time" in screen_text(pilot.app), "the other format")
            assert len(desk.sandbox.log()) == asked
            assert ticked(screen) == [1, 2]
            assert screen.guide is not None
            assert [step.copy for step in screen.guide.steps if step.addresses][:1] == ["203.0.113.131"]
        async with desk.session() as pilot:
            screen = await opened(pilot)
            assert screen.guide is not None
            assert (screen.guide.entry, ticked(screen)) == ("one", [1, 2])

    played(play)


def test_the_plain_text_has_what_is_pasted_whole_on_a_line_of_its_own(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session(NARROW) as pilot:
            await opened(pilot)
            await pilot.press("v")
            await front(pilot, TextScreen)
            await pilot.press("pagedown")
            await wait_for(pilot, lambda: f"\n{ALL_FOUR}\n" in screen_text(pilot.app), "the addresses")
            await pilot.press("escape")
            await front(pilot, GuideScreen)
            await pilot.press("i")
            await front(pilot, WantedScreen)
            assert "Funds: Withdraw (withdraw-funds) (is ON)" in screen_text(pilot.app)
            await pilot.press("escape")
            await front(pilot, GuideScreen)

    played(play)


def test_the_page_is_opened_and_where_no_browser_is_its_address_is_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answers = iter([True, False])

    def fake(url: str) -> bool:
        asked.append(url)
        return next(answers)

    monkeypatch.setattr(guide_module, "open_page", fake)

    async def play() -> None:
        async with desk.session() as pilot:
            await opened(pilot)
            await pilot.press("o")
            await wait_for(pilot, lambda: "asked your browser" in screen_text(pilot.app), "the browser")
            await pilot.press("o")
            await wait_for(
                pilot, lambda: "no browser opens here; the page is https://" in screen_text(pilot.app), "it"
            )
            assert asked == ["https://pro.kraken.com/app/settings/"] * 2

    played(play)


# -- stating -------------------------------------------------------------------------------------------------------


async def asked_to_attest(pilot: Pilot[Any]) -> AttestScreen:
    """The question to which verifying what nobody can see leads."""
    await opened(pilot, DESK)
    await pilot.press("r")
    await front(pilot, AttestScreen)
    screen = cast("AttestScreen", pilot.app.screen)
    await wait_for(pilot, lambda: screen.query_one("#by", Input).value != "", "a name to be proposed")
    return screen


def test_what_no_api_shows_is_stated_facet_by_facet_and_the_board_says_attested(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session() as pilot:
            screen = await asked_to_attest(pilot)
            shown = screen_text(pilot.app)
            assert "[ ] The IP whitelist holds these 2 addresses, and no other:" in shown
            assert "Enable Trading (trading)" in shown
            for place in (0, 1):
                screen.query_one(f"#facet-{place}", Box).focus()
                await pilot.press("space")
            screen.query_one("#by", Input).value = "Alice"
            await wait_for(pilot, lambda: not screen.query_one("#attest-it").disabled, "the button")
            screen.query_one("#attest-it").focus()
            await pilot.press("enter")
            assert pilot.app.screen is screen  # enter never confirms
            await pilot.press("space")
            await front(pilot, BoardScreen)
            await wait_for(pilot, lambda: _standing(pilot, DESK) is Standing.ATTESTED, "the board to know")

        written = yaml.safe_load(desk.workspace().attestations_file.read_text())
        entries = [(one["key"], one["facet"], one["by"]) for one in written["attestations"]]
        assert entries == [(DESK, "permissions", "Alice"), (DESK, "ip_whitelist", "Alice")]

    played(play)


def test_the_focus_is_on_cancel_and_nothing_is_ticked_beforehand(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session(NARROW) as pilot:
            screen = await asked_to_attest(pilot)
            assert screen.focused is screen.query_one("#cancel")
            assert not any(box.ticked for box in screen.query(Box))
            assert screen.query_one("#attest-it").disabled
            await pilot.press("enter")
            await front(pilot, GuideScreen)
            assert "A attests what you saw on the page" in screen_text(pilot.app)
        assert not desk.workspace().attestations_file.exists()

    played(play)


def test_what_another_run_locks_is_not_recorded_and_that_is_said(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session() as pilot:
            screen = await asked_to_attest(pilot)
            screen.query_one("#facet-1", Box).focus()
            await pilot.press("space")
            with desk.workspace().locked():
                screen.query_one("#attest-it").focus()
                await pilot.press("space")
                await wait_for(pilot, lambda: "not recorded" in screen_text(pilot.app), "what went wrong")
        assert not desk.workspace().attestations_file.exists()

    played(play)


# -- only reading --------------------------------------------------------------------------------------------------


def test_a_session_that_only_reads_guides_and_verifies_but_ticks_and_states_nothing(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session(read_only=True) as pilot:
            screen = await opened(pilot, DESK)
            await pilot.press("space", "A", "U")
            screen.action_tick()
            screen.action_attest()
            screen.action_start_over()
            await pilot.pause()
            assert (ticked(screen), pilot.app.screen) == ([], screen)
            await pilot.click("#steps", offset=(4, 0))
            assert ticked(screen) == []
            await pilot.press("r")
            await wait_for(pilot, lambda: screen.found is not None, "the verdict")
            assert pilot.app.screen is screen
        assert list((desk.folder / ".accesscfg").glob("ticks/*.json")) == []

    played(play)


# -- what is on the screen -----------------------------------------------------------------------------------------

PICTURES = Path(__file__).parent / "pictures"


@pytest.mark.parametrize("size", [NARROW, WIDE])
def test_a_guide_half_done_looks_as_it_was_reviewed(desk: Desk, size: tuple[int, int]) -> None:
    """On the wide screen the steps only: what stands beside them names a folder of this test."""

    async def play() -> None:
        async with desk.session(size) as pilot:
            screen = await opened(pilot)
            await pilot.press("j", "j", "j", "j", "j")
            assert number_of(screen) == 6
            shown = "\n".join(line[:84].rstrip() for line in screen_text(pilot.app).splitlines())
            assert shown + "\n" == (PICTURES / f"guide-{size[0]}x{size[1]}.txt").read_text()

    played(play)


def test_in_a_small_window_what_is_to_be_read_before_stands_behind_once_a_step_is_ticked(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session(NARROW) as pilot:
            screen = await opened(pilot)
            assert "HAVE AT HAND" in screen_text(pilot.app)
            await pilot.press("space")
            await pilot.pause()
            shown = screen_text(pilot.app)
            assert screen.guide is not None
            assert all(f"[ ] {number:>2} " in shown for number in range(2, len(screen.guide.steps) + 1))
            await pilot.press("end", "pagedown", "pagedown")
            assert "HAVE AT HAND" in screen_text(pilot.app)

    played(play)


@pytest.mark.slow
@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("options", [{}, {"ascii": True}, {"colorless": True}])
def test_every_step_can_be_reached_and_shows_its_whole_text(
    desk: Desk, size: tuple[int, int], options: dict[str, bool]
) -> None:
    async def play() -> None:
        async with desk.session(size, **options) as pilot:
            screen = await opened(pilot)
            assert screen.guide is not None
            for number, step in enumerate(screen.guide.steps, 1):
                assert number_of(screen) == number
                words = re.split(r"[\s│┃]+", screen_text(pilot.app))
                assert step.text.split()[-1] in words, (number, screen_text(pilot.app))
                assert all(len(line) <= size[0] for line in screen_text(pilot.app).splitlines())
                await pilot.press("j")

    played(play)


def test_a_long_list_scrolls_between_the_question_and_the_buttons(desk: Desk) -> None:
    entries = frozenset(f"203.0.113.{number}" for number in range(1, 250))
    rights = frozenset(f"right-{number}" for number in range(60))
    facets = [
        FacetResult(Facet.PERMISSIONS, FacetState.UNOBSERVABLE, rights, Unobservable("not shown"), ""),
        FacetResult(
            Facet.IP_WHITELIST, FacetState.UNOBSERVABLE, Addresses(entries), Unobservable("[/x]"), ""
        ),
    ]

    async def play() -> None:
        async with desk.session(NARROW) as pilot:
            ask_to_attest(the_app(pilot), DESK, facets)
            await front(pilot, AttestScreen)
            await pilot.pause()
            assert "[ Cancel ]      [ Attest ]" in screen_text(pilot.app)
            await pilot.press("pagedown", "pagedown", "pagedown")
            assert "right-0" not in screen_text(pilot.app)
            assert "[ Cancel ]      [ Attest ]" in screen_text(pilot.app)

    played(play)


def test_what_an_exchange_calls_a_key_is_never_taken_for_markup(desk: Desk) -> None:
    label = "[/x] [red]b[/red] \\[ \x1b[31m"
    call = {"exchange": "kraken", "account": "kraken-main", "key": "charter", "action": "set"}
    desk.sandbox.website({**call, "set": {"label": label}})

    async def play() -> None:
        async with desk.session() as pilot:
            await opened(pilot)
            assert "[/x] [red]b[/red] \\[" in screen_text(pilot.app)
            assert "\x1b" not in screen_text(pilot.app)
            for key, screen in (("v", TextScreen), ("i", WantedScreen)):
                await pilot.press(key)
                await front(pilot, screen)
                await pilot.press("escape")
                await front(pilot, GuideScreen)

    played(play)


def test_ticks_are_kept_while_somebody_breaks_the_files(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session() as pilot:
            screen = await opened(pilot)
            good = desk.file.read_text()
            desk.file.write_text(f"{good}\nbroken: [\n")
            await pilot.press("space")
            await wait_for(pilot, lambda: the_app(pilot).clerk(CHARTER).is_idle, "the tick to be written")
            await pilot.press("r")
            await wait_for(pilot, lambda: "0 tells where" in screen_text(pilot.app), "what is wrong")
            assert ticked(screen) == [1]
            desk.file.write_text(good)
            await pilot.press("r")
            await wait_for(pilot, lambda: screen.found is not None, "the verdict")
            assert ticked(screen) == [1]

    played(play)


def test_ticks_that_cannot_be_written_are_told(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session() as pilot:
            await opened(pilot)
            (desk.folder / ".accesscfg" / "ticks").symlink_to(desk.folder)
            await pilot.press("space")
            await wait_for(pilot, lambda: "could not be written down" in screen_text(pilot.app), "the word")

    played(play)


def test_a_guide_waits_for_a_reading_of_the_same_account_and_for_no_other(desk: Desk) -> None:
    async def play() -> None:
        async with desk.session() as pilot:
            app = the_app(pilot)
            desk.sandbox.fault(Fault("okx", "*", "latency", times=1000, ms=60_000))
            assert app.read()
            await opened(pilot)
            assert app.is_reading
            assert app.is_asked("okx-desk/manager")
            assert not app.is_asked(CHARTER)
            app.stop_reading()

    played(play)
