"""The lifecycle word of a key, from its live fields and the fixed clocks of its exchange. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from accesscfg.model.desired import DesiredKey, Policies
from accesscfg.model.networks import AppBound, Unrestricted
from accesscfg.model.observed import Facet, KeyReading, LiveKey, Partly
from accesscfg.model.plan import Lifecycle, LifecycleWord
from accesscfg.model.profile import Clock, Profile


def lifecycle(
    key: DesiredKey, reading: KeyReading, profile: Profile, policies: Policies, now: datetime
) -> LifecycleWord | None:
    """`renew`: expired; `extend`: expires soon; `fix`: trusted IPs are wanted and missing; else `ok`.

    None where nothing vouches for the clocks: of a key that was not seen, and of one that should be bound to an
    application, looks unrestricted, and is of an exchange that does not tell the one from the other.
    """
    live = reading.live
    if live is None or _may_be_bound(key, live, profile):
        return None
    end, why = _end(live, profile)
    if end is not None:
        if end <= now:
            return LifecycleWord(Lifecycle.RENEW, f"expired {end:%Y-%m-%d}: {why}", end)
        if end <= now + timedelta(days=policies.warn_before_expiry_days):
            return LifecycleWord(Lifecycle.EXTEND, f"ends {end:%Y-%m-%d}: {why}", end)
    missing = _wants_addresses(key, live, profile)
    if missing:
        return LifecycleWord(Lifecycle.FIX, missing, end)
    return LifecycleWord(Lifecycle.OK, why if end is not None else "", end)


def _is_unrestricted(live: LiveKey) -> bool:
    seen = live.facets.get(Facet.IP_WHITELIST)
    return isinstance(live.whitelist(), Unrestricted) or (isinstance(seen, Partly) and not seen.restricted)


def _may_be_bound(key: DesiredKey, live: LiveKey, profile: Profile) -> bool:
    hidden = profile.ip_rules[key.scope].app == "hidden"
    return (
        hidden and isinstance(key.whitelist, AppBound) and live.expires_at is None and _is_unrestricted(live)
    )


def _runs(clock: Clock, live: LiveKey) -> bool:
    """Whether this clock of the exchange runs for the key as it is."""
    held = live.permissions() or frozenset()
    return (not clock.when_unrestricted or _is_unrestricted(live)) and (
        not clock.with_any or bool(clock.with_any & held)
    )


def _end(live: LiveKey, profile: Profile) -> tuple[datetime | None, str]:
    if live.expires_at is not None:
        return live.expires_at, "as the exchange says"
    ends = [
        (live.created_at + timedelta(days=clock.days), clock.effect)
        for clock in profile.clocks
        if clock.clock == "fixed"
        and clock.days is not None
        and live.created_at is not None
        and _runs(clock, live)
    ]
    return min(ends, default=(None, ""))


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
