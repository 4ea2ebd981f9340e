"""Lines of a view model as a list with a cursor: only what is visible is rendered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from accesscfg.report.clean import plain
from accesscfg_tui.viewmodel.rows import ListRow
from accesscfg_tui.widgets.cursor_list import CursorList

SLICE_S = 0.015  # for making rows, before keys are looked at again
MOST_S = 0.1  # where rows down to the one under the cursor were shown until now
PAUSE_S = 0.005


class RowList(CursorList[ListRow]):
    """Rows with ids. The cursor belongs to an id: what comes and goes around it does not move it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"row--{name}"
        for name in ("good", "bad", "warn", "told", "busy", "faint", "strong", "head", "cursor")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "fold(True)", "Fold", show=False, id="move.fold"),
        Binding("right,l", "fold(False)", "Unfold", show=False, id="move.unfold"),
        Binding("enter", "turn", "Fold or unfold", show=False, id="move.open"),
    ]

    @dataclass
    class Folded(Message):
        """A part is to be folded (or unfolded); None: turned into what it is not."""

        name: str
        fold: bool | None

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        row: ListRow | None

    @dataclass
    class Opened(Message):
        """A row that folds nothing was chosen by enter or by a second click."""

        row: ListRow

    @dataclass
    class Resized(Message):
        """There is another width for lines."""

        width: int

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._coming: Iterator[Sequence[ListRow]] | None = None  # of which more is to be shown
        self._awaited: ListRow | None = None  # the cursor's row, until it has come

    @property
    def line_width(self) -> int:
        """The cells that a line has; the bar at the side is always accounted for."""
        return max(20, self.size.width - 1)

    def show(self, rows: Sequence[ListRow]) -> None:
        """Show these rows; the cursor stays on its row where that is still there, else on the one of its key."""
        self._awaited = self._awaited or self.row
        self.rows, self._places, self._coming = [], {}, None
        self._append(rows)
        self._settle()

    def show_bit_by_bit(self, coming: Iterator[Sequence[ListRow]]) -> None:
        """Show rows that take their time to be made: at once what is in sight, then the others between two keys."""
        at, reach = self._awaited or self.row, self.cursor + self.size.height
        self.rows, self._places, self._coming, self._awaited = [], {}, coming, at
        began = monotonic()
        for rows in coming:
            self._append(rows)
            passed = monotonic() - began
            if passed > MOST_S or (passed > SLICE_S and len(self.rows) > reach):
                self.set_timer(PAUSE_S, lambda: self._more(coming))
                break
        else:
            self._coming = None
        self._settle()

    def _more(self, coming: Iterator[Sequence[ListRow]]) -> None:
        if coming is not self._coming:  # there are others to be shown by now
            return
        began = monotonic()
        for rows in coming:
            self._append(rows)
            if monotonic() - began > SLICE_S:
                self.set_timer(PAUSE_S, lambda: self._more(coming))
                break
        else:
            self._coming = None
        self._settle()

    def _append(self, rows: Sequence[ListRow]) -> None:
        start = len(self.rows)
        self.rows += rows
        self._places.update((row.id, start + place) for place, row in enumerate(rows))

    def _settle(self) -> None:
        """What is there has its height, and the cursor the place of its row once that has come."""
        at = self._awaited
        place = None if at is None else self._places.get(at.id)
        if place is None and at is not None and at.key is not None and self._coming is None:
            place = self._places.get(str(at.key))
        if place is not None or self._coming is None:
            self._awaited = None
        if place is None:
            place = max(0, min(self.cursor, len(self.rows) - 1))
        self.virtual_size = Size(self.size.width, len(self.rows))
        self.set_reactive(CursorList.cursor, place)
        self.keep_in_sight()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the visible part."""
        place = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if place >= len(self.rows):
            return Strip.blank(width, self.rich_style)
        base = self.rich_style
        if place == self.cursor:
            base += self.get_component_rich_style("row--cursor", partial=True)
        segments = [
            Segment(plain(text), self._style(style, base)) for text, style in self.rows[place].line.pieces
        ]
        strip = Strip(segments)
        if strip.cell_length > width:
            strip = Strip([*strip.crop(0, width - 1), Segment("…", base)])
        return strip.adjust_cell_length(width, base)

    def _style(self, name: str, base: Style) -> Style:
        return base + self.get_component_rich_style(f"row--{name}", partial=True) if name else base

    # -- moving --------------------------------------------------------------------------------------------------

    def go(self, place: int) -> None:
        """Put the cursor on a line: whoever does means the row that it is on then."""
        self._awaited = None
        super().go(place)

    def moved(self) -> None:
        """Tell it."""
        self.post_message(self.Moved(self.row))

    def action_fold(self, fold: bool) -> None:
        """Fold or unfold the part that the row heads; from within a key's rows, go to its head."""
        row = self.row
        if row is None:
            return
        if row.folds is not None:
            self.post_message(self.Folded(row.folds, fold))
        elif fold and row.key is not None:
            self.place_cursor(str(row.key))

    def action_turn(self) -> None:
        """Fold what is unfolded, unfold what is folded."""
        row = self.row
        if row is not None:
            self.post_message(self.Opened(row) if row.folds is None else self.Folded(row.folds, None))

    def on_click(self, event: Click) -> None:
        """A click moves the cursor, a second one folds or unfolds."""
        place = int(event.y) + self.scroll_offset.y
        if place >= len(self.rows):
            return
        self.go(place)
        if event.chain > 1:
            self.action_turn()

    def on_resize(self, event: Resize) -> None:
        """The lines are made for a width."""
        self.virtual_size = Size(event.size.width, len(self.rows))
        self.keep_in_sight()
        self.post_message(self.Resized(event.size.width))
