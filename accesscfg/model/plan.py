"""The plan and the result of applying it: what differs, what would change it, and what then happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from accesscfg.model.attestation import Statement
from accesscfg.model.findings import Finding
from accesscfg.model.observed import Facet, FacetValue, Observation, UndeclaredKey, UndeclaredSub
from accesscfg.model.origins import Origin, PoolChange
from accesscfg.model.paths import KeyPath

FORMAT_VERSION = 1


class FacetState(StrEnum):
    """How a facet stands to its declaration."""

    IN_SYNC = "in_sync"
    DRIFT = "drift"
    CONSISTENT = "consistent"  # agrees as far as it is visible
    ATTESTED = "attested"
    UNOBSERVABLE = "unobservable"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    """What a change does to access."""

    GRANTS = "grants"
    REVOKES = "revokes"
    NEUTRAL = "neutral"


class Means(StrEnum):
    """How a change can be made."""

    API = "api"
    MANUAL = "manual"
    BLOCKED = "blocked"


class Guard(StrEnum):
    """The guards by kind; each is lifted for one key by `--allow GUARD=KEY`."""

    LAST_ADDRESS = "last-address"
    OWN_ADDRESS = "own-address"
    GRANT_WITHDRAW = "grant-withdraw"
    LIFT_RESTRICTION = "lift-restriction"
    MANAGING_KEY = "managing-key"
    INTERRUPT = "interrupt"


class Lifecycle(StrEnum):
    """The word for a key's clocks."""

    OK = "ok"
    EXTEND = "extend"  # expires soon
    RENEW = "renew"  # expired
    FIX = "fix"  # no trusted IPs where the exchange or a policy wants them


@dataclass(frozen=True, slots=True)
class LifecycleWord:
    """The lifecycle of one key, with the reason and the date it turns on."""

    word: Lifecycle
    why: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Partial:
    """A value of which only the flag is known (`restricted` or not); stands in `before` and `live`."""

    restricted: bool


@dataclass(frozen=True, slots=True)
class PartialRights:
    """Rights of which only some are known to be there or not; stands in `before`, `after` and `live`."""

    present: frozenset[str]
    absent: frozenset[str]


ChangeValue = FacetValue | Partial | PartialRights | None


@dataclass(frozen=True, slots=True)
class Change:
    """One planned step.

    `before` and `after` are whole values of the facet, adjoining from step to step; `gone` and `new` what differs.
    `step` orders the changes of the whole plan; `waits_for` names changes that must be done first. `origins` says
    where the addresses of the key's list are from.
    """

    id: str
    step: int
    key: KeyPath
    facet: Facet
    before: ChangeValue
    after: ChangeValue
    direction: Direction
    means: Means
    reason: str
    waits_for: tuple[str, ...] = ()
    gone: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()
    origins: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FacetResult:
    """One facet of one key: its state, what is wanted, what was seen, and why.

    `attestation` is there where the state is `attested`, and nowhere else.
    """

    facet: Facet
    state: FacetState
    wanted: ChangeValue
    seen: Observation
    why: str = ""
    attestation: Statement | None = None


@dataclass(frozen=True, slots=True)
class KeyResult:
    """One declared key in a plan. `hash` covers its compared facets, wanted and seen."""

    path: KeyPath
    exchange: str
    scope: str
    used_by: str | None
    signed_by: KeyPath | None
    facets: tuple[FacetResult, ...]
    lifecycle: LifecycleWord | None  # None: the key was not seen, so nothing vouches for its clocks
    hash: str
    notes: tuple[str, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)

    @property
    def states(self) -> frozenset[FacetState]:
        """The states of its facets."""
        return frozenset(result.state for result in self.facets)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A guard that says no to a change; `allow` is the option that lifts it."""

    guard: Guard
    key: KeyPath
    change: str
    why: str

    @property
    def allow(self) -> str:
        """The consent by name."""
        return f"--allow {self.guard}={self.key}"


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of a plan."""

    keys: int
    facets: Mapping[FacetState, int]
    changes: int
    grants: int
    revokes: int
    api: int
    manual: int
    blocked: int
    undeclared_keys: int
    undeclared_subs: int


