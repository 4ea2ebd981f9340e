"""Which attestations still count, and what a facet becomes for which one does. Pure.

An attestation binds the path of a key, the facet, the wanted value with its pools written out, and a fingerprint of
the key: of its id, so that a new key behind the same name voids it. It is no signature. Whoever can write the file can
compute the hash, so that the review of the file is what protects it; therefore what an entry says in words has to be
what it binds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accesscfg.model.attestation import Attestation, Says, Statement
from accesscfg.model.canonical import digest, encode
from accesscfg.model.desired import Declaration, DesiredAccount, DesiredKey, Policies
from accesscfg.model.networks import Addresses, sorted_entries
from accesscfg.model.observed import Facet, KeyReading, LiveKey
from accesscfg.model.plan import ChangeValue, FacetResult, FacetState

ATTESTABLE = frozenset({FacetState.CONSISTENT, FacetState.UNOBSERVABLE})
_NO_ID = "no-id"


def binding(path: str, facet: Facet, wanted: ChangeValue, fingerprint: str) -> str:
    """What ties an attestation to what it is about, as it stands in the file."""
    return "sha256:" + digest("attestation", path, facet.value, encode(wanted), fingerprint)


def says_of(facet: Facet, wanted: ChangeValue) -> Says:
    """A wanted value for the reader of the file; the same value always gives the same words."""
    match wanted:
        case frozenset():
            return tuple(sorted(wanted))
        case Addresses(entries):
            return tuple(sorted_entries(entries))
        case bool() if facet is Facet.PRESENCE:
            return "exists" if wanted else "does not exist"
        case bool():
            return "enabled" if wanted else "disabled"
        case _:
            return str(wanted)


def fingerprint(
    account: DesiredAccount, key: DesiredKey, full_id: str | None, live: LiveKey | None, *, sandbox: bool
) -> str:
    """What stands for the key itself: its full id, else the visible part of a masked one, else where it is.

    `full_id` is from the declaration or the secrets. A key of the sandbox is another one than its live namesake.
    """
    world = "sandbox" if sandbox else "live"
    if full_id is None and live is not None and live.key_id and not live.masked:
        full_id = live.key_id
    if full_id is not None:
        return _print_of("id", world, account.exchange, full_id)
    if live is not None and live.key_id and live.key_id.strip("*"):
        return _print_of("part", world, account.exchange, live.key_id)
    sub = account.sub(key.path.sub)
    place = (account.exchange, account.endpoint, account.id, None if sub is None else sub.id)
    return _print_of(_NO_ID, world, *place)


def _print_of(kind: str, *parts: str | None) -> str:
    return f"{kind}:{digest('key', kind, *parts)[:32]}"


def changed_key(then: str, now: str) -> str:
    """Why a fingerprint is no longer that of the key, in words; empty where it is."""
    if then == now:
        return ""
    kinds = (then.partition(":")[0], now.partition(":")[0])
    if kinds[0] == kinds[1] == _NO_ID:
        return "the key is in another account or sub-account now"
    if kinds[0] == kinds[1]:
        return "it is another key now"
    if kinds[0] == _NO_ID:
        return "the key's id was not known then, and is now"
    if kinds[1] == _NO_ID:
        return "the key's id was known then, and is not now"
    return "the key's id is known in another way than then"


def by_slot(entries: Iterable[Attestation]) -> dict[tuple[str, Facet], Attestation]:
    """Entries by key path and facet."""
    return {(entry.key, entry.facet): entry for entry in entries}


def entry_of(
    entries: Mapping[tuple[str, Facet], Attestation], key: DesiredKey, facet: Facet
) -> Attestation | None:
    """The entry about a facet of a key, under its present name, else under the previous one."""
    names = (key.path,) if key.previously is None else (key.path, key.previously)
    return next((entries[str(name), facet] for name in names if (str(name), facet) in entries), None)


@dataclass(frozen=True, slots=True)
class Ages:
    """How long attestations count, and when their end is near; `most_days` None: for ever."""

    most_days: int | None
    warn_days: int
    now: datetime

    @classmethod
    def of(cls, policies: Policies, now: datetime) -> Ages:
        """As the policies say."""
        return cls(policies.attestation_max_age_days, policies.warn_before_expiry_days, now)

    def until(self, at: datetime) -> datetime | None:
        """When what was stated at a time stops to count."""
        return None if self.most_days is None else at + timedelta(days=self.most_days)

    def statement(self, entry: Attestation) -> Statement:
        """An entry that counts, as it is shown."""
        return Statement(entry.by, entry.at, self.until(entry.at), entry.note)

    def too_old(self, at: datetime) -> str:
        """Why what was stated at a time counts no longer; empty where it does."""
        until = self.until(at)
        if until is None or self.now < until:
            return ""
        return f"it is older than the {self.most_days} days of attestation_max_age"

    def ends_soon(self, at: datetime) -> bool:
        """Whether it is time to look again."""
        until = self.until(at)
        return until is not None and until - self.now <= timedelta(days=self.warn_days)


def void(entry: Attestation, wanted: ChangeValue, ages: Ages) -> str:
    """Why an entry counts no longer, as far as its key's id need not be known; empty where it does."""
    if entry.hash != binding(entry.key, entry.facet, wanted, entry.fingerprint):
        return "what is declared has changed since"
    if entry.says != says_of(entry.facet, wanted):
        return "what the entry says is not what its hash binds"
    return ages.too_old(entry.at)


