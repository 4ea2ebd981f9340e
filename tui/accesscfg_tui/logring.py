"""The last lines that accesscfg logged, kept in memory while a session runs and nowhere else."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

from accesscfg.report.clean import plain
from accesscfg_tui.viewmodel.logs import Entry

MOST = 2000  # lines that are kept; the oldest go


class LogRing(logging.Handler):
    """Keeps the last lines in memory; `grown` is called in the thread that logged. An exception's text is left out."""

    def __init__(self, grown: Callable[[], object]) -> None:
        super().__init__(logging.DEBUG)
        self.entries: deque[Entry] = deque(maxlen=MOST)
        self._grown = grown
        self._count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        source = record.name.removeprefix("accesscfg").strip(".") or "app"
        kind = "" if not record.exc_info or record.exc_info[0] is None else f": {record.exc_info[0].__name__}"
        self._count += 1
        at = datetime.fromtimestamp(record.created, UTC)
        text = plain(record.getMessage()) + kind
        self.entries.append(Entry(self._count, at, record.levelno, source, text))
        self._grown()


class Listening:
    """Takes what accesscfg logs into a ring while a session runs, and nothing of it to the terminal."""

    def __init__(self, ring: LogRing) -> None:
        self._ring = ring
        self._logger = logging.getLogger("accesscfg")
        self._before: tuple[list[logging.Handler], int, bool] | None = None

    def start(self) -> None:
        """Begin."""
        self._before = (self._logger.handlers[:], self._logger.level, self._logger.propagate)
        self._logger.handlers[:] = [self._ring]
        self._logger.setLevel(logging.DEBUG)
        self._logger.propagate = False

    def stop(self) -> None:
        """Leave everything as it was."""
        if self._before is not None:
            self._logger.handlers[:], self._logger.level, self._logger.propagate = self._before
            self._before = None
