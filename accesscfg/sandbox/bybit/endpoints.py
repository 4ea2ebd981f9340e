"""What the calls do.

Facts: bybit-exchange/docs at 072c197, v5/user/*. An update is not a patch: left-out `ips` unbind the key and
a left-out `readOnly` makes it read-write; only left-out `permissions` stay. Permissions that are sent replace
all groups.

Our readings of what the document leaves open: taking Withdraw away by API is refused like adding it; a key of
somebody else is a parameter error; a group that the API cannot set may be sent only as the key already has
it.
"""

from __future__ import annotations

from typing import TypeVar

from accesscfg.sandbox.accounts import Account, Caller, Key
from accesscfg.sandbox.addresses import AddressRule
from accesscfg.sandbox.bybit.keys import (
    CREATE_GROUPS,
    MASTER_TICKED,
    READ_ONLY,
    SENSITIVE_GROUPS,
    SUB_WRITABLE,
    UPDATE_GROUPS,
    WITHDRAW,
    addresses,
    changed_row,
    listed_row,
    own_row,
    with_derivatives,
)
from accesscfg.sandbox.bybit.wire import Endpoint, Signed, bad_parameter, refuse
from accesscfg.sandbox.simulator import random_text

Row = TypeVar("Row")
RULE = AddressRule(most=None, networks=False, ipv6=False)  # neither a limit nor networks nor IPv6 were found


def own_key(request: Signed) -> dict[str, object]:
    return own_row(request.account, request.caller.key, request.call.now_ms)


def list_keys(request: Signed) -> dict[str, object]:
    sub = _sub_account(request, request.text("subMemberId"), "subMemberId")
    page, following = _page(sub.keys, request.params.get("cursor", ""), request.number("limit", 20, 20))
    rows = [listed_row(key, request.call.now_ms) for key in page]
    return {"result": rows, "nextPageCursor": following}


def sub_members(request: Signed) -> dict[str, object]:
    """At most 1,000, in one answer."""
    return {"subMembers": [_member(sub) for sub in request.account.sub_accounts[:1000]]}


def sub_members_paged(request: Signed) -> dict[str, object]:
    cursor = request.params.get("nextCursor", "")
    size = request.number("pageSize", 100, 100)
    page, following = _page(request.account.sub_accounts, "" if cursor == "0" else cursor, size)
    return {"subMembers": [_member(sub) for sub in page], "nextCursor": following or "0"}


def _page(rows: list[Row], cursor: object, size: int) -> tuple[list[Row], str]:
    """The rows at `cursor` and the cursor of those after them ("" at the end)."""
    start = 0
    if cursor:
        if not isinstance(cursor, str) or not cursor.startswith("c") or not cursor[1:].isdecimal():
            bad_parameter("cursor")
        start = int(cursor[1:])
    end = start + size
    return rows[start:end], f"c{end}" if end < len(rows) else ""


def _member(sub: Account) -> dict[str, object]:
    return {
        "uid": sub.uid,
        "username": sub.name,
        "memberType": 1,
        "status": 1,
        "remark": "",
        "accountMode": 5,
    }


def create_sub_key(request: Signed) -> dict[str, object]:
    subuid = request.params.get("subuid")
    if not isinstance(subuid, int) or isinstance(subuid, bool):
        bad_parameter("subuid")
    sub = _sub_account(request, str(subuid), "subuid")
    if "readOnly" not in request.params:
        bad_parameter("readOnly")
    permissions = _sent_permissions(request, SUB_WRITABLE, ())
    if not permissions:
        bad_parameter("permissions")
    secret = random_text(request.call.random, 36)
    key = Key(
        api_key=random_text(request.call.random, 18),
        api_secret=secret,
        label=_note(request),
        created_at=request.call.now_ms,
        permissions=_with_mode(request, permissions),
        ip_whitelist=_ips(request),
    )
    request.call.venue.add_key(sub, key)
    return changed_row(key, CREATE_GROUPS, secret)


def update_sub_key(request: Signed) -> dict[str, object]:
    key = _sub_key(request).key
    permissions = _kept(key)
    if request.params.get("permissions") is not None:
        permissions = _sent_permissions(request, SUB_WRITABLE, key.permissions)
    whitelist = _ips(request)
    key.permissions = _with_mode(request, permissions)
    if whitelist is None and key.ip_whitelist is not None:
        key.renewed_at = request.call.now_ms
    key.ip_whitelist = whitelist
    key.updated_at = request.call.now_ms
    return {**changed_row(key, UPDATE_GROUPS), "ips": addresses(key)}


