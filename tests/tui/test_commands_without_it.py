"""No command but the one that opens the terminal UI imports what draws it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from accesscfg.cli.app import COMMANDS
from accesscfg.workspace import SANDBOX_VARIABLE
from tests.tui.apply_desk import QUOTER
from tests.tui.desk import Desk

# each command as it is run on the desk; `tui` needs a terminal, and `demo` opens it on one
RUNS: dict[str, tuple[tuple[str, ...], ...]] = {
    "adopt": (("adopt", QUOTER),),
    "apply": (("apply", "--auto-approve", "--target", QUOTER),),
    "attest": (("attest", "cryptocom-main/desk", "--by", "alice"),),
    "demo": (("demo", "--help"),),
    "guide": (("guide", "kraken-main/charter"),),
    "init": (("init", "--help"),),
    "plan": (("plan",), ("plan", "--format", "json"), ("plan", "--format", "markdown")),
    "providers": (("providers",), ("providers", "okx")),
    "sandbox": (("sandbox", "serve", "--help"),),
    "secrets": (("secrets", "check"), ("secrets", "list")),
    "status": (("status",),),
    "tui": (("tui", "--help"), ("tui",)),
    "validate": (("validate",),),
}
CODE = """
import sys, contextlib
from accesscfg.cli import main
with contextlib.suppress(SystemExit):
    main(sys.argv[1:])
print("LOADED", *sorted(name for name in ("textual", "rich", "accesscfg_tui") if name in sys.modules))
"""


def test_every_command_is_looked_at() -> None:
    assert set(RUNS) == set(COMMANDS)


@pytest.mark.slow
@pytest.mark.parametrize("words", [words for runs in RUNS.values() for words in runs], ids=" ".join)
def test_it_loads_nothing_of_the_terminal_ui(desk: Desk, words: tuple[str, ...]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", CODE, "-c", str(desk.folder), *words],
        env={**os.environ, SANDBOX_VARIABLE: desk.sandbox.url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.stdout.splitlines()[-1].split() == ["LOADED"], ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
