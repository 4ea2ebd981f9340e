"""The one façade that the command line, the TUI and library users call.

    workspace = Workspace.open(Path("."))
    plan = await workspace.plan()
    with workspace.locked():
        result = await workspace.apply(plan, allow=["last-address=binance-main/bot"])

Nothing heavy is imported before the method that needs it is called.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from accesscfg.workspace.applying import Applying
from accesscfg.workspace.credentials import SecretEntry
from accesscfg.workspace.editing import Editing
from accesscfg.workspace.fixing import Fixing
from accesscfg.workspace.offline import Validation
from accesscfg.workspace.place import SANDBOX_VARIABLE

__all__ = ["SANDBOX_VARIABLE", "SecretEntry", "Validation", "Workspace"]


class Workspace(Applying, Fixing, Editing):
    """One workspace on this machine."""

    @classmethod
    def open(cls, path: Path | None, environ: Mapping[str, str] | None = None) -> Self:
        """The workspace of a file or folder, or of the current folder. Raises AccesscfgError when there is none."""
        from accesscfg.config import find

        return cls(find(path), os.environ if environ is None else environ)
