"""Reading the workspace's attestations: form, times, no entry twice. Whether an entry still counts is not judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from accesscfg.config.document import Document, parse
from accesscfg.config.notes import Notes, shown
from accesscfg.config.schema import Validator, file_schema, shape_of
from accesscfg.config.section import Section
from accesscfg.config.texts import inside, read_text
from accesscfg.config.wording import check_shape
from accesscfg.model.attestation import Attestation
from accesscfg.model.errors import InvalidDeclaration
from accesscfg.model.findings import Mark
from accesscfg.model.observed import Facet

FILE_NAME = "attestations.yaml"
LONGEST = 200  # of a name and of a note: they stand on a line of a report
TIME = "%Y-%m-%dT%H:%M:%SZ"
# how far the clocks of two machines may be apart before a time in the future is a mistake
_SKEW = timedelta(hours=1)
_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: |\r?$)|^={7}\r?$", re.MULTILINE)
_NEEDED = ("key", "facet", "says", "fingerprint", "hash", "by")


def read_attestations(file: Path, root: Path, now: datetime) -> tuple[Attestation, ...]:
    """Every entry, in the order of the file; none where there is no file. `root` is the workspace's folder.

    Raises InvalidDeclaration with every finding.
    """
    if not file.is_symlink() and not file.exists():
        return ()
    notes = Notes()
    path = inside(root, file.name, file.parent, Mark(str(file), 1, 1), notes)
    text = None if path is None else read_text(path, notes)
    entries = () if text is None else attestations_in(text, str(file), now, notes)
    if notes.failed:
        raise InvalidDeclaration(notes.by_place())
    return entries


def attestations_in(text: str, file: str, now: datetime, notes: Notes) -> tuple[Attestation, ...]:
    """The entries in a file's text; of use only where no error was noted."""
    document = None if _is_in_conflict(text, file, notes) else parse_file(text, file, notes)
    if document is None:
        return ()
    entries = tuple(_entries(document, now, notes))
    _each_once(entries, notes)
    return entries


def parse_file(text: str, file: str, notes: Notes) -> Document | None:
    """The document, its form checked; None, with findings, where it is something else."""
    document = parse(text, file, shape_of(file_schema(file="attestations")), notes)
    if document is None or not check_shape(document, Validator(file="attestations"), notes):
        return None
    return document


def _is_in_conflict(text: str, file: str, notes: Notes) -> bool:
    found = _CONFLICT.search(text)
    if found is None:
        return False
    notes.error(
        "merge_conflict",
        f"a merge conflict: git left {shown(found.group().strip())} here",
        Mark(file, text.count("\n", 0, found.start()) + 1, 1),
        "keep the entries of both sides, for the same key and facet the later one, and remove git's lines",
    )
    return True


def _entries(document: Document, now: datetime, notes: Notes) -> Iterator[Attestation]:
    content = document.data.get("attestations", [])
    for place, data in enumerate(content):
        if isinstance(data, dict):
            entry = _entry(Section(document, data), document.at(content, place), now, notes)
            if entry is not None:
                yield entry


def _entry(section: Section, where: Mark, now: datetime, notes: Notes) -> Attestation | None:
    """The entry; None where something in it was refused or is missing, which was noted."""
    at = _moment(section, now, notes)
    if at is None or any(section.get(name) is None for name in _NEEDED):
        return None
    _check_lengths(section, notes)
    says = section.get("says")
    return Attestation(
        key=section.get("key"),
        facet=Facet(section.get("facet")),
        says=tuple(says) if isinstance(says, list) else says,
        fingerprint=section.get("fingerprint"),
        hash=section.get("hash"),
        by=section.get("by"),
        at=at,
        note=section.get("note"),
        where=where,
    )


def _check_lengths(section: Section, notes: Notes) -> None:
    for name in ("by", "note"):
        if len(section.get(name) or "") > LONGEST:
            message = f"{shown(name)} is longer than {LONGEST} characters"
            notes.error("too_long", message, section.at(name), "shorten it")


def _moment(section: Section, now: datetime, notes: Notes) -> datetime | None:
    text = section.get("at")
    if text is None:
        return None
    try:
        at = datetime.strptime(text, TIME).replace(tzinfo=UTC)
    except ValueError:
        notes.error("bad_date", f"{shown(text)} is no time that there is", section.at("at"))
        return None
    if at > now + _SKEW:
        message = f"{shown(text)} is in the future: nobody has looked yet"
        notes.error(
            "future_date", message, section.at("at"), "remove the entry, and attest when it was looked at"
        )
        return None
    return at


def _each_once(entries: tuple[Attestation, ...], notes: Notes) -> None:
    first: dict[tuple[str, Facet], Mark] = {}
    for entry in entries:
        slot = (entry.key, entry.facet)
        if entry.where is None:
            continue
        if slot in first:
            message = f"{entry.facet} of {entry.key} is attested twice; first at {first[slot]}"
            notes.error("attested_twice", message, entry.where, "keep the later one")
        first.setdefault(slot, entry.where)
