"""A simulated Binance: key introspection, and management of sub-account keys by a master key."""

from __future__ import annotations

import random
from collections.abc import Mapping

from accesscfg.sandbox.accounts import Account, Key
from accesscfg.sandbox.binance.endpoints import ENDPOINTS, RULE
from accesscfg.sandbox.binance.keys import OWN_FLAGS, SUB_FLAGS, can_trade, own_permissions
from accesscfg.sandbox.binance.wire import (
    authenticate,
    count,
    error,
    not_allowed,
    over_limit,
    unknown_path,
)
from accesscfg.sandbox.simulator import Call, Credentials, Reply, Simulator, json_reply, random_text

TIME_PATH = "/api/v3/time"


class Binance(Simulator):
    name = "binance"
    addresses = RULE
    options: Mapping[str, tuple[object, ...]] = {
        "ip_post": ("replace", "add"),
        "omitted_flags": ("revoke", "keep"),
        "key_list": ("rows", "list"),
    }

    def presented_key(self, headers: Mapping[str, str], query: bytes) -> str:
        return headers.get("x-mbx-apikey", "")

    def is_write(self, method: str, path: str) -> bool:
        endpoint = ENDPOINTS.get((method, path))
        return endpoint is not None and endpoint.write

    def respond(self, call: Call) -> Reply:
        if (call.method, call.path) == ("GET", TIME_PATH):
            return json_reply(200, {"serverTime": call.now_ms})
        endpoint = ENDPOINTS.get((call.method, call.path))
        if endpoint is None:
            return unknown_path(call.path)
        used = count(call, endpoint, "") if endpoint.by == "ip" else ()
        signed = authenticate(call, endpoint)
        account, key = signed.caller.account, signed.caller.key
        if endpoint.by == "uid":
            used = count(call, endpoint, account.uid)
        if endpoint.master and not account.is_master:
            not_allowed()
        if "enableReading" not in own_permissions(account, key):
            not_allowed()
        if endpoint.trading and not can_trade(account, key):
            not_allowed()
        return json_reply(200, endpoint.handle(signed), headers=used)

    def too_many(self, call: Call, wait_ms: int) -> Reply:
        return over_limit(wait_ms)

    def broken(self, call: Call) -> Reply:
        return error(-1007, "Timeout waiting for response from backend server. Send status unknown.", 504)

    def mint(self, rng: random.Random) -> Credentials:
        return Credentials(random_text(rng, 64), random_text(rng, 64))

    def site_refusal(self, account: Account, before: Key | None, after: Key) -> str | None:
        known = set(OWN_FLAGS) if account.is_master else {*SUB_FLAGS, "enableReading"}
        held = set(before.permissions) if before else set()
        if unknown := set(after.permissions) - known - held:
            return f"no such permission: {', '.join(sorted(unknown))}"
        if "enableWithdrawals" in after.permissions and after.ip_whitelist is None:
            return "withdrawals need the restriction to trusted IPs"
        return None
