"""Blocks of lines of which some are steps, with a cursor on one of those: only what is visible is rendered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from accesscfg.report.clean import plain
from accesscfg_tui.viewmodel.guide import Block
from accesscfg_tui.viewmodel.lines import Line


class StepList(ScrollView, can_focus=True):
    """The cursor belongs to a step's id. Whoever shows the blocks follows it: it is moved before that is told."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"step--{name}"
        for name in ("good", "bad", "warn", "told", "busy", "faint", "strong", "head", "cursor")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="move.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="move.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="move.page-up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="move.page-down"),
        Binding("home,g", "jump(0)", "First", show=False, id="move.first"),
        Binding("end,G", "jump(-1)", "Last", show=False, id="move.last"),
    ]

    class Moved(Message):
        """The cursor is on another step. (Where it is now `cursor` says: more keys may have come since.)"""

    @dataclass
    class Boxed(Message):
        """The box of a step was clicked, which has the cursor now."""

        step: str

    @dataclass
    class Paged(Message):
        """A page is wanted, and there is none here."""

        by: int

    @dataclass
    class Resized(Message):
        """There is another room for lines."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[tuple[Line, str | None]] = []
        self._steps: list[str] = []
        self._cursor: str | None = None

    @property
    def cursor(self) -> str | None:
        """The id of the step that has the cursor."""
        return self._cursor

    @property
    def line_width(self) -> int:
        """The cells that a line has; the bar at the side is always accounted for."""
        return max(20, self.size.width - 1)

    def show(self, blocks: Sequence[Block], cursor: str | None, *, follow: bool = True) -> None:
        """Show these blocks with the cursor on a step, kept in sight where the view is to `follow`."""
        self._lines = [(one, block.step) for block in blocks for one in block.lines]
        self._steps = [block.step for block in blocks if block.step is not None]
        self._cursor = cursor
        self.virtual_size = Size(self.size.width, len(self._lines))
        if follow:
            self._follow()
        self.refresh()

    def _follow(self) -> None:
        mine = [place for place, (_, step) in enumerate(self._lines) if step == self._cursor]
        if self._cursor is None or not mine:
            return
        first = 0 if self._cursor == self._steps[0] and mine[-1] < self.size.height else mine[0]
        self.scroll_to_region(Region(0, first, 1, mine[-1] - first + 1), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """One line of the visible part."""
        place = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if place >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        shown, step = self._lines[place]
        base = self.rich_style
        if step is not None and step == self._cursor:
            base += self.get_component_rich_style("step--cursor", partial=True)
        segments = []
        for text, style in shown.pieces:
            extra = self.get_component_rich_style(f"step--{style}", partial=True) if style else None
            segments.append(Segment(plain(text), base if extra is None else base + extra))
        return Strip(segments).adjust_cell_length(width, base).crop(0, width)

    # -- moving --------------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """To the step before or after; at the first and the last one the view goes on alone."""
        if self._cursor not in self._steps:
            self.scroll_relative(y=by, animate=False)
            return
        place = self._steps.index(self._cursor) + by
        if 0 <= place < len(self._steps):
            self._move_to(self._steps[place])
        else:
            self.scroll_relative(y=by, animate=False)

    def _move_to(self, step: str) -> None:
        self._cursor = step
        self.post_message(self.Moved())

    def action_page(self, by: int) -> None:
        """The view a page up or down; where it shows everything, whatever stands beside it."""
        if self.virtual_size.height <= self.size.height:
            self.post_message(self.Paged(by))
        self.scroll_relative(y=by * max(1, self.size.height - 1), animate=False)

    def action_jump(self, place: int) -> None:
        """To the first or the last step, and to what stands before or behind it."""
        if self._steps:
            self._move_to(self._steps[place])
        if place == 0:
            self.scroll_home(animate=False)
        else:
            self.scroll_end(animate=False)

    def on_click(self, event: Click) -> None:
        """A click on a step's box turns it, elsewhere it moves the cursor there."""
        place = int(event.y) + self.scroll_offset.y
        step = self._lines[place][1] if place < len(self._lines) else None
        if step is None:
            return
        is_first = place == 0 or self._lines[place - 1][1] != step
        if is_first and event.x < _BOX_ENDS:
            self._cursor = step
            self.post_message(self.Boxed(step))
        else:
            self._move_to(step)

    def on_resize(self, event: Resize) -> None:
        """The lines are made for a width."""
        self.virtual_size = Size(event.size.width, len(self._lines))
        self.post_message(self.Resized())


_BOX_ENDS = 6  # cells from the left, as the lines of steps begin with the cursor and a box
