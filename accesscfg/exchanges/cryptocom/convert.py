"""Crypto.com's replies as the model says it. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accesscfg.exchanges.replies import as_list, as_object, misread, text
from accesscfg.model.desired import Scope
from accesscfg.model.observed import LiveSub

_SCOPES: Mapping[str | None, Scope] = {"MASTER": "own", "SUB_ACCOUNT": "sub"}


@dataclass(frozen=True, slots=True)
class Holder:
    """The account that a key belongs to, as far as the answer says: its id, its main account's, and which it is."""

    uid: str | None
    main_uid: str | None
    scope: Scope | None


def holder(reply: object) -> Holder:
    """Whose key made private/get-accounts. Raises ExchangeError when the reply cannot be read at all."""
    result = _result(reply)
    this = _optional(result, "this_account")  # since 2026-04-07
    uid, scope = text(this.get("uuid")), _SCOPES.get(text(this.get("hierarchy")))
    main = text(_optional(result, "master_account").get("uuid")) or _main_of(uid, result)
    if main is None and scope == "own":
        main = uid
    return Holder(uid, main, scope)


def _main_of(uid: str | None, result: Mapping[str, Any]) -> str | None:
    """The main account's id out of the row of the sub-account with this id."""
    rows = result.get("sub_account_list")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and uid is not None and row.get("uuid") == uid:
            return text(row.get("master_account_uuid"))
    return None


def sub_accounts(reply: object) -> list[LiveSub]:
    """One page of private/get-accounts. Raises ExchangeError when a row has no id."""
    rows = as_list(_result(reply).get("sub_account_list"), "sub_account_list")
    return [_sub_account(as_object(row, "sub_account_list")) for row in rows]


def _sub_account(row: Mapping[str, Any]) -> LiveSub:
    uuid = text(row.get("uuid"))
    if uuid is None:
        raise misread("uuid of a sub-account")
    return LiveSub(uuid, text(row.get("label")) or text(row.get("name")))


def _result(reply: object) -> Mapping[str, Any]:
    return as_object(as_object(reply, "body").get("result"), "result")


def _optional(result: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = result.get(name)
    return value if isinstance(value, dict) else {}
