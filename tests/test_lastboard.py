"""The last board is a memory: it survives a session, follows the declaration, and never breaks a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accesscfg.lastboard import keep_board, read_board, wanted_digest
from accesscfg.model.desired import Declaration, DesiredAccount, DesiredKey, Egress, Policies
from accesscfg.model.findings import Mark
from accesscfg.model.networks import Unrestricted
from accesscfg.model.observed import Facet, Observed
from accesscfg.model.plan import FacetResult, FacetState, KeyResult, Plan
from tests.support.build import addresses, desired

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ONE = desired("main/one", ["read"], addresses("203.0.113.7"))
TWO = desired("main/two", ["read"], addresses("203.0.113.7"))


def declaration(*keys: DesiredKey) -> Declaration:
    account = DesiredAccount("main", "toy", Mark("f", 1, 1), "production", Egress(), None, keys, ())
    return Declaration(Path("."), Path("exchanges.yaml"), (account,), Policies(), {}, (), "hash")


def plan(*keys: DesiredKey, state: FacetState = FacetState.IN_SYNC, at: datetime = NOW) -> Plan:
    facet = FacetResult(Facet.PERMISSIONS, state, frozenset({"read"}), Observed(frozenset({"read"}), at))
    results = tuple(KeyResult(key.path, "toy", "own", None, None, (facet,), None, "h") for key in keys)
    return Plan("p1", at, "1", "exchanges.yaml", "hash", (), results, ())


def test_what_was_seen_is_there_in_the_next_session(tmp_path: Path) -> None:
    keep_board(tmp_path / "board.json", plan(ONE), declaration(ONE))
    seen = read_board(tmp_path / "board.json")["main/one"]

    assert (seen.at, seen.facets, seen.sandbox) == (NOW, {Facet.PERMISSIONS: FacetState.IN_SYNC}, False)
    assert seen.wanted == wanted_digest(ONE)


def test_a_look_at_some_keys_keeps_what_is_known_of_the_others(tmp_path: Path) -> None:
    file, later = tmp_path / "board.json", NOW + timedelta(hours=1)
    keep_board(file, plan(ONE, TWO), declaration(ONE, TWO))
    keep_board(file, plan(TWO, state=FacetState.DRIFT, at=later), declaration(ONE, TWO))
    board = read_board(file)

    assert [board[name].at for name in ("main/one", "main/two")] == [NOW, later]
    assert board["main/two"].facets == {Facet.PERMISSIONS: FacetState.DRIFT}


def test_a_key_that_is_declared_no_more_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "board.json"
    keep_board(file, plan(ONE, TWO), declaration(ONE, TWO))
    keep_board(file, plan(TWO), declaration(TWO))
    assert set(read_board(file)) == {"main/two"}


@pytest.mark.parametrize(
    "change",
    [
        {"whitelist": addresses("203.0.113.8")},
        {"whitelist": Unrestricted()},
        {"permissions": frozenset({"read", "spot"})},
        {"label": "other"},
        {"absent": True},
        {"enabled": False},
        {"key_id": "other"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_declaration_has_another_digest(change: dict[str, object]) -> None:
    assert wanted_digest(replace(ONE, **change)) != wanted_digest(ONE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"[]",
        b'{"version": 99, "keys": {}}',
        b'{"version": 1, "keys": {"a/b": {"at": "yesterday"}}}',
        b'{"version": 1, "keys": {"a/b": 7}}',
        b'{"version": 1, "keys": {"a/b": {"at": "2026-11-21T08:15:00+00:00", "wanted": "x", "facets": {},'
        b' "lifecycle": null, "changes": Infinity, "sandbox": false}}}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_file_that_cannot_be_understood_is_no_memory_and_no_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "board.json").write_bytes(content)
    assert read_board(tmp_path / "board.json") == {}
    keep_board(tmp_path / "board.json", plan(ONE), declaration(ONE))
    assert set(read_board(tmp_path / "board.json")) == {"main/one"}


def test_where_it_cannot_be_kept_nothing_breaks_and_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "board.json").mkdir()
    keep_board(tmp_path / "board.json", plan(ONE), declaration(ONE))
    assert [path.name for path in tmp_path.iterdir()] == ["board.json"]
    keep_board(tmp_path / "nowhere" / "board.json", plan(ONE), declaration(ONE))
