"""The one call that reads a key on Kraken."""

from __future__ import annotations

from collections.abc import Collection
from typing import NoReturn

from accesscfg.exchanges.base import KeyRef, ReadCalls, Target, WriteCalls
from accesscfg.exchanges.kraken import convert, wire
from accesscfg.exchanges.wired import Wired
from accesscfg.model.desired import Scope
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.observed import LiveKey, LiveSub, OwnKey

INFO = "/0/private/GetApiKeyInfo"


class Kraken(Wired):
    """Kraken as a provider: every key is asked with itself, nothing is listed and nothing is written."""

    wire = wire

    async def own_key(self, calls: ReadCalls, scope: Scope = "own") -> OwnKey:
        """See Provider; a sub-account's key answers as any other."""
        return convert.own_key(await calls.ask(INFO))

    async def sub_accounts(self, calls: ReadCalls) -> list[LiveSub]:
        """Raises ExchangeError: there is no such call."""
        _refuse("sub-accounts are listed")

    async def sub_keys(self, calls: ReadCalls, sub_id: str, whole: Collection[str] | None) -> list[LiveKey]:
        """Raises ExchangeError: there is no such call."""
        _refuse("keys are listed")

    async def write(self, calls: WriteCalls, key: KeyRef, live: LiveKey, target: Target) -> None:
        """Raises ExchangeError: there is no such call."""
        _refuse("keys are changed")


def _refuse(what: str) -> NoReturn:
    raise ExchangeError(Trouble.WEBSITE_ONLY, f"nothing was sent: {what} on Kraken's website only")
