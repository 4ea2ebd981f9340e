"""A desk to play at: the app over a throw-away workspace and simulated exchanges, and ways to look at its screen."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from textual.app import App
from textual.pilot import Pilot

from accesscfg.sandbox import Sandbox
from accesscfg.workspace import SANDBOX_VARIABLE, Workspace
from accesscfg_tui.app import AccesscfgApp

WIDE, NARROW = (140, 40), (80, 24)


@dataclass(frozen=True)
class Desk:
    """A workspace in a folder of its own, and the sandbox that its calls go to."""

    folder: Path
    sandbox: Sandbox

    @property
    def file(self) -> Path:
        """The declaration."""
        return self.folder / "exchanges.yaml"

    def workspace(self) -> Workspace:
        """Opened as a new session would."""
        return Workspace.open(self.folder, {SANDBOX_VARIABLE: self.sandbox.url})

    def app(self, **options: Any) -> AccesscfgApp:
        """The app over it, not running yet."""
        return AccesscfgApp(self.workspace(), **options)

    @asynccontextmanager
    async def session(self, size: tuple[int, int] = WIDE, **options: Any) -> AsyncIterator[Pilot[int]]:
        """The app running and everything read once. Gives the app's pilot; `pilot.app` is the app."""
        app = self.app(**options)
        async with app.run_test(size=size, notifications=True) as pilot:
            await wait_for(pilot, lambda: app.is_settled, "the first reading to end")
            yield pilot


async def wait_for(pilot: Pilot[Any], fact: Callable[[], bool], why: str, timeout: float = 60.0) -> None:
    """Wait until something holds. An AssertionError shows the screen as it is then."""
    end = time.monotonic() + timeout
    while not fact():
        if time.monotonic() > end:
            raise AssertionError(f"waited {timeout:.0f} s for {why}\n{screen_text(pilot.app)}")
        await pilot.pause(0.01)
    await pilot.pause()


def screen_text(app: App[Any]) -> str:
    """What the screen in front shows, as lines of text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def the_app(pilot: Pilot[Any]) -> AccesscfgApp:
    """The app that a pilot flies."""
    return cast("AccesscfgApp", pilot.app)
