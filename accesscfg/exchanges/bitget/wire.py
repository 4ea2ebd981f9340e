"""Bitget on the wire: signatures and refusals.

Signed is timestamp + METHOD + path with its query + raw body (bitget.com/api-doc, "Signature").
"""

from __future__ import annotations

import base64
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

import httpx

from accesscfg.exchanges.base import ExchangeClock, Json
from accesscfg.exchanges.credentials import header_text
from accesscfg.exchanges.replies import (
    as_count,
    as_object,
    code_text,
    failure_of,
    json_object,
    retry_after,
)
from accesscfg.exchanges.signer import KeySigner
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.profile import Profile

if TYPE_CHECKING:
    from accesscfg.secrets import Credential

SUCCESS = "00000"


class Signer(KeySigner):
    """Adds the ACCESS headers. Raises ExchangeError(Trouble.SECRETS)."""

    def __init__(
        self, profile: Profile, credential: Credential, clock: ExchangeClock, base_path: str
    ) -> None:
        super().__init__(profile, credential, clock, base_path)
        self._passphrase = header_text(credential.passphrase, "passphrase")

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign the request as it will be sent."""
        stamp = str(self._clock.now_ms())
        path = request.url.raw_path.removeprefix(self._base)
        payload = f"{stamp}{request.method}".encode() + path + request.content
        request.headers["ACCESS-KEY"] = self._api_key
        request.headers["ACCESS-SIGN"] = base64.b64encode(self._key.sign(payload)).decode()
        request.headers["ACCESS-TIMESTAMP"] = stamp
        request.headers["ACCESS-PASSPHRASE"] = self._passphrase
        request.headers["Content-Type"] = "application/json"
        yield request


def failure(profile: Profile, status: int, headers: Mapping[str, str], body: bytes) -> ExchangeError | None:
    """What went wrong; success is status 200 and code "00000"."""
    code = code_text(json_object(body).get("code"))
    if status == 200 and code == SUCCESS:
        return None
    if status == 200 and code is None:
        return ExchangeError(Trouble.REPLY, f"{profile.name}: the answer has no code", ambiguous=True)
    return failure_of(profile, status, None if code == SUCCESS else code, retry_after(headers))


def server_time_ms(reply: Json) -> int:
    """Milliseconds since 1970 out of GET /api/v2/public/time."""
    data = as_object(as_object(reply, "body").get("data"), "data")
    return as_count(data.get("serverTime"), "serverTime")
