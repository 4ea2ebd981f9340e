"""How Kraken signs, refuses and counts.

Facts: docs.kraken.com, "Spot REST Authentication", "Spot errors" and "Spot REST rate limits" (copies of 2026-06 and
2026-07). Unverified: the order of the checks; what a call from an address off the list is answered with (an option
says); that an expired or disabled key is answered as an unknown one; after how many invalid keys in a row a lockout
begins, how long it lasts, and that it is counted by the caller's address.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import NoReturn
from urllib.parse import parse_qsl

from accesscfg.sandbox.accounts import Caller, Key
from accesscfg.sandbox.addresses import lets_in
from accesscfg.sandbox.signatures import same
from accesscfg.sandbox.simulator import Call, Refused, Reply, json_reply

WINDOWS = (0, 15, 10_000)
LARGEST_NONCE = 2**64 - 1
LOCKOUT_AFTER = 5
LOCKOUT_MS = 300_000
# the counter of calls at the Intermediate level: how high it may go, and how long it takes to fall by one
CEILING = 20
FALLS_EVERY_MS = 2000


def answer(result: object) -> Reply:
    return json_reply(200, {"error": [], "result": result})


def error(code: str) -> Reply:
    """Refusals keep status 200 and have no result."""
    return json_reply(200, {"error": [code]}, code)


def refuse(code: str) -> NoReturn:
    raise Refused(error(code))


def payload(path: str, nonce: str, body: bytes) -> bytes:
    """What is signed: the path, and the SHA-256 of the nonce and the body as sent."""
    return path.encode("latin-1") + hashlib.sha256(nonce.encode() + body).digest()


def signature_holds(key: Key, signed: bytes, signature: str) -> bool:
    """HMAC-SHA512 in Base64, with the bytes that the secret's Base64 stands for."""
    try:
        secret = base64.b64decode(key.api_secret or "", validate=True)
    except binascii.Error:
        return False
    expected = hmac.digest(secret, signed, hashlib.sha512)
    return same(base64.b64encode(expected).decode(), signature)


def authenticate(call: Call) -> Caller:
    """Whose request this is, if key, address, signature and nonce are good."""
    strikes = ("invalid key", call.source)
    if call.venue.limits.banned(strikes, call.tick_ms):
        refuse("EGeneral:Temporary lockout")
    caller = call.presented
    if caller is None or _over(caller.key, call.now_ms):
        _invalid_key(call, strikes)
    if not lets_in(caller.key.ip_whitelist, call.source):
        _foreign(call, strikes)
    nonce = _nonce(call)
    if not signature_holds(
        caller.key, payload(call.path, nonce, call.body), call.headers.get("api-sign", "")
    ):
        refuse("EAPI:Invalid signature")
    _take(caller.key, nonce, call.venue.options["nonce_window"])
    call.venue.limits.forgive(strikes)
    caller.key.last_used_at = call.now_ms
    return caller


def _over(key: Key, now_ms: int) -> bool:
    return not key.enabled or (key.expires_at is not None and key.expires_at <= now_ms)


def _invalid_key(call: Call, strikes: tuple[str, str]) -> NoReturn:
    if call.venue.limits.strike(strikes) >= LOCKOUT_AFTER:
        call.venue.limits.forgive(strikes)
        call.venue.limits.ban(strikes, call.tick_ms + LOCKOUT_MS)
    refuse("EAPI:Invalid key")


def _foreign(call: Call, strikes: tuple[str, str]) -> NoReturn:
    if call.venue.options["foreign"] == "EAPI:Invalid key":
        _invalid_key(call, strikes)
    refuse(str(call.venue.options["foreign"]))


def _nonce(call: Call) -> str:
    """The nonce as the body has it, in either form; text, for that is what is signed."""
    if call.headers.get("content-type", "").startswith("application/json"):
        nonce = _json_nonce(call.body)
    else:
        nonce = dict(parse_qsl(call.body.decode("latin-1"))).get("nonce", "")
    if not (nonce.isascii() and nonce.isdigit()) or int(nonce) > LARGEST_NONCE:
        refuse("EAPI:Invalid nonce")
    return nonce


def _json_nonce(body: bytes) -> str:
    try:
        fields = json.loads(body)
    except ValueError:
        refuse("EAPI:Bad request")
    nonce = fields.get("nonce") if isinstance(fields, dict) else None
    return str(nonce) if isinstance(nonce, int | str) and not isinstance(nonce, bool) else ""


def _take(key: Key, text: str, window: object) -> None:
    """Count a nonce as used: above the highest one, or in the window below it and new."""
    nonce, width = int(text), window if isinstance(window, int) else 0
    highest = max(key.nonces, default=-1)
    if nonce in key.nonces or nonce <= highest - width:
        refuse("EAPI:Invalid nonce")
    key.nonces = {one for one in (*key.nonces, nonce) if one > max(highest, nonce) - width - 1}


def allow(caller: Caller, permission: str | None) -> None:
    if permission is not None and permission not in caller.key.permissions:
        refuse("EGeneral:Permission denied")


def count(call: Call, caller: Caller) -> None:
    """One more on the key's counter, which falls with time."""
    usage = call.venue.limits.falling(
        ("calls", caller.key.api_key), most=CEILING, falls_every_ms=FALLS_EVERY_MS, now_ms=call.tick_ms
    )
    if not usage.allowed:
        refuse("EAPI:Rate limit exceeded")
