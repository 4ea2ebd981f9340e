"""A text whose lines are made for the width it gets, so that its box has its size in the first frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from accesscfg_tui.viewmodel.lines import Line
from accesscfg_tui.widgets.lines import as_text

NARROWEST = 30


class Wrapped(Static):
    """Shows what `make` gives for a width in cells."""

    DEFAULT_CSS = "Wrapped { height: auto; }"

    def __init__(self, make: Callable[[int], Sequence[Line]], *, id: str) -> None:
        super().__init__(id=id)
        self._make = make

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The rows it takes."""
        return len(self._make(max(NARROWEST, width)))

    def render(self) -> Content:
        """All its lines."""
        return as_text(self._make(max(NARROWEST, self.size.width)))
