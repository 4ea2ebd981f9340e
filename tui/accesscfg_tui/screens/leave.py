"""Whether to quit while an apply is under way."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from accesscfg_tui.widgets.safe_button import SafeButton


class LeaveScreen(ModalScreen[bool]):
    """True: stop before the next call, wait for the one under way, quit."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n,q,enter,ctrl+q", "stay", "Stay", show=False),
        Binding("y", "quit_then", "Stop and quit", show=False),
    ]

    def __init__(self, state: str) -> None:
        super().__init__()
        self._state = state

    def compose(self) -> ComposeResult:
        """What goes on, and the choice."""
        with Vertical(id="leave"):
            yield Static(
                Content(
                    f"{self._state}\n\nThe call under way is finished and read back, the next one is not sent."
                    " What is left then shows in a new plan."
                )
            )
            with Horizontal(id="buttons"):
                yield SafeButton("Stay", id="stay")
                yield SafeButton("y  Stop, then quit", id="quit")

    def on_mount(self) -> None:
        """The focus on what does no harm."""
        self.query_one("#leave").border_title = Content("An apply is under way")
        self.query_one("#stay").focus()

    @on(SafeButton.Pressed)
    def _pressed(self, event: SafeButton.Pressed) -> None:
        self.dismiss(event.button.id == "quit")

    def action_stay(self) -> None:
        """Nothing changes."""
        self.dismiss(False)

    def action_quit_then(self) -> None:
        """Stop and quit."""
        self.dismiss(True)
