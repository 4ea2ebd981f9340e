"""A simulated WhiteBIT (v4): no key shows itself, main keys manage the keys of their sub-accounts."""

from __future__ import annotations

import random
from collections.abc import Mapping

from accesscfg.sandbox.accounts import Account, Key
from accesscfg.sandbox.addresses import AddressRule
from accesscfg.sandbox.simulator import Call, Credentials, Reply, Simulator, json_reply
from accesscfg.sandbox.whitebit.endpoints import ENDPOINTS, MOST_ADDRESSES, MOST_KEYS, OPTIONS, mint
from accesscfg.sandbox.whitebit.rights import ANY_ADDRESS, OF_TYPE_2, TYPE_2, known
from accesscfg.sandbox.whitebit.wire import allow, authenticate, count, over_limit

PUBLIC = "/api/v4/public/"


class Whitebit(Simulator):
    name = "whitebit"
    addresses = AddressRule(most=MOST_ADDRESSES, networks=False, ipv6=True)
    options = OPTIONS

    def presented_key(self, headers: Mapping[str, str], query: bytes) -> str:
        return headers.get("x-txc-apikey", "")

    def is_write(self, method: str, path: str) -> bool:
        endpoint = ENDPOINTS.get(path)
        return method == "POST" and endpoint is not None and endpoint.write

    def respond(self, call: Call) -> Reply:
        count(call)
        if (call.method, call.path) == ("GET", f"{PUBLIC}time"):
            return json_reply(200, {"time": call.now_ms // 1000})
        if (call.method, call.path) == ("GET", f"{PUBLIC}ping"):
            return json_reply(200, ["pong"])
        endpoint = ENDPOINTS.get(call.path) if call.method == "POST" else None
        if endpoint is None:
            return json_reply(404, {"message": ""}, "404")
        request = authenticate(call)
        allow(request)
        return json_reply(endpoint.status, endpoint.handle(request))

    def too_many(self, call: Call, wait_ms: int) -> Reply:
        return over_limit()

    def broken(self, call: Call) -> Reply:
        return json_reply(500, {}, "500")

    def mint(self, rng: random.Random) -> Credentials:
        return mint(rng)

    def settled(self, permissions: tuple[str, ...]) -> tuple[str, ...]:
        """A person sees whether the list of addresses is in force, and saves it so."""
        return tuple(one for one in permissions if one != ANY_ADDRESS)

    def site_refusal(self, account: Account, before: Key | None, after: Key) -> str | None:
        held = set(before.permissions) if before else set()
        rights = set(after.permissions)
        if before is not None and (TYPE_2 in held) != (TYPE_2 in rights):
            return "the kind of a key is chosen when it is made, not later"
        if unknown := rights - known(account) - held:
            return f"no such endpoint: {', '.join(sorted(unknown))}"
        if TYPE_2 not in rights and (barred := rights & OF_TYPE_2):
            return f"a key for info and trading cannot have: {', '.join(sorted(barred))}"
        if after.app is not None:
            return "keys are not linked to applications here"
        others = [key for key in account.keys if key is not before]
        return f"at most {MOST_KEYS} keys an account" if len(others) >= MOST_KEYS else None
