"""Results go to standard output, all else to standard error; colour only to a terminal that wants it."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from accesscfg.cli.context import Settings
from accesscfg.model.errors import AccesscfgError

PIPED_WIDTH = 100
WIDEST = 120


def wants_color(settings: Settings, stream: TextIO) -> bool:
    """Whether the stream gets colours: a terminal, and neither --no-color, NO_COLOR nor a dumb terminal."""
    if settings.no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def width_of(stream: TextIO) -> int:
    """The columns of a terminal, within reason; a fixed number for everything else."""
    if not stream.isatty():
        return PIPED_WIDTH
    import shutil

    return min(shutil.get_terminal_size((PIPED_WIDTH, 24)).columns, WIDEST)


def result(text: str) -> None:
    """Write a result to standard output. A reader who has gone away is no error; the exit code stands."""
    _write(sys.stdout, text if text.endswith("\n") else text + "\n")


def note(text: str) -> None:
    """Write anything else to standard error, cleaned."""
    from accesscfg.report.clean import plain_lines

    _write(sys.stderr, plain_lines(text).rstrip("\n") + "\n")


def open_streams() -> None:
    """Let a stream that was closed before the start lead nowhere.

    Else Python has no stream, and the next file that is opened takes its number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (open to the end)


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except UnicodeEncodeError:
        stream.write(text.encode(stream.encoding, "replace").decode(stream.encoding))
        stream.flush()
    except OSError as error:
        # the stream would be flushed again when Python ends, and complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if stream is sys.stdout and not isinstance(error, BrokenPipeError):
            raise AccesscfgError(f"the result cannot be written ({error.strerror})") from None
