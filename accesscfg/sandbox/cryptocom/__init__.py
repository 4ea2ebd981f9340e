"""A simulated Crypto.com Exchange: every key can be called and tells whose it is; nothing shows or changes keys."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping

from accesscfg.sandbox.accounts import Account, Key
from accesscfg.sandbox.addresses import AddressRule
from accesscfg.sandbox.cryptocom.endpoints import ENDPOINTS, INSTRUMENTS, RIGHTS
from accesscfg.sandbox.cryptocom.wire import ROOT, Asked, answer, authenticate, count, error, read, refuse
from accesscfg.sandbox.simulator import Call, Credentials, Reply, Simulator, random_text


class CryptoCom(Simulator):
    name = "cryptocom"
    addresses = AddressRule(most=None, networks=False, ipv6=False)  # more than that is not known to be taken
    options: Mapping[str, tuple[object, ...]] = {
        "codes": ("present", "old"),
        "numbers": ("number", "text"),
        "this_account": (True, False),
        "sub_view": ("all", "own"),
    }
    numeric_uid = False

    def presented_key(self, headers: Mapping[str, str], query: bytes) -> str:
        return ""

    def named_key(self, headers: Mapping[str, str], query: bytes, body: bytes) -> str:
        try:
            asked = json.loads(body)
        except (ValueError, RecursionError):
            return ""
        named = asked.get("api_key") if isinstance(asked, dict) else None
        return named if isinstance(named, str) else ""

    def is_write(self, method: str, path: str) -> bool:
        return False

    def respond(self, call: Call) -> Reply:
        if (call.method, call.path) == ("GET", ROOT + INSTRUMENTS):
            return answer(Asked(call, None, INSTRUMENTS), {"data": []})
        asked = read(call)
        endpoint = ENDPOINTS.get(asked.method)
        if endpoint is None or call.method != "POST":
            refuse(asked, 40002)
        caller = authenticate(asked)
        count(asked, caller)
        if endpoint.right not in caller.key.permissions:
            refuse(asked, 40101)
        return answer(asked, endpoint.handle(asked, caller))

    def too_many(self, call: Call, wait_ms: int) -> Reply:
        return error(Asked(call, None, call.path.removeprefix(ROOT)), 42901)

    def broken(self, call: Call) -> Reply:
        return error(Asked(call, None, call.path.removeprefix(ROOT)), 50001, 500)

    def mint(self, rng: random.Random) -> Credentials:
        return Credentials(random_text(rng, 22), random_text(rng, 22))

    def settled(self, permissions: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(("read", *permissions)))  # always on

    def site_refusal(self, account: Account, before: Key | None, after: Key) -> str | None:
        held = set(before.permissions) if before else set()
        if unknown := set(after.permissions) - set(RIGHTS) - held:
            return f"no such permission: {', '.join(sorted(unknown))}"
        if after.expires_at is not None or not after.enabled:
            return "a key has neither a day on which it ends nor a switch"
        if before is not None and after.app != before.app:
            return "a key is connected to an application when it is made, not later"
        if after.app is not None and after.ip_whitelist is not None:
            return "the addresses of a key that is connected to an application are the application's"
        return None
