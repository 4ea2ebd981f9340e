"""How Bybit signs, refuses and counts.

Facts: bybit-exchange/docs at 072c197 (v5/guide, v5/error, v5/rate-limit, v5/user/*). Unverified: the HTTP
status of each refusal (200 here, but 401 when headers are missing), the body behind a 403, and the order of
the checks.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import parse_qsl

from accesscfg.sandbox.accounts import Account, Caller, Key
from accesscfg.sandbox.addresses import lets_in
from accesscfg.sandbox.bybit.keys import READ_ONLY, expiry_ms
from accesscfg.sandbox.signatures import hmac_sha256, same, verifies
from accesscfg.sandbox.simulator import Call, Refused, Reply, json_reply

IP_MOST, IP_WINDOW_MS, IP_BAN_MS = 600, 5000, 600_000
SECOND_MS = 1000
EARLY_MS = 1000
DEFAULT_WINDOW_MS = 5000
WALLET = frozenset({"AccountTransfer", "SubMemberTransfer", "SubMemberTransferList", "Withdraw"})

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature holds; `params` are the query's or the JSON body's."""

    call: Call
    caller: Caller
    params: dict[str, object]

    @property
    def account(self) -> Account:
        return self.caller.account

    def text(self, name: str) -> str:
        """A required parameter that is text."""
        value = self.params.get(name)
        return value if isinstance(value, str) and value else bad_parameter(name)

    def number(self, name: str, default: int, most: int) -> int:
        """A number of the query, which is text there."""
        text = self.params.get(name, str(default))
        if (
            not isinstance(text, str)
            or not text.isascii()
            or not text.isdigit()
            or not 1 <= int(text) <= most
        ):
            bad_parameter(name)
        return int(text)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call: what it does, how many a second an account may make of it, and what it asks of the key."""

    handle: Callable[[Signed], dict[str, object]]
    per_second: int
    master: bool = False
    wallet: bool = False
    write: bool = False


def envelope(
    call: Call, code: int, message: str, result: object, status: int = 200, headers: Headers = ()
) -> Reply:
    body = {"retCode": code, "retMsg": message, "result": result, "retExtInfo": {}, "time": call.now_ms}
    return json_reply(status, body, str(code), headers)


def refuse(code: int, message: str, status: int = 200) -> NoReturn:
    raise Refusal(code, message, status)


class Refusal(Exception):
    """A code and a message; turned into an answer where the time of the request is known."""

    def __init__(self, code: int, message: str, status: int) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


def bad_parameter(name: str) -> NoReturn:
    refuse(10001, f"params error: {name}")


def denied() -> NoReturn:
    refuse(10005, "Permission denied, please check your API key permissions.")


def payload(key_id: str, timestamp: str, window: str, signed_part: bytes) -> bytes:
    """`signed_part` is the raw query of a GET or the raw body of a POST."""
    return f"{timestamp}{key_id}{window}".encode() + signed_part


def signature_holds(key: Key, signed: bytes, signature: str) -> bool:
    """HMAC in lower-case hex, or RSA in Base64."""
    if key.public_key is not None:
        return verifies(key.public_key, signed, signature)
    return same(hmac_sha256(key.api_secret or "", signed).hex(), signature)


def authenticate(call: Call) -> Caller:
    """Whose request this is, if key, time, signature, expiry and address are good."""
    headers = call.headers
    needed = ("x-bapi-api-key", "x-bapi-timestamp", "x-bapi-sign")
    if any(not headers.get(name) for name in needed):
        refuse(10003, "API key is invalid.", 401)
    window = headers.get("x-bapi-recv-window") or str(DEFAULT_WINDOW_MS)
    _check_time(headers["x-bapi-timestamp"], window, call.now_ms)
    caller = call.presented
    if caller is None or not caller.key.enabled:
        refuse(10003, "API key is invalid.")
    signed_part = call.query if call.method == "GET" else call.body
    # an absent window header is signed as nothing at all
    sent_window = headers.get("x-bapi-recv-window", "")
    signed = payload(headers["x-bapi-api-key"], headers["x-bapi-timestamp"], sent_window, signed_part)
    if not signature_holds(caller.key, signed, headers["x-bapi-sign"]):
        refuse(10004, "Error sign, please check your signature generation algorithm.")
    expires = expiry_ms(caller.key)
    if expires is not None and expires <= call.now_ms:
        refuse(33004, "Your api key has expired.")
    if not lets_in(caller.key.ip_whitelist, call.source):
        refuse(10010, "Unmatched IP, please check your API key's bound IP addresses.")
    caller.key.last_used_at = call.now_ms
    return caller


def _check_time(timestamp: str, window: str, now_ms: int) -> None:
    digits = timestamp.isascii() and timestamp.isdigit() and window.isascii() and window.isdigit()
    if not digits or not now_ms - int(window) <= int(timestamp) < now_ms + EARLY_MS:
        refuse(10002, "The request time exceeds the time window range.")


def allow(caller: Caller, endpoint: Endpoint) -> None:
    """What the endpoint asks of the key. That a read-only key may not write is our assumption."""
    if endpoint.master and not caller.account.is_master:
        denied()
    if endpoint.wallet and not has_wallet_right(caller):
        denied()
    if endpoint.write and READ_ONLY in caller.key.permissions:
        denied()


def has_wallet_right(caller: Caller) -> bool:
    """Whether the key holds one of the transfer and withdrawal rights; a sub-account has no withdrawals."""
    held = {name.removeprefix("Wallet:") for name in caller.key.permissions if name.startswith("Wallet:")}
    return bool(held & (WALLET if caller.account.is_master else WALLET - {"Withdraw"}))


def read_params(call: Call) -> dict[str, object]:
    if call.method == "GET":
        return dict(parse_qsl(call.query.decode("latin-1"), keep_blank_values=True))
    try:
        body = json.loads(call.body or b"{}")
    except ValueError:
        body = None
    return body if isinstance(body, dict) else bad_parameter("body is not a JSON object")


def count_address(call: Call) -> None:
    """600 requests in 5 seconds from one address; more, and it is shut out for 10 minutes."""
    limits, bucket = call.venue.limits, ("ip", call.source)
    if not limits.banned(bucket, call.tick_ms):
        if limits.sliding(bucket, most=IP_MOST, window_ms=IP_WINDOW_MS, now_ms=call.tick_ms).allowed:
            return
        limits.ban(bucket, call.tick_ms + IP_BAN_MS)
    raise Refused(forbidden("access too frequent"))


def forbidden(why: str) -> Reply:
    return Reply(403, why.encode(), "403", content_type="text/plain")


def count(call: Call, endpoint: Endpoint, uid: str) -> tuple[bool, Headers]:
    """Whether this request is within the account's limit, and the headers that tell of it."""
    bucket = ("uid", call.method, call.path, uid)
    usage = call.venue.limits.sliding(
        bucket, most=endpoint.per_second, window_ms=SECOND_MS, now_ms=call.tick_ms
    )
    return usage.allowed, limit_headers(call, endpoint.per_second, usage.used, usage.wait_ms)


def limit_headers(call: Call, most: int, used: int, wait_ms: int) -> Headers:
    """The reset time is the present unless the limit was exceeded."""
    return (
        ("X-Bapi-Limit", str(most)),
        ("X-Bapi-Limit-Status", str(max(0, most - used))),
        ("X-Bapi-Limit-Reset-Timestamp", str(call.now_ms + wait_ms)),
    )


def over_limit(call: Call, headers: Headers) -> Reply:
    return envelope(call, 10006, "Too many visits. Exceeded the API Rate Limit.", {}, headers=headers)
