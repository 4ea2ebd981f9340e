"""The desk of each test: its own folder, the module's sandbox, secrets that were encrypted once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from accesscfg.sandbox import Sandbox
from tests.support.sops import SopsRepo
from tests.tui.desk import Desk
from tests.tui.desk_world import DECLARATION, POOL, SECRETS, world


@pytest.fixture(scope="session")
def desk_template(
    tmp_path_factory: pytest.TempPathFactory, sops_bin: str, age_identity: tuple[str, str]
) -> Path:
    """The workspace as every test finds it."""
    repo = SopsRepo(tmp_path_factory.mktemp("desk") / "workspace", sops_bin, age_identity[1])
    (repo.folder / "pools").mkdir(parents=True)
    repo.write_rules()
    repo.write(SECRETS)
    (repo.folder / "exchanges.yaml").write_text(DECLARATION)
    (repo.folder / "pools" / "platform.txt").write_text(POOL)
    return repo.folder


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """The simulated exchanges."""
    with Sandbox({}) as running:
        yield running


@pytest.fixture
def desk(desk_template: Path, sandbox: Sandbox, identity_file: Path, tmp_path: Path) -> Desk:
    """A fresh workspace and a fresh world."""
    folder = tmp_path / "workspace"
    shutil.copytree(desk_template, folder)
    sandbox.clear_faults()
    sandbox.load(world())
    return Desk(folder, sandbox)
