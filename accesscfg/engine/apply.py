"""Make the changes of a plan: re-read, write, read back, record; one account in sequence, accounts at the same time.

A change is done when the read-back says so. A write whose outcome is not known is read, never repeated. What one key
or account runs into never stops the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from accesscfg.engine.callers import not_callable
from accesscfg.engine.compare import compare, key_hash
from accesscfg.engine.keyring import Keyring
from accesscfg.engine.match import Unsure, match
from accesscfg.engine.observe import guarded, with_presence
from accesscfg.engine.steps import whitelist_of
from accesscfg.exchanges.base import KeyRef, Provider, Target, WriteCalls
from accesscfg.model.desired import Declaration, DesiredAccount, DesiredKey, DesiredSub, Egress
from accesscfg.model.errors import AccesscfgError, ExchangeError, Trouble
from accesscfg.model.events import ChangeEnded, ChangeStarted, Listener
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist, overlap, sorted_entries
from accesscfg.model.observed import Facet, KeyReading, LiveKey, Observed
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import (
    ApplyResult,
    Change,
    ChangeResult,
    Direction,
    KeyResult,
    Means,
    Outcome,
    Plan,
)
from accesscfg.secrets import Credential

# an exchange may show a write a little later; then its absence is believed
SETTLE_S = (0.0, 0.3, 0.7, 1.5)
NOT_DONE = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.MOVED, Outcome.SKIPPED)

Only = Literal["grants", "revokes"] | None


class CountedCalls(WriteCalls, Protocol):
    """Writing calls that count what left."""

    sent: int


class WritingLines(Protocol):
    """Where signed writing calls come from."""

    def provider(self, exchange: str) -> Provider:
        """The provider of an exchange."""

    def writing(
        self, account: DesiredAccount, egress: Egress, credential: Credential, key: str
    ) -> CountedCalls:
        """Calls signed with a key. Raises ExchangeError when it cannot sign."""


class Recorder(Protocol):
    """Keeps what was done, safe on the disk before the call returns."""

    def intent(self, changes: Sequence[Change]) -> None:
        """These changes are about to be written."""

    def outcome(self, results: Sequence[ChangeResult]) -> None:
        """This became of them."""


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that applying one plan needs; changes of keys that are `left_out` are not tried."""

    plan: Plan
    declaration: Declaration
    keyring: Keyring
    lines: WritingLines
    recorder: Recorder
    on_event: Listener
    stop: asyncio.Event
    only: Only = None
    left_out: frozenset[KeyPath] = frozenset()


