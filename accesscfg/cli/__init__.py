"""The command line: thin commands between `accesscfg.workspace` and `accesscfg.report`."""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; `argv` is without the program's name, None the process's."""
    import atexit
    import gc

    from accesscfg.cli.app import run

    # Nearly all that a command makes lives to its end: looking for garbage at the default pace, and over everything
    # once more when the process ends, is a tenth of a plan over a thousand keys.
    gc.set_threshold(200_000, 20, 20)
    atexit.register(gc.freeze)
    return run(argv)
