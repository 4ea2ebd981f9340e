"""What git's history of the workspace tells of addresses that no file has any more. It reads only, and asks nobody."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from accesscfg.model.departure import Departure

AT_MOST_S = 20.0
MOST_BYTES = 20_000_000  # of a history's differences
_SAFE = ("-c", "core.fsmonitor=false", "-c", "protocol.allow=never", "-c", "log.showRoot=true")
_LOG = (
    *("log", "--no-color", "--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-renames"),
    *("--first-parent", "-m", "-p", "-U0", "-E", "-i", "--no-notes", "--format=%x00%h %cs"),
)
# what declares, and lists: files of these kinds too that are gone by now
_KINDS = ("*.yaml", "*.yml", "*.txt", ":(exclude)attestations.yaml", ":(exclude).accesscfg")


def departures(root: Path, files: Iterable[Path], entries: Iterable[str]) -> dict[str, Departure]:
    """When each of these entries left the files of the declaration below `root`; nothing of those of which git cannot
    tell. `files` are those that there are now. Takes its time where the history is long."""
    wanted = {entry: words_with(entry) for entry in entries}
    if not wanted or _git(root, "rev-parse", "--is-inside-work-tree") != "true":
        return {}
    either = "|".join(pattern.pattern for pattern in wanted.values())
    own = [f":(literal){file.relative_to(root)}" for file in files if file.is_relative_to(root)]
    told = _git(root, "-c", "core.quotePath=false", *_LOG, f"-G{either}", "--", *own, *_KINDS)
    if told is None:
        return {}
    whole = _git(root, "rev-parse", "--is-shallow-repository") == "false" and _is_kept(root, own)
    found = {entry: Departure("nowhere") for entry in wanted} if whole else {}
    for entry, pattern in wanted.items():
        moves = (
            (moved, commit, day) for commit, day, lines in _commits(told) if (moved := _moved(lines, pattern))
        )
        for (file, gone), commit, day in moves:
            found.pop(entry, None)
            if gone:
                found[entry] = Departure("git", date.fromisoformat(day), commit, file)
            elif not _has(root / file, pattern):
                found[entry] = Departure("git", file=file)
            break
    return found


def words_with(entry: str) -> re.Pattern[str]:
    """Finds an entry that stands in a line as a word of its own."""
    return re.compile(_pattern(entry), re.IGNORECASE)


def _has(file: Path, pattern: re.Pattern[str]) -> bool:
    try:
        return any(pattern.search(line) for line in file.read_text("utf-8", "replace").splitlines())
    except OSError:
        return False


def _pattern(entry: str) -> str:
    """The entry as a word, in the syntax that git's extended expressions and Python's share."""
    signs = "0-9a-fA-F:." if ":" in entry else "0-9."
    whole = "" if "/" in entry else "(/32|/128)?"
    return f"(^|[^{signs}]){entry.replace('.', '[.]')}{whole}($|[^{signs}/])"


def _commits(told: str) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Each commit, the newest first: its name, its day, and its changed lines with the files that they are in."""
    for part in told.split("\0")[1:]:
        head, _, body = part.partition("\n")
        commit, _, day = head.partition(" ")
        yield commit, day, list(_changed(body))


def _changed(body: str) -> Iterator[tuple[str, str]]:
    file, in_head = "", False
    for line in body.split("\n"):
        if line.startswith("diff --git "):
            file, in_head = "", True
        elif in_head and line.startswith(("--- a/", "+++ b/")):
            file = line[6:].rstrip("\t")
        elif line.startswith("@@"):
            in_head = False
        elif not in_head and line[:1] in ("+", "-"):
            yield file, line


def _moved(lines: Iterable[tuple[str, str]], pattern: re.Pattern[str]) -> tuple[str, bool] | None:
    """The file and whether it went, where a commit moved an entry; None where it is not about it."""
    touched = [(file, line[0]) for file, line in lines if pattern.search(line[1:])]
    if not touched:
        return None
    added = [file for file, sign in touched if sign == "+"]
    return (added[-1], False) if added else (touched[-1][0], True)


def _is_kept(root: Path, own: Iterable[str]) -> bool:
    """Whether git has every file of the declaration."""
    return all(_git(root, "ls-files", "--", file) for file in own)


def _git(root: Path, *words: str) -> str | None:
    """What git says; None where it says nothing in time, or fails."""
    try:
        asked = subprocess.run(
            ["git", "--no-pager", *_SAFE, *words],
            cwd=root,
            env={**_environment(os.environ), "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=AT_MOST_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if asked.returncode != 0 or len(asked.stdout) > MOST_BYTES:
        return None
    return asked.stdout.decode("utf-8", "replace").strip("\n")


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name in ("PATH", "HOME", "XDG_CONFIG_HOME")} | {
        "LC_ALL": "C"
    }
