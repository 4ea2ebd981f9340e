"""The whole declared state of a key beside what is known of now, over the guide."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from accesscfg.model.guide import Guide
from accesscfg_tui.viewmodel.guide import wanted
from accesscfg_tui.widgets.lines import as_text


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
            yield Static(id="wanted-text")

    def on_mount(self) -> None:
        """Name the key."""
        pane = self.query_one("#wanted")
        pane.border_title = Content(f"{self._guide.key}: the whole state afterwards")
        pane.border_subtitle = Content("esc closes")
        pane.focus()

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        width = max(30, self.query_one("#wanted").size.width - 3)
        self.query_one("#wanted-text", Static).update(as_text(wanted(self._guide.wanted, width)))

    def action_scroll(self, by: int) -> None:
        """A line."""
        self.query_one("#wanted", VerticalScroll).scroll_relative(y=by, animate=False)
