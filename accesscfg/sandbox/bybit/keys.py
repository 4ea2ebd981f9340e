"""How Bybit groups, shows and ages the permissions of a key.

A world names a permission "Group:Value" ("Spot:SpotTrade"), and has the word "ReadOnly" for a key whose
readOnly flag is 1. Groups that are not known here stay on the key and are shown.
"""

from __future__ import annotations

from collections.abc import Iterable

from accesscfg.sandbox.accounts import Account, Key
from accesscfg.sandbox.clock import iso_seconds

READ_ONLY = "ReadOnly"
DAY_MS = 86_400_000
UNBOUND_DAYS = 90
SOON_DAYS = 7

_OLD_GROUPS = "ContractTrade Spot Wallet Options Derivatives CopyTrading BlockTrade Exchange NFT"
UPDATE_GROUPS = tuple(_OLD_GROUPS.split())
LIST_GROUPS = (*UPDATE_GROUPS, "Affiliate", "Earn")
_MASTER_GROUPS = "FiatP2P FiatConvertBroker FiatGlobalPay FiatBitPay BitCard ByXPost"
QUERY_GROUPS = (*LIST_GROUPS, *_MASTER_GROUPS.split())
CREATE_GROUPS = (*(group for group in UPDATE_GROUPS if group != "Derivatives"), "Earn")

SUB_WRITABLE = frozenset(
    {
        "ContractTrade:Order",
        "ContractTrade:Position",
        "Spot:SpotTrade",
        "Options:OptionsTrade",
        "Derivatives:DerivativesTrade",
        "Wallet:AccountTransfer",
        "Wallet:SubMemberTransferList",
        "Exchange:ExchangeHistory",
        "Earn:Earn",
    }
)
MASTER_WRITABLE = frozenset(
    {
        *(SUB_WRITABLE - {"Wallet:SubMemberTransferList"}),
        "Wallet:SubMemberTransfer",
        "FiatP2P:FiatP2POrder",
        "FiatP2P:Advertising",
        "FiatBitPay:FaitPayOrder",
        "FiatConvertBroker:FiatConvertBrokerOrder",
        "BitCard:BitCard",
        "ByXPost:ByXPost",
        "Affiliate:Affiliate",
        "BlockTrade:BlockTrade",
    }
)
MASTER_TICKED = MASTER_WRITABLE | {"Wallet:Withdraw"}
SENSITIVE_GROUPS = ("FiatP2P", "FiatBitPay", "FiatConvertBroker")
WITHDRAW = "Wallet:Withdraw"
DERIVATIVES = "Derivatives:DerivativesTrade"


def with_derivatives(permissions: Iterable[str]) -> tuple[str, ...]:
    """Derivatives comes with ContractTrade, asked for or not."""
    given = tuple(dict.fromkeys(permissions))
    if DERIVATIVES in given or not any(name.startswith("ContractTrade:") for name in given):
        return given
    return (*given, DERIVATIVES)


def grouped(permissions: Iterable[str], groups: Iterable[str]) -> dict[str, list[str]]:
    """`permissions` as Bybit shows them: the groups of this call, empty or not, and any other that holds
    something.
    """
    shown: dict[str, list[str]] = {group: [] for group in groups}
    for name in permissions:
        group, colon, value = name.partition(":")
        if colon:
            shown.setdefault(group, []).append(value)
    return shown


def addresses(key: Key) -> list[str]:
    return list(key.ip_whitelist) if key.ip_whitelist is not None else ["*"]


def expiry_ms(key: Key) -> int | None:
    """A key without addresses is good for 90 days from its making or its last renewal; one that is bound to
    addresses, or to an application's, does not expire.
    """
    if key.expires_at is not None:
        return key.expires_at
    return (
        None
        if key.ip_whitelist is not None or key.app is not None
        else key.renewed_at + UNBOUND_DAYS * DAY_MS
    )


def lifetime(key: Key, now_ms: int) -> tuple[int, str]:
    """`deadlineDay` and `expiredAt`."""
    expires = expiry_ms(key)
    if expires is None:
        return -2, iso_seconds(0)
    return max(0, (expires - now_ms) // DAY_MS), iso_seconds(expires)


def status(key: Key, now_ms: int) -> int:
    """1 permanent, 2 expired, 3 valid, 4 valid for less than 7 days."""
    expires = expiry_ms(key)
    if expires is None:
        return 1
    if expires <= now_ms:
        return 2
    return 4 if expires - now_ms < SOON_DAYS * DAY_MS else 3


def own_row(account: Account, key: Key, now_ms: int) -> dict[str, object]:
    """Result of `query-api`."""
    days, expired_at = lifetime(key, now_ms)
    return {
        **changed_row(key, QUERY_GROUPS),
        "ips": addresses(key),
        "type": 1 if key.app is None else 2,
        "deadlineDay": days,
        "expiredAt": expired_at,
        "createdAt": iso_seconds(key.created_at),
        "unified": 0,
        "uta": 1,
        "userID": int(account.uid),
        "inviterID": 0,
        "vipLevel": "No VIP",
        "mktMakerLevel": "0",
        "affiliateID": 0,
        "rsaPublicKey": key.public_key or "",
        "isMaster": account.is_master,
        "parentUid": "0" if account.parent is None else account.parent.uid,
        "kycLevel": "LEVEL_1",
        "kycRegion": "MYS",
        "userIDInt64": "0",
        "inviterIDInt64": "0",
        "affiliateIDInt64": "0",
    }


def listed_row(key: Key, now_ms: int) -> dict[str, object]:
    """One row of `sub-apikeys`, where readOnly is a boolean."""
    days, expired_at = lifetime(key, now_ms)
    return {
        "id": str(key.serial),
        "ips": addresses(key),
        "apiKey": key.api_key,
        "note": key.label,
        "status": status(key, now_ms),
        "expiredAt": expired_at,
        "createdAt": iso_seconds(key.created_at),
        "type": 1 if key.app is None else 2,
        "permissions": grouped(key.permissions, LIST_GROUPS),
        "secret": "******",
        "readOnly": READ_ONLY in key.permissions,
        "deadlineDay": days,
        "flag": "hmac" if key.public_key is None else "rsa",  # only "hmac" has been seen
    }


def changed_row(key: Key, groups: Iterable[str], secret: str = "") -> dict[str, object]:
    """What creating and updating answer, and `query-api` begins with; readOnly is a number."""
    return {
        "id": str(key.serial),
        "note": key.label,
        "apiKey": key.api_key,
        "readOnly": int(READ_ONLY in key.permissions),
        "secret": secret,
        "permissions": grouped(key.permissions, groups),
    }
