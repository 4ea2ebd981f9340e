"""The calls that read and change keys on WhiteBIT."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from accesscfg.exchanges.base import KeyRef, ReadCalls, Target, WriteCalls
from accesscfg.exchanges.replies import MOST_PAGES, misread, of_account
from accesscfg.exchanges.whitebit import convert, wire
from accesscfg.exchanges.wired import Wired
from accesscfg.model.desired import Scope
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.networks import Addresses, Unrestricted, Whitelist, sorted_entries
from accesscfg.model.observed import LiveKey, LiveSub, OwnKey

PROBE = "/api/v4/market/fee"
SUBS = "/api/v4/sub-account/list"
KEYS = "/api/v4/sub-account/api-key/list"
EDIT = "/api/v4/sub-account/api-key/edit"
ADDRESSES = "/api/v4/sub-account/api-key/ip-address/list"
ADD = "/api/v4/sub-account/api-key/ip-address/create"
REMOVE = "/api/v4/sub-account/api-key/ip-address/delete"

PAGE = 100


class Whitebit(Wired):
    """WhiteBIT as a provider: a main account's key is only probed, keys of sub-accounts are changed by one."""

    wire = wire

    async def own_key(self, calls: ReadCalls, scope: Scope = "own") -> OwnKey:
        """See Provider; asking for fees reads nothing of value and moves nothing."""
        try:
            await calls.ask(PROBE)
        except ExchangeError as error:
            if error.trouble is not Trouble.PERMISSION:
                raise
            return convert.own_key(self.profile, PROBE, answered=False)
        return convert.own_key(self.profile, PROBE, answered=True)

    async def sub_accounts(self, calls: ReadCalls) -> list[LiveSub]:
        """See Provider."""
        return list(
            {sub.id: sub for sub in map(convert.sub_account, await self._pages(calls, SUBS))}.values()
        )

    async def sub_keys(self, calls: ReadCalls, sub_id: str, whole: Collection[str] | None) -> list[LiveKey]:
        """See Provider; the addresses of each key take a call of their own."""
        found = []
        rows = await self._pages(calls, KEYS, subAccountId=sub_id)
        of_account(rows, "subAccountId", sub_id)
        for row in rows:
            key = convert.listed_key(row, self.profile)
            if whole is None or key.key_id in whole:
                key = await self._with_addresses(calls, key)
            found.append(key)
        return found

    async def _with_addresses(self, calls: ReadCalls, key: LiveKey) -> LiveKey:
        """The key with its addresses, which are asked for by its id."""
        if "id" not in key.carry:
            return convert.with_addresses(key, None)
        return convert.with_addresses(key, await calls.ask(ADDRESSES, {"apiKeyId": key.carry["id"]}))

    async def _pages(self, calls: ReadCalls, path: str, **which: str) -> list[Any]:
        """Every row; a page shorter than asked for is the last. A row that moved on meanwhile comes twice."""
        found: dict[str, Any] = {}
        for _ in range(MOST_PAGES):
            before = len(found)
            page = convert.rows(await calls.ask(path, {**which, "limit": PAGE, "offset": before}))
            found.update((repr(row), row) for row in page)
            if len(page) < PAGE:
                return list(found.values())
            if len(found) == before:
                break
        raise misread("end of the list")

    async def write(self, calls: WriteCalls, key: KeyRef, live: LiveKey, target: Target) -> None:
        """See Provider; addresses go in and out one by one, the coming ones first."""
        named = key.scope == "sub" and not key.by_self and not live.masked and "id" in live.carry
        if not named:
            raise ExchangeError(
                Trouble.WEBSITE_ONLY,
                "nothing was sent: only a sub-account's key whose whole id is known is changed",
            )
        whitelist = live.whitelist()
        if target.whitelist is not None and target.whitelist != whitelist:
            await self._move_addresses(calls, live, target.whitelist)
        else:
            await self._edit(calls, live, target)

    async def _move_addresses(self, calls: WriteCalls, live: LiveKey, wanted: Whitelist) -> None:
        before, after = _entries(live.whitelist()), _entries(wanted)
        steps = [(ADD, after - before), (REMOVE, before - after)]
        for path, some in steps:
            for address in sorted_entries(some):
                await calls.send("POST", path, body={"apiKeyId": live.carry["id"], "ip": address})

    async def _edit(self, calls: WriteCalls, live: LiveKey, target: Target) -> None:
        """Rights and name, which one call carries; both must be known, for it replaces both."""
        held = live.permissions()
        label = target.label
        if held is None or label is None or convert.OPEN in held or convert.OPEN in target.permissions:
            raise ExchangeError(
                Trouble.REQUEST,
                "nothing was sent: a key whose rights or name could not be read, or whose endpoints are not restricted,"
                " is not edited",
            )
        urls = convert.urls(held, target.permissions)
        await calls.send("POST", EDIT, body={"apiKeyId": live.carry["id"], "title": label, "urls": urls})


def _entries(whitelist: Whitelist | None) -> frozenset[str]:
    """The addresses of a list; none for unrestricted. Raises ExchangeError for what is neither."""
    if isinstance(whitelist, Unrestricted):
        return frozenset()
    if isinstance(whitelist, Addresses) and whitelist.entries:
        return whitelist.entries
    raise ExchangeError(Trouble.REQUEST, "nothing was sent: the IP whitelist cannot be written by API")
