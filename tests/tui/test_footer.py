"""The line of keys: never wider than the window, help always there, whatever keys somebody has chosen."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot

from accesscfg_tui import actions
from accesscfg_tui.settings import read_settings
from accesscfg_tui.widgets.key_footer import KeyFooter, fitting
from tests.tui.apply_desk import QUOTER
from tests.tui.desk import Desk, the_app, wait_for

PLACES = sorted({one.screen for one in actions.ACTIONS} - {actions.EVERYWHERE})
WIDTHS = range(60, 201)
KEYS = st.sampled_from(
    ["f5", "ctrl+r", "ctrl+shift+f12", "alt+ctrl+pagedown", "left_curly_bracket", "é", "x,y,z"]
)
KEYMAPS = st.dictionaries(st.sampled_from([one.id for one in actions.ACTIONS]), KEYS, max_size=60)
LONG = "ctrl+shift+alt+pagedown"


def shown_in(place: str, width: int, keymap: dict[str, str]) -> str:
    pairs = fitting(actions.of_screen(place), width, keymap)
    return " " + "".join(f"{key} {word}  " for key, word in pairs).removesuffix("  ")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PLACES), KEYMAPS)
def test_it_fits_every_width_with_any_keys_and_help_comes_first(place: str, keymap: dict[str, str]) -> None:
    key = actions.shown_key(actions.named("everywhere.help"), keymap)
    for width in WIDTHS:
        line = shown_in(place, width, keymap)
        assert cell_len(line) <= width
        assert line.startswith(f" {key} Help")


def test_with_the_longest_keys_everywhere_help_is_still_there() -> None:
    keymap = {one.id: LONG for one in actions.ACTIONS}
    for place in PLACES:
        assert shown_in(place, 60, keymap).startswith(f" {LONG} Help")


@pytest.mark.slow
@pytest.mark.parametrize("width", [60, 79, 80, 110, 200])
def test_what_every_screen_draws_is_as_wide_as_the_window_and_shows_help(
    desk: Desk, tmp_path: Path, width: int
) -> None:
    file = tmp_path / "tui.yaml"
    file.write_text(
        "keys: {board.refresh-here: 'ctrl+shift+f5', everywhere.help: 'ctrl+shift+f1', plan.apply: f12}\n"
    )
    assert not read_settings(file, ("dark",), actions.remappable()).problems

    async def look(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        for place in ("board", "plan", "pools", "history", "logs", "settings", "run", "findings"):
            await app.action_go(place)
            await wait_for(pilot, lambda place=place: app.is_at(place), place)  # type: ignore[misc]
            check(pilot)
        for show in (app.show_key, app.show_adopt, app.show_guide):
            await app.action_go("board")
            show(QUOTER)
            await wait_for(pilot, lambda: not app.is_at("board"), "a screen of one key")
            check(pilot)

    def check(pilot: Pilot[Any]) -> None:
        footer = pilot.app.screen.query_one(KeyFooter)
        drawn = "".join(segment.text for segment in footer.render_line(0))
        assert cell_len(drawn) == width
        assert drawn.startswith(" ctrl+shift+f1 Help")

    async def session() -> None:
        async with desk.session((width, 30), settings=file) as pilot:
            await look(pilot)

    asyncio.run(session())
