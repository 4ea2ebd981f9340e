"""What the calls do.

Facts: exchange-developer.crypto.com (2026-08), get-accounts, user-balance and the wallet's calls, the last of
which need "Enable Withdrawal" on the key.

Our readings of what the documents leave open: a page may have any number of rows; what get-accounts shows to a
sub-account's key beside its own account is an option of the world (`sub_view`), and so is whether an answer has
`this_account`, which is there since 2026-04-07. Wallets are empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accesscfg.sandbox.accounts import Account, Caller
from accesscfg.sandbox.cryptocom.wire import Asked, refuse

INSTRUMENTS = "public/get-instruments"  # independent clients ask for it before anything else
READ, WITHDRAWAL = "read", "withdrawal"
RIGHTS = (READ, "trading", WITHDRAWAL)  # the website's three ticks; the API has no names for them


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call: what it does, and what it asks of the key."""

    handle: Callable[[Asked, Caller], dict[str, object]]
    right: str


def identity(account: Account) -> str:
    return account.uuid or account.uid


def get_accounts(asked: Asked, caller: Caller) -> dict[str, object]:
    account, options = caller.account, asked.call.venue.options
    main = account if account.parent is None else account.parent
    page, size = asked.number("page", 0), asked.number("page_size", 20)
    whole = account.is_master or options["sub_view"] == "all"
    subs = main.sub_accounts if whole else [account]
    rows = [_sub_account(main, sub) for sub in subs[page * size : (page + 1) * size]]
    shown: dict[str, object] = {"sub_account_list": rows}
    if whole:
        shown = {"master_account": {**_account(main, "MASTER"), "name": "", "email": main.email}, **shown}
    if not options["this_account"]:
        return shown
    return {"this_account": {"uuid": identity(account), "hierarchy": _hierarchy(account)}, **shown}


def _hierarchy(account: Account) -> str:
    return "MASTER" if account.is_master else "SUB_ACCOUNT"


def _account(account: Account, hierarchy: str) -> dict[str, object]:
    return {
        "uuid": identity(account),
        "hierarchy": hierarchy,
        "enabled": True,
        "tradable": True,
        "margin_access": "DEFAULT",
        "derivatives_access": "DISABLED",
        "create_time": account.created_at,
        "update_time": account.created_at,
        "two_fa_enabled": account.is_master,
        "kyc_level": "ADVANCED",
        "suspended": False,
        "terminated": False,
    }


def _sub_account(main: Account, sub: Account) -> dict[str, object]:
    return {
        **_account(sub, "SUB_ACCOUNT"),
        "master_account_uuid": identity(main),
        "margin_account_uuid": f"{identity(sub)}-margin",
        "label": sub.name,
        "name": "",
        "email": sub.email,
    }


def user_balance(asked: Asked, caller: Caller) -> dict[str, object]:
    amounts = (
        "total_available_balance",
        "total_margin_balance",
        "total_cash_balance",
        "total_initial_margin",
    )
    empty = {**dict.fromkeys(amounts, "0"), "instrument_name": "USD", "position_balances": []}
    return {"data": [empty]}


def withdrawal_history(asked: Asked, caller: Caller) -> dict[str, object]:
    asked.number("page", 0)
    asked.number("page_size", 20)
    return {"withdrawal_list": []}


def deposit_history(asked: Asked, caller: Caller) -> dict[str, object]:
    return {"deposit_list": []}


def deposit_address(asked: Asked, caller: Caller) -> dict[str, object]:
    if not asked.params.get("currency"):
        refuse(asked, 40004)
    return {"deposit_address_list": []}


ENDPOINTS = {
    "private/get-accounts": Endpoint(get_accounts, READ),
    "private/user-balance": Endpoint(user_balance, READ),
    "private/get-withdrawal-history": Endpoint(withdrawal_history, WITHDRAWAL),
    "private/get-deposit-history": Endpoint(deposit_history, WITHDRAWAL),
    "private/get-deposit-address": Endpoint(deposit_address, WITHDRAWAL),
}
