"""What the tests of providers share: made-up credentials, a standing clock, and calls that answer."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from accesscfg.exchanges.base import Provider
from accesscfg.exchanges.registry import Profiles
from accesscfg.model.networks import Addresses, Whitelist
from accesscfg.model.observed import Facet, LiveKey, Observed
from accesscfg.secrets import Credential, Secret

EXCHANGES = ("binance", "bitget", "bybit", "cryptocom", "kraken", "okx", "whitebit")
WITHOUT_CODE = ("bittrex",)  # of which nothing can be asked
AT = datetime(2026, 11, 1, tzinfo=UTC)
PROFILES = Profiles()
T = TypeVar("T")


def provider(exchange: str) -> Provider:
    """The real provider."""
    return PROFILES.provider(exchange)


def hmac_credential(api_key: str, secret: str, passphrase: str | None = None) -> Credential:
    """A credential that signs with HMAC."""
    return Credential(
        api_key=Secret(api_key),
        api_secret=Secret(secret),
        passphrase=None if passphrase is None else Secret(passphrase),
    )


def pem_credential(api_key: str, pem: str) -> Credential:
    """A credential that signs with a private key."""
    return Credential(api_key=Secret(api_key), private_key=Secret(pem))


@cache
def rsa_pem(bits: int = 2048) -> str:
    """A fresh RSA private key."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def rsa_accepts(pem: str, signature: str, payload: bytes) -> None:
    """Raises InvalidSignature unless the Base64 text is the RSA signature of the payload."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    key.public_key().verify(base64.b64decode(signature), payload, padding.PKCS1v15(), hashes.SHA256())


@dataclass(frozen=True)
class StandingClock:
    """A clock that shows one time."""

    ms: int

    def now_ms(self) -> int:
        return self.ms

    def nonce_ms(self) -> int:
        return self.ms


@dataclass
class Answers:
    """Calls that are answered by a function of (method, path, parameters or body), and remembered."""

    answer: Callable[[str, str, dict[str, Any]], Any]
    sent: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    memo: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, params: Any = ()) -> Any:
        return self._call("GET", path, dict(params))

    async def ask(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        return self._call("POST", path, dict(body or {}))

    async def send(
        self, method: str, path: str, *, params: Any = (), body: Mapping[str, object] | None = None
    ) -> Any:
        assert not (params and body)
        return self._call(method, path, dict(params) if body is None else dict(body))

    def _call(self, method: str, path: str, given: dict[str, Any]) -> Any:
        self.sent.append((method, path, given))
        reply = self.answer(method, path, given)
        if isinstance(reply, Exception):
            raise reply
        return reply

    @property
    def writes(self) -> list[tuple[str, str, dict[str, Any]]]:
        return [call for call in self.sent if call[0] != "GET"]


def always(reply: Any) -> Answers:
    """The same answer to every call."""
    return Answers(lambda method, path, given: reply)


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine."""
    return asyncio.run(work)


def value(key: LiveKey, facet: Facet) -> Any:
    """The value of a facet that was wholly seen."""
    seen = key.facets[facet]
    assert isinstance(seen, Observed), seen
    return seen.value


def at(*entries: str) -> Addresses:
    """A whitelist of these addresses."""
    return Addresses(frozenset(entries))


def live(
    permissions: set[str] | None, whitelist: Whitelist | None, key_id: str = "k1", **more: Any
) -> LiveKey:
    """A key as it might have been read."""
    facets = {}
    if permissions is not None:
        facets[Facet.PERMISSIONS] = Observed(frozenset(permissions), AT)
    if whitelist is not None:
        facets[Facet.IP_WHITELIST] = Observed(whitelist, AT)
    return LiveKey(key_id=key_id, facets=facets, **more)
