"""What holds in every test: nobody's own settings, a home folder of its own, and no way off this machine."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import agegen
from tests.support.network import only_loopback
from tests.support.sops import FOREIGN, SopsRepo, find_sops

# no test is judged by the clock of a busy machine
settings.register_profile("timeless", settings(), deadline=None)
settings.load_profile("timeless")


@pytest.fixture(scope="session", autouse=True)
def _closed_session() -> Iterator[None]:
    """For the whole run, fixtures of any scope included."""
    sops = find_sops()
    # started in the background this ignores Ctrl-C, and so would our children
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.MonkeyPatch.context() as patch, only_loopback():
        for name in list(os.environ):
            if name.startswith(FOREIGN):
                patch.delenv(name)
        if sops is not None:
            patch.setenv("ACCESSCFG_SOPS", sops)
        patch.setenv("SOPS_DISABLE_VERSION_CHECK", "true")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder for each test."""
    folder = tmp_path_factory.mktemp("home")
    folder.chmod(0o700)
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def sops_bin() -> str:
    """The real sops. That there is none is a failure, never a reason to skip."""
    found = find_sops()
    if found is None:
        pytest.fail("there is no sops: `make test` builds it, or name one in ACCESSCFG_SOPS")
    return found


@pytest.fixture(scope="session")
def age_identity() -> tuple[str, str]:
    """A throw-away age identity: its secret and its recipient."""
    return agegen.identity()


@pytest.fixture
def identity_file(home: Path, age_identity: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The identity in a file that SOPS_AGE_KEY_FILE names."""
    file = home / "age.txt"
    file.write_text(age_identity[0] + "\n")
    file.chmod(0o600)
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", str(file))
    return file


@pytest.fixture
def sops_repo(tmp_path: Path, sops_bin: str, age_identity: tuple[str, str], identity_file: Path) -> SopsRepo:
    """A folder with a `.sops.yaml` for the identity, and nothing else."""
    repo = SopsRepo(tmp_path / "repo", sops_bin, age_identity[1])
    repo.folder.mkdir()
    repo.write_rules()
    return repo
