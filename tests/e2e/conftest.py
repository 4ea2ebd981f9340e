"""The desk, and three ways to run the program on it: in this process, in one of its own, left running."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from accesscfg.cli import main
from accesscfg.sandbox import Sandbox
from tests.e2e import annex
from tests.e2e.desk import (
    DECLARATION,
    EXCHANGES,
    Desk,
    Ran,
    copy_workspace,
    entries,
    program_environment,
    world,
)
from tests.support.sops import SopsRepo

Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One server for all tests; each puts its own world on it."""
    with Sandbox({}) as running:
        yield running


@pytest.fixture(scope="session")
def workspace_folder(
    tmp_path_factory: pytest.TempPathFactory, sops_bin: str, age_identity: tuple[str, str]
) -> Path:
    """The desk's workspace, encrypted once; tests take a copy."""
    folder = tmp_path_factory.mktemp("master") / "desk"
    (folder / "secrets").mkdir(parents=True)
    (folder / "pools").mkdir()
    (folder / "exchanges.yaml").write_text(DECLARATION)
    (folder / "pools" / "cluster.txt").write_text("203.0.113.10, 203.0.113.11\n")
    repo = SopsRepo(folder, sops_bin, age_identity[1])
    repo.write_rules()
    for account in EXCHANGES:
        repo.write(entries(account), f"secrets/{account}.sops.yaml")
    return folder


@pytest.fixture
def desk(
    workspace_folder: Path, sandbox: Sandbox, tmp_path: Path, home: Path, identity_file: Path
) -> Iterator[Desk]:
    """A desk on which nothing has drifted."""
    sandbox.clear_faults()
    sandbox.load(world())
    extra = {"ACCESSCFG_SANDBOX": sandbox.url, "SOPS_AGE_KEY_FILE": str(identity_file)}
    made = Desk(
        copy_workspace(workspace_folder, tmp_path / "desk"), sandbox, program_environment(home, extra)
    )
    yield made
    made.close()


@pytest.fixture(scope="session")
def annex_folder(
    tmp_path_factory: pytest.TempPathFactory, sops_bin: str, age_identity: tuple[str, str]
) -> Path:
    """The annex's workspace, encrypted once."""
    folder = tmp_path_factory.mktemp("master") / "annex"
    folder.mkdir()
    annex.write(SopsRepo(folder, sops_bin, age_identity[1]))
    return folder


@pytest.fixture(name="annex")
def _annex(desk: Desk, annex_folder: Path, tmp_path: Path) -> Desk:
    """The desk, moved to exchanges that show less, where nothing has drifted."""
    desk.folder = copy_workspace(annex_folder, tmp_path / "annex")
    desk.exchanges = annex.EXCHANGES
    desk.sandbox.load(annex.world(desk.folder))
    return desk


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command line in this process, with nothing but the desk's environment: `here(desk, "plan")`.

    `bug` says that the run is expected to end as a bug of accesscfg.
    """
    logger = logging.getLogger("accesscfg")
    before = (logger.handlers[:], logger.level, logger.propagate)

    def call(desk: Desk, *argv: str | Path, given: str = "", bug: bool = False, **env: str) -> Ran:
        errors = io.StringIO()
        capsys.readouterr()
        with monkeypatch.context() as patch:
            for name in list(os.environ):
                if not name.startswith("PYTEST"):
                    patch.delenv(name)
            for name, value in {**desk.env, **env}.items():
                patch.setenv(name, value)
            patch.chdir(desk.folder)
            patch.setattr(sys, "stdin", io.StringIO(given))
            patch.setattr(sys, "stderr", errors)
            code = main([str(one) for one in argv])
        logger.handlers[:], logger.level, logger.propagate = before
        text = errors.getvalue()
        assert "Traceback" not in text, text
        assert ("this is a bug" in text) is bug, text
        return Ran(code, capsys.readouterr().out, text)

    yield call
    logger.handlers[:], logger.level, logger.propagate = before
