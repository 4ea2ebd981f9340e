"""Putting an edited file in the place of the one that was read: whole or not at all."""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from accesscfg.model.errors import AccesscfgError

COPY_PREFIX = ".accesscfg-"


def replace_file(file: Path, before: bytes | None, after: bytes) -> None:
    """Write `after` to a file that still holds `before`, or make the file where that is None.

    Its mode stays, and so does a link to it. It is brought to disk beside the file and renamed over it, so that neither
    a crash nor another program's edit loses anything; what a run that was killed left behind goes. Raises
    AccesscfgError when it holds something else by now or cannot be written; then it is as it was.
    """
    target = file.resolve()
    try:
        _sweep(target)
        with _copy(target, after, is_there=before is not None) as copy:
            if not _into_place(copy, target, before):
                raise AccesscfgError(
                    "another program changed the file meanwhile; it was left as that program wrote it",
                    where=str(file),
                    fix="try again",
                )
        with contextlib.suppress(OSError):  # it is in its place; not every file system can do this
            _to_disk(target.parent)
    except OSError as error:
        raise AccesscfgError(
            f"the file cannot be written ({error.strerror})",
            where=str(file),
            fix="make room, or make the file and its folder writable",
        ) from None


def _sweep(target: Path) -> None:
    for left in target.parent.glob(f"{COPY_PREFIX}*.{glob.escape(target.name)}"):
        with contextlib.suppress(OSError):  # what cannot go is in nobody's way
            left.unlink()


@contextlib.contextmanager
def _copy(target: Path, content: bytes, *, is_there: bool) -> Iterator[Path]:
    """The content on disk beside the target, with its mode; gone in the end unless renamed."""
    copy = target.parent / f"{COPY_PREFIX}{secrets.token_hex(8)}.{target.name}"
    descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if is_there:
                os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _into_place(copy: Path, target: Path, before: bytes | None) -> bool:
    """Over the file that was read, and over no other: an editor or a merge knows nothing of our lock."""
    if before is None:
        try:
            os.link(copy, target)
        except FileExistsError:
            return False
        return True
    if target.read_bytes() != before:
        return False
    os.replace(copy, target)
    return True


def _to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
