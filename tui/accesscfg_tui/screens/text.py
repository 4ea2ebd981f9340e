"""A text by itself, without frames, for the terminal's own selection."""

from __future__ import annotations

import sys
from typing import Any, ClassVar

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from accesscfg.report.clean import plain_lines
from accesscfg_tui import actions
from accesscfg_tui.away import away
from accesscfg_tui.screens.base import CockpitScreen


class TextScreen(CockpitScreen):
    """The mouse belongs to the terminal while it is shown."""

    PLACE = "text"
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("text")

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = plain_lines(text)

    def body(self) -> ComposeResult:
        """It scrolls."""
        with VerticalScroll(id="text"):
            yield Static(Content(self._text))

    def on_mount(self) -> None:
        """Let the mouse go."""
        super().on_mount()
        self.query_one("#text").focus()
        _mouse(self.app, held=False)

    def on_unmount(self) -> None:
        """Take the mouse back."""
        _mouse(self.app, held=True)

    def status_text(self) -> str:
        """What to do with it."""
        return "the mouse selects here as the terminal does; t shows it where long lines stay whole"

    def action_terminal(self) -> None:
        """Print it on the terminal itself, and wait there."""
        try:
            with away(self.app, interrupted=True):
                sys.stdout.write(f"{self._text}\n")
                input("Enter goes back to accesscfg. ")
        except SuspendNotSupported:
            self.notify("this terminal cannot be left for a while", severity="warning", markup=False)
        except (EOFError, OSError, KeyboardInterrupt):
            pass  # as good as Enter
        _mouse(self.app, held=False)


def _mouse(app: Any, *, held: bool) -> None:
    """Ask the terminal to report the mouse, or to keep it for its own selection. Textual has no public way."""
    driver = app._driver
    turn = getattr(driver, "_enable_mouse_support" if held else "_disable_mouse_support", None)
    if turn is not None:
        turn()
