"""What was changed and attested from this machine, by whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from accesscfg.model.history import Record
from accesscfg_tui import actions
from accesscfg_tui.copying import copy
from accesscfg_tui.screens.listing import ListingScreen
from accesscfg_tui.viewmodel.lines import line, wrapped
from accesscfg_tui.viewmodel.rows import ListRow
from accesscfg_tui.widgets.reader import Reader
from accesscfg_tui.widgets.row_list import RowList


class HistoryScreen(ListingScreen):
    """The audit trail, the newest first; what is only about to be done is left out where it has an outcome."""

    PLACE = "history"
    TITLE_OF_LIST = "History"
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("history")

    def records(self) -> list[Record]:
        """What is shown."""
        every = self.cockpit.history.records
        done = {one.change for one in every if one.event == "outcome"}
        stated = {(one.key, one.facet) for one in every if one.event == "attested"}
        edited = {(one.key, one.says) for one in every if one.event == "edited"}
        return [
            one
            for one in every
            if not (one.event == "intent" and one.change in done)
            and not (one.event == "attest" and (one.key, one.facet) in stated)
            and not (one.event == "edit" and (one.key, one.says) in edited)
        ]

    def every_row(self, width: int) -> Sequence[ListRow]:
        """A row a line of the trail."""
        now, teller = datetime.now(UTC), self.cockpit.teller
        return [ListRow(str(one.line), teller.row(one, now, width)) for one in self.records()]

    def heads(self, width: int) -> str:
        """When, who, what, and what became of it."""
        return self.cockpit.teller.heads(width)

    def empty_text(self) -> str:
        """Nothing was done yet."""
        return "nothing was changed or attested from this machine yet"

    def status_text(self) -> str:
        """What is wrong with the trail comes first."""
        problems = self.cockpit.history.problems
        if problems:
            return f"the trail was cut or changed: {problems[0]} ({len(problems)} in all)"
        return super().status_text()

    def _record(self, row: ListRow | None) -> Record | None:
        line_of = None if row is None else row.id
        return next((one for one in self.cockpit.history.records if str(one.line) == line_of), None)

    def tell_row(self, row: ListRow | None) -> None:
        """Everything that the line says."""
        pane = self.query_one("#full", Reader)
        record = self._record(row)
        if record is not None:
            pane.show(self.cockpit.teller.full(record, pane.line_width))
            return
        about = (
            "What is applied, and what is attested, is written down in .accesscfg/audit.jsonl before and after"
            " it is done, each line bound to the one before."
        )
        pane.show([*wrapped(about, pane.line_width, style="faint"), line("")])

    @on(RowList.Opened)
    def _opened(self) -> None:
        """Show the key that the line is about."""
        record = self._record(self.rows.row)
        if record is not None and self.cockpit.key_at(record.key) is not None:
            self.cockpit.show_key(record.key)

    def action_copy(self) -> None:
        """Copy the line in full."""
        record = self._record(self.rows.row)
        if record is not None:
            copy(self.cockpit, "\n".join(one.text for one in self.cockpit.teller.full(record, 100)))
