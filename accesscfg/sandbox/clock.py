"""The exchanges' clock: the real one, unless a test froze it."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime


class Clock:
    """Unix milliseconds."""

    def __init__(self) -> None:
        self._frozen: int | None = None

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 if self._frozen is None else self._frozen

    def freeze(self, now_ms: int | None) -> None:
        """Stand still at this time; None goes back to the real time."""
        self._frozen = now_ms


def tick_ms() -> int:
    """Milliseconds of a clock that nobody can set; only differences mean anything."""
    return time.monotonic_ns() // 1_000_000


def iso(ms: int) -> str:
    """`2026-01-31T10:00:00Z`; milliseconds are written only when there are some."""
    text = datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace(".000+00:00", "Z").replace("+00:00", "Z")


def iso_seconds(ms: int) -> str:
    """`2026-01-31T10:00:00Z`, whole seconds."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_time(value: object) -> int:
    """Milliseconds from a number of them, an ISO 8601 text, or what YAML makes of one. Raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        moment = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1000)
    if isinstance(value, date):
        return read_time(datetime(value.year, value.month, value.day, tzinfo=UTC))
    raise ValueError("a time is ISO 8601 text or Unix milliseconds")
