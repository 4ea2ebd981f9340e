"""How Bitget signs, refuses and counts.

Facts: bitget.com/api-doc (signature, error codes; copies of 2026). Unverified: how old a timestamp may be, the HTTP
status of most codes, the order of the checks, the body of an unknown path, and the texts of most refusals.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import parse_qsl, unquote_to_bytes

from accesscfg.sandbox.accounts import Account, Caller, Key
from accesscfg.sandbox.addresses import lets_in
from accesscfg.sandbox.signatures import hmac_sha256, is_rsa, same, verifies
from accesscfg.sandbox.simulator import Call, Refused, Reply, json_reply

TOLERANCE_MS = 30_000
HEADERS = (
    ("access-key", 40001, "ACCESS_KEY cannot be empty"),
    ("access-sign", 40002, "ACCESS_SIGN cannot be empty"),
    ("access-timestamp", 40003, "Signature cannot be empty"),
    ("access-passphrase", 40011, "ACCESS_PASSPHRASE cannot be empty"),
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
        value = self.params.get(name)
        if value in (None, ""):
            refuse(40019, f"Parameter {name} cannot be empty")
        return value if isinstance(value, str) else bad_parameter(name)

    def texts(self, name: str) -> list[str] | None:
        """A list of texts; None where it is not given."""
        value = self.params.get(name)
        if value is None:
            return None
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
        return [str(one) for one in value] if isinstance(value, list) and fits else bad_parameter(name)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call: what it does, who may make it, and how many of it an account may make in a second (None: no limit is
    published).
    """

    handle: Callable[[Signed], object]
    allow: Callable[[Caller], None]
    most: int | None
    write: bool = False


def answer(call: Call, data: object) -> Reply:
    return json_reply(200, {"code": "00000", "msg": "success", "requestTime": call.now_ms, "data": data})


def error(code: int, message: str, now_ms: int = 0, status: int = 400) -> Reply:
    body = {"code": str(code), "msg": message, "requestTime": now_ms, "data": None}
    return json_reply(status, body, str(code))


def refuse(code: int, message: str) -> NoReturn:
    raise Refused(error(code, message))


def bad_parameter(name: str) -> NoReturn:
    refuse(40017, f"Parameter verification failed {name}")


def not_permitted(what: str) -> NoReturn:
    refuse(40014, f"Incorrect permissions, need {what} permissions")


def over_limit() -> Reply:
    return error(429, "Too Many Requests", status=429)


def prehash(timestamp: str, method: str, target: bytes, body: bytes) -> bytes:
    """`target` is the path with its query."""
    return f"{timestamp}{method}".encode() + target + body


def signature_holds(key: Key, signed: bytes, signature: str) -> bool:
    """HMAC-SHA256 in Base64, or RSA for a key that the user generated."""
    if key.public_key is not None:
        return is_rsa(key.public_key) and verifies(key.public_key, signed, signature)
    return same(base64.b64encode(hmac_sha256(key.api_secret or "", signed)).decode(), signature)


def authenticate(call: Call) -> Caller:
    """Whose request this is, if key, passphrase, time, signature and address are good."""
    headers = call.headers
    for name, code, message in HEADERS:
        if not headers.get(name):
            refuse(code, message)
    _check_time(headers["access-timestamp"], call.now_ms)
    caller = call.presented
    if caller is None:
        refuse(40006, "Invalid ACCESS_KEY")
    if caller.key.expires_at is not None and caller.key.expires_at <= call.now_ms:
        refuse(40037, "Apikey does not exist")
    if not caller.key.enabled:
        refuse(40013, "User status is abnormal")
    if not same(caller.key.passphrase or "", headers["access-passphrase"]):
        refuse(40012, "apikey/password is incorrect")
    if not _is_signed(call, caller.key, headers["access-timestamp"], headers["access-sign"]):
        refuse(40009, "sign signature error")
    if not lets_in(caller.key.ip_whitelist, call.source):
        refuse(40018, "Invalid IP")
    caller.key.last_used_at = call.now_ms
    return caller


def _is_signed(call: Call, key: Key, timestamp: str, signature: str) -> bool:
    """The query may be signed as it was sent or, as the SDKs do it, before it was encoded."""
    path, body = call.path.encode("latin-1"), b"" if call.method == "GET" else call.body
    for query in (call.query, unquote_to_bytes(call.query)):
        target = path + b"?" + query if query else path
        if signature_holds(key, prehash(timestamp, call.method, target, body), signature):
            return True
    return False


def _check_time(text: str, now_ms: int) -> None:
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        refuse(40005, "Invalid ACCESS_TIMESTAMP")
    if abs(int(text) - now_ms) > TOLERANCE_MS:
        refuse(40008, "Request timestamp expired")


def read_params(call: Call) -> dict[str, object]:
    if call.method == "GET":
        return dict(parse_qsl(call.query.decode("latin-1"), keep_blank_values=True))
    try:
        body = json.loads(call.body)
    except ValueError:
        body = None
    return body if isinstance(body, dict) else refuse(40020, "Parameter body error")


def count(call: Call, subject: str, most: int | None) -> None:
    """Count the request against its endpoint's limit; Refused with 429 when it is over."""
    if most is None:
        return
    bucket = (call.method, call.path, subject)
    usage = call.venue.limits.sliding(bucket, most=most, window_ms=1000, now_ms=call.tick_ms)
    if not usage.allowed:
        raise Refused(over_limit())
