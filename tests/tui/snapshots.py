"""Pictures of screens as text (and of a few as SVG), kept beside the tests and compared with what is shown now.

A change that is meant: `make snapshots`, then read the difference in git.
"""

from __future__ import annotations

import difflib
import os
import pkgutil
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from importlib import import_module
from pathlib import Path

import pytest

import accesscfg
import accesscfg_tui

KEPT = Path(__file__).with_name("snapshots")
UPDATING = os.environ.get("ACCESSCFG_SNAPSHOTS") == "update"  # read now: tests see no such variables
NOW = datetime(2026, 11, 21, 14, 2, 31, tzinfo=UTC)
_ALWAYS_ALIKE: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), lambda found: "14:02:31"),
    (re.compile(r"\b1:\d{5}\b"), lambda found: "1:99999"),  # the sandbox's port, perhaps behind a box
    (re.compile(r"\bp[0-9a-f]{6,16}\b"), lambda found: "p" + "0" * (len(found[0]) - 1)),  # plans
    (re.compile(r"\b\d\.\d s\b"), lambda found: "0.0 s"),
    (re.compile(r"\bterminal-\d+\b"), lambda found: "terminal-1"),  # a digest of an SVG's text
    (re.compile(r"/accesscfg-desk-\w{8}"), lambda found: "/accesscfg-desk-00000000"),
)


def matches(shown: str, name: str) -> None:
    """Compare with what is kept under a name, or keep it where that is asked for.

    Raises AssertionError with the difference, line by line.
    """
    for pattern, always in _ALWAYS_ALIKE:
        shown = pattern.sub(always, shown)
    shown = shown.rstrip("\n") + "\n"
    file = KEPT / name
    if UPDATING:
        KEPT.mkdir(exist_ok=True)
        file.write_text(shown, encoding="utf-8")
        return
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    if shown != kept:
        lines = difflib.unified_diff(
            kept.splitlines(), shown.splitlines(), f"kept {name}", "shown now", lineterm=""
        )
        raise AssertionError("\n".join(["make snapshots, if this is meant:", *lines]))


class _Always(type):
    """What was made before time stood still is of the class too."""

    def __instancecheck__(cls, one: object) -> bool:
        return isinstance(one, datetime)


class StoppedClock(datetime, metaclass=_Always):
    """A datetime that always says the same."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """The time of all pictures."""
        return NOW if tz is not None else NOW.replace(tzinfo=None)


def stop_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything in the program but the simulated exchanges, and what is signed for them, see one time."""
    for package in (accesscfg, accesscfg_tui):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.startswith("accesscfg.sandbox"):
                module = import_module(found.name)
                if getattr(module, "datetime", None) is datetime:
                    monkeypatch.setattr(module, "datetime", StoppedClock)
    assert "accesscfg_tui.reading" in sys.modules
