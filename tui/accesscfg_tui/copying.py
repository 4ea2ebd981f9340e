"""Copies text by the ways that there are, and says honestly which one it took. Nothing secret is ever copied."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Callable
from typing import Any

from textual.app import App

from accesscfg.clipboard import Copied
from accesscfg.report.clean import plain_lines
from accesscfg_tui.messages import Said
from accesscfg_tui.tuning import TuningApp
from accesscfg_tui.work import Work

# what says which terminal it is; without the rest no program of this machine is thought of
_OF_TERMINALS = ("TERM", "TMUX", "TMUX_TMPDIR", "STY", "PATH", "HOME", "LANG")


class _Terminal(io.StringIO):
    """What the terminal is sent, past the screen that Textual draws, in the order of its own writes."""

    def __init__(self, app: App[Any]) -> None:
        super().__init__()
        self._app = app

    def isatty(self) -> bool:
        return not self._app.is_headless

    def write(self, text: str) -> int:
        driver = self._app._driver  # as Textual's own copying does; there is no public way
        if driver is not None:
            driver.write(text)
        return len(text)


def copy(app: App[Any], text: str) -> None:
    """Copy in a thread, as the programs for it may take their time; a note says what came of it."""
    copy_then(app, text, lambda done: app.post_message(Said(done.why)))


def copy_then(app: App[Any], text: str, tell: Callable[[Copied], object]) -> None:
    """The same; `tell` is called in the thread with what came of it. Nothing that a terminal obeys is copied: it
    would be when it is pasted into one."""
    text = plain_lines(text)

    async def work(stop: asyncio.Event) -> Copied:
        from accesscfg import clipboard

        way = app.found.settings.clipboard if isinstance(app, TuningApp) else "auto"
        if way == "off":
            return Copied("", False, "not copied, as the settings (6) want it: select the text on the screen")
        if way == "terminal":
            known = {name: value for name, value in os.environ.items() if name in _OF_TERMINALS}
            return clipboard.copy(text, known, _Terminal(app), platform="linux")
        return clipboard.copy(text, out=_Terminal(app))

    def done(copied: Copied | None, error: BaseException | None) -> None:
        tell(copied or Copied("", False, "not copied: select the text on the screen"))

    Work("copying", work, done).start()
