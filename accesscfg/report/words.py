"""The words all renderings share: what a value, a change, a state and a count is called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from accesscfg.config.groups import whole_groups
from accesscfg.config.naming import to_declare
from accesscfg.model.desired import Scope
from accesscfg.model.networks import Addresses, AppBound, Unrestricted
from accesscfg.model.observed import Facet, Observation, Observed, Partly, Probed
from accesscfg.model.origins import Origin
from accesscfg.model.plan import (
    Change,
    ChangeValue,
    Direction,
    FacetState,
    Means,
    Partial,
    PartialRights,
    Plan,
)
from accesscfg.model.profile import SEPARATORS, Manual, Profile
from accesscfg.report.origins import addresses

FACETS: Mapping[Facet, str] = {
    Facet.PRESENCE: "presence",
    Facet.LABEL: "label",
    Facet.PERMISSIONS: "permissions",
    Facet.IP_WHITELIST: "IP whitelist",
    Facet.EXPIRY: "expiry",
    Facet.ENABLED: "enabled",
}
STATES: Mapping[FacetState, str] = {
    FacetState.IN_SYNC: "in sync",
    FacetState.DRIFT: "drift",
    FacetState.CONSISTENT: "consistent",
    FacetState.ATTESTED: "attested",
    FacetState.UNOBSERVABLE: "unobservable",
    FacetState.UNKNOWN: "unknown",
}
GLYPHS: Mapping[FacetState, str] = {
    FacetState.IN_SYNC: "✓",
    FacetState.DRIFT: "≠",
    FacetState.CONSISTENT: "≈",
    FacetState.ATTESTED: "✎",
    FacetState.UNOBSERVABLE: "○",
    FacetState.UNKNOWN: "?",
}
SIGNS: Mapping[Direction, str] = {Direction.GRANTS: "+", Direction.REVOKES: "-", Direction.NEUTRAL: "~"}
MEANS: Mapping[Means, str] = {
    Means.API: "by API",
    Means.MANUAL: "on the website",
    Means.BLOCKED: "blocked",
}

_NOWHERE: Mapping[str, Origin] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Words:
    """What renderings take from the profiles; `profile_of` gives None for an exchange it does not know."""

    profile_of: Callable[[str], Profile | None]

    def name(self, exchange: str) -> str:
        """The exchange's name for people."""
        profile = self.profile_of(exchange)
        return exchange if profile is None else profile.name

    def right(self, exchange: str, native: str) -> str:
        """The website's label with the native name behind it."""
        profile = self.profile_of(exchange)
        label = native if profile is None else profile.label_of(native)
        return native if label == native else f"{label} ({native})"

    def rights(self, exchange: str, natives: frozenset[str]) -> str:
        """These in words, with commas between them: whole groups by their heading, the others as `right` says."""
        profile = self.profile_of(exchange)
        groups, rest = whole_groups(() if profile is None else profile.permissions, natives)
        return listing([*groups, *(self.right(exchange, native) for native in sorted(rest))])

    def manual(self, exchange: str) -> Manual | None:
        """The way through the exchange's website."""
        profile = self.profile_of(exchange)
        return None if profile is None else profile.manual

    def separator(self, exchange: str, scope: Scope) -> str:
        """What stands between two addresses in the exchange's paste format."""
        profile = self.profile_of(exchange)
        return "," if profile is None else SEPARATORS[profile.ip_rules[scope].entry[0]]

    def to_declare(
        self, exchange: str, scope: Scope, natives: frozenset[str], mode: str | None = None
    ) -> list[str]:
        """The `permissions` of a declaration that stands for exactly these natives in an account of this mode.

        Neutral names where the whole of what they stand for is there; `native:NAME` for every other, a group's where
        all of it is there.
        """
        whole = self.profile_of(exchange)
        profile = None if whole is None else whole.in_mode(mode)
        rights = () if profile is None else profile.in_scope(scope)
        return to_declare(rights, natives)


def moment(at: datetime) -> str:
    """A time to the minute, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 change`, `2 changes`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listing(parts: Iterable[str]) -> str:
    """Parts with commas between them."""
    return ", ".join(parts)


def value(
    facet: Facet, of: ChangeValue, words: Words, exchange: str, origins: Mapping[str, Origin] = _NOWHERE
) -> str:
    """A facet's value in words, addresses with where they are from."""
    match of:
        case frozenset():
            return words.rights(exchange, of) or "none"
        case Addresses(entries):
            return addresses(entries, origins) or "an empty list"
        case Unrestricted():
            return "unrestricted"
        case AppBound(app):
            return f"bound to the application {app}" if app else "bound to an application"
        case Partial(restricted):
            return "restricted to addresses that are not shown" if restricted else "unrestricted"
        case PartialRights(present, absent):
            has, lacks = (value(facet, some, words, exchange) for some in (present, absent))
            return f"certainly {has}; certainly not {lacks}"
        case bool():
            return _YES_NO.get(facet, _YES_NO[Facet.PRESENCE])[of]
        case str():
            return f'"{of}"' if facet is Facet.LABEL else of
        case None:
            return "not set"


