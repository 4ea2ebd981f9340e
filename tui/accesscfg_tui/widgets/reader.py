"""Text that scrolls, by arrows and by the keys of vi."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from accesscfg.report.clean import plain
from accesscfg_tui.viewmodel.lines import Line


class Reader(ScrollView, can_focus=True):
    """Shows lines of a view model that were made for its `line_width`. Only lines that change are drawn again."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"reader--{name}" for name in ("good", "bad", "warn", "told", "busy", "faint", "strong", "head")
    }
    DEFAULT_CSS = """
    Reader { scrollbar-size-vertical: 1; padding: 0 0 0 1; overflow-x: hidden; background: $background; }
    Reader > .reader--good { color: $text-success; }
    Reader > .reader--bad { color: $text-error; text-style: bold; }
    Reader > .reader--warn { color: $text-warning; }
    Reader > .reader--told { color: $text-accent; }
    Reader > .reader--busy { color: $text-primary; }
    Reader > .reader--faint { text-style: dim; }
    Reader > .reader--strong { text-style: bold; }
    Reader > .reader--head { text-style: bold dim; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Up", show=False, id="move.up"),
        Binding("down,j", "scroll_down", "Down", show=False, id="move.down"),
        Binding("pageup", "page_up", "Page up", show=False, id="move.page-up"),
        Binding("pagedown,space", "page_down", "Page down", show=False, id="move.page-down"),
        Binding("home,g", "scroll_home", "Top", show=False, id="move.first"),
        Binding("end,G", "scroll_end", "Bottom", show=False, id="move.last"),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None, can_focus: bool = True) -> None:
        super().__init__(id=id, classes=classes)
        self.can_focus = can_focus
        self.lines: tuple[Line, ...] = ()

    @property
    def line_width(self) -> int:
        """The cells that a line has; the bar at the side is always accounted for."""
        frame = self.styles.gutter.width + self.styles.scrollbar_size_vertical
        return max(20, self.outer_size.width - frame)

    def show(self, lines: Iterable[Line]) -> None:
        """Show these; what is in sight stays where it is."""
        old, self.lines = self.lines, tuple(lines)
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.lines))
        for place, (before, now) in enumerate(zip_longest(old, self.lines)):
            if before != now:
                self.refresh(Region(0, place - self.scroll_offset.y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """One line of the visible part."""
        place = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        base = self.rich_style
        if place >= len(self.lines):
            return Strip.blank(width, base)
        segments = [
            Segment(plain(text), self._style(style, base)) for text, style in self.lines[place].pieces
        ]
        strip = self._selected(Strip(segments), place).adjust_cell_length(width, base)
        return strip.crop(0, width).simplify().apply_offsets(0, place)

    def _style(self, name: str, base: Style) -> Style:
        return base + self.get_component_rich_style(f"reader--{name}", partial=True) if name else base

    # -- selecting with the mouse --------------------------------------------------------------------------------

    def _selected(self, strip: Strip, place: int) -> Strip:
        selection = self.text_selection
        span = None if selection is None else selection.get_span(place)
        if span is None:
            return strip
        start, end = span[0], strip.cell_length if span[1] == -1 else span[1]
        chosen = strip.crop(start, end).apply_style(self.screen.get_component_rich_style("screen--selection"))
        return Strip.join([strip.crop(0, start), chosen, strip.crop(end)])

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text that was selected."""
        return selection.extract("\n".join(plain(line.text) for line in self.lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what is selected."""
        self.refresh()
