"""How OKX signs, refuses and counts.

Facts: okx.com/docs-v5 (overview, error codes; copies of 2026-07). Unverified: the body of an unknown path,
the order of the checks, and 50119 for a key that has expired.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn
from urllib.parse import parse_qsl

from accesscfg.sandbox.accounts import Account, Caller, Key
from accesscfg.sandbox.addresses import lets_in
from accesscfg.sandbox.signatures import hmac_sha256, same
from accesscfg.sandbox.simulator import Call, Refused, Reply, json_reply

TOLERANCE_MS = 30_000
IDLE_MS = 14 * 86_400_000
KEY_FORM = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
TIME_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"
HEADERS = (
    ("ok-access-key", 50103),
    ("ok-access-passphrase", 50104),
    ("ok-access-sign", 50106),
    ("ok-access-timestamp", 50107),
)


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
        value = self.optional(name)
        if not value:
            refuse(50014, f"Parameter {name} can not be empty", 400)
        return value

    def optional(self, name: str) -> str | None:
        value = self.params.get(name)
        if value is not None and not isinstance(value, str):
            bad_parameter(name)
        return value


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call: what it does, how many in `window_ms` an account may make of it, and what it asks of the
    key.
    """

    handle: Callable[[Signed], list[dict[str, object]]]
    most: int
    window_ms: int
    perm: str
    main: bool = True
    write: bool = False  # these also want the calling key bound to addresses


def answer(data: list[dict[str, object]]) -> Reply:
    return json_reply(200, {"code": "0", "msg": "", "data": data})


def error(code: int, message: str, status: int) -> Reply:
    """Refusals of the key itself come without `data`."""
    body: dict[str, object] = {"msg": message, "code": str(code)}
    return json_reply(status, body if status == 401 else {**body, "data": []}, str(code))


def refuse(code: int, message: str, status: int = 200) -> NoReturn:
    raise Refused(error(code, message, status))


def bad_parameter(name: str) -> NoReturn:
    refuse(51000, f"Parameter {name} error", 400)


def over_limit() -> Reply:
    return error(50011, "Requests too frequent.", 429)


def prehash(timestamp: str, method: str, target: bytes, body: bytes) -> bytes:
    """`target` is the path with its raw query; a GET has no body."""
    return f"{timestamp}{method}".encode() + target + body


def signature_holds(key: Key, signed: bytes, signature: str) -> bool:
    """HMAC-SHA256 in Base64; OKX documents no other kind."""
    return same(base64.b64encode(hmac_sha256(key.api_secret or "", signed)).decode(), signature)


def target(call: Call) -> bytes:
    path = call.path.encode("latin-1")
    return path + b"?" + call.query if call.query else path


def authenticate(call: Call) -> Caller:
    """Whose request this is, if key, passphrase, time, signature and address are good."""
    headers = call.headers
    for name, code in HEADERS:
        if not headers.get(name):
            refuse(code, f"Request header {name.upper()} can not be empty.", 401)
    _check_time(headers["ok-access-timestamp"], call.now_ms)
    caller = call.presented
    if KEY_FORM.fullmatch(headers["ok-access-key"]) is None:
        refuse(50111, "Invalid OK-ACCESS-KEY", 401)
    if caller is None or _expired(caller.key, call.now_ms):
        refuse(50119, "API key doesn't exist")
    _check_environment(call, caller.key)
    if not same(caller.key.passphrase or "", headers["ok-access-passphrase"]):
        refuse(50105, "Request header OK-ACCESS-PASSPHRASE incorrect.", 401)
    body = b"" if call.method == "GET" else call.body
    signed = prehash(headers["ok-access-timestamp"], call.method, target(call), body)
    if not signature_holds(caller.key, signed, headers["ok-access-sign"]):
        refuse(50113, "Invalid Sign", 401)
    if not lets_in(caller.key.ip_whitelist, call.source):
        refuse(50110, f"Your IP {call.source} is not included in your API key's IP whitelist.", 401)
    caller.key.last_used_at = call.now_ms
    return caller


def _check_time(text: str, now_ms: int) -> None:
    try:
        sent = datetime.strptime(text, TIME_FORM).replace(tzinfo=UTC)
    except ValueError:
        refuse(50112, "Invalid OK-ACCESS-TIMESTAMP", 401)
    if abs(round(sent.timestamp() * 1000) - now_ms) > TOLERANCE_MS:
        refuse(50102, "Timestamp request expired", 401)


def _check_environment(call: Call, key: Key) -> None:
    """The sandbox stands for live trading: a request marked as demo does not fit its keys."""
    if call.headers.get("x-simulated-trading") == "1":
        refuse(50101, "APIKey does not match current environment.", 401)
    if not key.enabled:
        refuse(50100, "API frozen, please contact customer service.", 400)


def _expired(key: Key, now_ms: int) -> bool:
    """By date, or after 14 days without use for an unbound key that may trade or withdraw (when its use is
    known).
    """
    if key.expires_at is not None and key.expires_at <= now_ms:
        return True
    bound = key.ip_whitelist is not None or key.app is not None
    if bound or key.last_used_at is None or not {"trade", "withdraw"} & set(key.permissions):
        return False
    return now_ms - key.last_used_at > IDLE_MS


def allow(caller: Caller, endpoint: Endpoint) -> None:
    if endpoint.main and not caller.account.is_master:
        refuse(59500, "Only the APIKey of the main account has permission.")
    if endpoint.perm not in caller.key.permissions:
        refuse(50120, "This API key doesn't have permission to use this function")
    if endpoint.write and caller.key.ip_whitelist is None:
        refuse(50035, "This endpoint requires that APIKey must be bound to IP", 403)


def read_params(call: Call) -> dict[str, object]:
    if call.method == "GET":
        return dict(parse_qsl(call.query.decode("latin-1"), keep_blank_values=True))
    try:
        body = json.loads(call.body)
    except ValueError:
        body = None
    return body if isinstance(body, dict) else bad_parameter("body")


def count(call: Call, subject: str, most: int, window_ms: int) -> None:
    """Count the request against its endpoint's limit; Refused with 50011 when it is over."""
    bucket = (call.method, call.path, subject)
    usage = call.venue.limits.sliding(bucket, most=most, window_ms=window_ms, now_ms=call.tick_ms)
    if not usage.allowed:
        raise Refused(over_limit())
