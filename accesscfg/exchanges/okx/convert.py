"""OKX's replies as the model says it, and the other way round. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from accesscfg.exchanges.replies import (
    addresses,
    as_list,
    as_object,
    is_masked,
    misread,
    moment_of_ms,
    text,
    unknown,
    unreadable,
)
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.networks import Addresses, Unrestricted, Whitelist, sorted_entries
from accesscfg.model.observed import Facet, LiveKey, LiveSub, Observation, Observed, OwnKey

READ = "read_only"
ORDER = (READ, "trade", "withdraw")
_LISTED = (Facet.LABEL, Facet.PERMISSIONS, Facet.IP_WHITELIST)


def rows(reply: object) -> list[Any]:
    """The `data` of a reply. Raises ExchangeError when it is no list."""
    return as_list(as_object(reply, "body").get("data"), "data")


def own_key(reply: object) -> OwnKey:
    """The key that made GET /api/v5/account/config, and its account. The reply does not tell the key's id."""
    data = rows(reply)
    if len(data) != 1:
        raise misread("data")
    row = as_object(data[0], "data")
    key = LiveKey(key_id=None, facets=_facets(row), label=text(row.get("label")))
    return OwnKey(key, uid=text(row.get("uid")), main_uid=text(row.get("mainUid")))


def listed_key(row: object) -> LiveKey:
    """One row of GET /api/v5/users/subaccount/apikey."""
    if not isinstance(row, dict):
        return LiveKey(key_id=None, facets=unreadable("data", _LISTED))
    key_id = text(row.get("apiKey"))
    return LiveKey(
        key_id=key_id,
        facets=_facets(row),
        masked=is_masked(key_id),
        label=text(row.get("label")),
        created_at=moment_of_ms(row.get("ts")),
    )


def _facets(row: Mapping[str, Any]) -> dict[Facet, Observation]:
    now = datetime.now(UTC)
    label, rights, whitelist = row.get("label"), _permissions(row.get("perm")), _whitelist(row.get("ip"))
    return {
        Facet.LABEL: Observed(label, now) if isinstance(label, str) else unknown("label"),
        Facet.PERMISSIONS: Observed(rights, now) if rights else unknown("perm"),
        Facet.IP_WHITELIST: Observed(whitelist, now) if whitelist is not None else unknown("ip"),
    }


def _permissions(value: object) -> frozenset[str]:
    """The words of `perm`; empty when it cannot be read. Some replies say `read` for read_only."""
    words = [word.strip() for word in value.split(",")] if isinstance(value, str) else []
    return frozenset(READ if word == "read" else word for word in words) if all(words) else frozenset()


def _whitelist(value: object) -> Whitelist | None:
    """Empty text is the documented word for no list; anything but text is none that we understand."""
    if not isinstance(value, str):
        return None
    return addresses(value.split(",")) if value else Unrestricted()


def sub_account(row: object) -> tuple[LiveSub, int]:
    """One row of GET /api/v5/users/subaccount/list, and its creation in milliseconds, which turns pages.

    Raises ExchangeError when it has no name or time.
    """
    body = as_object(row, "data")
    name, created = text(body.get("subAcct")), moment_of_ms(body.get("ts"))
    if name is None or created is None:
        raise misread("subAcct or ts")
    return LiveSub(name, text(body.get("label"))), int(body["ts"])


def perm(wanted: frozenset[str]) -> str:
    """The `perm` of a write. Raises ExchangeError for none: a key has one right at least."""
    if not wanted:
        raise ExchangeError(Trouble.REQUEST, "nothing was sent: a key must keep one right at least")
    return ",".join([*(word for word in ORDER if word in wanted), *sorted(wanted.difference(ORDER))])


def ip(whitelist: Whitelist | None) -> str:
    """The `ip` of a write. Raises ExchangeError for a list that cannot be told; empty would open the key."""
    if isinstance(whitelist, Unrestricted):
        return ""
    if isinstance(whitelist, Addresses) and whitelist.entries:
        return ",".join(sorted_entries(whitelist.entries))
    raise ExchangeError(Trouble.REQUEST, "nothing was sent: the wanted IP whitelist cannot be written by API")
