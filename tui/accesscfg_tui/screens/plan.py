"""The plan on the table: what it would do, what stands in its way, what is left out of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from accesscfg.model.errors import AccesscfgError
from accesscfg.report.document import dumps, plan_to_json
from accesscfg.report.text import plan_to_text
from accesscfg.workspace.private import write_private
from accesscfg_tui import actions
from accesscfg_tui.copying import copy
from accesscfg_tui.messages import Said
from accesscfg_tui.screens.base import CockpitScreen, writing
from accesscfg_tui.screens.confirm import ConfirmScreen
from accesscfg_tui.screens.name import NameScreen
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.viewmodel.question import Question
from accesscfg_tui.viewmodel.run import Order
from accesscfg_tui.viewmodel.sheet import FRESH, Sheet
from accesscfg_tui.viewmodel.sheet_rows import sheet_blocks
from accesscfg_tui.viewmodel.summary import brief_lines, read_words, summary_lines
from accesscfg_tui.widgets.lines import as_text
from accesscfg_tui.widgets.row_list import RowList
from accesscfg_tui.work import Work

Look = tuple[object, ...]


class PlanScreen(CockpitScreen):
    """Rows on the left, what they come to on the right, or above on a narrow screen."""

    PLACE = "plan"
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("plan")
    _ageing: Timer | None = None
    _rows_look: Look | None = None  # what the rows, and the lines around them, were painted for
    _status_look: Look | None = None

    def body(self) -> ComposeResult:
        """Rows and summary."""
        with Horizontal(id="panes"):
            with Vertical(id="sheet-pane", classes="pane"):
                yield Static(id="brief")
                yield RowList(id="sheet")
            with VerticalScroll(id="summary-pane", classes="pane", can_focus=False):
                yield Static(id="summary")

    def on_mount(self) -> None:
        """Show what is on the table."""
        self.query_one("#summary-pane").border_title = Content("Summary")
        super().on_mount()
        self.query_one(RowList).focus()
        self.call_after_refresh(self.show_status)  # once it is known how wide the panes are

    @property
    def sheet(self) -> Sheet | None:
        """The plan on the table."""
        return self.cockpit.lay_out()

    # -- painting ------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Show it anew."""
        self._show_rows()
        self.show_status()
        self._watch_age()
        app = self.cockpit
        if app.asks_when_planned and not app.awaits_plan and self.is_current:
            app.asks_when_planned = False
            self.action_apply()

    def _show_rows(self) -> None:
        rows, sheet = self.query_one(RowList), self.sheet
        look = None if sheet is None else (*_look(sheet), frozenset(sheet.folded), rows.line_width)
        if look != self._rows_look:
            self._rows_look = look
            rows.show_bit_by_bit(iter(()) if sheet is None else sheet_blocks(sheet, rows.line_width))

    def show_status(self) -> None:
        """The lines at the edges, and everything that counts."""
        super().show_status()
        sheet, now = self.sheet, datetime.now(UTC)
        pane = self.query_one("#sheet-pane")
        brief, summary = self.query_one("#brief", Static), self.query_one("#summary", Static)
        brief.set_class(sheet is None, "always")
        if sheet is None:
            self._status_look = None
            pane.border_title = Content("Plan")
            brief.update(as_text(self._nothing()))
            summary.update("")
            return
        stale = sheet.stale(now)
        width = max(30, self.query_one("#summary-pane").size.width - 4)
        look = (*_look(sheet), stale, self.cockpit.awaits_plan, read_words(sheet, now), self.size, width)
        if look == self._status_look:
            return
        self._status_look = look
        pane.border_title = Content(f"Plan {sheet.plan.id[:7]}" + (" STALE" if stale else ""))
        pane.border_subtitle = Content(self._subtitle(sheet, stale))
        summary.update(as_text(summary_lines(sheet, now, width)))
        brief.update(as_text(brief_lines(sheet, now, max(30, self.query_one(RowList).line_width))))

    def _subtitle(self, sheet: Sheet, stale: str) -> str:
        if self.cockpit.awaits_plan:
            return "a new one is being made"
        if stale:
            return f"{stale}: r makes it anew"
        if sheet.held:
            return "another run holds the workspace"
        return f"{len(sheet.left_out)} left out" if sheet.left_out else "space leaves a key out"

    def _nothing(self) -> list[Line]:
        """Why there is no plan."""
        width, app = max(30, self.query_one(RowList).line_width - 2), self.cockpit
        if app.awaits_plan:
            return [line(("The exchanges are asked; the plan comes when all have answered.", "busy"))]
        error = app.review_failed
        if isinstance(error, AccesscfgError):
            return [
                *wrapped(f"No plan could be made: {error.what}", width, style="bad"),
                *_more(error, width),
            ]
        return [line("No plan yet. r asks the exchanges and makes one.")]

    def _watch_age(self) -> None:
        """Paint once more when the plan has become too old."""
        if self._ageing is not None:
            self._ageing.stop()
        if self.sheet is not None:
            left = (self.sheet.plan.made_at + FRESH - datetime.now(UTC)).total_seconds()
            if left > 0:
                self._ageing = self.set_timer(left + 0.1, self.show_status)

    def time_passed(self) -> None:
        """The reading that it is from is older."""
        self.show_status()

    @on(RowList.Resized)
    def _resized(self) -> None:
        self._show_rows()
        self.show_status()

    @on(RowList.Folded)
    def _folded(self, event: RowList.Folded) -> None:
        sheet = self.sheet
        if sheet is not None and event.fold in (None, event.name not in sheet.folded):
            sheet.fold(event.name)
            self._show_rows()

    # -- actions -------------------------------------------------------------------------------------------------

    async def action_back(self) -> None:
        """One screen back."""
        await self.cockpit.action_leave()

    def action_leave_out(self) -> None:
        """Leave the key under the cursor out, or take it in again."""
        row, sheet = self.query_one(RowList).row, self.sheet
        if row is None or row.key is None or sheet is None:
            return
        sheet.leave_out(row.key)
        self._show_rows()
        self.show_status()

    def action_everything(self) -> None:
        """Show what stays as it is too, or only what differs."""
        sheet = self.sheet
        if sheet is not None:
            sheet.everything = not sheet.everything
            sheet.folded -= {"calm", "unseen"}
            sheet.folded |= set() if sheet.everything else {"calm", "unseen"}
            self._show_rows()

    def action_again(self) -> None:
        """Make the plan anew."""
        app = self.cockpit
        if app.is_applying:
            self.notify("an apply is under way; a plan made now would not fit when it ends", markup=False)
            return
        app.review(() if self.sheet is None else self.sheet.plan.targets)

    def action_guide(self) -> None:
        """Lead through the fix of the key under the cursor by hand."""
        row = self.query_one(RowList).row
        if row is not None and row.key is not None:
            self.cockpit.show_guide(str(row.key))

    @writing
    def action_apply(self) -> None:
        """Look whether the plan still fits the files, then ask."""
        if why := self._not_now():
            self.notify(why, severity="warning", markup=False)
            return
        self.cockpit.judge_files(self.ask)

    def _not_now(self) -> str:
        app = self.cockpit
        if app.is_applying:
            return "an apply is under way; there is one at a time (7 shows it)"
        if app.awaits_plan:
            return "a new plan is being made"
        if self.sheet is None:
            return "there is no plan yet; r makes one"
        return self.sheet.in_the_way(datetime.now(UTC))

    def ask(self) -> None:
        """Ask whether to apply the plan on the table."""
        sheet = self.sheet
        if sheet is None or self._not_now() or not self.is_current:
            return

        def answered(given: Question | None) -> None:
            if given is None:
                return
            if why := "there is another plan now" if sheet is not self.sheet else self._not_now():
                self.notify(f"not applied: {why}", severity="warning", markup=False)
                return
            self.cockpit.start(Order(sheet.plan, frozenset(sheet.left_out), given.allow))

        always = self.cockpit.found.settings.confirm == "always"
        self.app.push_screen(ConfirmScreen(sheet, always=always), answered)

    def action_save(self) -> None:
        """Save the plan as a file that `accesscfg apply` takes."""
        sheet = self.sheet
        if sheet is None:
            return
        if sheet.plan.violations:
            self.notify("not saved: a policy is broken", severity="warning", markup=False)
            return

        def named(name: str | None) -> None:
            if name:
                self._write(sheet, (self.cockpit.workspace.root / Path(name).expanduser()))

        self.app.push_screen(NameScreen("Save the plan as", f"{sheet.plan.id[:7]}.plan.json"), named)

    def _write(self, sheet: Sheet, file: Path) -> None:
        async def write(stop: asyncio.Event) -> str:
            if file.exists() or file.is_symlink():
                raise AccesscfgError("there is such a file already; nothing was written", where=str(file))
            write_private(file, dumps(plan_to_json(sheet.plan)))
            return f"saved for you alone; to apply exactly this: accesscfg apply {file}"

        def done(said: str | None, error: BaseException | None) -> None:
            what = str(error) if isinstance(error, AccesscfgError) else "it could not be saved"
            self.app.post_message(Said(said) if said else Said(what, "error"))

        Work("saving the plan", write, done).start()

    def action_copy(self) -> None:
        """Copy the plan as text."""
        sheet = self.sheet
        if sheet is not None:
            copy(self.app, plan_to_text(sheet.plan, sheet.words))


def _look(sheet: Sheet) -> Look:
    """What has to be the same for a sheet to look the same. With many keys painting takes its time."""
    return (sheet, sheet.plan, frozenset(sheet.left_out), sheet.everything, sheet.held)


def _more(error: AccesscfgError, width: int) -> list[Line]:
    said = (("where", error.where), ("why", error.why), ("next", error.fix))
    return [one for name, text in said if text for one in wrapped(text, width, first=f"  {name}: ")]
