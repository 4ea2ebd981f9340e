"""Files read with care: bounded in size, inside the workspace, in UTF-8. Problems become findings."""

from __future__ import annotations

import glob
from pathlib import Path, PurePosixPath

from accesscfg.config.notes import Notes, shown
from accesscfg.model.findings import Mark

MOST_BYTES = 10_000_000
_WILD = frozenset("*?[")


def read_text(path: Path, notes: Notes, named_at: Mark | None = None) -> str | None:
    """The file's text without a byte order mark; None, with a finding, when it cannot be had.

    `named_at` is where the declaration names the file: a file that is not there is that place's fault.
    """
    notes.files.append(path)
    where = named_at or Mark(str(path), 1, 1)
    try:
        if path.exists() and not path.is_file():
            notes.error("file", f"{shown(path.name)} is not a file", where)
            return None
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "the name is not one a file can have"
        notes.error("file", f"{shown(path.name)} cannot be read: {why}", where)
        return None
    if len(content) > MOST_BYTES:
        notes.error(
            "too_big",
            f"{shown(path.name)} is larger than {MOST_BYTES // 1_000_000} MB",
            where,
            "split it: `include` takes further files, `ip_pools` take files of addresses",
        )
        return None
    return _decoded(content, path, notes)


def _decoded(content: bytes, path: Path, notes: Notes) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        where = Mark(str(path), before.count(b"\n") + 1, column)
        notes.error("encoding", "the file is not UTF-8 text", where, "save it as UTF-8")
        return None


def is_glob(pattern: str) -> bool:
    """Whether the text has wildcards."""
    return not _WILD.isdisjoint(pattern)


def inside(root: Path, relative: str, folder: Path, where: Mark, notes: Notes) -> Path | None:
    """`folder`/`relative`; None, with a finding, when that leaves the workspace.

    A pull request must not be able to make a run read, and quote in its messages, files from elsewhere.
    """
    path = folder / relative
    try:
        is_inside = path.resolve().is_relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError):
        notes.error("file", f"{shown(relative)} is no name that a file can have", where)
        return None
    if PurePosixPath(relative).is_absolute() or not is_inside:
        notes.error(
            "outside",
            f"{shown(relative)} is outside the workspace",
            where,
            "keep the file in the workspace's folder",
        )
        return None
    return path


def matching(root: Path, pattern: str, where: Mark, notes: Notes) -> list[Path] | None:
    """The files that a glob finds in the workspace, sorted; a pattern without wildcards is itself.

    None, with a finding, when the pattern or something that it finds is outside the workspace.
    """
    if not is_glob(pattern):
        path = inside(root, pattern, root, where, notes)
        return None if path is None else [path]
    if PurePosixPath(pattern).is_absolute() or ".." in PurePosixPath(pattern).parts or "\0" in pattern:
        notes.error(
            "outside", f"{shown(pattern)} leaves the workspace", where, "write a glob relative to this file"
        )
        return None
    found = sorted(glob.glob(pattern, root_dir=root, recursive=True))
    paths = [inside(root, name, root, where, notes) for name in found if (root / name).is_file()]
    return None if None in paths else [path for path in paths if path is not None]
