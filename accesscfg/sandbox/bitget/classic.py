"""What the calls of a Classic account (v2) do.

Facts: bitget.com/api-doc, "Get Account Information" (v2) and the pages on virtual sub-accounts. Changing a key without
`ipList` empties its list; without `permList` its rights stay, and an empty one takes all. Newer documents want the
calling key bound to addresses; with which code it is refused is not said, nor which right managing keys needs.

Our readings: 40014 for a calling key that is not bound; `chow` for changing keys, none for listing them; a right that a
key has may be sent for it. Whether `authorities` lists reading beside writing is not said, so a world can choose.
"""

from __future__ import annotations

from accesscfg.sandbox.accounts import Account, Caller, Key
from accesscfg.sandbox.bitget.keys import (
    LEVELS,
    WORDS,
    addresses,
    check_passphrase,
    made,
    of_main_account,
    sub_account,
    sub_key,
)
from accesscfg.sandbox.bitget.wire import Endpoint, Signed, bad_parameter, not_permitted

MOST_LABEL = 20
# what a sub-account's words are in the codes that its key is shown of itself; unverified
SHOWN_AS = {
    "read": ("stor",),
    "spot_trade": ("stor", "stow"),
    "margin_trade": ("smor", "smow"),
    "contract_trade": ("coor", "coow", "cpor", "cpow"),
    "transfer": ("wtor", "wtow"),
}


def own_info(request: Signed) -> object:
    account, key = request.account, request.caller.key
    codes = authorities(account, key)
    if request.call.venue.options["authorities"] == "write":
        codes = [code for code in codes if code not in {LEVELS.get(other) for other in codes}]
    return {
        "userId": account.uid,
        "inviterId": "0",
        "channelCode": "",
        "channel": "",
        "ips": ",".join(key.ip_whitelist or ()),
        "authorities": codes,
        "parentId": 0 if account.parent is None else int(account.parent.uid),
        "traderType": "not_trader",
        "regisTime": str(account.created_at),
    }


def authorities(account: Account, key: Key) -> list[str]:
    shown = (SHOWN_AS.get(right, (right,)) for right in key.permissions)
    return (
        list(key.permissions)
        if account.is_master
        else list(dict.fromkeys(c for codes in shown for c in codes))
    )


def assets(request: Signed) -> object:
    """One balance, enough for a client that looks."""
    funds = {"coin": "USDT", "available": "100", "frozen": "0", "locked": "0", "limitAvailable": "0"}
    return [{**funds, "uTime": str(request.call.now_ms)}]


def list_subs(request: Signed) -> object:
    """Newest first; `idLessThan` goes on below the last id shown."""
    below = _number(request, "idLessThan", 10**20)
    most = min(_number(request, "limit", 100), 500)
    places = {sub.uid: number for number, sub in enumerate(request.account.sub_accounts, 1)}
    found = [sub for sub in reversed(request.account.sub_accounts) if places[sub.uid] < below][:most]
    return {
        "endId": places[found[-1].uid] if found else None,
        "subAccountList": [_sub_row(sub) for sub in found],
    }


def _number(request: Signed, name: str, otherwise: int) -> int:
    given = request.params.get(name, str(otherwise))
    return int(given) if isinstance(given, str) and given.isdigit() else bad_parameter(name)


def _sub_row(sub: Account) -> dict[str, object]:
    return {
        "subAccountUid": sub.uid,
        "subAccountName": sub.name,
        "status": "normal",
        "permList": ["read", "spot_trade", "contract_trade"],
        "label": sub.name,
        "cTime": str(sub.created_at),
        "uTime": str(sub.created_at),
    }


def list_keys(request: Signed) -> object:
    sub = sub_account(request, "subAccountUid")
    return [_row(request, sub, key) for key in sub.keys]


def _row(request: Signed, sub: Account, key: Key) -> dict[str, object]:
    masked = request.call.venue.options["mask_api_keys"]
    return {
        "subAccountUid": sub.uid,
        "label": key.label,
        "subAccountApiKey": "*" * len(key.api_key) if masked else key.api_key,
        "permList": list(key.permissions),
        "ipList": list(key.ip_whitelist or ()),
    }


def create_key(request: Signed) -> object:
    sub, label = sub_account(request, "subAccountUid"), _label(request)
    rights = _rights(request.texts("permList") or [], ())
    key = made(request, sub, label, rights, request.texts("ipList") or [])
    return {**_row(request, sub, key), "subAccountApiKey": key.api_key, "secretKey": key.api_secret}


def modify_key(request: Signed) -> object:
    sub, label = sub_account(request, "subAccountUid"), _label(request)
    key = sub_key(request, "subAccountApiKey").key
    check_passphrase(request, key)
    given = request.texts("permList")
    permissions = key.permissions if given is None else _rights(given, key.permissions)
    whitelist = addresses("ipList", request.texts("ipList") or [])
    key.label, key.permissions, key.ip_whitelist = label, permissions, whitelist
    key.updated_at = request.call.now_ms
    return {**_row(request, sub, key), "secretKey": ""}


def _label(request: Signed) -> str:
    label = request.text("label")
    return label if len(label) <= MOST_LABEL else bad_parameter("label")


def _rights(given: list[str], held: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(given)) if set(given) <= {*WORDS, *held} else bad_parameter("permList")


def _spot(caller: Caller) -> None:
    reading = {"stor", "stow"} if caller.account.is_master else {"read", "spot_trade"}
    if not reading & set(caller.key.permissions):
        not_permitted("spot read")


def _bound_main(caller: Caller) -> None:
    of_main_account(caller)
    if caller.key.ip_whitelist is None:
        not_permitted("IP-bound main account key")


def _managing(caller: Caller) -> None:
    _bound_main(caller)
    if "chow" not in caller.key.permissions:
        not_permitted("sub-account")


_USER = "/api/v2/user"
ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("GET", "/api/v2/spot/account/info"): Endpoint(own_info, _spot, 1),
    ("GET", "/api/v2/spot/account/assets"): Endpoint(assets, _spot, 10),
    ("GET", f"{_USER}/virtual-subaccount-list"): Endpoint(list_subs, _bound_main, 1),
    ("GET", f"{_USER}/virtual-subaccount-apikey-list"): Endpoint(list_keys, _bound_main, 5),
    ("POST", f"{_USER}/create-virtual-subaccount-apikey"): Endpoint(create_key, _managing, 5, write=True),
    ("POST", f"{_USER}/modify-virtual-subaccount-apikey"): Endpoint(modify_key, _managing, 5, write=True),
}
