"""Reading the audit trail: typed lines, the newest first, whatever else stands in the file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accesscfg.audit import AuditTrail, history
from accesscfg.model.attestation import Attestation
from accesscfg.model.canonical import decode, encode
from accesscfg.model.history import History
from accesscfg.model.networks import Addresses, AppBound, Unrestricted
from accesscfg.model.observed import Facet
from accesscfg.model.paths import parse_key_path
from accesscfg.model.plan import (
    Change,
    ChangeResult,
    ChangeValue,
    Direction,
    Means,
    Outcome,
    Partial,
    PartialRights,
)
from accesscfg.workspace import Workspace

CHANGE = Change(
    id="c1",
    step=0,
    key=parse_key_path("main/sub/bot"),
    facet=Facet.IP_WHITELIST,
    before=Addresses(frozenset({"203.0.113.1"})),
    after=Unrestricted(),
    direction=Direction.GRANTS,
    means=Means.API,
    reason="",
)
STATED = Attestation(
    "main/bot", Facet.PERMISSIONS, ("read", "spot"), "f", "h", "Ann", datetime(2026, 1, 2, tzinfo=UTC)
)


def told(path: Path) -> None:
    trail = AuditTrail(path)
    trail.begin("p1", "hash", ["last-address=main/sub/bot"])
    trail.intent([CHANGE])
    trail.outcome([ChangeResult(CHANGE, Outcome.FAILED, "refused")])
    trail.end("p1", 1)
    trail.attest([STATED], done=True)


def test_the_newest_line_comes_first_with_what_it_says(tmp_path: Path) -> None:
    told(tmp_path / "audit.jsonl")

    attested, end, outcome, intent, begin = history(tmp_path / "audit.jsonl")

    assert [begin.line, attested.line] == [1, 5]
    assert (begin.event, begin.plan, begin.allow) == ("begin", "p1", ("last-address=main/sub/bot",))
    assert (intent.before, intent.after) == (CHANGE.before, Unrestricted())
    assert (outcome.key, outcome.facet, outcome.outcome) == (
        "main/sub/bot",
        Facet.IP_WHITELIST,
        Outcome.FAILED,
    )
    assert (outcome.direction, outcome.why, outcome.change) == (Direction.GRANTS, "refused", "c1")
    assert end.writes == 1
    assert (attested.by, attested.says) == ("Ann", ("read", "spot"))
    assert "@" in begin.who
    assert begin.at is not None
    assert begin.at.tzinfo is UTC


def test_only_so_many_lines_are_told(tmp_path: Path) -> None:
    told(tmp_path / "audit.jsonl")

    assert [record.event for record in history(tmp_path / "audit.jsonl", most=2)] == ["attested", "end"]


@pytest.mark.parametrize(
    "strange",
    [
        b'{"event":"outc',
        b"[1, 2]",
        b"null",
        b"\xff\xfe",
        b'{"at":"never","who":"x","event":"end"}',
        b'{"at":"2026-01-01T00:00:00+00:00","who":"x","event":"outcome","facet":"colour"}',
        b'{"at":"2026-01-01T00:00:00+00:00","who":"x","event":"intent","facet":"label","before":{"a":1}}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_none_is_left_out_and_the_others_are_told(tmp_path: Path, strange: bytes) -> None:
    path = tmp_path / "audit.jsonl"
    told(path)
    with path.open("ab") as file:
        file.write(strange + b"\n")
    with path.open("ab") as file:
        file.write(json.dumps({"at": "2026-01-01T00:00:00+00:00", "who": "x", "event": "end"}).encode())

    events = [record.event for record in history(path)]

    assert events == ["end", "attested", "end", "outcome", "intent", "begin"]


def test_where_there_is_no_trail_nothing_is_told(tmp_path: Path) -> None:
    assert history(tmp_path / "audit.jsonl") == ()


@pytest.mark.parametrize(
    ("facet", "value"),
    [
        (Facet.PRESENCE, True),
        (Facet.LABEL, "unrestricted"),
        (Facet.PERMISSIONS, frozenset({"read", "trade"})),
        (Facet.PERMISSIONS, PartialRights(frozenset({"a"}), frozenset({"b"}))),
        (Facet.IP_WHITELIST, Unrestricted()),
        (Facet.IP_WHITELIST, Addresses(frozenset({"203.0.113.1", "2001:db8::/64"}))),
        (Facet.IP_WHITELIST, AppBound(None)),
        (Facet.IP_WHITELIST, Partial(restricted=True)),
        (Facet.EXPIRY, None),
    ],
)
def test_every_value_comes_back_from_its_json(facet: Facet, value: ChangeValue) -> None:
    assert decode(facet, json.loads(json.dumps(encode(value)))) == value


def test_the_workspace_tells_its_history_and_where_the_chain_breaks(tmp_path: Path) -> None:
    (tmp_path / "exchanges.yaml").write_text("version: 1\nexchanges: {}\n")
    workspace = Workspace.open(tmp_path, {})
    assert workspace.history().records == ()
    path = workspace.local / "audit.jsonl"
    told(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join((lines[0], *lines[2:])))

    found = workspace.history()

    assert len(found.records) == 4
    assert found.problems == ("line 2: does not follow the line before",)


def test_the_lines_that_declare_a_key_are_shown_as_they_stand(tmp_path: Path) -> None:
    file = tmp_path / "exchanges.yaml"
    file.write_text(
        "version: 1\nexchanges:\n  a:\n    exchange: okx\n    keys:\n      bot:   # ours\n\n"
        "        permissions: [read]\n        ip_whitelist: [203.0.113.10]\n\n      other:"
        " {permissions: [read], ip_whitelist: unrestricted}\n"
    )
    workspace = Workspace.open(file, {"ACCESSCFG_SANDBOX": "http://127.0.0.1:1"})
    bot, other = workspace.load().all_keys()

    lines = workspace.declared_lines(bot)
    file.write_text("")

    assert [number for number, _ in lines] == [6, 7, 8, 9]
    assert lines[0][1] == "      bot:   # ours"
    assert workspace.declared_lines(other) == ()


def ends(path: Path, *, under_way: bool) -> list[tuple[int, Outcome | None]]:
    """The lines about the change, the oldest first, with what became of it."""
    records = History(history(path)).with_ends(under_way=under_way).records
    return [(one.line, one.outcome) for one in reversed(records) if one.change == CHANGE.id]


def test_of_a_change_that_a_killed_run_announced_nobody_knows_what_became(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    trail = AuditTrail(path)
    trail.begin("p1", "hash", [])
    trail.intent([CHANGE])

    assert ends(path, under_way=True) == [(2, None)]  # it may still end
    assert ends(path, under_way=False) == [(2, Outcome.UNKNOWN)]

    trail.begin("p2", "hash", [])
    trail.intent([CHANGE])
    assert ends(path, under_way=True) == [(2, Outcome.UNKNOWN), (4, None)]

    trail.outcome([ChangeResult(CHANGE, Outcome.DONE)])
    trail.end("p2", 1)
    assert ends(path, under_way=False) == [(2, Outcome.UNKNOWN), (4, None), (5, Outcome.DONE)]
