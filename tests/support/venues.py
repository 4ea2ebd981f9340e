"""What the shared suites must be told about each exchange; everything else comes from its profile.

A new exchange is one more entry here, and every suite runs over it.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    - `own_clock`: calls carry this machine's time; where it is slow, learning the exchange's does not help
    - `mode`: the mode of its accounts, where the exchange has several; `finds_mode`: it takes a call of its own to
      find that out, which the account refuses
    - `options`: what every world of it is told, whatever the test
    - `unspelt`: rights of every key, which the simulator's state may leave out
    - `judges_time`: a call is refused for the time it carries
    - `probed`: rights that no call shows, and harmless calls tell all the same
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
    own_clock: bool = False
    passphrase: str | None = None
    mode: str | None = None
    finds_mode: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    unspelt: tuple[str, ...] = ("read", "enableReading")
    probed: tuple[str, ...] = ()

    @property
    def profile(self) -> Profile:
        """Its profile, in its mode."""
        profile = PROFILES.get(self.exchange)
        assert profile is not None
        return profile.in_mode(self.mode)

    @property
    def time_calls(self) -> list[str]:
        """The one call that a run begins with where the exchange tells its time; else none."""
        return [] if self.profile.time_path is None else [f"GET {self.profile.time_path}"]

    @property
    def answers_own(self) -> bool:
        """A key that is asked with itself answers that it is there."""
        return self.profile.facets["own"][Facet.PRESENCE].read == "full"

    @property
    def reads_own(self) -> bool:
        """A key that is asked with itself shows its rights."""
        return self.profile.facets["own"][Facet.PERMISSIONS].read == "full"

    @property
    def one_address(self) -> bool:
        """A write adds or removes one address."""
        rule = self.profile.writes.get("sub")
        return rule is not None and rule.one_address

    def spelt(self, permissions: Iterable[str]) -> list[str]:
        """The rights as the simulator's worlds and website take them: `read`, where every key has it, is not said."""
        unsaid = {"read"} & set(self.unspelt)
        return [native for native in permissions if native not in unsaid]

    def __str__(self) -> str:
        return self.exchange if self.mode is None else f"{self.exchange}-{self.mode}"


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
CRYPTOCOM = Venue(
    exchange="cryptocom",
    manager=("read",),
    own=("trading", "withdrawal"),
    sub=("trading", "withdrawal"),
    base_own=("read",),
    base_sub=("read",),
    sub_id="22222222-2222-2222-2222-222222222222",
    sub_fields={"uuid": "22222222-2222-2222-2222-222222222222"},
    unknown="teleport",
    plan=(
        *["POST /exchange/v1/private/get-accounts", "POST /exchange/v1/private/get-withdrawal-history"] * 3,
        "POST /exchange/v1/private/get-accounts",
    ),
    own_list=False,
    probed=("withdrawal",),
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
WHITEBIT = Venue(
    exchange="whitebit",
    manager=(
        "/api/v4/market/fee",
        "/api/v4/sub-account/list",
        "/api/v4/sub-account/api-key/edit",
        "/api/v4/sub-account/api-key/list",
        "/api/v4/sub-account/api-key/ip-address/create",
        "/api/v4/sub-account/api-key/ip-address/delete",
        "/api/v4/sub-account/api-key/ip-address/list",
    ),
    own=("/api/v4/order/new", "/api/v4/main-account/transfer"),
    sub=("/api/v4/order/new", "/api/v4/main-account/transfer", "/api/v4/order/collateral/limit"),
    base_own=("/api/v4/market/fee",),
    base_sub=("/api/v4/main-account/balance",),
    sub_id="8e667b4a-0b71-4988-8af5-9474dbfa0001",
    sub_fields={"uuid": "8e667b4a-0b71-4988-8af5-9474dbfa0001"},
    unknown="/api/v4/teleport",
    plan=(
        "GET /api/v4/public/time",
        "POST /api/v4/market/fee",
        "POST /api/v4/sub-account/api-key/list",
        "POST /api/v4/sub-account/api-key/ip-address/list",
        "POST /api/v4/sub-account/api-key/ip-address/list",
        "POST /api/v4/sub-account/list",
    ),
    modes=(
        {"omitted_urls": "keep", "edit_restricts": False, "key_type": "text", "key_list": "object"},
        {"omitted_urls": "off", "edit_restricts": True, "key_type": "number", "key_list": "array"},
    ),
    keys_page=100,
    subs_page=100,
    own_list=False,
    shows_uid=False,
    foreign=Trouble.DENIED,
    own_clock=True,
)
BITGET_CLASSIC = Venue(
    exchange="bitget",
    mode="classic",
    finds_mode=True,
    options={
        "mode": "classic",
        "rate_limits": False,
    },  # one look at a key a second, which tests do not wait for
    manager=("stor", "chor", "chow"),
    own=("stow", "wwow"),
    sub=("spot_trade", "margin_trade", "contract_trade", "transfer"),
    base_own=("stor",),
    base_sub=("read",),
    sub_id="53888000",
    sub_fields={"uid": "53888000"},
    unknown="teleport",
    plan=(
        "GET /api/v2/public/time",
        "GET /api/v3/account/info",
        "GET /api/v2/spot/account/info",
        "GET /api/v2/user/virtual-subaccount-apikey-list",
        "GET /api/v2/user/virtual-subaccount-list",
    ),
    modes=(
        {"v3_on_classic": "40084", "authorities": "both"},
        {"v3_on_classic": "40014", "authorities": "write"},
        {"v3_on_classic": "answered", "authorities": "both"},
    ),
    masks={"mask_api_keys": True},
    subs_page=100,
    passphrase="Sandboxonly1",
    unspelt=(),
)
BITGET_UNIFIED = Venue(
    exchange="bitget",
    mode="unified",
    options={"mode": "unified"},
    manager=("uta_read", "uta_mgt"),
    own=("uta_trade", "withdraw"),
    sub=("uta_trade", "uta_mgt"),
    base_own=("uta_read",),
    base_sub=("uta_read",),
    sub_id="53888000",
    sub_fields={"uid": "53888000"},
    unknown="teleport",
    plan=(
        "GET /api/v2/public/time",
        "GET /api/v3/account/info",
        "GET /api/v3/user/sub-api-list",
        "GET /api/v3/user/sub-list",
    ),
    masks={"mask_api_keys": True},
    keys_page=100,
    subs_page=100,
    passphrase="Sandboxonly1",
    unspelt=("uta_read",),
)
VENUES = (BINANCE, BITGET_CLASSIC, BITGET_UNIFIED, BYBIT, CRYPTOCOM, KRAKEN, OKX, WHITEBIT)

# What the shared suites run over, by what the profiles say. A test takes the widest group that it makes sense for.
ASKING = tuple(venue for venue in VENUES if venue.profile.reads)
# a key that is asked with itself answers that it is there, whatever else it shows
ANSWERING = tuple(venue for venue in ASKING if venue.answers_own)
READING = tuple(venue for venue in ANSWERING if venue.reads_own)
# nothing of a key is shown, and some of it is found out by harmless calls
PROBING = tuple(venue for venue in ANSWERING if venue.probed)
TIMED = tuple(venue for venue in READING if venue.time_calls)
LISTING = tuple(venue for venue in VENUES if venue.profile.lists_sub_keys)
# where nobody lists a sub-account's keys, each is asked with itself
LISTING_NOTHING = tuple(venue for venue in READING if not venue.profile.lists_sub_keys)
WRITING = tuple(venue for venue in VENUES if venue.profile.writes.get("sub"))
# a key may be asked from an address that is not on its list
CALLING_FROM_ANYWHERE = tuple(venue for venue in ANSWERING if venue.profile.foreign_call_harmless)
CALLING_FROM_HOME = tuple(venue for venue in ANSWERING if not venue.profile.foreign_call_harmless)
