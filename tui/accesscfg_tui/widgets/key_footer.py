"""The line of keys at the bottom: never wider than the screen, help always first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from accesscfg_tui.actions import Action, shown_key


def fitting(
    actions: Sequence[Action], width: int, keymap: dict[str, str] | None = None
) -> list[tuple[str, str]]:
    """The keys and words that fit into a width, in the order of the footer; what does not fit is left out whole."""
    chosen: list[tuple[str, str]] = []
    used = 1
    for action in sorted((one for one in actions if one.footer), key=lambda one: one.footer):
        key = shown_key(action, keymap)
        size = cell_len(f"{key} {action.short}  ")
        if used + size <= width + 1:
            chosen.append((key, action.short))
            used += size
    return chosen


class KeyFooter(Widget):
    """Shows the keys of the screen it stands on."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-footer--key", "key-footer--word"}
    DEFAULT_CSS = """
    KeyFooter { height: 1; dock: bottom; background: $panel; }
    KeyFooter > .key-footer--key { color: $text-accent; text-style: bold; }
    KeyFooter > .key-footer--word { color: $foreground; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._actions: Sequence[Action] = ()
        self.keymap: dict[str, str] = {}

    def show(self, actions: Sequence[Action], keymap: dict[str, str] | None = None) -> None:
        """Show these."""
        self._actions = actions
        self.keymap = keymap or {}
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The only line."""
        base = self.rich_style
        key_style = base + self.get_component_rich_style("key-footer--key", partial=True)
        word_style = base + self.get_component_rich_style("key-footer--word", partial=True)
        segments = [Segment(" ", base)]
        for key, word in fitting(self._actions, self.size.width, self.keymap):
            segments += [Segment(key, key_style), Segment(f" {word}  ", word_style)]
        return Strip(segments).adjust_cell_length(self.size.width, base).crop(0, self.size.width)
