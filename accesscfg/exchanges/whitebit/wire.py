"""WhiteBIT on the wire: signatures and refusals.

Signed is the Base64 of the body, which holds the call's path and a nonce too
(whitebit-exchange/docs, api-reference/authentication.mdx).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any

import httpx

from accesscfg.exchanges.base import ExchangeClock, Json
from accesscfg.exchanges.replies import as_count, as_object, code_text, failure_of, json_object, retry_after
from accesscfg.exchanges.signer import KeySigner
from accesscfg.model.errors import ExchangeError
from accesscfg.model.profile import Profile

if TYPE_CHECKING:
    from accesscfg.secrets import Credential

DONE = (200, 201)


class Signer(KeySigner):
    """Puts path and nonce into the body and signs it in the X-TXC headers. Raises ExchangeError(Trouble.SECRETS)."""

    def __init__(
        self, profile: Profile, credential: Credential, clock: ExchangeClock, base_path: str
    ) -> None:
        super().__init__(profile, credential, clock, base_path)
        text = "" if credential.api_secret is None else credential.api_secret.reveal()
        self._secret = text.encode("utf-8", "surrogatepass")  # KeySigner has seen to it that there is one

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign the request as it will be sent; with `nonceWindow` nobody else's counter is disturbed."""
        path = request.url.raw_path.removeprefix(self._base).decode("ascii")
        own = {"request": path, "nonce": self._clock.nonce_ms(), "nonceWindow": True}
        body = json.dumps({**own, **json.loads(request.content or b"{}")}, separators=(",", ":")).encode()
        payload = base64.b64encode(body)
        headers = request.headers.copy()
        headers.pop("Content-Length", None)
        headers["Content-Type"] = "application/json"
        headers["X-TXC-APIKEY"] = self._api_key
        headers["X-TXC-PAYLOAD"] = payload.decode()
        headers["X-TXC-SIGNATURE"] = hmac.digest(self._secret, payload, hashlib.sha512).hex()
        yield httpx.Request(
            request.method, request.url, headers=headers, content=body, extensions=request.extensions
        )


def failure(profile: Profile, status: int, headers: Mapping[str, str], body: bytes) -> ExchangeError | None:
    """What went wrong; a refusal is told by its message, for its number has several meanings."""
    reply = json_object(body)
    if status in DONE and "message" not in reply and reply.get("success") is not False:
        return None
    code = code_text(reply.get("code"))
    known = _known(profile, code, _message(reply.get("message")))
    return failure_of(profile, status, known or code, retry_after(headers))


def _message(value: Any) -> str:
    """The first message; the old form of errors has it in a list of lists."""
    while isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, str) else ""


def _known(profile: Profile, code: str | None, message: str) -> str | None:
    """The name of this refusal in the profile: its number, where documented, and its message with * for any text."""
    for name in profile.errors:
        number, _, text = name.partition(" ")
        if not number.isdigit():
            number, text = "", name
        start, star, end = text.partition("*")
        same = message.startswith(start) and message[len(start) :].endswith(end) if star else message == text
        if same and (not number or code in (None, number)):
            return name
    return None


def server_time_ms(reply: Json) -> int:
    """Milliseconds since 1970 out of GET /api/v4/public/time, which tells whole seconds: one to two seconds late.

    A nonce may be 5 seconds off and must not have been used. Were the time taken for the middle of its second, this
    machine's clock would be set back by a little, and never by the same, each time that it is learned.
    """
    return (as_count(as_object(reply, "body").get("time"), "time") + 2) * 1000
