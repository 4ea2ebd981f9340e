"""Secrets: of all that a session writes to its terminal, to the clipboard, and to the disk, none holds one.

Every screen is gone through in a real terminal, with an apply, a copy of everything that can be copied, a saved plan
and a log that was looked at; then all bytes are searched for every secret, in the ways that one may be encoded.
"""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from accesscfg.workspace import SANDBOX_VARIABLE
from tests.tui.desk import NARROW, WIDE, Desk
from tests.tui.desk_world import SECRETS
from tools.terminal import Terminal

pytestmark = pytest.mark.slow

ACCESSCFG = str(Path(sys.executable).with_name("accesscfg"))
PLACES = {
    "2": "Plan",
    "3": "IP pools",
    "4": "History",
    "5": "Logs",
    "6": "SETTINGS",
    "7": "Apply",
    "0": "Files",
}


def forms(secret: str) -> Iterator[bytes]:
    """The secret as it may be written: as it is, quoted, encoded, and a piece of it that nobody guesses."""
    yield secret.encode()
    yield quote(secret, safe="").encode()
    yield base64.b64encode(secret.encode()).rstrip(b"=")
    yield secret.encode().hex().encode()
    yield secret[2:14].encode()


def secrets() -> Iterator[tuple[str, bytes]]:
    """Every secret and every key id of the desk, by name."""
    for path, fields in SECRETS.items():
        for name, secret in fields.items():
            for form in forms(secret):
                yield f"{name} of {path}", form


def searched(where: str, written: bytes) -> None:
    """Fails where a secret is in it."""
    assert [name for name, form in secrets() if form in written] == [], where


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_of_all_that_is_written_nothing_is_a_secret(
    desk: Desk, size: tuple[int, int], tmp_path: Path
) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    copies = tmp_path / "copied"
    for name in ("xclip", "xsel", "wl-copy", "pbcopy", "tmux"):
        (tools / name).write_text(f"#!/bin/sh\ncat >> {copies}\n")
        (tools / name).chmod(0o755)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("SSH_", "TMUX"))}
    env |= {"PATH": f"{tools}:{env['PATH']}", "DISPLAY": ":9", "XDG_CONFIG_HOME": str(tmp_path / "settings")}
    env |= {SANDBOX_VARIABLE: desk.sandbox.url, "XDG_STATE_HOME": str(tmp_path / "state")}
    argv = [ACCESSCFG, "-v", "-c", str(desk.folder), "tui"]
    with Terminal(argv, size, env) as terminal:
        terminal.wait_for(lambda: "drift" in terminal.text() and "reading" not in terminal.text())
        terminal.settle(0.3)
        walk(terminal)
        terminal.press("q")
        terminal.exit_code()
        searched("the terminal", bytes(terminal.written))
        assert base64.b64encode(b"okx-desk")[:8] in bytes(terminal.written) or copies.exists()
    if copies.exists():
        searched("the clipboard", copies.read_bytes())
    for folder in (desk.folder, tmp_path):
        for file in folder.rglob("*"):
            if file.is_file() and ".git" not in file.parts:
                searched(str(file), file.read_bytes())


def walk(terminal: Terminal) -> None:
    """Through everything."""
    terminal.press("g" + "j" * 3)
    for _ in range(4):  # what can be copied of a key, one after the other
        terminal.press("c")
        terminal.wait_for("Copy of")
        terminal.press("j" * _ + "\r")
        terminal.settle(0.2)
    terminal.press("\r")
    terminal.wait_for("IP WHITELIST")
    terminal.press("G\x1b")
    terminal.settle(0.2)
    for key, word in PLACES.items():
        terminal.press(key)
        terminal.wait_for(word)
        terminal.press("G")
        if key not in "60":
            terminal.press("c")
            terminal.settle(0.2)
            terminal.press("\r")
        terminal.settle(0.2)
    terminal.press("1p")
    terminal.wait_for("Plan ")
    terminal.settle(0.5)
    terminal.press("w\r")
    terminal.wait_for("saved for you alone")
    terminal.press("a")
    terminal.wait_for("Type the key's name")
    terminal.press("quoter")
    terminal.settle(0.2)
    terminal.press("y")
    terminal.wait_for(lambda: "done" in terminal.text())
    terminal.settle(1.0)
    terminal.press("5Gc")
    terminal.settle(0.3)
    terminal.press("1")
    terminal.settle(0.3)
