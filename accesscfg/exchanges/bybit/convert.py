"""Bybit's replies as the model says it, and the other way round. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from accesscfg.exchanges.replies import (
    addresses,
    as_object,
    count,
    is_masked,
    misread,
    text,
    unknown,
    unreadable,
)
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist, sorted_entries
from accesscfg.model.observed import Facet, LiveKey, LiveSub, Observation, Observed, OwnKey
from accesscfg.model.profile import Profile

READ = "read"  # ours: every key can query itself
PERMANENT_DAYS = -2  # deadlineDay of a key that does not expire
PERMANENT, EXPIRED = 1, 2  # status
APP = 2  # type

Groups = dict[str, list[str]]
_LISTED = (Facet.LABEL, Facet.PERMISSIONS, Facet.IP_WHITELIST, Facet.EXPIRY)


def own_key(reply: object) -> OwnKey:
    """The key that made GET /v5/user/query-api, and its account."""
    result = as_object(as_object(reply, "body").get("result"), "result")
    uid, parent = count(result.get("userID")), count(result.get("parentUid"))
    own = None if uid is None else str(uid)
    main = None if parent is None else str(parent) if parent else own
    return OwnKey(live_key(result), uid=own, main_uid=main)


def live_key(row: object) -> LiveKey:
    """A key as query-api and sub-apikeys show it."""
    if not isinstance(row, dict):
        return LiveKey(key_id=None, facets=unreadable("list of keys", _LISTED))
    now = datetime.now(UTC)
    key_id, note = text(row.get("apiKey")), row.get("note")
    groups, read_only = _groups(row.get("permissions")), _read_only(row.get("readOnly"))
    whitelist = _whitelist(row)
    expiry, expires_at = _expiry(row, whitelist, now)
    facets: dict[Facet, Observation] = {
        Facet.LABEL: Observed(note, now) if isinstance(note, str) else unknown("note"),
        Facet.PERMISSIONS: _permissions(groups, read_only, now),
        Facet.IP_WHITELIST: _whitelist_seen(row, whitelist, now),
        Facet.EXPIRY: expiry,
    }
    known = groups is not None and read_only is not None
    return LiveKey(
        key_id=key_id,
        facets=facets,
        masked=is_masked(key_id),
        label=text(note),
        created_at=_moment(row.get("createdAt")),
        expires_at=expires_at,
        notes=_notes(row, groups, read_only),
        carry={"readOnly": read_only, "groups": groups} if known else {},
    )


def _groups(value: object) -> Groups | None:
    """The groups that are on, with their values; None when the reply cannot be read."""
    if not isinstance(value, dict):
        return None
    for values in value.values():
        if not isinstance(values, list) or not all(isinstance(one, str) and one for one in values):
            return None
    return {group: list(values) for group, values in value.items() if values}


def _read_only(value: object) -> bool | None:
    """query-api has 0 and 1, sub-apikeys true and false."""
    return bool(value) if isinstance(value, int) and value in (0, 1) else None


def natives(groups: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Our names of the values that are on."""
    return frozenset(f"{group}:{value}" for group, values in groups.items() for value in values)


def _permissions(groups: Groups | None, read_only: bool | None, now: datetime) -> Observation:
    if read_only is None:
        return unknown("readOnly")
    if groups is None:
        return unknown("permissions")
    return Observed(frozenset({READ}) if read_only else natives(groups) | {READ}, now)


def _whitelist(row: Mapping[str, Any]) -> Whitelist | None:
    """None when it cannot be told: no spelling of "no list" but `*` is documented."""
    kind, ips = row.get("type"), row.get("ips")
    if kind not in (1, APP) or isinstance(kind, bool):
        return None
    if kind == APP:
        return AppBound(None)
    entries = ips.split(",") if isinstance(ips, str) else ips
    if not isinstance(entries, list):
        return None
    if entries == ["*"]:
        return Unrestricted()
    return None if "*" in entries else addresses(entries)


def _whitelist_seen(row: Mapping[str, Any], whitelist: Whitelist | None, now: datetime) -> Observation:
    if whitelist is not None:
        return Observed(whitelist, now)
    return unknown("ips" if row.get("type") in (1, APP) else "type")


