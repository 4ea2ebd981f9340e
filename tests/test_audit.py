"""The audit trail: a chain that shows every cut and change, and goes on after a crash."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accesscfg.audit import AuditTrail, verify
from accesscfg.model.attestation import Attestation
from accesscfg.model.errors import AccesscfgError
from accesscfg.model.networks import Addresses
from accesscfg.model.observed import Facet
from accesscfg.model.paths import parse_key_path
from accesscfg.model.plan import Change, ChangeResult, Direction, Means, Outcome

CHANGE = Change(
    id="c1",
    step=0,
    key=parse_key_path("main/sub/bot"),
    facet=Facet.IP_WHITELIST,
    before=Addresses(frozenset({"203.0.113.1"})),
    after=Addresses(frozenset({"203.0.113.1", "203.0.113.2"})),
    direction=Direction.GRANTS,
    means=Means.API,
    reason="",
)


def written(path: Path, times: int = 2) -> list[bytes]:
    trail = AuditTrail(path)
    for _ in range(times):
        trail.intent([CHANGE])
        trail.outcome([ChangeResult(CHANGE, Outcome.DONE)])
    return path.read_bytes().splitlines(keepends=True)


def test_lines_say_who_when_what_before_after_and_outcome(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in written(tmp_path / "audit.jsonl")]

    assert [line["event"] for line in lines] == ["intent", "outcome", "intent", "outcome"]
    assert lines[1]["before"] == {"addresses": ["203.0.113.1"]}
    assert lines[1]["outcome"] == "done"
    assert "@" in lines[0]["who"]
    assert verify(tmp_path / "audit.jsonl") == []
    assert (tmp_path / "audit.jsonl").stat().st_mode & 0o777 == 0o600


def test_another_run_goes_on_with_the_same_chain(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    written(path)
    written(path)

    assert verify(path) == []
    assert len(path.read_bytes().splitlines()) == 8


@pytest.mark.parametrize("damage", ["edit", "drop", "swap"])
def test_every_edit_is_seen(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "audit.jsonl"
    lines = written(path)
    if damage == "edit":
        lines[1] = lines[1].replace(b"203.0.113.2", b"203.0.113.9")
    elif damage == "drop":
        del lines[1]
    else:
        lines[1], lines[2] = lines[2], lines[1]
    path.write_bytes(b"".join(lines))

    assert verify(path) != []


def test_a_line_without_the_hash_of_the_one_before_is_no_line_of_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    written(path)
    with path.open("ab") as file:
        file.write(b'{"event":"end"}\n')

    assert [problem.line for problem in verify(path)] == [5]


@pytest.mark.parametrize("cut", [1, 20, 150])
def test_a_line_cut_short_by_a_crash_is_kept_and_named(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "audit.jsonl"
    whole = b"".join(written(path))
    path.write_bytes(whole[:-cut])
    written(path, times=1)

    first_new = json.loads(path.read_bytes().splitlines()[-2])
    assert path.read_bytes().startswith(whole[:-cut])
    assert first_new["recovered"] == "the line before was cut short"
    assert [problem.what for problem in verify(path)] == ([] if cut == 1 else ["cut short"])


def test_a_link_in_the_place_of_the_trail_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("")
    (tmp_path / "audit.jsonl").symlink_to(elsewhere)

    with pytest.raises(AccesscfgError, match="audit trail cannot be written"):
        AuditTrail(tmp_path / "audit.jsonl").intent([CHANGE])
    assert elsewhere.read_text() == ""


def test_a_trail_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    os.mkdir(tmp_path / "audit.jsonl")

    with pytest.raises(AccesscfgError, match="audit trail cannot be written"):
        AuditTrail(tmp_path / "audit.jsonl").intent([CHANGE])


def test_an_attestation_is_two_lines_one_before_the_file_is_written_and_one_after(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    at = datetime(2026, 11, 21, tzinfo=UTC)
    entry = Attestation("main/bot", Facet.LABEL, "bot", "id:0", "sha256:1", "Alice", at)
    trail = AuditTrail(path)
    trail.attest([entry], done=False)
    trail.attest([entry], done=True)

    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [line["event"] for line in lines] == ["attest", "attested"]
    assert {name: lines[1][name] for name in ("key", "facet", "says", "hash", "by")} == {
        "key": "main/bot",
        "facet": "label",
        "says": "bot",
        "hash": "sha256:1",
        "by": "Alice",
    }
    assert verify(path) == []
