"""Asks for a name, such as that of a file."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class NameScreen(ModalScreen[str | None]):
    """Gives what was typed, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", show=False)]

    def __init__(self, title: str, proposed: str) -> None:
        super().__init__()
        self._title = title
        self._proposed = proposed

    def compose(self) -> ComposeResult:
        """One field."""
        with Vertical(id="name", classes="pane"):
            yield Input(self._proposed, compact=True)
            yield Static(
                Content("A name or a path; below the workspace where it is not absolute."), classes="faint"
            )

    def on_mount(self) -> None:
        """Name what is asked for."""
        pane = self.query_one("#name")
        pane.border_title = Content(self._title)
        pane.border_subtitle = Content("enter saves, esc cancels")
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _named(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip() or None)