@dataclass(frozen=True, slots=True)
class Plan:
    """All that differs between the declaration and the live exchanges, and the steps that would remove it.

    `unknown` are sentences about what could not be asked; `violations` the policies that are broken; `refusals` the
    guards that would refuse to apply it as it is.
    """

    id: str
    made_at: datetime
    version: str
    workspace: str
    declaration_hash: str
    targets: tuple[str, ...]
    keys: tuple[KeyResult, ...]
    changes: tuple[Change, ...]
    undeclared_keys: tuple[UndeclaredKey, ...] = ()
    undeclared_subs: tuple[UndeclaredSub, ...] = ()
    notes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    violations: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    sandbox: bool = False
    pools: tuple[PoolChange, ...] = ()

    def changes_of(self, path: KeyPath) -> tuple[Change, ...]:
        """The changes of one key, in order."""
        return tuple(change for change in self.changes if change.key == path)

    def summary(self) -> Summary:
        """The counts shown at the end of every rendering."""
        states = Counter(result.state for key in self.keys for result in key.facets)
        means = Counter(change.means for change in self.changes)
        directions = Counter(change.direction for change in self.changes)
        return Summary(
            keys=len(self.keys),
            facets={state: states[state] for state in FacetState},
            changes=len(self.changes),
            grants=directions[Direction.GRANTS],
            revokes=directions[Direction.REVOKES],
            api=means[Means.API],
            manual=means[Means.MANUAL],
            blocked=means[Means.BLOCKED],
            undeclared_keys=len(self.undeclared_keys),
            undeclared_subs=len(self.undeclared_subs),
        )


class Outcome(StrEnum):
    """What became of a change."""

    DONE = "done"  # the read-back says so
    FAILED = "failed"  # it was tried and is not in effect
    UNKNOWN = "unknown"  # it was tried, and nothing can say whether it is in effect
    MOVED = "moved"  # not tried: the key had changed since the plan was made
    SKIPPED = "skipped"  # not tried: an earlier change of the same key was not done
    WAITS = "waits"  # not tried: it waits for a step that a person must do
    NOT_TRIED = "not_tried"  # the run ended before it, or `--only` left it out
    MANUAL = "manual"  # a person must do it
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """The outcome of one change, with the reason where it is not `done`."""

    change: Change
    outcome: Outcome
    why: str = ""


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """What an apply did, per change. `writes` counts the writing requests sent; `interrupted`: it was stopped."""

    plan: Plan
    results: tuple[ChangeResult, ...]
    writes: int
    interrupted: bool = False
    stopped_at: str = ""

    def count(self, *outcomes: Outcome) -> int:
        """How many changes had one of these outcomes."""
        return sum(1 for result in self.results if result.outcome in outcomes)


def plan_exit_code(plan: Plan, *, detailed: bool, status: bool = False) -> int:
    """The exit code of `plan` and `status`: 4 for a broken policy (`plan` only), then 3, 2, 0."""
    if plan.violations and not status:
        return 4
    counts = plan.summary().facets
    if plan.unknown or counts[FacetState.UNKNOWN]:
        return 3
    loose = (FacetState.DRIFT, FacetState.UNOBSERVABLE, FacetState.CONSISTENT)
    if detailed and (any(counts[state] for state in loose) or plan.changes):
        return 2
    return 0


def apply_exit_code(result: ApplyResult) -> int:
    """The exit code of `apply`: 5, then 130 when stopped before any write, then 3, 2, 0."""
    if result.count(Outcome.FAILED, Outcome.UNKNOWN, Outcome.MOVED, Outcome.SKIPPED):
        return 5
    if result.interrupted:
        return 5 if result.writes else 130
    if plan_exit_code(result.plan, detailed=False, status=True) == 3:
        return 3
    if result.count(Outcome.MANUAL, Outcome.BLOCKED, Outcome.WAITS, Outcome.NOT_TRIED):
        return 2
    return 0


def by_key(changes: Iterable[Change]) -> dict[KeyPath, list[Change]]:
    """Changes grouped by key, order kept."""
    grouped: dict[KeyPath, list[Change]] = {}
    for change in changes:
        grouped.setdefault(change.key, []).append(change)
    return grouped
