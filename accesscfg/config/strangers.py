"""Addresses that keys list by themselves: those that nothing else knows, and those of other keys' pools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from accesscfg.config.allocations import may_use
from accesscfg.config.notes import Notes, listed, shown
from accesscfg.model.desired import DesiredAccount, Pool
from accesscfg.model.findings import Mark
from accesscfg.model.networks import covers, sorted_entries

_NAMED = 5  # of the addresses of one warning


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """An entry that stands in a key's list itself, and not through a pool; `path` is the key's."""

    entry: str
    path: str
    where: Mark


def note_strangers(
    own: Sequence[OwnEntry], pools: Mapping[str, Pool], accounts: Iterable[DesiredAccount], notes: Notes
) -> None:
    """A warning for the entries that are in no pool and no `egress.addresses`, where the workspace has such at all;
    one for all that the same keys list.

    Also one for each key with entries that are known from pools of other keys only.
    """
    egress = {address for account in accounts for address in _egress_of(account)}
    known = egress.union(*(pool.entries for pool in pools.values()))
    networks = [entry for entry in known if "/" in entry]
    strange: dict[str, list[OwnEntry]] = {}
    for one in own if known else ():
        if one.entry not in known and not (networks and covers(networks, one.entry)):
            strange.setdefault(one.entry, []).append(one)
    _note_unknown(strange, notes)
    _note_borrowed([one for one in own if one.entry not in egress], pools, notes)


def _note_unknown(strange: Mapping[str, Sequence[OwnEntry]], notes: Notes) -> None:
    alike: dict[tuple[str, ...], list[str]] = {}
    for entry, places in strange.items():
        alike.setdefault(tuple(dict.fromkeys(one.path for one in places)), []).append(entry)
    for keys, entries in alike.items():
        whose = "it into a pool that says whose it is, or correct it"
        if len(entries) > 1:
            whose = "them into a pool that says whose they are, or correct them"
        notes.warning(
            "unknown_address",
            f"{_are(entries)} in no pool and no egress.addresses; listed by {listed(keys)}",
            strange[entries[0]][0].where,
            f"put {whose}",
        )


def _are(entries: Sequence[str]) -> str:
    """The entries, the first few of many by name, with their verb."""
    if len(entries) == 1:
        return f"{entries[0]} is"
    rest = len(entries) - _NAMED
    named = entries if rest <= 1 else [*entries[:_NAMED], f"{rest} more"]
    return f"{listed(named)} are"


def _egress_of(account: DesiredAccount) -> frozenset[str]:
    return account.egress.addresses.union(*(sub.egress.addresses for sub in account.subs))


def _note_borrowed(own: Iterable[OwnEntry], pools: Mapping[str, Pool], notes: Notes) -> None:
    holders: dict[str, list[Pool]] = {}
    for pool in pools.values():
        for entry in pool.entries:
            holders.setdefault(entry, []).append(pool)
    borrowed: dict[tuple[str, str], list[OwnEntry]] = {}
    for one in own:
        there = holders.get(one.entry, [])
        if there and not any(may_use(pool, one.path) for pool in there):
            borrowed.setdefault((one.path, there[0].name), []).append(one)
    for (path, name), places in borrowed.items():
        entries = ", ".join(sorted_entries(one.entry for one in places))
        owners = listed(pools[name].allocated_to)
        notes.warning(
            "allocated_address",
            f"{path} lists {entries}, of pool {shown(name)}, which is allocated to {owners}",
            places[0].where,
            "give the key addresses of its own, or add it to allocated_to",
        )
