"""Which run holds a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """A run of accesscfg on this machine that holds a workspace: who started it, when (UTC), and what it does."""

    who: str
    process: int
    since: datetime
    what: str = ""

    def __str__(self) -> str:
        doing = f" ({self.what})" if self.what else ""
        return f"{self.who}, process {self.process}, since {self.since:%H:%M:%S} UTC{doing}"
