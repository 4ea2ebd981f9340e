"""What the audit trail tells, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accesscfg.model.observed import Facet
from accesscfg.model.plan import ChangeValue, Direction, Outcome


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the audit trail; `line` counts from 1, `at` is in UTC.

    `event` is the trail's word: `begin` and `end` of an apply (`plan`, `allow`, `writes`), `intent` and `outcome` of a
    change, `attest` and `attested` of an attestation (`by`, `says`), `edit` and `edited` of the declaration's files
    (`says`). What a line does not say is empty, and None for what has no empty form.
    """

    line: int
    at: datetime | None
    who: str
    event: str
    key: str = ""
    facet: Facet | None = None
    direction: Direction | None = None
    before: ChangeValue = None
    after: ChangeValue = None
    outcome: Outcome | None = None
    why: str = ""
    change: str = ""
    plan: str = ""
    allow: tuple[str, ...] = ()
    writes: int | None = None
    by: str = ""
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """The newest lines of the trail, the newest first, and where its chain does not hold, as sentences."""

    records: tuple[Record, ...]
    problems: tuple[str, ...] = ()

    def with_ends(self, *, under_way: bool) -> History:
        """The same, but what a run announced and never ended is an outcome that is not known.

        `under_way`: a run holds the workspace now, so what the last one announced may still end.
        """
        broken, open_still = _unended(self.records)
        lines = broken if under_way else broken | open_still
        told = (_not_known(one) if one.line in lines else one for one in self.records)
        return replace(self, records=tuple(told))


def _unended(records: Sequence[Record]) -> tuple[set[int], set[int]]:
    """The lines of changes that were announced and have no outcome: of runs that another one follows, and of the last.

    One run at a time holds the workspace.
    """
    broken: set[int] = set()
    announced: dict[str, int] = {}
    for one in reversed(records):
        if one.event in ("begin", "end"):
            broken.update(announced.values())
            announced.clear()
        elif one.event == "intent":
            announced[one.change] = one.line
        elif one.event == "outcome":
            announced.pop(one.change, None)
    return broken, set(announced.values())


def _not_known(record: Record) -> Record:
    why = "the run ended before the exchange's answer was written down; a reading shows what is live now"
    return replace(record, event="outcome", outcome=Outcome.UNKNOWN, why=why)
