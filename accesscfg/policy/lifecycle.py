"""The lifecycle word of a key, from its live fields, the clocks of its exchange, and the workspace's policy. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accesscfg.model.desired import Declaration, DesiredKey, Policies
from accesscfg.model.networks import AppBound, Unrestricted
from accesscfg.model.observed import Facet, KeyReading, LiveKey, Partly
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import Lifecycle, LifecycleWord
from accesscfg.model.profile import Clock, Profile


@dataclass(frozen=True, slots=True, order=True)
class _End:
    """When a key ends, or should be replaced; `late` and `soon` say so of a day in the past and one to come."""

    at: datetime
    late: str
    soon: str
    why: str


def lifecycle(
    key: DesiredKey, reading: KeyReading, profile: Profile, policies: Policies, now: datetime
) -> LifecycleWord | None:
    """`renew`: expired, or older than `max_key_age`; `extend`: one of these comes soon; `fix`: trusted IPs are wanted
    and missing; else `ok`.

    None where nothing vouches for the clocks: of a key that was not seen, and of one that should be bound to an
    application, looks unrestricted, and is of an exchange that does not tell the one from the other.
    """
    live = reading.live
    if live is None:
        return None
    end = min(_ends(key, live, profile, policies), default=None)
    if end is not None:
        if end.at <= now:
            return LifecycleWord(Lifecycle.RENEW, f"{end.late} {end.at:%Y-%m-%d}: {end.why}", end.at)
        if end.at <= now + timedelta(days=policies.warn_before_expiry_days):
            return LifecycleWord(Lifecycle.EXTEND, f"{end.soon} {end.at:%Y-%m-%d}: {end.why}", end.at)
    if _may_be_bound(key, live, profile):
        return None
    until = None if end is None else end.at
    missing = _wants_addresses(key, live, profile)
    if missing:
        return LifecycleWord(Lifecycle.FIX, missing, until)
    return LifecycleWord(Lifecycle.OK, "" if end is None else end.why, until)


def unjudged_ages(
    declaration: Declaration,
    selected: Collection[KeyPath],
    readings: Mapping[str, KeyReading],
    profile_of: Callable[[str], Profile],
) -> tuple[str, ...]:
    """Sentences that name every selected key whose age is not known, so that `max_key_age` could not judge it."""
    if declaration.policies.max_key_age_days is None:
        return ()
    unseen: list[str] = []
    undated: dict[str, list[str]] = {}
    for key in declaration.all_keys():
        if key.path not in selected or key.absent:
            continue
        live = readings[str(key.path)].live
        if live is None:
            unseen.append(str(key.path))
        elif live.created_at is None:
            undated.setdefault(profile_of(key.exchange).name, []).append(str(key.path))
    return (
        *(_unjudged(paths, f"{name} does not show the day on which") for name, paths in undated.items()),
        *([_unjudged(unseen, "nothing was seen that tells when")] if unseen else ()),
    )


def _unjudged(paths: list[str], why: str) -> str:
    they = "it was" if len(paths) == 1 else "they were"
    return f"`max_key_age` was not judged for {', '.join(paths)}: {why} {they} made"


def _is_unrestricted(live: LiveKey) -> bool:
    seen = live.facets.get(Facet.IP_WHITELIST)
    return isinstance(live.whitelist(), Unrestricted) or (isinstance(seen, Partly) and not seen.restricted)


def _may_be_bound(key: DesiredKey, live: LiveKey, profile: Profile) -> bool:
    """Whether the key looks unrestricted and may well be bound to an application, as it should be."""
    hidden = profile.ip_rules[key.scope].app == "hidden"
    return hidden and isinstance(key.whitelist, AppBound) and _is_unrestricted(live)


def _runs(clock: Clock, live: LiveKey) -> bool:
    """Whether this clock of the exchange runs for the key as it is."""
    held = live.permissions() or frozenset()
    return (not clock.when_unrestricted or _is_unrestricted(live)) and (
        not clock.with_any or bool(clock.with_any & held)
    )


def _ends(key: DesiredKey, live: LiveKey, profile: Profile, policies: Policies) -> Iterator[_End]:
    """What is known to end the key: the exchange's date, or else its clocks; and the policy."""
    if live.expires_at is not None:
        yield _End(live.expires_at, "expired", "ends", "as the exchange says")
    else:
        for clock in profile.clocks:
            hidden = clock.when_unrestricted and _may_be_bound(key, live, profile)
            end = _after(live.created_at, clock.days)
            if clock.clock == "fixed" and end is not None and _runs(clock, live) and not hidden:
                yield _End(end, "expired", "ends", clock.effect)
    most = policies.max_key_age_days
    too_old = None if key.absent else _after(live.created_at, most)
    if too_old is not None:
        why = f"made {live.created_at:%Y-%m-%d}, and `max_key_age` is {most} days; replace it by a new key"
        yield _End(too_old, "too old since", "too old on", why)


def _after(moment: datetime | None, days: int | None) -> datetime | None:
    try:
        return None if moment is None or days is None else moment + timedelta(days=days)
    except OverflowError:  # after the year 9999
        return None


def _wants_addresses(key: DesiredKey, live: LiveKey, profile: Profile) -> str:
    if not _is_unrestricted(live):
        return ""
    if isinstance(key.whitelist, AppBound):
        return f"no trusted IPs: it is not bound to {key.whitelist.app}"
    if not isinstance(key.whitelist, Unrestricted):
        return "no trusted IPs, though the declaration has some"
    for clock in profile.clocks:
        if clock.clock != "fixed" and clock.when_unrestricted and _runs(clock, live):
            return f"no trusted IPs: {clock.effect}"
    return ""


def utc_now() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)
