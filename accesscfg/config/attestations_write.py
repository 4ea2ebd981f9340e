"""Writing attestations, so that neither a crash nor another program's edit loses an entry.

The new text is made from the old one, read back and compared, brought to disk beside the file, and renamed over it.
The caller holds the workspace's lock.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from accesscfg.config.attestations import attestations_in
from accesscfg.config.attestations_edit import NotEditable, Slot, edited
from accesscfg.config.notes import Notes
from accesscfg.config.replacing import replace_file
from accesscfg.model.attestation import Attestation
from accesscfg.model.errors import AccesscfgError, InvalidDeclaration

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
        original = target.read_bytes() if target.exists() else None
    except OSError as error:
        raise AccesscfgError(
            f"the attestations cannot be read ({error.strerror})",
            where=str(file),
            fix="make the file readable",
        ) from None
    replace_file(target, original, _content(original, file, new, gone, now))


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
