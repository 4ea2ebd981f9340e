"""How Binance names and shows the permissions of a key.

A world names the permissions of an account's own key as `account/apiRestrictions` does (`enableReading`, ...)
and those of a sub-account key as the sub-account calls do (`canTrade`, ...). Names that are not known here
stay on the key and are shown as one more boolean.
"""

from __future__ import annotations

from accesscfg.sandbox.accounts import Account, Key

OWN_FLAGS = (
    "enableReading",
    "enableWithdrawals",
    "enableInternalTransfer",
    "enableMargin",
    "enableFutures",
    "permitsUniversalTransfer",
    "enableVanillaOptions",
    "enableFixApiTrade",
    "enableFixReadOnly",
    "enableSpotAndMarginTrading",
    "enablePortfolioMarginTrading",
)
SUB_FLAGS = ("canTrade", "canMarginLoanRepay", "canFuturesTrade", "canUniversalTransfer", "canVanillaOptions")
FIX_FLAGS = ("canFixApiTrading", "canFixApiReading")  # only in version 2 of the create call
AS_OWN = {
    "canTrade": "enableSpotAndMarginTrading",
    "canMarginLoanRepay": "enableMargin",
    "canFuturesTrade": "enableFutures",
    "canUniversalTransfer": "permitsUniversalTransfer",
    "canVanillaOptions": "enableVanillaOptions",
    "canFixApiTrading": "enableFixApiTrade",
    "canFixApiReading": "enableFixReadOnly",
}


def own_permissions(account: Account, key: Key) -> set[str]:
    """The key's permissions in the names of `apiRestrictions`; a sub-account key can always read."""
    if account.is_master:
        return set(key.permissions)
    return {AS_OWN.get(name, name) for name in key.permissions} | {"enableReading"}


def can_trade(account: Account, key: Key) -> bool:
    """ "Enable Spot & Margin Trading", which the calls that change a sub-account key's addresses ask of the
    caller.
    """
    return "enableSpotAndMarginTrading" in own_permissions(account, key)


def restrictions(account: Account, key: Key) -> dict[str, object]:
    """Body of `account/apiRestrictions`: the whitelist shows only as a flag."""
    held = own_permissions(account, key)
    unknown = sorted(held - set(OWN_FLAGS))
    return {
        "ipRestrict": key.ip_whitelist is not None or key.app is not None,
        "createTime": key.created_at,
        **{flag: flag in held for flag in (*OWN_FLAGS, *unknown)},
    }


def sub_flags(key: Key) -> dict[str, bool]:
    """The five flags, and whatever else the key holds; reading and the FIX flags are not shown."""
    shown = [name for name in key.permissions if name not in (*SUB_FLAGS, *FIX_FLAGS, "enableReading")]
    return {flag: flag in key.permissions for flag in (*SUB_FLAGS, *shown)}


def addresses(key: Key) -> list[str]:
    """`ipList`: the addresses, and the name of the third party that a key is bound to."""
    return [*(key.ip_whitelist or ()), *([key.app] if key.app else ())]


def restriction(key: Key, api_key: str) -> dict[str, object]:
    """Body of the read and the delete call of a sub-account key's addresses: here the flag is a string."""
    listed = addresses(key)
    body: dict[str, object] = {"ipRestrict": "true" if listed else "false"}
    if listed:
        body["ipList"] = listed
    return {**body, "updateTime": key.updated_at, "apiKey": api_key}
