"""The apply under way, or the last one: what is done, what failed, what is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from accesscfg.report.outcome import apply_to_text
from accesscfg_tui import actions
from accesscfg_tui.copying import copy
from accesscfg_tui.screens.base import CockpitScreen, writing
from accesscfg_tui.viewmodel.lines import line
from accesscfg_tui.viewmodel.run import Run, run_rows, run_title, state_lines
from accesscfg_tui.widgets.lines import as_text
from accesscfg_tui.widgets.row_list import RowList

PAINT_EVERY_S = 0.1


class RunScreen(CockpitScreen):
    """Leaving it leaves the apply running."""

    PLACE = "run"
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("run")
    _at: str | None = None  # where the cursor was put
    _look: tuple[object, ...] = ()  # what was painted last, and when
    _painted = 0.0
    _due: Timer | None = None

    def body(self) -> ComposeResult:
        """How far it is, and every change."""
        with Vertical(id="run-pane", classes="pane"):
            yield Static(id="state")
            yield RowList(id="changes")

    def on_mount(self) -> None:
        """Show it."""
        super().on_mount()
        self.query_one(RowList).focus()

    @property
    def job(self) -> Run | None:
        """The apply."""
        return self.cockpit.job

    def show_status(self) -> None:
        """Everything here is status; it is painted some times a second, however much there is told."""
        super().show_status()
        job = self.job
        look = (job, job is not None and job.is_over, self.size)
        if job is not None and job.is_over and look == self._look:
            return
        if look != self._look or monotonic() - self._painted > PAINT_EVERY_S:
            self._look = look
            self._paint()
        elif self._due is None:
            self._due = self.set_timer(PAINT_EVERY_S, self._paint)

    def shown_actions(self) -> Sequence[actions.Action]:
        """Without what an apply that is over, or one that is not, has no use for."""
        job = self.job
        idle = {"run.stop"} if job is None or job.is_over else {"run.retry"}
        if job is None or not job.to_retry():
            idle.add("run.retry")
        if job is None:
            idle |= {"run.guide", "run.copy"}
        return [action for action in super().shown_actions() if action.id not in idle]

    def _paint(self) -> None:
        if self._due is not None:
            self._due.stop()
            self._due = None
        self._painted = monotonic()
        self.show_keys()
        pane, rows, job = self.query_one("#run-pane"), self.query_one(RowList), self.job
        state = self.query_one("#state", Static)
        if job is None:
            pane.border_title = Content("Apply")
            state.update(
                as_text([line("Nothing was applied in this session. p on the board plans; a there applies.")])
            )
            return
        where = "SANDBOX" if job.order.plan.sandbox else "LIVE"
        pane.border_title = Content(f"{run_title(job)}, {where}, plan {job.order.plan.id[:7]}")
        pane.border_subtitle = Content(self._subtitle(job))
        state.update(as_text(state_lines(job, max(30, rows.line_width - 2))))
        rows.show(run_rows(job, rows.line_width))
        self._follow(job, rows)

    def _follow(self, job: Run, rows: RowList) -> None:
        """Keep what is being written in sight, and then what failed first, until somebody moves the cursor."""
        now = job.first_to_retry() if job.is_over else job.current
        here = None if rows.row is None or rows.row.key is None else str(rows.row.key)
        if now is not None and self._at in (None, here):
            self._at = str(now)
            rows.place_cursor(self._at)

    def _subtitle(self, job: Run) -> str:
        if job.is_over:
            return "kept until the next apply; esc goes back"
        return (
            "stops before the next call"
            if job.stopping
            else "x stops before the next call, esc leaves it running"
        )

    @on(RowList.Resized)
    def _resized(self) -> None:
        self._paint()

    # -- actions -------------------------------------------------------------------------------------------------

    async def action_back(self) -> None:
        """One screen back; an apply goes on."""
        await self.cockpit.action_leave()

    def action_stop(self) -> None:
        """Stop between two calls."""
        if self.cockpit.is_applying:
            self.cockpit.stop_applying()
            self._paint()
        else:
            self.notify("nothing is being applied", markup=False)

    def action_guide(self) -> None:
        """Lead through the fix of the key under the cursor by hand."""
        row = self.query_one(RowList).row
        if row is not None and row.key is not None:
            self.cockpit.show_guide(str(row.key))

    @writing
    async def action_retry(self) -> None:
        """Plan anew what was not made, and ask."""
        app, job = self.cockpit, self.job
        if job is None or not job.is_over:
            self.notify("there is nothing to try again yet", markup=False)
        elif not (left := job.to_retry()):
            self.notify("nothing failed; r on the plan makes it anew", markup=False)
        else:
            app.review(left, then_ask=True)
            await app.action_go("plan")

    def action_copy(self) -> None:
        """Copy the report."""
        job = self.job
        if job is None:
            return
        if job.result is not None:
            copy(self.app, apply_to_text(job.result, job.words))
            return
        lines = [run_title(job), *(one.text for one in state_lines(job, 100))]
        lines += [row.line.text for row in run_rows(job, 100)]
        copy(self.app, "\n".join(lines) + f"\n({datetime.now(UTC):%Y-%m-%d %H:%M} UTC)\n")
