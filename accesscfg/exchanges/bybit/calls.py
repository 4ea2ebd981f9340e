"""The calls that read and change keys on Bybit."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from accesscfg.exchanges.base import KeyRef, ReadCalls, Target, WriteCalls
from accesscfg.exchanges.bybit import convert, wire
from accesscfg.exchanges.replies import MOST_PAGES, as_list, as_object, misread
from accesscfg.exchanges.wired import Wired
from accesscfg.model.desired import Scope
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.observed import LiveKey, LiveSub, OwnKey

if TYPE_CHECKING:
    pass

OWN = "/v5/user/query-api"
SUBS = "/v5/user/submembers"
KEYS = "/v5/user/sub-apikeys"
UPDATE_OWN = "/v5/user/update-api"
UPDATE_SUB = "/v5/user/update-sub-api"

SUBS_PAGE = 100
KEYS_PAGE = 20


class Bybit(Wired):
    """Bybit as a provider: a main account's key changes only itself, sub-accounts are addressed by UID."""

    wire = wire

    async def own_key(self, calls: ReadCalls, scope: Scope = "own") -> OwnKey:
        """See Provider."""
        return convert.own_key(await calls.get(OWN))

    async def sub_accounts(self, calls: ReadCalls) -> list[LiveSub]:
        """See Provider; custodial ones are not among them."""
        found: dict[str, LiveSub] = {}
        cursors: set[str] = set()
        query = [("pageSize", str(SUBS_PAGE))]
        for _ in range(MOST_PAGES):
            result = as_object(as_object(await calls.get(SUBS, query), "body").get("result"), "result")
            for row in as_list(result.get("subMembers"), "subMembers"):
                sub = convert.sub_account(row)
                found[sub.id] = sub
            cursor = result.get("nextCursor")
            if cursor in ("", "0", 0):
                return list(found.values())
            query = [("pageSize", str(SUBS_PAGE)), ("nextCursor", _next(cursor, cursors, "nextCursor"))]
        raise misread("end of the list of sub-accounts")

    async def sub_keys(self, calls: ReadCalls, sub_id: str, whole: Collection[str] | None) -> list[LiveKey]:
        """See Provider; the listing shows everything."""
        keys: list[LiveKey] = []
        cursors: set[str] = set()
        query = [("limit", str(KEYS_PAGE)), ("subMemberId", sub_id)]
        while True:
            result = as_object(as_object(await calls.get(KEYS, query), "body").get("result"), "result")
            keys += [convert.live_key(row) for row in as_list(result.get("result"), "result.result")]
            cursor = result.get("nextPageCursor")
            if cursor == "":
                return keys
            following = _next(cursor, cursors, "nextPageCursor")
            query = [("cursor", following), ("limit", str(KEYS_PAGE)), ("subMemberId", sub_id)]

    async def write(self, calls: WriteCalls, key: KeyRef, live: LiveKey, target: Target) -> None:
        """See Provider; a main account's key takes rights only, a sub-account's everything in one call."""
        body = convert.permission_body(self.profile, live, target.permissions)
        if key.scope == "own":
            self._refuse_what_own_keys_cannot(key, live, target)
            await calls.send("POST", UPDATE_OWN, body=body)
            return
        body = {"readOnly": body.pop("readOnly"), "ips": convert.ips(target.whitelist), **body}
        if not key.by_self:  # with apikey a key's own call is refused
            if key.key_id is None or live.masked:
                raise ExchangeError(Trouble.REQUEST, "nothing was sent: the key's whole id is not known")
            body = {"apikey": key.key_id, **body}
        await calls.send("POST", UPDATE_SUB, body=body)

    def _refuse_what_own_keys_cannot(self, key: KeyRef, live: LiveKey, target: Target) -> None:
        """Addresses; and ending read-only where that may wake rights that the API cannot take away."""
        if not key.by_self or (target.whitelist is not None and target.whitelist != live.whitelist()):
            raise ExchangeError(
                Trouble.WEBSITE_ONLY,
                "nothing was sent: a main account's key takes only its own rights by API",
            )
        waking = (
            convert.asleep(live) - target.permissions if target.permissions > {convert.READ} else frozenset()
        )
        stuck = [native for native in sorted(waking) if not self._removable(native)]
        if stuck:
            raise ExchangeError(
                Trouble.WEBSITE_ONLY,
                f"nothing was sent: ending read-only might wake {', '.join(stuck)}, which no call takes away",
                fix="remove it on the website, or end read-only there",
            )

    def _removable(self, native: str) -> bool:
        entry = self.profile.permission(native, "own")
        return entry is not None and entry.write["own"] == "api"


def _next(cursor: object, seen: set[str], field: str) -> str:
    """The cursor of the next page. Raises ExchangeError for one that is none or comes again."""
    if not isinstance(cursor, str) or not cursor or cursor in seen:
        raise misread(field)
    seen.add(cursor)
    return cursor
