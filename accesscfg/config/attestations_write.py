"""Writing attestations, so that neither a crash nor another program's edit loses an entry.

The new text is made from the old one, read back and compared, brought to disk beside the file, and renamed over it.
The caller holds the workspace's lock.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from accesscfg.config.attestations import attestations_in
from accesscfg.config.attestations_edit import NotEditable, Slot, edited
from accesscfg.config.notes import Notes
from accesscfg.model.attestation import Attestation
from accesscfg.model.errors import AccesscfgError, InvalidDeclaration

COPY_PREFIX, COPY_SUFFIX = ".accesscfg-", ".attestations.yaml"
_BOM = b"\xef\xbb\xbf"


def write_attestations(
    file: Path, root: Path, new: Sequence[Attestation], gone: Collection[Slot], now: datetime
) -> None:
    """Put entries about one key into the file, in place of those of `gone`; make the file where there is none.

    Everything else in it stays as it is. Raises InvalidDeclaration for a file that is not valid, AccesscfgError when
    it cannot be written; then it is as it was.
    """
    target = file.resolve()  # a symbolic link stays one
    if not target.is_relative_to(root.resolve()):
        raise AccesscfgError(
            "the attestations lead out of the workspace: the file is a link",
            where=str(file),
            fix="put the file itself into the workspace",
        )
    try:
        _sweep(target.parent)
        original = target.read_bytes() if target.exists() else None
        content = _content(original, file, new, gone, now)
        with _copy(target, original is not None, content) as copy:
            _into_place(copy, target, original)
        _to_disk(target.parent)
    except OSError as error:
        raise AccesscfgError(
            f"the attestations cannot be written ({error.strerror})",
            where=str(file),
            fix="make room, or make the folder writable",
        ) from None


def _content(
    original: bytes | None, file: Path, new: Sequence[Attestation], gone: Collection[Slot], now: datetime
) -> bytes:
    """The file's new content, read back and compared."""
    mark = _BOM if original is not None and original.startswith(_BOM) else b""
    before = "" if original is None else _decoded(original, file)
    entries = _read(before, file, now) if original is not None else ()
    try:
        text = edited(before, new, gone)
    except NotEditable as error:
        raise AccesscfgError(
            "the file cannot be added to as it is written", where=str(file), fix=str(error)
        ) from None
    wanted = {(one.key, one.facet): one for one in entries if (one.key, one.facet) not in gone}
    wanted |= {(one.key, one.facet): one for one in new}
    stored = _read(text, file, now)
    if {(one.key, one.facet): replace(one, where=None) for one in stored} != {
        slot: replace(one, where=None) for slot, one in wanted.items()
    }:
        raise AccesscfgError(
            "the file cannot be added to as it is written; it was left as it was",
            where=str(file),
            fix="write each entry as `accesscfg attest` does, without anchors and aliases",
        )
    return mark + text.encode()


def _decoded(content: bytes, file: Path) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AccesscfgError("the file is not UTF-8 text", where=str(file), fix="save it as UTF-8") from None


def _read(text: str, file: Path, now: datetime) -> tuple[Attestation, ...]:
    notes = Notes()
    entries = attestations_in(text, str(file), now, notes)
    if notes.failed:
        raise InvalidDeclaration(notes.by_place())
    return entries


def _sweep(folder: Path) -> None:
    """What a run that was killed left behind."""
    for left in folder.glob(f"{COPY_PREFIX}*{COPY_SUFFIX}"):
        left.unlink(missing_ok=True)


@contextlib.contextmanager
def _copy(target: Path, is_there: bool, content: bytes) -> Iterator[Path]:
    """The content on disk beside the target, with its mode; gone in the end unless renamed."""
    copy = target.parent / f"{COPY_PREFIX}{secrets.token_hex(8)}{COPY_SUFFIX}"
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


def _into_place(copy: Path, target: Path, original: bytes | None) -> None:
    """Over the file that was read, and over no other: an editor or a merge knows nothing of our lock."""
    try:
        if original is None:
            os.link(copy, target)
            return
        if target.read_bytes() == original:
            os.replace(copy, target)
            return
    except FileExistsError:
        pass
    raise AccesscfgError(
        "another program changed the file meanwhile; it was left as that program wrote it",
        where=str(target),
        fix="try again",
    )


def _to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
