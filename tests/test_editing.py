"""Edits through the façade: shown first, written only when they still fit, told in the audit trail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accesscfg.audit import verify
from accesscfg.model.edit import KeyEdit, PoolEdit
from accesscfg.model.errors import AccesscfgError, Locked, Refused
from accesscfg.model.networks import Addresses, Unrestricted
from accesscfg.model.observed import Facet
from accesscfg.model.paths import KeyPath
from accesscfg.workspace import SANDBOX_VARIABLE, Workspace

DESK = KeyPath("kraken-main", None, "desk")
TEXT = """\
version: 1
ip_pools:
  platform: {file: pools/platform.txt}
policies: {forbid: [withdraw], require_ip_whitelist: always}
exchanges:
  kraken-main:
    exchange: kraken
    keys:
      desk: {permissions: [read], ip_whitelist: [198.51.100.1]}   # ours
      platform: {permissions: [read], ip_whitelist: [pool:platform], held: false}
"""


def workspace(folder: Path) -> Workspace:
    (folder / "pools").mkdir(exist_ok=True)
    (folder / "exchanges.yaml").write_text(TEXT)
    (folder / "exchanges.yaml").chmod(0o640)
    (folder / "pools" / "platform.txt").write_text("203.0.113.1, 203.0.113.2\n")
    return Workspace.open(folder, {SANDBOX_VARIABLE: "http://127.0.0.1:9"})


def from_here(*entries: str) -> KeyEdit:
    return KeyEdit(DESK, {Facet.IP_WHITELIST: Addresses(frozenset(entries))})


def trail(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / ".accesscfg" / "audit.jsonl").read_text().splitlines()]


def test_a_proposal_shows_the_lines_and_the_keys_and_writes_nothing(tmp_path: Path) -> None:
    proposal = workspace(tmp_path).proposed(PoolEdit("platform", add=("203.0.113.9",)))
    assert proposal.diff[:2] == ("--- pools/platform.txt", "+++ pools/platform.txt")
    assert proposal.diff[-2:] == ("-203.0.113.1, 203.0.113.2", "+203.0.113.1, 203.0.113.2, 203.0.113.9")
    assert [str(path) for path in proposal.touched] == ["kraken-main/platform"]
    assert proposal.unread == proposal.touched
    assert proposal.acceptable
    assert (tmp_path / "pools" / "platform.txt").read_text() == "203.0.113.1, 203.0.113.2\n"


def test_an_accepted_proposal_is_in_the_file_and_in_the_trail(tmp_path: Path) -> None:
    here = workspace(tmp_path)
    proposal = here.proposed(from_here("198.51.100.1", "198.51.100.2"))
    here.accept(proposal)
    assert here.file.read_text() == TEXT.replace("[198.51.100.1]", "[198.51.100.1, 198.51.100.2]")
    assert here.file.stat().st_mode & 0o777 == 0o640
    assert here.load().hash == proposal.will_declare
    before, done = trail(tmp_path)
    assert (before["event"], done["event"], done["key"]) == ("edit", "edited", "kraken-main/desk")
    assert done["says"] == [line for line in proposal.diff[2:] if line[0] in "+-"]
    assert verify(tmp_path / ".accesscfg" / "audit.jsonl") == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({Facet.IP_WHITELIST: Unrestricted()}, "require_ip_whitelist"),
        ({Facet.PERMISSIONS: frozenset({"query-funds", "withdraw-funds"})}, "forbid"),
        ({Facet.IP_WHITELIST: Addresses(frozenset({"no address"}))}, "bad_address"),
    ],
)
def test_what_breaks_a_policy_or_is_not_valid_is_told_and_never_written(
    tmp_path: Path, values: dict[Facet, object], code: str
) -> None:
    here = workspace(tmp_path)
    proposal = here.proposed(KeyEdit(DESK, values))  # type: ignore[arg-type]
    assert code in {finding.code for finding in proposal.problems}
    assert proposal.diff
    assert not proposal.acceptable
    with pytest.raises(Refused):
        here.accept(proposal)
    assert here.file.read_text() == TEXT
    assert not (tmp_path / ".accesscfg" / "audit.jsonl").exists()


@pytest.mark.parametrize(
    ("then", "error"),
    [
        (TEXT.replace("held: false", "held: false, used_by: Desk"), Refused),
        (TEXT + "# a comment\n", AccesscfgError),
    ],
)
def test_a_file_that_changed_since_the_edit_was_shown_is_left_alone(
    tmp_path: Path, then: str, error: type[AccesscfgError]
) -> None:
    here = workspace(tmp_path)
    proposal = here.proposed(from_here("198.51.100.2"))
    here.file.write_text(then)
    with pytest.raises(error):
        here.accept(proposal)
    assert here.file.read_text() == then


def test_nothing_is_written_while_another_run_holds_the_workspace(tmp_path: Path) -> None:
    here, other = workspace(tmp_path), Workspace.open(tmp_path, {})
    proposal = here.proposed(from_here("198.51.100.2"))
    with other.locked(), pytest.raises(Locked):
        here.accept(proposal)
    assert here.file.read_text() == TEXT


def test_what_is_so_already_is_neither_an_edit_nor_a_line_in_the_trail(tmp_path: Path) -> None:
    here = workspace(tmp_path)
    proposal = here.proposed(from_here("198.51.100.1"))
    assert (proposal.edits, proposal.diff, proposal.acceptable) == ((), (), False)
    here.accept(proposal)
    assert not (tmp_path / ".accesscfg" / "audit.jsonl").exists()


def test_addresses_are_taken_out_of_any_text_with_the_places_of_what_is_none(tmp_path: Path) -> None:
    pasted = workspace(tmp_path).addresses_in(
        '1) "203.0.113.9:443", 203.0.113.9\n2) 10.0.0.0/33; 2001:DB8::1 # rack'
    )
    assert pasted.entries == ("203.0.113.9", "2001:db8::1")
    assert [problem[:2] for problem in pasted.problems] == [(2, 4)]
    assert pasted.problems[0][2].startswith("10.0.0.0/33: not an IPv4")
    assert (pasted.ports, pasted.twice) == (1, 1)
