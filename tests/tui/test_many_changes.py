"""A plan with thousands of changed keys: what is in sight comes at once, the rest between two keys."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from textual.app import App, ComposeResult

from accesscfg.model.paths import parse_key_path
from accesscfg.model.plan import Plan
from accesscfg_tui.viewmodel.rows import ListRow
from accesscfg_tui.viewmodel.sheet import Sheet
from accesscfg_tui.viewmodel.sheet_rows import sheet_blocks, sheet_rows
from accesscfg_tui.widgets import row_list
from accesscfg_tui.widgets.row_list import RowList
from tests.report.plans import WORDS, drifted
from tests.tui.desk import wait_for

pytestmark = pytest.mark.slow

MANY, WIDTH = 400, 100


def many() -> Plan:
    """The key of a small plan that changes, many times."""
    base = drifted()
    first = next(key for key in base.keys if base.changes_of(key.path))
    keys, changes = [], []
    for number in range(MANY):
        path = parse_key_path(f"desk/sub-{number}/bot")
        keys.append(replace(first, path=path))
        for change in base.changes_of(first.path):
            changes.append(replace(change, key=path, id=f"{change.id}{number}", waits_for=()))
    return replace(base, keys=tuple(keys), changes=tuple(changes), refusals=())


class OnlyRows(App[None]):
    """Nothing but a list."""

    CSS = "RowList { overflow-x: hidden; }"

    def compose(self) -> ComposeResult:
        yield RowList()

    def on_mount(self) -> None:
        self.query_one(RowList).focus()


def test_the_first_rows_are_there_at_once_and_all_of_them_soon() -> None:
    row_list.SLICE_S, usual = 0.0, row_list.SLICE_S  # as on a slow machine

    async def session() -> None:
        sheet = Sheet(many(), WORDS, "")
        made: list[int] = []

        def counted() -> Iterator[Sequence[ListRow]]:
            for rows in sheet_blocks(sheet, WIDTH):
                made.append(len(rows))
                yield rows

        async with OnlyRows().run_test(size=(WIDTH, 30)) as pilot:
            rows = pilot.app.query_one(RowList)
            rows.show_bit_by_bit(counted())
            assert 30 <= len(rows.rows) < 100
            assert len(made) < 30
            whole = len(sheet_rows(sheet, WIDTH))
            await wait_for(pilot, lambda: len(rows.rows) == whole, "all rows")
            await pilot.press("end")
            assert rows.row is not None
            last = rows.row.id
            rows.show_bit_by_bit(sheet_blocks(sheet, WIDTH - 10))  # as after another size of the window
            await wait_for(pilot, lambda: rows.row is not None and rows.row.id == last, "the cursor's row")

    try:
        asyncio.run(session())
    finally:
        row_list.SLICE_S = usual


def test_a_cursor_that_is_moved_before_its_row_has_come_stays_where_it_was_moved_to() -> None:
    row_list.SLICE_S, usual = 0.0, row_list.SLICE_S
    most, row_list.MOST_S = row_list.MOST_S, 0.0

    async def session() -> None:
        sheet = Sheet(many(), WORDS, "")
        async with OnlyRows().run_test(size=(WIDTH, 30)) as pilot:
            rows = pilot.app.query_one(RowList)
            rows.show(sheet_rows(sheet, WIDTH))
            await pilot.press("end")
            rows.show_bit_by_bit(sheet_blocks(sheet, WIDTH - 10))
            rows.action_jump(0)
            rows.action_move(1)
            before = rows.cursor
            await wait_for(pilot, lambda: rows._coming is None, "all rows")
            assert rows.cursor == before

    try:
        asyncio.run(session())
    finally:
        row_list.SLICE_S, row_list.MOST_S = usual, most


def test_only_the_rows_of_a_key_that_looks_otherwise_are_made_anew() -> None:
    sheet = Sheet(many(), WORDS, "")
    before = list(sheet_blocks(sheet, WIDTH))
    key = parse_key_path("desk/sub-7/bot")
    sheet.leave_out(key)
    after = list(sheet_blocks(sheet, WIDTH))

    changed = [now for was, now in zip(before, after, strict=True) if was is not now and was != now]
    assert [rows[0].key for rows in changed] == [key]
