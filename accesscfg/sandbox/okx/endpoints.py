"""What the calls do.

Facts: okx.com/docs-v5, "Get account configuration" and "Sub-account" (copies of 2026-07). Modifying a key is
a patch: a field that is sent replaces, an absent one stays, and an empty `ip` takes all addresses away. The
answer to it spells `read_only` as `read`, as the document's example does. Whether listed key ids are masked
is not known, so a world can say so (`mask_api_keys`).

Our readings of what the document leaves open: a key made without `perm` can read; an empty `perm` is refused; a
right that a key has may be sent for it.
"""

from __future__ import annotations

import random
import re

from accesscfg.sandbox.accounts import Account, Caller, Key
from accesscfg.sandbox.addresses import AddressRule
from accesscfg.sandbox.okx.wire import Endpoint, Signed, bad_parameter, refuse
from accesscfg.sandbox.simulator import Credentials, random_text

MOST_ADDRESSES = 20
MOST_KEYS = 50
RULE = AddressRule(most=None, networks=True, ipv6=True)  # the number has an error code of its own
PERMS = ("read_only", "withdraw", "trade")  # the order in which an answer lists them
SUB_PERMS = frozenset({"read_only", "trade"})
LABEL_FORM = re.compile(r"[A-Za-z0-9_-]{1,50}", re.ASCII)
SPECIAL = re.compile(r"[^A-Za-z0-9]")
HEX = "0123456789ABCDEF"

_FIXED_CONFIG: dict[str, object] = {
    "acctLv": "2",
    "acctStpMode": "cancel_maker",
    "posMode": "long_short_mode",
    "autoLoan": False,
    "greeksType": "PA",
    "feeType": "0",
    "level": "Lv1",
    "levelTmp": "",
    "ctIsoMode": "automatic",
    "mgnIsoMode": "automatic",
    "spotOffsetType": "",
    "stgyType": "0",
    "roleType": "0",
    "traderInsts": [],
    "spotRoleType": "0",
    "spotTraderInsts": [],
    "opAuth": "1",
    "kycLv": "3",
    "liquidationGear": "-1",
    "enableSpotBorrow": False,
    "spotBorrowAutoRepay": False,
    "settleCcy": "USDC",
    "settleCcyList": ["USD", "USDC", "USDG"],
}


def perm_text(permissions: tuple[str, ...]) -> str:
    known = [name for name in PERMS if name in permissions]
    return ",".join([*known, *(name for name in permissions if name not in PERMS)])


def ip_text(key: Key) -> str:
    return ",".join(key.ip_whitelist or ())


def mint(rng: random.Random) -> Credentials:
    parts = (8, 4, 4, 4, 12)
    api_key = "-".join(random_text(rng, length, HEX.lower()) for length in parts)
    return Credentials(api_key, random_text(rng, 32, HEX), "Aa1!" + random_text(rng, 12))


def own_config(request: Signed) -> list[dict[str, object]]:
    account, key = request.account, request.caller.key
    main = account if account.parent is None else account.parent
    named = {
        "uid": account.uid,
        "mainUid": main.uid,
        "type": "0" if account.is_master else "1",
        "label": key.label,
        "perm": perm_text(key.permissions),
        "ip": ip_text(key),
    }
    return [{**named, **_FIXED_CONFIG}]


def sub_accounts(request: Signed) -> list[dict[str, object]]:
    """Newest first; `after` asks for older ones than that time, `before` for newer ones."""
    limit = min(_milliseconds(request, "limit") or 100, 100)
    after, before = _milliseconds(request, "after"), _milliseconds(request, "before")
    enabled, name = request.optional("enable"), request.optional("subAcct")
    found = [
        sub
        for sub in request.account.sub_accounts
        if (name is None or sub.name == name)
        and enabled != "false"
        and (after is None or sub.created_at < after)
        and (before is None or sub.created_at > before)
    ]
    found.sort(key=lambda sub: sub.created_at, reverse=True)
    return [_sub_account_row(sub) for sub in found[:limit]]


def _milliseconds(request: Signed, name: str) -> int | None:
    text = request.optional(name)
    if text is not None and not (text.isascii() and text.isdigit()):
        bad_parameter(name)
    return None if text is None else int(text)


def _sub_account_row(sub: Account) -> dict[str, object]:
    return {
        "canTransOut": False,
        "enable": True,
        "frozenFunc": [],
        "gAuth": False,
        "label": sub.name,
        "mobile": "",
        "subAcct": sub.name,
        "ts": str(sub.created_at),
        "type": "1",
        "uid": sub.uid,
        "subAcctLv": "1",
        "firstLvSubAcct": sub.name,
        "ifDma": False,
    }


