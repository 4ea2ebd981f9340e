"""The changes of one key, from its differences: adjoining values, direction, means. Pure.

A state is a set of (permission, address) pairs. Every state on the way holds only pairs of before or after, and every
pair that is in both; so rights are revoked, addresses added, addresses removed, rights granted, in that order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from accesscfg.engine.compare import live_whitelist, permission_difference, probed_difference
from accesscfg.model.canonical import digest, encode
from accesscfg.model.desired import DesiredKey
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist, sorted_entries
from accesscfg.model.observed import Facet, LiveKey, Observed, Probed
from accesscfg.model.plan import (
    Change,
    ChangeValue,
    Direction,
    FacetResult,
    FacetState,
    Means,
    Partial,
    PartialRights,
)
from accesscfg.model.profile import FacetRule, Permission, Profile, WriteRule


@dataclass(frozen=True, slots=True)
class Signer:
    """The key that would sign writes for a key: by which role, and what it holds as far as it was seen.

    `barred` says why it must not be called from here; empty where it may be.
    """

    name: str
    role: str  # "self" or "manager"
    live: LiveKey | None
    barred: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """One key and all that deciding about its changes needs; `has_passphrase`: its own one is at hand."""

    key: DesiredKey
    results: tuple[FacetResult, ...]
    live: LiveKey | None
    profile: Profile
    signer: Signer | None
    has_passphrase: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A change before it has its place in the plan. `rank` orders within the key; equal facets adjoin."""

    rank: int
    facet: Facet
    before: ChangeValue
    after: ChangeValue
    direction: Direction
    means: Means
    reason: str
    gone: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()


_APP_BOUND = "a key bound to an application cannot be edited; make a new one on the website"
# the order within a key; address steps keep the order they were made in
REVOKE, ADDRESSES, GRANT, OTHER = range(4)


def changes_of(subject: Subject) -> tuple[Change, ...]:
    """The changes of one key in the order they must be made; `step` counts from 0 within the key."""
    drafts = [_held_back(subject, draft) for result in subject.results for draft in _drafts(subject, result)]
    drafts.sort(key=lambda draft: draft.rank)
    changes: list[Change] = []
    for step, draft in enumerate(drafts):
        name = digest(
            str(subject.key.path),
            draft.facet,
            draft.direction,
            encode(draft.before),
            encode(draft.after),
            step,
        )
        waits = tuple(
            done.id for done, earlier in zip(changes, drafts, strict=False) if _must_follow(draft, earlier)
        )
        changes.append(
            Change(
                id=f"c{name[:10]}",
                step=step,
                key=subject.key.path,
                facet=draft.facet,
                before=draft.before,
                after=draft.after,
                direction=draft.direction,
                means=draft.means,
                reason=draft.reason,
                waits_for=waits,
                gone=draft.gone,
                new=draft.new,
            )
        )
    return tuple(changes)


def _held_back(subject: Subject, draft: Draft) -> Draft:
    """Rights reach from every address and addresses reach every right: neither is given while the other could not be
    read, for it might differ too."""
    other = {Facet.PERMISSIONS: Facet.IP_WHITELIST, Facet.IP_WHITELIST: Facet.PERMISSIONS}.get(draft.facet)
    unread = any(result.facet is other and result.state is FacetState.UNKNOWN for result in subject.results)
    if draft.direction is not Direction.GRANTS or draft.means is not Means.API or not unread:
        return draft
    reason = f"its {other} could not be read, and nothing more is given before it is"
    return replace(draft, means=Means.BLOCKED, reason=reason)


def _must_follow(draft: Draft, earlier: Draft) -> bool:
    """Whether making `draft` while `earlier` is not made could hold a pair of neither before nor after, or cut off."""
    if draft.facet is Facet.IP_WHITELIST and earlier.facet is Facet.IP_WHITELIST:
        return True
    return draft.direction is Direction.GRANTS and earlier.direction is Direction.REVOKES


