"""The calls that read and change keys on Binance."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from accesscfg.exchanges.base import Json, KeyRef, ReadCalls, Target, WriteCalls
from accesscfg.exchanges.binance import convert, wire
from accesscfg.exchanges.replies import MOST_PAGES, as_list, as_object, count, misread
from accesscfg.exchanges.wired import Wired
from accesscfg.model.desired import Scope
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.networks import Addresses, Unrestricted
from accesscfg.model.observed import Facet, LiveKey, LiveSub, Observation, Observed, OwnKey, Unknown

if TYPE_CHECKING:
    pass

OWN = "/sapi/v1/account/apiRestrictions"
SUBS = "/sapi/v1/sub-account/list"
KEYS = "/sapi/v1/sub-account/subAccountApi"
IPS = "/sapi/v1/sub-account/subAccountApi/ipRestriction"
SET_IPS = "/sapi/v2/sub-account/subAccountApi/ipRestriction"
DELETE_IPS = "/sapi/v1/sub-account/subAccountApi/ipRestriction/ipList"
SET_PERMISSIONS = "/sapi/v1/sub-account/subAccountApiPermission"

SUBS_PAGE = 200
KEYS_PAGE = 100


class Binance(Wired):
    """Binance as a provider: sub-accounts are addressed by e-mail, their keys by the key itself."""

    wire = wire

    async def own_key(self, calls: ReadCalls, scope: Scope = "own") -> OwnKey:
        """See Provider; `scope` decides under which names a key's rights are known."""
        return convert.own_key(await calls.get(OWN), scope)

    async def sub_accounts(self, calls: ReadCalls) -> list[LiveSub]:
        """See Provider."""
        found: dict[str, LiveSub] = {}
        for page in range(1, MOST_PAGES):
            reply = await calls.get(SUBS, [("page", str(page)), ("limit", str(SUBS_PAGE))])
            rows = as_list(as_object(reply, "body").get("subAccounts"), "subAccounts")
            subs = [convert.sub_account(row) for row in rows]
            if subs and all(sub.id in found for sub in subs):
                raise misread("next page of sub-accounts")
            found.update((sub.id, sub) for sub in subs)
            if len(rows) < SUBS_PAGE:
                return list(found.values())
        raise misread("end of the list of sub-accounts")

    async def sub_keys(self, calls: ReadCalls, sub_id: str, whole: Collection[str] | None) -> list[LiveKey]:
        """See Provider; the addresses of each key in `whole` take a call of their own."""
        keys = [convert.listed_key(row) for row in await self._key_rows(calls, sub_id)]
        return [
            await self._with_whitelist(calls, sub_id, key) if whole is None or key.key_id in whole else key
            for key in keys
        ]

    async def _key_rows(self, calls: ReadCalls, sub_id: str) -> list[Json]:
        rows: list[Json] = []
        for page in range(1, MOST_PAGES):
            query = [("email", sub_id), ("page", str(page)), ("size", str(KEYS_PAGE))]
            reply = as_object(await calls.get(KEYS, query), "body")
            # called `list` in the first release, `rows` since 2026-07-30
            part = as_list(reply.get("rows", reply.get("list")), "rows")
            rows += part
            total = count(reply.get("total"))
            complete = len(part) < KEYS_PAGE if total is None else len(rows) >= total
            if complete:
                return rows
            if not part:
                break
        raise misread("rows (fewer than its total)")

    async def _with_whitelist(self, calls: ReadCalls, sub_id: str, key: LiveKey) -> LiveKey:
        seen: Observation
        if key.key_id is None or key.masked:
            seen = Unknown("the listing does not show the key's whole id, which reading its addresses needs")
        else:
            try:
                reply = await calls.get(IPS, [("email", sub_id), ("subAccountApiKey", key.key_id)])
                seen = convert.listed_whitelist(reply)
            except ExchangeError as error:  # one key's addresses must not hide the other keys
                seen = Unknown(error.what, error.trouble)
        return replace(key, facets={**key.facets, Facet.IP_WHITELIST: seen})

    async def write(self, calls: WriteCalls, key: KeyRef, live: LiveKey, target: Target) -> None:
        """See Provider; permissions and addresses are calls of their own."""
        if key.scope != "sub" or key.sub_id is None or key.key_id is None or live.masked:
            raise ExchangeError(
                Trouble.WEBSITE_ONLY,
                "nothing was sent: only a sub-account's key whose whole id is known is changed by API",
            )
        ref = [("email", key.sub_id), ("subAccountApiKey", key.key_id)]
        rights = live.permissions()
        if rights is not None and rights != target.permissions:
            flags = convert.permission_params(rights, target.permissions)
            await calls.send("POST", SET_PERMISSIONS, params=[*ref, *flags])
        if target.whitelist is not None and target.whitelist != live.whitelist():
            await self._write_whitelist(calls, ref, live, target)

    async def _write_whitelist(
        self, calls: WriteCalls, ref: list[tuple[str, str]], live: LiveKey, target: Target
    ) -> None:
        """POST may replace or add (not documented): post the whole list, read, delete what is too much."""
        wanted, before = convert.writable(target.whitelist), live.whitelist()
        if isinstance(wanted, Unrestricted):
            await calls.send("POST", SET_IPS, params=[*ref, ("status", "1")])
            return
        known = before.entries if isinstance(before, Addresses) else None
        if known is None or wanted.entries - known:
            await calls.send(
                "POST", SET_IPS, params=[*ref, ("status", "2"), convert.ip_params(wanted.entries)]
            )
            if known is not None and known <= wanted.entries:
                return
            now = convert.listed_whitelist(await calls.get(IPS, ref))
            shown = now.value if isinstance(now, Observed) else None
            known = shown.entries if isinstance(shown, Addresses) else wanted.entries
        extra = known - wanted.entries
        if extra and known & wanted.entries:
            await calls.send("DELETE", DELETE_IPS, params=[*ref, convert.ip_params(extra)])
