"""Keys and sub-accounts, as both generations of the API treat them.

A world and the website spell rights as the exchange's API does: codes for a Classic main account (`stow`), words for
its sub-accounts (`spot_trade`), items in Unified accounts (`uta_trade`). The type of a Unified key stands among its
rights: with `ReadOnly` its items are readable only. `uta_read` alone is short for a read-only key with both items.
"""

from __future__ import annotations

import random
import re

from accesscfg.sandbox.accounts import Account, Caller, Key
from accesscfg.sandbox.addresses import AddressRule
from accesscfg.sandbox.bitget.wire import Signed, bad_parameter, not_permitted, refuse
from accesscfg.sandbox.simulator import Credentials, random_text

MOST_KEYS = 10
ADDRESSES = AddressRule(most=30, networks=False, ipv6=True)
SUB_ADDRESSES = AddressRule(most=30, networks=False, ipv6=False)
PASSPHRASE = re.compile(r"[A-Za-z0-9]{8,32}", re.ASCII)
READ_ONLY, READ = "ReadOnly", "uta_read"
LEVELS = {
    "stow": "stor",
    "smow": "smor",
    "coow": "coor",
    "cpow": "cpor",
    "ttow": "ttor",
    "wtow": "wtor",
    "chow": "chor",
    "p2p": "p2pr",
    "pllw": "pllr",
    "taxw": "taxr",
}
CODES = {"wwow", *LEVELS, *LEVELS.values()}
WORDS = {"read", "spot_trade", "margin_trade", "contract_trade", "transfer"}
SUB_ITEMS = ("uta_trade", "uta_mgt")
ITEMS = {*SUB_ITEMS, "withdraw", "copy_futures_position", "copy_futures_order"}
# the rights that the website has a box for, by the account's mode and whether it is a main account
BOXES = {
    ("classic", True): CODES,
    ("classic", False): WORDS,
    ("unified", True): {READ_ONLY, *ITEMS},
    ("unified", False): {READ_ONLY, *SUB_ITEMS},
}


def settled(permissions: tuple[str, ...]) -> tuple[str, ...]:
    """Whoever may write a product may read it, and a Unified key has a type."""
    if permissions == (READ,):
        return (READ_ONLY, *SUB_ITEMS)
    rights = (one for right in permissions for one in (right, LEVELS.get(right)) if one not in (None, READ))
    return tuple(dict.fromkeys(str(right) for right in rights))


def items(key: Key) -> list[str]:
    return [right for right in key.permissions if right != READ_ONLY]


def mint(rng: random.Random) -> Credentials:
    letters = "0123456789abcdef"
    return Credentials(
        f"bg_{random_text(rng, 32, letters)}", random_text(rng, 64, letters), random_text(rng, 16)
    )


def sub_account(request: Signed, field: str) -> Account:
    uid = request.text(field)
    for sub in request.account.sub_accounts:
        if sub.uid == uid:
            return sub
    return bad_parameter(field)


def sub_key(request: Signed, field: str) -> Caller:
    """The key that a request names, if it belongs to a sub-account of the caller."""
    found = request.call.venue.find(request.text(field))
    if found is None or found.account.parent is not request.account:
        refuse(40037, "Apikey does not exist")
    return found


def check_passphrase(request: Signed, key: Key) -> None:
    if request.text("passphrase") != key.passphrase:
        refuse(40036, "passphrase is error")


def addresses(name: str, given: list[str]) -> tuple[str, ...] | None:
    """The addresses of a request; none is no restriction."""
    try:
        return SUB_ADDRESSES.read(given) or None
    except ValueError:
        return bad_parameter(name)


def made(request: Signed, sub: Account, label: str, rights: tuple[str, ...], ips: list[str]) -> Key:
    """A new key of a sub-account."""
    passphrase, minted = request.text("passphrase"), mint(request.call.random)
    if PASSPHRASE.fullmatch(passphrase) is None:
        bad_parameter("passphrase")
    if len(sub.keys) >= MOST_KEYS:
        refuse(40017, f"at most {MOST_KEYS} keys")
    key = Key(
        api_key=minted.api_key,
        api_secret=minted.api_secret,
        passphrase=passphrase,
        label=label,
        created_at=request.call.now_ms,
        permissions=rights,
        ip_whitelist=addresses("ips", ips),
    )
    request.call.venue.add_key(sub, key)
    return key


def of_main_account(caller: Caller) -> None:
    """Refused for the key of a sub-account."""
    if not caller.account.is_master:
        not_permitted("main account")


def site_refusal(account: Account, before: Key | None, after: Key) -> str | None:
    """Why the website would not save. Unverified: that the note of a main account's key cannot be edited."""
    held = set(before.permissions) if before else set()
    mode = account.mode or "classic"
    if unknown := set(after.permissions) - BOXES[mode, account.is_master] - held:
        return f"no such permission in a {mode} account: {', '.join(sorted(unknown))}"
    if {"wwow", "withdraw"} & set(after.permissions) and after.ip_whitelist is None:
        return "withdrawing needs linked IP addresses"
    if after.app is not None or not after.enabled or after.expires_at is not None:
        return "keys are not bound to applications, switched off or made to expire here"
    if account.is_master and before is not None and before.label != after.label:
        return "the note cannot be edited"
    others = [key for key in account.keys if key is not before]
    return f"at most {MOST_KEYS} keys an account" if len(others) >= MOST_KEYS else None
