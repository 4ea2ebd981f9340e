"""Our own colours: what is said in them can be read on every background that it stands on."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from accesscfg_tui.settings import DEFAULT_THEME
from accesscfg_tui.themes import DARK, LIGHT, THEMES, faint, in_order

TEXTS = (
    "foreground",
    "faint",
    *(f"text-{name}" for name in ("success", "error", "warning", "accent", "primary")),
)
GROUNDS = ("background", "surface", "panel", "boost", "primary-muted")
LEAST = 4.5  # WCAG 2.2, 1.4.3


def luminance(color: Color) -> float:
    def linear(channel: int) -> float:
        part = channel / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)


def contrast(one: Color, other: Color) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def variables(theme: Theme) -> dict[str, str]:
    return {**faint(theme), **theme.to_color_system().generate(), **theme.variables}


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_every_text_can_be_read_on_every_background(theme: Theme, text: str, ground: str) -> None:
    colors = variables(theme)

    assert contrast(Color.parse(colors[text]), Color.parse(colors[ground])) >= LEAST


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_what_is_good_bad_to_be_looked_at_and_told_has_colours_of_its_own(theme: Theme) -> None:
    colors = variables(theme)

    assert len({colors[f"text-{name}"] for name in ("success", "error", "warning", "accent")}) == 4


def test_the_usual_theme_is_one_of_ours_and_ours_are_offered_first() -> None:
    names = in_order([*BUILTIN_THEMES, *(theme.name for theme in THEMES)])

    assert names[:4] == ["dark", "light", "ansi-dark", "ansi-light"]
    assert len(names) == len(set(names)) == len(BUILTIN_THEMES) + 2
    assert names[0] == DEFAULT_THEME


def test_a_theme_of_somebody_else_gets_a_paler_text_and_the_terminals_colours_a_dim_one() -> None:
    assert faint(BUILTIN_THEMES["nord"])["faint-style"] == "not dim"
    assert faint(BUILTIN_THEMES["ansi-light"]) == {"faint": "ansi_default", "faint-style": "dim"}
