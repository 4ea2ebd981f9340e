"""The line at the top: what matters most is said at every width, and nothing is cut in the middle."""

from __future__ import annotations

import asyncio

import pytest
from rich.cells import cell_len

from accesscfg_tui.glyphs import Standing
from accesscfg_tui.viewmodel.top import top_line
from tests.tui.desk import NARROW, Desk, the_app

TITLE = " accesscfg  exchanges.yaml  SANDBOX"
COUNTS = [
    (Standing.NO_ANSWER, 1, "no answer"),
    (Standing.DRIFT, 2, "drift"),
    (Standing.UNOBSERVABLE, 1, "unobservable"),
    (Standing.IN_SYNC, 4, "in sync"),
]


def shown(width: int, counts: list[tuple[Standing, int, str]] | None = COUNTS, *, ascii: bool = False) -> str:
    return top_line(TITLE, counts, width, ascii=ascii).text


def test_where_there_is_room_all_is_said() -> None:
    text = shown(140)

    assert text.startswith(TITLE)
    assert text.endswith("8 keys  ✗ 1 no answer  ≠ 2 drift  ○ 1 unobservable  ✓ 4 in sync ")
    assert cell_len(text) == 140


def test_what_is_in_order_gives_way_first_and_the_worst_last() -> None:
    assert shown(80).split(TITLE)[1].strip() == "✗ 1 no answer  ≠ 2 drift  ○ 1 unobservable"
    assert shown(70).split(TITLE)[1].strip() == "✗ 1 no answer  ≠ 2 drift  …"
    assert shown(60).split(TITLE)[1].strip() == "✗ 1 no answer  …"


@pytest.mark.parametrize("width", range(20, 160))
def test_it_is_never_wider_than_the_screen(width: int) -> None:
    assert cell_len(shown(width)) <= width


def test_what_is_old_is_told_in_paler_colours() -> None:
    line = top_line(TITLE, [(Standing.DRIFT, 2, "were drift")], 100, ascii=True)

    assert ("! 2 were drift", "faint") in line.pieces


def test_without_a_key_it_says_so_and_without_a_board_nothing() -> None:
    assert shown(80, []).rstrip().endswith("no key")
    assert shown(80, None) == TITLE


def test_the_modes_have_colours_of_their_own() -> None:
    pieces = top_line(f"{TITLE}  READ-ONLY", None, 100, ascii=False).pieces

    assert ("  SANDBOX", "told") in pieces
    assert ("  READ-ONLY", "warn") in pieces


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "says"), [("/tmp/play", "/tmp/play/websites.sh"), ("/f" * 40, "m on a key")]
)
def test_the_way_to_the_websites_is_shown_whole_or_not_at_all(desk: Desk, folder: str, says: str) -> None:
    async def play() -> None:
        async with desk.session(NARROW) as pilot:
            app = the_app(pilot)
            app.second_terminal = f". {folder}/websites.sh"
            assert says in app.status_text()
            assert cell_len(app.status_text()) <= NARROW[0] - 2

    asyncio.run(play())
