"""What this session did, as it was logged: calls by method, path, answer and time, never with a secret."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from accesscfg_tui.viewmodel.lines import Line, line, wrapped

LEVELS = {logging.DEBUG: ("call", "faint"), logging.INFO: ("note", ""), logging.WARNING: ("warn", "warn")}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log; `number` grows by one from each to the next."""

    number: int
    at: datetime
    level: int
    source: str
    text: str

    def row(self) -> Line:
        """In one line, however long."""
        return line(*self._lead, self.text)

    def full(self, width: int) -> list[Line]:
        """In as many lines as it takes."""
        return [line(*self._lead), *wrapped(self.text, width)]

    @property
    def _lead(self) -> tuple[tuple[str, str], ...]:
        word, style = LEVELS.get(self.level, ("fail", "bad"))
        return (f"{self.at:%H:%M:%S}  ", "faint"), (f"{word:<6}", style), (f"{self.source:<8}", "faint")
