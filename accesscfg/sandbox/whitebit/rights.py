"""What a WhiteBIT key may call, and how a world writes that down.

A world's `permissions` are the calls that are switched on, by their paths, and these words: `type-2` for the kind of
key with deposits and withdrawals, `all-endpoints` where endpoint access is not restricted. `any-address` is written
by the simulator alone, for a key whose list has addresses and is not in force.

Facts: the paths of whitebit-exchange/docs (openapi/private, 2026-08) and, for lending, mining and the rest, of ccxt.
That the first kind of key cannot have the calls for deposits and withdrawals is what its name says.
"""

from __future__ import annotations

from accesscfg.sandbox.accounts import Account, Caller, Key

ROOT = "/api/v4/"
TYPE_2 = "type-2"
ALL = "all-endpoints"
ANY_ADDRESS = "any-address"
WORDS = (TYPE_2, ALL, ANY_ADDRESS)


def _below(prefix: str, names: str) -> frozenset[str]:
    return frozenset(f"{ROOT}{prefix}{name}" for name in names.split())


NOT_FOR_SUBS = _below("main-account/", "address")  # the document's example of such a path
OF_TYPE_2 = NOT_FOR_SUBS | _below(
    "main-account/",
    "create-new-address fiat-deposit-url refund-deposit withdraw withdraw-pay express-withdraw/token",
)
OF_MAIN = _below(
    "sub-account/",
    """list create edit delete block unblock balances kyc-url transfer transfer/history withdraw/confirm
    withdraw/unconfirmed-list api-key/create api-key/delete api-key/edit api-key/list api-key/reset
    api-key/ip-address/create api-key/ip-address/delete api-key/ip-address/list""",
)
_OTHERS = (
    _below(
        "",
        "orders oco-orders conditional-orders jwt market/fee market/fee/single profile/websocket_token"
        " credit-line/loans/info convert/estimate convert/confirm convert/history"
        " travel-rule/vasps travel-rule/deposit/verification",
    )
    | _below("main-account/", "balance fee history transfer codes codes/apply codes/my codes/history")
    | _below("main-account/smart/", "plans investment investment/close investments interest-payment-history")
    | _below("main-account/smart-flex/", "plans investments")
    | _below(
        "main-account/smart-flex/investments/", "history payment-history invest withdraw close auto-invest"
    )
    | _below("trade-account/", "balance executed-history order order/history order/history/query")
    | _below(
        "order/",
        """new bulk market stock_market stop_limit stop_market modify cancel cancel/all cancel/bulk conditional-cancel
        oco-cancel oto-cancel kill-switch kill-switch/status collateral/limit collateral/market collateral/stop-limit
        collateral/trigger-market collateral/oco collateral/bulk""",
    )
    | _below(
        "collateral-account/",
        """adl-quantile balance balance-summary summary funding-history hedge-mode hedge-mode/update leverage
        position/close positions/open positions/history positions/closed-pnl""",
    )
    | _below(
        "mining/",
        """accounts accounts/create hashrate miners/info payout-destination payout-destination/edit rewards
        watcher-links/create watcher-links/list workers/hashrate workers/names""",
    )
)
ENDPOINTS = OF_TYPE_2 | OF_MAIN | _OTHERS


def known(account: Account) -> frozenset[str]:
    """What the website offers a key of this account."""
    offered = ENDPOINTS if account.is_master else ENDPOINTS - OF_MAIN - NOT_FOR_SUBS
    return offered | {TYPE_2, ALL}


def kind_allows(caller: Caller, path: str) -> bool:
    """Whether this kind of key can have that call at all."""
    if path in OF_MAIN:
        return caller.account.is_master
    return path not in OF_TYPE_2 or TYPE_2 in caller.key.permissions


def switched_on(key: Key, path: str) -> bool:
    return ALL in key.permissions or path in key.permissions


def endpoints_of(key: Key) -> list[dict[str, str]]:
    """The rows of `accessEndpoints`; titles as in the document's example, made from the path."""
    paths = [one for one in key.permissions if one not in WORDS]
    return [{"name": path, "title": f"Get {path.removeprefix(ROOT).title()}"} for path in paths]
