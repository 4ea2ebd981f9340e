"""The command line: thin commands between `accesscfg.workspace` and `accesscfg.report`."""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; `argv` is without the program's name, None the process's."""
    from accesscfg.cli.app import run

    return run(argv)
