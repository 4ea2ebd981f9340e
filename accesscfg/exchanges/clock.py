"""The exchange's clock, learned once a run from its time endpoint."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable


class LearnedClock:
    """Local time plus the offset to the exchange's, known after `learn`."""

    def __init__(self) -> None:
        self.offset_ms = 0
        self._learned = False
        self._turn = asyncio.Lock()

    def now_ms(self) -> int:
        """Milliseconds since 1970 by the exchange's clock."""
        return time.time_ns() // 1_000_000 + self.offset_ms

    async def learn(self, ask: Callable[[], Awaitable[int]], *, again: bool = False) -> None:
        """Set the offset from the server's time, taking half the round trip off; asks once unless `again`.

        Errors of `ask` pass through: without the exchange's time nothing is signed.
        """
        if self._learned and not again:
            return
        known = self.offset_ms
        async with self._turn:
            if self._learned and not (again and known == self.offset_ms):
                return
            sent = time.time_ns()
            server_ms = await ask()
            middle_ms = (sent + time.time_ns()) // 2 // 1_000_000
            self.offset_ms = server_ms - middle_ms
            self._learned = True
