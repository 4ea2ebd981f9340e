"""How each facet of a key stands to its declaration. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from accesscfg.config.permissions import NATIVE, Mapped, map_permissions
from accesscfg.model.canonical import digest, encode, encode_seen
from accesscfg.model.desired import DesiredKey, Scope
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist
from accesscfg.model.observed import (
    Facet,
    KeyReading,
    Observation,
    Observed,
    Partly,
    Probed,
    Unknown,
    Unobservable,
)
from accesscfg.model.plan import ChangeValue, FacetResult, FacetState
from accesscfg.model.profile import AppShown, Profile


def wanted_facets(key: DesiredKey, profile: Profile, mode: str | None = None) -> dict[Facet, ChangeValue]:
    """The facets of this key that are compared, with the declared value of each.

    A facet that its exchange does not have is not compared, nor is a label or expiry that nobody declared. In an
    account of a known mode the rights of that mode are wanted.
    """
    if key.absent:
        return {Facet.PRESENCE: False}
    wanted: dict[Facet, ChangeValue] = {
        Facet.PRESENCE: True,
        Facet.LABEL: key.label,
        Facet.PERMISSIONS: wanted_permissions(key, profile, mode).natives,
        Facet.IP_WHITELIST: key.whitelist,
        Facet.EXPIRY: None if key.expires is None else str(key.expires),
        Facet.ENABLED: key.enabled,
    }
    rules = profile.facets[key.scope]
    return {
        facet: value
        for facet, value in wanted.items()
        if value is not None and (facet not in rules or rules[facet].read != "no_such_thing")
    }


def wanted_permissions(key: DesiredKey, profile: Profile, mode: str | None) -> Mapped:
    """The natives that the declaration stands for in an account of this mode, and what cannot be had there."""
    if mode is None or not profile.modes:
        return Mapped(key.permissions, ())
    return map_permissions(key.declared_permissions, profile.in_mode(mode), key.scope)


def compare(key: DesiredKey, reading: KeyReading, profile: Profile) -> tuple[FacetResult, ...]:
    """Every compared facet of one key with its state."""
    mode = None if reading.live is None else reading.live.mode
    wanted = wanted_facets(key, profile, mode)
    presence = reading.facets.get(Facet.PRESENCE)
    if isinstance(presence, Observed) and presence.value is False:
        wanted = {Facet.PRESENCE: wanted[Facet.PRESENCE]}
    results = []
    for facet, value in wanted.items():
        seen = _seen(facet, reading, key, profile)
        if facet is Facet.PERMISSIONS and (cannot := misfit(key, profile, mode)):
            seen = Unknown(cannot)
        state, why = _state(facet, value, seen, key.scope, profile)
        results.append(FacetResult(facet, state, value, seen, why))
    return tuple(results)


def misfit(key: DesiredKey, profile: Profile, mode: str | None) -> str:
    """Why the declared permissions cannot be compared in an account of this mode; empty where they can."""
    if mode is None or not profile.modes:
        return ""
    if (other := _of_another_mode(key, profile, mode)) is not None:
        return f"the account is in {profile.modes[mode]} mode, whose keys cannot have {other}"
    problems = wanted_permissions(key, profile, mode).problems
    found = next((problem for problem in problems if problem.severity == "error"), None)
    if found is None:
        return ""
    hint = f"; {found.hint}" if found.hint else ""
    return f"the account is in {profile.modes[mode]} mode: {found.message}{hint}"


def _of_another_mode(key: DesiredKey, profile: Profile, mode: str) -> str | None:
    """A native that is declared by its name and known in other modes only."""
    named = (name for name in key.declared_permissions if name.startswith(NATIVE))
    known = profile.in_mode(mode)
    for name in named:
        native = name.removeprefix(NATIVE)
        if known.permission(native, key.scope) is None and profile.permission(native, key.scope) is not None:
            return name
    return None


def _seen(facet: Facet, reading: KeyReading, key: DesiredKey, profile: Profile) -> Observation:
    seen = reading.facets.get(facet)
    if seen is not None:
        return seen
    rule = profile.facets[key.scope].get(facet)
    if rule is not None and rule.read == "no":
        return Unobservable(rule.why or f"{profile.name} does not show it")
    return Unknown(f"{profile.name}'s answer did not show it")


def _state(
    facet: Facet, wanted: ChangeValue, seen: Observation, scope: Scope, profile: Profile
) -> tuple[FacetState, str]:
    match seen:
        case Unknown(why):
            return FacetState.UNKNOWN, why
        case Unobservable(why):
            return FacetState.UNOBSERVABLE, why
        case Partly(restricted, why):
            return _partly(wanted, restricted), why
        case Probed(present, absent, why):
            return _probed(wanted, present, absent, scope, profile), why
        case Observed(value):
            return _observed(facet, wanted, value, scope, profile)


def _probed(
    wanted: ChangeValue, present: frozenset[str], absent: frozenset[str], scope: Scope, profile: Profile
) -> FacetState:
    """Some rights are known: they can prove the declaration wrong, but never the whole of it right."""
    if not isinstance(wanted, frozenset):
        return FacetState.UNKNOWN
    gone, new = probed_difference(wanted, present, absent, scope, profile)
    return FacetState.DRIFT if gone | new else FacetState.CONSISTENT


def probed_difference(
    wanted: frozenset[str], present: frozenset[str], absent: frozenset[str], scope: Scope, profile: Profile
) -> tuple[frozenset[str], frozenset[str]]:
    """Natives that are certainly too much, and natives that are certainly missing."""
    gone, _ = permission_difference(wanted, present, scope, profile)
    _, new = permission_difference(wanted, wanted - absent, scope, profile)
    return gone, new


def _partly(wanted: ChangeValue, restricted: bool) -> FacetState:
    """Only the flag is known: it can prove `unrestricted` right and everything wrong, but no list right."""
    if isinstance(wanted, Unrestricted) == restricted:
        return FacetState.DRIFT
    return FacetState.IN_SYNC if isinstance(wanted, Unrestricted) else FacetState.CONSISTENT


def _observed(
    facet: Facet, wanted: ChangeValue, value: ChangeValue, scope: Scope, profile: Profile
) -> tuple[FacetState, str]:
    if facet is Facet.PERMISSIONS and isinstance(wanted, frozenset) and isinstance(value, frozenset):
        gone, new = permission_difference(wanted, value, scope, profile)
        return (FacetState.DRIFT if gone or new else FacetState.IN_SYNC), ""
    if isinstance(wanted, AppBound):
        return _bound(wanted, value, profile.ip_rules[scope].app, profile.name)
    return (FacetState.IN_SYNC if wanted == value else FacetState.DRIFT), ""


def _bound(wanted: AppBound, value: ChangeValue, shown: AppShown, exchange: str) -> tuple[FacetState, str]:
    """A key that should be bound to an application, by what the exchange tells of such keys."""
    if value == AppBound(None):
        return FacetState.CONSISTENT, "bound to an application; the exchange does not say which"
    hidden = shown == "hidden" or (shown == "restricted" and isinstance(value, Addresses))
    if hidden and not isinstance(value, AppBound):
        seen = "with addresses" if isinstance(value, Addresses) else "as unrestricted"
        return (
            FacetState.UNOBSERVABLE,
            f"shown {seen}; {exchange} does not tell keys that are bound to an application from others",
        )
    return (FacetState.IN_SYNC if wanted == value else FacetState.DRIFT), ""


def permission_difference(
    wanted: frozenset[str], live: frozenset[str], scope: Scope, profile: Profile
) -> tuple[frozenset[str], frozenset[str]]:
    """Natives to revoke and natives to grant; one that comes with a wanted one is neither."""
    ignored = {
        native
        for native in wanted ^ live
        if (entry := profile.permission(native, scope)) is not None and entry.comes_with & wanted
    }
    return live - wanted - ignored, wanted - live - ignored


def key_hash(results: tuple[FacetResult, ...]) -> str:
    """A hash over what is wanted and what was seen of every compared facet."""
    return digest({r.facet.value: [encode(r.wanted), encode_seen(r.seen)] for r in results})


def live_whitelist(seen: Observation) -> Whitelist | None:
    """The live whitelist as far as steps can start from it; the flag `not restricted` is a whole answer."""
    if isinstance(seen, Partly):
        return None if seen.restricted else Unrestricted()
    if isinstance(seen, Observed) and not isinstance(seen.value, bool | str | frozenset):
        return seen.value
    return None


def all_unknown(key: DesiredKey, profile: Profile, unknown: Unknown) -> dict[Facet, Observation]:
    """The facets of a key that could not be asked."""
    return dict.fromkeys(wanted_facets(key, profile), unknown)


def all_unobservable(key: DesiredKey, profile: Profile, why: str) -> Mapping[Facet, Observation]:
    """The facets of a key that cannot be seen from here."""
    return dict.fromkeys(wanted_facets(key, profile), Unobservable(why))
