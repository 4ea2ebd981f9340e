"""A new workspace that works at once, in an empty folder of somebody with an empty home."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from accesscfg.sandbox import Sandbox
from tests.e2e.conftest import Run
from tests.e2e.desk import Desk, program_environment
from tests.support.sops import find_sops

pytestmark = pytest.mark.slow

IDENTITY = Path(".config", "sops", "age", "keys.txt")


@pytest.fixture
def nowhere(sandbox: Sandbox, tmp_path: Path, home: Path, sops_bin: str) -> Iterator[Desk]:
    """An empty folder, an empty home, and exchanges without any account."""
    sandbox.clear_faults()
    sandbox.load({})
    folder = tmp_path / "new"
    folder.mkdir()
    desk = Desk(folder, sandbox, program_environment(home, {"ACCESSCFG_SANDBOX": sandbox.url}))
    desk.env["ACCESSCFG_SOPS"] = sops_bin
    yield desk
    desk.close()


def identity(desk: Desk) -> Path:
    """The identity that init makes."""
    return Path(desk.env["HOME"]) / IDENTITY


def mode(path: Path) -> int:
    """Who may read and write a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_it_works_at_once(nowhere: Desk, here: Run) -> None:
    assert here(nowhere, "init").code == 0
    assert here(nowhere, "validate").code == 0
    assert here(nowhere, "secrets", "check").code == 0
    assert here(nowhere, "secrets", "list").out == "no entries\n"
    assert here(nowhere, "plan", "--detailed-exitcode").code == 0
    assert here(nowhere, "apply", "--auto-approve").code == 0


def test_the_identity_is_its_owners_alone_and_it_says_where_it_is(nowhere: Desk, here: Run) -> None:
    ran = here(nowhere, "init")
    made = identity(nowhere)
    assert mode(made) == 0o600
    assert mode(made.parent) == 0o700
    assert str(made) in ran.out
    assert "Back it up" in ran.out
    assert "AGE-SECRET-KEY" not in ran.out + ran.err
    assert "AGE-SECRET-KEY" in made.read_text()
    for file in nowhere.folder.rglob("*"):
        assert not file.is_file() or "AGE-SECRET-KEY" not in file.read_text()


@pytest.mark.parametrize("exchange", ["binance", "bybit", "okx"])
def test_from_nothing_to_a_plan_that_is_in_sync(nowhere: Desk, here: Run, exchange: str) -> None:
    assert here(nowhere, "init", "--exchange", exchange).code == 0
    key = f"{exchange}-main/reporting"
    check = here(nowhere, "secrets", "check")
    assert check.code != 0, "no secret yet"
    assert key in check.out
    rights = {"binance": ["enableReading"], "bybit": ["ReadOnly"], "okx": ["read_only"]}
    live = {"label": "reporting", "permissions": rights[exchange], "ip_whitelist": ["203.0.113.10"]}
    live |= {"api_key": "theKey", "api_secret": "theSecret", "passphrase": "thePhrase-1"}
    if exchange != "okx":
        del live["passphrase"]
    account = {"id": f"{exchange}-main", "uid": "1", "seen_as": "203.0.113.10", "keys": [live]}
    nowhere.sandbox.load({"exchanges": {exchange: {"accounts": [account]}}})
    secret = {name: text for name, text in live.items() if name in ("api_key", "api_secret", "passphrase")}
    stored = here(nowhere, "secrets", "set", key, "--stdin", given=json.dumps(secret))
    assert stored.code == 0
    assert "theSecret" not in (nowhere.folder / "secrets.sops.yaml").read_text()
    assert here(nowhere, "secrets", "check").code == 0
    assert f"{key}  " in here(nowhere, "secrets", "list").out
    planned = here(nowhere, "plan")
    assert planned.code == 0, planned
    assert "Plan: no changes" in planned.out
    assert ", 0 unknown" in planned.out


def test_an_identity_that_is_there_is_used_and_stays(nowhere: Desk, here: Run) -> None:
    here(nowhere, "init", "one")
    before = identity(nowhere).read_bytes()
    ran = here(nowhere, "init", "two")
    assert "that was there is used" in ran.out
    assert identity(nowhere).read_bytes() == before
    assert here(nowhere, "-c", "two", "plan").code == 0


