"""Small pieces of the model for tests that need no exchange."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from accesscfg.model.desired import DesiredKey, Scope
from accesscfg.model.findings import Mark
from accesscfg.model.networks import Addresses, Unrestricted, Whitelist
from accesscfg.model.observed import Facet, KeyReading, LiveKey, Observation, Observed
from accesscfg.model.paths import parse_key_path
from accesscfg.model.profile import (
    FacetRule,
    Form,
    IpRules,
    Manual,
    Permission,
    Profile,
    Source,
    WriteRule,
    Writing,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SOURCE = Source("made for tests", "2026-11-21")
BOTH: frozenset[Scope] = frozenset({"own", "sub"})


def permission(
    native: str, gives: Iterable[str], write: Writing = "api", comes_with: Iterable[str] = ()
) -> Permission:
    """One native permission of keys of both scopes."""
    return Permission(
        native=native,
        label=native.title(),
        gives=frozenset(gives),
        scopes=BOTH,
        write={"own": "manual", "sub": write},
        comes_with=frozenset(comes_with),
    )


MANUAL = Manual(
    page="https://toy.example/keys",
    page_verified=True,
    forms=(Form(frozenset({Facet.PERMISSIONS, Facet.IP_WHITELIST}), ("Press Edit.",), ("Press Save.",)),),
    needs=(),
    create=("Press Create.",),
    created=("Press Save.",),
    delete=("Press Delete.",),
)
NATIVES = {
    "read": permission("read", ["read"]),
    "spot": permission("spot", ["spot"]),
    "futures": permission("futures", ["futures"]),
    "options": permission("options", ["options"], write="manual"),
    "transfer": permission("transfer", ["transfer"]),
    "withdraw": permission("withdraw", ["withdraw"]),
    "extra": permission("extra", ["futures"], comes_with=["futures"]),
}


def profile(*, together: bool = True, most: int | None = 20, needs_all: Iterable[str] = ()) -> Profile:
    """An exchange whose sub-account keys can be changed by API, and whose own keys cannot."""
    rules = IpRules(most=most, networks=True, ipv6=True, entry=("comma",))
    full = dict.fromkeys(
        (Facet.PRESENCE, Facet.LABEL, Facet.PERMISSIONS, Facet.IP_WHITELIST), FacetRule("full", "api")
    )
    own = {facet: FacetRule("full", "manual", "main keys are changed on the website") for facet in full}
    return Profile(
        exchange="toy",
        name="Toy",
        checked="2026-11-21",
        endpoints={},
        permissions=tuple(NATIVES.values()),
        ip_rules={"own": rules, "sub": rules},
        facets={"own": {**own, **_none()}, "sub": {**full, **_none()}},
        writes={"sub": WriteRule(together, frozenset({"manager"}), needs_all=frozenset(needs_all))},
        reads=frozenset(),
        write_calls=frozenset(),
        time_path="/time",
        limits=(),
        errors={},
        clocks=(),
        manual=MANUAL,
        sub_id_form=".+",
        sub_id_what="a name",
        lists_sub_keys=True,
        lists_sub_accounts=True,
        foreign_call_harmless=True,
        credential_kinds=frozenset({"hmac"}),
        needs_passphrase=False,
        sources=(SOURCE,),
        unverified=(),
    )


def _none() -> dict[Facet, FacetRule]:
    return dict.fromkeys((Facet.EXPIRY, Facet.ENABLED), FacetRule("no_such_thing", "no"))


def desired(path: str, permissions: Iterable[str], whitelist: Whitelist, **fields: object) -> DesiredKey:
    """A declared key of the toy exchange, managed by `main/manager` where it is a sub-account's."""
    where = parse_key_path(path)
    key = DesiredKey(
        path=where,
        where=Mark("exchanges.yaml", 1, 1),
        exchange="toy",
        permissions=frozenset(permissions),
        declared_permissions=tuple(permissions),
        whitelist=whitelist,
        managed_by=None if where.sub is None else parse_key_path("main/manager"),
    )
    return replace(key, **fields)  # type: ignore[arg-type]


def live(
    permissions: Iterable[str], whitelist: Whitelist, key_id: str = "id-1", label: str = "one"
) -> LiveKey:
    """A live key, wholly seen."""
    facets: Mapping[Facet, Observation] = {
        Facet.PERMISSIONS: Observed(frozenset(permissions), NOW),
        Facet.IP_WHITELIST: Observed(whitelist, NOW),
        Facet.LABEL: Observed(label, NOW),
    }
    return LiveKey(key_id=key_id, facets=facets, label=label)


def reading(key: LiveKey) -> KeyReading:
    """The reading of a key that answered."""
    return KeyReading({Facet.PRESENCE: Observed(True, NOW), **key.facets}, key)


def addresses(*entries: str) -> Whitelist:
    """A whitelist of these entries; none means unrestricted."""
    return Addresses(frozenset(entries)) if entries else Unrestricted()
