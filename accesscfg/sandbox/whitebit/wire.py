"""How WhiteBIT signs, refuses and counts.

Facts: whitebit-exchange/docs, authentication, auth.yaml, error-codes.yaml (2026-08); a nonce that is refused with
HTTP 429 and the words "Too many requests." is in ccxt's pull request 25353. Unverified: the status of the other
refusals of a key, the order of the checks, the refusal of a key that is not known or of a path that is not the one in
the body, and the body that comes with HTTP 429 for real.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from accesscfg.sandbox.accounts import Account, Caller, Key
from accesscfg.sandbox.addresses import lets_in
from accesscfg.sandbox.signatures import same
from accesscfg.sandbox.simulator import Call, Refused, Reply, json_reply
from accesscfg.sandbox.whitebit.rights import ANY_ADDRESS, kind_allows, switched_on

WINDOW_MS = 5000
LIMIT_MS = 10_000
UNAUTHORIZED = "Unauthorized request."
DISABLED = "This action is unauthorized. Enable your key in API settings"
LATE = "Your nonce is more than 5 seconds lesser than the current nonce"


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature holds; `params` are those of the body."""

    call: Call
    caller: Caller
    params: dict[str, object]

    @property
    def account(self) -> Account:
        return self.caller.account

    def text(self, name: str) -> str:
        """A required parameter that is text."""
        value = self.params.get(name)
        if not isinstance(value, str) or not value:
            invalid(name, "validation.required")
        return value

    def count(self, name: str, default: int, least: int, most: int) -> int:
        value = self.params.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            invalid(name, "validation.integer")
        return value


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call: what it does, and the status of its answer."""

    handle: Callable[[Signed], object]
    status: int = 200
    write: bool = False


def error(status: int, message: str, code: int | None = None, **more: object) -> Reply:
    """Some refusals have a number, some only a message."""
    body = {"message": message, **more}
    return json_reply(status, body if code is None else {"code": code, **body}, f"{status}/{code}")


def refuse(status: int, message: str, code: int | None = None) -> NoReturn:
    raise Refused(error(status, message, code))


def invalid(name: str, why: str) -> NoReturn:
    raise Refused(error(400, "Validation failed", 0, errors={name: [why]}))


def over_limit() -> Reply:
    return json_reply(429, {}, "429")


def payload(body: bytes) -> str:
    """What is signed, and sent as a header too."""
    return base64.b64encode(body).decode()


def signature_holds(key: Key, signed: str, signature: str) -> bool:
    """HMAC-SHA512 in lower-case hex over the text of the payload."""
    secret = (key.api_secret or "").encode()
    return same(hmac.digest(secret, signed.encode(), hashlib.sha512).hex(), signature)


def authenticate(call: Call) -> Signed:
    """Whose request this is, if signature, payload, nonce, key and address are good."""
    sent, caller = call.headers.get("x-txc-payload", ""), call.presented
    if not sent:
        refuse(401, "Payload not provided.")
    if caller is None or not signature_holds(caller.key, sent, call.headers.get("x-txc-signature", "")):
        refuse(401, UNAUTHORIZED, 10)
    params = _read_body(call, sent)
    if not params.get("request"):
        refuse(401, "Request not provided.")
    if params["request"] != call.path:
        refuse(401, UNAUTHORIZED, 10)
    _check_nonce(caller.key, params, call.now_ms)
    _check_address(caller.key, call.source)
    caller.key.last_used_at = call.now_ms
    return Signed(call, caller, params)


def _read_body(call: Call, sent: str) -> dict[str, object]:
    """The body must be what was signed, an object, and written without blanks."""
    try:
        body = json.loads(call.body)
        compact = [
            json.dumps(body, separators=(",", ":"), ensure_ascii=ascii).encode() for ascii in (True, False)
        ]
    except (ValueError, RecursionError):
        body, compact = None, []
    if payload(call.body) != sent or not isinstance(body, dict) or call.body not in compact:
        refuse(400, "Invalid payload.", 9)
    return body


def _check_nonce(key: Key, params: dict[str, object], now_ms: int) -> None:
    """With `nonceWindow` any unused nonce near our time is good; without, one above all that were used."""
    nonce, window = params.get("nonce"), params.get("nonceWindow", False)
    if isinstance(nonce, str) and nonce.isascii() and nonce.isdigit():
        nonce = int(nonce)
    if not isinstance(nonce, int) or isinstance(nonce, bool):
        refuse(401, "Nonce not provided.")
    if not isinstance(window, bool):
        refuse(401, "Invalid nonceWindow.")
    if window and abs(nonce - now_ms) > WINDOW_MS:
        refuse(401, LATE)
    if nonce in key.nonces if window else nonce <= max(key.nonces, default=0):
        raise Refused(error(429, "Too many requests.", 0, errors={}))
    key.nonces = {one for one in key.nonces if one >= now_ms - WINDOW_MS} | {
        max(key.nonces, default=0),
        nonce,
    }


def _check_address(key: Key, source: str) -> None:
    """A call from off the list deactivates the key, where its list is in force."""
    if ANY_ADDRESS not in key.permissions and not lets_in(key.ip_whitelist, source):
        key.enabled = False
    if not key.enabled:
        refuse(401, DISABLED, 2)


def allow(request: Signed) -> None:
    """The key's kind, then its endpoints."""
    if not kind_allows(request.caller, request.call.path):
        refuse(401, "This API Key is not authorized to perform this action.", 4)
    if not switched_on(request.caller.key, request.call.path):
        refuse(403, "You don't have permission to use this endpoint.")


LIMITS = (
    ("/api/v4/public/", 20_000),
    ("/api/v4/trade-account/", 12_000),
    ("/api/v4/main-account/", 1_000),
    ("/api/v4/sub-account/", 1_000),  # published beside each of its calls
)


def count(call: Call) -> None:
    """Count the request by its caller's address: all private ones together, and those of one section."""
    section, most = next((one for one in LIMITS if call.path.startswith(one[0])), ("", 10_000))
    name = call.path if section == "/api/v4/sub-account/" else section
    buckets = [(name, most)] if section == "/api/v4/public/" else [(name, most), ("private", 10_000)]
    for bucket, amount in buckets:
        usage = call.venue.limits.sliding(
            (bucket, call.source), most=amount, window_ms=LIMIT_MS, now_ms=call.tick_ms
        )
        if not usage.allowed:
            raise Refused(over_limit())
