"""Take over into the declaration what is live of one key: choose facets, see the lines that change, agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from accesscfg.report.clean import plain
from accesscfg_tui import actions
from accesscfg_tui.screens.base import writing
from accesscfg_tui.screens.proposing import ProposingScreen
from accesscfg_tui.viewmodel.adopting import Adoption, adoption, adoption_rows, nothing_to_adopt
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.viewmodel.proposal import proposal_lines, trouble_lines
from accesscfg_tui.widgets.lines import as_text
from accesscfg_tui.widgets.reader import Reader
from accesscfg_tui.widgets.row_list import RowList


class AdoptScreen(ProposingScreen):
    """The facets in drift above, what their choice would change below."""

    PLACE = "adopt"
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("adopt")

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.adoption: Adoption | None = None

    def body(self) -> ComposeResult:
        """Facets and diff."""
        with Container(id="adopt-panes"):
            with Vertical(id="adopt-pane", classes="pane"):
                yield Static(id="adopt-empty")
                yield RowList(id="facets")
            yield Reader(id="diff", classes="pane")

    def on_mount(self) -> None:
        """Show what is known of the key."""
        self.query_one("#adopt-pane").border_title = Content(plain(f"Take over: {self.path}"))
        self.query_one("#diff").border_title = "What the file would get"
        super().on_mount()
        self.query_one(RowList).focus()

    # -- painting ------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """The key was read or declared anew: what was chosen stays, as far as it is offered still."""
        app = self.cockpit
        key, before = app.key_at(self.path), self.adoption
        if key is None or app.board is None or app.declaration is None:
            self.adoption = None
        else:
            self.adoption = adoption(key, app.board.look(key), app.declaration.pools, app.words)
            if before is not None:
                self.adoption.take_over(before)
            if before is None or before.offers != self.adoption.offers or before.key != key:
                self._work_out()
        self._show_rows()
        super().reload()

    def rows_changed(self, paths: Sequence[str]) -> None:
        """It was read again."""
        if self.path in paths:
            self.reload()

    def _show_rows(self) -> None:
        rows, empty, adopting = self.query_one(RowList), self.query_one("#adopt-empty", Static), self.adoption
        offers = () if adopting is None else adopting.offers
        rows.set_class(not offers, "hidden")
        empty.set_class(bool(offers), "hidden")
        shown = (
            [] if adopting is None else adoption_rows(adopting, rows.line_width - 1, ascii=self.cockpit.ascii)
        )
        rows.show(shown)
        below = not self.has_class("-wide")
        rows.styles.max_height = max(3, min(len(shown), self.size.height // 2 - 3)) if below else None
        self.query_one("#diff").set_class(not offers, "hidden")
        if not offers:
            empty.update(as_text(self._nothing()))

    def _nothing(self) -> list[Line]:
        app, width = self.cockpit, self.size.width * 9 // (20 if self.has_class("-wide") else 9) - 5
        key = app.key_at(self.path)
        if key is None or app.board is None:
            return wrapped(f"{self.path} is not declared any more.", width, style="warn")
        return nothing_to_adopt(key, app.board.look(key), width)

    def show_proposal(self) -> None:
        """The lines that the choice would change."""
        shown = self.query_one("#diff", Reader)
        shown.show(self._diff_lines(shown.line_width))

    def _diff_lines(self, width: int) -> list[Line]:
        app, adopting = self.cockpit, self.adoption
        if adopting is not None and adopting.blocked:
            return wrapped(adopting.blocked, width, style="warn")
        if self.trouble is not None:
            return trouble_lines(self.trouble, width)
        if self.proposal is not None and app.declaration is not None:
            keys = {str(key.path): key for key in app.declaration.all_keys()}
            return proposal_lines(self.proposal, app.words, keys, width)
        if self.is_working:
            return [line(("it is being worked out", "busy"))]
        offers = () if adopting is None else adopting.offers
        return [line(("space chooses what to take over", "faint"))] if offers else []

    @on(RowList.Resized)
    def _resized(self) -> None:
        self._show_rows()
        self.show_proposal()

    # -- actions -------------------------------------------------------------------------------------------------

    def _work_out(self) -> None:
        adopting = self.adoption
        self.propose(None if adopting is None or adopting.blocked else adopting.edit)

    def action_choose(self) -> None:
        """Choose what stands under the cursor, or leave it."""
        row = self.query_one(RowList).row
        if row is None or self.adoption is None:
            return
        self.adoption.turn(row.id.partition("#")[0])
        self._work_out()
        self._show_rows()

    def action_pools(self) -> None:
        """Replace the pools in the way, or leave them."""
        if self.adoption is not None and self.adoption.pools:
            self.adoption.turn("pools")
            self._work_out()
            self._show_rows()

    @writing
    def action_write(self) -> None:
        """Ask whether to write it."""
        if self.proposal is None:
            why = "it is being worked out" if self.is_working else "space chooses what to take over"
            blocked = "" if self.adoption is None else self.adoption.blocked
            self.notify(blocked or why, severity="warning", markup=False)
            return
        self.ask_to_accept()

    def action_refresh(self) -> None:
        """Read the key again."""
        if not self.cockpit.read([self.path]):
            self.notify("a reading is under way", markup=False)

    @writing
    def action_edit(self) -> None:
        """Open the YAML where it is declared."""
        key = self.cockpit.key_at(self.path)
        if key is not None:
            self.cockpit.edit_at(key.where)

    async def action_back(self) -> None:
        """Nothing is taken over."""
        await self.cockpit.action_leave()

    def accepted(self, written: bool) -> None:
        """Back to where it was asked for."""
        if written and self.is_current:
            self.app.pop_screen()
