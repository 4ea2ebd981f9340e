"""Bybit on the wire: signatures and refusals.

Signed is timestamp + key + recvWindow + (raw query, or raw JSON body); business errors come with HTTP 200
(bybit-exchange/docs, docs/v5/guide.mdx and error.mdx).
"""

from __future__ import annotations

import base64
import time
from collections.abc import Generator, Mapping
from typing import Any

import httpx

from accesscfg.exchanges.base import Json
from accesscfg.exchanges.replies import (
    as_count,
    as_object,
    code_text,
    count,
    failure_of,
    header,
    json_object,
    retry_after,
)
from accesscfg.exchanges.signer import KeySigner
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.profile import Profile

RECV_WINDOW_MS = 5000
# "access too frequent": docs/v5/rate-limit/rate-limit.mdx asks for ten minutes
IP_CAP_WAIT_S = 600.0


class Signer(KeySigner):
    """Adds the X-BAPI headers; the path is not signed."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign the request as it will be sent."""
        now = str(self._clock.now_ms())
        payload = request.url.query if request.method == "GET" else request.content
        signature = self._key.sign(f"{now}{self._api_key}{RECV_WINDOW_MS}".encode() + payload)
        hmac = self._key.kind == "hmac"
        request.headers["X-BAPI-API-KEY"] = self._api_key
        request.headers["X-BAPI-TIMESTAMP"] = now
        request.headers["X-BAPI-RECV-WINDOW"] = str(RECV_WINDOW_MS)
        request.headers["X-BAPI-SIGN"] = signature.hex() if hmac else base64.b64encode(signature).decode()
        yield request


def failure(profile: Profile, status: int, headers: Mapping[str, str], body: bytes) -> ExchangeError | None:
    """What went wrong; a successful reply has status 200 and retCode 0."""
    reply = json_object(body)
    code = code_text(reply.get("retCode"))
    if status == 200 and code == "0":
        return None
    if status == 200 and code is None:
        return ExchangeError(Trouble.REPLY, f"{profile.name}: the answer has no retCode", ambiguous=True)
    if code in (None, "0"):
        return _without_code(profile, status, headers, reply)
    return failure_of(profile, status, code, _wait(headers, reply))


def _without_code(
    profile: Profile, status: int, headers: Mapping[str, str], reply: Mapping[str, Any]
) -> ExchangeError:
    if status != 403:
        return failure_of(profile, status, None, _wait(headers, reply))
    return ExchangeError(
        Trouble.RATE_LIMIT,
        f"{profile.name}: too many requests from this address, or a caller's country that it does not serve"
        " (HTTP 403)",
        retry_after=_wait(headers, reply) or IP_CAP_WAIT_S,
    )


def _wait(headers: Mapping[str, str], reply: Mapping[str, Any]) -> float | None:
    """Seconds until the limit is reset, by the exchange's own clock where the reply tells it."""
    asked = retry_after(headers)
    reset = count(header(headers, "X-Bapi-Limit-Reset-Timestamp"))
    if asked is not None or not reset:
        return asked
    now = count(reply.get("time")) or time.time_ns() // 1_000_000
    return max(0.0, (reset - now) / 1000)


def server_time_ms(reply: Json) -> int:
    """Milliseconds since 1970 out of GET /v5/market/time."""
    result = as_object(as_object(reply, "body").get("result"), "result")
    return as_count(result.get("timeNano"), "timeNano") // 1_000_000
