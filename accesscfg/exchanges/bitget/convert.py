"""Bitget's replies as the model says it, and the other way round. No I/O.

What the natives are and why is told in the profile, above `permissions`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from accesscfg.exchanges.replies import (
    addresses,
    as_object,
    is_masked,
    misread,
    moment_of_ms,
    text,
    unknown,
    unreadable,
)
from accesscfg.model.desired import Scope
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.networks import Addresses, Unrestricted, Whitelist, sorted_entries
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

CLASSIC, UNIFIED = "classic", "unified"
READ = "uta_read"
ITEMS = frozenset({"uta_trade", "uta_mgt", "withdraw", "copy_futures_position", "copy_futures_order"})
READ_ONLY, READ_WRITE = "read_only", "read_write"
# the spellings of the account's own call, of sub-accounts' keys, and of the broker's pages
_TYPES = {
    "read-only": READ_ONLY,
    "read_only": READ_ONLY,
    "readonly": READ_ONLY,
    "read-and-write": READ_WRITE,
    "read_write": READ_WRITE,
    "read_and_write": READ_WRITE,
}
_READING_OF = {
    "stow": "stor",
    "smow": "smor",
    "coow": "coor",
    "cpow": "cpor",
    "ttow": "ttor",
    "wtow": "wtor",
    "chow": "chor",
    "p2p": "p2pr",
    "pllw": "pllr",
    "taxw": "taxr",
}
_READING = frozenset(_READING_OF.values())
# what a sub-account's key is shown of itself, in the words of the list that its managing key gets
_AS_LISTED: Mapping[str, frozenset[str]] = {
    "spot_trade": frozenset({"stow"}),
    "margin_trade": frozenset({"smow"}),
    "contract_trade": frozenset({"coow", "cpow"}),
    "transfer": frozenset({"wtow"}),
    "copytrading_trade": frozenset({"ttow"}),
    "wallet_withdraw": frozenset({"wwow"}),
}
_LISTED = (Facet.LABEL, Facet.PERMISSIONS, Facet.IP_WHITELIST)
_NO_SPOT = "Bitget shows this to a key with Spot (read) only, which this one lacks"
_NO_LABEL = "Bitget shows the note of a sub-account's key to a managing key only"
_OTHER_WORDS = (
    "Bitget shows a sub-account's key its own rights in other words than it is given them, which tell some of them"
    " only; a managing key sees them whole"
)


def data_of(reply: object) -> Any:
    """The `data` of a reply. Raises ExchangeError when the reply is no object."""
    return as_object(reply, "body").get("data")


def surely_unified(data: object) -> bool:
    """Whether an answer of GET /api/v3/account/info names an item that only unified accounts have."""
    items = data.get("permissions") if isinstance(data, dict) else None
    return isinstance(items, list) and any(
        isinstance(item, str) and item.startswith("uta_") for item in items
    )


def own_unified(data: object, scope: Scope) -> OwnKey:
    """The key that made GET /api/v3/account/info. The reply does not tell the key's id. Raises ExchangeError."""
    row = as_object(data, "data")
    facets = {**_unlabelled(scope), **_unified_rights(row, "permType"), **_restriction(row, "ips")}
    key = LiveKey(None, facets, notes=_notes(row, "permType"), mode=UNIFIED)
    uid, parent = id_text(row.get("uid")) or id_text(row.get("userId")), row.get("parentId")
    if uid is None or not isinstance(parent, str):
        return OwnKey(key, uid=uid)
    if parent in ("", uid):
        return OwnKey(key, uid=uid, main_uid=uid, scope="own")
    return OwnKey(key, uid=uid, main_uid=parent, scope="sub", sub_id=uid)


def own_classic(data: object, scope: Scope) -> OwnKey:
    """The key that made GET /api/v2/spot/account/info. The reply does not tell the key's id. Raises ExchangeError."""
    row = as_object(data, "data")
    codes = _words(row.get("authorities"))
    rights = unknown("authorities") if codes is None else _classic_rights(codes, scope)
    facets = {**_unlabelled(scope), Facet.PERMISSIONS: rights, **_restriction(row, "ips")}
    return OwnKey(
        LiveKey(None, facets, mode=CLASSIC),
        uid=id_text(row.get("userId")),
        main_uid=id_text(row.get("parentId")),
    )


def own_without_spot(scope: Scope) -> OwnKey:
    """A Classic key that was refused that call for want of Spot (read), and so certainly has none of Spot."""
    absent = frozenset({"stor", "stow"} if scope == "own" else {"spot_trade"})
    facets: dict[Facet, Observation] = {
        **_unlabelled(scope),
        Facet.PERMISSIONS: Probed(frozenset(), absent, _NO_SPOT, datetime.now(UTC)),
        Facet.IP_WHITELIST: Unobservable(_NO_SPOT),
    }
    return OwnKey(LiveKey(None, facets, mode=CLASSIC))


def _unlabelled(scope: Scope) -> dict[Facet, Observation]:
    """No key is shown its own note; for main accounts' keys the profile says so."""
    return {Facet.LABEL: Unobservable(_NO_LABEL)} if scope == "sub" else {}


def _classic_rights(codes: Collection[str], scope: Scope) -> Observation:
    spelt = {"p2p" if code == "p2pw" else code for code in codes}
    held = frozenset(spelt | {_READING_OF[code] for code in spelt if code in _READING_OF})
    now = datetime.now(UTC)
    return Observed(held, now) if scope == "own" else _of_sub(held, now)


