"""When an address left the declaration: git names the commit, the trail the person, and nobody invents it."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from accesscfg.departures import departures
from accesscfg.model.departure import Departure
from accesscfg.model.history import Record
from accesscfg.model.networks import Addresses
from accesscfg.model.observed import Facet
from accesscfg.model.paths import parse_key_path
from accesscfg.model.plan import Outcome
from accesscfg.workspace import Workspace

KEY = parse_key_path("okx-desk/bot")
GONE, OTHER = "192.0.2.77", "192.0.2.7"
YAML = """\
version: 1
exchanges:
  okx-desk:
    exchange: okx
    keys:
      bot: {permissions: [read], ip_whitelist: [LIST]}
"""


def git(folder: Path, *words: str, day: str = "2026-01-09") -> str:
    who = ["-c", "user.name=alice", "-c", "user.email=alice@example.org", "-c", "commit.gpgsign=false"]
    stamp = f"{day}T12:00:00+00:00"
    env = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(folder)}
    env |= {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", *who, *words], cwd=folder, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def write(folder: Path, *entries: str) -> None:
    (folder / "exchanges.yaml").write_text(YAML.replace("LIST", ", ".join(entries)))


def commit(folder: Path, day: str, *entries: str) -> str:
    write(folder, *entries)
    git(folder, "add", "exchanges.yaml")
    git(folder, "commit", "-q", "-m", "x", day=day)
    return git(folder, "log", "-1", "--format=%h")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    return tmp_path


def told(folder: Path, *entries: str, records: tuple[Record, ...] = ()) -> dict[str, Departure]:
    return departures(Workspace.open(folder, {}).load(), KEY, entries, records)


def test_git_names_the_day_the_commit_and_the_file(repo: Path) -> None:
    commit(repo, "2026-01-02", "203.0.113.1", GONE)
    left = commit(repo, "2026-01-09", "203.0.113.1")
    commit(repo, "2026-01-10", "203.0.113.1", "203.0.113.2")

    known = told(repo, GONE)

    assert known == {GONE: Departure("git", date(2026, 1, 9), left, "exchanges.yaml")}
    assert str(known[GONE]) == f"left exchanges.yaml 2026-01-09 ({left})"


def test_an_address_that_only_looks_alike_is_another(repo: Path) -> None:
    commit(repo, "2026-01-02", "203.0.113.1", GONE)
    commit(repo, "2026-01-09", "203.0.113.1")

    assert told(repo, OTHER) == {OTHER: Departure("nowhere")}


def test_what_is_not_committed_yet_is_said_to_be(repo: Path) -> None:
    commit(repo, "2026-01-02", "203.0.113.1", GONE)
    write(repo, "203.0.113.1")

    assert str(told(repo, GONE)[GONE]) == "left exchanges.yaml, not committed yet"


def test_a_pool_file_that_is_gone_is_remembered(repo: Path) -> None:
    (repo / "pools").mkdir()
    (repo / "pools" / "old.txt").write_text(f"{GONE}:443\n")
    git(repo, "add", ".")
    commit(repo, "2026-01-02", "203.0.113.1")
    git(repo, "rm", "-q", "pools/old.txt")
    git(repo, "commit", "-q", "-m", "x", day="2026-02-01")

    known = told(repo, GONE)[GONE]

    assert (known.source, known.at, known.file) == ("git", date(2026, 2, 1), "pools/old.txt")


def test_what_is_declared_for_another_key_has_not_left(repo: Path) -> None:
    commit(repo, "2026-01-02", "203.0.113.1", GONE)

    assert str(told(repo, GONE)[GONE]) == "not for this key, declared for okx-desk/bot"


def test_without_git_nothing_is_known_and_nothing_is_claimed(tmp_path: Path) -> None:
    write(tmp_path, "203.0.113.1")

    assert told(tmp_path, GONE) == {}


def test_a_file_that_git_does_not_have_is_no_proof(repo: Path) -> None:
    git(repo, "commit", "-q", "--allow-empty", "-m", "x")
    write(repo, "203.0.113.1")

    assert told(repo, GONE) == {}


def test_a_history_that_is_cut_off_is_no_proof(repo: Path, tmp_path: Path) -> None:
    commit(repo, "2026-01-02", "203.0.113.1", GONE)
    commit(repo, "2026-01-09", "203.0.113.1")
    commit(repo, "2026-01-10", "203.0.113.2")
    copy = tmp_path / "copy"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repo}", str(copy))

    assert told(copy, GONE) == {}


EDITED = Record(
    7,
    datetime(2026, 3, 1, tzinfo=UTC),
    "bob@host",
    "edited",
    says=(f"-[203.0.113.1, {GONE}]", "+[203.0.113.1]"),
)
APPLIED = Record(
    3,
    datetime(2026, 2, 1, tzinfo=UTC),
    "bob@host",
    "outcome",
    key=str(KEY),
    facet=Facet.IP_WHITELIST,
    before=Addresses(frozenset({"203.0.113.1"})),
    after=Addresses(frozenset({"203.0.113.1", GONE})),
    outcome=Outcome.DONE,
)


def test_the_trail_names_who_took_it_out(tmp_path: Path) -> None:
    write(tmp_path, "203.0.113.1")

    assert str(told(tmp_path, GONE, records=(EDITED, APPLIED))[GONE]) == "taken out 2026-03-01 by bob"


def test_an_edit_that_put_it_in_does_not_take_it_out(tmp_path: Path) -> None:
    write(tmp_path, "203.0.113.1")
    put_in = replace(EDITED, says=("-[203.0.113.1]", f"+[203.0.113.1, {GONE}]"))

    assert told(tmp_path, GONE, records=(put_in,)) == {}


def test_what_was_applied_once_was_declared_then(repo: Path) -> None:
    commit(repo, "2026-01-02", "203.0.113.1")

    known = told(repo, GONE, records=(APPLIED,))

    assert str(known[GONE]) == "still declared on 2026-02-01, when it was applied"


def test_the_programs_that_git_could_start_are_not_started(repo: Path) -> None:
    commit(repo, "2026-01-02", "203.0.113.1", GONE)
    commit(repo, "2026-01-09", "203.0.113.1")
    (repo / ".gitattributes").write_text("*.yaml diff=evil\n")
    for name in ("textconv", "command"):
        git(repo, "config", f"diff.evil.{name}", f"touch {repo}/started; cat")
    git(repo, "config", "core.fsmonitor", f"touch {repo}/started")
    git(repo, "config", "core.pager", f"touch {repo}/started")

    assert told(repo, GONE)[GONE].source == "git"
    assert not (repo / "started").exists()
