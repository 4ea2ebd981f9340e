"""Opening the terminal UI: what it needs, what it refuses, and that nothing else loads its libraries."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from accesscfg.cli.app import COMMANDS
from tests.cli.conftest import Run
from tests.cli.stub import StubWorkspace

ROOT = Path(__file__).parent.parent.parent
OTHERS = [name for name in COMMANDS if name != "tui"]


def test_without_a_terminal_it_refuses_and_names_the_commands_that_need_none(
    run: Run, workspace: StubWorkspace
) -> None:
    ran = run("tui")

    assert ran.code == 64
    assert "needs a terminal" in ran.err
    assert "accesscfg status" in ran.err
    assert ran.out == ""


@pytest.mark.parametrize("term", ["dumb", None])
def test_a_terminal_that_obeys_nothing_is_refused(
    run: Run, workspace: StubWorkspace, monkeypatch: pytest.MonkeyPatch, term: str | None
) -> None:
    if term is None:
        monkeypatch.delenv("TERM", raising=False)
    else:
        monkeypatch.setenv("TERM", term)

    assert run("tui", typed="").code == 64


@pytest.mark.parametrize("size", ["big", "9x9", "140", "140x4000"])
def test_a_picture_has_a_size_in_cells(run: Run, workspace: StubWorkspace, tmp_path: Path, size: str) -> None:
    ran = run("tui", "--screenshot", str(tmp_path / "board.svg"), "--size", size)

    assert ran.code == 64
    assert "--size" in ran.err


def imported(*argv: str) -> str:
    program = (
        "import sys\nfrom accesscfg.cli import main\nmain(sys.argv[1:])\n"
        "print('loaded:', *sorted({name.partition('.')[0] for name in sys.modules} & "
        "{'textual', 'rich', 'accesscfg_tui'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *argv], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.rpartition("loaded:")[2].strip()


@pytest.mark.parametrize("name", OTHERS)
def test_the_module_of_no_other_command_loads_it(name: str) -> None:
    assert imported(name, "--help") == ""


def test_what_a_plan_runs_through_does_not_load_it(tmp_path: Path) -> None:
    (tmp_path / "exchanges.yaml").write_text("version: 1\nexchanges: {}\n")

    assert imported("-c", str(tmp_path), "plan") == ""
    assert imported("-c", str(tmp_path), "apply", "--auto-approve") == ""
    assert imported("-c", str(tmp_path), "status") == ""


def test_its_own_help_loads_nothing_of_it_either() -> None:
    assert imported("tui", "--help") == ""


def rooms_imported_by(path: Path) -> set[str]:
    """The packages of accesscfg that a module of the terminal UI imports from."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            names = (
                [f"accesscfg.{alias.name}" for alias in node.names]
                if node.module == "accesscfg"
                else [node.module]
            )
        rooms |= {name.split(".")[1] for name in names if name.startswith("accesscfg.")}
    return rooms


SOURCES = sorted((ROOT / "tui" / "accesscfg_tui").rglob("*.py"))
# it asks the facade to do things, takes types and words, and puts text on the clipboard
FACADE = {"workspace", "model", "report", "clipboard"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "tui")))
def test_the_terminal_ui_asks_only_the_facade(path: Path) -> None:
    assert rooms_imported_by(path) <= FACADE


VIEW_MODELS = [path for path in SOURCES if path.parent.name == "viewmodel"]


@pytest.mark.parametrize("path", VIEW_MODELS, ids=lambda path: path.name)
def test_what_is_shown_is_computed_without_a_terminal(path: Path) -> None:
    assert "textual" not in path.read_text()
