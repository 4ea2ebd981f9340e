"""The places one can go to by a key, and their screens, imported when somebody goes there."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accesscfg_tui.screens.base import CockpitScreen

# by the name in the table of actions: the module below accesscfg_tui.screens, and the class in it
PLACES: dict[str, tuple[str, str]] = {
    "board": ("board", "BoardScreen"),
    "history": ("history", "HistoryScreen"),
    "logs": ("logs", "LogScreen"),
    "settings": ("settings", "SettingsScreen"),
    "locked": ("locked", "LockedScreen"),
    "findings": ("findings", "FindingsScreen"),
    "plan": ("plan", "PlanScreen"),
    "run": ("run", "RunScreen"),
    "pools": ("pools", "PoolsScreen"),
}


def screen_of(place: str) -> CockpitScreen:
    """A new screen of that place. KeyError where there is none."""
    module, name = PLACES[place]
    screen: CockpitScreen = getattr(import_module(f"accesscfg_tui.screens.{module}"), name)()
    return screen
