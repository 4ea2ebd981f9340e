"""The fix of one key on its exchange's website: its steps to tick off, what to copy, and a look at it afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.message import Message

from accesscfg.clipboard import Copied
from accesscfg.model.guide import Guide, Step, StepKind, Verdict
from accesscfg.report.guide_text import guide_to_text, verification_to_text
from accesscfg.report.words import Words
from accesscfg_tui import actions
from accesscfg_tui.browser import is_page, open_page
from accesscfg_tui.copying import copy_then
from accesscfg_tui.screens.attest import ask_to_attest
from accesscfg_tui.screens.base import writing
from accesscfg_tui.screens.guide_sheet import GuideSheet
from accesscfg_tui.screens.text import TextScreen
from accesscfg_tui.screens.wanted import WantedScreen
from accesscfg_tui.viewmodel import guide as lines_of
from accesscfg_tui.viewmodel.guide import Hand
from accesscfg_tui.widgets.step_list import StepList
from accesscfg_tui.work import Work


class GuideScreen(GuideSheet):
    """Leaving it keeps everything: ticks are written as they are set."""

    PLACE = "guide"
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("guide")

    @dataclass
    class Said(Message):
        """What came of something small; of copying, the step whose text is on its way."""

        text: str
        copied: str | None = None

    # -- the steps -----------------------------------------------------------------------------------------------

    @property
    def step(self) -> Step | None:
        """The step under the cursor, as the keys have put it by now."""
        return self._step(self.query_one(StepList).cursor)

    def _step(self, step_id: str | None) -> Step | None:
        steps = () if self.guide is None else self.guide.steps
        return next((step for step in steps if step.id == step_id), None)

    @on(StepList.Moved)
    def _moved(self) -> None:
        self._go(self.query_one(StepList).cursor)

    @on(StepList.Boxed)
    def _boxed(self, event: StepList.Boxed) -> None:
        self._go(event.step)
        step = self._step(event.step)
        if self.guide is not None and step is not None and not self.cockpit.read_only:
            self._turn(self.guide, step)

    def _go(self, step: str | None) -> None:
        self.hand = replace(self.hand, cursor=step)
        self.show()

    @writing
    def action_tick(self) -> None:
        """Tick the step off and go on to the next one that is left; a ticked one loses its tick."""
        step, guide = self.step, self.guide
        if step is None or guide is None:
            return
        self._turn(guide, step)
        if step.done is None:
            self._go(lines_of.step_after(guide.steps, step.id))

    def _turn(self, guide: Guide, step: Step) -> None:
        """Tick a step off or take its tick away, here at once and on the disk behind."""
        workspace, done = self.cockpit.workspace, step.done is None
        turned = replace(step, done=datetime.now(UTC) if done else None)
        steps = tuple(turned if one.id == step.id else one for one in guide.steps)
        self.guide = replace(guide, steps=steps)
        self.hand = replace(self.hand, cursor=step.id)
        self.cockpit.clerk(self.key).do(lambda: workspace.tick(self.key, [step.id], done))
        self.show()

    @writing
    def action_start_over(self) -> None:
        """Take all ticks away."""
        guide, app = self.guide, self.cockpit
        app.clerk(self.key).do(lambda: app.workspace.start_over(self.key))
        if guide is not None:
            self.guide = guide.ticked({})
            self.hand = Hand(guide.steps[0].id if guide.steps else None)
        else:
            self.read()
        self.show()

    # -- copying and opening -------------------------------------------------------------------------------------

    def action_copy(self) -> None:
        """Copy what the step wants pasted, else its words; say honestly which way that went."""
        step = self.step
        if step is None:
            return
        text, step_id = step.copy or step.text, step.id
        what = _name_of_copy(step)

        def tell(done: Copied) -> None:
            also = "" if done.certain else "; v shows it as plain text"
            self.post_message(
                self.Said(f"{what}: {done.way or done.why}{also}", step_id if done.how else None)
            )

        copy_then(self.app, text, tell)

    def action_open_page(self) -> None:
        """Open the page in a browser; where there is none, show its address."""
        guide = self.guide
        if guide is None:
            return
        page = guide.page

        async def ask(stop: asyncio.Event) -> bool:
            return is_page(page) and open_page(page)

        def done(opened: bool | None, error: BaseException | None) -> None:
            said = (
                f"asked your browser for {page}" if opened else f"no browser opens here; the page is {page}"
            )
            self.post_message(self.Said(said))

        Work("browser", ask, done).start()

    def on_guide_screen_said(self, message: Said) -> None:
        """Say it."""
        self.say(message.text)
        if message.copied is not None:
            self.hand = replace(self.hand, copied={**self.hand.copied, message.copied: datetime.now(UTC)})
            self.show()

    def action_plain(self) -> None:
        """The whole guide as plain text, to be selected."""
        if self.guide is None:
            return
        width = min(100, self.size.width)
        text = guide_to_text(self.guide, width=width)
        if self.found is not None:
            words = Words(self.cockpit.workspace.profiles.get)
            text = f"{verification_to_text(self.found, words, width=width)}\n{text}"
        command = self.sandbox_command()
        self.app.push_screen(TextScreen(text if command is None else f"{text}\nSandbox\n{command}\n"))

    def action_wanted(self) -> None:
        """The whole state as it is to be."""
        if self.guide is not None:
            self.app.push_screen(WantedScreen(self.guide))

    # -- another guide -------------------------------------------------------------------------------------------

    def action_entry(self) -> None:
        """The next format of addresses."""
        if self.guide is not None:
            self.remake(lines_of.next_entry(self.guide), new=self.guide.new)

    def action_new(self) -> None:
        """The making of a new key, or back from it."""
        if self.guide is not None:
            self.remake(self.guide.entry, new=not self.guide.new)

    # -- stating -------------------------------------------------------------------------------------------------

    def to_be_attested(self) -> None:
        """Ask at once."""
        self.action_attest()

    @writing
    def action_attest(self) -> None:
        """State what the page shows where no API does."""
        facets = None
        if self.found is not None:
            facets = [one.result for one in self.found.open if one.verdict is Verdict.ATTEST]
        ask_to_attest(self.cockpit, self.key, facets or None)


def _name_of_copy(step: Step) -> str:
    if step.copy is None:
        return "the words of this step"
    if step.kind is StepKind.OPEN:
        return "the page's address"
    if not step.addresses:
        return step.copy
    return step.addresses[0] if len(step.addresses) == 1 else f"{len(step.addresses)} addresses"
