"""What a group's row says of its keys: all of them are counted, and nothing old counts as in order."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.cells import cell_len

from accesscfg.exchanges.registry import Profiles
from accesscfg.workspace import Workspace
from accesscfg_tui.glyphs import Standing
from accesscfg_tui.viewmodel.board import Board, Row, columns
from accesscfg_tui.viewmodel.group import group
from accesscfg_tui.viewmodel.looks import Look
from tests.tui.desk_world import DECLARATION, POOL

NOW = datetime(2026, 11, 21, tzinfo=UTC)
PROFILES = Profiles()


@pytest.fixture
def board(tmp_path: Path) -> Board:
    (tmp_path / "pools").mkdir()
    (tmp_path / "pools" / "platform.txt").write_text(POOL)
    (tmp_path / "exchanges.yaml").write_text(DECLARATION)
    return Board(Workspace.open(tmp_path, {}).load(), PROFILES.get)


def look(standing: Standing, *, fresh: bool = True) -> Look:
    return Look(facets={}, standing=standing, fresh=fresh, at=NOW)


def okx(board: Board) -> Row:
    return next(row for row in board.rows() if row.id == "okx-desk")


def test_what_was_in_order_in_an_earlier_session_counts_as_not_read(board: Board) -> None:
    paths = [str(key.path) for key in board.declaration.all_keys()]
    board.looks = {path: look(Standing.IN_SYNC, fresh=False) for path in paths}
    board.looks[paths[0]] = look(Standing.ATTESTED, fresh=False)
    assert board.standings() == {(Standing.NOT_READ, False): len(paths)}
    board.looks[paths[0]] = look(Standing.IN_SYNC)
    assert board.standings()[Standing.IN_SYNC, False] == 1


@pytest.mark.parametrize("width", [40, 56])
def test_a_group_shows_states_what_to_look_at_users_and_limits_in_any_width(board: Board, width: int) -> None:
    board.looks = {
        "okx-desk/manager": look(Standing.IN_SYNC),
        "okx-desk/desk1/quoter": look(Standing.DRIFT),
        "okx-desk/desk1/watcher": look(Standing.CONSISTENT),
    }
    lines = group(board, okx(board), PROFILES.get("okx"), width)
    assert all(cell_len(line.text) <= width for line in lines)
    said = "\n".join(line.text for line in lines)
    assert "1 drift" in said
    assert "1 consistent" in said
    assert "1 in sync" in said
    assert "market maker: 1 key" in said
    assert "desk1/quoter"[: width // 2 - 4] in said
    assert "at most 20 addresses" in said


def test_what_a_group_was_is_told_in_paler_colours_until_something_is_known_now(board: Board) -> None:
    board.looks = {str(key.path): look(Standing.DRIFT, fresh=False) for key in board.keys_of(okx(board))}
    status = board.cells(okx(board), columns(78), NOW)[1]
    assert "were drift" in status.text
    assert status.style == "faint"
    board.looks["okx-desk/manager"] = look(Standing.DRIFT)
    assert board.cells(okx(board), columns(78), NOW)[1].style == "bad"


@pytest.mark.parametrize("width", [50, 78, 100])
def test_what_a_group_counts_is_not_cut_and_its_line_fits(board: Board, width: int) -> None:
    board.looks = {
        "okx-desk/manager": look(Standing.UNOBSERVABLE),
        "okx-desk/desk1/quoter": look(Standing.DRIFT),
    }
    cells = board.cells(okx(board), columns(width), NOW)
    assert sum(cell.width for cell in cells) == sum(column.width for column in columns(width))
    assert len("≠ 1 drift, ○ 1 unobservable") < cells[1].width
    assert cells[1].text == "≠ 1 drift, ○ 1 unobservable"
