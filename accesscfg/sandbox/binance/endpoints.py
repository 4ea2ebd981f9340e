"""What the calls do.

Facts: binance/binance-connector-python (wallet 13.8, sub-account 8.5) and its change log, the sub-account
pages of developers.binance.com. Not documented, and so options of a world: whether the call that sets
addresses adds or replaces (`ip_post`), what an omitted permission flag means (`omitted_flags`), and under
which name the list of keys comes (`key_list`, which changed in 2026-07). Not documented and fixed here to the
reading that does most harm: taking the last address away lifts the restriction.
"""

from __future__ import annotations

from collections.abc import Iterable

from accesscfg.sandbox.accounts import Account, Caller, Key
from accesscfg.sandbox.addresses import AddressRule
from accesscfg.sandbox.binance.keys import (
    FIX_FLAGS,
    SUB_FLAGS,
    addresses,
    restriction,
    restrictions,
    sub_flags,
)
from accesscfg.sandbox.binance.wire import Endpoint, Signed, malformed, refuse
from accesscfg.sandbox.signatures import is_rsa
from accesscfg.sandbox.simulator import Call, random_text

RULE = AddressRule(most=30, networks=False, ipv6=False)  # networks and IPv6: nothing found, so not taken
IP_TEXT_MOST = 500


def own_key(request: Signed) -> object:
    return restrictions(request.caller.account, request.caller.key)


def account_info(request: Signed) -> object:
    """Every product open: the world does not say otherwise."""
    flags = ("isMarginEnabled", "isFutureEnabled", "isOptionsEnabled", "isPortfolioMarginRetailEnabled")
    return {"vipLevel": 0, **dict.fromkeys(flags, True)}


def sub_accounts(request: Signed) -> object:
    """One row unless `limit` asks for more (default and maximum unverified). Nobody is frozen here."""
    page, limit = request.number("page", 1, 1), request.number("limit", 1, 1, 200)
    email, frozen = request.params.get("email"), request.params.get("isFreeze", "false")
    if frozen not in ("true", "false"):
        malformed("isFreeze")
    found = [
        sub
        for sub in request.caller.account.sub_accounts
        if frozen == "false" and (email is None or sub.email == email)
    ]
    rows = [_sub_account_row(sub) for sub in found[(page - 1) * limit : page * limit]]
    return {"subAccounts": rows}


def _sub_account_row(sub: Account) -> dict[str, object]:
    return {
        "subUserId": int(sub.uid),
        "email": sub.email,
        "remark": sub.name,
        "isFreeze": False,
        "createTime": sub.created_at,
        "isManagedSubAccount": False,
        "isAssetManagementSubAccount": False,
    }


def list_keys(request: Signed) -> object:
    sub = _sub_account(request)
    page, size = request.number("page", 1, 1), request.number("size", 30, 1, 100)
    wanted = request.params.get("subAccountApiKey")
    keys = [key for key in sub.keys if wanted in (None, key.api_key)]
    rows = [_key_row(sub, key) for key in keys[(page - 1) * size : page * size]]
    return {"total": len(keys), str(request.call.venue.options["key_list"]): rows}


def _key_row(sub: Account, key: Key) -> dict[str, object]:
    return {"email": sub.email, **_permission_row(key)}


def _permission_row(key: Key) -> dict[str, object]:
    return {
        "apiName": key.label,
        "apikey": key.api_key,  # lower case here, camel case in the other calls
        **sub_flags(key),
        "timestamp": key.updated_at,
    }


def create_key(request: Signed) -> object:
    """Version 1: HMAC, or an Ed25519 public key."""
    key, sub = _new_key(request, ())
    if _has_rsa(key):
        malformed("publicKey")
    return _created(request, key, sub)


def create_key_v2(request: Signed) -> object:
    """Version 2: also RSA, its public key only in the body; FIX permissions for Ed25519 keys only."""
    if "publicKey" in request.query:
        refuse(-1106, "Parameter 'publicKey' sent when not required.")
    key, sub = _new_key(request, FIX_FLAGS)
    asks_fix = any(flag in key.permissions for flag in FIX_FLAGS)
    if asks_fix and (key.public_key is None or _has_rsa(key)):
        refuse(-9000, "Unsupported operation.")
    return _created(request, key, sub)


def _new_key(request: Signed, more_flags: tuple[str, ...]) -> tuple[Key, Account]:
    sub = _sub_account(request)
    status = request.text("status")
    if status not in ("1", "2", "3"):
        malformed("status")
    text = request.params.get("publicKey")
    key = Key(
        api_key=random_text(request.call.random, 64),
        api_secret=None if text else random_text(request.call.random, 64),
        public_key=text,
        label=request.text("apiName"),
        created_at=request.call.now_ms,
        permissions=_flags(request, (*SUB_FLAGS, *more_flags), ()),
        ip_whitelist=_ip_text(request) if status == "2" else None,
        app=request.text("thirdPartyName") if status == "3" else None,
    )
    return key, sub


def _created(request: Signed, key: Key, sub: Account) -> object:
    request.call.venue.add_key(sub, key)
    return {
        "apiName": key.label,
        "apiKey": key.api_key,
        "secretKey": key.api_secret or "",
        **sub_flags(key),
        "status": int(request.params["status"]),
        "ipList": addresses(key),
    }


