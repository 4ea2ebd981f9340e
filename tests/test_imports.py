"""The rings: a folder imports only those listed above it, and heavy libraries only where they are needed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "accesscfg"

# from the inside out; what stands beside `workspace` composes the rings below it
RINGS = ("model", "config", "secrets", "exchanges", "engine", "policy", "guides", "report")
AROUND = (
    "workspace",
    "workspace_init",
    "unlock",
    "rehearsal",
    "audit",
    "holder",
    "departures",
    "gitlog",
    "lastboard",
    "ticks",
    "guiding",
    "demo",
    "clipboard",
    "cli",
)
ALLOWED = {
    **{ring: {*RINGS[: place + 1], "resources"} for place, ring in enumerate(RINGS)},
    "resources": {"resources"},
    "clipboard": {"clipboard"},
    "audit": {"model", "audit"},
    "holder": {"model", "audit", "holder"},
    "gitlog": {"model", "gitlog"},
    "departures": {"model", "gitlog", "departures"},
    "unlock": {"model", "secrets", "engine", "unlock"},
    "lastboard": {"model", "lastboard"},
    "ticks": {"model", "ticks"},
    "guiding": {"model", "engine", "policy", "guides", "guiding"},
    "rehearsal": {"model", "secrets", "rehearsal"},
    "workspace_init": {"model", "secrets", "resources", "workspace_init"},
    "workspace": {
        "model",
        "config",
        "secrets",
        "exchanges",
        "engine",
        "policy",
        "audit",
        "holder",
        "departures",
        "rehearsal",
        "workspace",
        "unlock",
        "lastboard",
        "guides",
        "ticks",
        "guiding",
    },
    "demo": {*RINGS, "workspace", "resources", "sandbox", "demo"},
    "cli": {*RINGS, *AROUND, "resources", "sandbox"},
    "sandbox": {"sandbox", "model"},
}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "_data" not in path.parts)


def imports(path: Path) -> Iterator[str]:
    """The rooms of accesscfg that a module imports from, wherever in the module that stands."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            names = (
                [node.module]
                if node.module != "accesscfg"
                else [f"accesscfg.{alias.name}" for alias in node.names]
            )
        for name in names:
            parts = name.split(".")
            if parts[0] == "accesscfg" and len(parts) > 1 and parts[1] != "__version__":
                yield parts[1]


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_the_rooms_inside_it(path: Path) -> None:
    if room(path) == "__init__":
        assert list(imports(path)) == []
        return
    assert set(imports(path)) <= ALLOWED[room(path)]


def test_the_tui_is_imported_by_its_own_command_alone() -> None:
    naming = [path for path in modules() if "accesscfg_tui" in path.read_text()]
    assert naming == [PACKAGE / "cli" / "tui.py"]


HEAVY = ("httpx", "jsonschema", "yaml", "textual", "rich", "cryptography", "uvicorn", "starlette", "asyncio")


def loaded_by(*arguments: str, env: dict[str, str] | None = None) -> set[str]:
    """Which heavy libraries one run of the program imported."""
    code = (
        "import sys, contextlib\n"
        "from accesscfg.cli import main\n"
        "with contextlib.suppress(SystemExit):\n"
        f"    main({list(arguments)!r})\n"
        f"print('LOADED', *[name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **(env or {})},
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize("arguments", [("--version",), ("--help",), ("plan", "--help"), ("apply", "--help")])
def test_version_and_help_load_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert loaded_by(*arguments) == set()


def test_validate_loads_no_library_but_that_for_yaml(tmp_path: Path) -> None:
    file = tmp_path / "exchanges.yaml"
    file.write_text("version: 1\nexchanges: {}\n")

    assert loaded_by("-c", str(file), "validate") == {"yaml"}


def test_what_departs_from_the_schema_is_told_by_the_library(tmp_path: Path) -> None:
    file = tmp_path / "exchanges.yaml"
    file.write_text("version: 2\nexchanges: {}\n")

    assert loaded_by("-c", str(file), "validate") == {"yaml", "jsonschema"}
