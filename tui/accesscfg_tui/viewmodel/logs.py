"""What this session did, as it was logged: calls by method, path, answer and time, never with a secret."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from accesscfg_tui.viewmodel.lines import Line, line

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
        """In one line."""
        word, style = LEVELS.get(self.level, ("fail", "bad"))
        when, where = f"{self.at:%H:%M:%S}  ", f"{self.source:<8}"
        return line((when, "faint"), (f"{word:<6}", style), (where, "faint"), self.text)
