"""How Binance signs, refuses and counts.

Facts: binance/binance-spot-api-docs (rest-api.md, errors.md, 2026-07), the CaaS page on rate limits. Messages
and the HTTP status of -1021, -1022, -1102, -1105 and -1106 are unverified; so is the body of an unknown path.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NoReturn
from urllib.parse import parse_qsl

from accesscfg.sandbox.accounts import Caller, Key
from accesscfg.sandbox.addresses import lets_in
from accesscfg.sandbox.signatures import hmac_sha256, same, verifies
from accesscfg.sandbox.simulator import Call, Refused, Reply, json_reply

IP_WEIGHT = 12_000  # per endpoint, address and minute
UID_WEIGHT = 180_000  # per endpoint, account and minute
MINUTE_MS = 60_000  # counted as a window that starts over (our reading of "per minute")
EARLY_MS = 1000
DEFAULT_WINDOW_MS = 5000
MOST_WINDOW_MS = 60_000
SIGNING = frozenset({"timestamp", "recvWindow", "signature"})


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature holds. `params` merges `query` and `body`; the query wins."""

    call: Call
    caller: Caller
    params: dict[str, str]
    query: dict[str, str]

    def text(self, name: str) -> str:
        """A required parameter."""
        value = self.params.get(name)
        return value if value else malformed(name)

    def number(self, name: str, default: int, least: int, most: int | None = None) -> int:
        text = self.params.get(name, str(default))
        if not text.isascii() or not text.isdigit() or int(text) < least or (most and int(text) > most):
            malformed(name)
        return int(text)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One signed call: what it does, what it costs by address ("ip") or account ("uid"), what it asks of the key,
    and which parameters it reads beside `params` when they are these.
    """

    handle: Callable[[Signed], object]
    weight: int
    by: str
    params: frozenset[str] = frozenset()
    write: bool = False
    master: bool = True
    trading: bool = False
    more_params: Callable[[Call, dict[str, str]], frozenset[str]] = lambda call, params: frozenset()


def refuse(code: int, message: str, status: int = 400, headers: tuple[tuple[str, str], ...] = ()) -> NoReturn:
    raise Refused(error(code, message, status, headers))


def error(code: int, message: str, status: int = 400, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    return json_reply(status, {"code": code, "msg": message}, str(code), headers)


def malformed(name: str) -> NoReturn:
    """-1102; also stands in where Binance's own code is not known (unknown key or e-mail, too many
    addresses).
    """
    refuse(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")


def not_allowed() -> NoReturn:
    """One answer for an unknown key, a foreign address and a missing permission: they cannot be told
    apart.
    """
    refuse(-2015, "Invalid API-key, IP, or permissions for action.")


def over_limit(wait_ms: int) -> Reply:
    """429 with whole seconds to wait, rounded up."""
    seconds = str(max(1, -(-wait_ms // 1000)))
    return error(-1003, "Too much request weight used.", 429, (("Retry-After", seconds),))


def unknown_path(path: str) -> Reply:
    return json_reply(404, {"status": 404, "error": "Not Found", "path": path}, "404")


def payload(query: bytes, body: bytes) -> bytes:
    """What is signed: the raw query and the raw body, each without its signature pair, nothing in between."""
    return _without_signature(query) + _without_signature(body)


def _without_signature(raw: bytes) -> bytes:
    if b"signature=" not in raw:
        return raw
    return b"&".join(pair for pair in raw.split(b"&") if not pair.startswith(b"signature="))


def signature_holds(key: Key, signed: bytes, signature: str) -> bool:
    """HMAC in hex of any case, or RSA or Ed25519 in Base64."""
    if key.public_key is not None:
        return verifies(key.public_key, signed, signature)
    return same(hmac_sha256(key.api_secret or "", signed).hex(), signature.lower())


def authenticate(call: Call, endpoint: Endpoint) -> Signed:
    """The request, if its key, address, time and signature are good; else Refused."""
    _check_key_form(call)
    query = _pairs(call.query)
    body = {} if call.method == "GET" else _pairs(call.body)
    params = {**body, **query}
    for name in ("timestamp", "signature"):
        if not params.get(name):
            malformed(name)
    caller = call.presented
    if caller is None or not _usable(caller.key, call.now_ms):
        not_allowed()
    if not lets_in(caller.key.ip_whitelist, call.source):
        not_allowed()
    _check_time(params, call.now_ms)
    if not signature_holds(caller.key, payload(call.query, call.body), params["signature"]):
        refuse(-1022, "Signature for this request is not valid.")
    caller.key.last_used_at = call.now_ms
    _check_params(params, endpoint.params | endpoint.more_params(call, params) | SIGNING)
    return Signed(call, caller, params, query)


def _check_key_form(call: Call) -> None:
    key = call.headers.get("x-mbx-apikey", "")
    if not key or not key.isascii() or not key.isalnum():
        refuse(-2014, "API-key format invalid.", 401)


def _usable(key: Key, now_ms: int) -> bool:
    return key.enabled and (key.expires_at is None or key.expires_at > now_ms)


def _pairs(raw: bytes) -> dict[str, str]:
    return dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True))


def _check_time(params: dict[str, str], now_ms: int) -> None:
    try:
        stamp = Decimal(params["timestamp"])
        window = Decimal(params.get("recvWindow") or DEFAULT_WINDOW_MS)
    except InvalidOperation:
        malformed("timestamp")
    if stamp >= 10**15:  # microseconds
        stamp /= 1000
    if not 0 <= window <= MOST_WINDOW_MS:
        malformed("recvWindow")
    if stamp >= now_ms + EARLY_MS:
        refuse(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    if now_ms - stamp > window:
        refuse(-1021, "Timestamp for this request is outside of the recvWindow.")


def _check_params(params: dict[str, str], known: frozenset[str]) -> None:
    if unread := len(params.keys() - known):
        read = len(params) - unread
        sent = len(params)
        refuse(-1104, f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{sent}'.")
    for name, value in params.items():
        if not value:
            refuse(-1105, f"Parameter '{name}' was empty.")


def count(call: Call, endpoint: Endpoint, uid: str) -> tuple[tuple[str, str], ...]:
    """Count the request; gives the headers that tell the weight used. Refused with 429 when it is over the
    limit.
    """
    subject, most = (call.source, IP_WEIGHT) if endpoint.by == "ip" else (uid, UID_WEIGHT)
    bucket = (endpoint.by, call.method, call.path, subject)
    usage = call.venue.limits.fixed(
        bucket, most=most, window_ms=MINUTE_MS, now_ms=call.tick_ms, cost=endpoint.weight
    )
    if not usage.allowed:
        raise Refused(over_limit(usage.wait_ms))
    return ((f"X-SAPI-USED-{endpoint.by.upper()}-WEIGHT-1M", str(usage.used)),)
