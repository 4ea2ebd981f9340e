"""The board as a list of lines: only what is visible is rendered, so that ten thousand keys cost no more than ten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from accesscfg_tui.viewmodel.board import Board, Cell, Column, Row, columns
from accesscfg_tui.viewmodel.lines import fit
from accesscfg_tui.widgets.cursor_list import CursorList


class BoardList(CursorList[Row]):
    """The rows of a Board. The cursor belongs to a row's id: what comes and goes around it does not move it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"board--{name}"
        for name in ("good", "bad", "warn", "told", "busy", "faint", "strong", "cursor", "head")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "fold", "Fold", show=False, id="move.fold"),
        Binding("right,l", "unfold", "Unfold", show=False, id="move.unfold"),
        Binding("enter", "open", "Open", show=False, id="move.open"),
    ]

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        row: Row | None

    @dataclass
    class Opened(Message):
        """A key's row was opened."""

        row: Row

    def __init__(self, board: Board | None = None, id: str | None = None) -> None:
        super().__init__(id=id)
        self.board = board
        self._columns: tuple[Column, ...] = ()

    # -- what is shown -------------------------------------------------------------------------------------------

    def show(self, board: Board) -> None:
        """Show a board; the cursor stays on its row where that is still there."""
        self.board = board
        self.rebuild()

    def rebuild(self) -> None:
        """Filter, order or folds have changed."""
        if self.board is None:
            return
        at = self.row
        self.rows = self.board.rows()
        self._places = {row.id: place for place, row in enumerate(self.rows)}
        self.virtual_size = Size(self.size.width, len(self.rows))
        place = None if at is None else self._places.get(at.id)
        if place is None:
            place = min(self.cursor, max(0, len(self.rows) - 1))
        self.set_reactive(CursorList.cursor, place)
        self.keep_in_sight()
        self.refresh()
        self.post_message(self.Moved(self.row))

    def update_rows(self, ids: Iterable[str]) -> None:
        """Repaint some rows where they are."""
        for one in ids:
            place = self._places.get(one)
            if place is not None:
                self.refresh_line(place)

    def render_line(self, y: int) -> Strip:
        """One line of the visible part."""
        place = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if self.board is None or place >= len(self.rows):
            return Strip.blank(width, self.rich_style)
        here = place == self.cursor
        base = self.rich_style
        if here:
            base += self.get_component_rich_style("board--cursor", partial=True)
        cells = self.board.cells(self.rows[place], columns(width), datetime.now(UTC))
        return Strip(self._segments(cells, base)).adjust_cell_length(width, base).simplify()

    def _segments(self, cells: Iterable[Cell], base: Style) -> Iterable[Segment]:
        for cell in cells:
            style = base
            if cell.style:
                style = base + self.get_component_rich_style(f"board--{cell.style}", partial=True)
            yield Segment(fit(cell.text, cell.width - 1) + " ", style)

    # -- moving --------------------------------------------------------------------------------------------------

    def moved(self) -> None:
        """Tell it."""
        self.post_message(self.Moved(self.row))

    def action_fold(self) -> None:
        """Fold a group, or go to the group of a key."""
        row, board = self.row, self.board
        if row is None or board is None:
            return
        if row.kind != "key" and row.id not in board.folded:
            board.folded.add(row.id)
            self.rebuild()
        elif "/" in row.id:
            self.place_cursor(row.id.rpartition("/")[0])

    def action_unfold(self) -> None:
        """Unfold a group."""
        if self.row is not None and self.board is not None and self.row.id in self.board.folded:
            self.board.folded.discard(self.row.id)
            self.rebuild()

    def action_open(self) -> None:
        """Open a key, fold or unfold a group."""
        if self.row is None or self.board is None:
            return
        if self.row.kind == "key":
            self.post_message(self.Opened(self.row))
        elif self.row.id in self.board.folded:
            self.action_unfold()
        else:
            self.action_fold()

    def on_click(self, event: Click) -> None:
        """A click moves the cursor, a second one opens."""
        place = int(event.y) + self.scroll_offset.y
        if place >= len(self.rows):
            return
        if event.chain > 1:
            self.action_open()
        else:
            self.cursor = place

    def on_resize(self, event: Resize) -> None:
        """The columns change with the width."""
        self.virtual_size = Size(event.size.width, len(self.rows))
        self.keep_in_sight()
        self.refresh()
