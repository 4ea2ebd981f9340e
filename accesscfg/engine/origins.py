"""A plan with what the workspace knows of the addresses in it: their pools, and every key that a pool reaches. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from accesscfg.model.desired import Declaration, DesiredKey
from accesscfg.model.networks import Addresses, covers
from accesscfg.model.observed import Facet, Observed
from accesscfg.model.origins import Origin, Place, PoolChange, PoolUse
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import Change, FacetResult, FacetState, KeyResult, Means, Plan


@dataclass(frozen=True, slots=True)
class Atlas:
    """Everything in a workspace that has addresses; `networks` are the entries of `places` that hold others."""

    places: Mapping[str, tuple[Place, ...]]
    networks: tuple[str, ...]

    def known(self, entry: str) -> tuple[Place, ...]:
        """The places that have the entry, or a network that it is in."""
        around = [network for network in self.networks if network != entry and covers([network], entry)]
        if not around and entry not in self.places:
            return ()
        found = (place for one in (entry, *around) for place in self.places.get(one, ()))
        return tuple(dict.fromkeys(found))


def atlas_of(declaration: Declaration) -> Atlas:
    """The pools in the order of their names, then the egress addresses."""
    places: dict[str, tuple[Place, ...]] = {}
    for place, entries in _places(declaration):
        for entry in entries:
            places[entry] = (*places.get(entry, ()), place)
    return Atlas(places, tuple(entry for entry in places if "/" in entry))


def _places(declaration: Declaration) -> Iterator[tuple[Place, Iterable[str]]]:
    for name, pool in sorted(declaration.pools.items()):
        yield Place("pool", name), pool.entries
    for account in declaration.accounts:
        yield Place("egress", account.name), account.egress.addresses
        for sub in account.subs:
            if sub.egress != account.egress:
                yield Place("egress", f"{account.name}/{sub.name}"), sub.egress.addresses


def with_origins(plan: Plan, declaration: Declaration) -> Plan:
    """The plan with the origins of addresses where something differs, the pools that change in it, and notes on lists
    that look swapped; as it is where nothing differs."""
    if not any(FacetState.DRIFT in result.states for result in plan.keys):
        return plan
    atlas = atlas_of(declaration)
    declared = {key.path: key for key in declaration.all_keys()}
    origins = {
        result.path: _origins(declared[result.path], result, atlas)
        for result in plan.keys
        if FacetState.DRIFT in result.states
    }
    keys = tuple(
        replace(result, origins=origins[result.path]) if result.path in origins else result
        for result in plan.keys
    )
    changes = tuple(
        replace(change, origins=origins[change.key]) if change.facet is Facet.IP_WHITELIST else change
        for change in plan.changes
    )
    plan = replace(plan, keys=keys, changes=changes, pools=tuple(_pool_changes(plan, declared.values())))
    return replace(plan, notes=(*plan.notes, *_swapped(plan, declaration, declared)))


def _origins(key: DesiredKey, result: KeyResult, atlas: Atlas) -> Mapping[str, Origin]:
    """The origin of every entry that the key's list has or should have."""
    entries = frozenset[str]().union(*(_wanted(one) | _live(one) for one in result.facets))
    return {
        entry: Origin(pool=key.origins[entry]) if entry in key.origins else Origin(known=atlas.known(entry))
        for entry in sorted(entries)
    }


def _wanted(result: FacetResult) -> frozenset[str]:
    return result.wanted.entries if isinstance(result.wanted, Addresses) else frozenset()


def _live(result: FacetResult) -> frozenset[str]:
    seen = result.seen
    return (
        seen.value.entries
        if isinstance(seen, Observed) and isinstance(seen.value, Addresses)
        else frozenset()
    )


def _pool_changes(plan: Plan, declared: Iterable[DesiredKey]) -> Iterator[PoolChange]:
    """Pools that an address of comes to a key, or that a key lists from which an address goes: it may have been one of
    the pool's until the pool was changed."""
    users: dict[str, list[DesiredKey]] = {}
    for key in declared:
        for name in key.pools if not key.absent else ():
            users.setdefault(name, []).append(key)
    results = {result.path: result for result in plan.keys}
    changes: dict[KeyPath, list[Change]] = {}
    for change in plan.changes:
        if change.facet in (Facet.IP_WHITELIST, Facet.PRESENCE):
            changes.setdefault(change.key, []).append(change)
    for name, keys in sorted(users.items()):
        if any(_moves(change, key, name) for key in keys for change in changes.get(key.path, ())):
            yield PoolChange(
                name,
                tuple(_use(key.path, results.get(key.path), changes.get(key.path, ())) for key in keys),
            )


def _moves(change: Change, key: DesiredKey, pool: str) -> bool:
    before = change.before.entries if isinstance(change.before, Addresses) else frozenset()
    after = change.after.entries if isinstance(change.after, Addresses) else frozenset()
    comes = any(key.origins.get(entry) == pool for entry in after - before)
    return comes or bool(before - after)


def _use(path: KeyPath, result: KeyResult | None, changes: Iterable[Change]) -> PoolUse:
    changed = any(change.means is not Means.BLOCKED for change in changes)
    states = {} if result is None else {one.facet: one.state for one in result.facets}
    return PoolUse(path, changed, states.get(Facet.IP_WHITELIST, states.get(Facet.PRESENCE)))


def _swapped(plan: Plan, declaration: Declaration, declared: Mapping[KeyPath, DesiredKey]) -> Iterator[str]:
    """A sentence for every two keys of which each has live the addresses of the other's pool and none of its own."""
    foreign = [
        (declared[result.path], pools)
        for result in plan.keys
        for one in result.facets
        if (pools := _foreign(declared[result.path], _live(one), declaration))
    ]
    for (left, left_has), (right, right_has) in combinations(foreign, 2):
        for one in sorted(left_has & set(right.pools)):
            for other in sorted(right_has & set(left.pools)):
                yield (
                    f"the live lists of {left.path} and {right.path} look swapped: {left.path} has pool {one}, "
                    f"which {right.path} should have, and {right.path} has pool {other}"
                )


def _foreign(key: DesiredKey, live: frozenset[str], declaration: Declaration) -> set[str]:
    """The pools that the key does not list and has live as a whole, while of its own pools it has no address."""
    if not live or not live.isdisjoint(key.origins):
        return set()
    return {
        name
        for name, pool in declaration.pools.items()
        if name not in key.pools and live.issuperset(pool.entries)
    }
