"""An exchange of which nothing can be asked: a profile and no code. Its keys are guided and attested."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NoReturn

from accesscfg.exchanges.base import ExchangeClock, Json, KeyRef, ReadCalls, Target, WriteCalls
from accesscfg.model.desired import Scope
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.observed import LiveKey, LiveSub, OwnKey
from accesscfg.model.profile import Profile

if TYPE_CHECKING:
    import httpx

    from accesscfg.secrets import Credential


class Guided:
    """A provider that refuses every call before anything is sent; see Provider for what each is for."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def signer(self, credential: Credential, clock: ExchangeClock, base_path: str) -> httpx.Auth:
        """Raises ExchangeError."""
        self._refuse()

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ExchangeError | None:
        """Raises ExchangeError."""
        self._refuse()

    def server_time_ms(self, reply: Json) -> int:
        """Raises ExchangeError."""
        self._refuse()

    async def own_key(self, calls: ReadCalls, scope: Scope = "own") -> OwnKey:
        """Raises ExchangeError."""
        self._refuse()

    async def sub_accounts(self, calls: ReadCalls) -> list[LiveSub]:
        """Raises ExchangeError."""
        self._refuse()

    async def sub_keys(self, calls: ReadCalls, sub_id: str, whole: Collection[str] | None) -> list[LiveKey]:
        """Raises ExchangeError."""
        self._refuse()

    async def write(self, calls: WriteCalls, key: KeyRef, live: LiveKey, target: Target) -> None:
        """Raises ExchangeError."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise ExchangeError(
            Trouble.WEBSITE_ONLY, f"{self.profile.name} has no API that accesscfg uses; nothing was sent"
        )
