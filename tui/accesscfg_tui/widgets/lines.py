"""Lines of a view model as text in the theme's colours; never parsed for markup."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from accesscfg.report.clean import plain
from accesscfg_tui.viewmodel.lines import Line

# the style of each name of a view model, in variables of the theme
STYLES = {
    "good": "$text-success",
    "bad": "$text-error bold",
    "warn": "$text-warning",
    "told": "$text-accent",
    "busy": "$text-primary",
    "faint": "$faint $faint-style",
    "head": "$faint $faint-style bold",
    "strong": "bold",
}


def as_text(lines: Iterable[Line]) -> Content:
    """The lines, in whatever theme is in use when they are shown."""
    return Content("\n").join(
        Content.assemble(*((plain(text), STYLES.get(style, "")) for text, style in one.pieces))
        for one in lines
    )
