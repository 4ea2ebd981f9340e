"""Who holds the lock of a workspace: a note beside it, for others to read. The lock itself is what counts.

A run that was killed leaves its note behind. Whoever reads one looks whether the lock is free before believing it; as
that means to take the lock for a moment, it is only done while there is a note.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from accesscfg.model.holder import Holder

_NOTE = "holder.json"
_LONGEST = 4096  # of a note, in bytes: ours have some hundred


@contextlib.contextmanager
def holding(folder: Path, what: str) -> Iterator[None]:
    """Leave a note while the lock is held. A note that cannot be written is not worth ending a run for."""
    from accesscfg.audit import who

    note = folder / _NOTE
    said = {"who": who(), "process": os.getpid(), "since": datetime.now(UTC).isoformat(), "what": what}
    with contextlib.suppress(OSError):
        draft = note.with_suffix(".new")
        draft.unlink(missing_ok=True)  # a link in its place is not followed
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(said, file)
        draft.replace(note)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            note.unlink(missing_ok=True)


def read_holder(folder: Path) -> Holder | None:
    """What the note says; None where there is none, or none of ours."""
    try:
        handle = os.open(folder / _NOTE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            said = json.loads(file.read(_LONGEST))
        return Holder(
            str(said["who"])[:80],
            int(said["process"]),
            datetime.fromisoformat(said["since"]).astimezone(UTC),
            str(said.get("what", ""))[:80],
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None


def other_holder(folder: Path) -> Holder | None:
    """The run that holds the lock, where it is not this process; the note of one that is gone is taken away."""
    holder = read_holder(folder)
    if holder is None or holder.process == os.getpid():
        return None
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / "lock", timeout=0, mode=0o600):
            (folder / _NOTE).unlink(missing_ok=True)
    except Timeout:
        return holder
    except OSError:  # a folder that only its owner may write to: the note is all there is
        return holder
    return None
