"""What a run tells about itself while it works; the command line shows progress from it, the TUI fills its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accesscfg.model.observed import KeyReading
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import Change, ChangeResult, KeyResult


@dataclass(frozen=True, slots=True)
class Opening:
    """The secrets files are about to be decrypted."""

    files: int


@dataclass(frozen=True, slots=True)
class ReadingStarted:
    """The exchanges are about to be asked about this many accounts and keys."""

    accounts: int
    keys: int


@dataclass(frozen=True, slots=True)
class KeyRead:
    """One declared key was read (or could not be)."""

    path: KeyPath
    reading: KeyReading


@dataclass(frozen=True, slots=True)
class KeyCompared:
    """One declared key was compared with what was read; `changes` have no place in a plan yet.

    Comes once all answers of its account are there, for those who show rows before the plan is whole.
    """

    result: KeyResult
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class AccountRead:
    """Nothing more will be asked about this account."""

    account: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call waits for a rate limit or a Retry-After."""

    account: str
    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class ChangeStarted:
    """A change is about to be written."""

    change: Change


@dataclass(frozen=True, slots=True)
class ChangeEnded:
    """A change has its outcome."""

    result: ChangeResult


Event = Opening | ReadingStarted | KeyRead | KeyCompared | AccountRead | Waiting | ChangeStarted | ChangeEnded
Listener = Callable[[Event], None]


def nobody(event: Event) -> None:
    """A listener that ignores every event."""
