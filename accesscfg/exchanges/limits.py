"""Published rate limits, kept as sliding windows.

Own code, because the libraries at hand do another thing: a leaky bucket lets nearly twice the published amount through
in its first window, and the sliding-window one starts a thread a limit.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable

from accesscfg.model.profile import Limit

Waited = Callable[[float, str], None]

# the exchange counts when a call arrives, we when it leaves: keep a little apart
SLACK_S = 0.05


class Window:
    """One limit for one caller address, account or key: at most `amount` in any `seconds`."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._spent: deque[tuple[float, float]] = deque()
        self._sum = 0.0
        self._closed_until = 0.0

    def _forget(self, now: float) -> None:
        horizon = now - self.limit.seconds - SLACK_S
        while self._spent and self._spent[0][0] <= horizon:
            self._sum -= self._spent.popleft()[1]

    def wait_s(self, cost: float, now: float) -> float:
        """Seconds until a call of this cost may leave; 0 for at once."""
        self._forget(now)
        wait = max(0.0, self._closed_until - now)
        over = self._sum + min(cost, self.limit.amount) - self.limit.amount
        for at, spent in self._spent:
            if over <= 0:
                break
            over -= spent
            wait = max(wait, at + self.limit.seconds + SLACK_S - now)
        return wait

    def spend(self, cost: float, now: float) -> None:
        """Count a call that leaves now."""
        self._spent.append((now, cost))
        self._sum += cost

    def learn(self, used: float, now: float) -> None:
        """What the exchange says was used; others (a bot, another machine) may use the same limit."""
        self._forget(now)
        if used > self._sum:
            self.spend(used - self._sum, now)

    def close(self, seconds: float, now: float) -> None:
        """The exchange asked to wait this long."""
        self._closed_until = max(self._closed_until, now + seconds)


class Limiter:
    """The windows of one exchange host, shared by every account that is asked through it."""

    def __init__(self, limits: Iterable[Limit]) -> None:
        self._limits = tuple(limits)
        self._windows: dict[tuple[str, str], Window] = {}

    def _of(self, call: str, who: dict[str, str]) -> list[tuple[Window, float]]:
        found = []
        for limit in self._limits:
            cost = limit.costs.get(call, 0.0) if limit.costs else 1.0
            if cost:
                slot = (limit.name, who[limit.scope])
                window = self._windows.get(slot)
                if window is None:
                    window = self._windows[slot] = Window(limit)
                found.append((window, cost))
        return found

    async def acquire(self, call: str, who: dict[str, str], waited: Waited) -> None:
        """Wait until the call ("METHOD /path") fits every limit, and count it."""
        windows = self._of(call, who)
        while True:
            now = time.monotonic()
            wait, why = max(
                ((window.wait_s(cost, now), window.limit.name) for window, cost in windows), default=(0.0, "")
            )
            if wait <= 0:
                break
            waited(wait, why)
            await asyncio.sleep(wait)
        for window, cost in windows:
            window.spend(cost, now)

    def learn(self, call: str, who: dict[str, str], scope: str, used: float) -> None:
        """Take over the usage that a reply's header states for the limit of this scope that the call counts in."""
        for window, _ in self._of(call, who):
            if window.limit.scope == scope:
                window.learn(used, time.monotonic())

    def shortest_s(self, call: str) -> float:
        """Seconds of the shortest window that the call counts in; 0 where it counts in none."""
        return min(
            (limit.seconds for limit in self._limits if not limit.costs or call in limit.costs), default=0.0
        )

    def close(self, call: str, who: dict[str, str], seconds: float) -> None:
        """Hold back every call that shares a limit with this one."""
        for window, _ in self._of(call, who):
            window.close(seconds, time.monotonic())