def _of_sub(held: frozenset[str], now: datetime) -> Probed:
    """What is certain of a sub-account's key that asked about itself."""
    known = {"wwow", *_READING_OF, *_READING}
    listed = frozenset(word for word, codes in _AS_LISTED.items() if codes <= held)
    others = held - _READING - frozenset().union(*_AS_LISTED.values())
    absent = frozenset(word for word, codes in _AS_LISTED.items() if not codes & held)
    return Probed(listed | others, absent if held <= known else frozenset(), _OTHER_WORDS, now)


def listed_unified(row: object) -> LiveKey:
    """One row of GET /api/v3/user/sub-api-list."""
    if not isinstance(row, dict):
        return LiveKey(None, unreadable("items", _LISTED), mode=UNIFIED)
    key_id = id_text(row.get("apiKey")) or id_text(row.get("apikey"))
    facets = {**_label(row, "note"), **_unified_rights(row, "type"), **_restriction(row, "ips")}
    return LiveKey(
        key_id=key_id,
        facets=facets,
        masked=is_masked(key_id),
        label=text(row.get("note")),
        created_at=moment_of_ms(row.get("ts")),
        notes=_notes(row, "type"),
        carry={"type": _type(row.get("type")), "permissions": _words(row.get("permissions")) or ()},
        mode=UNIFIED,
    )


def listed_classic(row: object) -> LiveKey:
    """One row of GET /api/v2/user/virtual-subaccount-apikey-list."""
    if not isinstance(row, dict):
        return LiveKey(None, unreadable("data", _LISTED), mode=CLASSIC)
    key_id, words = id_text(row.get("subAccountApiKey")), _words(row.get("permList"))
    rights = unknown("permList") if words is None else Observed(frozenset(words), datetime.now(UTC))
    facets = {**_label(row, "label"), Facet.PERMISSIONS: rights, **_restriction(row, "ipList")}
    return LiveKey(
        key_id=key_id, facets=facets, masked=is_masked(key_id), label=text(row.get("label")), mode=CLASSIC
    )


def sub_account(row: object, uid_field: str, name_field: str) -> LiveSub:
    """One row of a list of sub-accounts. Raises ExchangeError when it has no UID."""
    body = as_object(row, "sub-account")
    uid = id_text(body.get(uid_field))
    if uid is None:
        raise misread(uid_field)
    return LiveSub(uid, text(body.get(name_field)))


def _label(row: Mapping[str, Any], field: str) -> dict[Facet, Observation]:
    label = row.get(field)
    return {Facet.LABEL: Observed(label, datetime.now(UTC)) if isinstance(label, str) else unknown(field)}


def _unified_rights(row: Mapping[str, Any], field: str) -> dict[Facet, Observation]:
    kind, items = _type(row.get(field)), _words(row.get("permissions"))
    if kind is None or items is None:
        return {Facet.PERMISSIONS: unknown(field if kind is None else "permissions")}
    held = items if kind == READ_WRITE else [item for item in items if item not in ITEMS]
    return {Facet.PERMISSIONS: Observed(frozenset({READ, *held}), datetime.now(UTC))}


def _notes(row: Mapping[str, Any], field: str) -> tuple[str, ...]:
    """The items of a read-only key, which are no rights of it and still say what it reads."""
    items = [item for item in _words(row.get("permissions")) or () if item in ITEMS]
    if _type(row.get(field)) != READ_ONLY or not items:
        return ()
    return (f"it is read-only; ticked are {', '.join(items)}",)


def _restriction(row: Mapping[str, Any], field: str) -> dict[Facet, Observation]:
    """An empty list is taken for no restriction, which is deduced; a missing one is not understood."""
    value = row.get(field)
    entries = value.split(",") if isinstance(value, str) else value
    whitelist = addresses(entries) if isinstance(entries, list) else None
    if value == "" or value == []:
        whitelist = Unrestricted()
    seen = unknown(field) if whitelist is None else Observed(whitelist, datetime.now(UTC))
    return {Facet.IP_WHITELIST: seen}


def _type(value: object) -> str | None:
    return _TYPES.get(value) if isinstance(value, str) else None


def _words(value: object) -> list[str] | None:
    """A list of words; None for anything else."""
    if not isinstance(value, list):
        return None
    words = [word.strip() for word in value if isinstance(word, str)]
    return words if len(words) == len(value) and all(words) else None


def id_text(value: object) -> str | None:
    """An id, which comes as text or as a number."""
    number = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return str(value) if number else text(value)


def unified_rights(wanted: frozenset[str], carry: Mapping[str, object]) -> tuple[str, list[str]]:
    """The `type` and `permissions` of a write.

    A read-only key keeps its items, asleep. Raises ExchangeError where a right that we do not know would wake up.
    """
    asleep = carry.get("type") == READ_ONLY
    items = [str(item) for item in _iterable(carry.get("permissions"))]
    rights = wanted - {READ}
    if not rights or (asleep and not rights & ITEMS):
        return READ_ONLY, items
    if asleep and (strange := rights - ITEMS):
        raise _unsent(f"the key would become read-write, and with it {', '.join(sorted(strange))}")
    return READ_WRITE, sorted(rights)


def _iterable(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else ()


def ip_list(whitelist: Whitelist | None) -> list[str]:
    """The addresses of a write. Raises ExchangeError for a list that cannot be told; empty would open the key."""
    if isinstance(whitelist, Unrestricted):
        return []
    if isinstance(whitelist, Addresses) and whitelist.entries:
        return sorted_entries(whitelist.entries)
    raise _unsent("the wanted IP whitelist cannot be written by API")


def _unsent(why: str) -> ExchangeError:
    return ExchangeError(Trouble.REQUEST, f"nothing was sent: {why}")
