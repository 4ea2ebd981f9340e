"""Crypto.com Exchange on the wire: signatures and refusals.

A private call is a POST whose body names its method, key, nonce and signature; no header does. Signed is method + id +
key + parameters + nonce, as HMAC-SHA256 in hex (exchange-developer.crypto.com, "Digital Signature").
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping

import httpx

from accesscfg.exchanges.base import Json
from accesscfg.exchanges.replies import code_text, failure_of, json_object, misread, retry_after
from accesscfg.exchanges.signer import KeySigner
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.profile import Profile

ROOT = "/exchange/v1/"


class Signer(KeySigner):
    """Puts what a call asks for into the envelope of a private call. Raises ExchangeError(Trouble.SECRETS)."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Yields another request: the body it is given holds the parameters alone."""
        params: dict[str, str] = json.loads(request.content)
        path = request.url.raw_path.removeprefix(self._base).decode()
        nonce = self._clock.nonce_ms()
        body = {
            "id": nonce,
            "method": path.removeprefix(ROOT),
            "api_key": self._api_key,
            "params": params,
            "nonce": nonce,
        }
        payload = f"{body['method']}{nonce}{self._api_key}{joined(params)}{nonce}"
        body["sig"] = self._key.sign(payload.encode()).hex()
        headers = {name: value for name, value in request.headers.items() if name != "content-length"}
        content = json.dumps(body, separators=(",", ":")).encode()
        yield httpx.Request(
            request.method, request.url, content=content, headers=headers, extensions=request.extensions
        )


def joined(params: Mapping[str, str]) -> str:
    """The parameters as they are signed: each name with its value, by name, nothing between them.

    Ours are texts on one level, the one kind that every language writes alike.
    """
    return "".join(f"{name}{params[name]}" for name in sorted(params))


def failure(profile: Profile, status: int, headers: Mapping[str, str], body: bytes) -> ExchangeError | None:
    """What went wrong; success is status 200 and code 0, which may come as text."""
    code = code_text(json_object(body).get("code"))
    if status == 200 and code == "0":
        return None
    if status == 200 and code is None:
        return ExchangeError(Trouble.REPLY, f"{profile.name}: the answer has no code", ambiguous=True)
    if status == 403 and code is None:  # every refusal of the API itself has a code
        what = f"{profile.name}: what stands before the API refused the call (HTTP 403)"
        return ExchangeError(Trouble.REQUEST, what)
    return failure_of(profile, status, None if code == "0" else code, retry_after(headers))


def server_time_ms(reply: Json) -> int:
    """Raises ExchangeError: there is no call that tells the time."""
    raise misread("time")