_YES_NO: Mapping[Facet, Mapping[bool, str]] = {
    Facet.PRESENCE: {True: "exists", False: "does not exist"},
    Facet.ENABLED: {True: "enabled", False: "disabled"},
}


def seen_value(
    facet: Facet, seen: Observation, words: Words, exchange: str, origins: Mapping[str, Origin] = _NOWHERE
) -> str:
    """What was seen of a facet in words; empty where nothing was."""
    match seen:
        case Observed(of):
            return value(facet, of, words, exchange, origins)
        case Partly(restricted):
            return value(facet, Partial(restricted), words, exchange)
        case Probed(present, absent):
            return value(facet, PartialRights(present, absent), words, exchange)
        case _:
            return ""


def change_detail(change: Change, words: Words, exchange: str) -> str:
    """What exactly a change gives or takes."""
    sets = change.facet is Facet.PERMISSIONS or (
        isinstance(change.before, Addresses) and isinstance(change.after, Addresses)
    )
    if sets and change.new | change.gone:
        new, gone = (
            _elements(change, change.new, words, exchange),
            _elements(change, change.gone, words, exchange),
        )
        return f"{new}; takes away {gone}" if new and gone else new or gone
    before, after = (
        value(change.facet, side, words, exchange, change.origins) for side in (change.before, change.after)
    )
    return f"from {before} to {after}"


def _elements(change: Change, some: frozenset[str], words: Words, exchange: str) -> str:
    if change.facet is Facet.PERMISSIONS:
        return words.rights(exchange, some)
    return addresses(some, change.origins)


def exchange_of(plan: Plan, account: str) -> str:
    """The exchange of an account, as its declared keys in the plan tell; empty when it has none there."""
    return next((key.exchange for key in plan.keys if key.path.account == account), "")


def numbers(plan: Plan) -> dict[str, str]:
    """The number a rendering shows for each change id."""
    return {change.id: str(place) for place, change in enumerate(plan.changes, 1)}


def with_numbers(sentence: str, shown: Mapping[str, str]) -> str:
    """A sentence that names changes by id, naming them by the numbers shown."""
    return re.sub(r"\w+", lambda word: f"change {shown[word[0]]}" if word[0] in shown else word[0], sentence)


def plan_counts(plan: Plan) -> tuple[str, ...]:
    """The counts at the end of every rendering: changes; facets; what nobody declared; what is refused."""
    total = plan.summary()
    lines = [_changes_line(plan), facets_line(plan)]
    if total.undeclared_keys or total.undeclared_subs:
        parts = [count(total.undeclared_keys, "key"), count(total.undeclared_subs, "sub-account")]
        lines.append(f"Live but not declared: {listing(part for part in parts if part[0] != '0')}.")
    refused = [
        *([count(len(plan.violations), "policy violation")] if plan.violations else ()),
        *([count(len(plan.refusals), "refusal by a guard", "refusals by guards")] if plan.refusals else ()),
    ]
    if refused:
        lines.append(f"In the way of applying: {listing(refused)}.")
    return tuple(lines)


def _changes_line(plan: Plan) -> str:
    total = plan.summary()
    if not total.changes:
        settled = total.facets[FacetState.IN_SYNC] + total.facets[FacetState.ATTESTED]
        everything = settled == sum(total.facets.values()) and not plan.unknown
        said = "is as declared" if total.keys == 1 else "are as declared"
        clean = f"; {count(total.keys, 'key')} {said}" if everything and total.keys else ""
        if total.facets[FacetState.UNKNOWN] or plan.unknown:
            clean = " to what could be read; not everything could be"
        return f"Plan: no changes{clean}."
    keys = len({change.key for change in plan.changes})
    means = ((total.api, "by API"), (total.manual, "on the website"), (total.blocked, "blocked"))
    neutral = total.changes - total.grants - total.revokes
    effects = (
        (total.grants, "grant" if total.grants == 1 else "grants"),
        (total.revokes, "revoke" if total.revokes == 1 else "revokes"),
        (neutral, "neutral"),
    )
    how = listing(f"{number} {word}" for number, word in means if number)
    what = listing(f"{number} {word}" for number, word in effects if number)
    return f"Plan: {count(total.changes, 'change')} on {count(keys, 'key')}: {how}; {what}."


_COUNTED = {FacetState.DRIFT: "in drift"}


def facets_line(plan: Plan) -> str:
    """How many facets are in which state; in sync and unknown always said."""
    states = plan.summary().facets
    always = (FacetState.IN_SYNC, FacetState.UNKNOWN)
    shown = [state for state in FacetState if states[state] or state in always]
    first, *rest = (f"{states[state]:,} {_COUNTED.get(state, STATES[state])}" for state in shown)
    number, _, word = first.partition(" ")
    facets = "facet" if number == "1" else "facets"
    return f"{number} {facets} {listing([word, *rest])}."
