"""What screens share that are a list of lines with a field to find some of them."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from accesscfg_tui.screens.base import CockpitScreen
from accesscfg_tui.viewmodel.lines import line
from accesscfg_tui.viewmodel.rows import ListRow
from accesscfg_tui.widgets.lines import as_text
from accesscfg_tui.widgets.reader import Reader
from accesscfg_tui.widgets.row_list import RowList


class ListingScreen(CockpitScreen):
    """A list, a field that narrows it, and a pane below that tells the row under the cursor in full."""

    TITLE_OF_LIST = ""

    def body(self) -> ComposeResult:
        """List, field, pane."""
        with Vertical(classes="pane", id="list-pane"):
            yield Static(id="heads", classes="faint")
            yield RowList(id="rows")
            yield Input(id="find", placeholder="text to show; enter keeps it, esc clears it", compact=True)
        yield Reader(id="full", classes="pane", can_focus=False)

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one(RowList)

    @property
    def wanted(self) -> str:
        """The text that rows are narrowed to."""
        return self.query_one("#find", Input).value.strip().casefold()

    def on_mount(self) -> None:
        """Show what is known."""
        self.query_one("#list-pane").border_title = self.TITLE_OF_LIST
        super().on_mount()
        self.rows.focus()

    def every_row(self, width: int) -> Sequence[ListRow]:
        """All rows, in lines of that width."""
        raise NotImplementedError

    def heads(self, width: int) -> str:
        """The heads of the columns."""
        return ""

    def empty_text(self) -> str:
        """What is said where there are none."""
        raise NotImplementedError

    def tell_row(self, row: ListRow | None) -> None:
        """Show the row under the cursor in full."""

    def reload(self) -> None:
        """Show everything anew."""
        super().reload()
        wanted = self.wanted
        every = self.every_row(self.rows.line_width)
        shown = [row for row in every if wanted in row.line.text.casefold()] if wanted else every
        self.rows.show(shown)
        note = f"{len(shown)} of {len(every)}" if wanted else f"{len(every)}" if every else ""
        self.query_one("#list-pane").border_subtitle = note
        self._show_heads(shown)
        self.tell_row(self.rows.row)

    def _show_heads(self, shown: Sequence[ListRow]) -> None:
        """The heads of the columns; where there are no rows, why."""
        nothing = "no line has this text; esc shows all again" if self.wanted else self.empty_text()
        says = self.heads(self.rows.line_width) if shown else nothing
        heads = self.query_one("#heads", Static)
        heads.update(as_text([line((says, "head" if shown else "faint"))]))
        heads.display = bool(says)

    @on(RowList.Resized)
    def _resized(self) -> None:
        self.reload()

    @on(RowList.Moved)
    def _moved(self) -> None:
        self.tell_row(self.rows.row)

    # -- finding -------------------------------------------------------------------------------------------------

    def action_filter(self) -> None:
        """Type a text to find."""
        field = self.query_one("#find", Input)
        field.add_class("shown")
        self.set_focus(field)  # at once: keys that are typed ahead belong to it

    @on(Input.Changed, "#find")
    def _changed(self) -> None:
        self.reload()

    @on(Input.Submitted, "#find")
    def _kept(self) -> None:
        self._leave_field()

    def _leave_field(self) -> None:
        field = self.query_one("#find", Input)
        field.set_class(bool(field.value), "shown")
        self.set_focus(self.rows)

    async def action_back(self) -> None:
        """Clear the field first, then one screen back."""
        field = self.query_one("#find", Input)
        if field.value or field.has_focus:
            field.value = ""
            self._leave_field()
        else:
            await self.cockpit.action_leave()
