"""What this session did: each call by its method, path, answer and time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from accesscfg_tui import actions
from accesscfg_tui.copying import copy
from accesscfg_tui.screens.listing import ListingScreen
from accesscfg_tui.viewmodel.rows import ListRow
from accesscfg_tui.widgets.reader import Reader


class LogScreen(ListingScreen):
    """The last lines in memory; they are kept nowhere else, and hold no secret and no answer of an exchange."""

    PLACE = "logs"
    TITLE_OF_LIST = "Logs"
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("logs")
    follows = True

    def every_row(self, width: int) -> Sequence[ListRow]:
        """A row a line, the newest last."""
        return [ListRow(str(entry.number), entry.row()) for entry in list(self.cockpit.log_lines.entries)]

    def heads(self, width: int) -> str:
        """When, how much it matters, where, and what."""
        return "WHEN      LEVEL WHERE   WHAT"

    def tell_row(self, row: ListRow | None) -> None:
        """The whole line, however long."""
        pane = self.query_one("#full", Reader)
        wanted = None if row is None else int(row.id)
        entry = next((one for one in self.cockpit.log_lines.entries if one.number == wanted), None)
        pane.show(() if entry is None else entry.full(pane.line_width))

    def empty_text(self) -> str:
        """Nothing was logged."""
        return "nothing was asked yet"

    def reload(self) -> None:
        """The newest line stays in sight while it follows."""
        super().reload()
        if self.follows:
            self.rows.action_jump(-1)

    def status_text(self) -> str:
        """Whether it follows."""
        return super().status_text() or ("following; f stays where it is" if self.follows else "f follows")

    def action_follow(self) -> None:
        """Follow the newest line, or stay."""
        self.follows = not self.follows
        self.reload()

    def action_copy(self) -> None:
        """Copy the lines that are shown."""
        copy(self.cockpit, "\n".join(row.line.text for row in self.rows.rows))
