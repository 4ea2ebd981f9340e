"""What the calls of a Unified account (v3) do.

Facts: bitget.com/api-doc, "Get Account Information" (v3), "Get Account Settings" and the pages on sub-accounts.
Changing a key without `type` and `permissions` keeps both, and one without the other is refused; without `ips` the list
stays, and an empty one deletes it. What these calls answer in a Classic account is not said: see the option
`v3_on_classic`.

Our readings: a right that a key has may be sent for it; the note of a new key is as the document says, that of a key
which the world has may be anything.
"""

from __future__ import annotations

import re
from typing import TypeVar

from accesscfg.sandbox.accounts import Account, Caller, Key
from accesscfg.sandbox.bitget.keys import (
    READ_ONLY,
    SUB_ITEMS,
    addresses,
    check_passphrase,
    items,
    made,
    of_main_account,
    sub_account,
    sub_key,
)
from accesscfg.sandbox.bitget.wire import Endpoint, Signed, bad_parameter, not_permitted

MOST_ROWS = 100
NOTE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
T = TypeVar("T")
TYPES = ("read_write", "read_only")


def own_info(request: Signed) -> object:
    account, key = request.account, request.caller.key
    unified = account.mode == "unified"
    return {
        "userId": account.uid,
        "inviterId": "0",
        "parentId": "" if account.parent is None else account.parent.uid,
        "channelCode": "",
        "channel": "",
        "ips": ",".join(key.ip_whitelist or ()),
        "permType": ("read-only" if READ_ONLY in key.permissions else "read-and-write") if unified else "",
        "permissions": items(key) if unified else [],
        "regisTime": str(account.created_at),
    }


def settings(request: Signed) -> object:
    """Of the documented answer only what says the mode."""
    return {"uid": request.account.uid, "accountMode": request.account.mode}


def assets(request: Signed) -> object:
    """One balance, enough for a client that looks."""
    coin = {"coin": "USDT", "equity": "100", "usdValue": "100", "balance": "100", "available": "100"}
    return {"accountEquity": "100", "assets": [{**coin, "debt": "0", "locked": "0"}]}


def list_subs(request: Signed) -> object:
    rows, more = _page(request, request.account.sub_accounts if _is_unified(request) else [])
    return {"list": [_sub_row(sub) for sub in rows], **more}


def _sub_row(sub: Account) -> dict[str, object]:
    return {
        "subUid": sub.uid,
        "username": sub.name,
        "status": "normal",
        "accountMode": sub.mode,
        "type": "virtual",
        "note": sub.name,
        "createdTime": str(sub.created_at),
        "updatedTime": str(sub.created_at),
    }


def _is_unified(request: Signed) -> bool:
    return request.account.mode == "unified"


def _page(request: Signed, rows: list[T]) -> tuple[list[T], dict[str, object]]:
    """The rows after the cursor, and what turns to the next page."""
    given = [request.params.get("limit", str(MOST_ROWS)), request.params.get("cursor", "0")]
    numbers = [int(one) if isinstance(one, str) and one.isdigit() else -1 for one in given]
    limit, start = numbers
    if not 1 <= limit <= MOST_ROWS or start < 0:
        bad_parameter("limit or cursor")
    end = start + limit
    return rows[start:end], {"hasNext": end < len(rows), "cursor": str(min(end, len(rows)))}


def list_keys(request: Signed) -> object:
    sub = sub_account(request, "subUid")
    rows, more = _page(request, sub.keys if _is_unified(request) else [])
    masked = request.call.venue.options["mask_api_keys"]
    shown = [{**_row(key), "ts": str(key.created_at)} for key in rows]
    return {"items": [{**row, "apiKey": "*" * 35} if masked else row for row in shown], **more}


def _row(key: Key) -> dict[str, object]:
    return {
        "apiKey": key.api_key,
        "note": key.label,
        "type": "read_only" if READ_ONLY in key.permissions else "read_write",
        "permissions": items(key),
        "ips": list(key.ip_whitelist or ()),
    }


def create_key(request: Signed) -> object:
    sub, note = sub_account(request, "subUid"), request.text("note")
    if NOTE.fullmatch(note) is None:
        bad_parameter("note")
    rights = _rights(request.text("type"), request.texts("permissions"), ())
    ips = request.texts("ips")
    key = made(request, sub, note, rights, bad_parameter("ips") if ips is None else ips)
    return {**_row(key), "secret": key.api_secret}


def update_key(request: Signed) -> object:
    key = sub_key(request, "apiKey").key
    check_passphrase(request, key)
    permissions, whitelist = key.permissions, key.ip_whitelist
    if {"type", "permissions"} & set(request.params):
        permissions = _rights(request.text("type"), request.texts("permissions"), key.permissions)
    if (ips := request.texts("ips")) is not None:
        whitelist = addresses("ips", ips)
    key.permissions, key.ip_whitelist = permissions, whitelist
    key.updated_at = request.call.now_ms
    return _row(key)


def _rights(kind: str, given: list[str] | None, held: tuple[str, ...]) -> tuple[str, ...]:
    if kind not in TYPES:
        bad_parameter("type")
    if given is None or not set(given) <= {*SUB_ITEMS, *held} - {READ_ONLY}:
        return bad_parameter("permissions")
    return tuple(dict.fromkeys([*([READ_ONLY] if kind == "read_only" else []), *given]))


def delete_key(request: Signed) -> object:
    request.call.venue.remove_key(sub_key(request, "apiKey"))
    return {}


def _anyone(caller: Caller) -> None:
    """No right is needed."""


def _looking(caller: Caller) -> None:
    of_main_account(caller)
    _reading(caller)


def _managing(caller: Caller) -> None:
    _looking(caller)
    if READ_ONLY in caller.key.permissions:
        not_permitted("UTA mgt. (read & write)")


def _reading(caller: Caller) -> None:
    if caller.account.mode == "unified" and "uta_mgt" not in caller.key.permissions:
        not_permitted("UTA mgt. (read)")


_USER = "/api/v3/user"
ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("GET", "/api/v3/account/info"): Endpoint(own_info, _anyone, 5),
    ("GET", "/api/v3/account/settings"): Endpoint(settings, _anyone, None),
    ("GET", "/api/v3/account/assets"): Endpoint(assets, _reading, None),
    ("GET", f"{_USER}/sub-list"): Endpoint(list_subs, _looking, None),
    ("GET", f"{_USER}/sub-api-list"): Endpoint(list_keys, _looking, 10),
    ("POST", f"{_USER}/create-sub-api"): Endpoint(create_key, _managing, 10, write=True),
    ("POST", f"{_USER}/update-sub-api"): Endpoint(update_key, _managing, 10, write=True),
    ("POST", f"{_USER}/delete-sub-api"): Endpoint(delete_key, _managing, None, write=True),
}
# those that a Classic account answers where the world lets it answer
ON_CLASSIC = {
    "/api/v3/account/info",
    "/api/v3/account/settings",
    f"{_USER}/sub-list",
    f"{_USER}/sub-api-list",
}
