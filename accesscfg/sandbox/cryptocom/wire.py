"""How the Crypto.com Exchange signs, refuses and counts.

Facts: exchange-developer.crypto.com, common API reference (2026-08): the body carries id, method, key, parameters,
nonce and signature; the nonce is within 60 seconds of the exchange's time and need not rise; numbers may come as
text.

Our readings of what the documents leave open: the order of the checks, which of 40001, 40003 and 40004 a malformed
body gets, that a refused right has the code of a wrong signature, and how values that are no text, number, list, map
or null are written into what is signed (as in JSON).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NoReturn

from accesscfg.sandbox.accounts import Caller, Key
from accesscfg.sandbox.addresses import lets_in
from accesscfg.sandbox.signatures import hmac_sha256, same
from accesscfg.sandbox.simulator import Call, Refused, Reply, json_reply

ROOT = "/exchange/v1/"
TOLERANCE_MS = 60_000
DEEPEST = 3  # what lies deeper is signed as it stands
MOST, WINDOW_MS = 3, 100  # of one method with one key

REFUSALS = {
    202: (400, "ACCOUNT_IS_SUSPENDED"),
    40002: (400, "METHOD_NOT_FOUND"),
    40003: (400, "INVALID_REQUEST"),
    40004: (400, "MISSING_OR_INVALID_ARGUMENT"),
    40101: (401, "UNAUTHORIZED"),
    40102: (400, "INVALID_NONCE"),
    40103: (401, "IP_ILLEGAL"),
    42901: (429, "TOO_MANY_REQUESTS"),
    50001: (400, "ERR_INTERNAL"),
}
OLD = {40101: 10002, 40103: 10003, 42901: 10006, 40102: 10007}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request's envelope; numbers below `params` are texts, as they were written."""

    call: Call
    id: object
    method: str
    params: dict[str, Any] = field(default_factory=dict)
    api_key: str = ""
    nonce: str = ""
    sig: str = field(default="", repr=False)
    id_text: str = ""

    def number(self, name: str, default: int) -> int:
        """A parameter that is a whole number."""
        value = self.params.get(name, str(default))
        if not (isinstance(value, str) and value.isascii() and value.isdigit()):
            refuse(self, 40004)
        return int(value)


def answer(asked: Asked, result: dict[str, object]) -> Reply:
    return json_reply(200, {**_head(asked, 0), "result": result})


def error(asked: Asked, code: int, status: int | None = None) -> Reply:
    usual, message = REFUSALS[code]
    shown = OLD.get(code, code) if asked.call.venue.options["codes"] == "old" else code
    return json_reply(status or usual, {**_head(asked, shown), "message": message}, str(shown))


def refuse(asked: Asked, code: int) -> NoReturn:
    raise Refused(error(asked, code))


def _head(asked: Asked, code: int) -> dict[str, object]:
    as_text = asked.call.venue.options["numbers"] == "text"
    written = str if as_text else _same
    number = asked.id if asked.id is not None else -1
    return {"id": written(number), "method": asked.method, "code": written(code)}


def _same(value: object) -> object:
    return value


def read(call: Call) -> Asked:
    """The envelope of a private call; refused when it is none, or is for another path."""
    method = call.path.removeprefix(ROOT)
    bare = Asked(call, None, method)
    try:
        body, written = json.loads(call.body), json.loads(call.body, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        refuse(bare, 40003)
    if not isinstance(body, dict) or body.get("method") != method or not isinstance(body.get("params"), dict):
        refuse(bare, 40003)
    texts = {name: written.get(name) for name in ("id", "api_key", "nonce", "sig")}
    if not all(isinstance(value, str) and value for value in texts.values()):
        refuse(bare, 40004)
    return Asked(
        call,
        body["id"],
        method,
        written["params"],
        texts["api_key"],
        texts["nonce"],
        texts["sig"],
        texts["id"],
    )


def authenticate(asked: Asked) -> Caller:
    """Whose request this is, if nonce, key, signature and address are good."""
    call, caller = asked.call, asked.call.presented
    in_form = asked.nonce.isascii() and asked.nonce.isdigit() and len(asked.nonce) < 20
    if not in_form or abs(int(asked.nonce) - call.now_ms) > TOLERANCE_MS:
        refuse(asked, 40102)
    if caller is None or _is_over(caller.key, call.now_ms):
        refuse(asked, 40101)
    signed = payload(asked.method, asked.id_text, asked.api_key, asked.params, asked.nonce)
    if not signature_holds(caller.key, signed, asked.sig):
        refuse(asked, 40101)
    if not caller.key.enabled:
        refuse(asked, 202)
    if not lets_in(caller.key.ip_whitelist, call.source):
        refuse(asked, 40103)
    caller.key.last_used_at = call.now_ms
    return caller


def _is_over(key: Key, now_ms: int) -> bool:
    return key.expires_at is not None and key.expires_at <= now_ms


def payload(method: str, id_text: str, api_key: str, params: dict[str, Any], nonce: str) -> bytes:
    """What is signed."""
    return f"{method}{id_text}{api_key}{expanded(params)}{nonce}".encode()


def expanded(value: object, level: int = 0) -> str:
    """Names in order, each followed by its value; lists and maps in the same way; nothing between."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and level < DEEPEST:
        return "".join(name + expanded(value[name], level + 1) for name in sorted(value))
    if isinstance(value, list):
        return "".join(expanded(entry, level) for entry in value)
    return json.dumps(value, separators=(",", ":"))


def signature_holds(key: Key, signed: bytes, signature: str) -> bool:
    """HMAC-SHA256 in lower-case hex."""
    return same(hmac_sha256(key.api_secret or "", signed).hex(), signature)


def count(asked: Asked, caller: Caller) -> None:
    """Count the request against its method's limit; refused when it is over."""
    bucket = (asked.method, caller.key.api_key)
    limits = asked.call.venue.limits
    if not limits.sliding(bucket, most=MOST, window_ms=WINDOW_MS, now_ms=asked.call.tick_ms).allowed:
        refuse(asked, 42901)
