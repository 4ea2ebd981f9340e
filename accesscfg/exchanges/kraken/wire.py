"""Kraken on the wire: signatures and refusals.

Signed is the path and the SHA-256 of nonce + body, with the secret as the bytes that its Base64 stands for
(docs.kraken.com, "Spot REST Authentication"). The nonce stands in the body too, which is sent as a form.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx

from accesscfg.exchanges.base import ExchangeClock, Json
from accesscfg.exchanges.replies import failure_of, json_object, retry_after
from accesscfg.exchanges.signer import KeySigner
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.profile import Profile

if TYPE_CHECKING:
    from accesscfg.secrets import Credential


class Signer(KeySigner):
    """Puts the nonce into the body and adds the API headers. Raises ExchangeError(Trouble.SECRETS)."""

    def __init__(
        self, profile: Profile, credential: Credential, clock: ExchangeClock, base_path: str
    ) -> None:
        super().__init__(profile, credential, clock, base_path)
        self._secret = _decoded(credential)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request with its body as a form, the nonce first, signed as it will be sent."""
        nonce = str(self._clock.nonce_ms())
        fields = json.loads(request.content or b"{}")
        body = urlencode({"nonce": nonce, **fields}).encode()
        path = request.url.raw_path.removeprefix(self._base)
        headers = httpx.Headers(request.headers)
        headers.pop("Content-Length", None)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers["API-Key"] = self._api_key
        headers["API-Sign"] = signature(self._secret, path, nonce, body)
        yield httpx.Request(
            request.method, request.url, content=body, headers=headers, extensions=request.extensions
        )


def signature(secret: bytes, path: bytes, nonce: str, body: bytes) -> str:
    """`API-Sign` of a body of either form; `secret` is decoded, `nonce` the text that the body has."""
    payload = path + hashlib.sha256(nonce.encode() + body).digest()
    return base64.b64encode(hmac.digest(secret, payload, "sha512")).decode()


def _decoded(credential: Credential) -> bytes:
    text = "" if credential.api_secret is None else credential.api_secret.reveal().strip()
    try:
        secret = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not secret:
        why = "its api_secret is not Base64 text, as Kraken's private keys are"
        raise ExchangeError(Trouble.SECRETS, f"the credential cannot sign here: {why}")
    return secret


def failure(profile: Profile, status: int, headers: Mapping[str, str], body: bytes) -> ExchangeError | None:
    """What went wrong; success is status 200 and no error in the list, where warnings begin with W."""
    listed = json_object(body).get("error")
    errors = (
        [one for one in listed if not (isinstance(one, str) and one.startswith("W"))]
        if isinstance(listed, list)
        else []
    )
    if status == 200 and not isinstance(listed, list):
        return ExchangeError(
            Trouble.REPLY, f"{profile.name}: the answer has no list of errors", ambiguous=True
        )
    if status == 200 and not errors:
        return None
    code = _known(profile, errors[0]) if errors else None
    if errors and code is None and status == 200:
        what = "the call was refused for a reason that this version does not know"
        return ExchangeError(Trouble.REQUEST, f"{profile.name}: {what} (HTTP 200)")
    return failure_of(profile, status, code, retry_after(headers))


def _known(profile: Profile, error: object) -> str | None:
    """The code of the profile that an error is, or begins with where details follow it (`EService: Throttled: 5`)."""
    if not isinstance(error, str):
        return None
    return next((code for code in profile.errors if error == code or error.startswith(f"{code}:")), None)


def server_time_ms(reply: Json) -> int:
    """Raises ExchangeError: nothing that is sent carries a time that Kraken judges, so it is not asked."""
    raise ExchangeError(Trouble.REQUEST, "Kraken's time is not asked")
