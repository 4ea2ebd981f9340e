"""Request counters, as exchanges keep them.

They count in real time (milliseconds of a monotonic clock), not by the world's clock: a frozen world would
else never let a client through again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """`used` units of the window after this request; `wait_ms` until the next one fits (0 when this one
    did).
    """

    allowed: bool
    used: int
    wait_ms: int


class Limits:
    """All counters of one exchange. A refused request is not counted against its window."""

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled
        self._fixed: dict[Hashable, tuple[int, int]] = {}
        self._sliding: dict[Hashable, deque[int]] = {}
        self._banned: dict[Hashable, int] = {}
        self._falling: dict[Hashable, tuple[float, int]] = {}
        self._strikes: dict[Hashable, int] = {}

    def fixed(self, bucket: Hashable, *, most: int, window_ms: int, now_ms: int, cost: int = 1) -> Usage:
        """Count in a window that begins with its first request and then starts over."""
        start, used = self._fixed.get(bucket, (now_ms, 0))
        if now_ms - start >= window_ms:
            start, used = now_ms, 0
        if self._enabled and used + cost > most:
            return Usage(False, used, start + window_ms - now_ms)
        self._fixed[bucket] = (start, used + cost)
        return Usage(True, used + cost, 0)

    def sliding(self, bucket: Hashable, *, most: int, window_ms: int, now_ms: int) -> Usage:
        """Count the requests of the last `window_ms`."""
        seen = self._sliding.setdefault(bucket, deque())
        while seen and now_ms - seen[0] >= window_ms:
            seen.popleft()
        if self._enabled and len(seen) >= most:
            return Usage(False, len(seen), seen[0] + window_ms - now_ms)
        seen.append(now_ms)
        return Usage(True, len(seen), 0)

    def falling(self, bucket: Hashable, *, most: int, falls_every_ms: int, now_ms: int) -> Usage:
        """Count in a counter that falls by one every so often."""
        level, since = self._falling.get(bucket, (0.0, now_ms))
        level = max(0.0, level - (now_ms - since) / falls_every_ms) + 1
        if self._enabled and level > most:
            return Usage(False, most, round((level - most) * falls_every_ms))
        self._falling[bucket] = (level, now_ms)
        return Usage(True, round(level), 0)

    def strike(self, bucket: Hashable) -> int:
        """Count one more failure in a row; how many there are now (none where limits are off)."""
        self._strikes[bucket] = self._strikes.get(bucket, 0) + 1
        return self._strikes[bucket] if self._enabled else 0

    def forgive(self, bucket: Hashable) -> None:
        """The row has ended."""
        self._strikes.pop(bucket, None)

    def ban(self, bucket: Hashable, until_ms: int) -> None:
        """Refuse this bucket until then, whatever its window says."""
        self._banned[bucket] = until_ms

    def banned(self, bucket: Hashable, now_ms: int) -> bool:
        return self._banned.get(bucket, now_ms) > now_ms
