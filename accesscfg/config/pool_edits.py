"""A pool that loses addresses and gets others: the text of the file that has them, and what is to be read then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from accesscfg.config.fields import holder_of
from accesscfg.config.key_edits import origins_of
from accesscfg.config.lists import entries_at, with_entries
from accesscfg.config.outline import NotEditable
from accesscfg.config.poolfile_edit import with_addresses
from accesscfg.model.desired import DesiredKey, Pool
from accesscfg.model.edit import PoolEdit
from accesscfg.model.networks import Addresses, live_entry


@dataclass(frozen=True, slots=True)
class PoolChange:
    """One pool and its edit; `listed_in` is the file of addresses, None for a pool whose list is in the declaration."""

    pool: Pool
    edit: PoolEdit
    listed_in: Path | None

    @property
    def file(self) -> Path:
        """The file that is edited."""
        return self.listed_in or Path(self.pool.where.file)

    def text(self, text: str) -> str:
        """The text of that file with the edit made. Raises NotEditable."""
        gone, new = set(self.edit.remove), [one for one in self.edit.add if one not in self.pool.entries]
        if self.listed_in is not None:
            return with_addresses(text, gone, new)
        path = ("ip_pools", self.pool.name)
        there = entries_at(text, path) or ()
        return with_entries(text, path, {one for one in there if live_entry(one) in gone}, new)

    def wanted(self) -> Pool:
        """The pool as it is declared then."""
        left = [entry for entry in self.pool.entries if entry not in self.edit.remove]
        return replace(self.pool, entries=tuple(dict.fromkeys((*left, *self.edit.add))))


def file_of_pool(pool: Pool, text: str) -> Path | None:
    """The file that holds a pool's addresses, as the text that declares it says. Raises NotEditable."""
    node = holder_of(text, ("ip_pools", pool.name))
    pair = node.find("file")
    if pair is None:
        return None
    if pair[1].text is None:
        raise NotEditable("the name of the pool's file is an alias; edit the file by hand")
    return Path(pool.where.file).parent / pair[1].text


def with_pools(key: DesiredKey, old: Mapping[str, Pool], new: Mapping[str, Pool]) -> DesiredKey:
    """A key whose pools hold other addresses now."""
    if not isinstance(key.whitelist, Addresses) or all(old[name] == new[name] for name in key.pools):
        return key
    own = key.whitelist.entries - key.origins.keys()
    origins = origins_of(key.pools, new)
    return replace(key, whitelist=Addresses(own | origins.keys()), origins=origins)
