"""Faults that a test orders: slow, refusing, breaking or lying exchanges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KINDS: Final = ("latency", "429", "5xx", "drop_before", "drop_after", "clock_skew")
ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, for requests of `exchange` to `path` ("*" stands for any).

    `skip` matching requests pass first, then the fault holds for `times` requests (None: until cleared). `ms`
    is the delay of `latency`, the time to wait of `429`, and how far ahead `clock_skew` puts the exchange's
    clock.
    """

    exchange: str
    path: str
    kind: str
    times: int | None = 1
    ms: int = 0
    skip: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}")
        if self.times is not None and self.times < 1:
            raise ValueError("times is 1 or more, or null for until cleared")
        if self.skip < 0:
            raise ValueError("skip is 0 or more")

    def fits(self, exchange: str, path: str) -> bool:
        return self.exchange in (ANY, exchange) and self.path in (ANY, path)


class Faults:
    """The faults in force, in the order they were ordered."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Fault, int]] = []  # with the number of matching requests seen so far

    def add(self, fault: Fault) -> None:
        self._waiting.append((fault, 0))

    def clear(self) -> None:
        self._waiting.clear()

    def __len__(self) -> int:
        """How many are still to hit, those in force until cleared included."""
        return len(self._waiting)

    def take(self, exchange: str, path: str) -> tuple[Fault, ...]:
        """The faults that hit this request; counts it."""
        if not self._waiting:
            return ()
        hits: list[Fault] = []
        left: list[tuple[Fault, int]] = []
        for fault, seen in self._waiting:
            if fault.fits(exchange, path):
                seen += 1
                if seen > fault.skip:
                    hits.append(fault)
            if fault.times is None or seen < fault.skip + fault.times:
                left.append((fault, seen))
        self._waiting = left
        return tuple(hits)
