"""The audit trail: append-only JSON Lines, each carrying the hash of the line before, on the disk before we go on.

A line cut short by a crash is kept; the next line says so and goes on from it.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from accesscfg.model.attestation import Attestation
from accesscfg.model.canonical import decode, encode
from accesscfg.model.edit import KeyEdit, Proposal
from accesscfg.model.errors import AccesscfgError
from accesscfg.model.history import Record
from accesscfg.model.observed import Facet
from accesscfg.model.plan import Change, ChangeResult, Direction, Outcome

START = "0" * 64
# a link in its place could come with a pull request: it is not followed
FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


@dataclass(frozen=True, slots=True)
class AuditProblem:
    """A place where the chain does not hold; `line` counts from 1."""

    line: int
    what: str


def verify(path: Path) -> list[AuditProblem]:
    """Every place where the trail was cut, changed or reordered."""
    if not path.exists():
        return []
    problems, before = [], START
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not line:
            continue
        try:
            stated = json.loads(line).get("prev")
        except (ValueError, AttributeError):
            stated = None
            problems.append(AuditProblem(number, "cut short"))
            before = _hash(line)
            continue
        if stated != before:
            problems.append(AuditProblem(number, "does not follow the line before"))
        before = _hash(line)
    return problems


def history(path: Path, most: int = 2000) -> tuple[Record, ...]:
    """The last lines of the trail, the newest first. A line that was cut short, or is none of ours, is left out."""
    if not path.exists():
        return ()
    lines = path.read_bytes().split(b"\n")
    records: list[Record] = []
    for number in range(len(lines), 0, -1):
        record = _record(number, lines[number - 1])
        if record is not None:
            records.append(record)
        if len(records) == most:
            break
    return tuple(records)


def _record(number: int, line: bytes) -> Record | None:
    try:
        entry = json.loads(line)
        facet = Facet(entry["facet"]) if "facet" in entry else None
        says = entry.get("says", ())
        return Record(
            line=number,
            at=datetime.fromisoformat(entry["at"]).astimezone(UTC),
            who=str(entry["who"]),
            event=str(entry["event"]),
            key=str(entry.get("key", "")),
            facet=facet,
            direction=Direction(entry["direction"]) if "direction" in entry else None,
            before=None if facet is None else decode(facet, entry.get("before")),
            after=None if facet is None else decode(facet, entry.get("after")),
            outcome=Outcome(entry["outcome"]) if "outcome" in entry else None,
            why=str(entry.get("why", "")),
            change=str(entry.get("change", "")),
            plan=str(entry.get("plan", "")),
            allow=tuple(map(str, entry.get("allow", ()))),
            writes=int(entry["writes"]) if "writes" in entry else None,
            by=str(entry.get("by", "")),
            says=(says,) if isinstance(says, str) else tuple(map(str, says)),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None


class AuditTrail:
    """Appends to one trail; the caller holds the workspace's lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._who = who()
        self._before: str | None = None

    def _append(self, entry: dict[str, Any]) -> None:
        try:
            self._write(entry)
        except OSError as error:
            self._before = None  # a part may have been written: look again before the next line
            raise AccesscfgError(
                f"the audit trail cannot be written ({error.strerror})",
                where=str(self._path),
                why="nothing is changed at an exchange without a record of it",
                fix="make room, or make the file writable",
            ) from None

    def _write(self, entry: dict[str, Any]) -> None:
        handle = os.open(self._path, FLAGS, 0o600)
        try:
            torn = self._find_end(handle)
            stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
            record = {"prev": self._before, "at": stamp, "who": self._who, **entry}
            if torn:
                record["recovered"] = "the line before was cut short"
            line = json.dumps(record, separators=(",", ":"), sort_keys=False).encode()
            rest = (b"\n" if torn else b"") + line + b"\n"
            while rest:  # a disk that fills up takes a part first, and only then says so
                rest = rest[os.write(handle, rest) :]
            os.fsync(handle)
            self._before = _hash(line)
        finally:
            os.close(handle)

    def _find_end(self, handle: int) -> bool:
        """Learn the hash of the last line; True when it was cut short."""
        if self._before is not None:
            return False
        size = os.fstat(handle).st_size
        data, at = b"", size
        while at > 0 and b"\n" not in data[:-1]:
            step = min(65536, at)
            at -= step
            data = os.pread(handle, step, at) + data
        torn = bool(data) and not data.endswith(b"\n")
        lines = data.rstrip(b"\n").split(b"\n")
        self._before = _hash(lines[-1]) if lines[-1] else START
        return torn

    def begin(self, plan_id: str, declaration_hash: str, allowed: Sequence[str]) -> None:
        """A plan is about to be applied."""
        self._append(
            {"event": "begin", "plan": plan_id, "declaration": declaration_hash, "allow": list(allowed)}
        )

    def intent(self, changes: Sequence[Change]) -> None:
        """These changes are about to be written."""
        for change in changes:
            self._append({"event": "intent", **_described(change)})

    def outcome(self, results: Sequence[ChangeResult]) -> None:
        """This became of them."""
        for result in results:
            entry = {"event": "outcome", **_described(result.change), "outcome": result.outcome.value}
            self._append({**entry, "why": result.why} if result.why else entry)

    def attest(self, entries: Sequence[Attestation], *, done: bool) -> None:
        """These attestations are about to be recorded in the workspace, or (`done`) they are."""
        for entry in entries:
            self._append(
                {
                    "event": "attested" if done else "attest",
                    "key": entry.key,
                    "facet": entry.facet.value,
                    "says": entry.says,
                    "hash": entry.hash,
                    "by": entry.by,
                }
            )

    def edit(self, proposal: Proposal, *, done: bool) -> None:
        """The declaration is about to be edited by the program, or (`done`) it is: the lines that go and come."""
        edit = proposal.edit
        about = {"key": str(edit.key)} if isinstance(edit, KeyEdit) else {"pool": edit.pool}
        self._append(
            {
                "event": "edited" if done else "edit",
                **about,
                "says": [
                    line for line in proposal.diff if line[:1] in "+-" and line[:3] not in ("+++", "---")
                ],
                "declaration": proposal.will_declare,
            }
        )

    def end(self, plan_id: str, writes: int) -> None:
        """The run is over."""
        self._append({"event": "end", "plan": plan_id, "writes": writes})


def _described(change: Change) -> dict[str, Any]:
    return {
        "change": change.id,
        "key": str(change.key),
        "facet": change.facet.value,
        "direction": change.direction.value,
        "before": encode(change.before),
        "after": encode(change.after),
    }


def who() -> str:
    """The login that runs this, and the machine."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = f"uid {os.getuid()}"
    return f"{user}@{socket.gethostname()}"
