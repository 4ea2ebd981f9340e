"""Copies text by the ways that there are, and says honestly which one it took. Nothing secret is ever copied."""

from __future__ import annotations

import asyncio
import io
from typing import Any

from textual.app import App

from accesscfg_tui.messages import Said
from accesscfg_tui.work import Work


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

    async def work(stop: asyncio.Event) -> str:
        from accesscfg.clipboard import copy as copied

        return copied(text, out=_Terminal(app)).why

    def done(said: str | None, error: BaseException | None) -> None:
        app.post_message(Said(said or "not copied: select the text on the screen"))

    Work("copying", work, done).start()
