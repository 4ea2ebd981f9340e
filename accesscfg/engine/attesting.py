"""What can be attested of a key after a look at it, and the entries for it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from accesscfg.config.attestations import LONGEST
from accesscfg.engine.attested import ATTESTABLE, Register, binding, says_of
from accesscfg.model.attestation import Attestation, Attested, AttestResult
from accesscfg.model.desired import DesiredKey
from accesscfg.model.errors import Refused, UsageError
from accesscfg.model.observed import Facet, LiveKey
from accesscfg.model.plan import FacetResult, FacetState, KeyResult

_OPEN = ATTESTABLE | {FacetState.ATTESTED}


@dataclass(frozen=True, slots=True)
class Choice:
    """The facets of a key that are to be attested; those that could not be asked; those that differ."""

    chosen: tuple[FacetResult, ...]
    unknown: tuple[FacetResult, ...]
    drift: tuple[FacetResult, ...]


def choose(result: KeyResult, asked: Sequence[Facet]) -> Choice:
    """What to attest of a key: the facets asked for, or all that cannot be fully seen.

    Where one that was asked for could not be asked this time, nothing is chosen. Raises Refused for what differs or
    can be seen, UsageError for a facet that is not compared.
    """
    by_facet = {one.facet: one for one in result.facets}
    for facet in asked:
        if facet not in by_facet:
            raise UsageError(
                f"{facet} of {result.path} is not compared, so there is nothing to attest",
                fix=f"it is one of {', '.join(by_facet)}",
            )
    looked_at = [by_facet[facet] for facet in dict.fromkeys(asked)] or list(result.facets)
    unknown = tuple(one for one in looked_at if one.state is FacetState.UNKNOWN)
    drift = tuple(one for one in looked_at if one.state is FacetState.DRIFT)
    chosen = tuple(one for one in looked_at if one.state in _OPEN)
    if drift and (asked or not chosen):
        raise _differs(result, drift)
    seen = [one for one in looked_at if one.state is FacetState.IN_SYNC]
    if asked and seen:
        raise Refused(
            f"{', '.join(one.facet for one in seen)} of {result.path} can be seen, and is as declared",
            why="an attestation is for what an exchange does not fully show",
            fix="leave --facet out to attest what cannot be seen",
        )
    return Choice(() if asked and unknown else chosen, unknown, drift)


def _differs(result: KeyResult, drift: Sequence[FacetResult]) -> Refused:
    return Refused(
        f"{', '.join(one.facet for one in drift)} of {result.path} differs from the declaration",
        why="the exchange shows it, so nobody can attest that it is as declared; nothing was recorded",
        fix=f"accesscfg plan --target {result.path} shows how it differs",
    )


def statements(
    register: Register,
    key: DesiredKey,
    live: LiveKey | None,
    chosen: Sequence[FacetResult],
    by: str,
    note: str | None,
) -> tuple[Attestation, ...]:
    """The entries that state, as of now, that these facets of a key are as declared."""
    path, fingerprint = str(key.path), register.fingerprint(key, live)
    return tuple(
        Attestation(
            key=path,
            facet=one.facet,
            says=says_of(one.facet, one.wanted),
            fingerprint=fingerprint,
            hash=binding(path, one.facet, one.wanted, fingerprint),
            by=by,
            at=register.ages.now.replace(microsecond=0),
            note=note,
        )
        for one in chosen
    )


def recorded(
    result: KeyResult,
    file: Path,
    choice: Choice,
    entries: Sequence[Attestation],
    register: Register,
    evidence: tuple[str, ...],
) -> AttestResult:
    """What an `attest` did, for a person."""
    return AttestResult(
        key=result.path,
        exchange=result.exchange,
        file=file,
        sandbox=register.sandbox,
        attested=tuple(Attested(one.facet, one.says, register.ages.statement(one)) for one in entries),
        unknown=tuple((one.facet, one.why) for one in choice.unknown),
        drift=tuple(one.facet for one in choice.drift),
        evidence=evidence,
    )


def facet_named(name: str) -> Facet:
    """The facet of that name. Raises UsageError."""
    try:
        return Facet(name)
    except ValueError:
        raise UsageError(f"there is no facet {name!r}", fix=f"it is one of {', '.join(Facet)}") from None


def statable(text: str, option: str) -> str:
    """What a person gave for a name or a note: one line that shows as it is. Raises UsageError."""
    stripped = text.strip()
    if not stripped or not stripped.isprintable() or len(stripped) > LONGEST:
        raise UsageError(
            f"{option} takes one line of up to {LONGEST} visible characters", fix=f'write {option} "…"'
        )
    return stripped
