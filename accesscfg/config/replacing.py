"""Putting an edited file in the place of the one that was read: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from accesscfg.model.errors import AccesscfgError


def replace_file(file: Path, before: bytes, after: bytes) -> None:
    """Write `after` to a file that still holds `before`; its mode stays, and so does a link to it.

    Raises AccesscfgError when it holds something else by now or cannot be written; then it is as it was.
    """
    target = file.resolve()
    try:
        with _copy(target, after) as copy:
            if target.read_bytes() != before:
                raise AccesscfgError(
                    "another program changed the file meanwhile; it was left as that program wrote it",
                    where=str(file),
                    fix="try again",
                )
            os.replace(copy, target)
    except OSError as error:
        raise AccesscfgError(
            f"the file cannot be written ({error.strerror})",
            where=str(file),
            fix="make room, or make the file and its folder writable",
        ) from None


@contextlib.contextmanager
def _copy(target: Path, content: bytes) -> Iterator[Path]:
    """The content on disk beside the target, with its mode; gone in the end unless renamed."""
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    copy = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, stat.S_IMODE(target.stat().st_mode))
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        yield copy
    finally:
        copy.unlink(missing_ok=True)
