"""Which sops is used, which is refused, and what happens when it is not what it seems."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from accesscfg.model.errors import SecretsError
from accesscfg.secrets import Sops, open_secrets
from tests.support.sops import SopsRepo

VERSION = 'if [ "$2" = --version ]; then echo "sops 3.13.3"; exit; fi\n'


def script(folder: Path, body: str, name: str = "sops", head: str = "#!/bin/sh") -> Path:
    """A program in a folder of its own."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"{head}\n{body}\n")
    path.chmod(0o755)
    return path


def refusal(program: Path, monkeypatch: pytest.MonkeyPatch) -> SecretsError:
    monkeypatch.setenv("ACCESSCFG_SOPS", str(program))
    with pytest.raises(SecretsError) as caught:
        Sops.find()
    assert caught.value.fix
    assert caught.value.exit_code == 77
    return caught.value


def test_the_real_one_is_found_by_name_or_on_the_path(sops_bin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCESSCFG_SOPS", sops_bin)
    named = Sops.find()
    assert named.executable == Path(sops_bin)
    assert named.version >= (3, 11, 0)
    monkeypatch.delenv("ACCESSCFG_SOPS")
    monkeypatch.setenv("PATH", str(Path(sops_bin).parent))
    assert Sops.find().executable.name == "sops"


def test_its_version_is_asked_for_once_and_without_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = tmp_path / "calls"
    program = script(tmp_path / "bin", f'echo "$SOPS_DISABLE_VERSION_CHECK $@" >> {calls}\necho sops 3.12.1')
    monkeypatch.setenv("ACCESSCFG_SOPS", str(program))
    assert Sops.find().version == Sops.find().version == (3, 12, 1)
    assert calls.read_text() == "true --disable-version-check --version\n"


def test_none_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACCESSCFG_SOPS", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SecretsError, match="not installed") as caught:
        asyncio.run(open_secrets([tmp_path / "secrets.sops.yaml"], None))
    assert caught.value.code == "no_sops"
    assert "3.13.3" in str(caught.value)


def test_a_named_one_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = refusal(tmp_path / "absent", monkeypatch)
    assert error.code == "no_sops"
    assert "ACCESSCFG_SOPS" in str(error)


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ("sops 3.8.1 (latest)", "old_sops"),
        ("sops 3.10.2", "old_sops"),
        ("sops 3.13.2", "broken_sops"),
        ("sops version unknown", "bad_sops"),
        ("hello", "bad_sops"),
        ("", "bad_sops"),
    ],
)
def test_one_of_a_version_that_will_not_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, code: str
) -> None:
    error = refusal(script(tmp_path / "bin", f"echo '{says}'"), monkeypatch)
    assert error.code == code


def test_the_abandoned_python_script_of_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "import sys\nfrom sops import main\nprint('usage: sops [-h] ...', file=sys.stderr)\nsys.exit(2)"
    error = refusal(script(tmp_path / "bin", body, head="#!/usr/bin/env python3"), monkeypatch)
    assert error.code == "wrong_sops"
    assert "pip uninstall sops" in str(error)


def test_a_file_that_is_no_program_for_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "sops"
    program.write_bytes(b"\x7fELF nonsense")
    program.chmod(0o755)
    assert refusal(program, monkeypatch).code == "bad_sops"


@pytest.mark.parametrize("says", ["", "no json MARKED-SECRET", '["MARKED-SECRET"]', '{"keys": ', "\\0377"])
def test_success_without_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sops_repo: SopsRepo, says: str
) -> None:
    program = script(tmp_path / "bin", f"{VERSION}printf '{says}'")
    monkeypatch.setenv("ACCESSCFG_SOPS", str(program))
    file = sops_repo.folder / "secrets.sops.yaml"
    error = asyncio.run(open_secrets([file], None)).problems[file]
    assert error.code == "bad_output"
    assert "MARKED-SECRET" not in str(error)
    assert error.__context__ is None


def test_one_that_hangs_is_stopped_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sops_repo: SopsRepo
) -> None:
    pids = tmp_path / "pids"
    program = script(tmp_path / "bin", f"{VERSION}sleep 60 &\necho $$ $! > {pids}\nwait")
    monkeypatch.setenv("ACCESSCFG_SOPS", str(program))
    file = sops_repo.folder / "secrets.sops.yaml"
    started = time.monotonic()
    error = asyncio.run(open_secrets([file], None, timeout=0.5)).problems[file]
    assert error.code == "timeout"
    assert time.monotonic() - started < 5
    assert all_gone(pids)


def test_a_cancelled_read_stops_sops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sops_repo: SopsRepo
) -> None:
    pids = tmp_path / "pids"
    program = script(tmp_path / "bin", f"{VERSION}sleep 60 &\necho $$ $! > {pids}\nwait")
    monkeypatch.setenv("ACCESSCFG_SOPS", str(program))

    async def impatient() -> None:
        await asyncio.wait_for(open_secrets([sops_repo.folder / "secrets.sops.yaml"], None), 0.5)

    started = time.monotonic()
    with pytest.raises(TimeoutError):
        asyncio.run(impatient())
    assert time.monotonic() - started < 5
    assert all_gone(pids)


def all_gone(pids: Path) -> bool:
    """Whether the processes end soon; a killed one whose parent is gone may stay listed as a zombie."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if not any(alive(pid) for pid in pids.read_text().split()):
            return True
        time.sleep(0.02)
    return False


def alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_at_most_one_sops_a_processor_runs_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sops_repo: SopsRepo
) -> None:
    running, most = tmp_path / "running", tmp_path / "most"
    running.mkdir()
    count = f"touch {running}/$$\nls {running} | wc -l >> {most}\nsleep 0.1\nrm {running}/$$\n"
    body = count + "echo '{\"keys\": {}}'"
    monkeypatch.setenv("ACCESSCFG_SOPS", str(script(tmp_path / "bin", VERSION + body)))
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    files = [sops_repo.folder / f"{n}.sops.yaml" for n in range(9)]
    assert asyncio.run(open_secrets(files, None)).problems == {}
    assert max(map(int, most.read_text().split())) == 3


def test_other_work_goes_on_while_sops_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sops_repo: SopsRepo
) -> None:
    program = script(tmp_path / "bin", VERSION + "sleep 0.5\necho '{\"keys\": {}}'")
    monkeypatch.setenv("ACCESSCFG_SOPS", str(program))

    async def ticks() -> int:
        reading = asyncio.create_task(open_secrets([sops_repo.folder / "secrets.sops.yaml"], None))
        count = 0
        while not reading.done():
            await asyncio.sleep(0.02)
            count += 1
        return count

    assert asyncio.run(ticks()) >= 10
