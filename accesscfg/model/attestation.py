"""Attestations: what people have stated about facets that cannot be fully seen, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from accesscfg.model.findings import Mark
from accesscfg.model.observed import Facet
from accesscfg.model.paths import KeyPath

# the readable value: a word or text, or the entries of a set
Says = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attestation:
    """One entry of the workspace's attestations: a person's statement that a facet is as declared.

    `hash` binds the key's path, the facet, the wanted value and `fingerprint`, which stands for the key's id (see
    `engine.attested`). `says` is that value for the reader of the file. `at` is in UTC. `where` is its place in the
    file, None for one that is not written yet.
    """

    key: str
    facet: Facet
    says: Says
    fingerprint: str
    hash: str
    by: str
    at: datetime
    note: str | None = None
    where: Mark | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """An attestation that stands, as it is shown with its facet. `until` is None where no policy limits its age."""

    by: str
    at: datetime
    until: datetime | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Attested:
    """One facet that was just attested: what was stated about it."""

    facet: Facet
    says: Says
    statement: Statement


@dataclass(frozen=True, slots=True)
class AttestResult:
    """What one `attest` recorded in `file`, and the facets of that key that it could not.

    `sandbox`: it was a key of the sandbox, and counts there only.

    `unknown`: what could not be asked this time, with the reason; `drift`: what the exchange shows to differ.
    `evidence` are sentences about what was seen all the same.
    """

    key: KeyPath
    exchange: str
    file: Path
    sandbox: bool
    attested: tuple[Attested, ...]
    unknown: tuple[tuple[Facet, str], ...] = ()
    drift: tuple[Facet, ...] = ()
    evidence: tuple[str, ...] = ()


def attest_exit_code(result: AttestResult) -> int:
    """The exit code of `attest`: 3 where something could not be asked, else 0."""
    return 3 if result.unknown else 0
