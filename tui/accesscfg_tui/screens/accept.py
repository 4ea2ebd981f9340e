"""Whether to write an edit of the declaration. The focus is on Cancel, and Enter never writes."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen

from accesscfg.model.desired import Declaration
from accesscfg.model.edit import Proposal
from accesscfg.report.clean import plain
from accesscfg.report.words import Words
from accesscfg_tui.viewmodel.proposal import proposal_lines, title_of
from accesscfg_tui.widgets.reader import Reader
from accesscfg_tui.widgets.safe_button import SafeButton

EDGES = 7  # rows around the text: borders, the buttons with a blank above, a margin


class AcceptScreen(ModalScreen[bool]):
    """Gives True where the edit is to be written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,n", "cancel", "Cancel", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("pageup", "scroll(-8)", "Page up", show=False),
        Binding("pagedown", "scroll(8)", "Page down", show=False),
    ]

    def __init__(self, proposal: Proposal, words: Words, declaration: Declaration | None) -> None:
        super().__init__()
        self._proposal = proposal
        self._words = words
        keys = () if declaration is None else declaration.all_keys()
        self._keys = {str(key.path): key for key in keys}

    def compose(self) -> ComposeResult:
        """The text, which scrolls, and the two buttons."""
        with Vertical(id="accept"):
            yield Reader(id="accept-text", can_focus=False)
            with Horizontal(id="buttons"):
                yield SafeButton("Cancel", id="cancel")
                yield SafeButton("y  Write", id="write", disabled=not self._proposal.acceptable)

    def on_mount(self) -> None:
        """The focus on what does no harm."""
        self.query_one("#accept").border_title = Content(plain(title_of(self._proposal)))
        self.query_one("#cancel").focus()

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        pane, text = self.query_one("#accept"), self.query_one(Reader)
        lines = proposal_lines(self._proposal, self._words, self._keys, max(30, text.line_width))
        text.show(lines)
        room = max(3, self.size.height - EDGES)
        text.styles.height = min(room, len(lines))
        more = "down shows more; " if len(lines) > room else ""
        write = "y writes, " if self._proposal.acceptable else ""
        pane.border_subtitle = Content(f"{more}{write}esc or enter cancels")

    def on_key(self, event: events.Key) -> None:
        """Enter gives the edit up where Cancel has the focus and does nothing elsewhere; y writes."""
        if event.key == "enter":
            event.stop()
            if self.focused is self.query_one("#cancel"):
                self.action_cancel()
        elif event.key == "y" and self._proposal.acceptable:
            event.stop()
            self.dismiss(True)

    @on(SafeButton.Pressed)
    def _pressed(self, event: SafeButton.Pressed) -> None:
        self.dismiss(event.button.id == "write" and self._proposal.acceptable)

    def action_cancel(self) -> None:
        """Nothing happens."""
        self.dismiss(False)

    def action_scroll(self, by: int) -> None:
        """More of the text."""
        self.query_one(Reader).scroll_relative(y=by, animate=False)
