"""Edits of the declaration that the program makes: what is asked for, and what would come of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from accesscfg.model.desired import Declaration, DesiredKey, Pool
from accesscfg.model.findings import Finding
from accesscfg.model.networks import Addresses, Whitelist
from accesscfg.model.observed import Facet, FacetValue
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import Change


@dataclass(frozen=True, slots=True)
class FileEdit:
    """One file before and after, as bytes."""

    file: Path
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class KeyEdit:
    """A declared key takes over these values of facets: native permissions, a whitelist, a label, a day, a switch.

    `without_pools`: pools of its list that hold addresses which are not wanted are replaced by their other addresses.
    """

    key: KeyPath
    values: Mapping[Facet, FacetValue]
    without_pools: bool = False


@dataclass(frozen=True, slots=True)
class PoolEdit:
    """A pool loses some addresses and gets others; both are canonical entries."""

    pool: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


Edit = KeyEdit | PoolEdit


@dataclass(frozen=True, slots=True)
class Draft:
    """An edit worked out and not written: the file, what would be declared then (None where that is not valid), and
    what is found in it."""

    edits: tuple[FileEdit, ...]
    declaration: Declaration | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an edit would do, to be shown before it is accepted.

    `diff` are the lines of a unified diff, none where there is nothing to do. `findings` is everything found in the
    declaration then, broken policies too. `touched` are the keys that would be declared otherwise; `changes` what a
    plan would hold for them as they were last read in this session, `unread` those that were not, `unseen` those of
    which something cannot be seen and no change is planned: a person has to set and attest it. `declared` is the hash
    of the declaration that the edit was made for, `will_declare` the one that comes of it.
    """

    edit: Edit
    edits: tuple[FileEdit, ...]
    diff: tuple[str, ...]
    findings: tuple[Finding, ...]
    touched: tuple[KeyPath, ...] = ()
    changes: tuple[Change, ...] = ()
    unread: tuple[KeyPath, ...] = ()
    unseen: tuple[KeyPath, ...] = ()
    declared: str = ""
    will_declare: str = ""

    @property
    def problems(self) -> tuple[Finding, ...]:
        """What keeps it from being accepted."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def acceptable(self) -> bool:
        """Whether there is something to write, and nothing against it."""
        return bool(self.edits) and not self.problems


@dataclass(frozen=True, slots=True)
class Pasted:
    """Addresses taken out of a text that somebody pasted: `entries` canonical, each once, in the order of the text.

    `problems` are the places of what is no address, as line, column (from 1) and why; `ports` counts the addresses
    that had a port, which was left out; `twice` those that stood there before.
    """

    entries: tuple[str, ...]
    problems: tuple[tuple[int, int, str], ...] = ()
    ports: int = 0
    twice: int = 0


def pools_in_the_way(
    key: DesiredKey, pools: Mapping[str, Pool], wanted: Whitelist
) -> Mapping[str, frozenset[str]]:
    """The pools of a key's list that give it addresses which are not wanted, with those addresses.

    Such an address goes from the list only with its pool, or from the pool and so from every key that lists it.
    """
    left = wanted.entries if isinstance(wanted, Addresses) else frozenset[str]()
    given = {name: frozenset(pools[name].entries) for name in key.pools if name in pools}
    return {name: entries - left for name, entries in given.items() if entries - left}


def users_of(pool: str, keys: Iterable[DesiredKey]) -> tuple[DesiredKey, ...]:
    """The keys that list a pool."""
    return tuple(key for key in keys if pool in key.pools)
