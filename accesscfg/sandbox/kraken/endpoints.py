"""What the calls do.

Facts: docs.kraken.com, "Get API Key Info", "Get Account Balance", "Get Extended Balance" and the market data calls
(copies of 2026-06). The casing of a key's own data and how it writes that there is no restriction are in doubt, so a
world can say both; with `snake` the nonce window is text, as an independent client recorded it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from accesscfg.sandbox.accounts import Caller
from accesscfg.sandbox.simulator import Call

PERMISSIONS = (
    "query-funds",
    "add-funds",
    "withdraw-funds",
    "earn-funds",
    "query-open-trades",
    "query-closed-trades",
    "modify-trades",
    "close-trades",
    "query-ledger",
    "export-data",
    "create-ws-token",
    "add-withdraw-address",
    "update-withdraw-address",
)
CAPITAL = re.compile(r"(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One private call: what it does, and the permission that it asks of the key."""

    handle: Callable[[Call, Caller], object]
    permission: str | None


def key_info(call: Call, caller: Caller) -> dict[str, object]:
    key, options = caller.key, call.venue.options
    known = [name for name in PERMISSIONS if name in key.permissions]
    info: dict[str, object] = {
        "apiKeyName": key.label,
        "apiKey": key.api_key,
        "nonce": str(max(key.nonces)),
        "nonceWindow": options["nonce_window"],
        "permissions": [*known, *(name for name in key.permissions if name not in PERMISSIONS)],
        "iban": caller.account.uid,
        "validUntil": _seconds(key.expires_at or 0),
        "queryFrom": "0",
        "queryTo": "0",
        "createdTime": _seconds(key.created_at),
        "modifiedTime": _seconds(key.updated_at),
        "ipAllowlist": _allowlist(key.ip_whitelist, options["unrestricted"]),
        "lastUsed": None if key.last_used_at is None else _seconds(key.last_used_at),
    }
    if options["casing"] == "camel":
        return info
    info["nonceWindow"] = str(options["nonce_window"])
    return {CAPITAL.sub("_", name).lower(): value for name, value in info.items()}


def _seconds(ms: int) -> str:
    return str(ms // 1000)


def _allowlist(whitelist: tuple[str, ...] | None, unrestricted: object) -> list[str]:
    if whitelist is None:
        return [] if unrestricted == "[]" else [""]
    return list(whitelist)


def balance(call: Call, caller: Caller) -> dict[str, str]:
    return {"ZUSD": "171288.6158", "XXBT": "1.2435000000"}


def extended_balance(call: Call, caller: Caller) -> dict[str, dict[str, str]]:
    return {
        "ZUSD": {"balance": "171288.6158", "hold_trade": "8249.7600"},
        "XXBT": {"balance": "1.2435000000", "hold_trade": "0.8423000000"},
    }


def open_orders(call: Call, caller: Caller) -> dict[str, object]:
    return {"open": {}}


def closed_orders(call: Call, caller: Caller) -> dict[str, object]:
    return {"closed": {}, "count": 0}


def time(call: Call) -> dict[str, object]:
    moment = datetime.fromtimestamp(call.now_ms // 1000, UTC)
    shown = f"{moment:%a}, {moment.day:2} {moment:%b %y %H:%M:%S} +0000"
    return {"unixtime": call.now_ms // 1000, "rfc1123": shown}


def assets(call: Call) -> dict[str, object]:
    common = {"aclass": "currency", "status": "enabled"}
    return {
        "XXBT": {**common, "altname": "XBT", "decimals": 10, "display_decimals": 5},
        "ZUSD": {**common, "altname": "USD", "decimals": 4, "display_decimals": 2},
    }


def asset_pairs(call: Call) -> dict[str, object]:
    pair: dict[str, object] = {
        "altname": "XBTUSD",
        "wsname": "XBT/USD",
        "aclass_base": "currency",
        "base": "XXBT",
        "aclass_quote": "currency",
        "quote": "ZUSD",
        "lot": "unit",
        "cost_decimals": 5,
        "pair_decimals": 1,
        "lot_decimals": 8,
        "lot_multiplier": 1,
        "leverage_buy": [2, 3],
        "leverage_sell": [2, 3],
        "fees": [[0, 0.4]],
        "fees_maker": [[0, 0.25]],
        "fee_volume_currency": "ZUSD",
        "ordermin": "0.00005",
        "costmin": "0.5",
        "tick_size": "0.1",
        "status": "online",
    }
    return {"XXBTZUSD": pair}


PUBLIC: dict[str, Callable[[Call], object]] = {"Time": time, "Assets": assets, "AssetPairs": asset_pairs}
PRIVATE: dict[str, Endpoint] = {
    "GetApiKeyInfo": Endpoint(key_info, None),
    "Balance": Endpoint(balance, "query-funds"),
    "BalanceEx": Endpoint(extended_balance, "query-funds"),
    "OpenOrders": Endpoint(open_orders, "query-open-trades"),
    "ClosedOrders": Endpoint(closed_orders, "query-closed-trades"),
}