def list_keys(request: Signed) -> list[dict[str, object]]:
    sub, wanted = _sub_account(request), request.optional("apiKey")
    if wanted and all(key.api_key != wanted for key in sub.keys):
        refuse(59506, "APIKey does not exist.")
    return [_key_row(request, key) for key in sub.keys if wanted in (None, "", key.api_key)]


def _key_row(request: Signed, key: Key) -> dict[str, object]:
    masked = request.call.venue.options["mask_api_keys"]
    return {
        "label": key.label,
        "apiKey": "******" if masked else key.api_key,
        "perm": perm_text(key.permissions),
        "ip": ip_text(key),
        "ts": str(key.created_at),
    }


def create_key(request: Signed) -> list[dict[str, object]]:
    sub, label, passphrase = _sub_account(request), request.text("label"), request.text("passphrase")
    if len(sub.keys) >= MOST_KEYS:
        refuse(59501, f"Only {MOST_KEYS} APIKeys can be created per account.")
    _check_label(sub, None, label)
    _check_passphrase(passphrase)
    made = mint(request.call.random)
    key = Key(
        api_key=made.api_key,
        api_secret=made.api_secret,
        passphrase=passphrase,
        label=label,
        created_at=request.call.now_ms,
        permissions=_perms(request.optional("perm") or "read_only", ()),
        ip_whitelist=_ips(request.optional("ip") or ""),
    )
    request.call.venue.add_key(sub, key)
    row = {**_key_row(request, key), "apiKey": key.api_key}
    return [{"subAcct": sub.name, **row, "secretKey": key.api_secret, "passphrase": passphrase}]


def modify_key(request: Signed) -> list[dict[str, object]]:
    sub = _sub_account(request)
    key = _sub_key(request, sub).key
    label, perm, ip = (request.optional(name) for name in ("label", "perm", "ip"))
    if label is not None:
        _check_label(sub, key, label)
    permissions = key.permissions if perm is None else _perms(perm, key.permissions)
    whitelist = key.ip_whitelist if ip is None else _ips(ip)
    key.label = key.label if label is None else label
    key.permissions, key.ip_whitelist = permissions, whitelist
    key.updated_at = request.call.now_ms
    spelt = perm_text(key.permissions).replace("read_only", "read")
    return [{"subAcct": sub.name, **_key_row(request, key), "perm": spelt}]


def delete_key(request: Signed) -> list[dict[str, object]]:
    sub = _sub_account(request)
    request.call.venue.remove_key(_sub_key(request, sub))
    return [{"subAcct": sub.name}]


def _sub_account(request: Signed) -> Account:
    name = request.text("subAcct")
    for sub in request.account.sub_accounts:
        if sub.name == name:
            return sub
    return refuse(59510, "Sub-account does not exist.")


def _sub_key(request: Signed, sub: Account) -> Caller:
    found = request.call.venue.find(request.text("apiKey"))
    if found is None or found.account is not sub:
        refuse(59506, "APIKey does not exist.")
    return found


def _check_label(sub: Account, key: Key | None, label: str) -> None:
    if LABEL_FORM.fullmatch(label) is None:
        bad_parameter("label")
    if any(other is not key and other.label == label for other in sub.keys):
        refuse(59502, "APIKey label already exists.")


def _check_passphrase(text: str) -> None:
    """8 to 32 characters, with a digit, an upper-case and a lower-case letter and another character."""
    kinds = (str.isdigit, str.isupper, str.islower)
    if (
        not 8 <= len(text) <= 32
        or not all(any(map(kind, text)) for kind in kinds)
        or not SPECIAL.search(text)
    ):
        refuse(59505, "The passphrase does not fulfil the rules.")


def _perms(text: str, held: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.split(",")))
    if "withdraw" in names:
        refuse(59504, "The sub-account does not support withdrawals.")
    if not set(names) <= {*SUB_PERMS, *held}:
        bad_parameter("perm")
    return names


def _ips(text: str) -> tuple[str, ...] | None:
    if not text:
        return None
    try:
        found = RULE.read(text.split(","))
    except ValueError:
        bad_parameter("ip")
    if len(found) > MOST_ADDRESSES:
        refuse(59503, f"The number of IP addresses cannot exceed {MOST_ADDRESSES}.")
    return found


_SUB = "/api/v5/users/subaccount"
ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("GET", "/api/v5/account/config"): Endpoint(own_config, 5, 2000, "read_only", main=False),
    ("GET", f"{_SUB}/list"): Endpoint(sub_accounts, 20, 2000, "read_only"),
    ("GET", f"{_SUB}/apikey"): Endpoint(list_keys, 20, 2000, "read_only"),
    ("POST", f"{_SUB}/apikey"): Endpoint(create_key, 1, 1000, "trade", write=True),
    ("POST", f"{_SUB}/modify-apikey"): Endpoint(modify_key, 1, 1000, "trade", write=True),
    ("POST", f"{_SUB}/delete-apikey"): Endpoint(delete_key, 1, 1000, "trade", write=True),
}
