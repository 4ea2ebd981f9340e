"""What was opened at a terminal, kept in memory so that nobody is asked for a passphrase at each look."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from accesscfg.secrets.opened import Opened


@dataclass(frozen=True, slots=True)
class Kept:
    """Opened files, and a digest of each as it was then."""

    opened: Opened
    digests: Mapping[Path, str]

    @classmethod
    def of(cls, opened: Opened, files: Sequence[Path]) -> Kept:
        """What was opened of these files just now."""
        return cls(opened, {file: _digest(file) for file in files})

    def fits(self, files: Collection[Path]) -> bool:
        """Whether it has all these files, as they are now."""
        return all(file in self.digests and self.digests[file] == _digest(file) for file in files)


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""
