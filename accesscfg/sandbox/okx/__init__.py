"""A simulated OKX (v5): every key that can read reads itself, main keys manage the keys of their
sub-accounts.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

from accesscfg.sandbox.accounts import Account, Key
from accesscfg.sandbox.addresses import AddressRule
from accesscfg.sandbox.okx.endpoints import ENDPOINTS, MOST_ADDRESSES, MOST_KEYS, PERMS, SUB_PERMS, mint
from accesscfg.sandbox.okx.wire import (
    Signed,
    allow,
    answer,
    authenticate,
    count,
    error,
    over_limit,
    read_params,
)
from accesscfg.sandbox.simulator import Call, Credentials, Reply, Simulator, json_reply

TIME_PATH = "/api/v5/public/time"


class Okx(Simulator):
    name = "okx"
    addresses = AddressRule(most=MOST_ADDRESSES, networks=True, ipv6=True)
    options: Mapping[str, tuple[object, ...]] = {"mask_api_keys": (False, True)}

    def presented_key(self, headers: Mapping[str, str], query: bytes) -> str:
        return headers.get("ok-access-key", "")

    def is_write(self, method: str, path: str) -> bool:
        endpoint = ENDPOINTS.get((method, path))
        return endpoint is not None and endpoint.write

    def respond(self, call: Call) -> Reply:
        if (call.method, call.path) == ("GET", TIME_PATH):
            count(call, call.source, 10, 2000)  # this limit is unverified
            return answer([{"ts": str(call.now_ms)}])
        endpoint = ENDPOINTS.get((call.method, call.path))
        if endpoint is None:
            return json_reply(404, {"code": "404", "msg": "Not Found", "data": []}, "404")
        caller = authenticate(call)
        count(call, caller.account.uid, endpoint.most, endpoint.window_ms)
        allow(caller, endpoint)
        return answer(endpoint.handle(Signed(call, caller, read_params(call))))

    def too_many(self, call: Call, wait_ms: int) -> Reply:
        return over_limit()

    def broken(self, call: Call) -> Reply:
        return error(50026, "System error. Try again later.", 500)

    def mint(self, rng: random.Random) -> Credentials:
        return mint(rng)

    def site_refusal(self, account: Account, before: Key | None, after: Key) -> str | None:
        if before is not None and before.app is not None:
            return "a key linked to a third-party app cannot be edited; make a new one"
        if before is not None and after.app is not None:
            return "a key is linked to an app when it is made, not later"
        held = set(before.permissions) if before else set()
        known = set(PERMS) if account.is_master else SUB_PERMS
        if unknown := set(after.permissions) - known - held:
            return f"no such permission: {', '.join(sorted(unknown))}"
        others = [key.label for key in account.keys if key is not before]
        if after.label in others:
            return f"a key named {after.label!r} is already there"
        return f"at most {MOST_KEYS} keys an account" if len(others) >= MOST_KEYS else None
