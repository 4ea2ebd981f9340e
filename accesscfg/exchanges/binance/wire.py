"""Binance on the wire: signatures and refusals.

Signed is the raw query followed by the raw body, nothing between them, after percent-encoding
(binance/binance-spot-api-docs, rest-api.md). Everything goes into the query, the signature too.
"""

from __future__ import annotations

import base64
from collections.abc import Generator, Mapping
from urllib.parse import quote

import httpx

from accesscfg.exchanges.base import Json
from accesscfg.exchanges.replies import as_count, as_object, code_text, failure_of, json_object, retry_after
from accesscfg.exchanges.signer import KeySigner
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.profile import Profile

RECV_WINDOW_MS = 5000


class Signer(KeySigner):
    """Adds recvWindow, timestamp and signature to the query; the path is not signed."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign the request as it will be sent."""
        stamp = f"recvWindow={RECV_WINDOW_MS}&timestamp={self._clock.now_ms()}".encode()
        query = b"&".join(part for part in (request.url.query, stamp) if part)
        signature = self._signature(query + request.content)
        request.url = request.url.copy_with(query=query + b"&signature=" + signature.encode())
        request.headers["X-MBX-APIKEY"] = self._api_key
        yield request

    def _signature(self, payload: bytes) -> str:
        raw = self._key.sign(payload)
        return raw.hex() if self._key.kind == "hmac" else quote(base64.b64encode(raw), safe="")


def failure(profile: Profile, status: int, headers: Mapping[str, str], body: bytes) -> ExchangeError | None:
    """What went wrong; a successful reply has a status of 2xx and no negative code."""
    code = code_text(json_object(body).get("code"))
    refused = code is not None and code.startswith("-")
    if 200 <= status < 300 and not refused:
        return None
    if status == 403 and not refused:
        return ExchangeError(
            Trouble.REQUEST, f"{profile.name}: the exchange's web firewall refused the call (HTTP 403)"
        )
    return failure_of(profile, status, code if refused else None, retry_after(headers))


def server_time_ms(reply: Json) -> int:
    """Milliseconds since 1970 out of GET /api/v3/time."""
    return as_count(as_object(reply, "body").get("serverTime"), "serverTime")
