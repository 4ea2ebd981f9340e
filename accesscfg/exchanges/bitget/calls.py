"""The calls that read and change keys on Bitget, in the way of the account's mode."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

from accesscfg.exchanges.base import KeyRef, ReadCalls, Target, WriteCalls
from accesscfg.exchanges.bitget import convert, wire
from accesscfg.exchanges.bitget.convert import CLASSIC, UNIFIED
from accesscfg.exchanges.replies import MOST_PAGES, as_list, as_object, misread, of_account, text
from accesscfg.exchanges.wired import Wired
from accesscfg.model.desired import Scope
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.observed import LiveKey, LiveSub, OwnKey

OWN = "/api/v3/account/info"
SETTINGS = "/api/v3/account/settings"
SUBS = "/api/v3/user/sub-list"
KEYS = "/api/v3/user/sub-api-list"
UPDATE = "/api/v3/user/update-sub-api"
CLASSIC_OWN = "/api/v2/spot/account/info"
CLASSIC_SUBS = "/api/v2/user/virtual-subaccount-list"
CLASSIC_KEYS = "/api/v2/user/virtual-subaccount-apikey-list"
CLASSIC_MODIFY = "/api/v2/user/modify-virtual-subaccount-apikey"

PAGE = 100
WRONG_MODE = ("40084", "40085")
_MODE = "mode"  # in the memo of the calls
_T = TypeVar("_T")


class Bitget(Wired):
    """Bitget as a provider: every call has two forms, and the account's mode decides which one is answered."""

    wire = wire

    async def own_key(self, calls: ReadCalls, scope: Scope = "own") -> OwnKey:
        """See Provider."""
        return await _in_its_mode(
            calls, lambda: _own_unified(calls, scope), lambda: _own_classic(calls, scope)
        )

    async def sub_accounts(self, calls: ReadCalls) -> list[LiveSub]:
        """See Provider."""
        return await _in_its_mode(calls, lambda: _subs_unified(calls), lambda: _subs_classic(calls))

    async def sub_keys(self, calls: ReadCalls, sub_id: str, whole: Collection[str] | None) -> list[LiveKey]:
        """See Provider; the listing shows everything."""
        return await _in_its_mode(
            calls, lambda: _keys_unified(calls, sub_id), lambda: _keys_classic(calls, sub_id)
        )

    async def write(self, calls: WriteCalls, key: KeyRef, live: LiveKey, target: Target) -> None:
        """See Provider; a field that is left out may empty the list, so everything is sent."""
        if key.scope != "sub" or key.sub_id is None or key.key_id is None or live.masked or key.by_self:
            raise ExchangeError(
                Trouble.WEBSITE_ONLY,
                "nothing was sent: only a sub-account's key whose whole id is known is changed",
            )
        if key.passphrase is None:
            raise ExchangeError(Trouble.SECRETS, "nothing was sent: the key's own passphrase is not at hand")
        addresses, passphrase = convert.ip_list(target.whitelist), key.passphrase.reveal()
        if live.mode == UNIFIED:
            kind, items = convert.unified_rights(target.permissions, live.carry)
            body = {"apiKey": key.key_id, "passphrase": passphrase, "type": kind, "permissions": items}
            await calls.send("POST", UPDATE, body={**body, "ips": addresses})
            return
        if target.label is None:
            raise ExchangeError(
                Trouble.REQUEST, "nothing was sent: a write names the key's note, which is not known"
            )
        body = {"subAccountUid": key.sub_id, "subAccountApiKey": key.key_id, "passphrase": passphrase}
        rights = {"label": target.label, "permList": sorted(target.permissions), "ipList": addresses}
        await calls.send("POST", CLASSIC_MODIFY, body={**body, **rights})


async def _in_its_mode(
    calls: ReadCalls, unified: Callable[[], Awaitable[_T]], classic: Callable[[], Awaitable[_T]]
) -> _T:
    """The answer in the account's mode.

    While that is not known the unified call is made first: it is the one that any unified key may make, and no document
    says what a Classic account answers to it. Raises ExchangeError.
    """
    ways = {UNIFIED: unified, CLASSIC: classic}
    known = calls.memo.get(_MODE)
    first, other = (CLASSIC, UNIFIED) if known == CLASSIC else (UNIFIED, CLASSIC)
    try:
        found, mode = await ways[first](), first
    except ExchangeError as refusal:
        if not _may_be_the_other(refusal, known):
            raise
        try:
            found, mode = await ways[other](), other
        except ExchangeError as second:
            raise refusal if second.code in WRONG_MODE else second from None
    calls.memo[_MODE] = mode
    return found


