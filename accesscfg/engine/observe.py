"""Ask the exchanges about the selected keys, and about nothing else. The only reading I/O of a run.

Accounts are asked at the same time, one account's calls one after the other. A key without a managing key is asked
with itself; one listing serves all keys of a sub-account. A failure stays with the keys that it concerns.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol, TypeVar

from accesscfg.engine.callers import is_foreign, not_callable
from accesscfg.engine.compare import all_unknown, all_unobservable
from accesscfg.engine.keyring import Keyring
from accesscfg.engine.match import Unsure, match
from accesscfg.exchanges.base import Provider, ReadCalls
from accesscfg.model.desired import Declaration, DesiredAccount, DesiredKey, DesiredSub, Egress
from accesscfg.model.errors import AccesscfgError, ExchangeError, Trouble
from accesscfg.model.events import AccountRead, KeyRead, Listener, ReadingStarted
from accesscfg.model.networks import Unrestricted, allows
from accesscfg.model.observed import (
    Facet,
    KeyReading,
    LiveKey,
    LiveSub,
    Observation,
    Observed,
    OwnKey,
    Sighting,
    UndeclaredKey,
    UndeclaredSub,
    Unknown,
)
from accesscfg.model.paths import KeyPath
from accesscfg.secrets import Credential

log = logging.getLogger("accesscfg.engine")
_T = TypeVar("_T")


class ReadingLines(Protocol):
    """Where signed reading calls come from."""

    def provider(self, exchange: str) -> Provider:
        """The provider of an exchange."""

    def reading(self, account: DesiredAccount, egress: Egress, credential: Credential, key: str) -> ReadCalls:
        """Reading calls signed with a key. Raises ExchangeError when it cannot sign."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run asks about. `whole`: it is not targeted, so undeclared keys and sub-accounts are looked for."""

    selected: frozenset[KeyPath]
    whole: bool


async def observe(
    declaration: Declaration, scope: Scope, keyring: Keyring, lines: ReadingLines, on_event: Listener
) -> Sighting:
    """Everything one run sees. Never raises for what an exchange does; that becomes `unknown`."""
    accounts = [
        account
        for account in declaration.accounts
        if any(key.path in scope.selected for key in account.all_keys())
    ]
    on_event(ReadingStarted(len(accounts), len(scope.selected)))
    twins = _twins(declaration, keyring)
    strangers = declaration.policies.undeclared_keys
    visits = [_Visit(account, scope, keyring, lines, on_event, strangers, twins) for account in accounts]
    await asyncio.gather(*(visit.run() for visit in visits))
    return Sighting(
        readings={str(path): reading for visit in visits for path, reading in visit.readings.items()},
        undeclared_keys=tuple(key for visit in visits for key in visit.undeclared_keys),
        undeclared_subs=tuple(sub for visit in visits for sub in visit.undeclared_subs),
        runner_addresses={path: found for visit in visits for path, found in visit.runner_addresses()},
        notes=tuple(note for visit in visits for note in visit.notes),
        unknown=tuple(note for visit in visits for note in visit.unknown),
    )


