"""`accesscfg demo` in a terminal: the cockpit over a throw-away workspace, the websites in another terminal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.terminal import Terminal

pytestmark = pytest.mark.slow

ACCESSCFG = Path(sys.executable).with_name("accesscfg")
ALTERNATE = 1049
ENTER = re.compile(r"websites, in a second terminal: (\. \S+/websites\.sh)")


@pytest.fixture
def temporary(sops_bin: str) -> Iterator[Path]:
    """Where the program makes its temporary folders; by a short name, which a line of the screen has room for."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def demo(temporary: Path) -> Iterator[Terminal]:
    """The demo, with everything read once; it keeps nothing."""
    with Terminal([str(ACCESSCFG), "demo"], (140, 40), {**os.environ, "TMPDIR": str(temporary)}) as terminal:
        read(terminal)
        yield terminal


def read(terminal: Terminal) -> None:
    """Wait for the board, and for what the status line says once nothing is under way."""
    terminal.wait_for(lambda: "14 drift" in terminal.text() and ENTER.search(terminal.text()) is not None)


def left(terminal: Terminal) -> str:
    """Leave the session; gives what stands on the terminal then."""
    terminal.press("q")
    assert terminal.exit_code() == 0
    assert not terminal.canvas.modes[ALTERNATE]
    assert terminal.now_attributes() == terminal.attributes
    return terminal.text()


def test_it_opens_on_the_drifted_workspace_and_leaves_nothing_behind(demo: Terminal, temporary: Path) -> None:
    assert "kraken-main" in demo.text()
    assert [folder.name for folder in temporary.iterdir() if folder.is_dir()] != []
    left(demo)
    assert list(temporary.iterdir()) == []


def test_before_it_opens_it_says_how_the_websites_are_played(demo: Terminal) -> None:
    before = bytes(demo.written).decode().partition("\x1b[?1049h")[0]
    assert "A throw-away workspace in " in before
    assert "in a second terminal:" in before
    assert "accesscfg sandbox website kraken-main/charter" in before


def test_what_a_second_terminal_does_on_a_website_is_seen_by_the_first(demo: Terminal) -> None:
    found = ENTER.search(demo.text())
    assert found is not None
    done = subprocess.run(
        ["sh", "-c", f"{found[1]} && accesscfg sandbox website kraken-main/charter"],
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done
    assert "steps done at the simulated Kraken" in done.stdout
    demo.press("R")
    demo.wait_for("13 drift")


def test_a_guide_gives_the_line_that_does_it_on_the_website(demo: Terminal) -> None:
    demo.press("/charter\r")
    demo.wait_for("filter: charter")
    demo.press("jm")
    demo.wait_for("Save the key")
    demo.press("v")
    demo.wait_for("t shows it")
    demo.press("\x1b[F")  # the end of the text
    demo.wait_for("websites.sh && accesscfg sandbox website kraken-main/charter")


def test_a_folder_that_is_kept_comes_with_the_way_to_go_on(temporary: Path, tmp_path: Path) -> None:
    env = {**os.environ, "TMPDIR": str(temporary)}
    with Terminal([str(ACCESSCFG), "demo", "--keep", str(tmp_path / "kept")], (140, 40), env) as terminal:
        read(terminal)
        assert "accesscfg sandbox serve --from-workspace" in left(terminal)
    assert (tmp_path / "kept" / "exchanges.yaml").is_file()
    assert not (tmp_path / "kept" / "websites.sh").exists()


@pytest.mark.parametrize(
    ("options", "env"), [(["--story"], {}), ([], {"TERM": "dumb"})], ids=["--story", "dumb"]
)
def test_the_story_is_told_where_it_is_wanted_and_where_nothing_can_be_drawn(
    temporary: Path, options: list[str], env: dict[str, str]
) -> None:
    terms = [f"{name}={value}" for name, value in env.items()]
    argv = ["/usr/bin/env", *terms, str(ACCESSCFG), "demo", *options]
    with Terminal(argv, (140, 40), {**os.environ, "TMPDIR": str(temporary)}) as terminal:
        assert terminal.exit_code(60) == 0
        assert ALTERNATE not in terminal.canvas.modes
        assert b"Exit code 0: every facet is in sync or attested." in terminal.written
