"""A button that Enter does not press: for what must not happen by habit."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class SafeButton(Widget, can_focus=True):
    """Pressed by the keys it is given and by the mouse. Disabled it shows what it would do, and does nothing."""

    DEFAULT_CSS = """
    SafeButton { width: auto; height: 1; background: $panel; color: $foreground; padding: 0 1; }
    SafeButton:focus { background: $accent; color: $text; text-style: bold; }
    SafeButton:disabled { color: $text-disabled; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "press", "Press", show=False)]
    label: reactive[str] = reactive("")

    class Pressed(Message):
        """It was pressed."""

        def __init__(self, button: SafeButton) -> None:
            super().__init__()
            self.button = button

        @property
        def control(self) -> SafeButton:
            """The button."""
            return self.button

    def __init__(self, label: str, *, id: str, disabled: bool = False) -> None:
        super().__init__(id=id, disabled=disabled)
        self.label = label

    def render(self) -> Content:
        """The label between brackets, so that it is a button without colours too."""
        return Content(f"[ {self.label} ]")

    def action_press(self) -> None:
        """Press it."""
        if not self.disabled:
            self.post_message(self.Pressed(self))

    def on_click(self, event: Click) -> None:
        """A click presses it."""
        event.stop()
        self.action_press()
