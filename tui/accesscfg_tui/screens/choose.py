"""A short list to choose from, over the screen that asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from accesscfg.report.clean import plain


class ChooseScreen(ModalScreen[str | None]):
    """Gives the id of what was chosen, or None. The first choice has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Close", show=False),
        Binding("j", "move('down')", "Down", show=False),
        Binding("k", "move('up')", "Up", show=False),
    ]

    def __init__(self, title: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        """The choices."""
        options = [Option(Content(plain(words)), id=name) for name, words in self._choices]
        yield OptionList(*options, id="choices", classes="pane", markup=False)

    def on_mount(self) -> None:
        """Name the question."""
        choices = self.query_one(OptionList)
        choices.border_title = Content(plain(self._title))
        choices.border_subtitle = "enter chooses, esc closes"
        choices.focus()

    def action_move(self, way: str) -> None:
        """Up or down, as in vi."""
        choices = self.query_one(OptionList)
        choices.action_cursor_down() if way == "down" else choices.action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """This one."""
        self.dismiss(event.option_id)