def _drafts(subject: Subject, result: FacetResult) -> Iterator[Draft]:
    if result.state is not FacetState.DRIFT:
        return
    if result.facet is Facet.PRESENCE:
        yield _presence(subject, result)
    elif result.facet is Facet.PERMISSIONS:
        yield from _permissions(subject, result)
    elif result.facet is Facet.IP_WHITELIST:
        yield from _whitelist(subject, result)
    else:
        yield _plain(subject, result)


def _presence(subject: Subject, result: FacetResult) -> Draft:
    absent = subject.key.absent
    rule = subject.profile.facets[subject.key.scope].get(Facet.PRESENCE)
    means, reason = Means.BLOCKED, "this version does not create or delete keys by API"
    if rule is not None and rule.write == "manual":
        means, reason = Means.MANUAL, _by_hand(subject, Facet.PRESENCE)
    return Draft(
        rank=OTHER,
        facet=Facet.PRESENCE,
        before=not result.wanted,
        after=result.wanted,
        direction=Direction.REVOKES if absent else Direction.GRANTS,
        means=means,
        reason=reason,
    )


def _plain(subject: Subject, result: FacetResult) -> Draft:
    live = result.seen.value if isinstance(result.seen, Observed) else None
    direction = Direction.NEUTRAL
    if result.facet is Facet.ENABLED:
        direction = Direction.GRANTS if result.wanted else Direction.REVOKES
    means, reason = _means(subject, result.facet)
    return Draft(OTHER, result.facet, live, result.wanted, direction, means, reason)


def _permissions(subject: Subject, result: FacetResult) -> Iterator[Draft]:
    if isinstance(result.seen, Probed):
        yield from _probed_permissions(subject, result, result.seen)
        return
    current = result.seen.value if isinstance(result.seen, Observed) else None
    wanted = result.wanted
    if not isinstance(current, frozenset) or not isinstance(wanted, frozenset):
        return
    gone, new = permission_difference(wanted, current, subject.key.scope, subject.profile)
    for means, reason, natives in _by_means(subject, gone):
        after = current - natives
        yield Draft(REVOKE, result.facet, current, after, Direction.REVOKES, means, reason, gone=natives)
        current = after
    for means, reason, natives in _by_means(subject, new):
        after = current | natives
        yield Draft(GRANT, result.facet, current, after, Direction.GRANTS, means, reason, new=natives)
        current = after


def _probed_permissions(subject: Subject, result: FacetResult, seen: Probed) -> Iterator[Draft]:
    """The rights that are certainly too much or missing; what nobody saw is not part of any value."""
    wanted, current = result.wanted, PartialRights(seen.present, seen.absent)
    if not isinstance(wanted, frozenset):
        return
    gone, new = probed_difference(wanted, seen.present, seen.absent, subject.key.scope, subject.profile)
    reason = _by_hand(subject, Facet.PERMISSIONS)
    if gone:
        after = PartialRights(current.present - gone, current.absent | gone)
        yield Draft(REVOKE, result.facet, current, after, Direction.REVOKES, Means.MANUAL, reason, gone=gone)
        current = after
    if new:
        after = PartialRights(current.present | new, current.absent - new)
        yield Draft(GRANT, result.facet, current, after, Direction.GRANTS, Means.MANUAL, reason, new=new)


