"""Our own colours. Each text colour has a contrast of at least 4.5 : 1 on every background that it can stand on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

DARK = Theme(
    name="dark",
    dark=True,
    primary="#5B9DF0",
    secondary="#7F8FA3",
    success="#7FD491",
    error="#FF7F88",
    warning="#F0C05A",
    accent="#5FCBDD",
    foreground="#DDE3EA",
    background="#11151A",
    surface="#181E25",
    panel="#202831",
    variables={
        "boost": "#28323D",
        "text-success": "#7FD491",
        "text-error": "#FF8A92",
        "text-warning": "#F0C05A",
        "text-accent": "#5FCBDD",
        "text-primary": "#93BDFA",
        "primary-muted": "#26394F",
        "text-muted": "#9BA8B6",
        "text-disabled": "#76828F",
        "panel-lighten-2": "#485563",
        "border": "#5FCBDD",
        "border-blurred": "#485563",
        "scrollbar": "#485563",
        "scrollbar-hover": "#5D6C7C",
        "scrollbar-active": "#5FCBDD",
        "scrollbar-background": "#11151A",
        "scrollbar-background-hover": "#11151A",
        "scrollbar-background-active": "#11151A",
        "block-cursor-background": "#26394F",
        "block-cursor-foreground": "#DDE3EA",
        "input-selection-background": "#35506E",
    },
)

LIGHT = Theme(
    name="light",
    dark=False,
    primary="#2255B8",
    secondary="#56636F",
    success="#176B34",
    error="#B01E2E",
    warning="#7E4E00",
    accent="#0A5F73",
    foreground="#1C2228",
    background="#FBFBFA",
    surface="#F3F5F7",
    panel="#E7EBEF",
    variables={
        "boost": "#E9EDF2",
        "text-success": "#146330",
        "text-error": "#B01E2E",
        "text-warning": "#7A4B00",
        "text-accent": "#0A5F73",
        "text-primary": "#1E4FAE",
        "primary-muted": "#D3E3F7",
        "text-muted": "#515D69",
        "text-disabled": "#6B7681",
        "panel-lighten-2": "#B4BEC8",
        "border": "#0A5F73",
        "border-blurred": "#B4BEC8",
        "scrollbar": "#B4BEC8",
        "scrollbar-hover": "#97A4B1",
        "scrollbar-active": "#0A5F73",
        "scrollbar-background": "#FBFBFA",
        "scrollbar-background-hover": "#FBFBFA",
        "scrollbar-background-active": "#FBFBFA",
        "block-cursor-background": "#D3E3F7",
        "block-cursor-foreground": "#1C2228",
        "input-selection-background": "#B7D0F2",
    },
)


def _of_terminal(name: str, warning: str) -> Theme:
    """The terminal's own colours; what has to be told apart has colours of its own there too."""
    theme = BUILTIN_THEMES[name]
    bar = {"scrollbar": "ansi_bright_black", "scrollbar-background": "ansi_default"}
    return replace(theme, accent="ansi_cyan", warning=warning, variables={**theme.variables, **bar})


# yellow cannot be read on white
THEMES = (DARK, LIGHT, _of_terminal("ansi-dark", "ansi_yellow"), _of_terminal("ansi-light", "ansi_magenta"))
DIM = 0.36  # how far what matters less goes towards the background, where a theme does not say


def in_order(names: Iterable[str]) -> list[str]:
    """The names of themes: ours, the terminal's own colours, then every other one."""
    first = ("dark", "light", "ansi-dark", "ansi-light")
    return [name for name in first if name in set(names)] + sorted(set(names) - set(first))


def faint(theme: Theme) -> dict[str, str]:
    """What matters less, as variables of styles: paler; dim where the terminal's own colours are used."""
    if theme.ansi:
        return {"faint": "ansi_default", "faint-style": "dim"}
    told = theme.variables.get("text-muted", "")
    if told.startswith("#"):
        return {"faint": told, "faint-style": "not dim"}
    text = Color.parse(theme.foreground or ("#E0E0E0" if theme.dark else "#1F1F1F"))
    ground = Color.parse(theme.background or ("#121212" if theme.dark else "#E0E0E0"))
    return {"faint": text.blend(ground, DIM).hex, "faint-style": "not dim"}
