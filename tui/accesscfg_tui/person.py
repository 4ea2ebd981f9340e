"""Who sits here, as a proposal for a name that a person then confirms."""

from __future__ import annotations

import getpass
import subprocess
from pathlib import Path

_AT_MOST_S = 2.0


def name_of_person(folder: Path) -> str:
    """The name that git has for them in this folder, else the one of their login, else nothing. May take a moment."""
    return _git_name(folder) or _login()


def _git_name(folder: Path) -> str:
    try:
        asked = subprocess.run(
            ["git", "config", "user.name"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_AT_MOST_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    name = asked.stdout.decode("utf-8", "replace").strip()
    return name if asked.returncode == 0 and name.isprintable() else ""


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in containers
        return ""
