"""What a child of accesscfg can see, and what others can see of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from accesscfg.secrets import open_secrets, update_secrets
from accesscfg.secrets.process import child_environment
from tests.support.sops import SopsRepo, hmac_entry

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="memfd and /proc are Linux's")


def spying_sops(folder: Path, real: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real sops behind a script that notes what each call was given: see `calls`."""
    notes = folder / "notes"
    notes.mkdir()
    program = folder / "spying-sops"
    program.write_text(
        f"#!/bin/sh\nn={notes}/$$\n"
        'tr "\\0" "\\n" < /proc/$$/cmdline > $n.argv\ntr "\\0" "\\n" < /proc/$$/environ > $n.environ\n'
        "ulimit -c > $n.core\npwd > $n.folder\nps -o sid= -p $$ > $n.session\nls -l /proc/$$/fd > $n.fds\n"
        f'exec {real} "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("ACCESSCFG_SOPS", str(program))
    return notes


def noted(notes: Path, what: str) -> list[str]:
    texts = [path.read_text() for path in sorted(notes.glob(f"*.{what}"))]
    assert texts
    return texts


@pytest.fixture
def notes(tmp_path: Path, sops_repo: SopsRepo, monkeypatch: pytest.MonkeyPatch) -> Path:
    return spying_sops(tmp_path, sops_repo.sops, monkeypatch)


@linux_only
def test_no_secret_is_in_the_arguments_or_the_environment_of_any_call(
    notes: Path, sops_repo: SopsRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINANCE_SECRET", "MARKED-SECRET-ENV")
    update_secrets(sops_repo.file, {"a/one": hmac_entry("1")})
    update_secrets(sops_repo.file, {"a/one": hmac_entry("2"), "a/two": hmac_entry("3")})
    update_secrets(sops_repo.file, {"a/two": None})
    assert set(asyncio.run(open_secrets([sops_repo.file], None)).credentials) == {"a/one"}
    seen = [*noted(notes, "argv"), *noted(notes, "environ")]
    assert len(noted(notes, "argv")) >= 9
    assert not [text for text in seen if "MARKED" in text or "api-key-" in text]


@linux_only
def test_a_child_gets_its_own_settings_and_nothing_else(
    notes: Path, sops_repo: SopsRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = sops_repo.write({"a/one": hmac_entry()})
    for name in ("GPG_TTY", "GOTRACEBACK", "LD_PRELOAD_X", "SOPS_EDITOR", "SOPS_AGE_RECIPIENTS", "OKX_TOKEN"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("SOPS_CONFIG", "/nowhere")
    monkeypatch.setenv("VAULT_TOKEN", "kept")
    monkeypatch.setenv("AWS_PROFILE", "kept")
    asyncio.run(open_secrets([file], None))
    for text in noted(notes, "environ"):
        names = {line.partition("=")[0] for line in text.splitlines()}
        assert {"VAULT_TOKEN", "AWS_PROFILE", "HOME", "PATH", "SOPS_AGE_KEY_FILE"} <= names
        allowed = {
            "PATH",
            "HOME",
            "TMPDIR",
            "USER",
            "LOGNAME",
            "PWD",
            "SSL_CERT_FILE",
            "HTTPS_PROXY",
            "NO_PROXY",
        }
        rest = names - allowed
        assert not [name for name in rest if not name.startswith(("SOPS_", "AWS_", "VAULT_"))]
        assert not {"SOPS_EDITOR", "SOPS_CONFIG", "SOPS_AGE_RECIPIENTS"} & names
        assert "SOPS_DISABLE_VERSION_CHECK=true" in text


@linux_only
def test_a_child_has_no_terminal_no_input_no_core_and_the_files_folder(
    notes: Path, sops_repo: SopsRepo
) -> None:
    file = sops_repo.write({"a/one": hmac_entry()})
    with input_from_a_pipe():
        asyncio.run(open_secrets([file], None))
    assert str(sops_repo.folder) in "".join(noted(notes, "folder"))
    assert {text.strip() for text in noted(notes, "core")} == {"0"}
    assert all("0 -> /dev/null" in text for text in noted(notes, "fds"))
    sessions = {text.strip() for text in noted(notes, "session")}
    assert str(os.getsid(0)) not in sessions


@contextlib.contextmanager
def input_from_a_pipe() -> Iterator[None]:
    """Something on this process's own standard input, which a child must not get."""
    kept = os.dup(0)
    reading, writing = os.pipe()
    os.dup2(reading, 0)
    try:
        yield
    finally:
        os.dup2(kept, 0)
        for descriptor in (kept, reading, writing):
            os.close(descriptor)


@linux_only
@pytest.mark.parametrize("form", ["{0}", "# a comment\n{0}\n", "{1} {0}", "{1}\n{0}"])
def test_an_identity_in_the_environment_travels_in_memory_only(
    notes: Path,
    sops_repo: SopsRepo,
    age_identity: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    form: str,
) -> None:
    from tests.support import agegen

    other, recipient = agegen.identity()
    sops_repo.write_rules(age=f"{recipient},{sops_repo.recipient},{agegen.identity()[1]}")
    file = sops_repo.write({"a/one": hmac_entry()})
    monkeypatch.delenv("SOPS_AGE_KEY_FILE")
    monkeypatch.setenv("SOPS_AGE_KEY", form.format(age_identity[0], other))
    opened = asyncio.run(open_secrets([file], None))
    assert opened.problems == {}
    assert not [text for text in noted(notes, "environ") if "AGE-SECRET-KEY" in text]
    assert os.environ["SOPS_AGE_KEY"]


def test_with_an_identity_file_too_sops_looks_at_both(
    sops_repo: SopsRepo, age_identity: tuple[str, str], identity_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.support import agegen

    file = sops_repo.write({"a/one": hmac_entry()})
    identity_file.write_text(agegen.identity()[0])
    monkeypatch.setenv("SOPS_AGE_KEY", age_identity[0])
    assert asyncio.run(open_secrets([file], None)).problems == {}


def test_no_descriptor_stays_open(sops_repo: SopsRepo, age_identity: tuple[str, str]) -> None:
    # Tried one by one: the process closes its /proc to itself too, unless root runs the tests.
    program = """
import asyncio, os, sys
from pathlib import Path
from accesscfg.secrets import open_secrets

def is_open(descriptor):
    try:
        return bool(os.fstat(descriptor))
    except OSError:
        return False

def after(files):
    asyncio.run(open_secrets(files, None))
    return [n for n in range(256) if is_open(n)]

file = Path(sys.argv[1])
assert after([file]) == after([file, file.with_name("absent.sops.yaml")])
"""
    file = sops_repo.write({"a/one": hmac_entry()})
    env = {**os.environ, "SOPS_AGE_KEY": age_identity[0]}
    del env["SOPS_AGE_KEY_FILE"]
    subprocess.run([sys.executable, "-c", program, str(file)], env=env, check=True, timeout=60)


@linux_only
def test_this_process_leaves_no_core_and_is_closed_to_the_users_other_processes(sops_repo: SopsRepo) -> None:
    program = """
import asyncio, ctypes, resource, sys
from pathlib import Path
from accesscfg.secrets import open_secrets

asyncio.run(open_secrets([Path(sys.argv[1])], None))
assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
PR_GET_DUMPABLE = 3
assert ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0
"""
    file = sops_repo.write({"a/one": hmac_entry()})
    subprocess.run([sys.executable, "-c", program, str(file)], check=True, timeout=60)


def test_a_vault_token_goes_to_no_other_vault_than_the_environment_names() -> None:
    """sops takes the Vault's address from the file; it obeys this list from version 3.13.0 on."""
    token = {"VAULT_TOKEN": "t"}
    here = {**token, "VAULT_ADDR": "https://vault.example:8200"}
    listed = {**here, "SOPS_HC_VAULT_ALLOWLIST": "https://other.example"}

    assert [child_environment(env)["SOPS_HC_VAULT_ALLOWLIST"] for env in (token, here, listed)] == [
        "none",
        "https://vault.example:8200",
        "https://other.example",
    ]
