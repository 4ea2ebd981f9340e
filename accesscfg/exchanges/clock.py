"""The exchange's clock, learned once a run from its time endpoint."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from accesscfg.model.errors import AccesscfgError


class LearnedClock:
    """Local time plus the offset to the exchange's, known after `learn`."""

    def __init__(self) -> None:
        self.offset_ms = 0
        self._learned = False
        self._rounds = 0
        self._failed: AccesscfgError | None = None
        self._turn = asyncio.Lock()
        self._last_nonce = 0

    def nonce_ms(self) -> int:
        """Milliseconds since 1970 for a counter that only goes up: never above this machine's clock nor the
        exchange's, for a key cannot be used again until its counter's time has come.

        Two calls in one millisecond wait for the next. Where the clock went back it is not waited for: the exchange
        refuses that call and says why.
        """
        nonce = self._nonce_now()
        if nonce == self._last_nonce:
            time.sleep(0.001)  # at most one call a millisecond
            nonce = self._nonce_now()
        self._last_nonce = nonce
        return nonce

    def _nonce_now(self) -> int:
        return time.time_ns() // 1_000_000 + min(self.offset_ms, 0)

    def now_ms(self) -> int:
        """Milliseconds since 1970 by the exchange's clock."""
        return time.time_ns() // 1_000_000 + self.offset_ms

    async def learn(self, ask: Callable[[], Awaitable[int]], *, again: bool = False) -> None:
        """Set the offset from the server's time, taking half the round trip off; asks once unless `again`.

        Errors of `ask` pass through: without the exchange's time nothing is signed. Whoever waits while another
        asks takes that answer or that error: a hundred accounts must not try a dead host one after the other.
        """
        if self._learned and not again:
            return
        rounds = self._rounds
        async with self._turn:
            if self._rounds == rounds:
                await self._ask(ask)
            elif self._failed is not None:
                raise self._failed

    async def _ask(self, ask: Callable[[], Awaitable[int]]) -> None:
        sent = time.time_ns()
        try:
            server_ms = await ask()
        except AccesscfgError as error:
            self._rounds += 1
            self._failed = error
            raise
        middle_ms = (sent + time.time_ns()) // 2 // 1_000_000
        self.offset_ms = server_ms - middle_ms
        self._rounds += 1
        self._failed = None
        self._learned = True
