"""What was seen of the live keys. An observation is one of five things, never None and never an empty guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from accesscfg.model.errors import Trouble
from accesscfg.model.networks import Whitelist


class Facet(StrEnum):
    """One comparable property of a key."""

    PRESENCE = "presence"
    LABEL = "label"
    PERMISSIONS = "permissions"
    IP_WHITELIST = "ip_whitelist"
    EXPIRY = "expiry"
    ENABLED = "enabled"


# presence, enabled: bool; label: text; permissions: native names; expiry: an ISO date or "never"
FacetValue = bool | str | frozenset[str] | Whitelist


@dataclass(frozen=True, slots=True)
class Observed:
    """The whole value was seen."""

    value: FacetValue
    at: datetime


@dataclass(frozen=True, slots=True)
class Partly:
    """Only a flag was seen: whether the whitelist is `restricted`, not by which addresses."""

    restricted: bool
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Probed:
    """Only some rights are known: natives that are certainly there, and natives that certainly are not."""

    present: frozenset[str]
    absent: frozenset[str]
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unobservable:
    """The exchange does not show it, or not to a caller from here."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It could not be asked this time."""

    why: str
    trouble: Trouble | None = None


Observation = Observed | Partly | Probed | Unobservable | Unknown


@dataclass(frozen=True, slots=True)
class LiveKey:
    """One key as an exchange showed it.

    `key_id` is the exchange's id of the key (its public half), None where nothing identifies it; `masked` says that
    `key_id` shows only a part, the rest being `*`. `carry` holds what a later write must send back as last read.
    `notes` are sentences about it for a person, `mode` the mode of its account where the exchange has several.
    """

    key_id: str | None
    facets: Mapping[Facet, Observation]
    masked: bool = False
    label: str | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    notes: tuple[str, ...] = ()
    carry: Mapping[str, object] = field(default_factory=dict)
    mode: str | None = None

    def permissions(self) -> frozenset[str] | None:
        """The native permissions, or None when they were not wholly seen."""
        seen = self.facets.get(Facet.PERMISSIONS)
        return seen.value if isinstance(seen, Observed) and isinstance(seen.value, frozenset) else None

    def whitelist(self) -> Whitelist | None:
        """The whitelist, or None when it was not wholly seen."""
        seen = self.facets.get(Facet.IP_WHITELIST)
        if isinstance(seen, Observed) and not isinstance(seen.value, bool | str | frozenset):
            return seen.value
        return None


@dataclass(frozen=True, slots=True)
class OwnKey:
    """The key that signed the call, and the account it belongs to as far as the exchange says (`uid`).

    `scope` says whether that is a main account or a sub-account, and `sub_id` which sub-account, by what it is
    addressed by; None where the exchange does not say.
    """

    key: LiveKey
    uid: str | None = None
    main_uid: str | None = None
    scope: Literal["own", "sub"] | None = None
    sub_id: str | None = None


@dataclass(frozen=True, slots=True)
class LiveSub:
    """A sub-account as the exchange lists it; `id` is what it is addressed by."""

    id: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class KeyReading:
    """What was seen of one declared key: the matched live key, or why there is none.

    `facets` has what was seen of each; presence is observed False only where a complete listing does not have the key.
    `evidence` are sentences for a person.
    """

    facets: Mapping[Facet, Observation]
    live: LiveKey | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UndeclaredKey:
    """A live key that nobody declared; `sub` is the declared name of its sub-account or None."""

    account: str
    sub: str | None
    sub_id: str | None
    live: LiveKey


@dataclass(frozen=True, slots=True)
class UndeclaredSub:
    """A live sub-account that nobody declared, with its keys (None where they could not be listed)."""

    account: str
    live: LiveSub
    keys: tuple[LiveKey, ...] | None


@dataclass(frozen=True, slots=True)
class Sighting:
    """All that one run saw.

    `readings` is by key path as text, and so are `runner_addresses`: where calls signed with a key come from, as
    declared or named by the exchange. `notes` are for a person and name what was not looked at.
    """

    readings: Mapping[str, KeyReading]
    undeclared_keys: tuple[UndeclaredKey, ...] = ()
    undeclared_subs: tuple[UndeclaredSub, ...] = ()
    runner_addresses: Mapping[str, frozenset[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
