"""What the shared suites must be told about each exchange; everything else comes from its profile.

A new exchange is one more entry here, and every suite runs over it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accesscfg.exchanges.registry import Profiles
from accesscfg.model.profile import Profile

PROFILES = Profiles()


@dataclass(frozen=True)
class Venue:
    """`manager`: what a managing key must hold; `own`, `sub`: rights that random keys are made of, among them always
    those of `base`; `spare`: a right of a sub-account key that is not in `manager_like`; `unknown`: how the simulator
    spells a right that no profile knows."""

    exchange: str
    manager: tuple[str, ...]
    own: tuple[str, ...]
    sub: tuple[str, ...]
    base_own: tuple[str, ...]
    base_sub: tuple[str, ...]
    sub_id: str
    sub_fields: dict[str, str]
    unknown: str
    options: tuple[dict[str, Any], ...] = field(default_factory=lambda: ({},))
    passphrase: str | None = None
    own_list_visible: bool = True

    @property
    def profile(self) -> Profile:
        """Its profile."""
        profile = PROFILES.get(self.exchange)
        assert profile is not None
        return profile


BINANCE = Venue(
    exchange="binance",
    manager=("enableReading", "enableSpotAndMarginTrading"),
    own=("enableSpotAndMarginTrading", "enableFutures", "enableWithdrawals"),
    sub=("canTrade", "canFuturesTrade", "canVanillaOptions", "canUniversalTransfer"),
    base_own=("enableReading",),
    base_sub=("enableReading",),
    sub_id="sub+1@example.com",
    sub_fields={"email": "sub+1@example.com"},
    unknown="enableTeleport",
    options=({"ip_post": "replace"}, {"ip_post": "add"}),
    own_list_visible=False,
)
BYBIT = Venue(
    exchange="bybit",
    manager=("read", "Wallet:AccountTransfer", "Wallet:SubMemberTransfer"),
    own=("Spot:SpotTrade", "Options:OptionsTrade", "Wallet:AccountTransfer"),
    sub=("Spot:SpotTrade", "Options:OptionsTrade", "Earn:Earn", "Exchange:ExchangeHistory"),
    base_own=("read",),
    base_sub=("read",),
    sub_id="53888000",
    sub_fields={"uid": "53888000"},
    unknown="NewThing:Do",
)
OKX = Venue(
    exchange="okx",
    manager=("read_only", "trade"),
    own=("trade", "withdraw"),
    sub=("trade",),
    base_own=("read_only",),
    base_sub=("read_only",),
    sub_id="desk1eu",
    sub_fields={"name": "desk1eu"},
    unknown="teleport",
    passphrase="Sandbox-only-1",
)
VENUES = (BINANCE, BYBIT, OKX)
