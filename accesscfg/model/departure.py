"""When an address left the declaration, as far as anybody kept a record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Source = Literal["git", "trail", "applied", "nowhere", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Departure:
    """What is known of an address that is not declared for a key, nor in a pool, now.

    `git`: a commit (`by`) took it out of a file (`file`); without a commit the edit is not committed yet. `trail`: an
    edit that this program made, by the person `by`. `applied`: it was declared on that day, as a plan with it was
    applied then; nobody kept when it went. `nowhere`: the whole history of the files that git has does not have it.
    `elsewhere`: it is declared for other keys (`by`).
    """

    source: Source
    at: date | None = None
    by: str = ""
    file: str = ""

    def __str__(self) -> str:
        match self.source:
            case "git" if self.at is None:
                return f"left {self.file}, not committed yet"
            case "git":
                return f"left {self.file} {self.at} ({self.by})"
            case "trail":
                return f"taken out {self.at} by {self.by}"
            case "applied":
                return f"still declared on {self.at}, when it was applied"
            case "elsewhere":
                return f"not for this key, declared for {self.by}"
            case "nowhere":
                return "never declared, as far as git goes back"