class _Visit:
    """One account, asked once."""

    def __init__(
        self,
        account: DesiredAccount,
        scope: Scope,
        keyring: Keyring,
        lines: ReadingLines,
        on_event: Listener,
        strangers: Literal["report", "fail", "ignore"],
        twins: Mapping[KeyPath, str],
    ) -> None:
        self.twins = twins
        self.account = account
        self.keyring = keyring
        self.lines = lines
        self.on_event = on_event
        self.provider = lines.provider(account.exchange)
        self.profile = self.provider.profile
        self.selected = [key for key in account.all_keys() if key.path in scope.selected]
        self.whole = scope.whole
        self.looks_for_more = scope.whole and strangers != "ignore"
        self.must_look = strangers == "fail"
        self.keys = {key.path: key for key in account.all_keys()}
        self.readings: dict[KeyPath, KeyReading] = {}
        self.undeclared_keys: list[UndeclaredKey] = []
        self.undeclared_subs: list[UndeclaredSub] = []
        self.seen_as: dict[Egress, set[str]] = {}
        self.notes: list[str] = []
        self.unknown: list[str] = []
        self.mismatch: str | None = None
        self.locked_out: str | None = None
        self.identified: set[KeyPath] = set()  # keys whose own answer said, or could not say, whose they are
        self.listed: set[str] = set()

    async def run(self) -> None:
        """Ask everything; every selected key has a reading afterwards."""
        for key in self.selected:
            if self._observer(key) is None:
                await self._ask_itself(key)
        for sub in self.account.subs:
            await self._list_sub(sub)
        if self.looks_for_more:
            await self._look_for_more()
        if self.mismatch is not None:
            self._nothing_is_known(self.mismatch)
        for key in self.selected:
            if key.path in self.twins:
                self.readings[key.path] = KeyReading(
                    all_unknown(key, self.profile, Unknown(self.twins[key.path], Trouble.SECRETS))
                )
        for path, reading in self.readings.items():
            self.on_event(KeyRead(path, reading))
        self.on_event(AccountRead(self.account.name))

    def runner_addresses(self) -> Iterator[tuple[str, frozenset[str]]]:
        """For each key the addresses that calls signed with it come from, declared or named by the exchange."""
        for key in self.keys.values():
            egress = self.account.egress_of(key)
            yield str(key.path), egress.addresses | self.seen_as.get(egress, frozenset())

    def _observer(self, key: DesiredKey) -> KeyPath | None:
        """The key that lists this one; None when it is asked with itself."""
        if key.scope == "own" or not self.profile.lists_sub_keys:
            return None
        return key.observed_by or key.managed_by

    def _calls(self, signer: DesiredKey) -> ReadCalls:
        """Calls signed with a key. Raises ExchangeError where it cannot sign, or must not be called from here."""
        if self.locked_out is not None:
            raise ExchangeError(
                Trouble.KEY, f"not called after another key of the account: {self.locked_out}"
            )
        if (why := self._not_callable(signer)) is not None:
            raise ExchangeError(Trouble.ADDRESS, why)
        credential = self.keyring.of(signer)
        calls = self.lines.reading(self.account, self.account.egress_of(signer), credential, str(signer.path))
        if self.profile.counter is not None:
            note = f"{signer.path} was called: {self.profile.counter}"
            self.notes += [note] if note not in self.notes else []
        return calls

    async def _ask_itself(self, key: DesiredKey) -> None:
        if (why := self._not_asked(key)) is not None:
            self.readings[key.path] = KeyReading(all_unobservable(key, self.profile, why))
            return
        try:
            own = await guarded(self.provider.own_key(self._calls(key), key.scope))
        except ExchangeError as error:
            self.readings[key.path] = self._refused(key, error)
            return
        if (elsewhere := _elsewhere(key, own, self._sub_of(key))) is not None:
            self.readings[key.path] = KeyReading(all_unknown(key, self.profile, Unknown(elsewhere)))
            return
        self._check_account(key, own)
        self.identified.add(key.path)
        self.readings[key.path] = KeyReading(with_presence(own.key), own.key)

    def _sub_of(self, key: DesiredKey) -> DesiredSub | None:
        """The declared sub-account of a key."""
        return next((sub for sub in self.account.subs if sub.name == key.path.sub), None)

    def _not_asked(self, key: DesiredKey) -> str | None:
        """Why this key is not asked with itself; None where it is."""
        if not self.profile.reads:
            return f"{self.profile.name} has no API that shows it"
        if not key.held:
            return "its secret is not held here and no other key lists it"
        return self._not_callable(key)

    def _not_callable(self, key: DesiredKey) -> str | None:
        """Why this key must not be called from here; None where it may be."""
        return not_callable(self.account, key, self.profile)

    def _refused(self, key: DesiredKey, error: ExchangeError) -> KeyReading:
        """A refusal for the address is something seen, but where the key should let it in; every other failure leaves
        the key unknown."""
        if error.locks_out:
            self.locked_out = error.what
        if error.seen_address is not None:
            self.seen_as.setdefault(self.account.egress_of(key), set()).add(error.seen_address)
        known = self.account.egress_of(key).addresses or (
            frozenset() if error.seen_address is None else {error.seen_address}
        )
        open_to_all = isinstance(
            key.whitelist, Unrestricted
        )  # so that no address may be refused, known or not
        expected = open_to_all or any(allows(key.whitelist, address) for address in known)
        by_address = error.trouble is Trouble.ADDRESS
        if not expected and (
            by_address or (error.trouble is Trouble.DENIED and is_foreign(self.account, key))
        ):
            seen = f"; it saw {error.seen_address}" if error.seen_address else ""
            why = "not callable from here: its whitelist does not hold this machine's address"
            evidence = f"{self.profile.name} refused a call from here ({error.what}{seen})"
            return KeyReading(all_unobservable(key, self.profile, why), evidence=(evidence,))
        unknown = Unknown(_sentence(error), error.trouble)
        return KeyReading(all_unknown(key, self.profile, unknown))

    def _check_account(self, key: DesiredKey, own: OwnKey) -> None:
        """A declared account id must be the live one, else nothing of this account is what it seems."""
        live, name = own.uid if key.scope == "own" else own.main_uid, self.account.name
        if self.account.id is None:
            return
        if live is None:
            note = f"the id of {name} was not compared: {self.profile.name} does not say whose {key.path} is"
            self.notes.append(note)
        elif live != self.account.id:
            self.mismatch = (
                f"{key.path} belongs to account {live}, but {name} is declared with id {self.account.id}"
            )

    async def _identify(self, observer: KeyPath, calls: ReadCalls) -> None:
        """Before a declared account id is relied on, the key that lists must have said whose it is.

        Raises ExchangeError when it cannot be asked.
        """
        if self.account.id is None or observer in self.identified:
            return
        key = self.keys[observer]
        self._check_account(key, await guarded(self.provider.own_key(calls, key.scope)))
        self.identified.add(observer)

    async def _list_sub(self, sub: DesiredSub) -> None:
        """One listing for all keys of a sub-account that the same key observes."""
        by_observer: dict[KeyPath, list[DesiredKey]] = {}
        for key in sub.keys:
            observer = self._observer(key)
            if observer is not None and (self.whole or key in self.selected):
                by_observer.setdefault(observer, []).append(key)
        for observer, keys in by_observer.items():
            await self._list_with(observer, sub, keys)

    async def _list_with(self, observer: KeyPath, sub: DesiredSub, keys: Sequence[DesiredKey]) -> None:
        declared = sub.keys
        ids = self._ids(declared)
        try:
            calls = self._calls(self.keys[observer])
            await self._identify(observer, calls)
            live = await guarded(self.provider.sub_keys(calls, sub.id, self._in_detail(sub, keys, ids)))
        except ExchangeError as error:
            unknown = Unknown(f"asked through {observer}: {_sentence(error)}", error.trouble)
            for key in keys:
                self.readings[key.path] = KeyReading(all_unknown(key, self.profile, unknown))
            return
        matched = match(declared, ids, live)
        for key in keys:
            self.readings[key.path] = self._matched(key, matched.found[key.path], observer)
        if self.looks_for_more and sub.name not in self.listed:
            self._undeclared_keys(sub, matched.rest)
        self.listed.add(sub.name)

    def _ids(self, declared: Sequence[DesiredKey]) -> dict[KeyPath, str]:
        return {key.path: full for key in declared if (full := self.keyring.id_of(key)) is not None}

    def _in_detail(
        self, sub: DesiredSub, keys: Sequence[DesiredKey], ids: Mapping[KeyPath, str]
    ) -> list[str] | None:
        """The keys whose details a listing is wanted for; None for all: where one's id is not known, and where
        this is the listing that shows what nobody declared."""
        looks = self.looks_for_more and sub.name not in self.listed
        if looks or any(key.path not in ids for key in keys):
            return None
        return [ids[key.path] for key in keys]

    def _undeclared_keys(self, sub: DesiredSub, rest: Sequence[LiveKey]) -> None:
        self.undeclared_keys += [UndeclaredKey(self.account.name, sub.name, sub.id, one) for one in rest]

    def _matched(self, key: DesiredKey, found: LiveKey | Unsure | None, observer: KeyPath) -> KeyReading:
        now = datetime.now(UTC)
        match found:
            case Unsure(candidates):
                why = f"nothing tells which live key it is: {', '.join(candidates)}; declare its key_id or label"
                return KeyReading(all_unknown(key, self.profile, Unknown(why)))
            case None:
                evidence = (f"the listing that {observer} made does not have it",)
                return KeyReading({Facet.PRESENCE: Observed(False, now)}, evidence=evidence)
            case _:
                return KeyReading(with_presence(found), found)

    async def _look_for_more(self) -> None:
        """What nobody declared, where a managing key is declared that can list it."""
        if not self.profile.lists_sub_keys:
            await self._look_for_subs_alone()
            return
        managers = {
            listing
            for key in self.account.all_keys()
            if (listing := key.observed_by or key.managed_by) is not None
        }
        if not managers:
            if self.account.subs:
                why = "no managing key is declared that could list them"
                self._not_looked(f"undeclared keys of {self.account.name}'s sub-accounts", why)
            return
        manager = self.keys[sorted(managers)[0]]
        for sub in self.account.subs:
            if sub.name not in self.listed and not any(self._observer(key) for key in sub.keys):
                await self._look_into(sub, manager)
        if self.profile.lists_sub_accounts:
            await self._look_for_subs(manager)

    async def _look_for_subs_alone(self) -> None:
        """Where no call lists keys: sub-accounts, where one does, by any own key that has answered."""
        if self.account.subs:
            why = f"{self.profile.name}'s API lists none"
            self._not_looked(f"undeclared keys of {self.account.name}'s sub-accounts", why)
        if not self.profile.lists_sub_accounts:
            return
        answered = sorted(path for path in self.identified if path.sub is None)
        if answered:
            await self._look_for_subs(self.keys[answered[0]])
        else:
            self._not_looked(f"sub-accounts of {self.account.name}", "none of its own keys has answered")

    async def _look_into(self, sub: DesiredSub, manager: DesiredKey) -> None:
        """A declared sub-account none of whose keys is listed for its own sake."""
        try:
            live = await guarded(self.provider.sub_keys(self._calls(manager), sub.id, None))
        except ExchangeError as error:
            self._could_not_look(f"keys of the sub-account {self.account.name}/{sub.name}", error)
            return
        self._undeclared_keys(sub, match(sub.keys, self._ids(sub.keys), live).rest)

    async def _look_for_subs(self, manager: DesiredKey) -> None:
        declared = {sub.id for sub in self.account.subs}
        try:
            calls = self._calls(manager)
            live = await guarded(self.provider.sub_accounts(calls))
        except ExchangeError as error:
            self._could_not_look(f"sub-accounts of {self.account.name}", error)
            return
        for sub in live:
            if sub.id not in declared:
                await self._undeclared_sub(calls, sub)

    async def _undeclared_sub(self, calls: ReadCalls, sub: LiveSub) -> None:
        keys: tuple[LiveKey, ...] | None = None
        if self.profile.lists_sub_keys:
            try:
                keys = tuple(await guarded(self.provider.sub_keys(calls, sub.id, None)))
            except ExchangeError as error:
                self._could_not_look(f"keys of the undeclared sub-account {sub.id}", error)
        self.undeclared_subs.append(UndeclaredSub(self.account.name, sub, keys))

    def _could_not_look(self, what: str, error: ExchangeError) -> None:
        """A managing key without the right to list sub-accounts is a fact to note; anything else is unknown."""
        if error.trouble is Trouble.PERMISSION:
            self._not_looked(what, error.what)
        else:
            self.unknown.append(f"{what}: {_sentence(error)}")

    def _not_looked(self, what: str, why: str) -> None:
        """Nobody could look. Where the policy is to fail for strangers, that is unknown: they may be there."""
        (self.unknown if self.must_look else self.notes).append(f"not looked for: {what} ({why})")

    def _nothing_is_known(self, why: str) -> None:
        unknown = Unknown(why)
        for key in self.selected:
            self.readings[key.path] = KeyReading(all_unknown(key, self.profile, unknown))
        self.undeclared_keys.clear()
        self.undeclared_subs.clear()


