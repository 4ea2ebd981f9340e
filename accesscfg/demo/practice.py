"""The stage for somebody to play on: the cockpit in one terminal, the simulated websites in another."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from accesscfg.demo.stage import IDENTITY, Stage, stage, workspace_folder
from accesscfg.workspace import SANDBOX_VARIABLE, Workspace

SECOND = "websites.sh"
GUIDED = "kraken-main/charter"  # a key that is mended on its website only


@dataclass(frozen=True, slots=True)
class Practice:
    """A workspace over simulated exchanges; `enter` is the line that makes another terminal a part of it."""

    workspace: Workspace
    enter: str

    def welcome(self) -> str:
        """What it is, and how both sides of it are played."""
        return "\n".join(
            (
                f"A throw-away workspace in {self.workspace.root},",
                f"and simulators of its exchanges on {self.workspace.sandbox_url}.",
                "Somebody has been clicking on websites: the board shows what differs, p plans,",
                "and what no API can change m leads through.",
                "",
                "The websites are yours to play as well, in a second terminal:",
                "",
                f"  {self.enter}",
                f"  accesscfg sandbox website {GUIDED}",
                "",
            )
        )


@contextlib.contextmanager
def practice(keep: Path | None) -> Iterator[Practice]:
    """A fresh one while the sandbox runs. With `keep` the workspace stays in that folder. Raises AccesscfgError."""
    with workspace_folder(keep) as folder, stage(folder) as scene:
        second = scene.folder / SECOND
        second.write_text(_second_terminal(scene))
        try:
            workspace = Workspace.open(scene.folder, {SANDBOX_VARIABLE: scene.sandbox.url})
            yield Practice(workspace, f". {shlex.quote(str(second))}")
        finally:
            second.unlink(missing_ok=True)  # the sandbox that it leads to ends


def _second_terminal(scene: Stage) -> str:
    """Lines for a shell to read: what it takes to reach the sandbox from there."""
    known = {"SOPS_AGE_KEY_FILE": str(scene.folder / IDENTITY), SANDBOX_VARIABLE: scene.sandbox.url}
    if sops := os.environ.get("ACCESSCFG_SOPS"):
        known["ACCESSCFG_SOPS"] = os.path.abspath(sops)
    programs = os.path.dirname(os.path.abspath(sys.argv[0]))
    lines = [
        f"cd {shlex.quote(str(scene.folder))}",
        *(f"export {name}={shlex.quote(value)}" for name, value in known.items()),
        f'export PATH="$PATH":{shlex.quote(programs)}',
        f"echo 'accesscfg sandbox website KEY does what the guide of KEY says, as with {GUIDED}'",
    ]
    return "".join(f"{line}\n" for line in lines)
