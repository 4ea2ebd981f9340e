"""What -v tells: the log of accesscfg on standard error.

Of an exception only the places are shown, as its text and the values around it may hold anything.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

from accesscfg.report.clean import plain


class _Places(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """The line, cleaned; the places of an exception below it."""
        record.exc_text = None
        exception, record.exc_info = record.exc_info, None
        try:
            line = plain(super().format(record))
        finally:
            record.exc_info = exception
        if not exception or exception[0] is None:
            return line
        return f"{line}: {exception[0].__name__}\n{_places(exception[2])}"


def _places(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return "\n".join(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)


def log_to_stderr() -> None:
    """Send everything that accesscfg logs to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Places("%(asctime)s %(name)s %(message)s", "%H:%M:%S"))
    logger = logging.getLogger("accesscfg")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
