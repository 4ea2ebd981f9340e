"""What a check of the declaration found, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file; `line` and `column` count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One error or warning. `code` is a stable word for programs, `hint` the next step or the nearest spelling.

    `kind` separates a declaration that is not valid (exit 65) from one that a policy forbids (exit 4).
    """

    severity: Severity
    code: str
    message: str
    where: Mark | str | None = None
    hint: str | None = None
    kind: Literal["declaration", "policy"] = "declaration"

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where is not None else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.severity}: {self.message}{hint}"
