"""Textual's way to the terminal, for a terminal on which something stands already."""

from __future__ import annotations

from textual.driver import Driver

ANOTHER_SCREEN = "\x1b[?1049h"


def staying(driver: type[Driver]) -> type[Driver]:
    """The driver, but for the first change to another screen: that was made, and would clear what stands there."""

    class Staying(driver):  # type: ignore[valid-type, misc]
        _first = True

        def write(self, data: str) -> None:
            if self._first and data == ANOTHER_SCREEN:
                self._first = False
            else:
                super().write(data)

    return Staying
