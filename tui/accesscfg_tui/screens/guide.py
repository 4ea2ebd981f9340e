"""The fix of one key on its exchange's website: its steps to tick off, what to copy, and a look at it afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from accesscfg.clipboard import Copied
from accesscfg.model.guide import Guide, Step, StepKind, Verdict, Verification
from accesscfg.model.profile import Entry
from accesscfg.report.clean import plain
from accesscfg.report.guide_text import guide_to_text, verification_to_text
from accesscfg.report.guide_words import VERDICTS
from accesscfg.report.words import Words
from accesscfg_tui import actions
from accesscfg_tui.browser import is_page, open_page
from accesscfg_tui.copying import copy_then
from accesscfg_tui.fixing import told
from accesscfg_tui.screens.attest import ask_to_attest
from accesscfg_tui.screens.base import CockpitScreen, writing
from accesscfg_tui.screens.text import TextScreen
from accesscfg_tui.screens.wanted import WantedScreen
from accesscfg_tui.viewmodel import guide as lines_of
from accesscfg_tui.viewmodel.guide import Block, Hand
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.widgets.lines import as_text
from accesscfg_tui.widgets.step_list import StepList
from accesscfg_tui.work import Work


class GuideScreen(CockpitScreen):
    """Leaving it keeps everything: ticks are written as they are set."""

    PLACE = "guide"
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("guide")

    @dataclass
    class Made(Message):
        """The guide is there, after a look at the key."""

        guide: Guide

    @dataclass
    class Verified(Message):
        """The key was looked at again."""

        found: Verification

    @dataclass
    class Failed(Message):
        """Nothing came of a look at the key."""

        error: BaseException

    @dataclass
    class Said(Message):
        """What came of something small; of copying, the step whose text is on its way."""

        text: str
        copied: str | None = None

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key
        self.guide: Guide | None = None
        self.found: Verification | None = None
        self.trouble = ""  # why there is no guide
        self.hand = Hand()
        self._look: Work[Any] | None = None
        self._looks_for = ""

    def body(self) -> ComposeResult:
        """Head, verdict, steps with what goes with them beside, and what was done last."""
        with Vertical(id="guide-pane", classes="pane"):
            yield Static(id="guide-head")
            yield Static(id="verdict")
            with Horizontal(id="guide-panes"):
                yield StepList(id="steps")
                with VerticalScroll(id="aside", can_focus=False):
                    yield Static(id="aside-text")
            yield Static(id="said")

    def on_mount(self) -> None:
        """Look at the key."""
        self.query_one("#guide-pane").border_title = "Guided fix"
        super().on_mount()
        self.query_one(StepList).focus()
        self._read()

    def on_unmount(self) -> None:
        """Nobody waits for the look any more."""
        if self._look is not None:
            self._look.cancel()

    # -- looking at the key --------------------------------------------------------------------------------------

    def _read(self, *, entry: Entry | None = None, new: bool = False) -> None:
        workspace, tell = self.cockpit.workspace, self.cockpit.tell

        def done(guide: Guide | None, error: BaseException | None) -> None:
            self._tell(None if guide is None else self.Made(guide), error)

        self._looking("reading", lambda: workspace.guide(self.key, entry=entry, new=new, on_event=tell), done)

    def _looking(self, what: str, ask: Any, done: Any) -> None:
        if self._look is not None and self._look.is_running:
            self.notify("it is being looked at already", markup=False)
            return
        self._looks_for = what
        self._look = self.cockpit.look(self.key, ask, done)
        self.reload()

    def _tell(self, message: Message | None, error: BaseException | None) -> None:
        """From a thread: what came of a look."""
        if message is not None:
            self.post_message(message)
        elif error is not None and not isinstance(error, asyncio.CancelledError):
            self.post_message(self.Failed(error))

    def on_guide_screen_made(self, message: Made) -> None:
        """Show it, with the cursor on the first step that is left."""
        self._looks_for, self.trouble = "", ""
        self._take(message.guide)

    def _take(self, guide: Guide) -> None:
        self.guide = guide
        ids = [step.id for step in guide.steps]
        now = guide.current
        at = self.hand.cursor if self.hand.cursor in ids else None
        first = now.id if now is not None else (ids[-1] if ids else None)
        self.hand = replace(self.hand, cursor=at or first)
        self.reload()

    def on_guide_screen_failed(self, message: Failed) -> None:
        """What is shown stays."""
        self._looks_for = ""
        self.trouble = told(message.error)
        self.reload()

    def action_verify(self) -> None:
        """Look at the key again, and say how it stands."""
        if self.guide is None:
            self._read()
            return
        workspace, tell = self.cockpit.workspace, self.cockpit.tell

        def done(found: Verification | None, error: BaseException | None) -> None:
            self._tell(None if found is None else self.Verified(found), error)

        self._looking("verifying", lambda: workspace.verify(self.key, on_event=tell), done)

    def on_guide_screen_verified(self, message: Verified) -> None:
        """Verified: back to where one came from. Else what is left, and the way on."""
        self._looks_for, self.trouble = "", ""
        self.found = found = message.found
        self.hand = replace(self.hand, cursor=None)
        self._take(found.guide)
        if self.app.screen is not self:
            return
        if found.verdict is Verdict.VERIFIED:
            self.notify(f"verified: {self.key}: nothing is left to do", markup=False)
            self.app.pop_screen()
        elif found.verdict is Verdict.ATTEST and not self.cockpit.read_only:
            self.action_attest()

    def on_screen_resume(self) -> None:
        """It is in front again: a statement may have settled what was open."""
        super().on_screen_resume()
        self.reload()

    # -- showing -------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Show everything anew."""
        if not self.is_mounted:
            return
        self._show()
        self.show_status()

    def rows_changed(self, paths: object) -> None:
        """What a look at other keys finds changes nothing here."""

    def _show(self, *, follow: bool = True) -> None:
        steps = self.query_one(StepList)
        width, guide = steps.line_width, self.guide
        self.query_one("#guide-head", Static).update(as_text(self._head()))
        self._show_verdict()
        if guide is None:
            steps.show(self._nothing_yet(width), None)
            self.query_one("#aside-text", Static).update("")
            return
        wide = self.has_class("-wide")
        command = self._sandbox_command()
        around = (lines_of.before(guide, width), lines_of.behind(guide, width, command))
        blocks = self._checklist(guide, width)
        steps.show(blocks if wide else self._stacked(blocks, *around), self.hand.cursor, follow=follow)
        if wide:
            room = max(20, self.query_one("#aside").size.width - 3)
            aside = [*lines_of.before(guide, room), *lines_of.behind(guide, room, command)]
            text = as_text(one for block in aside for one in block.lines)
            self.query_one("#aside-text", Static).update(text)

    def _stacked(self, blocks: list[Block], before: list[Block], behind: list[Block]) -> list[Block]:
        """Everything one below the other; what is to be read before gives way once it was read and looked at."""
        gap = Block((line(""),))
        if self.found is not None:
            return [*blocks, gap, *before, *behind]
        return [*before, *blocks, gap, *behind]

    def _checklist(self, guide: Guide, width: int) -> list[Block]:
        ascii = self.cockpit.ascii
        if not guide.steps:
            return [Block(tuple(wrapped(_nothing_to_do(guide), width, style="good")))]
        full = lines_of.checklist(guide, width, self.hand, ascii=ascii, brief=False)
        height = self.query_one(StepList).size.height
        if sum(len(block.lines) for block in full) <= height:
            return full
        return lines_of.checklist(guide, width, self.hand, ascii=ascii, brief=True)

    def _head(self) -> list[Line]:
        width = max(30, self.query_one("#guide-head").size.width)
        if self.guide is None:
            return [line((self.key, "strong"))]
        return lines_of.head(self.guide, width)

    def _nothing_yet(self, width: int) -> list[Block]:
        if self.trouble:
            return [Block((*wrapped(self.trouble, width, style="bad"), line(("r tries again", "faint"))))]
        return [Block((line((f"reading {self.key} …", "busy")),))]

    def _show_verdict(self) -> None:
        shown = self.query_one("#verdict", Static)
        lines: list[Line] = []
        width = max(30, self.query_one("#guide-head").size.width)
        if self.found is not None and self.found.verdict is not Verdict.VERIFIED:
            lines = lines_of.verdict(self.found, Words(self.cockpit.workspace.profiles.get), width)
        if self.trouble and self.guide is not None:
            lines = wrapped(self.trouble, width, style="bad")
        shown.set_class(bool(lines), "shown")
        shown.update(as_text(lines_of.at_most(lines, max(4, self.size.height // 4))))

    def _sandbox_command(self) -> str | None:
        place = self.cockpit.workspace
        if place.sandbox_url is None or self.guide is None or not self.guide.steps:
            return None
        if self.cockpit.second_terminal:
            return f"{self.cockpit.second_terminal} && accesscfg sandbox website {self.key}"
        return f"ACCESSCFG_SANDBOX={place.sandbox_url} accesscfg -c {place.file.absolute()} sandbox website {self.key}"

    def status_text(self) -> str:
        """A look under way, the verdict, else what the app says."""
        if self._looks_for and self.cockpit.is_asked(self.key):
            return f"{self._looks_for} {self.key} when this is over: {self.cockpit.status_text()}"
        if self._looks_for:
            return f"{self._looks_for} {self.key} …"
        if self.found is not None:
            return f"{VERDICTS[self.found.verdict]}: {self.key}"
        return self.cockpit.status_text()

    @on(StepList.Resized)
    def _resized(self) -> None:
        self.call_after_refresh(self._show)

    # -- the steps -----------------------------------------------------------------------------------------------

    @property
    def step(self) -> Step | None:
        """The step under the cursor."""
        steps = () if self.guide is None else self.guide.steps
        return next((step for step in steps if step.id == self.hand.cursor), None)

    @on(StepList.Moved)
    def _moved(self, event: StepList.Moved) -> None:
        self._go(event.step)

    @on(StepList.Paged)
    def _paged(self, event: StepList.Paged) -> None:
        aside = self.query_one("#aside", VerticalScroll)
        aside.scroll_relative(y=event.by * max(1, aside.size.height - 1), animate=False)

    @on(StepList.Boxed)
    def _boxed(self, event: StepList.Boxed) -> None:
        self._go(event.step)
        if self.guide is not None and self.step is not None and not self.cockpit.read_only:
            self._turn(self.guide, self.step)

    def _go(self, step: str) -> None:
        self.hand = replace(self.hand, cursor=step)
        self._show()

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
        self.cockpit.clerk(self.key).do(lambda: workspace.tick(self.key, [step.id], done))
        self._show()

    @writing
    def action_start_over(self) -> None:
        """Take all ticks away."""
        guide, app = self.guide, self.cockpit
        app.clerk(self.key).do(lambda: app.workspace.start_over(self.key))
        if guide is not None:
            self.guide = guide.ticked({})
            self.hand = Hand(guide.steps[0].id if guide.steps else None)
        else:
            self._read()
        self._show()

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
            self.post_message(self.Said(f"{what}: {done.why}{also}", step_id if done.how else None))

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
        """Keep it in sight until the next one."""
        said = self.query_one("#said", Static)
        said.update(Content(plain(message.text)))
        said.set_class(True, "shown")
        if message.copied is not None:
            self.hand = replace(self.hand, copied={**self.hand.copied, message.copied: datetime.now(UTC)})
            self._show()

    def action_plain(self) -> None:
        """The whole guide as plain text, to be selected."""
        if self.guide is None:
            return
        width = min(100, self.size.width)
        text = guide_to_text(self.guide, width=width)
        if self.found is not None:
            words = Words(self.cockpit.workspace.profiles.get)
            text = f"{verification_to_text(self.found, words, width=width)}\n{text}"
        command = self._sandbox_command()
        self.app.push_screen(TextScreen(text if command is None else f"{text}\nSandbox\n{command}\n"))

    def action_wanted(self) -> None:
        """The whole state as it is to be."""
        if self.guide is not None:
            self.app.push_screen(WantedScreen(self.guide))

    # -- another guide -------------------------------------------------------------------------------------------

    def action_entry(self) -> None:
        """The next format of addresses."""
        if self.guide is not None:
            self._remake(lines_of.next_entry(self.guide), new=self.guide.new)

    def action_new(self) -> None:
        """The making of a new key, or back from it."""
        if self.guide is not None:
            self._remake(self.guide.entry, new=not self.guide.new)

    def _remake(self, entry: Entry | None, *, new: bool) -> None:
        """Make the guide in another way from what was seen; ticks that only led the way stay."""
        old, workspace = self.guide, self.cockpit.workspace
        if old is None:
            return

        async def ask() -> Guide:
            made = workspace.guide_as_seen(self.key, entry=entry, new=new)
            if (keep := lines_of.carried(old, made)) and not self.cockpit.read_only:
                workspace.tick(self.key, keep)
                made = workspace.with_ticks(made)
            return made

        def done(guide: Guide | None, error: BaseException | None) -> None:
            self._tell(None if guide is None else self.Made(guide), error)

        self._looking("writing", ask, done)

    # -- stating -------------------------------------------------------------------------------------------------

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


def _nothing_to_do(guide: Guide) -> str:
    if guide.beyond:
        return "nothing that the website is known to offer"
    return f"nothing to do: {guide.key} is as declared"