def _twins(declaration: Declaration, keyring: Keyring) -> dict[KeyPath, str]:
    """Why nothing can be said of keys that are one and the same live key under two names, by path.

    What is wanted of one name would be done to the other; only a person can tell which credential is misplaced.
    """
    named: dict[tuple[str, str, str], list[KeyPath]] = {}
    for account in declaration.accounts:
        for key in account.all_keys():
            full_id = keyring.id_of(key)
            if full_id is not None:
                named.setdefault((account.exchange, account.endpoint, full_id), []).append(key.path)
    return {
        path: f"{' and '.join(map(str, paths))} have the same API key; where this is the wrong"
        f" name for it, store the right one: accesscfg secrets set {path}"
        for paths in named.values()
        if len(paths) > 1
        for path in paths
    }


def with_presence(live: LiveKey) -> dict[Facet, Observation]:
    """The facets of a key that answered or was listed: it is there."""
    return {Facet.PRESENCE: Observed(True, datetime.now(UTC)), **live.facets}


def _elsewhere(key: DesiredKey, own: OwnKey, sub: DesiredSub | None) -> str | None:
    """Why a key that answered is not the declared one: it belongs to another part of the account than it is declared
    in. None where it is, or where the exchange does not say."""
    if own.scope is None or (own.scope == key.scope and (sub is None or own.sub_id in (None, sub.id))):
        return None
    named = "a sub-account" if own.sub_id is None else f"the sub-account {own.sub_id}"
    holder = "the main account" if own.scope == "own" else named
    place = "the main account" if sub is None else f"the sub-account {sub.id}"
    return f"{key.path} is a key of {holder}, but it is declared as one of {place}"


async def guarded(call: Awaitable[_T]) -> _T:
    """The answer of a provider; whatever a provider stumbles over becomes an ExchangeError, so that one odd answer
    never stops the run."""
    try:
        return await call
    except (AccesscfgError, asyncio.CancelledError):
        raise
    except Exception as error:  # noqa: BLE001 (a provider may stumble over anything)
        place = traceback.extract_tb(error.__traceback__)[-1]
        # the place and not the text, which may quote an answer
        log.debug("%s in a provider at %s:%d", type(error).__name__, place.filename, place.lineno or 0)
        raise ExchangeError(
            Trouble.REPLY, f"the answer could not be understood ({type(error).__name__} in the provider)"
        ) from None


def _sentence(error: AccesscfgError) -> str:
    return error.what if error.fix is None else f"{error.what}; {error.fix}"
