"""The calls that read and change keys on OKX."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from accesscfg.exchanges.base import KeyRef, ReadCalls, Target, WriteCalls
from accesscfg.exchanges.okx import convert, wire
from accesscfg.exchanges.replies import MOST_PAGES, misread
from accesscfg.exchanges.wired import Wired
from accesscfg.model.desired import Scope
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.observed import LiveKey, LiveSub, OwnKey

if TYPE_CHECKING:
    pass

OWN = "/api/v5/account/config"
SUBS = "/api/v5/users/subaccount/list"
KEYS = "/api/v5/users/subaccount/apikey"
MODIFY = "/api/v5/users/subaccount/modify-apikey"

SUBS_PAGE = 100


class Okx(Wired):
    """OKX as a provider: sub-accounts are addressed by name, their keys changed by a main account's key."""

    wire = wire

    async def own_key(self, calls: ReadCalls, scope: Scope = "own") -> OwnKey:
        """See Provider."""
        return convert.own_key(await calls.get(OWN))

    async def sub_accounts(self, calls: ReadCalls) -> list[LiveSub]:
        """See Provider; pages go back in time and overlap by a millisecond, so that twins are not lost."""
        found: dict[str, LiveSub] = {}
        query = [("limit", str(SUBS_PAGE))]
        for _ in range(MOST_PAGES):
            page = [convert.sub_account(row) for row in convert.rows(await calls.get(SUBS, query))]
            before = len(found)
            found.update((sub.id, sub) for sub, _ in page)
            if len(page) < SUBS_PAGE:
                return list(found.values())
            if len(found) == before:
                break
            oldest = min(created for _, created in page)
            query = [("after", str(oldest + 1)), ("limit", str(SUBS_PAGE))]
        raise misread("end of the list of sub-accounts")

    async def sub_keys(self, calls: ReadCalls, sub_id: str, whole: Collection[str] | None) -> list[LiveKey]:
        """See Provider; one call shows everything."""
        reply = await calls.get(KEYS, [("subAcct", sub_id)])
        return [convert.listed_key(row) for row in convert.rows(reply)]

    async def write(self, calls: WriteCalls, key: KeyRef, live: LiveKey, target: Target) -> None:
        """See Provider; a field that is left out would stay, so everything known is sent."""
        if key.scope != "sub" or key.sub_id is None or key.key_id is None or live.masked or key.by_self:
            raise ExchangeError(
                Trouble.WEBSITE_ONLY,
                "nothing was sent: only a sub-account's key whose whole id is known is changed",
            )
        body = {"subAcct": key.sub_id, "apiKey": key.key_id}
        if target.label is not None:
            body["label"] = target.label
        body |= {"perm": convert.perm(target.permissions), "ip": convert.ip(target.whitelist)}
        await calls.send("POST", MODIFY, body=body)
