"""A simulated Bitget: Classic (v2) and Unified (v3) accounts, each answering its own calls."""

from __future__ import annotations

import random
from collections.abc import Mapping

from accesscfg.sandbox.accounts import Account, Caller, Key
from accesscfg.sandbox.addresses import AddressRule
from accesscfg.sandbox.bitget import classic, keys, unified
from accesscfg.sandbox.bitget.wire import (
    Endpoint,
    Signed,
    answer,
    authenticate,
    count,
    error,
    not_permitted,
    over_limit,
    read_params,
    refuse,
)
from accesscfg.sandbox.simulator import Call, Credentials, Reply, Simulator

TIME_PATH = "/api/v2/public/time"
ENDPOINTS = {**classic.ENDPOINTS, **unified.ENDPOINTS}


class Bitget(Simulator):
    """`mode` is that of accounts that do not say theirs. The other options are what the documents leave open."""

    name = "bitget"
    addresses = AddressRule(most=keys.ADDRESSES.most, networks=False, ipv6=True)
    options: Mapping[str, tuple[object, ...]] = {
        "mode": ("classic", "unified"),
        "v3_on_classic": ("40084", "40014", "answered"),
        "authorities": ("both", "write"),
        "mask_api_keys": (False, True),
    }

    def presented_key(self, headers: Mapping[str, str], query: bytes) -> str:
        return headers.get("access-key", "")

    def is_write(self, method: str, path: str) -> bool:
        endpoint = ENDPOINTS.get((method, path))
        return endpoint is not None and endpoint.write

    def respond(self, call: Call) -> Reply:
        if (call.method, call.path) == ("GET", TIME_PATH):
            return answer(call, {"serverTime": str(call.now_ms)})
        endpoint = ENDPOINTS.get((call.method, call.path))
        if endpoint is None:
            return error(404, "Not Found", call.now_ms, 404)
        caller = authenticate(call)
        count(call, caller.account.uid, endpoint.most)
        _check_mode(call, caller, endpoint)
        endpoint.allow(caller)
        return answer(call, endpoint.handle(Signed(call, caller, read_params(call))))

    def too_many(self, call: Call, wait_ms: int) -> Reply:
        return over_limit()

    def broken(self, call: Call) -> Reply:
        return error(40010, "Request timed out", call.now_ms, 500)

    def mint(self, rng: random.Random) -> Credentials:
        return keys.mint(rng)

    def settled(self, permissions: tuple[str, ...]) -> tuple[str, ...]:
        return keys.settled(permissions)

    def site_refusal(self, account: Account, before: Key | None, after: Key) -> str | None:
        return keys.site_refusal(account, before, after)


def _check_mode(call: Call, caller: Caller, endpoint: Endpoint) -> None:
    """Refused for a call of the other generation; what a Classic account answers to the newer one is for the world to
    say.
    """
    if caller.account.mode == "unified":
        if endpoint in classic.ENDPOINTS.values():
            refuse(
                40085,
                "You are in Unified Account mode, and the Classic Account API is not supported at this time",
            )
        return
    if endpoint in classic.ENDPOINTS.values():
        return
    how = call.venue.options["v3_on_classic"]
    if how == "40014":
        not_permitted("UTA")
    if how == "40084" or call.path not in unified.ON_CLASSIC:
        refuse(40084, "You are in Classic Account mode, and the Unified Account API is not supported")
