"""The outline of the board, on the screen at once: which keys are declared, as the last session drew them.

Importing what draws the board and reading the files takes half a second. Meanwhile stands there what is sure without
either: the keys by name and what is declared of them. It is kept at the end of a session, shown only where none of the
files has changed since and the window is as it was, and says nothing about how a key stands. Nothing heavy is imported.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sys
import tempfile
import termios
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

NAME = "outline.json"
LARGEST = 400_000  # bytes of such a file
_COLOR = re.compile(r"\x1b\[[0-9;]{0,60}m")
# a terminal that knows these shows what is between at one stroke
_AS_ONE, _DRAWN = "\x1b[?2026h", "\x1b[?2026l"
_TO_ANOTHER_SCREEN, _BACK = "\x1b[?1049h\x1b[?25l", f"{_DRAWN}\x1b[0m\x1b[?25h\x1b[?1049l"

_Attributes = list[int | list[bytes | int]]  # as termios gives them


@dataclass(frozen=True, slots=True)
class Fit:
    """What the screen depends on beside the files."""

    columns: int
    lines: int
    read_only: bool
    ascii: bool
    colorless: bool
    sandbox: bool
    form: int = 1  # of what is kept


def keep(folder: Path, fit: Fit, files: Sequence[Path], lines: Sequence[str]) -> None:
    """Keep an outline, lines of text and colours, for the next session; one that cannot be written is not kept."""
    with contextlib.suppress(OSError):
        stamps = {os.path.abspath(file): _stamp(file) for file in files}
        text = json.dumps({"fit": asdict(fit), "files": stamps, "lines": list(lines)})
        handle, name = tempfile.mkstemp(dir=folder, prefix=".outline-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(name, folder / NAME)
        except OSError:
            Path(name).unlink(missing_ok=True)


def kept(folder: Path, declared: Path, fit: Fit) -> tuple[str, ...]:
    """The lines of an outline that holds still; none where there is no such.

    The file could have come with a pull request, so nothing of it counts but text and colours.
    """
    file = folder / NAME
    try:
        if folder.is_symlink() or file.is_symlink() or file.stat().st_size > LARGEST:
            return ()
        data = json.loads(file.read_bytes())
        stamps, lines = data["files"], data["lines"]
        holds = data["fit"] == asdict(fit) and os.path.abspath(declared) in stamps and _unchanged(stamps)
        if holds and len(lines) == fit.lines and all(_is_harmless(line, fit.columns) for line in lines):
            return tuple(lines)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    return ()


def _stamp(file: Path) -> list[int]:
    seen = file.stat()
    return [seen.st_mtime_ns, seen.st_size]


def _unchanged(stamps: Mapping[str, object]) -> bool:
    return all(_stamp(Path(file)) == stamp for file, stamp in stamps.items())


def _is_harmless(line: str, columns: int) -> bool:
    text = _COLOR.sub("", line)
    return text.isprintable() and len(text) <= columns


class Outline:
    """What stands on the terminal until the app takes it over."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)
        self._attributes: _Attributes | None = None
        self._handlers: dict[int, object] = {}

    def show(self) -> None:
        """Draw it. What is typed meanwhile is not shown, and waits for the app."""
        if not self.lines:
            return
        self._attributes = termios.tcgetattr(sys.stdin)
        silent = termios.tcgetattr(sys.stdin)
        silent[3] &= ~termios.ECHO
        for number in (signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, _end)
        self._handlers[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        termios.tcsetattr(sys.stdin, termios.TCSANOW, silent)
        drawn = "".join(f"\x1b[{number};1H{line}\x1b[0m" for number, line in enumerate(self.lines, 1))
        self._write(f"{_TO_ANOTHER_SCREEN}{_AS_ONE}{drawn}{_DRAWN}")

    def hand_over(self) -> None:
        """Leave it to the app, which finds the terminal as it was but for what stands there."""
        if self._attributes is not None:
            termios.tcsetattr(sys.stdin, termios.TCSANOW, self._attributes)
            self._attributes = None
            for number, handler in self._handlers.items():
                signal.signal(number, handler)  # type: ignore[arg-type]

    def take_away(self) -> None:
        """No app has come: give the terminal back."""
        if self._attributes is not None:
            self._write(_BACK)
            self.hand_over()

    @staticmethod
    def _write(text: str) -> None:
        left = text.encode()
        while left:
            left = left[os.write(sys.stderr.fileno(), left) :]


def _end(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


@contextlib.contextmanager
def shown(declared: Path, fit: Fit) -> Iterator[Outline]:
    """Show the outline of a workspace's file until the app takes over, or until the end of the block."""
    outline = Outline(kept(declared.parent / ".accesscfg", declared, fit))
    try:
        outline.show()
        yield outline
    finally:
        outline.take_away()