def _by_means(subject: Subject, natives: frozenset[str]) -> Iterator[tuple[Means, str, frozenset[str]]]:
    """The natives grouped by how they can be changed, those by API first."""
    by_api, by_hand, fixed, unknown = set(), set(), set(), set()
    for native in natives:
        entry = subject.profile.permission(native, subject.key.scope)
        if entry is None:
            unknown.add(native)
        elif _is_fixed(subject, entry):
            fixed.add(native)
        elif entry.write.get(subject.key.scope) == "api":
            by_api.add(native)
        else:
            by_hand.add(native)
    if by_api:
        means, reason = _means(subject, Facet.PERMISSIONS)
        if means is Means.MANUAL:  # in the same form as what is always changed there
            by_api, by_hand = by_api | by_hand, set()
        yield means, reason, frozenset(by_api)
    if by_hand:
        yield Means.MANUAL, _by_hand(subject, Facet.PERMISSIONS), frozenset(by_hand)
    if fixed:
        reason = f"{subject.profile.name} fixes it when a key is made: make a new key as declared and delete this one"
        yield Means.MANUAL, reason, frozenset(fixed)
    if unknown:
        reason = f"this version does not know the right; see what {subject.profile.name}'s website says of it"
        yield Means.MANUAL, reason, frozenset(unknown)


def _is_fixed(subject: Subject, entry: Permission) -> bool:
    """Whether only a new key can change it: it is fixed itself, or needs something fixed that this key lacks."""
    held = None if subject.live is None else subject.live.permissions()
    return entry.write.get(subject.key.scope) == "no" or bool(entry.needs - (held or frozenset()))


def _by_hand(subject: Subject, facet: Facet) -> str:
    rule = subject.profile.facets[subject.key.scope].get(facet)
    if rule is not None and rule.write != "api" and rule.why:
        return rule.why
    return f"{subject.profile.name} takes this on its website only"


def _whitelist(subject: Subject, result: FacetResult) -> Iterator[Draft]:
    wanted, current = result.wanted, live_whitelist(result.seen)
    if not isinstance(wanted, Unrestricted | Addresses | AppBound):
        return
    means, reason = _means(subject, Facet.IP_WHITELIST)
    if isinstance(current, AppBound) or isinstance(wanted, AppBound):
        # what an application's list holds is not known, but no list is wider than none
        narrows = isinstance(current, Unrestricted)
        direction = Direction.REVOKES if narrows else Direction.GRANTS
        yield Draft(ADDRESSES, result.facet, current, wanted, direction, Means.MANUAL, _APP_BOUND)
    elif current is None:  # only the flag is known, and it says restricted; wanted is unrestricted
        yield Draft(ADDRESSES, result.facet, Partial(True), wanted, Direction.GRANTS, means, reason)
    elif isinstance(wanted, Unrestricted):
        yield Draft(ADDRESSES, result.facet, current, wanted, Direction.GRANTS, means, reason)
    elif isinstance(current, Unrestricted):
        yield Draft(ADDRESSES, result.facet, current, wanted, Direction.REVOKES, means, reason)
    else:
        yield from _address_steps(subject, current.entries, wanted.entries, means, reason)


def _address_steps(
    subject: Subject, before: frozenset[str], after: frozenset[str], means: Means, reason: str
) -> Iterator[Draft]:
    """Add, then remove. Where the union would exceed the exchange's most, leaving entries go first; one that is in
    both never goes, and no list on the way is empty."""
    write = subject.profile.writes.get(subject.key.scope)
    most = subject.profile.ip_rules[subject.key.scope].most
    if most is None or (means is Means.API and write is not None and write.together):
        most = len(before | after)  # one call replaces the whole list
    for current, following in _lists_on_the_way(before, after, most):
        adds = following - current
        yield Draft(
            rank=ADDRESSES,
            facet=Facet.IP_WHITELIST,
            before=Addresses(current),
            after=Addresses(following),
            direction=Direction.GRANTS if adds else Direction.REVOKES,
            means=means,
            reason=reason,
            gone=current - following,
            new=adds,
        )


def _lists_on_the_way(
    before: frozenset[str], after: frozenset[str], most: int
) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    current = before
    while current != after:
        following = _next_list(current, after, most)
        yield current, following
        current = following


