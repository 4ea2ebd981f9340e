"""The user's editor: which it is, and how it is told the line to open at."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

# how editors take a line, by the name of the program; the others get the file alone
_PLUS = (
    "vi",
    "vim",
    "nvim",
    "view",
    "nano",
    "pico",
    "emacs",
    "emacsclient",
    "mg",
    "joe",
    "jed",
    "ne",
    "kak",
    "micro",
)
_COLON = ("hx", "helix", "subl", "zed", "zeditor", "pulsar", "mate")
_GOTO = ("code", "codium", "code-insiders", "cursor", "windsurf")
_USUAL = ("nano", "vi")


def editor_command(environ: Mapping[str, str], file: Path, line: int) -> list[str] | None:
    """The command that opens a file at a line: $VISUAL, $EDITOR, else what there usually is; None without any."""
    named = environ.get("VISUAL") or environ.get("EDITOR") or ""
    path = environ.get("PATH")
    try:
        words = shlex.split(named)
    except ValueError:  # a quote that does not end
        words = [named]
    if not words:
        words = [name for name in _USUAL if shutil.which(name, path=path)][:1]
    return [*words, *_at(Path(words[0]).name, str(file), line)] if words else None


def _at(editor: str, file: str, line: int) -> Sequence[str]:
    if editor in _PLUS:
        return (f"+{line}", file)
    if editor in _COLON:
        return (f"{file}:{line}",)
    if editor in _GOTO:
        return ("--goto", f"{file}:{line}")
    return (file,)


def run_editor(command: Sequence[str], folder: Path) -> str:
    """Let the user edit; a sentence where that did not work, else nothing. The terminal must be free for it."""
    try:
        done = subprocess.run(command, cwd=folder, check=False, env=dict(os.environ))
    except OSError as error:
        return f"{Path(command[0]).name} cannot be started ({error.strerror}); set EDITOR"
    return f"{Path(command[0]).name} ended with code {done.returncode}" if done.returncode else ""
