"""Text that scrolls, by arrows and by the keys of vi."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from accesscfg_tui.viewmodel.lines import Line
from accesscfg_tui.widgets.lines import as_text


class Reader(VerticalScroll, can_focus=True):
    """Shows lines of a view model that were made for its `line_width`."""

    DEFAULT_CSS = """
    Reader { scrollbar-size-vertical: 1; padding: 0 1; }
    Reader > Static { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Up", show=False, id="text.up"),
        Binding("down,j", "scroll_down", "Down", show=False, id="text.down"),
        Binding("pageup", "page_up", "Page up", show=False, id="text.page-up"),
        Binding("pagedown,space", "page_down", "Page down", show=False, id="text.page-down"),
        Binding("home,g", "scroll_home", "Top", show=False, id="text.top"),
        Binding("end,G", "scroll_end", "Bottom", show=False, id="text.bottom"),
    ]

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(markup=False)

    @property
    def line_width(self) -> int:
        """The cells that a line has; the bar at the side is always accounted for."""
        frame = self.styles.gutter.width + self.styles.scrollbar_size_vertical
        return max(20, self.outer_size.width - frame)

    def show(self, lines: Iterable[Line]) -> None:
        """Show these; what is in sight stays where it is."""
        self.query_one(Static).update(as_text(lines))
