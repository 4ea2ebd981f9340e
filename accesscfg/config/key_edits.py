"""A declared key that takes over values of facets: the text of its file, and the key as it is to be read then. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from accesscfg.config.edits import without
from accesscfg.config.fields import holder_of, scalar, with_field
from accesscfg.config.lists import entries_at, with_entries
from accesscfg.config.naming import to_declare
from accesscfg.config.outline import NotEditable
from accesscfg.config.permissions import Mapped, map_permissions
from accesscfg.config.whitelists import POOL
from accesscfg.model.desired import TRADE, DesiredKey, Pool
from accesscfg.model.edit import pools_in_the_way
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist, live_entry, sorted_entries
from accesscfg.model.observed import Facet, FacetValue
from accesscfg.model.profile import Profile

_BY_HAND = "edit it by hand"


@dataclass(frozen=True, slots=True)
class KeyChange:
    """One key, the values it takes over, and the pools that its list loses for it."""

    key: DesiredKey
    values: Mapping[Facet, FacetValue]
    pools: Mapping[str, Pool]
    gone_pools: frozenset[str]
    profile: Profile

    def text(self, text: str) -> str:
        """The text of the key's file with these values. Raises NotEditable."""
        for facet, value in self.values.items():
            text = self._with(text, facet, value)
        return text

    def wanted(self) -> DesiredKey:
        """The key as it is declared then. Raises NotEditable for what cannot be declared."""
        key = self.key
        for facet, value in self.values.items():
            match facet, value:
                case Facet.PERMISSIONS, frozenset():
                    key = replace(key, permissions=self._declared(self._names(value)).natives)
                case Facet.IP_WHITELIST, Unrestricted():
                    key = replace(key, whitelist=value, origins={}, pools=())
                case Facet.IP_WHITELIST, Addresses():
                    pools = tuple(name for name in key.pools if name not in self.gone_pools)
                    key = replace(key, whitelist=value, origins=origins_of(pools, self.pools), pools=pools)
                case Facet.LABEL, str():
                    key = replace(key, label=value or None)
                case Facet.ENABLED, bool():
                    key = replace(key, enabled=value)
                case Facet.EXPIRY, str():
                    key = replace(key, expires=_day(value))
                case _:
                    raise NotEditable(f"{facet} is not taken over like this; {_BY_HAND}")
        return key

    @property
    def path(self) -> tuple[str, ...]:
        """The names that lead to the key in its file."""
        path = self.key.path
        sub = () if path.sub is None else ("sub_accounts", path.sub)
        return ("exchanges", path.account, *sub, "keys", path.key)

    def _with(self, text: str, facet: Facet, value: FacetValue) -> str:
        match facet, value:
            case Facet.PERMISSIONS, frozenset():
                return self._with_rights(text, value)
            case Facet.IP_WHITELIST, Addresses(entries):
                return self._with_addresses(text, entries)
            case Facet.IP_WHITELIST, Unrestricted():
                return with_field(text, (*self.path, "ip_whitelist"), str(value))
            case Facet.LABEL, "":
                if holder_of(text, self.path).find("label") is None:
                    return text
                return without(text, (*self.path, "label"))
            case Facet.LABEL, str():
                return with_field(text, (*self.path, "label"), scalar(value))
            case Facet.ENABLED, bool():
                return with_field(text, (*self.path, "enabled"), "true" if value else "false")
            case _:
                return with_field(text, (*self.path, "expires"), scalar(str(value)))

    def _with_rights(self, text: str, natives: frozenset[str]) -> str:
        path = (*self.path, "permissions")
        names = self._names(natives)
        there = entries_at(text, path) or ()
        return with_entries(
            text, path, set(there) - set(names), [name for name in names if name not in there]
        )

    def _names(self, natives: frozenset[str]) -> list[str]:
        """What to declare for these natives to be no drift: of the present names all that can stay, then others."""
        for mode in (None, *self.profile.modes):
            profile = self.profile.in_mode(mode)
            names = to_declare(profile.in_scope(self.key.scope), natives)
            kept = [name for name in self.key.declared_permissions if _means(name) <= _meant(names)]
            more = [name for name in names if not _means(name) <= _meant(kept)]
            for candidate in ([*kept, *more], names):
                problems = self._declared(candidate).problems
                means = map_permissions(tuple(candidate), profile, self.key.scope).natives
                if _same(means, natives, profile) and all(one.severity != "error" for one in problems):
                    return candidate
        raise NotEditable(
            "no permissions of a declaration stand for exactly these rights; write them by hand"
        )

    def _declared(self, names: Iterable[str]) -> Mapped:
        return map_permissions(tuple(names), self.profile, self.key.scope)

    def _with_addresses(self, text: str, entries: frozenset[str]) -> str:
        path = (*self.path, "ip_whitelist")
        wanted = self.wanted()
        own = entries - wanted.origins.keys()
        there = entries_at(text, path)
        if there is None:
            return with_field(text, path, f"[{', '.join(map(scalar, sorted_entries(own)))}]")
        listed = {one: live_entry(one) for one in there if not one.startswith(POOL)}
        gone = {one for one, entry in listed.items() if entry not in own}
        gone |= {f"{POOL}{name}" for name in self.gone_pools}
        return with_entries(text, path, gone, sorted_entries(own - set(listed.values())))


def origins_of(names: Iterable[str], pools: Mapping[str, Pool]) -> dict[str, str]:
    """Which of some pools each of their entries is taken from: the first that has it."""
    origins: dict[str, str] = {}
    for name in names:
        for entry in pools[name].entries:
            origins.setdefault(entry, name)
    return origins


def whitelist_change(
    key: DesiredKey, wanted: Whitelist, pools: Mapping[str, Pool], *, without_pools: bool
) -> frozenset[str]:
    """The pools that go from a key's list for it to be as wanted. Raises NotEditable with what to do instead."""
    if isinstance(wanted, AppBound) or isinstance(key.whitelist, AppBound):
        raise NotEditable(f"a list that belongs to an application is declared as `app`; {_BY_HAND}")
    in_the_way = pools_in_the_way(key, pools, wanted)
    if in_the_way and not without_pools:
        said = "; ".join(
            f"pool {name}: {', '.join(sorted_entries(gone))}" for name, gone in in_the_way.items()
        )
        raise NotEditable(
            f"addresses that come from a pool are not live ({said}): replace the pool in this list by its other"
            " addresses, or take them out of the pool, which changes every key that lists it"
        )
    return frozenset(in_the_way)


def _same(wanted: frozenset[str], live: frozenset[str], profile: Profile) -> bool:
    """Whether they differ by nothing but what comes with a wanted one."""
    rights = [profile.permission(native) for native in wanted ^ live]
    return all(right is not None and right.comes_with & wanted for right in rights)


def _means(name: str) -> frozenset[str]:
    return TRADE if name == "trade" else frozenset([name])


def _meant(names: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*map(_means, names))


def _day(text: str) -> date | Literal["never"]:
    return "never" if text == "never" else date.fromisoformat(text[:10])