def update_own_key(request: Signed) -> dict[str, object]:
    """The calling key itself. Its addresses, and what touches money outside, are changed on the website
    only.
    """
    key = request.caller.key
    if "ips" in request.params:
        refuse(141019, "IP addresses must be changed on the website.")
    permissions = _kept(key)
    if request.params.get("permissions") is not None:
        # Withdraw is let through here, because the sensitive ones are refused with a code of their own
        permissions = _sent_permissions(request, MASTER_TICKED, key.permissions)
    if any(_is_sensitive(name) for name in set(permissions) ^ set(_kept(key))):
        refuse(141020, "Sensitive permissions must be changed on the website.")
    key.permissions = _with_mode(request, permissions)
    key.updated_at = request.call.now_ms
    return {**changed_row(key, (*UPDATE_GROUPS, "Earn")), "ips": addresses(key)}


def _is_sensitive(name: str) -> bool:
    return name == WITHDRAW or name.partition(":")[0] in SENSITIVE_GROUPS


def delete_own_key(request: Signed) -> dict[str, object]:
    request.call.venue.remove_key(request.caller)
    return {}


def delete_sub_key(request: Signed) -> dict[str, object]:
    request.call.venue.remove_key(_sub_key(request))
    return {}


def _sub_account(request: Signed, uid: str, name: str) -> Account:
    for sub in request.account.sub_accounts:
        if sub.uid == uid:
            return sub
    return bad_parameter(name)


def _sub_key(request: Signed) -> Caller:
    """The key meant: the caller itself for a sub-account key, which then may not name one; else the one it
    names.
    """
    if not request.account.is_master:
        if "apikey" in request.params:
            bad_parameter("apikey")
        return request.caller
    found = request.call.venue.find(request.text("apikey"))
    if found is None or found.account.parent is not request.account:
        bad_parameter("apikey")
    return found


def _kept(key: Key) -> tuple[str, ...]:
    """The key's permissions without its mode."""
    return tuple(name for name in key.permissions if name != READ_ONLY)


def _with_mode(request: Signed, permissions: tuple[str, ...]) -> tuple[str, ...]:
    """Read-write unless `readOnly` says otherwise, also where it was left out."""
    mode = request.params.get("readOnly")
    if mode not in (None, 0, 1) or isinstance(mode, bool):
        bad_parameter("readOnly")
    return (*permissions, READ_ONLY) if mode == 1 else permissions


def _note(request: Signed) -> str:
    note = request.params.get("note", "")
    return note if isinstance(note, str) else bad_parameter("note")


def _sent_permissions(request: Signed, writable: frozenset[str], held: tuple[str, ...]) -> tuple[str, ...]:
    groups = request.params.get("permissions")
    if not isinstance(groups, dict):
        bad_parameter("permissions")
    names = []
    for group, values in groups.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            bad_parameter(f"permissions.{group}")
        names += [f"{group}:{value}" for value in values]
    for name in names:
        if name not in writable and name not in held:
            bad_parameter(f"permissions.{name}")
    if "Affiliate:Affiliate" in names and len(set(names)) > 1:
        bad_parameter("permissions.Affiliate must be alone")
    return with_derivatives(names)


def _ips(request: Signed) -> tuple[str, ...] | None:
    """Left out, empty and "*" all mean unbound; a list is tolerated beside the comma-separated text."""
    sent = request.params.get("ips")
    entries = sent if isinstance(sent, list) else None
    if isinstance(sent, str):
        entries = sent.split(",") if sent else []
    if sent is None or entries in ([], ["*"]):
        return None
    if entries is None or not all(isinstance(entry, str) for entry in entries):
        bad_parameter("ips")
    try:
        return RULE.read(entries)
    except ValueError:
        bad_parameter("ips")


ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("GET", "/v5/user/query-api"): Endpoint(own_key, 10),
    ("GET", "/v5/user/sub-apikeys"): Endpoint(list_keys, 10, master=True),
    ("GET", "/v5/user/query-sub-members"): Endpoint(sub_members, 10, master=True, wallet=True),
    ("GET", "/v5/user/submembers"): Endpoint(sub_members_paged, 5, master=True, wallet=True),
    ("POST", "/v5/user/create-sub-api"): Endpoint(create_sub_key, 1, master=True, wallet=True, write=True),
    ("POST", "/v5/user/update-sub-api"): Endpoint(update_sub_key, 5, wallet=True, write=True),
    ("POST", "/v5/user/update-api"): Endpoint(update_own_key, 5, master=True, wallet=True, write=True),
    ("POST", "/v5/user/delete-api"): Endpoint(delete_own_key, 5, master=True, wallet=True, write=True),
    ("POST", "/v5/user/delete-sub-api"): Endpoint(delete_sub_key, 5, wallet=True, write=True),
}
