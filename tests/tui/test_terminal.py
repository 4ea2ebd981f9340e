"""The program itself in a real terminal: what it draws, what it leaves behind, and what it must not say."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from accesscfg.workspace import SANDBOX_VARIABLE
from tests.tui.desk import NARROW, WIDE, Desk
from tests.tui.desk_world import SECRETS
from tools.terminal import Terminal

pytestmark = pytest.mark.slow

ACCESSCFG = str(Path(sys.executable).with_name("accesscfg"))
ALTERNATE, CURSOR, MOUSE, PASTE, FOCUS, WRAPPING = 1049, 25, (1000, 1003, 1006), 2004, 1004, 7
ESCAPE = "\x1b"
COLOR = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m")

Start = Callable[..., Terminal]


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))


@pytest.fixture
def start(desk: Desk) -> Iterator[Start]:
    """Starts the terminal UI on the desk."""
    running: list[Terminal] = []

    def begin(*options: str, size: tuple[int, int] = WIDE, **env: str) -> Terminal:
        argv = [ACCESSCFG, "-c", str(desk.folder), "tui", *options]
        known = {**os.environ, SANDBOX_VARIABLE: desk.sandbox.url, **env}
        running.append(Terminal(argv, size, known))
        return running[-1]

    yield begin
    for terminal in running:
        terminal.close()


def read(terminal: Terminal) -> None:
    """Wait until everything was read once."""
    terminal.wait_for(lambda: "drift" in terminal.text() and "reading" not in terminal.text())
    terminal.settle(0.3)


def is_restored(terminal: Terminal) -> bool:
    """Whether the terminal is as a shell expects it."""
    modes = terminal.canvas.modes
    off = all(not modes.get(mode) for mode in (ALTERNATE, *MOUSE, PASTE, FOCUS))
    return (
        off
        and modes[CURSOR]
        and modes.get(WRAPPING, True)
        and terminal.now_attributes() == terminal.attributes
    )


def test_a_session_ends_with_0_and_leaves_the_terminal_as_it_was(start: Start) -> None:
    terminal = start()
    read(terminal)
    assert terminal.canvas.modes[ALTERNATE]
    assert not terminal.canvas.modes[CURSOR]
    assert terminal.now_attributes() != terminal.attributes
    terminal.press("q")
    assert terminal.exit_code() == 0
    assert is_restored(terminal)


def test_keys_lead_through_the_screens_and_no_secret_is_ever_written(start: Start) -> None:
    terminal = start()
    read(terminal)
    terminal.press("?")
    terminal.wait_for("esc closes")
    terminal.press(ESCAPE)
    terminal.wait_for(lambda: "Help: board" not in terminal.text())
    terminal.press("/quoter\r")
    terminal.wait_for("filter: quoter")
    terminal.press("G\r")
    terminal.wait_for("What follows")
    terminal.press("q")
    terminal.wait_for("filter: quoter")
    terminal.press("2")
    terminal.wait_for("192.0.2.77")
    terminal.press("q")
    terminal.wait_for("filter: quoter")
    terminal.press("q")
    assert terminal.exit_code() == 0
    written = bytes(terminal.written).decode()
    for path, credential in SECRETS.items():
        for name, secret in credential.items():
            assert secret not in written, f"{name} of {path}"


def test_letters_that_arrive_with_the_key_that_opens_a_field_are_typed_in_it(start: Start) -> None:
    terminal = start()
    read(terminal)
    terminal.press("/quoter\r")  # e, r and q would do something on the board
    terminal.wait_for("filter: quoter")
    terminal.press("q")
    assert terminal.exit_code() == 0


def test_a_terminal_that_is_left_alone_is_left_alone(start: Start) -> None:
    terminal = start()
    read(terminal)
    terminal.settle(0.5)
    assert terminal.listen(2.5) == b""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
def test_a_signal_ends_it_in_good_order(start: Start, number: signal.Signals) -> None:
    terminal = start()
    read(terminal)
    terminal.signal(number)
    assert terminal.exit_code() == 128 + number
    assert is_restored(terminal)


def test_without_colours_none_is_sent(start: Start) -> None:
    terminal = start(NO_COLOR="1")
    read(terminal)
    terminal.press("q")
    assert terminal.exit_code() == 0
    assert not COLOR.search(bytes(terminal.written))


def test_an_empty_wish_for_no_colour_is_none(start: Start) -> None:
    terminal = start(NO_COLOR="")
    read(terminal)
    assert COLOR.search(bytes(terminal.written))


def test_without_a_mouse_the_terminal_keeps_it(start: Start) -> None:
    terminal = start("--no-mouse")
    read(terminal)
    assert not any(mode in terminal.canvas.modes for mode in MOUSE)


def test_another_size_of_the_window_is_followed_at_once(start: Start) -> None:
    terminal = start()
    read(terminal)
    terminal.resize(*NARROW)
    terminal.wait_for(lambda: terminal.text().splitlines()[1] == "╭─ Board " + "─" * 70 + "╮")
    terminal.resize(50, 10)
    terminal.wait_for("too small")
    terminal.resize(*WIDE)
    terminal.wait_for("Key")


def test_it_runs_in_tmux_and_ends_with_its_session(desk: Desk, tmp_path: Path) -> None:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed; .ci/run installs it, or says that this was not run")
    socket = str(tmp_path / "tmux")

    def tmux(*arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", socket, "-f", "/dev/null", *arguments],
            env={**os.environ, SANDBOX_VARIABLE: desk.sandbox.url, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def shown(text: str, *, gone: bool = False) -> str:
        end = time.monotonic() + 30
        while (text in (screen := tmux("capture-pane", "-p"))) is gone:
            assert time.monotonic() < end, f"waited for {text}\n{screen}"
            time.sleep(0.05)
        return screen

    command = f"'{ACCESSCFG}' -c '{desk.folder}' tui; echo ended with $?; cat"
    tmux("new-session", "-d", "-x", "120", "-y", "30", command)
    try:
        shown("≠ drift")
        tmux("send-keys", "?")
        shown("esc closes")
        tmux("send-keys", "Escape")
        shown("esc closes", gone=True)
        tmux("send-keys", "q")
        assert "≠" not in shown("ended with 0")
        assert tmux("display-message", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}").split() == [
            "0",
            "1",
            "0",
        ]
    finally:
        tmux("kill-server")
