"""What applying a plan would do to access, counted: who is let in, who is shut out, which rights come and go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from accesscfg.model.networks import Addresses, Unrestricted
from accesscfg.model.observed import Facet
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import (
    Change,
    ChangeValue,
    FacetState,
    Guard,
    KeyResult,
    Means,
    Partial,
    Plan,
    Refusal,
    by_key,
)
from accesscfg.report.words import listing
from accesscfg_tui.viewmodel.lines import Line, line, wrapped

Pairs = frozenset[tuple[KeyPath, str]]


@dataclass(frozen=True, slots=True)
class Blast:
    """The reach of the changes that would be made by API.

    Addresses and rights are pairs with their key. `opened` are keys that could then be used from anywhere, `closed`
    those that could until now, `other` those of which something else than these and the name changes. `own` is a
    sentence about this machine's address, `own_safe` whether it is known to stay in.
    """

    changes: tuple[Change, ...]
    let_in: Pairs
    shut_out: Pairs
    widened: Pairs
    narrowed: Pairs
    opened: tuple[KeyPath, ...]
    closed: tuple[KeyPath, ...]
    other: tuple[KeyPath, ...]
    own: str
    own_safe: bool
    refusals: tuple[Refusal, ...]

    @property
    def keys(self) -> tuple[KeyPath, ...]:
        """The keys that are written to."""
        return tuple(by_key(self.changes))

    @property
    def losing(self) -> frozenset[KeyPath]:
        """The keys whose users lose something."""
        return frozenset((*(key for key, _ in self.shut_out | self.narrowed), *self.closed, *self.other))

    @property
    def only_narrows_rights(self) -> bool:
        """Whether nobody gains anything, and nobody loses the way in."""
        return not (self.let_in or self.shut_out or self.widened or self.opened or self.closed or self.other)


def made_by_api(plan: Plan, left_out: Collection[KeyPath] = ()) -> tuple[Change, ...]:
    """The changes that applying the plan would try: by API, of keys not left out, waiting for none that is not."""
    not_made: set[str] = set()
    made = []
    for change in plan.changes:
        if change.means is Means.API and change.key not in left_out and not_made.isdisjoint(change.waits_for):
            made.append(change)
        else:
            not_made.add(change.id)
    return tuple(made)


def blast(plan: Plan, left_out: Collection[KeyPath] = ()) -> Blast:
    """The reach of a plan without the keys that are left out."""
    changes = made_by_api(plan, left_out)
    lists = [change for change in changes if change.facet is Facet.IP_WHITELIST]
    rights = [change for change in changes if change.facet is Facet.PERMISSIONS]
    made = {change.id for change in changes}
    refusals = tuple(one for one in plan.refusals if one.change in made)
    own, own_safe = _this_machine(plan, lists, refusals)
    return Blast(
        changes=changes,
        let_in=_pairs(lists, lambda change: change.new),
        shut_out=_pairs(lists, lambda change: change.gone),
        widened=_pairs(rights, lambda change: change.new),
        narrowed=_pairs(rights, lambda change: change.gone),
        opened=_keys(change for change in lists if isinstance(change.after, Unrestricted)),
        closed=_keys(change for change in lists if _is_open(change.before) and not _is_open(change.after)),
        other=_keys(change for change in changes if _is_other(change)),
        own=own,
        own_safe=own_safe,
        refusals=refusals,
    )


def _pairs(changes: Iterable[Change], side: Callable[[Change], frozenset[str]]) -> Pairs:
    return frozenset((change.key, one) for change in changes for one in side(change))


def _keys(changes: Iterable[Change]) -> tuple[KeyPath, ...]:
    return tuple(dict.fromkeys(change.key for change in changes))


def _is_open(value: ChangeValue) -> bool:
    return isinstance(value, Unrestricted) or (isinstance(value, Partial) and not value.restricted)


def _is_other(change: Change) -> bool:
    """Whether a change does something that neither addresses, rights nor the name tell."""
    if change.facet is Facet.IP_WHITELIST:
        plain = isinstance(change.before, Addresses) and isinstance(change.after, Addresses)
        return not plain and not _is_open(change.before) and not _is_open(change.after)
    return change.facet not in (Facet.PERMISSIONS, Facet.LABEL)


def _this_machine(plan: Plan, lists: Sequence[Change], refusals: Sequence[Refusal]) -> tuple[str, bool]:
    """What becomes of this machine's own way in, through the keys that the run signs with."""
    told = [one for one in refusals if one.guard is Guard.OWN_ADDRESS]
    if told:
        return f"this machine may lose {listing(dict.fromkeys(str(one.key) for one in told))}", False
    signing = {result.signed_by for result in plan.keys}
    if any(change.key in signing for change in lists):
        return "this machine stays in", True
    return "no list changes of a key this machine signs with", True


def unread_keys(plan: Plan) -> tuple[KeyResult, ...]:
    """The keys of which something could not be asked this time: nothing is planned for that."""
    return tuple(key for key in plan.keys if FacetState.UNKNOWN in key.states)


def settled_keys(plan: Plan) -> tuple[KeyResult, ...]:
    """The keys that need nothing: everything is as declared, seen or attested."""
    calm = {FacetState.IN_SYNC, FacetState.ATTESTED}
    changed = {change.key for change in plan.changes}
    return tuple(key for key in plan.keys if key.states <= calm and key.path not in changed)


def blast_lines(reach: Blast, plan: Plan, width: int) -> list[Line]:
    """The reach in words, a line or more for each thing there is to say."""
    users = {key.path: key.used_by for key in plan.keys}
    parts = (
        ("addresses let in", len(reach.let_in), "warn", _whose(reach.let_in)),
        ("addresses shut out", len(reach.shut_out), "bad", _whose(reach.shut_out)),
        ("open to everywhere", len(reach.opened), "bad", _some(reach.opened)),
        ("restricted to a list", len(reach.closed), "bad", _some(reach.closed)),
        ("rights widened", len(reach.widened), "warn", _whose(reach.widened)),
        ("rights narrowed", len(reach.narrowed), "good", _whose(reach.narrowed)),
        ("changed otherwise", len(reach.other), "warn", _some(reach.other)),
    )
    lines: list[Line] = []
    for words, number, style, whose in parts:
        if not number and words not in _ALWAYS:
            continue
        lines.append(line(f"{words:<22}", (str(number), style if number else "faint")))
        if number:
            lines += wrapped(whose, width, first="  ", style="faint")
    unread = unread_keys(plan)
    lines.append(line(f"{'keys not readable':<22}", (str(len(unread)), "bad" if unread else "faint")))
    lines += wrapped(reach.own, width, style="good" if reach.own_safe else "bad")
    if losing := losers(reach, users):
        lines += wrapped(f"loses something: {losing}", width, style="warn")
    return lines


_ALWAYS = ("addresses let in", "addresses shut out", "rights widened", "rights narrowed")


def _whose(pairs: Pairs) -> str:
    return _some(key for key, _ in pairs)


def _some(keys: Iterable[KeyPath]) -> str:
    """The keys, or the first of many."""
    paths = sorted({str(key) for key in keys})
    more = f" and {len(paths) - _MANY} more" if len(paths) > _MANY else ""
    return listing(paths[:_MANY]) + more


_MANY = 8


def losers(reach: Blast, users: Mapping[KeyPath, str | None]) -> str:
    """The consumers of keys that lose something, each with its keys."""
    by_user: dict[str, list[KeyPath]] = {}
    for key in reach.losing:
        if user := users.get(key):
            by_user.setdefault(user, []).append(key)
    return listing(f"{user} ({_some(keys)})" for user, keys in sorted(by_user.items()))