async def apply(run: Run) -> ApplyResult:
    """Make every change that can be made by API. Never raises for what an exchange does."""
    accounts = {change.key.account for change in run.plan.changes}
    visits = [_Visit(run, account) for account in run.declaration.accounts if account.name in accounts]
    ends = await asyncio.gather(*(visit.run_all() for visit in visits), return_exceptions=True)
    for end in ends:  # only after every account has ended between two calls
        if isinstance(end, BaseException):
            raise end
    by_id = {result.change.id: result for visit in visits for result in visit.results.values()}
    stopped = [visit.stopped_at for visit in visits if visit.stopped_at]
    return ApplyResult(
        plan=run.plan,
        results=tuple(by_id[change.id] for change in run.plan.changes),
        writes=sum(calls.sent for visit in visits for calls in visit.calls.values()),
        interrupted=bool(stopped),
        stopped_at="; ".join(stopped),
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """A key as just read."""

    path: KeyPath
    live: LiveKey
    hash: str


@dataclass(slots=True)
class _Visit:
    """One account's changes, in order."""

    run: Run
    account: DesiredAccount
    results: dict[str, ChangeResult] = field(default_factory=dict)
    calls: dict[KeyPath, CountedCalls] = field(default_factory=dict)
    stopped_at: str = ""
    _last: _Held | None = None  # the read-back of the write just made serves as the re-read of the next
    _left_as: dict[KeyPath, str] = field(default_factory=dict)  # the hash our own last write left a key with
    _keys: dict[KeyPath, DesiredKey] = field(default_factory=dict)

    @property
    def provider(self) -> Provider:
        return self.run.lines.provider(self.account.exchange)

    async def run_all(self) -> None:
        self._keys = {key.path: key for key in self.account.all_keys()}
        changes = [change for change in self.run.plan.changes if change.key.account == self.account.name]
        while changes:
            batch = self._next_batch(changes)
            changes = changes[len(batch) :]
            if self.run.stop.is_set():
                self._stop_before(batch)
            elif len(batch) == 1 and (outcome := self._not_ours(batch[0])) is not None:
                self._end([outcome])
            else:
                await self._make(batch)

    def _next_batch(self, changes: Sequence[Change]) -> Sequence[Change]:
        """The adjoining changes that one call can carry: rights taken and given, or whatever goes together."""
        first = changes[0]
        rule = self.provider.profile.writes.get(self._keys[first.key].scope)
        if rule is None or self._not_ours(first) is not None:
            return changes[:1]
        size = 1
        while (
            size < len(changes)
            and changes[size].key == first.key
            and (rule.together or first.facet is changes[size].facet is Facet.PERMISSIONS)
            and self._not_ours(changes[size], {change.id for change in changes[:size]}) is None
        ):
            size += 1
        return changes[:size]

    def _not_ours(
        self, change: Change, with_it: set[str] | frozenset[str] = frozenset()
    ) -> ChangeResult | None:
        """The outcome of a change that is not to be tried; None for one that is."""
        if change.means is Means.MANUAL:
            return ChangeResult(change, Outcome.MANUAL, change.reason)
        if change.means is Means.BLOCKED:
            return ChangeResult(change, Outcome.BLOCKED, change.reason)
        if self.run.only is not None and change.direction is not Direction(self.run.only):
            return ChangeResult(change, Outcome.NOT_TRIED, f"left out by --only {self.run.only}")
        if change.key in self.run.left_out:
            return ChangeResult(change, Outcome.NOT_TRIED, "its key was left out")
        for other in change.waits_for:
            if other in with_it:
                continue
            earlier = self.results.get(other)
            if earlier is None or earlier.outcome is Outcome.DONE:
                continue
            if earlier.outcome in NOT_DONE:
                return ChangeResult(change, Outcome.SKIPPED, f"{other} before it was not done")
            if not self._may_go_alone(change):
                return ChangeResult(change, Outcome.WAITS, f"it waits for {other}")
        return None

    def _may_go_alone(self, change: Change) -> bool:
        """Whether addresses may leave although those that come were left out: when some that stay are left, and none
        that comes is part of what leaves, for that may be used now and stays allowed."""
        if self.run.only != "revokes" or not isinstance(change.after, Addresses) or change.new:
            return False
        earlier = [self.results[other].change for other in change.waits_for if other in self.results]
        if any(one.key != change.key or one.facet is not Facet.IP_WHITELIST for one in earlier):
            return False
        left_out = frozenset[str]().union(
            *(one.new for one in earlier if self.results[one.id].outcome is Outcome.NOT_TRIED)
        )
        return bool(change.after.entries - left_out) and not overlap(change.gone, left_out)

    def _stop_before(self, batch: Sequence[Change]) -> None:
        if not self.stopped_at:
            self.stopped_at = f"before {batch[0].id} on {batch[0].key}"
        for change in batch:
            if change.means is Means.API:
                result = ChangeResult(change, Outcome.NOT_TRIED, "the run was stopped before it")
            else:
                result = self._not_ours(change) or ChangeResult(change, Outcome.NOT_TRIED)
            self._end([result])

    def _end(self, results: Sequence[ChangeResult]) -> None:
        for result in results:
            self.results[result.change.id] = result
            self.run.on_event(ChangeEnded(result))

    async def _make(self, batch: Sequence[Change]) -> None:
        """Re-read, write, read back, record."""
        key = self._keys[batch[0].key]
        try:
            calls = self._calls_for(key)
            held = self._last
            if held is None or held.path != key.path:
                held = await self._read(key, calls)
                if self.run.stop.is_set():  # meanwhile: this was only read
                    self._stop_before(batch)
                    return
        except ExchangeError as error:
            self._end_all(
                batch, Outcome.FAILED, f"nothing was written: it could not be re-read ({error.what})"
            )
            return
        if held.hash != self._left_as.get(key.path, self._planned(key).hash):
            self._end_all(batch, Outcome.MOVED, "the key has changed since the plan was made; plan again")
            return
        batch = _from_here(held.live, batch)
        target = _target(held.live, batch)
        try:
            self.run.recorder.intent(batch)
        except AccesscfgError as error:  # no record, no write; the other accounts end between two calls
            self.run.stop.set()
            self._end(
                [
                    ChangeResult(change, Outcome.FAILED, f"nothing was written: {error.what}")
                    for change in batch
                ]
            )
            return
        for change in batch:
            self.run.on_event(ChangeStarted(change))
        refused = await self._write(key, calls, held.live, target)
        self._record(await self._read_back(key, calls, batch, target, refused, held.live))

    def _end_all(self, batch: Sequence[Change], outcome: Outcome, why: str) -> None:
        self._record([ChangeResult(change, outcome, why) for change in batch])

    def _record(self, results: Sequence[ChangeResult]) -> None:
        try:
            self.run.recorder.outcome(results)
        except AccesscfgError as error:
            self.run.stop.set()
            results = [replace(one, why=f"{one.why}; {error.what}".lstrip("; ")) for one in results]
        self._end(results)

    def _planned(self, key: DesiredKey) -> KeyResult:
        return next(result for result in self.run.plan.keys if result.path == key.path)

    def _calls_for(self, key: DesiredKey) -> CountedCalls:
        signer = self._keys[key.managed_by or key.path]
        if (why := not_callable(self.account, signer, self.provider.profile)) is not None:
            raise ExchangeError(Trouble.ADDRESS, f"{signer.path} is {why}")
        if signer.path not in self.calls:
            self.calls[signer.path] = self.run.lines.writing(
                self.account, self.account.egress_of(signer), self.run.keyring.of(signer), str(signer.path)
            )
        return self.calls[signer.path]

    async def _read(self, key: DesiredKey, calls: CountedCalls) -> _Held:
        """The key as it is now. Raises ExchangeError when it cannot be told."""
        if key.managed_by is None:
            own = await guarded(self.provider.own_key(calls, key.scope))
            live = own.key
        else:
            live = await self._listed(key, calls)
        reading = KeyReading(with_presence(live), live)
        return _Held(key.path, live, key_hash(compare(key, reading, self.provider.profile)))

    async def _listed(self, key: DesiredKey, calls: CountedCalls) -> LiveKey:
        sub = self._sub_of(key)
        ids = {one.path: full for one in sub.keys if (full := self.run.keyring.id_of(one)) is not None}
        own_id = ids.get(key.path)
        listing = await guarded(self.provider.sub_keys(calls, sub.id, None if own_id is None else [own_id]))
        found = match(sub.keys, ids, listing).found[key.path]
        if found is None or isinstance(found, Unsure):
            raise ExchangeError(Trouble.REPLY, "the listing does not have it any more")
        return found

    def _sub_of(self, key: DesiredKey) -> DesiredSub:
        return next(sub for sub in self.account.subs if sub.name == key.path.sub)

    async def _write(
        self, key: DesiredKey, calls: CountedCalls, live: LiveKey, target: Target
    ) -> ExchangeError | None:
        sub = self.account.sub(key.path.sub)
        ref = KeyRef(
            scope=key.scope,
            sub_id=None if sub is None else sub.id,
            key_id=live.key_id,
            by_self=key.managed_by is None,
            passphrase=self.run.keyring.passphrase_of(key),
        )
        before = calls.sent
        try:
            await guarded(self.provider.write(calls, ref, live, target))
        except ExchangeError as error:
            if error.trouble is Trouble.REPLY and calls.sent > before:
                error.ambiguous = True  # it was sent; only its answer is odd
            return error
        return None

    async def _read_back(
        self,
        key: DesiredKey,
        calls: CountedCalls,
        batch: Sequence[Change],
        target: Target,
        refused: ExchangeError | None,
        before: LiveKey,
    ) -> list[ChangeResult]:
        """What the exchange shows now decides; a clear refusal is looked at once, anything else until it settles.

        `before` is the key as it was read for the write.

        A write that may have taken effect and does not show may still arrive: that is unknown, not failed.
        """
        self._last = held = None
        trouble = ""
        for pause in SETTLE_S:
            await asyncio.sleep(pause)
            try:
                held = await self._read(key, calls)
            except ExchangeError as error:
                held, trouble = None, error.what  # what was shown before this is no answer any more
                continue
            if all(_is_done(change, held.live, target) for change in batch):
                break
            if refused is not None and not refused.ambiguous:
                break
        if held is None:
            why = f"it was sent, and what became of it could not be read ({trouble})"
            return [ChangeResult(change, Outcome.UNKNOWN, why) for change in batch]
        self._left_as[key.path] = held.hash
        missing = Outcome.FAILED
        why = "the exchange took it, but does not show it" if refused is None else refused.what
        if refused is not None and refused.ambiguous:
            missing, why = Outcome.UNKNOWN, f"{refused.what}; it does not show, and may still take effect"
        results = [
            ChangeResult(change, Outcome.DONE)
            if _is_done(change, held.live, target)
            else ChangeResult(change, missing, f"{why}{_in_part(change, before, held.live)}")
            for change in batch
        ]
        if all(result.outcome is not Outcome.UNKNOWN for result in results):
            self._last = held
        return results


def _from_here(live: LiveKey, batch: Sequence[Change]) -> list[Change]:
    """The changes with the values they really start from and lead to; `--only` may have left out what came before."""
    permissions, whitelist = live.permissions(), live.whitelist()
    moved = []
    for change in batch:
        if change.facet is Facet.PERMISSIONS and permissions is not None:
            after = (permissions - change.gone) | change.new
            moved.append(replace(change, before=permissions, after=after))
            permissions = after
        elif change.facet is Facet.IP_WHITELIST and whitelist is not None:
            led_to = _moved(whitelist, change)
            moved.append(replace(change, before=whitelist, after=led_to))
            whitelist = led_to
        else:
            moved.append(change)
    return moved


def _target(live: LiveKey, batch: Sequence[Change]) -> Target:
    """The whole state after these changes; what none of them names is as last read."""
    after = {change.facet: change.after for change in batch}
    permissions = after.get(Facet.PERMISSIONS, live.permissions())
    whitelist = after.get(Facet.IP_WHITELIST, live.whitelist())
    return Target(
        permissions if isinstance(permissions, frozenset) else frozenset(),
        whitelist if isinstance(whitelist, Unrestricted | Addresses | AppBound) else None,
        str(after[Facet.LABEL]) if Facet.LABEL in after else live.label,
    )


def _moved(whitelist: Whitelist, change: Change) -> Whitelist | None:
    """The whitelist with this change made to it."""
    sides = (whitelist, change.before, change.after)
    if isinstance(whitelist, Addresses) and all(isinstance(side, Addresses) for side in sides):
        return Addresses((whitelist.entries - change.gone) | change.new)
    return whitelist_of(change)


def _is_done(change: Change, live: LiveKey, target: Target) -> bool:
    """Whether the live key shows this change in effect."""
    match change.facet:
        case Facet.PERMISSIONS:
            held = live.permissions()
            return held is not None and change.new <= held and not change.gone & held
        case Facet.IP_WHITELIST:
            return _whitelist_is_done(change, live.whitelist(), target)
        case Facet.LABEL:
            return live.label == change.after
        case _:
            seen = live.facets.get(change.facet)
            return isinstance(seen, Observed) and seen.value == change.after


def _in_part(change: Change, before: LiveKey, now: LiveKey) -> str:
    """That some of a change which takes several calls was made, for its report; empty where none of it was."""
    sides: list[frozenset[str]] = []
    for live in (before, now):
        held = live.permissions() if change.facet is Facet.PERMISSIONS else live.whitelist()
        entries = held.entries if isinstance(held, Addresses) else held
        sides.append(entries if isinstance(entries, frozenset) else frozenset())
    old, new = sides
    coming = change.after.entries if isinstance(change.after, Addresses) else change.new
    leaving = change.gone or (old if isinstance(change.after, Unrestricted) else frozenset())
    made = ((new - old) & coming) | ((old - new) & leaving)
    if change.facet not in (Facet.PERMISSIONS, Facet.IP_WHITELIST) or not made:
        return ""
    return f"; it was made in part ({', '.join(sorted_entries(made))}), plan again for the rest"


def _whitelist_is_done(change: Change, live: Whitelist | None, target: Target) -> bool:
    if live == target.whitelist:
        return True
    if not isinstance(live, Addresses) or not isinstance(change.after, Addresses):
        return False
    if isinstance(change.before, Unrestricted):
        return live == change.after
    return change.new <= live.entries and not change.gone & live.entries
