"""What is wrong with the workspace's files, while the board shows how they last were good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import BindingType

from accesscfg.model.findings import Finding, Mark
from accesscfg_tui import actions
from accesscfg_tui.copying import copy
from accesscfg_tui.screens.base import writing
from accesscfg_tui.screens.listing import ListingScreen
from accesscfg_tui.viewmodel.lines import Line, cut, fit, line, wrapped
from accesscfg_tui.viewmodel.rows import ListRow
from accesscfg_tui.widgets.reader import Reader
from accesscfg_tui.widgets.row_list import RowList


class FindingsScreen(ListingScreen):
    """Every error, and then every warning, with its file and line."""

    PLACE = "findings"
    TITLE_OF_LIST = "Files"
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("findings")

    def findings(self) -> list[Finding]:
        """What was found, errors first."""
        app = self.cockpit
        warned = () if app.declaration is None else app.declaration.warnings
        return sorted(app.findings or warned, key=lambda one: one.severity != "error")

    def every_row(self, width: int) -> Sequence[ListRow]:
        """A row a finding."""
        every = self.findings()
        longest = min(width // 3, max((cell_len(self._place(one)) for one in every), default=0))
        return [ListRow(str(n), self._row(one, longest, width)) for n, one in enumerate(every)]

    def _row(self, finding: Finding, longest: int, width: int) -> Line:
        is_error = finding.severity == "error"
        sign = "!" if not is_error else "X" if self.cockpit.ascii else "✗"
        severity = f"{sign} {finding.severity:<8} "
        room = max(8, width - cell_len(severity) - longest - 2)
        place = fit(self._place(finding), longest)
        return line(
            (severity, "bad" if is_error else "warn"), (f"{place}  ", "faint"), cut(finding.message, room)
        )

    def _place(self, finding: Finding) -> str:
        where = finding.where
        return self.cockpit.place_of(where) if isinstance(where, Mark) else str(where or "")

    def empty_text(self) -> str:
        """All is well."""
        return "nothing is wrong with the files"

    def _finding(self, row: ListRow | None) -> Finding | None:
        every = self.findings()
        return every[int(row.id)] if row is not None and int(row.id) < len(every) else None

    def tell_row(self, row: ListRow | None) -> None:
        """The finding in full, with the hint."""
        pane = self.query_one("#full", Reader)
        finding = self._finding(row)
        if finding is None:
            pane.show([line(("The files are good.", "good"))])
            return
        told = [*wrapped(self._place(finding), pane.line_width, style="strong")]
        told += wrapped(finding.message, pane.line_width)
        told += wrapped(finding.hint, pane.line_width, style="told") if finding.hint else []
        after = "The board shows the last good state, and reads the files again as soon as one is saved."
        pane.show([*told, *wrapped(after, pane.line_width, style="faint")] if self.cockpit.findings else told)

    @on(RowList.Opened)
    def _opened(self) -> None:
        self.action_edit()

    @writing
    def action_edit(self) -> None:
        """Open the file at the line."""
        finding = self._finding(self.rows.row)
        if finding is not None and isinstance(finding.where, Mark):
            self.cockpit.edit_at(finding.where)

    def action_again(self) -> None:
        """Read the files again."""
        self.cockpit.load()

    def action_copy(self) -> None:
        """Copy everything that was found."""
        copy(self.cockpit, "\n".join(f"{self._place(one)}: {one.message}" for one in self.findings()))
