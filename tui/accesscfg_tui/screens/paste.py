"""A field for addresses in any format; what is none is shown with its line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from accesscfg.model.edit import Pasted
from accesscfg.report.clean import plain
from accesscfg.report.words import count
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.widgets.lines import as_text
from accesscfg_tui.widgets.safe_button import SafeButton
from accesscfg_tui.work import Work

MOST_PROBLEMS = 3


class PasteScreen(ModalScreen[tuple[str, ...] | None]):
    """Gives the addresses, or None. `tell` says in a sentence what a list would mean."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("f2", "take", "Go on", show=False, priority=True),
    ]

    @dataclass
    class Found(Message):
        """What a text holds."""

        pasted: Pasted | None
        error: BaseException | None

    def __init__(
        self, title: str, read: Callable[[str], Pasted], tell: Callable[[tuple[str, ...]], str]
    ) -> None:
        super().__init__()
        self._title = title
        self._read = read
        self._tell = tell
        self.pasted = Pasted(())
        self._changed = False  # since it was read
        self._reading: Work[Pasted] | None = None
        self._wants_on = False

    def compose(self) -> ComposeResult:
        """The field, what it holds, the buttons."""
        with Vertical(id="paste"):
            yield TextArea(id="paste-text", soft_wrap=True, tab_behavior="focus", show_line_numbers=True)
            yield Static(id="paste-found")
            with Horizontal(id="buttons"):
                yield SafeButton("Cancel", id="cancel")
                yield SafeButton("f2  Look at the change", id="go", disabled=True)

    def on_mount(self) -> None:
        """Ready to be typed and pasted into."""
        pane = self.query_one("#paste")
        pane.border_title = Content(plain(self._title))
        pane.border_subtitle = Content("any format: commas, blanks, lines, JSON; f2 goes on, esc cancels")
        self.query_one(TextArea).focus()
        self._show()

    @on(TextArea.Changed)
    def _typed(self) -> None:
        """What it holds is found out in a thread: a list may have a hundred thousand lines."""
        self._changed, self._wants_on = True, False
        self._show()
        self._go_on()

    def _go_on(self) -> None:
        if not self._changed or self._reading is not None:
            return
        text, self._changed = self.query_one(TextArea).text, False

        async def read(stop: asyncio.Event) -> Pasted:
            return self._read(text)

        def done(pasted: Pasted | None, error: BaseException | None) -> None:
            self.post_message(self.Found(pasted, error))

        self._reading = Work("reading a list", read, done).start()

    def on_paste_screen_found(self, message: Found) -> None:
        """Show it, and read what has been typed since."""
        self._reading = None
        if message.pasted is None:
            raise message.error or RuntimeError("a list was not read")
        self.pasted = message.pasted
        self._go_on()
        self._show()
        if self._wants_on and not self.is_reading:
            self._wants_on = False
            self.action_take()

    @property
    def is_reading(self) -> bool:
        """Whether what stands in the field was not wholly read yet."""
        return self._changed or self._reading is not None

    @property
    def is_good(self) -> bool:
        """Whether there are addresses, nothing else, and all of it was read."""
        return not self.is_reading and bool(self.pasted.entries) and not self.pasted.problems

    def _show(self) -> None:
        self.query_one("#go", SafeButton).disabled = not self.is_good
        width = max(30, self.query_one("#paste").size.width - 4)
        self.query_one("#paste-found", Static).update(as_text(self.found_lines(width)))

    def found_lines(self, width: int) -> list[Line]:
        """What the text holds."""
        pasted = self.pasted
        if not pasted.entries and not pasted.problems:
            if self.is_reading and self.query_one(TextArea).text:
                return [line(("being read …", "busy"))]
            return [line(("paste or type addresses and networks", "faint"))]
        lines = [
            one
            for at, column, why in pasted.problems[:MOST_PROBLEMS]
            for one in wrapped(f"line {at}, column {column}: {why}", width, rest="  ", style="bad")
        ]
        if len(pasted.problems) > MOST_PROBLEMS:
            lines.append(
                line((f"and {len(pasted.problems) - MOST_PROBLEMS} more that are no addresses", "bad"))
            )
        if pasted.problems:
            return lines
        said = [count(len(pasted.entries), "address", "addresses"), self._tell(pasted.entries)]
        said += [f"{count(pasted.ports, 'port')} left out"] if pasted.ports else []
        said += [f"{pasted.twice} twice"] if pasted.twice else []
        return wrapped("; ".join(said), width, style="good")

    def on_key(self, event: events.Key) -> None:
        """Enter does nothing beside the field."""
        if event.key == "enter" and not isinstance(self.focused, TextArea):
            event.stop()
            if self.focused is self.query_one("#cancel"):
                self.action_cancel()

    @on(SafeButton.Pressed)
    def _pressed(self, event: SafeButton.Pressed) -> None:
        self.action_take() if event.button.id == "go" else self.action_cancel()

    def action_take(self) -> None:
        """These; as soon as all of them are read."""
        self._wants_on = self.is_reading
        if self.is_good:
            self.dismiss(self.pasted.entries)

    def action_cancel(self) -> None:
        """None."""
        self.dismiss(None)
