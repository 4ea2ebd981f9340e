"""Plans to review, and the one apply at a time: it belongs to the app, so that no screen's end can end it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from rich.text import Text

from accesscfg.model.errors import AccesscfgError, Locked, Refused
from accesscfg.model.events import Event
from accesscfg.model.history import Record
from accesscfg.model.plan import ApplyResult, Plan, apply_exit_code
from accesscfg.report.clean import plain_lines
from accesscfg.report.words import Words
from accesscfg_tui.messages import Applied, FilesJudged, Loaded, PlanMade, ReadingFailed, RunTold, Said
from accesscfg_tui.other_runs import OtherRunsApp
from accesscfg_tui.viewmodel.parting import parting_lines
from accesscfg_tui.viewmodel.run import Order, Run, run_title, status_words
from accesscfg_tui.viewmodel.sheet import Sheet
from accesscfg_tui.work import Work


class ApplyingApp(OtherRunsApp):
    """Makes plans for review and applies them.

    `sheet` is the plan on the table, `job` the apply under way or the last one.
    """

    sheet: Sheet | None = None
    job: Run | None = None
    review_failed: BaseException | None = None  # why there is no plan on the table
    asks_when_planned = False
    _wanted: tuple[str, ...] | None = None  # what a plan is awaited for
    _applying: Work[ApplyResult] | None = None
    _then: Callable[[], None] | None = None
    _leaving = False
    _spans: tuple[tuple[datetime, datetime], ...] = ()  # of the applies that are over: from when to when
    _plans: tuple[str, ...] = ()  # of which the workspace knows what they were made from

    # -- plans to review -----------------------------------------------------------------------------------------

    def review(self, targets: Sequence[str] = (), *, then_ask: bool = False) -> None:
        """Plan these keys, or all, by a reading that is not older than this call or under way.

        `then_ask`: ask whether to apply it as soon as it is there.
        """
        self._wanted = tuple(targets)
        self.asks_when_planned = then_ask
        self.review_failed = None
        self.read(self._wanted)
        self._repaint()

    @property
    def awaits_plan(self) -> bool:
        """Whether a plan to review is being made."""
        return self._wanted is not None

    def lay_out(self) -> Sheet | None:
        """The plan on the table; where there is none, the one that the last whole reading led to."""
        nothing_said = self._wanted is None and self.review_failed is None
        if self.sheet is None and self.plan is not None and nothing_said:
            self.sheet = self._sheet_of(self.plan)
        return self.sheet

    def _sheet_of(self, plan: Plan) -> Sheet:
        words = Words(self.workspace.profiles.get)
        return Sheet(plan, words, self._hash(), ascii=self.ascii, held=self.held_words)

    def _hash(self) -> str:
        return "" if self.declaration is None or self.findings else self.declaration.hash

    def on_plan_made(self, message: PlanMade) -> None:
        """It may be the one that is awaited. (What is known from it, the app itself takes up.)"""
        if self._wanted is not None and message.plan.targets == self._wanted:
            old, self._wanted = self.sheet, None
            self.sheet = self._sheet_of(message.plan)
            if old is not None:
                self.sheet.left_out = old.left_out & {key.path for key in message.plan.keys}
                self.sheet.everything = old.everything
        self._plans = (*self._plans, message.plan.id)
        self.call_later(self._forget_plans)
        self.call_later(self._go_on)

    def _forget_plans(self) -> None:
        """What a plan was made from holds credentials: only what can be applied, and the newest, is kept."""
        needed = {self._plans[-1], *(one.id for one in (self.plan, self._on_table, self._in_hand) if one)}
        for plan_id in self._plans:
            if plan_id not in needed:
                self.workspace.forget(plan_id)
        self._plans = tuple(plan_id for plan_id in self._plans if plan_id in needed)

    @property
    def _on_table(self) -> Plan | None:
        return None if self.sheet is None else self.sheet.plan

    @property
    def _in_hand(self) -> Plan | None:
        return self.job.order.plan if self.job is not None and self.is_applying else None

    def on_reading_failed(self, message: ReadingFailed) -> None:
        """No plan comes of it."""
        if self._wanted is not None and message.targets == self._wanted:
            self._wanted, self.review_failed = None, message.error
            self.sheet, self.asks_when_planned = None, False
        self.call_later(self._go_on)

    def _go_on(self) -> None:
        """What waited for a reading to end."""
        if self.job is not None and not self.job.is_over:
            self._begin()
        elif self._wanted is not None:
            self.read(self._wanted)
        self._repaint()

    def on_loaded(self, message: Loaded) -> None:
        """A plan fits the files that it was made from only."""
        self.call_later(self._judge_sheet)

    def _judge_sheet(self) -> None:
        if self.sheet is not None:
            self.sheet.hash = self._hash()
            self._repaint()

    def judge_files(self, then: Callable[[], None]) -> None:
        """Find out whether the files still declare what the plan on the table was made from; `then` is called if so."""
        sheet, self._then = self.sheet, then
        if sheet is None:
            return

        async def judge(stop: asyncio.Event) -> bool:
            return self.workspace.still_declared(sheet.plan)

        def judged(fits: bool | None, error: BaseException | None) -> None:
            self.post_message(FilesJudged(sheet.plan.id, fits is True))

        Work("judging the files", judge, judged).start()

    def on_files_judged(self, message: FilesJudged) -> None:
        """Where they differ the plan is stale."""
        sheet = self.sheet
        if sheet is None or sheet.plan.id != message.plan_id:
            return
        sheet.hash = sheet.plan.declaration_hash if message.fits else ""
        if not message.fits:
            self.look_at_files()
        self._repaint()
        if message.fits and self._then is not None:
            self._then()

    def on_said(self, message: Said) -> None:
        """Show what a thread has to say."""
        self.notify(plain_lines(message.text), severity=message.severity, markup=False)

    # -- other runs ----------------------------------------------------------------------------------------------

    def held_otherwise(self) -> None:
        """Nothing can be applied while another run holds the workspace."""
        if self.sheet is not None:
            self.sheet.held = self.held_words

    def done_elsewhere(self, records: Sequence[Record]) -> None:
        """A plan on the table that is about what another run has changed since is of yesterday."""
        sheet = self.sheet
        if sheet is None or not records:
            return
        paths, made_at = {str(key.path) for key in sheet.plan.keys}, sheet.plan.made_at
        for one in records:
            if one.event == "outcome" and one.key in paths and one.at is not None and one.at > made_at:
                sheet.overtaken = True

    def is_own(self, record: Record) -> bool:
        """Whether a line of the trail is of an apply of this session, which held the workspace then."""
        if record.event != "outcome" or record.at is None:
            return False
        under_way = self.job is not None and self.is_applying and self.job.began <= record.at
        return under_way or any(began <= record.at <= ended for began, ended in self._spans)

    # -- reading makes way ---------------------------------------------------------------------------------------

    def read(self, targets: Sequence[str] = ()) -> bool:
        """Not while an apply writes: both would sign with the same keys. What it touched is read when it ends."""
        return not self.is_applying and super().read(targets)

    def read_soon(self, targets: Sequence[str]) -> None:
        """After an apply under way."""
        if self.is_applying:
            self._to_read.update(targets)
        else:
            super().read_soon(targets)

    # -- the apply -----------------------------------------------------------------------------------------------

    @property
    def is_applying(self) -> bool:
        """Whether an apply is under way, or waits for a reading or a look to end."""
        return self.job is not None and not self.job.is_over

    def apply(self, order: Order) -> bool:
        """Start an apply. False in a read-only session, and while another one is under way."""
        if self.read_only or self.is_applying:
            return False
        words = Words(self.workspace.profiles.get)
        self.job = Run(order, words, datetime.now(UTC), ascii=self.ascii)
        if self.is_reading:
            self.stop_reading()
        else:
            self._begin()
        self._repaint()
        return True

    @property
    def is_held_back(self) -> bool:
        """Whether calls of something else are under way, after which `_go_on` is called. For the app to say."""
        return False

    def _begin(self) -> None:
        job = self.job
        if job is None or self._applying is not None or self.is_reading or self.is_held_back:
            return
        self._applying = Work("applying", self._apply(job.order), self._ended, writes=True).start()

    def _apply(self, order: Order) -> Callable[[asyncio.Event], asyncio.Future[ApplyResult]]:
        async def apply(stop: asyncio.Event) -> ApplyResult:
            if self.job is not None and self.job.stopping:  # before there was an event to set
                stop.set()
            with self.workspace.locked("apply"):
                if not self.workspace.still_declared(order.plan):
                    raise Refused(
                        "the files have changed since the plan was made", fix="make a new plan and review it"
                    )
                return await self.workspace.apply(
                    order.plan,
                    allow=order.allow,
                    leave_out=order.left_out,
                    on_event=self.told_of_run,
                    stop=stop,
                )

        return lambda stop: asyncio.ensure_future(apply(stop))

    def told_of_run(self, event: Event) -> None:
        """Take an event of the apply, in its thread."""
        self.post_message(RunTold(event))

    def _ended(self, result: ApplyResult | None, error: BaseException | None) -> None:
        self.post_message(Applied(result, error))

    def on_run_told(self, message: RunTold) -> None:
        """A change has begun or ended, or a call waits."""
        if self.job is not None:
            self.job.take(message.event, datetime.now(UTC))
            self._status()

    def stop_applying(self) -> None:
        """End the apply before its next call; the call under way is finished and read back."""
        if self.job is None or self.job.is_over:
            return
        self.job.stopping = True
        if self._applying is not None:
            self._applying.stop()
        self._status()

    def on_applied(self, message: Applied) -> None:
        """It is over: say so, and look at what it touched."""
        job, self._applying = self.job, None
        if job is None:
            return
        job.end(message.result, message.error, now := datetime.now(UTC))
        if not isinstance(message.error, Locked):  # then it was another run that wrote
            self._spans = (*self._spans, (job.began, now))
        if self.sheet is not None and self.sheet.plan.id == job.order.plan.id:
            self.sheet.used = message.result is not None
        self._repaint()
        if self._leaving:
            self._leave_after(job)
            return
        self.apply_ended(run_title(job))
        self.read_soon(job.touched())

    def apply_ended(self, title: str) -> None:
        """An apply is over, whatever came of it. For the app to show where its screen is not in front."""

    def leave_when_applied(self) -> None:
        """Stop the apply before its next call, and quit once it has ended."""
        self._leaving = True
        self.stop_applying()
        if not self.is_applying:
            self.exit(0)

    def _leave_after(self, job: Run) -> None:
        """Quit with the exit code of what was applied, and leave on the terminal what came of it."""
        result, error = job.result, job.error
        if result is not None:
            code = apply_exit_code(result)
        else:
            code = error.exit_code if isinstance(error, AccesscfgError) else 1
        self.exit(return_code=code, message=Text(plain_lines("\n".join(parting_lines(job)))))

    def status_text(self) -> str:
        """An apply under way goes before everything else."""
        return (status_words(self.job) if self.job is not None else "") or super().status_text()
