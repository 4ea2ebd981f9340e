"""Attestations for tests: a declaration of one account, a key in it, and the entries that state it is as declared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from accesscfg.engine.attested import Ages, Register, binding, by_slot, judged, says_of
from accesscfg.engine.compare import compare
from accesscfg.model.attestation import Attestation
from accesscfg.model.desired import Declaration, DesiredAccount, DesiredKey, DesiredSub, Egress, Policies
from accesscfg.model.findings import Mark
from accesscfg.model.observed import Facet, KeyReading, LiveKey
from accesscfg.model.plan import ChangeValue, FacetResult
from tests.support.build import NOW, profile

MARK = Mark("exchanges.yaml", 1, 1)
POLICIES = Policies(attestation_max_age_days=90)


def declaration(key: DesiredKey, *, sub_id: str = "s-1", policies: Policies = POLICIES) -> Declaration:
    """A declaration with this key alone."""
    own = (key,) if key.path.sub is None else ()
    sub = DesiredSub("sub", sub_id, MARK, Egress(), () if own else (key,))
    account = DesiredAccount("main", "toy", MARK, "production", Egress(), None, own, (sub,))
    return Declaration(Path("."), Path("exchanges.yaml"), (account,), policies, {}, (), "d" * 64)


def register(
    declared: Declaration,
    entries: Iterable[Attestation] = (),
    key_id: str | None = "id-1",
    *,
    sandbox: bool = False,
) -> Register:
    """The register of a run at NOW in which every key has this id."""
    ages = Ages.of(declared.policies, NOW)
    return Register(declared, by_slot(entries), lambda _: key_id, ages, sandbox)


def entry(
    book: Register, key: DesiredKey, facet: Facet, wanted: ChangeValue, live: LiveKey | None = None
) -> Attestation:
    """What Alice states at NOW about a facet of a key."""
    fingerprint = book.fingerprint(key, live)
    return Attestation(
        key=str(key.path),
        facet=facet,
        says=says_of(facet, wanted),
        fingerprint=fingerprint,
        hash=binding(str(key.path), facet, wanted, fingerprint),
        by="Alice",
        at=NOW,
        where=Mark("attestations.yaml", 3, 5),
    )


def all_entries(book: Register, key: DesiredKey, reading: KeyReading) -> tuple[Attestation, ...]:
    """Statements about every compared facet of a key, whatever its state."""
    results = compare(key, reading, profile())
    return tuple(entry(book, key, one.facet, one.wanted, reading.live) for one in results)


def facets(book: Register, key: DesiredKey, reading: KeyReading) -> dict[Facet, FacetResult]:
    """The facets of a key as a plan has them."""
    results, _ = judged(book, key, reading, compare(key, reading, profile()))
    return {one.facet: one for one in results}


def remarks(book: Register, key: DesiredKey, reading: KeyReading) -> tuple[str, ...]:
    """What a plan notes of the attestations of a key."""
    return judged(book, key, reading, compare(key, reading, profile()))[1]


def with_entries(book: Register, entries: Iterable[Attestation]) -> Register:
    """The same run with these attestations."""
    return replace(book, entries=by_slot(entries))
