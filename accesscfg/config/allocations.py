"""Pools that a platform handed out for certain keys: who may list them, and which lists were swapped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from accesscfg.config.notes import Notes, did_you_mean, listed, shown
from accesscfg.model.desired import Pool
from accesscfg.model.findings import Mark
from accesscfg.model.paths import parse_key_path


@dataclass(frozen=True, slots=True)
class Misuse:
    """A key, by its path, that lists a pool which is allocated to other keys."""

    path: str
    pool: str
    where: Mark


def may_use(pool: Pool, path: str) -> bool:
    """Whether a key may list the pool: it is allocated to nobody, or to this key among others."""
    return not pool.allocated_to or path in pool.allocated_to


def check_allocations(allocations: Iterable[tuple[str, Mark]], paths: Collection[str], notes: Notes) -> None:
    """The keys that a pool is allocated to must be declared."""
    for path, where in allocations:
        if path in paths:
            continue
        try:
            parse_key_path(path)
        except ValueError as error:
            notes.error("bad_path", f"{shown(path)}: {error}", where)
        else:
            notes.error("unknown_key", f"there is no key {shown(path)}", where, did_you_mean(path, paths))


def note_misuses(misuses: Sequence[Misuse], pools: Mapping[str, Pool], notes: Notes) -> None:
    """One error for two lists that were swapped, whichever keys share them; one for every other misuse."""
    pairs: dict[tuple[str, ...], list[Misuse]] = {}
    for misuse in misuses:
        own = _swapped_for(misuse, misuses, pools)
        pair = (misuse.pool,) if own is None else tuple(sorted((misuse.pool, own)))
        pairs.setdefault(pair, []).append(misuse)
    for keys in pairs.values():
        if len({misuse.pool for misuse in keys}) == 2:
            _note_swap(keys, notes)
        else:
            for misuse in keys:
                _note_misuse(misuse, pools, notes)


def _swapped_for(misuse: Misuse, misuses: Iterable[Misuse], pools: Mapping[str, Pool]) -> str | None:
    """The key's own pool that a key of the misused pool lists in return; None when there is none."""
    owners = pools[misuse.pool].allocated_to
    for other in misuses:
        if other.path in owners and misuse.path in pools[other.pool].allocated_to:
            return other.pool
    return None


def _note_swap(misuses: Sequence[Misuse], notes: Notes) -> None:
    by_pool: dict[str, list[str]] = {}
    for misuse in misuses:
        by_pool.setdefault(misuse.pool, []).append(misuse.path)
    (one, users), (other, others) = by_pool.items()
    message = (
        f"two lists are swapped: {listed(users)} {_lists(users)} pool {shown(one)}, which is for {listed(others)},"
        f" and {listed(others)} {_lists(others)} pool {shown(other)}, which is for {listed(users)}"
    )
    hint = f"write pool:{other} for {listed(users)} and pool:{one} for {listed(others)}"
    notes.error("pools_swapped", message, misuses[0].where, hint)


def _lists(paths: Sequence[str]) -> str:
    return "lists" if len(paths) == 1 else "list"


def _note_misuse(misuse: Misuse, pools: Mapping[str, Pool], notes: Notes) -> None:
    keys = ", ".join(pools[misuse.pool].allocated_to)
    message = f"pool {shown(misuse.pool)} is allocated to {keys}; {misuse.path} may not use it"
    own = [f"pool:{name}" for name, pool in pools.items() if misuse.path in pool.allocated_to]
    hint = (
        f"write {listed(own, 'or')}" if own else "give the key a list of its own, or add it to allocated_to"
    )
    notes.error("pool_allocated", message, misuse.where, hint)
