"""A simulated Kraken (spot): each key can look at itself, and everything is changed on the website."""

from __future__ import annotations

import base64
import random
from collections.abc import Mapping

from accesscfg.sandbox.accounts import Account, Key
from accesscfg.sandbox.addresses import AddressRule
from accesscfg.sandbox.kraken.endpoints import PERMISSIONS, PRIVATE, PUBLIC
from accesscfg.sandbox.kraken.wire import (
    WINDOWS,
    allow,
    answer,
    authenticate,
    count,
    error,
    refuse,
)
from accesscfg.sandbox.simulator import Call, Credentials, Reply, Simulator, random_text

PRIVATE_PATH, PUBLIC_PATH = "/0/private/", "/0/public/"


class Kraken(Simulator):
    name = "kraken"
    addresses = AddressRule(most=None, networks=True, ipv6=True)
    options: Mapping[str, tuple[object, ...]] = {
        "casing": ("camel", "snake"),
        "unrestricted": ("[]", '[""]'),
        "foreign": ("EAPI:Invalid key", "EGeneral:Permission denied"),
        "nonce_window": WINDOWS,
    }
    numeric_uid = False

    def presented_key(self, headers: Mapping[str, str], query: bytes) -> str:
        return headers.get("api-key", "")

    def is_write(self, method: str, path: str) -> bool:
        """No call that is simulated changes anything."""
        return False

    def respond(self, call: Call) -> Reply:
        if call.path.startswith(PUBLIC_PATH):
            public = PUBLIC.get(call.path.removeprefix(PUBLIC_PATH))
            return refuse("EGeneral:Unknown method") if public is None else answer(public(call))
        if not call.path.startswith(PRIVATE_PATH):
            return Reply(404, b"<html>not found</html>", "404", content_type="text/html")
        if call.method != "POST":
            refuse("EGeneral:Unknown method")
        caller = authenticate(call)
        endpoint = PRIVATE.get(call.path.removeprefix(PRIVATE_PATH))
        if endpoint is None:
            refuse("EGeneral:Unknown method")
        count(call, caller)
        allow(caller, endpoint.permission)
        return answer(endpoint.handle(call, caller))

    def too_many(self, call: Call, wait_ms: int) -> Reply:
        return error("EAPI:Rate limit exceeded")

    def broken(self, call: Call) -> Reply:
        """A status other than 200 means that the request did not reach the API."""
        return Reply(502, b"<html>Bad gateway</html>", "502", content_type="text/html")

    def mint(self, rng: random.Random) -> Credentials:
        return Credentials(random_text(rng, 56), base64.b64encode(rng.randbytes(64)).decode())

    def site_refusal(self, account: Account, before: Key | None, after: Key) -> str | None:
        held = set(before.permissions) if before else set()
        if unknown := set(after.permissions) - set(PERMISSIONS) - held:
            return f"no such permission: {', '.join(sorted(unknown))}"
        if after.app is not None:
            return "no key is bound to an application here"
        if not after.enabled and (before is None or before.enabled):
            return "there is no switch for that; delete the key"
        if any(key is not before and key.label == after.label for key in account.keys):
            return f"a key named {after.label!r} is already there"
        return None
