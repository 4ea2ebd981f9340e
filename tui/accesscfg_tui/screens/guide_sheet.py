"""What a guide shows: its head, the verdict, the steps, and what goes with them beside or below."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from accesscfg.model.guide import Guide, Verdict
from accesscfg.report.clean import plain
from accesscfg.report.words import Words
from accesscfg_tui.screens.guide_look import GuideLook
from accesscfg_tui.viewmodel import guide as lines_of
from accesscfg_tui.viewmodel.guide import Block
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.widgets.lines import as_text
from accesscfg_tui.widgets.step_list import StepList


class GuideSheet(GuideLook):
    """Paints what is known of the guide, in the room that there is."""

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
        """The cursor is on the steps, and the key is looked at."""
        self.query_one("#guide-pane").border_title = "Guided fix"
        super().on_mount()
        self.query_one(StepList).focus()
        self.read()

    def on_screen_resume(self) -> None:
        """It is in front again: a statement may have settled what was open."""
        super().on_screen_resume()
        self.reload()

    def reload(self) -> None:
        """Show everything anew."""
        if not self.is_mounted:
            return
        self.show()
        self.show_status()

    def rows_changed(self, paths: object) -> None:
        """What a look at other keys finds changes nothing here."""

    def show(self, *, follow: bool = True) -> None:
        """Paint everything; the step under the cursor is kept in sight where the view is to `follow`."""
        steps = self.query_one(StepList)
        width, guide = steps.line_width, self.guide
        self.query_one("#guide-head", Static).update(as_text(self._head()))
        self._show_verdict()
        if guide is None:
            steps.show(self._nothing_yet(width), None)
            self.query_one("#aside-text", Static).update("")
            return
        wide = self.has_class("-wide")
        command = self.sandbox_command()
        around = (lines_of.before(guide, width), lines_of.behind(guide, width, command))
        blocks = self._checklist(guide, width)
        steps.show(blocks if wide else self._stacked(blocks, *around), self.hand.cursor, follow=follow)
        if wide:
            room = max(20, self.query_one("#aside").size.width - 3)
            aside = [*lines_of.before(guide, room), *lines_of.behind(guide, room, command)]
            text = as_text(one for block in aside for one in block.lines)
            self.query_one("#aside-text", Static).update(text)

    def _stacked(self, blocks: list[Block], before: list[Block], behind: list[Block]) -> list[Block]:
        """Everything one below the other; what is to be read before gives way once somebody has begun."""
        gap = Block((line(""),))
        begun = self.guide is not None and any(step.done is not None for step in self.guide.steps)
        if begun or self.found is not None:
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

    def sandbox_command(self) -> str | None:
        """In a sandbox: what a second terminal does in the place of the website."""
        place = self.cockpit.workspace
        if place.sandbox_url is None or self.guide is None or not self.guide.steps:
            return None
        if self.cockpit.second_terminal:
            return f"{self.cockpit.second_terminal} && accesscfg sandbox website {self.key}"
        return f"ACCESSCFG_SANDBOX={place.sandbox_url} accesscfg -c {place.file.absolute()} sandbox website {self.key}"

    def say(self, text: str) -> None:
        """Keep what came of something small in sight until the next one."""
        said = self.query_one("#said", Static)
        said.update(Content(plain(text)))
        said.set_class(True, "shown")

    def action_verify(self) -> None:
        """What came of something before is no news any more."""
        self.query_one("#said").set_class(False, "shown")
        super().action_verify()

    @on(StepList.Resized)
    def _resized(self) -> None:
        self.call_after_refresh(self.show)

    @on(StepList.Paged)
    def _paged(self, event: StepList.Paged) -> None:
        aside = self.query_one("#aside", VerticalScroll)
        aside.scroll_relative(y=event.by * max(1, aside.size.height - 1), animate=False)


def _nothing_to_do(guide: Guide) -> str:
    if guide.beyond:
        return "nothing that the website is known to offer"
    return f"nothing to do: {guide.key} is as declared"
