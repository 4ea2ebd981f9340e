"""What the audit trail tells, line by line."""

from __future__ import annotations

from dataclasses import dataclass
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
