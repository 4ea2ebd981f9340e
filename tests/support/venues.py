"""What the shared suites must be told about each exchange; everything else comes from its profile.

A new exchange is one more entry here, and every suite runs over it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accesscfg.exchanges.registry import Profiles
from accesscfg.model.errors import Trouble
from accesscfg.model.observed import Facet
from accesscfg.model.profile import Profile

PROFILES = Profiles()


@dataclass(frozen=True)
class Venue:
    """One exchange and its simulator.

    - `manager`: what a managing key must hold; `own`, `sub`: rights that keys are made of beside those of `base_*`
    - `sub_id`, `sub_fields`: how the sub-account is declared, and how the simulator is told of it
    - `unknown`: how the simulator spells a right that no profile knows
    - `modes`: the simulator's options for what is not documented; writes must be right under each
    - `masks`: the option under which listed key ids are masked
    - `keys_page`, `subs_page`: rows of a page of keys and of sub-accounts; None where a listing has no pages
    - `most_keys`: how many keys a sub-account can have at most, None where no test comes near it
    - `shows_app`: a key bound to an application can be told from others
    - `own_list`: the exchange shows an own key's addresses, not only a flag
    - `shows_uid`: a key's answer says which account it belongs to
    - `foreign`: what a call from an address off the key's list is refused for, as far as the exchange says
    - `judges_time`: a call is refused for the time it carries
    - `plan`: the requests of a plan over one managing key and one sub-account with two keys, all in sync: the time
      where it is asked, the managing key, the sub-account's keys, and last, where they are listed, the sub-accounts
    """

    exchange: str
    manager: tuple[str, ...]
    own: tuple[str, ...]
    sub: tuple[str, ...]
    base_own: tuple[str, ...]
    base_sub: tuple[str, ...]
    sub_id: str
    sub_fields: dict[str, str]
    unknown: str
    plan: tuple[str, ...]
    modes: tuple[dict[str, Any], ...] = field(default_factory=lambda: ({},))
    masks: dict[str, Any] | None = None
    keys_page: int | None = None
    subs_page: int | None = None
    most_keys: int | None = None
    shows_app: bool = False
    own_list: bool = True
    shows_uid: bool = True
    foreign: Trouble = Trouble.ADDRESS
    judges_time: bool = True
    passphrase: str | None = None

    @property
    def profile(self) -> Profile:
        """Its profile."""
        profile = PROFILES.get(self.exchange)
        assert profile is not None
        return profile

    @property
    def time_calls(self) -> list[str]:
        """The one call that a run begins with where the exchange tells its time; else none."""
        return [] if self.profile.time_path is None else [f"GET {self.profile.time_path}"]

    @property
    def reads_own(self) -> bool:
        """A key that is asked with itself shows its rights."""
        return self.profile.facets["own"][Facet.PERMISSIONS].read == "full"

    def __str__(self) -> str:
        return self.exchange


BINANCE = Venue(
    exchange="binance",
    manager=("enableReading", "enableSpotAndMarginTrading"),
    own=("enableSpotAndMarginTrading", "enableFutures", "enableWithdrawals"),
    sub=("canTrade", "canFuturesTrade", "canVanillaOptions", "canUniversalTransfer"),
    base_own=("enableReading",),
    base_sub=("enableReading",),
    sub_id="sub+1@example.com",
    sub_fields={"email": "sub+1@example.com"},
    unknown="canTeleport",
    plan=(
        "GET /api/v3/time",
        "GET /sapi/v1/account/apiRestrictions",
        "GET /sapi/v1/sub-account/subAccountApi",
        "GET /sapi/v1/sub-account/subAccountApi/ipRestriction",
        "GET /sapi/v1/sub-account/subAccountApi/ipRestriction",
        "GET /sapi/v1/sub-account/list",
    ),
    modes=(
        {"ip_post": "replace", "omitted_flags": "revoke", "key_list": "rows"},
        {"ip_post": "add", "omitted_flags": "keep", "key_list": "list"},
    ),
    keys_page=100,
    subs_page=200,
    own_list=False,
    shows_uid=False,
    foreign=Trouble.DENIED,
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
    plan=(
        "GET /v5/market/time",
        "GET /v5/user/query-api",
        "GET /v5/user/sub-apikeys",
        "GET /v5/user/submembers",
    ),
    keys_page=20,
    subs_page=100,
    shows_app=True,
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
    plan=(
        "GET /api/v5/public/time",
        "GET /api/v5/account/config",
        "GET /api/v5/users/subaccount/apikey",
        "GET /api/v5/users/subaccount/list",
    ),
    masks={"mask_api_keys": True},
    subs_page=100,
    most_keys=50,
    passphrase="Sandbox-only-1",
)
KRAKEN = Venue(
    exchange="kraken",
    manager=("query-funds",),
    own=("modify-trades", "query-ledger", "withdraw-funds"),
    sub=("modify-trades", "close-trades", "create-ws-token"),
    base_own=("query-funds",),
    base_sub=("query-funds",),
    sub_id="grid",
    sub_fields={"name": "grid"},
    unknown="teleport",
    plan=("POST /0/private/GetApiKeyInfo",) * 3,
    modes=({"casing": "camel", "unrestricted": "[]"}, {"casing": "snake", "unrestricted": '[""]'}),
    foreign=Trouble.KEY,
    judges_time=False,
)
VENUES = (BINANCE, BYBIT, KRAKEN, OKX)

# What the shared suites run over, by what the profiles say. A test takes the widest group that it makes sense for.
ASKING = tuple(venue for venue in VENUES if venue.profile.reads)
READING = tuple(venue for venue in ASKING if venue.reads_own)
TIMED = tuple(venue for venue in READING if venue.time_calls)
LISTING = tuple(venue for venue in VENUES if venue.profile.lists_sub_keys)
# where nobody lists a sub-account's keys, each is asked with itself
LISTING_NOTHING = tuple(venue for venue in READING if not venue.profile.lists_sub_keys)
WRITING = tuple(venue for venue in VENUES if venue.profile.writes.get("sub"))
# a key may be asked from an address that is not on its list
CALLING_FROM_ANYWHERE = tuple(venue for venue in READING if venue.profile.foreign_call_harmless)
CALLING_FROM_HOME = tuple(venue for venue in READING if not venue.profile.foreign_call_harmless)
