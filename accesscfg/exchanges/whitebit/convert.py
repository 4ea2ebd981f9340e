"""WhiteBIT's replies as the model says them, and the other way round. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from accesscfg.exchanges.replies import (
    addresses,
    as_list,
    as_object,
    count,
    flag,
    is_masked,
    misread,
    moment_of_ms,
    text,
    unknown,
    unreadable,
)
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.networks import Unrestricted, Whitelist
from accesscfg.model.observed import (
    Facet,
    LiveKey,
    LiveSub,
    Observation,
    Observed,
    OwnKey,
    Probed,
    Unobservable,
)
from accesscfg.model.profile import Profile

WIDE = "type-2"  # our name for the kind of key with deposits and withdrawals
OPEN = "all-endpoints"  # our name for a key whose endpoints are not restricted
KINDS: Mapping[object, frozenset[str]] = {
    **dict.fromkeys((1, "1", "trade"), frozenset()),
    **dict.fromkeys((2, "2"), frozenset({WIDE})),
}
_LISTED = (Facet.LABEL, Facet.PERMISSIONS, Facet.ENABLED)


def rows(reply: object) -> list[Any]:
    """The rows of a listing, in its object or plain. Raises ExchangeError when there are none."""
    return reply if isinstance(reply, list) else as_list(as_object(reply, "body").get("data"), "data")


def own_key(profile: Profile, probed: str, *, answered: bool) -> OwnKey:
    """A key that made one harmless call: it works, and has or lacks the right to that call. No more is shown."""
    now, right = datetime.now(UTC), frozenset({probed})
    present, absent = (right, frozenset[str]()) if answered else (frozenset[str](), right)
    rules = profile.facets["own"]
    facets: dict[Facet, Observation] = {
        Facet.LABEL: Unobservable(rules[Facet.LABEL].why or ""),
        Facet.PERMISSIONS: Probed(present, absent, rules[Facet.PERMISSIONS].why or "", now),
        Facet.IP_WHITELIST: Unobservable(rules[Facet.IP_WHITELIST].why or ""),
        Facet.ENABLED: Observed(True, now),
    }
    said = "it may" if answered else "it may not"
    note = f"{profile.name} answered a call with it: it is enabled and may be used from here, and {said} call {probed}"
    return OwnKey(LiveKey(key_id=None, facets=facets, notes=(note,)))


def listed_key(row: object, profile: Profile) -> LiveKey:
    """One row of sub-account/api-key/list; it has no addresses."""
    if not isinstance(row, dict):
        return LiveKey(key_id=None, facets=unreadable("data", _LISTED))
    now = datetime.now(UTC)
    key_id, label, enabled = text(row.get("apiKey")), row.get("title"), flag(row.get("isEnabled"))
    rights = _permissions(row, profile)
    return LiveKey(
        key_id=key_id,
        facets={
            Facet.LABEL: Observed(label, now) if isinstance(label, str) else unknown("title"),
            Facet.PERMISSIONS: unknown(rights) if isinstance(rights, str) else Observed(rights, now),
            Facet.ENABLED: unknown("isEnabled") if enabled is None else Observed(enabled, now),
        },
        masked=is_masked(key_id),
        label=label if isinstance(label, str) else None,
        last_used_at=moment_of_ms((count(row.get("lastActivity")) or 0) * 1000),
        carry={} if text(row.get("id")) is None else {"id": row["id"]},
    )


def _permissions(row: Mapping[str, Any], profile: Profile) -> frozenset[str] | str:
    """The natives of a key, or the name of the field that cannot be read.

    Where endpoints are not restricted the key has every one that its kind allows.
    """
    kind, restricted = row.get("type"), flag(row.get("restrictAccess"))
    held = None if isinstance(kind, bool | list | dict) else KINDS.get(kind)
    if held is None or restricted is None:
        return "type" if held is None else "restrictAccess"
    if not restricted:
        ours = profile.in_scope("sub")
        return held | {OPEN} | {one.native for one in ours if is_endpoint(one.native) and one.needs <= held}
    listed = row.get("accessEndpoints")
    entries = listed if isinstance(listed, list) else [None]
    names = [text(entry.get("name")) if isinstance(entry, dict) else None for entry in entries]
    return "accessEndpoints" if None in names else held | {name for name in names if name is not None}


def is_endpoint(native: str) -> bool:
    """Whether a right is one to a call, and not one of our words for what a key is."""
    return native not in (WIDE, OPEN)


def with_addresses(key: LiveKey, reply: object) -> LiveKey:
    """A listed key with its addresses, as sub-account/api-key/ip-address/list shows them."""
    whitelist = _whitelist(reply)
    seen = unknown("data") if whitelist is None else Observed(whitelist, datetime.now(UTC))
    return replace(key, facets={**key.facets, Facet.IP_WHITELIST: seen})


def _whitelist(reply: object) -> Whitelist | None:
    """An empty list is taken for no restriction; anything but a list is none that we understand."""
    entries = reply.get("data") if isinstance(reply, dict) else None
    if not isinstance(entries, list):
        return None
    return addresses(entries) if entries else Unrestricted()


def sub_account(row: object) -> LiveSub:
    """One row of sub-account/list. Raises ExchangeError when it has no id."""
    body = as_object(row, "data")
    sub_id = text(body.get("id"))
    if sub_id is None:
        raise misread("id")
    return LiveSub(sub_id, text(body.get("alias")))


def urls(held: frozenset[str], wanted: frozenset[str]) -> list[dict[str, object]]:
    """The `urls` of an edit: every endpoint that is on or is to be, each with its wanted state.

    Whether those that are left out keep their state or go off is not documented; these are right either way. Raises
    ExchangeError for none that stays on: nothing says whether such a key is closed or open.
    """
    if not any(map(is_endpoint, wanted)):
        raise ExchangeError(Trouble.REQUEST, "nothing was sent: a key must keep one endpoint at least")
    return [{"url": url, "enable": url in wanted} for url in sorted(held | wanted) if is_endpoint(url)]
