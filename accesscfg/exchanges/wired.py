"""The part of a provider that its `wire` module gives: how the exchange signs, refuses and tells the time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from accesscfg.exchanges.base import ExchangeClock, Json
from accesscfg.model.errors import ExchangeError
from accesscfg.model.profile import Profile

if TYPE_CHECKING:
    import httpx

    from accesscfg.secrets import Credential


class Wire(Protocol):
    """What a `wire` module has; see Provider for what each is for."""

    def Signer(
        self, profile: Profile, credential: Credential, clock: ExchangeClock, base_path: str, /
    ) -> httpx.Auth:
        """Raises ExchangeError(Trouble.SECRETS) when the credential cannot sign here."""

    def failure(
        self, profile: Profile, status: int, headers: Mapping[str, str], body: bytes, /
    ) -> ExchangeError | None:
        """What a reply says went wrong."""

    def server_time_ms(self, reply: Json, /) -> int:
        """The exchange's time out of the reply of `profile.time_path`."""


class Wired:
    """A provider over its `wire` module; what reads and writes keys is added by each exchange."""

    wire: Wire

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def signer(self, credential: Credential, clock: ExchangeClock, base_path: str) -> httpx.Auth:
        """See Provider."""
        return self.wire.Signer(self.profile, credential, clock, base_path)

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ExchangeError | None:
        """See Provider."""
        return self.wire.failure(self.profile, status, headers, body)

    def server_time_ms(self, reply: Json) -> int:
        """See Provider."""
        return self.wire.server_time_ms(reply)
