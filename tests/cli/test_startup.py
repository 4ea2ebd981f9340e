"""Starting: nothing is imported that a command does not need, and help is there for everything."""

from __future__ import annotations

import re
import subprocess
import sys

import click
import pytest

from accesscfg import __version__
from accesscfg.cli.app import COMMANDS, group
from tests.cli.conftest import Run

HEAVY = (
    "asyncio",
    "cryptography",
    "httpx",
    "jsonschema",
    "logging",
    "starlette",
    "textual",
    "uvicorn",
    "yaml",
)


def imported_by(*argv: str) -> set[str]:
    """The heavy modules that a command line loads in a fresh interpreter."""
    program = (
        "import sys\nfrom accesscfg.cli import main\nmain(sys.argv[1:])\n"
        f"print('loaded:', *(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *argv], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.rpartition("loaded:")[2].split())


@pytest.mark.parametrize("argv", [["--version"], ["--help"], ["plan", "--help"], ["apply", "--help"]])
def test_help_and_version_load_nothing_heavy(argv: list[str]) -> None:
    assert imported_by(*argv) == set()


def test_the_version_needs_no_package_metadata(run: Run) -> None:
    assert run("--version").out == f"accesscfg {__version__}\n"
    assert run("--version").code == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_teaches(run: Run, name: str) -> None:
    ran = run(name, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: accesscfg {name}")
    command = group.get_command(click.Context(group), name)
    assert command is not None
    if not isinstance(command, click.Group):
        assert f"\n    accesscfg {name}" in ran.out or name == "validate"
    for option in command.params:
        assert not isinstance(option, click.Option) or option.help


def test_the_top_level_help_tells_the_story_in_order(run: Run) -> None:
    text = run("--help").out
    assert [found for found in re.findall(r"^  (\w+)  ", text, re.MULTILINE) if found in COMMANDS] == list(
        COMMANDS
    )
    for part in ("accesscfg demo", "Exit codes:", "_ACCESSCFG_COMPLETE=bash_source"):
        assert part in text


@pytest.mark.parametrize(
    "argv", [["nonsense"], ["plan", "--nonsense"], ["plan", "--format", "xml"], ["secrets", "nonsense"]]
)
def test_a_wrong_command_line_exits_64(run: Run, argv: list[str]) -> None:
    ran = run(*argv)
    assert ran.code == 64
    assert "Usage: accesscfg" in ran.err
    assert ran.out == ""


def test_completion_comes_from_the_shells_own_mechanism() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from accesscfg.cli import main\nmain([])"],
        capture_output=True,
        text=True,
        env={"_ACCESSCFG_COMPLETE": "zsh_source", "PATH": "/usr/bin:/bin"},
        timeout=60,
    )
    assert "#compdef accesscfg" in done.stdout


def test_a_reader_who_goes_away_is_no_error() -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys\nfrom accesscfg.cli import main\nsys.exit(main(['providers', 'okx']))",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr:
        errors = process.stderr.read()
    assert (process.wait(timeout=60), errors) == (0, b"")
