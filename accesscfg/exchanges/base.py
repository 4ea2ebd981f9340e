"""What a provider is: the code for what its profile cannot say.

A provider never opens a connection, waits, retries or counts: it gets calls to make (`ReadCalls`, `WriteCalls`) and
turns replies into the model. Reading code is handed an object that has no way to write.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from accesscfg.model.desired import Scope
from accesscfg.model.errors import ExchangeError
from accesscfg.model.networks import Whitelist
from accesscfg.model.observed import LiveKey, LiveSub, OwnKey
from accesscfg.model.profile import Profile

if TYPE_CHECKING:
    import httpx

    from accesscfg.secrets import Credential, Secret

Params = Sequence[tuple[str, str]]
Json = Any


class ReadCalls(Protocol):
    """Signed reading calls with one key. Replies are parsed JSON of a successful call.

    `memo` is what a provider found out about the account in this run and need not ask again, by names of its own; the
    account's own keys share it, a sub-account's key has its own.
    """

    memo: dict[str, str]

    async def get(self, path: str, params: Params = ()) -> Json:
        """Raises ExchangeError."""

    async def ask(self, path: str, body: Mapping[str, object] | None = None) -> Json:
        """A call that reads although it is a POST; `body` is sent as JSON. Raises ExchangeError."""


class WriteCalls(ReadCalls, Protocol):
    """Signed calls with one key, writing ones among them. A write is sent once and never repeated."""

    async def send(
        self,
        method: Literal["POST", "DELETE"],
        path: str,
        *,
        params: Params = (),
        body: Mapping[str, object] | None = None,
    ) -> Json:
        """Raises ExchangeError; `ambiguous` says that the write may have taken effect."""


class ExchangeClock(Protocol):
    """The exchange's clock as far as it is known."""

    def now_ms(self) -> int:
        """Milliseconds since 1970 by the exchange's clock."""

    def nonce_ms(self) -> int:
        """Milliseconds since 1970, never above this machine's clock, higher than every one given before."""


@dataclass(frozen=True, slots=True)
class KeyRef:
    """Which key a write is for. `by_self`: the call is signed by that key itself.

    `passphrase` is that key's own, where a write must name it (`WriteRule.needs_passphrase`).
    """

    scope: Scope
    sub_id: str | None
    key_id: str | None
    by_self: bool
    passphrase: Secret | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """The whole wanted state of a key after one write; facets nobody declared are as last read.

    `whitelist` is None where it could not be read, which only a write that does not carry it may meet.
    """

    permissions: frozenset[str]
    whitelist: Whitelist | None
    label: str | None


class Provider(Protocol):
    """One exchange. Every method gets parsed replies of successful calls only; errors come as ExchangeError."""

    profile: Profile

    def signer(self, credential: Credential, clock: ExchangeClock, base_path: str) -> httpx.Auth:
        """Signs requests. `base_path` is the part of the URL's path before the exchange's own (sandbox), not signed.

        Its `auth_flow` yields the signed request once; no answer is sent back into it.
        Raises ExchangeError(Trouble.SECRETS) when the credential cannot sign here.
        """

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ExchangeError | None:
        """What a reply says went wrong, or None when the call was successful. Never quotes the body."""

    def server_time_ms(self, reply: Json) -> int:
        """The exchange's time out of the reply of `profile.time_path`."""

    async def own_key(self, calls: ReadCalls, scope: Scope = "own") -> OwnKey:
        """The key that signs the calls; `scope` decides under which names its rights are known."""

    async def sub_accounts(self, calls: ReadCalls) -> list[LiveSub]:
        """Every sub-account of the account; all pages."""

    async def sub_keys(self, calls: ReadCalls, sub_id: str, whole: Collection[str] | None) -> list[LiveKey]:
        """Every key of one sub-account, all pages.

        `whole` names the key ids whose details may be asked for with calls of their own; None means all. Facets of
        others that the listing does not show are left out of `facets`.
        """

    async def write(self, calls: WriteCalls, key: KeyRef, live: LiveKey, target: Target) -> None:
        """Bring one key from `live` (as just read) to `target` with as few calls as there can be.

        Sends the whole wanted state. On an exchange whose `WriteRule.together` is false only one facet differs; where
        rights take calls of their own, those that go are taken before those that come are given.
        """
