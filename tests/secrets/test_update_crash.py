"""Updates that are killed, and updates that meet: no entry is lost, and no file is ever half."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from accesscfg.secrets import check_file, update_secrets
from tests.support.sops import SopsRepo, hmac_entry

UPDATE = """
import sys
from pathlib import Path
from accesscfg.secrets import update_secrets
from tests.support.sops import hmac_entry

entries = {name: hmac_entry(name.rpartition("/")[2]) for name in sys.argv[2:]}
print("ready", flush=True)
sys.stdin.read()
update_secrets(Path(sys.argv[1]), entries)
"""


def updater(file: Path, *names: str) -> subprocess.Popen[bytes]:
    """A process that is ready to put entries into the file, and does when its input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", UPDATE, str(file), *names],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def release(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()


def end(process: subprocess.Popen[bytes]) -> int:
    code = process.wait(timeout=60)
    assert process.stdout is not None
    process.stdout.close()
    return code


def test_updates_at_the_same_time_all_arrive(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/first": hmac_entry()})
    processes = [updater(file, f"a/k{n}") for n in range(5)]
    for process in processes:
        release(process)
    assert [end(process) for process in processes] == [0] * 5
    assert set(sops_repo.decrypt()["keys"]) == {"a/first", *(f"a/k{n}" for n in range(5))}


def test_makers_of_the_same_new_file_all_arrive(sops_repo: SopsRepo) -> None:
    processes = [updater(sops_repo.file, f"a/k{n}") for n in range(3)]
    for process in processes:
        release(process)
    assert [end(process) for process in processes] == [0] * 3
    assert set(sops_repo.decrypt()["keys"]) == {f"a/k{n}" for n in range(3)}


def killed_after(file: Path, seconds: float) -> None:
    process = updater(file, "a/one", "a/two")
    release(process)
    time.sleep(seconds)
    process.kill()
    end(process)


def duration(file: Path) -> float:
    """How long an update takes that nobody disturbs."""
    process = updater(file, "a/one", "a/two")
    started = time.monotonic()
    release(process)
    assert end(process) == 0
    return time.monotonic() - started


@pytest.mark.slow
def test_an_update_that_is_killed_at_any_moment_changes_all_or_nothing(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/one": hmac_entry("old"), "a/keep": hmac_entry()})
    old = sops_repo.decrypt()["keys"]
    new = {"a/one": hmac_entry("one"), "a/keep": hmac_entry(), "a/two": hmac_entry("two")}
    before = file.read_bytes()
    outcomes = []
    longest = duration(file)
    for n in range(24):
        file.write_bytes(before)
        killed_after(file, longest * n / 22)
        outcomes.append(sops_repo.decrypt()["keys"])
        assert check_file(file) == []
        left = [path.read_text() for path in sops_repo.folder.glob(".accesscfg-*")]
        assert not [text for text in left if "MARKED" in text]
    assert all(outcome in (old, new) for outcome in outcomes)
    assert old in outcomes
    update_secrets(file, {"a/one": hmac_entry("one"), "a/two": hmac_entry("two")})
    assert sops_repo.decrypt()["keys"] == new
    assert not list(sops_repo.folder.glob(".accesscfg-*"))


@pytest.mark.slow
def test_the_first_update_that_is_killed_makes_a_whole_file_or_none(sops_repo: SopsRepo) -> None:
    longest = duration(sops_repo.file)
    for n in range(12):
        sops_repo.file.unlink(missing_ok=True)
        killed_after(sops_repo.file, longest * n / 10)
        if sops_repo.file.exists():
            assert set(sops_repo.decrypt()["keys"]) == {"a/one", "a/two"}
            assert check_file(sops_repo.file) == []
