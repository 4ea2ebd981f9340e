"""The calls that tell something of keys at Crypto.com."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from accesscfg.exchanges.base import KeyRef, ReadCalls, Target, WriteCalls
from accesscfg.exchanges.cryptocom import convert, wire
from accesscfg.exchanges.replies import MOST_PAGES, misread
from accesscfg.exchanges.wired import Wired
from accesscfg.model.desired import Scope
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.observed import Facet, LiveKey, LiveSub, Observation, OwnKey, Probed, Unknown

ACCOUNTS = "/exchange/v1/private/get-accounts"
WITHDRAWALS = "/exchange/v1/private/get-withdrawal-history"

SUBS_PAGE = 20  # the documented default; no document says what the most is
READ, WITHDRAWAL = "read", "withdrawal"  # our names: the API has none
REFUSED = frozenset({"40101", "10002"})  # not authorised, in the present and the old numbering

CALLED = (
    "called from here and accepted (get-accounts): it works, it reads, and it lets this machine's address in, by its"
    " list, without one, or by an application's"
)
CAN_WITHDRAW = "get-withdrawal-history was accepted too, so Enable Withdrawal is on"
CANNOT_WITHDRAW = "get-withdrawal-history was refused then, so Enable Withdrawal is taken to be off"
UNSEEN = "nothing tells whether Enable Trading is on"


class CryptoCom(Wired):
    """Crypto.com as a provider: probes of reading calls, nothing that lists or writes keys."""

    wire = wire

    async def own_key(self, calls: ReadCalls, scope: Scope = "own") -> OwnKey:
        """See Provider; every key is asked with itself, a sub-account's too."""
        holder = convert.holder(await calls.ask(ACCOUNTS, _page(0)))
        rights, found = await _rights(calls)
        key = LiveKey(key_id=None, facets={Facet.PERMISSIONS: rights}, notes=(CALLED, *found))
        sub_id = holder.uid if holder.scope == "sub" else None
        return OwnKey(key, uid=holder.uid, main_uid=holder.main_uid, scope=holder.scope, sub_id=sub_id)

    async def sub_accounts(self, calls: ReadCalls) -> list[LiveSub]:
        """See Provider."""
        found: dict[str, LiveSub] = {}
        for number in range(MOST_PAGES):
            page = convert.sub_accounts(await calls.ask(ACCOUNTS, _page(number)))
            before = len(found)
            found.update((sub.id, sub) for sub in page)
            if len(page) < SUBS_PAGE:
                return list(found.values())
            if len(found) == before:  # the page number was not understood
                break
        raise misread("end of the list of sub-accounts")

    async def sub_keys(self, calls: ReadCalls, sub_id: str, whole: Collection[str] | None) -> list[LiveKey]:
        """Raises ExchangeError: no call lists keys."""
        raise ExchangeError(Trouble.WEBSITE_ONLY, f"{self.profile.name} lists keys on its website only")

    async def write(self, calls: WriteCalls, key: KeyRef, live: LiveKey, target: Target) -> None:
        """Raises ExchangeError: no call changes keys."""
        raise ExchangeError(
            Trouble.WEBSITE_ONLY, f"nothing was sent: {self.profile.name} changes keys on its website only"
        )


def _page(number: int) -> Mapping[str, object]:
    """Numbers are written as texts, as the documents ask for."""
    return {"page": str(number), "page_size": str(SUBS_PAGE)}


async def _rights(calls: ReadCalls) -> tuple[Observation, tuple[str, ...]]:
    """What is certain of the rights of a key that has just been accepted, and how it was seen."""
    now = datetime.now(UTC)
    try:
        await calls.ask(WITHDRAWALS, {"page": "0", "page_size": "1"})
    except ExchangeError as error:
        if error.code not in REFUSED:
            return Unknown(error.what, error.trouble), ()
        return Probed(frozenset({READ}), frozenset({WITHDRAWAL}), UNSEEN, now), (CANNOT_WITHDRAW,)
    return Probed(frozenset({READ, WITHDRAWAL}), frozenset(), UNSEEN, now), (CAN_WITHDRAW,)
