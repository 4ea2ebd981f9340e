"""What a run tells while it works: a line on a terminal, erased at the end; a log with -v."""

from __future__ import annotations

import logging
import sys
from types import TracebackType
from typing import Self

from accesscfg.cli.context import Settings
from accesscfg.cli.output import width_of
from accesscfg.model.events import (
    AccountRead,
    ChangeEnded,
    ChangeStarted,
    Event,
    KeyCompared,
    KeyRead,
    Opening,
    ReadingStarted,
    Waiting,
)
from accesscfg.report.clean import plain
from accesscfg.report.words import FACETS, count

ERASE = "\r\x1b[2K"
log = logging.getLogger("accesscfg.run")


class Progress:
    """Listens to the events of a run for as long as the `with` block lasts."""

    def __init__(self, settings: Settings) -> None:
        self._shown = sys.stderr.isatty() and not settings.verbose
        self._keys = self._read = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write(ERASE)
            sys.stderr.flush()

    def __call__(self, event: Event) -> None:
        """Tell one event."""
        if not self._shown and not log.isEnabledFor(logging.DEBUG):
            return
        line = self._line(event)
        if line is None:
            return
        log.debug("%s", line)
        if self._shown:
            sys.stderr.write(ERASE + plain(line)[: width_of(sys.stderr) - 1])
            sys.stderr.flush()

    def _line(self, event: Event) -> str | None:
        match event:
            case Opening(files):
                return f"Opening {count(files, 'secrets file')}"
            case ReadingStarted(accounts, keys):
                self._keys, self._read = keys, 0
                return f"Reading {count(keys, 'key')} of {count(accounts, 'account')}"
            case KeyRead(path):
                self._read += 1
                return f"Read {self._read} of {count(self._keys, 'key')}: {path}"
            case Waiting(account, seconds, why):
                return f"{account} waits {seconds:.1f} s: {why}"
            case ChangeStarted(change):
                return f"Changing {FACETS[change.facet]} of {change.key}"
            case ChangeEnded(result):
                return f"{result.change.key}: {FACETS[result.change.facet]} {result.outcome.value}"
            case AccountRead() | KeyCompared():
                return None
