"""The cursor of a long list stays in sight, and the list seldom moves for it."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from textual.app import App, ComposeResult

from accesscfg_tui.viewmodel.lines import line
from accesscfg_tui.viewmodel.rows import ListRow
from accesscfg_tui.widgets.row_list import RowList

pytestmark = pytest.mark.slow

ROWS, HEIGHT = 90, 24


class LongList(App[None]):
    """Nothing but a list."""

    CSS = "RowList { overflow-x: hidden; }"

    def compose(self) -> ComposeResult:
        yield RowList()

    def on_mount(self) -> None:
        rows = self.query_one(RowList)
        rows.show([ListRow(f"row-{number}", line(f"row {number}")) for number in range(ROWS)])
        rows.focus()


def top_of(rows: RowList) -> int:
    """The first row in sight; the cursor's is always among them."""
    top = rows.scroll_offset.y
    assert top <= rows.cursor < top + HEIGHT
    return top


@pytest.mark.parametrize("key", ["down", "up"])
def test_a_held_key_moves_the_list_once_for_every_third_of_its_height(key: str) -> None:
    async def session() -> None:
        async with LongList().run_test(size=(40, HEIGHT)) as pilot:
            rows = pilot.app.query_one(RowList)
            if key == "up":
                await pilot.press("end")
            last = 0 if key == "up" else ROWS - 1
            seen = [top_of(rows)]
            while rows.cursor != last:
                await pilot.press(key)
                seen.append(top_of(rows))
            moves = sum(1 for before, now in pairwise(seen) if before != now)
            assert moves <= (ROWS - HEIGHT) // (HEIGHT // 3) + 2
            assert seen[-1] == (0 if key == "up" else ROWS - HEIGHT)

    asyncio.run(session())


def test_a_jump_brings_the_cursor_in_sight() -> None:
    async def session() -> None:
        async with LongList().run_test(size=(40, HEIGHT)) as pilot:
            rows = pilot.app.query_one(RowList)
            for place in (70, 20, ROWS - 1, 0, 47):
                rows.cursor = place
                await pilot.pause()
                top_of(rows)

    asyncio.run(session())