@dataclass(frozen=True, slots=True)
class Register:
    """The attestations of a workspace by key path and facet, with what judging them needs.

    `id_of` gives a key's full id from the declaration or the secrets, None where neither has one.
    """

    declaration: Declaration
    entries: Mapping[tuple[str, Facet], Attestation]
    id_of: Callable[[DesiredKey], str | None]
    ages: Ages
    sandbox: bool

    def fingerprint(self, key: DesiredKey, live: LiveKey | None) -> str:
        """What stands for a key in this run."""
        account = self.declaration.account(key.path.account)
        return fingerprint(account, key, self.id_of(key), live, sandbox=self.sandbox)


def judged(
    register: Register | None, key: DesiredKey, reading: KeyReading, results: tuple[FacetResult, ...]
) -> tuple[tuple[FacetResult, ...], tuple[str, ...]]:
    """The facets of a key with what was attested of them, and remarks for a person.

    Only what is `consistent` or `unobservable` can become `attested`; no other facet is touched.
    """
    if register is None or not register.entries:
        return results, ()
    found: list[FacetResult] = []
    remarks: list[str] = []
    for result in results:
        entry = entry_of(register.entries, key, result.facet)
        if entry is None:
            found.append(result)
            continue
        why = void(entry, result.wanted, register.ages) or changed_key(
            entry.fingerprint, register.fingerprint(key, reading.live)
        )
        found.append(_with(key, result, entry, why, register.ages))
        remarks += [] if why else _remarks(key, result, entry, register.ages)
    return tuple(found), tuple(remarks)


def _with(key: DesiredKey, result: FacetResult, entry: Attestation, why: str, ages: Ages) -> FacetResult:
    if result.state not in ATTESTABLE:
        return result
    if why:
        lost = (
            f"what {entry.by} attested on {entry.at:%Y-%m-%d} no longer counts: {why}; look again, then:"
            f" accesscfg attest {key.path} --by NAME"
        )
        return replace(result, why=f"{result.why}; {lost}" if result.why else lost)
    return replace(result, state=FacetState.ATTESTED, attestation=ages.statement(entry))


def _remarks(key: DesiredKey, result: FacetResult, entry: Attestation, ages: Ages) -> list[str]:
    """What a person should know of an entry that counts."""
    if result.state is FacetState.DRIFT:
        return [
            f"{entry.by} attested on {entry.at:%Y-%m-%d} that its {result.facet} is as declared; the exchange"
            " shows now that it is not"
        ]
    if result.state in ATTESTABLE and ages.ends_soon(entry.at):
        return [
            f"what {entry.by} attested of its {result.facet} counts until {ages.until(entry.at):%Y-%m-%d};"
            f" look again, then: {renewal(key, result.facet)}"
        ]
    return []


def renewal(key: DesiredKey, facet: Facet) -> str:
    """The command that attests a facet anew."""
    return f"accesscfg attest {key.path} --facet {facet} --by NAME"
