"""A box to tick that shows without colours whether it is ticked, and that Enter does not turn."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from accesscfg.report.clean import plain


class Box(Widget, can_focus=True):
    """Turned by space and by a click."""

    DEFAULT_CSS = """
    Box { width: 100%; height: auto; }
    Box:focus { background: $accent; color: $text; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "turn", "Tick", show=False)]
    ticked: reactive[bool] = reactive(False)

    class Turned(Message):
        """It was ticked, or its tick was taken away."""

    def __init__(self, label: str, *, id: str) -> None:
        super().__init__(id=id)
        self._label = plain(label)

    def render(self) -> Content:
        """The box before what it is about."""
        return Content(f"[{'x' if self.ticked else ' '}] {self._label}")

    def action_turn(self) -> None:
        """Tick it, or take the tick away."""
        self.ticked = not self.ticked
        self.post_message(self.Turned())

    def on_click(self, event: Click) -> None:
        """A click turns it."""
        event.stop()
        self.action_turn()
