"""Lines of a view model as text in the theme's colours; never parsed for markup."""

from __future__ import annotations

from collections.abc import Iterable

from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from accesscfg.report.clean import plain
from accesscfg_tui.viewmodel.detail import Line

# the theme's variable for each style of a view model, and whether it is bold
_LOOKS = {
    "good": ("text-success", False),
    "bad": ("text-error", True),
    "warn": ("text-warning", False),
    "told": ("text-accent", False),
    "busy": ("text-primary", False),
    "faint": ("text-muted", False),
    "head": ("text-muted", True),
    "strong": ("", True),
}


def as_text(lines: Iterable[Line], widget: Widget) -> Text:
    """The lines with the colours of the app's theme."""
    text = Text(no_wrap=False, overflow="fold")
    for number, one in enumerate(lines):
        if number:
            text.append("\n")
        for piece, style in one.pieces:
            text.append(plain(piece), style_of(style, widget))
    return text


def style_of(name: str, widget: Widget) -> Style:
    """The style of a name in the theme in use."""
    variable, bold = _LOOKS.get(name, ("", False))
    color = widget.app.theme_variables.get(variable, "") if variable else ""
    return Style(color=color if color.startswith("#") else None, bold=bold or None)
