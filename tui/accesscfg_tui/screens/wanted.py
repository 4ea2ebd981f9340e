"""The whole declared state of a key beside what is known of now, over the guide."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from accesscfg.model.guide import Guide
from accesscfg_tui.viewmodel.guide import wanted
from accesscfg_tui.widgets.wrapped import Wrapped


class WantedScreen(ModalScreen[None]):
    """Only to look at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,i,enter", "dismiss", "Close", show=False),
        Binding("j", "scroll(1)", "Down", show=False),
        Binding("k", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, guide: Guide) -> None:
        super().__init__()
        self._guide = guide

    def compose(self) -> ComposeResult:
        """It scrolls."""
        with VerticalScroll(id="wanted", classes="pane"):
            yield Wrapped(lambda width: wanted(self._guide.wanted, width), id="wanted-text")

    def on_mount(self) -> None:
        """Name the key."""
        pane = self.query_one("#wanted")
        pane.border_title = Content(f"{self._guide.key}: the whole state afterwards")
        pane.border_subtitle = Content("esc closes")
        pane.focus()

    def action_scroll(self, by: int) -> None:
        """A line."""
        self.query_one("#wanted", VerticalScroll).scroll_relative(y=by, animate=False)
