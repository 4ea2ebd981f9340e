"""What can be said of a workspace without asking anybody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from accesscfg.model.errors import (
    InvalidDeclaration,
)
from accesscfg.model.findings import Finding, Mark

if TYPE_CHECKING:
    from accesscfg.config.retired import Removal
    from accesscfg.model.attestation import Attestation
    from accesscfg.model.departure import Departure
    from accesscfg.model.desired import Declaration, DesiredKey, Pool
    from accesscfg.model.edit import FileEdit
    from accesscfg.model.history import History
    from accesscfg.model.paths import KeyPath

from accesscfg.workspace.place import Place, writes


@dataclass(frozen=True, slots=True)
class Validation:
    """What an offline look at the workspace found; `declaration` is None where it is not valid."""

    declaration: Declaration | None
    findings: tuple[Finding, ...]


class Offline(Place):
    """Reads and edits the workspace's files."""

    def load(self) -> Declaration:
        """The declaration. Raises InvalidDeclaration with every finding."""
        from accesscfg.config import load

        return load(self.file, self.profiles, sandbox=self.sandbox_url is not None)

    def validate(self) -> Validation:
        """Everything that can be said offline; bad input becomes findings."""
        from accesscfg.policy.declared import violations

        try:
            declaration = self.load()
        except InvalidDeclaration as error:
            return Validation(None, error.findings)
        findings = (*declaration.warnings, *violations(declaration, self.profiles))
        try:
            return Validation(declaration, (*findings, *self.attestations(declaration)[1]))
        except InvalidDeclaration as error:
            return Validation(declaration, (*findings, *error.findings))

    @cached_property
    def attestations_file(self) -> Path:
        """Where attestations are kept: beside the declaration, in git. What is attested in the sandbox counts there
        only, and stays on this machine."""
        folder = self.root if self.sandbox_url is None else self.root / ".accesscfg"
        return folder / "attestations.yaml"

    def attestations(self, declaration: Declaration) -> tuple[tuple[Attestation, ...], tuple[Finding, ...]]:
        """Every entry, and warnings about those that count no longer, as far as that can be said offline.

        Raises InvalidDeclaration with every finding.
        """
        from accesscfg.config.attestations import read_attestations
        from accesscfg.engine.attested import Ages
        from accesscfg.engine.attested_offline import attestation_findings
        from accesscfg.policy.lifecycle import utc_now

        now = utc_now()
        entries = read_attestations(self.attestations_file, self.root, now)
        ages = Ages.of(declaration.policies, now)
        sandbox = self.sandbox_url is not None
        findings = attestation_findings(declaration, entries, self.profile_of, ages, sandbox=sandbox)
        if any(finding.severity == "error" for finding in findings):
            raise InvalidDeclaration(findings)
        return entries, findings

    def history(self, most: int = 2000) -> History:
        """What this machine's audit trail tells: its last lines, and where its chain does not hold."""
        from accesscfg.audit import history, verify
        from accesscfg.model.history import History

        trail = self.root / ".accesscfg" / "audit.jsonl"
        try:
            problems = (f"line {one.line}: {one.what}" for one in verify(trail))
            return History(history(trail, most), tuple(problems))
        except OSError as error:
            return History((), (f"the trail cannot be read ({error.strerror})",))

    def departures(self, key: KeyPath, entries: Collection[str]) -> dict[str, Departure]:
        """When addresses that are live on a key, and that no file declares now, left the declaration: what git's
        history and this machine's audit trail tell of it, and nothing where neither does. May take a while."""
        from accesscfg.departures import departures

        return departures(self.load(), key, entries, self.history().records)

    def place_of_pool(self, pool: Pool, entry: str | None = None) -> Mark:
        """Where the addresses of a pool stand, to edit them: in its file, at the line of `entry` where that is there,
        else where the pool is declared."""
        from accesscfg.config.outline import NotEditable
        from accesscfg.config.pool_edits import file_of_pool
        from accesscfg.config.poolfile import words_of
        from accesscfg.model.networks import parse_entry

        def stands_for(text: str) -> bool:
            try:
                return parse_entry(text) == entry
            except ValueError:
                return False

        try:
            file = file_of_pool(pool, Path(pool.where.file).read_text(encoding="utf-8-sig"))
            if file is None:
                return pool.where
            words = words_of(file.read_text(encoding="utf-8-sig"), str(file))
        except (OSError, ValueError, NotEditable):
            return pool.where
        return next((word.where for word in words if stands_for(word.text)), Mark(str(file), 1, 1))

    def declared_lines(self, key: DesiredKey) -> tuple[tuple[int, str], ...]:
        """The lines that declare a key, with their numbers; none where the file cannot be read any more."""
        from accesscfg.config.excerpt import entry_lines

        try:
            text = Path(key.where.file).read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            return ()
        return entry_lines(text, key.where.line)

    def without_retired(self) -> Removal | None:
        """The edits that take the accounts of retired exchanges out of the declaration; None where there are none.

        Raises AccesscfgError where a file is written in a way that is not edited.
        """
        from accesscfg.config.retired import without_retired

        return without_retired(self.file, self.profiles, sandbox=self.sandbox_url is not None)

    @writes
    def write_edits(self, edits: Sequence[FileEdit]) -> None:
        """Write edited files of the declaration, each whole or not at all. Raises AccesscfgError."""
        from accesscfg.config.replacing import replace_file

        for edit in edits:
            replace_file(edit.file, edit.before, edit.after)