def _expiry(
    row: Mapping[str, Any], whitelist: Whitelist | None, now: datetime
) -> tuple[Observation, datetime | None]:
    if row.get("deadlineDay") == PERMANENT_DAYS or row.get("status") == PERMANENT:
        return Observed("never", now), None
    until = _moment(row.get("expiredAt"))
    if until is None:
        return unknown("expiredAt"), None
    if until.timestamp() > 0:
        return Observed(until.date().isoformat(), now), until
    bound = isinstance(
        whitelist, Addresses | AppBound
    )  # the epoch stands for "never" only where a list is bound
    return (Observed("never", now) if bound else unknown("expiredAt")), None


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _notes(row: Mapping[str, Any], groups: Groups | None, read_only: bool | None) -> tuple[str, ...]:
    notes = []
    if read_only and groups:
        asleep = ", ".join(sorted(natives(groups)))
        notes.append(f"the key is read-only; it lists rights that are asleep until that ends: {asleep}")
    if row.get("status") == EXPIRED:
        notes.append("the exchange lists it as expired")
    return tuple(notes)


def sub_account(row: object) -> LiveSub:
    """One row of GET /v5/user/submembers. Raises ExchangeError when it has no uid."""
    body = as_object(row, "subMembers")
    uid = count(body.get("uid"))
    if uid is None:
        raise misread("subMembers.uid")
    return LiveSub(str(uid), text(body.get("username")))


def permission_body(profile: Profile, live: LiveKey, wanted: frozenset[str]) -> dict[str, object]:
    """`readOnly` and `permissions` of an update; an omitted readOnly would mean read-write.

    Nothing but reading is readOnly with the groups as last read: a key must list one. Raises ExchangeError
    when the key was not wholly read.
    """
    read_only, groups = live.carry.get("readOnly"), live.carry.get("groups")
    if not isinstance(read_only, bool) or not isinstance(groups, dict):
        raise ExchangeError(Trouble.REPLY, "nothing was sent: the key's rights could not be read")
    if wanted == live.permissions():
        body: dict[str, object] = {"readOnly": int(read_only)}
        return {**body, "permissions": groups} if groups else body
    if wanted <= {READ}:
        return {"readOnly": 1, "permissions": groups}
    kept = _companions(profile, natives(groups), wanted)
    return {"readOnly": 0, "permissions": _grouped(groups, (wanted | kept) - {READ})}


def _companions(profile: Profile, listed: frozenset[str], wanted: frozenset[str]) -> frozenset[str]:
    """Listed natives that come with a wanted one; the exchange adds them by itself."""
    entries = {native: profile.permission(native) for native in listed}
    return frozenset(native for native, entry in entries.items() if entry and entry.comes_with & wanted)


def _grouped(before: Groups, wanted: frozenset[str]) -> Groups:
    """The wanted natives by group, in the order last read; a group that loses everything is sent empty."""
    groups: Groups = {group: [] for group in before}
    order = [f"{group}:{value}" for group, values in before.items() for value in values]
    for native in [*(one for one in order if one in wanted), *sorted(wanted - set(order))]:
        group, colon, value = native.partition(":")
        if not colon:
            raise ExchangeError(Trouble.REQUEST, "nothing was sent: a right is not written as Group:Value")
        groups.setdefault(group, []).append(value)
    return groups


def asleep(live: LiveKey) -> frozenset[str]:
    """Rights that a read-only key lists and does not have."""
    groups = live.carry.get("groups")
    return natives(groups) if live.carry.get("readOnly") is True and isinstance(groups, dict) else frozenset()


def ips(whitelist: Whitelist | None) -> str:
    """The `ips` of an update. Raises ExchangeError for a list that cannot be told, such as an empty one."""
    if isinstance(whitelist, Unrestricted):
        return "*"
    if isinstance(whitelist, Addresses) and whitelist.entries:
        return ",".join(sorted_entries(whitelist.entries))
    raise ExchangeError(Trouble.REQUEST, "nothing was sent: the wanted IP whitelist cannot be written by API")
