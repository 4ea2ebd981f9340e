"""A simulated Bybit (v5): every key reads itself, master keys manage the keys of their sub-accounts."""

from __future__ import annotations

import random
from collections.abc import Mapping

from accesscfg.sandbox.accounts import Account, Key
from accesscfg.sandbox.bybit.endpoints import ENDPOINTS, RULE
from accesscfg.sandbox.bybit.keys import MASTER_TICKED, READ_ONLY, SUB_WRITABLE, with_derivatives
from accesscfg.sandbox.bybit.wire import (
    Refusal,
    Signed,
    allow,
    authenticate,
    count,
    count_address,
    envelope,
    forbidden,
    limit_headers,
    over_limit,
    read_params,
)
from accesscfg.sandbox.simulator import Call, Credentials, Reply, Simulator, random_text

TIME_PATH = "/v5/market/time"


class Bybit(Simulator):
    name = "bybit"
    addresses = RULE
    saving_renews = True

    def presented_key(self, headers: Mapping[str, str], query: bytes) -> str:
        return headers.get("x-bapi-api-key", "")

    def is_write(self, method: str, path: str) -> bool:
        endpoint = ENDPOINTS.get((method, path))
        return endpoint is not None and endpoint.write

    def respond(self, call: Call) -> Reply:
        count_address(call)
        if call.method == "GET" and call.body:
            return forbidden("a GET request must not have a body")
        try:
            return self._routed(call)
        except Refusal as refusal:
            return envelope(call, refusal.code, refusal.message, {}, refusal.status)

    def _routed(self, call: Call) -> Reply:
        if (call.method, call.path) == ("GET", TIME_PATH):
            return _server_time(call)
        endpoint = ENDPOINTS.get((call.method, call.path))
        if endpoint is None:
            return envelope(call, 10017, "Route not found.", {}, 404)
        caller = authenticate(call)
        fits, headers = count(call, endpoint, caller.account.uid)
        if not fits:
            return over_limit(call, headers)
        allow(caller, endpoint)
        result = endpoint.handle(Signed(call, caller, read_params(call)))
        return envelope(call, 0, "", result, headers=headers)

    def too_many(self, call: Call, wait_ms: int) -> Reply:
        endpoint = ENDPOINTS.get((call.method, call.path))
        most = endpoint.per_second if endpoint else 10
        return over_limit(call, limit_headers(call, most, most, wait_ms))

    def broken(self, call: Call) -> Reply:
        return envelope(call, 10016, "Server error.", {}, 500)

    def mint(self, rng: random.Random) -> Credentials:
        return Credentials(random_text(rng, 18), random_text(rng, 36))

    def settled(self, permissions: tuple[str, ...]) -> tuple[str, ...]:
        return with_derivatives(permissions)

    def site_refusal(self, account: Account, before: Key | None, after: Key) -> str | None:
        if before is not None and before.app is not None:
            return "a key of a third-party application cannot be edited; make a new one"
        if before is not None and after.app is not None:
            return "a key is tied to an application when it is made, not later"
        known = {*(MASTER_TICKED if account.is_master else SUB_WRITABLE), READ_ONLY}
        held = set(before.permissions) if before else set()
        if unknown := set(after.permissions) - known - held:
            return f"no such permission: {', '.join(sorted(unknown))}"
        groups = {name.partition(":")[0] for name in after.permissions if name != READ_ONLY}
        if "Affiliate" in groups and len(groups) > 1:
            return "Affiliate must be the only permission"
        return None


def _server_time(call: Call) -> Reply:
    nanoseconds = call.now_ms * 1_000_000
    result = {"timeSecond": str(call.now_ms // 1000), "timeNano": str(nanoseconds)}
    return envelope(call, 0, "OK", result)
