"""A list with a cursor, of which only what is visible is rendered."""

from __future__ import annotations

from typing import ClassVar, Generic, Protocol, TypeVar

from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.reactive import reactive
from textual.scroll_view import ScrollView


class HasId(Protocol):
    """A row."""

    @property
    def id(self) -> str:
        """By which it is found again when the rows around it come and go."""


RowT = TypeVar("RowT", bound=HasId)


class CursorList(ScrollView, Generic[RowT], can_focus=True):
    """Rows with ids. `rows` and `_places` are filled by who inherits, which also says what a line looks like."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="move.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="move.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="move.page-up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="move.page-down"),
        Binding("home,g", "jump(0)", "First", show=False, id="move.first"),
        Binding("end,G", "jump(-1)", "Last", show=False, id="move.last"),
    ]
    cursor: reactive[int] = reactive(0, repaint=False)

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: list[RowT] = []
        self._places: dict[str, int] = {}

    @property
    def row(self) -> RowT | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else None

    def place_cursor(self, row_id: str) -> bool:
        """Put the cursor on a row; False where it is not shown."""
        place = self._places.get(row_id)
        if place is not None:
            self.go(place)
        return place is not None

    def go(self, place: int) -> None:
        """Put the cursor on a line."""
        self.cursor = place

    def moved(self) -> None:
        """The cursor is on another row. For who inherits to tell."""

    def refresh_line(self, place: int) -> None:
        """Repaint one line."""
        self.refresh(Region(0, place - self.scroll_offset.y, self.size.width, 1))

    def keep_in_sight(self) -> None:
        """Scroll where the cursor is out of sight: past an edge by a part of the height.

        Each line that moves is written anew, and over a slow line that is what a held key waits for.
        """
        height, top, place = self.size.height, self.scroll_offset.y, self.cursor
        if place < top:
            self.scroll_to(y=place - height // 3, animate=False, force=True, immediate=True)
        elif place >= top + height:
            self.scroll_to(y=place + 1 + height // 3 - height, animate=False, force=True, immediate=True)

    def validate_cursor(self, place: int) -> int:
        """Within the rows."""
        return max(0, min(place, len(self.rows) - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Repaint the two lines and keep the cursor in sight."""
        if old != new:
            self.refresh_line(old)
            self.refresh_line(new)
            self.keep_in_sight()
            self.moved()

    def action_move(self, by: int) -> None:
        """Up or down."""
        self.go(self.cursor + by)

    def action_page(self, by: int) -> None:
        """A page up or down."""
        self.go(self.cursor + by * max(1, self.size.height - 1))

    def action_jump(self, place: int) -> None:
        """To the first or the last row."""
        self.go(place if place >= 0 else len(self.rows) - 1)