def _may_be_the_other(refusal: ExchangeError, known: str | None) -> bool:
    if refusal.code in WRONG_MODE:
        return True
    unclear = (Trouble.REQUEST, Trouble.DENIED, Trouble.PERMISSION, Trouble.REPLY)
    return known is None and refusal.trouble in unclear


async def _confirm(calls: ReadCalls) -> None:
    """Raises ExchangeError unless the account says that it is in unified mode (hybrid has its calls too)."""
    if _MODE not in calls.memo:
        settings = as_object(convert.data_of(await calls.get(SETTINGS)), "data")
        if settings.get("accountMode") not in ("unified", "hybrid"):
            raise misread("accountMode")


async def _own_unified(calls: ReadCalls, scope: Scope) -> OwnKey:
    data = convert.data_of(await calls.get(OWN))
    if not convert.surely_unified(data):
        await _confirm(calls)
    return convert.own_unified(data, scope)


async def _own_classic(calls: ReadCalls, scope: Scope) -> OwnKey:
    try:
        return convert.own_classic(convert.data_of(await calls.get(CLASSIC_OWN)), scope)
    except ExchangeError as refusal:
        if refusal.trouble is not Trouble.PERMISSION:
            raise
        return convert.own_without_spot(scope)


async def _keys_unified(calls: ReadCalls, sub_id: str) -> list[LiveKey]:
    rows = await _pages(calls, KEYS, "items", [("subUid", sub_id)])
    return [convert.listed_unified(row) for row in rows]


async def _keys_classic(calls: ReadCalls, sub_id: str) -> list[LiveKey]:
    reply = await calls.get(CLASSIC_KEYS, [("subAccountUid", sub_id)])
    rows = as_list(convert.data_of(reply), "data")
    of_account(rows, "subAccountUid", sub_id)
    return [convert.listed_classic(row) for row in rows]


async def _subs_unified(calls: ReadCalls) -> list[LiveSub]:
    rows = await _pages(calls, SUBS, "list", [])
    return [convert.sub_account(row, "subUid", "username") for row in rows]


async def _pages(calls: ReadCalls, path: str, field: str, query: list[tuple[str, str]]) -> list[object]:
    """All rows of a unified listing. One without any is believed only of an account that is surely unified."""
    found: list[object] = []
    turn: list[tuple[str, str]] = []
    for _ in range(MOST_PAGES):
        page = as_object(
            convert.data_of(await calls.get(path, [*turn, ("limit", str(PAGE)), *query])), "data"
        )
        found += as_list(page.get(field), field)
        more = page.get("hasNext")
        if more in (False, "false"):
            if not found:
                await _confirm(calls)
            return found
        cursor = text(page.get("cursor"))
        if more not in (True, "true") or cursor is None or turn == [("cursor", cursor)]:
            raise misread("hasNext or cursor")
        turn = [("cursor", cursor)]
    raise misread("end of a listing")


async def _subs_classic(calls: ReadCalls) -> list[LiveSub]:
    """Pages go on below the last id, until one is not full."""
    found: dict[str, LiveSub] = {}
    turn: list[tuple[str, str]] = []
    for _ in range(MOST_PAGES):
        data = as_object(
            convert.data_of(await calls.get(CLASSIC_SUBS, [*turn, ("limit", str(PAGE))])), "data"
        )
        rows = as_list(data.get("subAccountList"), "subAccountList")
        page = [
            convert.sub_account(row, "subAccountUid", "subAccountName") for row in rows if not _deleted(row)
        ]
        found.update((sub.id, sub) for sub in page)
        if len(rows) < PAGE:
            return list(found.values())
        end = convert.id_text(data.get("endId"))
        if end is None or turn == [("idLessThan", end)]:
            break
        turn = [("idLessThan", end)]
    raise misread("end of the list of sub-accounts")


def _deleted(row: object) -> bool:
    """Whether a row is about a sub-account that is no more."""
    return isinstance(row, dict) and row.get("status") == "del"
