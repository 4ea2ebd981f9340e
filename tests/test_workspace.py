"""What the facade does by itself: the local folder."""

from __future__ import annotations

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
