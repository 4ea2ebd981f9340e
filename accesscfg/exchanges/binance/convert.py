"""Binance's replies as the model says it, and the other way round. No I/O."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from accesscfg.exchanges.replies import (
    addresses,
    as_object,
    flag,
    is_masked,
    misread,
    moment_of_ms,
    text,
    unknown,
    unreadable,
)
from accesscfg.model.desired import Scope
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist, is_entry, sorted_entries
from accesscfg.model.observed import (
    Facet,
    LiveKey,
    LiveSub,
    Observation,
    Observed,
    OwnKey,
    Partly,
    Unobservable,
)

READING = "enableReading"

# The two FIX flags are missing from older answers, which is how a right looks that the API does not have.
OWN_FLAGS = (
    READING,
    "enableSpotAndMarginTrading",
    "enableMargin",
    "enableFutures",
    "enableVanillaOptions",
    "permitsUniversalTransfer",
    "enableInternalTransfer",
    "enableWithdrawals",
    "enablePortfolioMarginTrading",
)

# What the flags of a key's own answer are called where sub-account keys are listed and written.
SUB_FLAGS = {
    "enableSpotAndMarginTrading": "canTrade",
    "enableMargin": "canMarginLoanRepay",
    "enableFutures": "canFuturesTrade",
    "enableVanillaOptions": "canVanillaOptions",
    "permitsUniversalTransfer": "canUniversalTransfer",
}

_OWN_FORM = re.compile(r"(?:enable|permits)[A-Z]\w*")
_SUB_FORM = re.compile(r"can[A-Z]\w*")
_LISTED = (Facet.LABEL, Facet.PERMISSIONS, Facet.IP_WHITELIST)


def own_key(reply: object, scope: Scope) -> OwnKey:
    """The key that made GET /sapi/v1/account/apiRestrictions; a sub-account's in the names of its listing."""
    body, now = as_object(reply, "body"), datetime.now(UTC)
    rename = SUB_FLAGS if scope == "sub" else {}
    needed = [*rename, READING] if scope == "sub" else OWN_FLAGS
    facets: dict[Facet, Observation] = {
        Facet.PERMISSIONS: _flags(body, needed, _OWN_FORM, rename, now),
        Facet.IP_WHITELIST: _own_whitelist(body, now),
    }
    if scope == "sub":
        facets[Facet.LABEL] = Unobservable("only the listing through a managing key shows the name")
    until = moment_of_ms(body.get("tradingAuthorityExpirationTime"))
    notes = () if until is None else (f"spot and margin trading is switched off on {until.date()}",)
    created = moment_of_ms(body.get("createTime"))
    return OwnKey(LiveKey(key_id=None, facets=facets, created_at=created, notes=notes))


def _own_whitelist(body: Mapping[str, Any], now: datetime) -> Observation:
    restricted = flag(body.get("ipRestrict"))
    if restricted is None:
        return unknown("ipRestrict")
    if not restricted:
        return Observed(Unrestricted(), now)
    return Partly(True, "the API shows only that the key is restricted, not by which addresses", now)


def _flags(
    body: Mapping[str, Any],
    needed: Iterable[str],
    form: re.Pattern[str],
    rename: Mapping[str, str],
    now: datetime,
) -> Observation:
    """The flags that are on; a right we do not know counts too when it looks like one."""
    for name in needed:
        if flag(body.get(name)) is None:
            return unknown(name)
    on = {rename.get(name, name) for name, value in body.items() if form.fullmatch(name) and flag(value)}
    return Observed(frozenset(on), now)


def sub_account(row: object) -> LiveSub:
    """One row of GET /sapi/v1/sub-account/list. Raises ExchangeError when it has no e-mail."""
    body = as_object(row, "subAccounts")
    email = text(body.get("email"))
    if email is None:
        raise misread("subAccounts.email")
    return LiveSub(email, text(body.get("remark")))


def listed_key(row: object) -> LiveKey:
    """One row of GET /sapi/v1/sub-account/subAccountApi; it says nothing of addresses."""
    if not isinstance(row, dict):
        return LiveKey(key_id=None, facets=unreadable("rows", _LISTED))
    now = datetime.now(UTC)
    key_id = text(row.get("apikey")) or text(row.get("apiKey"))
    name = row.get("apiName")
    rights = _flags(row, SUB_FLAGS.values(), _SUB_FORM, {}, now)
    if isinstance(rights, Observed) and isinstance(rights.value, frozenset):
        rights = Observed(rights.value | {READING}, now)
    facets: dict[Facet, Observation] = {
        Facet.LABEL: Observed(name, now) if isinstance(name, str) else unknown("apiName"),
        Facet.PERMISSIONS: rights,
    }
    return LiveKey(key_id=key_id, facets=facets, masked=is_masked(key_id), label=text(name))


def listed_whitelist(reply: object) -> Observation:
    """GET …/subAccountApi/ipRestriction. A restriction without a list is unknown, never empty."""
    body, now = as_object(reply, "body"), datetime.now(UTC)
    restricted = flag(body.get("ipRestrict"))
    if restricted is None:
        return unknown("ipRestrict")
    if not restricted:
        return Observed(Unrestricted(), now)
    whitelist = _listed(body.get("ipList"))
    return unknown("ipList") if whitelist is None else Observed(whitelist, now)


def _listed(entries: object) -> Whitelist | None:
    """The list; where a word in it is no address, the third party of that name that the key is bound to."""
    whitelist = addresses(entries) if isinstance(entries, list) else None
    if not isinstance(whitelist, Addresses):
        return None
    names = [entry for entry in whitelist.entries if not is_entry(entry)]
    if len(names) > 1:
        return None
    return AppBound(names[0]) if names else whitelist


def permission_params(live: Collection[str], wanted: Collection[str]) -> list[tuple[str, str]]:
    """Every flag of POST …/subAccountApiPermission, because what leaving one out means is not documented.

    A flag that we do not know and that is on is sent under the name it was read by.
    """
    names = [*SUB_FLAGS.values(), *sorted((set(live) | set(wanted)) - {READING, *SUB_FLAGS.values()})]
    return [(name, "true" if name in wanted else "false") for name in names]


def ip_params(entries: Iterable[str]) -> tuple[str, str]:
    """The parameter that carries addresses."""
    return "ipAddress", ",".join(sorted_entries(entries))


def writable(whitelist: Whitelist | None) -> Unrestricted | Addresses:
    """The list as the API can be told. Raises ExchangeError for any other, such as an empty one."""
    if isinstance(whitelist, Unrestricted):
        return whitelist
    if isinstance(whitelist, Addresses) and whitelist.entries:
        return whitelist
    raise ExchangeError(Trouble.REQUEST, "nothing was sent: the wanted IP whitelist cannot be written by API")
