"""A plan under review: what of it is left out, what is unfolded, and whether it may still be applied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import Change, KeyResult, Plan, Refusal, by_key
from accesscfg.report.words import Words, numbers
from accesscfg_tui.viewmodel.blast import Blast, blast
from accesscfg_tui.viewmodel.rows import ListRow

FRESH = timedelta(minutes=10)  # what was read longer ago is read again before anything is written


@dataclass(frozen=True, slots=True)
class Index:
    """A plan's parts by what they are looked up by; made once, as there may be ten thousand keys."""

    keys: dict[KeyPath, KeyResult]
    changes: dict[KeyPath, list[Change]]
    refusals: dict[KeyPath, list[Refusal]]
    numbers: dict[str, str]  # by change id: what is shown for it

    @classmethod
    def of(cls, plan: Plan) -> Index:
        """Of a plan."""
        refusals: dict[KeyPath, list[Refusal]] = {}
        for one in plan.refusals:
            refusals.setdefault(one.key, []).append(one)
        return cls({key.path: key for key in plan.keys}, by_key(plan.changes), refusals, numbers(plan))


@dataclass(slots=True)
class Sheet:
    """One plan on the table. Changed by the app and its screen only; the plan itself never changes.

    `hash` is that of the declaration as the files have it now, "" where they cannot be read. `everything`: facets and
    addresses that stay are shown too. `held`: who holds the workspace, where another run does;
    `overtaken`: another run has changed keys of it since it was made.
    """

    plan: Plan
    words: Words
    hash: str
    ascii: bool = False
    everything: bool = False
    used: bool = False
    held: str = ""
    overtaken: bool = False
    left_out: set[KeyPath] = field(default_factory=set)
    folded: set[str] = field(default_factory=lambda: {"calm", "unseen"})
    _reach: tuple[frozenset[KeyPath], Blast] | None = None
    _index: Index | None = None
    _rows: dict[KeyPath, tuple[object, Sequence[ListRow]]] = field(default_factory=dict)

    @property
    def reach(self) -> Blast:
        """What applying it now would do."""
        chosen = frozenset(self.left_out)
        if self._reach is None or self._reach[0] != chosen:
            self._reach = (chosen, blast(self.plan, chosen))
        return self._reach[1]

    @property
    def index(self) -> Index:
        """Its parts by key."""
        if self._index is None:
            self._index = Index.of(self.plan)
        return self._index

    def rows_of(self, key: KeyPath, look: object, make: Callable[[], Sequence[ListRow]]) -> Sequence[ListRow]:
        """The rows of a key as they were made last, made anew where they are to look otherwise than then."""
        kept = self._rows.get(key)
        if kept is None or kept[0] != look:
            kept = self._rows[key] = (look, make())
        return kept[1]

    def stale(self, now: datetime) -> str:
        """Why it may not be applied any more; empty where it may."""
        if self.used:
            return "it was applied already"
        if self.hash != self.plan.declaration_hash:
            return "the files have changed since it was made"
        if self.overtaken:
            return "another run has changed keys of it since"
        if now - self.plan.made_at > FRESH:
            return f"it is older than {FRESH.seconds // 60} minutes"
        return ""

    def in_the_way(self, now: datetime) -> str:
        """Why nothing of it can be applied, in one sentence; empty where something can."""
        if stale := self.stale(now):
            return f"this plan cannot be applied: {stale}; r makes it anew"
        if self.held:
            return f"nothing can be applied now: {self.held}"
        if self.plan.violations:
            return "a policy of this workspace forbids what it leads to; change the declaration first"
        if not self.reach.changes:
            if self.left_out:
                return "nothing is left that is made by API: space takes keys in again"
            return (
                "nothing in it is made by API; m leads through the website"
                if self.plan.changes
                else ("there is nothing to change")
            )
        return ""

    def leave_out(self, key: KeyPath) -> None:
        """Leave a key out, or take it in again."""
        if key in self.left_out:
            self.left_out.discard(key)
        else:
            self.left_out.add(key)

    def fold(self, name: str) -> None:
        """Fold or unfold a part."""
        if name in self.folded:
            self.folded.discard(name)
        else:
            self.folded.add(name)
