"""A key's IP whitelist: pools written out, each address once, within what the exchange takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from accesscfg.config.addresses import AddressBook
from accesscfg.config.allocations import Misuse, may_use
from accesscfg.config.notes import Notes, did_you_mean, shown
from accesscfg.config.pools import PoolReader
from accesscfg.config.section import Section
from accesscfg.config.strangers import OwnEntry
from accesscfg.model.findings import Mark
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist
from accesscfg.model.paths import KeyPath
from accesscfg.model.profile import IpRules, Profile

POOL = "pool:"


@dataclass(frozen=True, slots=True)
class WhitelistReader:
    """Reads the whitelists of keys. Pools are read before. `own` are the entries that came from no pool."""

    pools: PoolReader
    book: AddressBook
    notes: Notes
    own: list[OwnEntry] = field(default_factory=list)

    def read(
        self, key: Section, path: KeyPath, profile: Profile | None
    ) -> tuple[Whitelist, Mapping[str, str], tuple[str, ...]] | None:
        """The whitelist, which pool an entry comes from, and the pools it names; None when there is none, which was
        noted."""
        app, listed = key.get("app"), key.get("ip_whitelist")
        if app is not None and listed is not None:
            self.notes.error(
                "app_and_whitelist",
                "a key has `ip_whitelist` or `app`, not both: an application owns its keys' addresses",
                key.name_at("app"),
            )
        if app is not None:
            return AppBound(app), {}, ()
        if listed == "unrestricted":
            return Unrestricted(), {}, ()
        if not isinstance(listed, list):
            return None
        entries, origins, pools = self._written_out(key, path)
        if profile is not None:
            scope: Literal["own", "sub"] = "own" if path.sub is None else "sub"
            rules = profile.ip_rules.get(scope)
            if rules is not None:
                self._check_rules(key, entries, origins, rules, profile.name)
        return Addresses(frozenset(entries)), origins, pools

    def _written_out(
        self, key: Section, path: KeyPath
    ) -> tuple[dict[str, Mark], dict[str, str], tuple[str, ...]]:
        """Each entry with the place it comes from in this list, the pools of those that come from one, all pools."""
        own: dict[str, Mark] = {}
        pooled: dict[str, Mark] = {}
        origins: dict[str, str] = {}
        named: dict[str, Mark] = {}
        for text, where in key.entries("ip_whitelist"):
            if text.startswith(POOL):
                name = text.removeprefix(POOL)
                if self._is_usable(name, path, where, named):
                    for entry in self.pools.pools[name].entries:
                        pooled.setdefault(entry, where)
                        origins.setdefault(entry, name)
                continue
            own_entry = self.book.entry(text, where)
            if own_entry is None:
                continue
            if own_entry in own:
                message = f"{own_entry} stands in this list twice; first at {own[own_entry]}"
                self.notes.error("address_twice", message, where, "keep one of them")
            own.setdefault(own_entry, where)
        if key.get("state") != "absent":
            name = str(path)
            self.own.extend(OwnEntry(entry, name, where) for entry, where in own.items())
        for entry in own.keys() & pooled.keys():
            pool = origins[entry]
            message = f"{entry} stands here and in pool {shown(pool)} ({self.pools.pools[pool].where})"
            self.notes.error(
                "address_twice", message, own[entry], f"leave it to the pool, named at {pooled[entry]}"
            )
        return {**pooled, **own}, origins, tuple(named)

    def _is_usable(self, name: str, path: KeyPath, where: Mark, named: dict[str, Mark]) -> bool:
        """Whether this key may use the pool, and has not named it before."""
        if name in named:
            self.notes.error(
                "pool_twice", f"{shown(POOL + name)} stands in this list twice; first at {named[name]}", where
            )
            return False
        named[name] = where
        if self.pools.is_broken(name):
            return False
        if name not in self.pools.pools:
            message = f"there is no pool {shown(name)}"
            self.notes.error(
                "unknown_pool", message, where, did_you_mean(name, self.pools.pools, "the pools are")
            )
            return False
        if not may_use(self.pools.pools[name], str(path)):
            self.pools.misuses.append(Misuse(str(path), name, where))
            return False
        return True

    def _check_rules(
        self,
        key: Section,
        entries: Mapping[str, Mark],
        origins: Mapping[str, str],
        rules: IpRules,
        exchange: str,
    ) -> None:
        if rules.most is not None and len(entries) > rules.most:
            self.notes.error(
                "too_many_addresses",
                f"{len(entries)} addresses and networks; {exchange} takes at most {rules.most} for this key",
                key.at("ip_whitelist"),
                "make it fewer, with pools counted in full",
            )
        if not rules.networks:
            wide = [entry for entry in entries if "/" in entry]
            self._refuse(wide, "network", f"{exchange} takes single addresses, no networks", entries, origins)
        if not rules.ipv6:
            v6 = [entry for entry in entries if ":" in entry]
            self._refuse(v6, "ipv6", f"{exchange} takes IPv4 addresses only", entries, origins)

    def _refuse(
        self, refused: list[str], code: str, why: str, entries: Mapping[str, Mark], origins: Mapping[str, str]
    ) -> None:
        for entry in refused:
            of_pool = f" (of pool {origins[entry]})" if entry in origins else ""
            self.notes.error(code, f"{entry}{of_pool}: {why}", entries[entry])
