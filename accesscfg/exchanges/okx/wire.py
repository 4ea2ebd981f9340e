"""OKX on the wire: signatures and refusals.

Signed is timestamp + METHOD + path with its query + raw body (okx.com/docs-v5, "REST Authentication").
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx

from accesscfg.exchanges.base import ExchangeClock, Json
from accesscfg.exchanges.credentials import header_text
from accesscfg.exchanges.replies import (
    as_count,
    as_list,
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

_ADDRESS = re.compile(r"[0-9A-Fa-f:.]{3,45}")


class Signer(KeySigner):
    """Adds the OK-ACCESS headers. Raises ExchangeError(Trouble.SECRETS)."""

    def __init__(
        self, profile: Profile, credential: Credential, clock: ExchangeClock, base_path: str
    ) -> None:
        super().__init__(profile, credential, clock, base_path)
        self._passphrase = header_text(credential.passphrase, "passphrase")

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign the request as it will be sent."""
        stamp = timestamp(self._clock.now_ms())
        path = request.url.raw_path.removeprefix(self._base)
        payload = f"{stamp}{request.method}".encode() + path + request.content
        request.headers["OK-ACCESS-KEY"] = self._api_key
        request.headers["OK-ACCESS-SIGN"] = base64.b64encode(self._key.sign(payload)).decode()
        request.headers["OK-ACCESS-TIMESTAMP"] = stamp
        request.headers["OK-ACCESS-PASSPHRASE"] = self._passphrase
        request.headers["Content-Type"] = "application/json"
        yield request


def timestamp(now_ms: int) -> str:
    """ISO 8601 in UTC with milliseconds, as `2020-12-08T09:08:57.715Z`."""
    seconds, ms = divmod(now_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{ms:03d}Z"


def failure(profile: Profile, status: int, headers: Mapping[str, str], body: bytes) -> ExchangeError | None:
    """What went wrong; success is status 200 and code "0". Names the caller's address where told."""
    reply = json_object(body)
    code = code_text(reply.get("code"))
    if status == 200 and code == "0":
        return None
    if status == 200 and code is None:
        return ExchangeError(Trouble.REPLY, f"{profile.name}: the answer has no code", ambiguous=True)
    error = failure_of(profile, status, None if code == "0" else code, retry_after(headers))
    if error.trouble is Trouble.ADDRESS:
        error.seen_address = _address_in(reply.get("msg"))
    return error


def _address_in(message: object) -> str | None:
    """The one address that a message names; None when there is none, or more than one."""
    found = set()
    for word in _ADDRESS.findall(message) if isinstance(message, str) else ():
        try:
            found.add(str(ipaddress.ip_address(word.strip(".:") if "." in word else word.rstrip("."))))
        except ValueError:
            continue
    return found.pop() if len(found) == 1 else None


def server_time_ms(reply: Json) -> int:
    """Milliseconds since 1970 out of GET /api/v5/public/time."""
    rows = as_list(as_object(reply, "body").get("data"), "data")
    return as_count(as_object(rows[0] if rows else None, "data").get("ts"), "ts")
