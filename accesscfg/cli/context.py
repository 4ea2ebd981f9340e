"""What every command gets: the global options, and through them the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accesscfg.report import Words
    from accesscfg.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Settings:
    """The global options; `path` is None for the workspace of the current folder."""

    path: Path | None = None
    no_color: bool = False
    verbose: bool = False


def open_workspace(settings: Settings) -> Workspace:
    """The workspace that the options name. Raises AccesscfgError when there is none."""
    from accesscfg.workspace import Workspace

    return Workspace.open(settings.path)


def words_of(workspace: Workspace) -> Words:
    """What renderings take from the profiles."""
    from accesscfg.report import Words

    return Words(workspace.profiles.get)
