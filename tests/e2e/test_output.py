"""What goes where: results to standard output, all else to standard error, plain unless it is a terminal."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import subprocess
import termios
from collections.abc import Mapping, Sequence

import pytest

from tests.e2e.conftest import Run
from tests.e2e.desk import HOSTS, PROGRAM, Desk

pytestmark = pytest.mark.slow

BOT = "bybit-fund/grid-1/bot"


@pytest.fixture
def drifted(desk: Desk) -> Desk:
    """One change by API."""
    desk.click(BOT, ip_whitelist=[*HOSTS, "198.51.100.9"])
    return desk


def on_a_terminal(
    desk: Desk, *argv: str, answers: Sequence[tuple[str, str]] = (), env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """The program on a terminal: its exit code, and all that is seen there.

    `answers` are typed one after the other, each when its question is there.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, *argv],
        cwd=desk.folder,
        env={**desk.env, "TERM": "xterm", **(env or {})},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY),
    )
    os.close(theirs)
    seen, open_answers = b"", list(answers)
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        seen += part
        if open_answers and seen.rstrip().endswith(open_answers[0][0].encode()):
            os.write(ours, open_answers.pop(0)[1].encode())
    os.close(ours)
    return process.wait(timeout=30), seen.decode()


@pytest.mark.parametrize(
    "argv", [["plan"], ["status"], ["apply", "--auto-approve"], ["validate"], ["providers"]]
)
def test_results_are_on_standard_output_and_plain_when_piped(
    drifted: Desk, here: Run, argv: list[str]
) -> None:
    ran = here(drifted, *argv)
    assert ran.out
    assert ran.err == ""
    assert "\x1b" not in ran.out
    if argv != ["providers"]:  # a table
        assert max(map(len, ran.out.splitlines())) <= 100


@pytest.mark.parametrize("command", ["plan", "status", "apply"])
def test_json_is_all_there_is_on_standard_output(drifted: Desk, here: Run, command: str) -> None:
    argv = ["--auto-approve"] if command == "apply" else []
    ran = here(drifted, "-v", command, *argv, "--format", "json")
    assert json.loads(ran.out)
    assert "bybit-fund GET /v5/user/query-api: 200" in ran.err


def test_errors_are_on_standard_error(desk: Desk, here: Run) -> None:
    ran = here(desk, "plan", ACCESSCFG_SOPS="/nowhere/sops")
    assert ran.out == ""
    assert ran.err.startswith("error: ")
    assert "\n  next: " in ran.err


def test_colour_on_a_terminal_only_and_not_when_it_is_not_wanted(drifted: Desk) -> None:
    code, seen = on_a_terminal(drifted, "plan")
    assert code == 0
    assert "\x1b[" in seen.replace("\r\x1b[2K", "")
    plain: list[tuple[list[str], dict[str, str]]] = [
        (["plan"], {"NO_COLOR": "1"}),
        (["--no-color", "plan"], {}),
        (["plan"], {"TERM": "dumb"}),
    ]
    for argv, env in plain:
        code, seen = on_a_terminal(drifted, *argv, env=env)
        assert code == 0
        assert "\x1b[" not in seen.replace("\r\x1b[2K", ""), (argv, env)


def test_a_terminal_is_asked_and_only_yes_is_yes(drifted: Desk) -> None:
    question = "Only the word yes is taken as consent:"
    for typed in ("no\n", "y\n", "\n", "YES\n", "\x04", "\x03"):
        code, seen = on_a_terminal(drifted, "apply", answers=[(question, typed)])
        assert code == 130
        assert question in seen
    assert drifted.writes() == []
    code, seen = on_a_terminal(drifted, "apply", answers=[(question, "yes\n")])
    assert code == 0
    assert len(drifted.writes()) == 1


def test_a_secret_is_typed_without_echo(desk: Desk) -> None:
    answers = [("api_key:", "theKey\n"), ("api_secret:", "theSecret\n")]
    code, seen = on_a_terminal(desk, "secrets", "set", BOT, answers=answers)
    assert code == 0, seen
    assert f"Stored api_key, api_secret of {BOT}" in seen
    assert "theSecret" not in seen
    assert "theKey" not in seen


@pytest.mark.parametrize(
    "argv",
    [["apply"], ["secrets", "set", BOT], ["plan"], ["demo", "--keep", "."], ["init"]],
    ids=lambda argv: argv[0],
)
def test_without_a_terminal_nothing_is_ever_asked(desk: Desk, argv: list[str]) -> None:
    """Standard input stays open and says nothing: whoever reads from it hangs."""
    reading, writing = os.pipe()
    try:
        done = subprocess.run(
            [PROGRAM, *argv],
            cwd=desk.folder,
            env=desk.env,
            stdin=reading,
            capture_output=True,
            text=True,
            timeout=30,
        )
    finally:
        os.close(reading)
        os.close(writing)
    assert done.returncode in (0, 1, 64)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("argv", ["plan", "status", "providers", "plan --format json", "--help", "demo"])
def test_a_reader_who_leaves_is_no_error(drifted: Desk, argv: str) -> None:
    script = f"{{ {PROGRAM} {argv}; echo code $? >&2; }} | head -1"
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=drifted.folder,
        env=drifted.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == "code 0\n"
    assert len(done.stdout.splitlines()) == 1


def test_output_that_is_closed_or_full_is_no_traceback(drifted: Desk) -> None:
    for script in (f"{PROGRAM} plan >&-", f"{PROGRAM} plan 2>&-", f"{PROGRAM} plan > /dev/full"):
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=drifted.folder,
            env=drifted.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert "Traceback" not in done.stderr, script
        assert "bug" not in done.stderr, script


def test_a_terminal_that_knows_no_unicode_gets_its_output(drifted: Desk) -> None:
    ran = drifted.run("status", LANG="C", LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert ran.code == 0
    assert "198.51.100.9" in ran.out
    assert ran.out.isascii()


def test_no_warning_of_python_or_a_library_is_ever_shown(drifted: Desk) -> None:
    for argv in (["plan"], ["apply", "--auto-approve"]):
        ran = drifted.run(*argv, PYTHONWARNINGS="error")
        assert ran.code == 0, ran
        assert ran.err == ""
