"""Taking the accounts of exchanges that have closed out of a declaration. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from accesscfg.config.edits import NotEditable, path_at, without
from accesscfg.config.load import load
from accesscfg.config.source import ProfileSource
from accesscfg.model.edit import FileEdit
from accesscfg.model.errors import AccesscfgError, InvalidDeclaration
from accesscfg.model.findings import Finding, Mark

RETIRED = "retired_exchange"


@dataclass(frozen=True, slots=True)
class Removal:
    """The edits that take these accounts out, and everything that is found in the declaration then."""

    accounts: tuple[str, ...]
    edits: tuple[FileEdit, ...]
    findings: tuple[Finding, ...]

    @property
    def valid(self) -> bool:
        """Whether the declaration is valid then."""
        return all(finding.severity != "error" for finding in self.findings)


def without_retired(file: Path, profiles: ProfileSource, *, sandbox: bool) -> Removal | None:
    """What takes every account of a retired exchange out of the workspace; None where there is none.

    Raises AccesscfgError where a file is written in a way that is not edited.
    """
    marks = _marks(file, profiles, sandbox=sandbox)
    if not marks:
        return None
    accounts: list[str] = []
    edits = []
    for name in dict.fromkeys(mark.file for mark in marks):
        path = Path(name)
        before = path.read_bytes()
        text = before.decode("utf-8-sig")
        found = _accounts(text, [mark for mark in marks if mark.file == name])
        accounts += found
        edits.append(
            FileEdit(path, before, before[: -len(text.encode())] + _edited(text, found, path).encode())
        )
    instead = {str(edit.file): edit.after.decode("utf-8-sig") for edit in edits}
    try:
        result = load(file, profiles, sandbox=sandbox, instead=instead).warnings
    except InvalidDeclaration as error:
        result = tuple(error.findings)
    return Removal(tuple(accounts), tuple(edits), result)


def _marks(file: Path, profiles: ProfileSource, *, sandbox: bool) -> list[Mark]:
    """Where the declaration names a retired exchange."""
    try:
        load(file, profiles, sandbox=sandbox)
    except InvalidDeclaration as error:
        named = (finding.where for finding in error.findings if finding.code == RETIRED)
        return [where for where in named if isinstance(where, Mark)]
    return []


def _accounts(text: str, marks: list[Mark]) -> list[str]:
    """The names of the accounts whose exchange stands at these places."""
    paths = (path_at(text, mark.line, mark.column) for mark in marks)
    return list(dict.fromkeys(path[1] for path in paths if path is not None and len(path) == 3))


def _edited(text: str, accounts: list[str], file: Path) -> str:
    for account in accounts:
        try:
            text = without(text, ("exchanges", account))
        except NotEditable as error:
            raise AccesscfgError(
                f"the account {account} cannot be taken out as the file is written",
                where=str(file),
                fix=str(error),
            ) from None
    return text
