"""What the calls do.

Facts: whitebit-exchange/docs, openapi/private/main_api_v4.yaml (2026-08). What it leaves open is an option of the
world: whether an edit switches off the endpoints that it does not name (`omitted_urls`), whether it switches the
restriction of endpoints on (`edit_restricts`), whether the first address puts the list in force
(`first_address_restricts`), how the kind of a key is written in the list (`key_type`), and whether that list is plain
(`key_list`).

Our readings: an empty list of addresses lets every address in; adding a call that a kind of key cannot have is
refused like one that keys of sub-accounts cannot have, and so is a path that there is not.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from uuid import NAMESPACE_URL, UUID, uuid5

from accesscfg.sandbox.accounts import Account, Caller, Key
from accesscfg.sandbox.addresses import AddressRule
from accesscfg.sandbox.simulator import Credentials, random_text
from accesscfg.sandbox.whitebit.rights import (
    ALL,
    ANY_ADDRESS,
    TYPE_2,
    WORDS,
    endpoints_of,
    kind_allows,
    known,
)
from accesscfg.sandbox.whitebit.wire import Endpoint, Signed, invalid, refuse

MOST_ADDRESSES = 50
MOST_KEYS = 50
RULE = AddressRule(most=None, networks=False, ipv6=True)  # the number has a refusal of its own
OPTIONS: Mapping[str, tuple[object, ...]] = {
    "omitted_urls": ("keep", "off"),
    "edit_restricts": (False, True),
    "first_address_restricts": (True, False),
    "key_type": ("text", "number", "word"),
    "key_list": ("object", "array"),
}


def mint(rng: random.Random) -> Credentials:
    return Credentials(random_text(rng, 32, "0123456789abcdef"), random_text(rng, 32, "0123456789abcdef"))


def sub_id(account: Account) -> str:
    return account.uuid or str(uuid5(NAMESPACE_URL, account.path))


def key_id(key: Key) -> str:
    """The id by which calls name a key, which is not its public half."""
    return str(UUID(int=key.serial << 64 | key.serial))


def main_balance(request: Signed) -> object:
    return _by_ticker(request, {"BTC": {"main_balance": "0.5"}, "USDT": {"main_balance": "100"}})


def trade_balance(request: Signed) -> object:
    held = {"BTC": {"available": "0.25", "freeze": "0"}, "USDT": {"available": "50", "freeze": "1.5"}}
    return _by_ticker(request, held)


def _by_ticker(request: Signed, balances: Mapping[str, object]) -> object:
    ticker = request.params.get("ticker")
    return balances if ticker is None else balances.get(str(ticker), {})


def fees(request: Signed) -> object:
    rates = {"taker": "0.1", "maker": "0.1", "futures_taker": "0.055", "futures_maker": "0.01"}
    return {"error": None, **rates, "custom_fee": {}}


def sub_accounts(request: Signed) -> object:
    search = request.params.get("search") or ""
    limit, offset = request.count("limit", 30, 1, 100), request.count("offset", 0, 0, 10_000)
    found = [sub for sub in request.account.sub_accounts if str(search) in sub.name]
    data = [_sub_row(sub) for sub in found[offset : offset + limit]]
    return {"offset": offset, "limit": limit, "data": data}


def _sub_row(sub: Account) -> dict[str, object]:
    return {
        "id": sub_id(sub),
        "alias": sub.name,
        "userId": f"u-{sub.uid}",
        "email": f"{sub.email[:1]}***@example.com",
        "status": "active",
        "color": "#FF5733",
        "kyc": {"shareKyc": False, "kycStatus": "verified"},
        "permissions": {"spotEnabled": True, "collateralEnabled": True},
    }


def list_keys(request: Signed) -> object:
    """Newest first."""
    limit, offset = request.count("limit", 100, 1, 100), request.count("offset", 0, 0, 10_000)
    wanted = request.params.get("subAccountId")
    found = [one for one in _sub_keys(request.account) if wanted in (None, sub_id(one.account))]
    found.sort(key=lambda one: one.key.serial, reverse=True)
    options, page = request.call.venue.options, found[offset : offset + limit]
    rows = [
        {**_key_row(one), "apiSecret": "", "type": _written(_type(one.key), options["key_type"])}
        for one in page
    ]
    return rows if options["key_list"] == "array" else {"limit": limit, "offset": offset, "data": rows}


def _written(kind: int, way: object) -> object:
    """An older example has the word `trade`; the word for the other kind is not known."""
    if way == "word" and kind == 1:
        return "trade"
    return kind if way == "number" else str(kind)


def _type(key: Key) -> int:
    return 2 if TYPE_2 in key.permissions else 1


def _sub_keys(account: Account) -> Iterator[Caller]:
    for sub in account.sub_accounts:
        yield from (Caller(sub, key) for key in sub.keys)


def _key_row(caller: Caller) -> dict[str, object]:
    key = caller.key
    return {
        "subAccountId": sub_id(caller.account),
        "id": key_id(key),
        "title": key.label,
        "isEnabled": key.enabled,
        "apiKey": key.api_key,
        "lastActivity": (key.last_used_at or 0) // 1000,
        "restrictAccess": ALL not in key.permissions,
        "accessEndpoints": endpoints_of(key),
    }


def create_key(request: Signed) -> object:
    """A new key has no restriction of any kind."""
    kind, title = request.params.get("type"), request.text("title")
    sub = next(
        (sub for sub in request.account.sub_accounts if sub_id(sub) == request.text("subAccountId")), None
    )
    if sub is None or kind not in (1, 2) or isinstance(kind, bool):
        invalid("type" if sub else "subAccountId", "validation.required")
    if len(sub.keys) >= MOST_KEYS:
        refuse(400, f"Limit of API keys is reached. Maximum allowed: {MOST_KEYS}", 5)
    made = mint(request.call.random)
    key = Key(made.api_key, title, request.call.now_ms, (ALL, TYPE_2)[:kind], api_secret=made.api_secret)
    request.call.venue.add_key(sub, key)
    return {**_key_row(Caller(sub, key)), "apiSecret": made.api_secret, "type": kind}


def delete_key(request: Signed) -> object:
    request.call.venue.remove_key(_named(request))
    return {}


def edit_key(request: Signed) -> object:
    caller, title, options = _named(request), request.text("title"), request.call.venue.options
    wanted = _urls(request)
    _check_urls(caller, wanted)
    held = [one for one in caller.key.permissions if one in WORDS]
    paths = [one for one in caller.key.permissions if one not in WORDS]
    stays = [one for one in paths if wanted.get(one, options["omitted_urls"] == "keep")]
    comes = [one for one, enable in wanted.items() if enable and one not in paths]
    if options["edit_restricts"] and ALL in held:
        held.remove(ALL)
    caller.key.permissions = (*held, *stays, *comes)
    caller.key.label, caller.key.updated_at = title, request.call.now_ms
    return {}


def _urls(request: Signed) -> dict[str, bool]:
    rows = request.params.get("urls")
    if not isinstance(rows, list) or not rows:
        invalid("urls", "validation.required")
    found: dict[str, bool] = {}
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("url"), str):
            invalid("urls", "validation.required")
        if not isinstance(row.get("enable"), bool):
            invalid("urls", "validation.required")
        found[row["url"]] = row["enable"]
    return found


def _check_urls(caller: Caller, wanted: Mapping[str, bool]) -> None:
    """What the key has may be named again, whatever it is."""
    offered = known(caller.account)
    comes = [url for url, enable in wanted.items() if enable and url not in caller.key.permissions]
    barred = [url for url in comes if url in WORDS or url not in offered or not kind_allows(caller, url)]
    if barred:
        refuse(
            400, f"The following URLs are restricted for sub-account API keys: {', '.join(sorted(barred))}", 5
        )


def list_addresses(request: Signed) -> object:
    return {"data": list(_named(request).key.ip_whitelist or ())}


def add_address(request: Signed) -> object:
    key, address = _named(request).key, _address(request)
    held = key.ip_whitelist or ()
    if address in held:
        refuse(400, "This IP address is already in allowlist", 5)
    if len(held) >= MOST_ADDRESSES:
        refuse(400, f"You have reached the maximum number of allowed IPs: {MOST_ADDRESSES}", 5)
    if not held and not request.call.venue.options["first_address_restricts"]:
        key.permissions = (*key.permissions, ANY_ADDRESS)
    key.ip_whitelist, key.updated_at = (*held, address), request.call.now_ms
    return {"data": list(key.ip_whitelist)}


def remove_address(request: Signed) -> object:
    key, address = _named(request).key, _address(request)
    held = key.ip_whitelist or ()
    if address not in held:
        refuse(400, f"IP address {address} is not in the allowlist", 5)
    left = tuple(one for one in held if one != address)
    key.ip_whitelist, key.updated_at = left or None, request.call.now_ms
    if not left:
        key.permissions = tuple(one for one in key.permissions if one != ANY_ADDRESS)
    return {"data": list(left)}


def _address(request: Signed) -> str:
    text = request.text("ip")
    try:
        return RULE.read([text])[0]
    except ValueError:
        invalid("ip", "Invalid IP address.")


def _named(request: Signed) -> Caller:
    wanted = request.text("apiKeyId")
    found = next((one for one in _sub_keys(request.account) if key_id(one.key) == wanted), None)
    return found or refuse(404, "API key not found")


_SUB = "/api/v4/sub-account"
ENDPOINTS: dict[str, Endpoint] = {
    "/api/v4/main-account/balance": Endpoint(main_balance),
    "/api/v4/trade-account/balance": Endpoint(trade_balance),
    "/api/v4/market/fee": Endpoint(fees),
    f"{_SUB}/list": Endpoint(sub_accounts),
    f"{_SUB}/api-key/list": Endpoint(list_keys),
    f"{_SUB}/api-key/create": Endpoint(create_key, 201, write=True),
    f"{_SUB}/api-key/edit": Endpoint(edit_key, write=True),
    f"{_SUB}/api-key/delete": Endpoint(delete_key, write=True),
    f"{_SUB}/api-key/ip-address/list": Endpoint(list_addresses),
    f"{_SUB}/api-key/ip-address/create": Endpoint(add_address, 201, write=True),
    f"{_SUB}/api-key/ip-address/delete": Endpoint(remove_address, write=True),
}
