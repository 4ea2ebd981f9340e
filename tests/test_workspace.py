"""What the facade does by itself: the local folder."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from accesscfg.model.errors import AccesscfgError
from accesscfg.workspace import Workspace


def workspace(folder: Path) -> Workspace:
    (folder / "exchanges.yaml").write_text("version: 1\nexchanges: {}\n")
    return Workspace.open(folder, {})


def test_the_local_folder_is_for_its_owner_alone_and_ignored_by_git(tmp_path: Path) -> None:
    (tmp_path / ".accesscfg").mkdir(mode=0o755)
    local = workspace(tmp_path).local

    assert local.stat().st_mode & 0o777 == 0o700
    assert (local / ".gitignore").read_text() == "*\n"


def test_a_link_in_the_place_of_the_local_folder_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / ".accesscfg").symlink_to(elsewhere)

    with pytest.raises(AccesscfgError, match="is a link"), workspace(tmp_path).locked():
        pass
    assert list(elsewhere.iterdir()) == []


def test_a_plan_fits_the_files_until_they_declare_something_else_or_nothing_that_can_be_read(
    tmp_path: Path,
) -> None:
    made = workspace(tmp_path)
    plan = asyncio.run(made.plan())
    assert made.still_declared(plan)

    made.file.write_text("version: 1\nexchanges: {}\npolicies: {forbid: [withdraw]}\n")
    assert not made.still_declared(plan)

    made.file.write_text("version: [")
    assert not made.still_declared(plan)
