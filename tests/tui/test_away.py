"""Away from the screen, in a real terminal: what ends the program there never ends the session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from accesscfg.workspace import SANDBOX_VARIABLE
from tests.tui.desk import WIDE, Desk
from tests.tui.test_terminal import ACCESSCFG, ALTERNATE, is_restored, read
from tools.terminal import Terminal

pytestmark = pytest.mark.slow
CTRL_C = "\x03"


@pytest.fixture
def terminal(desk: Desk, tmp_path: Path) -> Iterator[Terminal]:
    """The terminal UI on the desk, with an editor that waits."""
    env = {"XDG_CONFIG_HOME": str(tmp_path), "EDITOR": "sh -c 'echo editing; exec sleep 600'"}
    argv = [ACCESSCFG, "-c", str(desk.folder), "tui"]
    with Terminal(argv, WIDE, {**os.environ, SANDBOX_VARIABLE: desk.sandbox.url, **env}) as running:
        read(running)
        yield running


def back(terminal: Terminal) -> None:
    """Wait for the screen, look that it answers, and leave."""
    terminal.wait_for(lambda: bool(terminal.canvas.modes[ALTERNATE]))
    terminal.press("5")
    terminal.wait_for("Logs")
    terminal.press("1q")
    assert terminal.exit_code() == 0
    assert is_restored(terminal)


def test_ctrl_c_ends_an_editor_and_comes_back(terminal: Terminal) -> None:
    terminal.press("e")
    terminal.wait_for("editing")
    terminal.press(CTRL_C)
    terminal.wait_for("sh ended with code")
    back(terminal)


@pytest.mark.parametrize("key", [CTRL_C, "\x04", "\r"], ids=["ctrl+c", "ctrl+d", "enter"])
def test_every_key_that_ends_a_prompt_comes_back_from_a_guide_that_was_printed(
    terminal: Terminal, key: str
) -> None:
    terminal.press("/charter\r")
    terminal.wait_for("filter: charter")
    terminal.press("Gm")
    terminal.wait_for("step 1 of")
    terminal.press("v")
    terminal.wait_for("the mouse selects here")
    terminal.press("t")
    terminal.wait_for("Enter goes back")
    terminal.press(key)
    terminal.wait_for("the mouse selects here")
    back(terminal)
