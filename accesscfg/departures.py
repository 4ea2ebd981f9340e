"""When addresses left the declaration: git's history of the files, and the audit trail of this machine."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from accesscfg.gitlog import departures as told_by_git
from accesscfg.gitlog import words_with
from accesscfg.model.departure import Departure
from accesscfg.model.desired import Declaration
from accesscfg.model.history import Record
from accesscfg.model.networks import Addresses
from accesscfg.model.observed import Facet
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import Outcome


def departures(
    declaration: Declaration, key: KeyPath, entries: Collection[str], records: Iterable[Record]
) -> dict[str, Departure]:
    """What is known of each entry; nothing of those that nobody can tell of.

    `records` are those of the trail, the newest first.
    """
    users = _users(declaration)
    gone = [entry for entry in entries if entry not in users]
    git = told_by_git(declaration.root, declaration.files, gone)
    trail = list(records)
    told = {entry: _elsewhere(users[entry]) for entry in entries if entry in users}
    for entry in gone:
        known = [one for one in (git.get(entry), _by_trail(entry, key, trail)) if one is not None]
        if known:
            told[entry] = max(known, key=_weight)
    return told


def _weight(one: Departure) -> tuple[int, date]:
    """What was recorded of its end counts most, the latest record first; that there is nothing counts least."""
    ends = one.source in ("git", "trail")
    return (2 if ends else one.source == "applied", one.at or date.max)


def _users(declaration: Declaration) -> dict[str, list[str]]:
    """By each entry of the declaration the keys that it is for; of one in an unused pool, none."""
    users: dict[str, list[str]] = {entry: [] for pool in declaration.pools.values() for entry in pool.entries}
    for key in declaration.all_keys():
        if isinstance(key.whitelist, Addresses):
            for entry in key.whitelist.entries:
                users.setdefault(entry, []).append(str(key.path))
    return users


def _elsewhere(users: list[str]) -> Departure:
    more = f" and {len(users) - 1} more" if len(users) > 1 else ""
    return Departure("elsewhere", by=f"{users[0]}{more}" if users else "a pool that no key uses")


def _by_trail(entry: str, key: KeyPath, records: Iterable[Record]) -> Departure | None:
    word = words_with(entry)
    for record in records:
        if record.at is None:
            continue
        if record.event == "edited":
            signs = {line[:1] for line in record.says if word.search(line[1:])}
            if signs == {"-"}:
                return Departure("trail", record.at.date(), record.who.partition("@")[0])
        if record.event == "outcome" and _applied(record, key, entry):
            return Departure("applied", record.at.date())
    return None


def _applied(record: Record, key: KeyPath, entry: str) -> bool:
    """Whether an apply left the entry on the key: what it leaves there is declared, but for a step on the way."""
    return (
        record.key == str(key)
        and record.facet is Facet.IP_WHITELIST
        and record.outcome is Outcome.DONE
        and isinstance(record.after, Addresses)
        and isinstance(record.before, Addresses)
        and entry in record.after.entries - record.before.entries
    )
