"""Secrets that sops has to ask a person for: it gets the terminal once, and what it opened is kept in memory."""

from __future__ import annotations

import os
import pty
import select
import sys
import time
from pathlib import Path

import pytest

from accesscfg.model.errors import SecretsError
from accesscfg.secrets import Kept, open_at_terminal
from accesscfg.workspace import Workspace
from tests.support.sops import SopsRepo, hmac_entry

ASKS = """\
#!/bin/sh
printf 'PASSPHRASE? ' > /dev/tty || exit 1
read answer < /dev/tty
test "$answer" = "open sesame" && cat {identity}
"""
OPENS = """\
import sys
from pathlib import Path
from accesscfg.model.errors import SecretsError
from accesscfg.secrets import open_at_terminal
opened = open_at_terminal([Path(sys.argv[1])])
print("OPENED", sorted(opened.credentials), [one.code for one in opened.problems.values()])
"""


@pytest.fixture
def asking(sops_repo: SopsRepo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SopsRepo:
    """A secrets file whose identity comes from a program that asks at the terminal."""
    sops_repo.write({"a/key": hmac_entry()})
    program = tmp_path / "ask"
    program.write_text(ASKS.format(identity=os.environ["SOPS_AGE_KEY_FILE"]))
    program.chmod(0o700)
    monkeypatch.delenv("SOPS_AGE_KEY_FILE")
    monkeypatch.setenv("SOPS_AGE_KEY_CMD", str(program))
    return sops_repo


def at_terminal(file: Path, answer: str) -> str:
    """What the program says on a terminal of its own, where somebody types the answer when asked."""
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover (another process)
        os.execv(sys.executable, [sys.executable, "-c", OPENS, str(file)])
    said = b""
    end = time.monotonic() + 60
    typed = False
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            part = os.read(terminal, 4096)
        except OSError:  # it has ended
            break
        if not part:
            break
        said += part
        if b"PASSPHRASE?" in said and not typed:
            typed = True
            os.write(terminal, answer.encode() + b"\n")
    os.waitpid(child, 0)
    os.close(terminal)
    return said.decode("utf-8", "replace")


def test_sops_may_ask_at_the_terminal(asking: SopsRepo) -> None:
    said = at_terminal(asking.file, "open sesame")

    assert "OPENED ['a/key'] []" in said
    assert hmac_entry()["api_secret"] not in said


def test_a_wrong_answer_is_a_problem_in_our_words(asking: SopsRepo) -> None:
    said = at_terminal(asking.file, "sesame")

    assert "OPENED [] ['" in said
    assert hmac_entry()["api_secret"] not in said


def test_what_is_kept_fits_as_long_as_the_file_is_as_it_was(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/key": hmac_entry()})
    kept = Kept.of(open_at_terminal([file]), [file])

    assert kept.fits([file])
    assert not kept.fits([file, sops_repo.folder / "other.sops.yaml"])
    file.write_bytes(file.read_bytes() + b"\n")
    assert not kept.fits([file])


def test_a_workspace_whose_files_do_not_open_stays_locked(
    sops_repo: SopsRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    sops_repo.write({"a/key": hmac_entry()})
    (sops_repo.folder / "exchanges.yaml").write_text(
        "version: 1\nexchanges:\n  a:\n    exchange: bybit\n    keys:\n"
        "      key: {permissions: [read], ip_whitelist: unrestricted}\n"
    )
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", "/nonexistent/key")
    workspace = Workspace.open(sops_repo.folder, {"ACCESSCFG_SANDBOX": "http://127.0.0.1:1"})

    with pytest.raises(SecretsError):
        workspace.unlock_at_terminal()