def _next_list(current: frozenset[str], after: frozenset[str], most: int) -> frozenset[str]:
    coming, leaving = sorted_entries(after - current), sorted_entries(current - after)
    room = most - len(current)
    if not coming:
        return after
    if room >= len(coming):
        return current | after
    may_go = leaving if current & after else leaving[:-1]
    going = may_go[: len(coming) - room]
    if going:
        return current - frozenset(going)
    if room > 0:
        return current | frozenset(coming[:room])
    return after  # a limit of one address: only a replacement is left


def _means(subject: Subject, facet: Facet) -> tuple[Means, str]:
    """How a facet of this key can be changed, and why that way."""
    scope = subject.key.scope
    rule = subject.profile.facets[scope].get(facet)
    if rule is None or rule.write == "no":
        why = rule.why if rule is not None and rule.why else f"{subject.profile.name} has no way to change it"
        return Means.BLOCKED, why
    write = subject.profile.writes.get(scope)
    if rule.write == "manual" or write is None:
        return Means.MANUAL, _by_hand(subject, facet)
    return _by_api(subject, facet, rule, write)


def _by_api(subject: Subject, facet: Facet, rule: FacetRule, write: WriteRule) -> tuple[Means, str]:
    signer, name = subject.signer, subject.profile.name
    if subject.live is not None and isinstance(subject.live.whitelist(), AppBound):
        return Means.MANUAL, _APP_BOUND
    if signer is None:
        return Means.MANUAL, "its secret is not held and no managing key is declared"
    if signer.role not in write.signed_by:
        return Means.MANUAL, f"{name} lets only a managing key change it, and none is declared"
    if signer.barred:
        return Means.BLOCKED, f"{signer.name}, which would sign it, is {signer.barred}"
    nameless = subject.live is None or subject.live.key_id is None or subject.live.masked
    if nameless and signer.role == "manager":
        return Means.BLOCKED, f"{name} did not show the key's whole id, which a write must name"
    if write.needs_passphrase and not subject.has_passphrase:
        path = subject.key.path
        return Means.MANUAL, f"{name} wants the key's own passphrase; accesscfg secrets set {path} stores it"
    if facet is not Facet.IP_WHITELIST and (stops := _stops(subject, write)):
        return Means.MANUAL, f"a key with {stops} is edited on {name}'s website only"
    lacking = _lacking(signer, write)
    if lacking:
        if signer.role == "self":
            return Means.MANUAL, f"the key may not edit itself: it lacks {lacking}"
        return (
            Means.BLOCKED,
            f"the managing key {signer.name} lacks {lacking}; change that first, then plan again",
        )
    if write.together and subject.live is not None:
        unread = [
            word
            for word, value in (
                ("permissions", subject.live.permissions()),
                ("ip_whitelist", subject.live.whitelist()),
            )
            if value is None
        ]
        if unread:
            return Means.BLOCKED, f"a write must send {' and '.join(unread)} too, which could not be read"
    return Means.API, ""


def _stops(subject: Subject, write: WriteRule) -> str:
    """What the key has beside which its rights and name are not changed by API, in words; empty where nothing."""
    held = None if subject.live is None else subject.live.permissions()
    return ", ".join(
        subject.profile.label_of(native) for native in sorted(write.not_with & (held or frozenset()))
    )


def _lacking(signer: Signer, write: WriteRule) -> str:
    """What the signing key lacks to write, in words; empty where it lacks nothing or was not seen."""
    if signer.live is None:
        return ""
    held, whitelist = signer.live.permissions(), signer.live.whitelist()
    if held is not None:
        if write.needs_any and not write.needs_any & held:
            return "any of " + ", ".join(sorted(write.needs_any))
        if write.needs_all - held:
            return ", ".join(sorted(write.needs_all - held))
    if write.needs_whitelist and isinstance(whitelist, Unrestricted):
        return "an IP whitelist of its own"
    return ""


def whitelist_of(change: Change) -> Whitelist | None:
    """The whitelist after a change of that facet; None for another facet."""
    after = change.after
    return after if isinstance(after, Unrestricted | Addresses | AppBound) else None
