"""What work in threads tells the app; only the app's handlers change what is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from textual.message import Message

from accesscfg.model.departure import Departure
from accesscfg.model.events import Event
from accesscfg.model.findings import Finding
from accesscfg.model.history import History
from accesscfg.model.plan import ApplyResult, Plan
from accesscfg_tui.viewmodel.board import Board


class Told(Message):
    """There is news of a reading."""


@dataclass
class Loaded(Message):
    """The declaration was read: its board, or why there is none; and the files that it is in."""

    board: Board | None
    findings: tuple[Finding, ...]
    files: Sequence[Path]


@dataclass
class Logged(Message):
    """Something was logged."""

    def can_replace(self, message: Message) -> bool:
        """One is enough for any number of lines."""
        return isinstance(message, Logged)


@dataclass
class HistoryRead(Message):
    """The audit trail was read."""

    history: History


@dataclass
class LookedBack(Message):
    """It is known when live addresses of a key (`path`) left the declaration, as far as anybody kept it."""

    path: str
    entries: frozenset[str]
    departures: Mapping[str, Departure]


@dataclass
class PlanMade(Message):
    """A reading is over; `whole`: it was not targeted."""

    plan: Plan
    whole: bool


@dataclass
class ReadingFailed(Message):
    """A reading ended without a plan."""

    error: BaseException
    targets: tuple[str, ...]


@dataclass
class Applied(Message):
    """An apply is over."""

    result: ApplyResult | None
    error: BaseException | None


@dataclass
class RunTold(Message):
    """An event of an apply."""

    event: Event


@dataclass
class Said(Message):
    """What a piece of work in a thread came to, for a person."""

    text: str
    severity: Literal["information", "warning", "error"] = "information"


@dataclass
class FilesJudged(Message):
    """Whether the files still declare what a plan was made from."""

    plan_id: str
    fits: bool
