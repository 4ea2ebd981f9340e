"""Every file that a declaration is made of is named, so that somebody can look whether one has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from accesscfg.model.errors import InvalidDeclaration
from accesscfg.workspace import Workspace

SANDBOX = {"ACCESSCFG_SANDBOX": "http://127.0.0.1:1"}


def folder_with(folder: Path, exchange: str) -> None:
    (folder / "exchanges.yaml").write_text("version: 1\ninclude: [more.yaml]\nexchanges: {}\n")
    (folder / "more.yaml").write_text(
        f"ip_pools: {{ours: {{file: ours.txt}}}}\nexchanges:\n  a:\n    exchange: {exchange}\n    keys:\n"
        "      bot: {permissions: [read], ip_whitelist: [pool:ours]}\n"
    )
    (folder / "ours.txt").write_text("203.0.113.10\n")


def test_included_files_and_files_of_pools_are_among_them(tmp_path: Path) -> None:
    folder_with(tmp_path, "okx")

    files = Workspace.open(tmp_path, SANDBOX).load().files

    assert [file.name for file in files] == ["exchanges.yaml", "more.yaml", "ours.txt"]


def test_so_it_is_where_the_declaration_is_not_valid(tmp_path: Path) -> None:
    folder_with(tmp_path, "nowhere")

    with pytest.raises(InvalidDeclaration) as caught:
        Workspace.open(tmp_path, SANDBOX).load()

    assert [file.name for file in caught.value.files] == ["exchanges.yaml", "more.yaml", "ours.txt"]