def test_an_identity_named_in_the_environment_is_made_there(nowhere: Desk, here: Run, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "age.txt"
    assert here(nowhere, "init", SOPS_AGE_KEY_FILE=str(file)).code == 0
    assert mode(file) == 0o600
    assert not identity(nowhere).exists()


def test_a_workspace_that_is_there_is_refused_and_left_alone(nowhere: Desk, here: Run) -> None:
    here(nowhere, "init")
    before = snapshot(nowhere.folder)
    again = here(nowhere, "init", "--exchange", "okx", "--ci", "gitlab")
    assert again.code == 1
    assert "there is a workspace already" in again.err
    assert snapshot(nowhere.folder) == before


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file with its content."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    "last", [".sops.yaml", "secrets.sops.yaml", ".gitignore", ".vscode/settings.json", "exchanges.yaml"]
)
def test_one_that_was_interrupted_goes_on(nowhere: Desk, here: Run, last: str) -> None:
    """Whatever file it had come to."""
    here(nowhere, "init", "whole", "--exchange", "okx")
    here(nowhere, "init", "half", "--exchange", "okx")
    order = [".sops.yaml", "secrets.sops.yaml", ".gitignore", ".vscode/settings.json", "exchanges.yaml"]
    for name in order[order.index(last) :]:
        (nowhere.folder / "half" / name).unlink()
    assert here(nowhere, "init", "half", "--exchange", "okx").code == 0
    whole, half = snapshot(nowhere.folder / "whole"), snapshot(nowhere.folder / "half")
    assert half.keys() == whole.keys()
    del whole["secrets.sops.yaml"], half["secrets.sops.yaml"]  # encrypted anew
    assert half == whole
    assert here(nowhere, "-c", "half", "validate").code == 0


def test_what_is_there_is_not_overwritten(nowhere: Desk, here: Run) -> None:
    (nowhere.folder / ".gitignore").write_text("mine/\n")
    (nowhere.folder / ".pre-commit-config.yaml").write_text("repos: []\n")
    assert here(nowhere, "init", "--pre-commit").code == 0
    assert (nowhere.folder / ".gitignore").read_text().startswith("mine/\n")
    assert (nowhere.folder / ".pre-commit-config.yaml").read_text() == "repos: []\n"


@pytest.mark.parametrize(
    ("ci", "file"), [("github", ".github/workflows/accesscfg.yml"), ("gitlab", ".gitlab-ci.yml")]
)
def test_checks_before_a_commit_and_in_ci(nowhere: Desk, here: Run, ci: str, file: str) -> None:
    assert here(nowhere, "init", "--pre-commit", "--ci", ci).code == 0
    hooks = yaml.safe_load((nowhere.folder / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    for hook in hooks:
        assert here(nowhere, *hook["entry"].split()[1:]).code == 0
    text = (nowhere.folder / file).read_text()
    assert yaml.safe_load(text)
    assert "accesscfg plan" in text
    script = nowhere.folder / "ci" / "accesscfg" / "install.sh"
    assert os.access(script, os.X_OK)
    subprocess.run(["sh", "-n", script], check=True)


def test_git_sees_no_local_file_and_no_identity(nowhere: Desk, here: Run) -> None:
    subprocess.run(["git", "init", "-q", nowhere.folder], check=True)
    here(nowhere, "init", SOPS_AGE_KEY_FILE=str(nowhere.folder / "keys.txt"))
    here(nowhere, "apply", "--auto-approve", SOPS_AGE_KEY_FILE=str(nowhere.folder / "keys.txt"))
    shown = subprocess.run(
        ["git", "status", "--porcelain", "-uall"],
        cwd=nowhere.folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "exchanges.yaml" in shown
    assert "keys.txt" not in shown
    assert ".accesscfg" not in shown.replace(".accesscfg-", "")
    assert "lock" not in shown


def test_a_folder_that_cannot_be_written_is_an_error_in_words(nowhere: Desk, here: Run) -> None:
    (nowhere.folder / "file").write_text("")
    ran = here(nowhere, "init", "file/deeper")
    assert ran.code == 1
    assert "cannot be written" in ran.err


def test_without_sops_it_says_how_to_get_it_and_can_be_run_again(nowhere: Desk, here: Run) -> None:
    ran = here(nowhere, "init", ACCESSCFG_SOPS="/nowhere/sops")
    assert ran.code == 77
    assert "install sops" in ran.err
    found = find_sops()
    assert found is not None
    assert here(nowhere, "init", ACCESSCFG_SOPS=found).code == 0
    assert here(nowhere, "plan").code == 0