def change_permissions(request: Signed) -> object:
    """Every flag that the listing shows is read here, a new one too, which stays when it is left out (our reading)."""
    key = _sub_key(request).key
    keep = request.call.venue.options["omitted_flags"] == "keep"
    shown = sub_flags(key)
    others = tuple(name for name in key.permissions if name not in shown)
    new = tuple(name for name in shown if name not in SUB_FLAGS)
    key.permissions = (*others, *_flags(request, shown, key.permissions if keep else new))
    key.updated_at = request.call.now_ms
    return _permission_row(key)


def _shown_flags(call: Call, params: dict[str, str]) -> frozenset[str]:
    found = call.venue.find(params.get("subAccountApiKey", ""))
    return frozenset() if found is None else frozenset(sub_flags(found.key))


def delete_key(request: Signed) -> object:
    request.call.venue.remove_key(_sub_key(request))
    return {}


def read_addresses(request: Signed) -> object:
    key = _sub_key(request).key
    return restriction(key, key.api_key)


def set_addresses(request: Signed) -> object:
    """Status 1 lifts the restriction. Status 2 without addresses needs some already there (our reading)."""
    key = _sub_key(request).key
    status = request.text("status")
    if status not in ("1", "2"):
        malformed("status")
    before = key.ip_whitelist or ()
    if status == "1":
        key.ip_whitelist = None
    elif "ipAddress" not in request.params:
        key.ip_whitelist = before or malformed("ipAddress")
    else:
        sent = _ip_text(request)
        adds = request.call.venue.options["ip_post"] == "add"
        key.ip_whitelist = _checked((*before, *sent)) if adds else sent
    key.app = None
    key.updated_at = request.call.now_ms
    return {
        "status": status,
        "ipList": list(key.ip_whitelist or ()),
        "updateTime": key.updated_at,
        "apiKey": key.api_key,
    }


def remove_addresses(request: Signed) -> object:
    key = _sub_key(request).key
    leaving = set(_ip_text(request))
    key.ip_whitelist = tuple(entry for entry in key.ip_whitelist or () if entry not in leaving) or None
    key.updated_at = request.call.now_ms
    return restriction(key, key.api_key)


def _sub_account(request: Signed) -> Account:
    email = request.text("email")
    for sub in request.caller.account.sub_accounts:
        if sub.email == email:
            return sub
    return malformed("email")


def _sub_key(request: Signed) -> Caller:
    sub = _sub_account(request)
    found = request.call.venue.find(request.text("subAccountApiKey"))
    if found is None or found.account is not sub:
        malformed("subAccountApiKey")
    return found


def _flags(request: Signed, names: Iterable[str], omitted: tuple[str, ...]) -> tuple[str, ...]:
    """The flags that are to be on; those not sent are as in `omitted`."""
    wanted = []
    for name in names:
        text = request.params.get(name, "true" if name in omitted else "false")
        if text not in ("true", "false"):
            malformed(name)
        if text == "true":
            wanted.append(name)
    return tuple(wanted)


def _ip_text(request: Signed) -> tuple[str, ...]:
    text = request.text("ipAddress")
    if len(text) > IP_TEXT_MOST:
        malformed("ipAddress")
    return _checked(text.split(","))


def _checked(entries: Iterable[str]) -> tuple[str, ...]:
    try:
        return RULE.read(entries)
    except ValueError:
        return malformed("ipAddress")


def _has_rsa(key: Key) -> bool:
    try:
        return key.public_key is not None and is_rsa(key.public_key)
    except ValueError:
        return malformed("publicKey")


_KEY = frozenset({"email", "subAccountApiKey"})
_CREATE = frozenset({"email", "apiName", "status", "ipAddress", "thirdPartyName", "publicKey", *SUB_FLAGS})
_SUB = "/sapi/v1/sub-account"
_WEIGHT = 3000

ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("GET", "/sapi/v1/account/apiRestrictions"): Endpoint(own_key, 1, "ip", master=False),
    ("GET", "/sapi/v1/account/info"): Endpoint(account_info, 1, "ip", master=False),
    ("GET", f"{_SUB}/list"): Endpoint(
        sub_accounts, 1, "ip", frozenset({"email", "isFreeze", "page", "limit"})
    ),
    ("GET", f"{_SUB}/subAccountApi"): Endpoint(list_keys, _WEIGHT, "uid", _KEY | {"page", "size"}),
    ("POST", f"{_SUB}/subAccountApi"): Endpoint(
        create_key, _WEIGHT, "uid", _CREATE, write=True, trading=True
    ),
    ("POST", "/sapi/v2/sub-account/subAccountApi"): Endpoint(
        create_key_v2, _WEIGHT, "uid", _CREATE | set(FIX_FLAGS), write=True, trading=True
    ),
    ("DELETE", f"{_SUB}/subAccountApi"): Endpoint(delete_key, _WEIGHT, "uid", _KEY, write=True),
    ("POST", f"{_SUB}/subAccountApiPermission"): Endpoint(
        change_permissions, _WEIGHT, "uid", _KEY | set(SUB_FLAGS), write=True, more_params=_shown_flags
    ),
    ("GET", f"{_SUB}/subAccountApi/ipRestriction"): Endpoint(read_addresses, _WEIGHT, "uid", _KEY),
    ("POST", "/sapi/v2/sub-account/subAccountApi/ipRestriction"): Endpoint(
        set_addresses, _WEIGHT, "uid", _KEY | {"status", "ipAddress"}, write=True, trading=True
    ),
    ("DELETE", f"{_SUB}/subAccountApi/ipRestriction/ipList"): Endpoint(
        remove_addresses, _WEIGHT, "uid", _KEY | {"ipAddress"}, write=True, trading=True
    ),
}
