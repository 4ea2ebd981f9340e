"""One key and all that its guide is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accesscfg.engine.compare import misfit
from accesscfg.model.desired import DesiredKey, Scope
from accesscfg.model.networks import AppBound, Unrestricted, Whitelist
from accesscfg.model.observed import Facet, LiveKey, Observed, Partly
from accesscfg.model.plan import Change, FacetResult, FacetState, KeyResult
from accesscfg.model.profile import Entry, IpRules, Profile

SETTLED = (FacetState.IN_SYNC, FacetState.ATTESTED)


def short_id(key_id: str) -> str:
    """A key's id by its ends, as far as it is long."""
    return key_id if len(key_id) <= 12 else f"{key_id[:4]}…{key_id[-4:]}"


@dataclass(frozen=True, slots=True)
class GuideSubject:
    """A declared key as it was seen, with the changes that a plan has for it.

    `entry` is the way of entering addresses that was asked for, None for the likeliest. `sub_id` is what its
    sub-account is addressed by. `new` asks for a new key in any case; `no_secret`: none is stored, so that the key
    was probably not made yet.
    """

    key: DesiredKey
    result: KeyResult
    live: LiveKey | None
    changes: tuple[Change, ...]
    profile: Profile
    entry: Entry | None = None
    sub_id: str | None = None
    new: bool = False
    no_secret: bool = False

    @property
    def scope(self) -> Scope:
        """Whether it is a key of the account itself or of a sub-account."""
        return self.key.scope

    @property
    def rules(self) -> IpRules:
        """What its whitelist may hold and how it is entered."""
        return self.profile.ip_rules[self.scope]

    @property
    def way(self) -> Entry:
        """How addresses are given."""
        return self.entry or self.rules.entry[0]

    @property
    def facets(self) -> Mapping[Facet, FacetResult]:
        """The compared facets."""
        return {result.facet: result for result in self.result.facets}

    def open_facet(self, facet: Facet) -> FacetResult | None:
        """The facet, where it is compared and neither in sync nor attested."""
        result = self.facets.get(facet)
        return None if result is None or result.state in SETTLED else result

    def compares(self, facet: Facet) -> bool:
        """Whether the facet is declared and the exchange has such a thing."""
        declared = {Facet.LABEL: self.key.label is not None, Facet.EXPIRY: self.key.expires is not None}
        rule = self.profile.facets[self.scope].get(facet)
        return declared.get(facet, True) and rule is not None and rule.read != "no_such_thing"

    @property
    def whitelist(self) -> Whitelist | None:
        """The whitelist that was wholly seen; None where it was not."""
        result = self.facets.get(Facet.IP_WHITELIST)
        seen = None if result is None else result.seen
        if isinstance(seen, Observed) and not isinstance(seen.value, bool | str | frozenset):
            return seen.value
        return None

    @property
    def restricted(self) -> bool | None:
        """Whether it is restricted to addresses; None where that was not seen."""
        result = self.facets.get(Facet.IP_WHITELIST)
        if result is not None and isinstance(result.seen, Partly):
            return result.seen.restricted
        seen = self.whitelist
        return None if seen is None else not isinstance(seen, Unrestricted)

    @property
    def rights(self) -> frozenset[str] | None:
        """The natives that were wholly seen; None where they were not."""
        result = self.facets.get(Facet.PERMISSIONS)
        seen = None if result is None else result.seen
        return seen.value if isinstance(seen, Observed) and isinstance(seen.value, frozenset) else None

    @property
    def misfit(self) -> str:
        """Why no key of this account can have what is declared; empty where one can, or that is not known."""
        mode = None if self.live is None else self.live.mode
        return "" if self.key.absent else misfit(self.key, self.profile, mode)

    @property
    def name(self) -> str:
        """How to tell the key on the page: by its label, else by the ends of its id, else by our name for it."""
        label = (None if self.live is None else self.live.label) or self.key.label
        if label:
            return f'"{label}"'
        key_id = self.key.key_id or (None if self.live is None else self.live.key_id)
        if key_id:
            return short_id(key_id)
        return f"that is declared as {self.key.path}"

    @property
    def bound(self) -> bool:
        """Whether it is, or is to be, bound to an application; such a key cannot be edited."""
        return self.app is not None or isinstance(self.whitelist, AppBound)

    @property
    def app(self) -> AppBound | None:
        """The application that the key is to be bound to."""
        return self.key.whitelist if isinstance(self.key.whitelist, AppBound) else None
