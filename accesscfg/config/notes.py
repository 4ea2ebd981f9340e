"""Collecting what is wrong: every check notes its findings and goes on, so that one run says everything."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from accesscfg.model.findings import Finding, Mark, Severity

_LONGEST = 60


class Notes:
    """The findings of one run, and the `files` that it looked at."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.files: list[Path] = []

    def error(self, code: str, message: str, where: Mark, hint: str | None = None) -> None:
        """Note what makes the declaration invalid."""
        self._note("error", code, message, where, hint)

    def warning(self, code: str, message: str, where: Mark, hint: str | None = None) -> None:
        """Note what a person should look at."""
        self._note("warning", code, message, where, hint)

    def _note(self, severity: Severity, code: str, message: str, where: Mark, hint: str | None) -> None:
        # here and not in each message: any of them may hold a name from the file
        clean = None if hint is None else _printable(hint)
        self.findings.append(Finding(severity, code, _printable(message), where, clean))

    @property
    def failed(self) -> bool:
        """Whether there is any error."""
        return any(finding.severity == "error" for finding in self.findings)

    def by_place(self) -> tuple[Finding, ...]:
        """Everything, each thing once, in the order of the files' lines."""
        return tuple(sorted(dict.fromkeys(self.findings), key=_place))


def _place(finding: Finding) -> tuple[str, int, int, str]:
    where = finding.where
    if isinstance(where, Mark):
        return (where.file, where.line, where.column, finding.code)
    return (where or "", 0, 0, finding.code)


def shown(text: object) -> str:
    """Text from a file as a message shows it: in backticks, and shortened."""
    plain = str(text)
    return f"`{plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + '…'}`"


def _printable(text: str) -> str:
    """The text with nothing in it that a terminal obeys."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def listed(words: Iterable[str], join: str = "and") -> str:
    """`a, b and c`."""
    several = list(words)
    if len(several) < 2:
        return "".join(several)
    return f"{', '.join(several[:-1])} {join} {several[-1]}"


def nearest(word: str, known: Iterable[str], closeness: float = 0.6) -> str | None:
    """The known word that is spelled most like this one; None when none is close."""
    found = difflib.get_close_matches(word[:_LONGEST].lower(), list(known), 1, closeness)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "there are") -> str | None:
    """The hint for a word that there is not: the nearest spelling, else every word that there is."""
    words = sorted(known)
    close = nearest(word, words)
    if close is not None:
        return f"did you mean {shown(close)}?"
    if not words:
        return None
    more = f" and {len(words) - 20} more" if len(words) > 20 else ""
    return f"{otherwise}: {', '.join(words[:20])}{more}"
