"""A terminal with nobody in front: runs a full-screen program, presses its keys, and looks at what it draws.

It is a real pseudo-terminal, and the program's controlling one on Linux. It answers what a program asks a terminal, and
understands as much of what is drawn as our programs send: positions, colours (which it drops), clearing, modes.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import resource
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rich.cells import cell_len

FRAME_END = b"\x1b[?2026l"  # sent after each frame by a program that was told that the terminal knows it
_ASKED = re.compile(rb"\x1b\[\?(\d+)\$p")
_PIECE = re.compile(
    r"\x1b\[(?P<private>[?<>=]?)(?P<numbers>[\d;:]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    r"|\x1b(?:\[[?<>=]?[\d;:]*[ -/]*)?(?=\x1b)"  # broken off: it is none
    r"|\x1b[\]PX^_].*?(?:\x1b\\|\x07)"
    r"|\x1b[ -/]*[0-OQ-WYZ\\`-~]"
    r"|(?P<text>[^\x00-\x1f\x7f\x1b]+)"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])",
    re.DOTALL,
)


class TerminalError(Exception):
    """The program did not do in time what it was to do."""


@dataclass
class Canvas:
    """What a terminal shows: its cells, and the modes that were set or reset, by their numbers."""

    columns: int
    lines: int
    modes: dict[int, bool] = field(default_factory=dict)
    _cells: list[list[str]] = field(default_factory=list)
    _row: int = 0
    _column: int = 0
    _rest: str = ""

    def __post_init__(self) -> None:
        self.clear()

    def resize(self, columns: int, lines: int) -> None:
        """Another size; what stood on it is to be drawn again."""
        self.columns, self.lines = columns, lines
        self._row = self._column = 0
        self.clear()

    def clear(self) -> None:
        """Nothing is on it."""
        self._cells = [[" "] * self.columns for _ in range(self.lines)]

    def text(self) -> str:
        """What stands there, line by line."""
        return "\n".join("".join(line).rstrip() for line in self._cells)

    def feed(self, drawn: str) -> None:
        """Draw; what ends within a sequence waits for its rest."""
        drawn = self._rest + drawn
        at = 0
        while at < len(drawn):
            piece = _PIECE.match(drawn, at)
            if piece is None:
                break
            self._draw(piece)
            at = piece.end()
        self._rest = drawn[at:]

    def _draw(self, piece: re.Match[str]) -> None:
        if piece["text"]:
            self._put(piece["text"])
        elif piece["control"] == "\r":
            self._column = 0
        elif piece["control"] == "\n":
            self._row = min(self._row + 1, self.lines - 1)
        elif piece["final"]:
            self._obey(piece)

    def _put(self, text: str) -> None:
        for sign in text:
            width = cell_len(sign)
            if width and self._column + width <= self.columns:
                self._cells[self._row][self._column : self._column + width] = [sign, *[""] * (width - 1)]
                self._column += width

    def _obey(self, piece: re.Match[str]) -> None:
        numbers = [int(number or 0) for number in re.split("[;:]", piece["numbers"])]
        match piece["private"], piece["final"]:
            case "", "H":
                row, column = (*numbers, 1, 1)[:2]
                self._row = min(max(row, 1), self.lines) - 1
                self._column = min(max(column, 1), self.columns) - 1
            case "", "J":
                self.clear()
            case "?", ("h" | "l") as final:
                self.modes.update(dict.fromkeys(numbers, final == "h"))
                if 1049 in numbers:
                    self.clear()
            case _:
                pass


class Terminal:
    """One program in a terminal. Everything it writes is in `written`; `canvas` is what it has drawn."""

    def __init__(
        self, argv: list[str], size: tuple[int, int] = (140, 40), env: Mapping[str, str] | None = None
    ) -> None:
        self._master, self._slave = pty.openpty()
        _set_size(self._slave, *size)
        self.attributes = termios.tcgetattr(self._slave)  # as they were before
        self.canvas = Canvas(*size)
        self.written = bytearray()
        self.usage: resource.struct_rusage | None = None  # once it has ended
        self._answered = 0
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._code: int | None = None
        self.started = self.heard = time.perf_counter()  # `heard`: when something came last
        known = {**(os.environ if env is None else env), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        for size_elsewhere in ("COLUMNS", "LINES"):  # a program would believe these rather than the terminal
            known.pop(size_elsewhere, None)
        self.pid = _spawn(argv, os.ttyname(self._slave), known)

    # -- the program ---------------------------------------------------------------------------------------------

    def press(self, keys: str) -> float:
        """Send keys as a terminal would; gives when (seconds, as of `time.perf_counter`)."""
        os.write(self._master, keys.encode())
        return time.perf_counter()

    def resize(self, columns: int, lines: int) -> None:
        """Another size for the window; the program is told by a signal."""
        _set_size(self._slave, columns, lines)
        self.canvas.resize(columns, lines)
        self.signal(signal.SIGWINCH)

    def signal(self, number: int) -> None:
        """Send a signal to the program."""
        os.kill(self.pid, number)

    def now_attributes(self) -> list[object]:
        """The terminal's settings as they are now."""
        return list(termios.tcgetattr(self._slave))

    def exit_code(self, seconds: float = 20.0) -> int:
        """Wait for its end; negative: the signal that ended it. Raises TerminalError when it goes on."""
        end = time.perf_counter() + seconds
        while self._code is None:
            self._read(0.01)
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self._code, self.usage = os.waitstatus_to_exitcode(status), usage
                while self._read(0.0):
                    pass
            elif time.perf_counter() > end:
                raise self._late(seconds, "its end")
        return self._code

    def close(self) -> None:
        """End the program where it still runs, and take the terminal away."""
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)
            self.exit_code()
        os.close(self._master)
        os.close(self._slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- what it writes ------------------------------------------------------------------------------------------

    def text(self) -> str:
        """What the terminal shows now."""
        return self.canvas.text()

    def wait_for(self, fact: Callable[[], bool] | str, seconds: float = 30.0) -> float:
        """Wait until something holds, or a text is shown; gives when the last piece of it came.

        Raises TerminalError with what is shown when it does not come.
        """
        holds = fact if callable(fact) else lambda: fact in self.text()
        end = time.perf_counter() + seconds
        while not holds():
            if time.perf_counter() > end:
                raise self._late(seconds, fact if isinstance(fact, str) else "what was to come")
            self._read(0.01)
        return self.heard

    def frame(self, seconds: float = 10.0) -> float:
        """Wait for the end of the next frame; gives when. Raises TerminalError when none comes."""
        seen = self.written.count(FRAME_END)
        return self.wait_for(lambda: self.written.count(FRAME_END) > seen, seconds)

    def settle(self, quiet: float, seconds: float = 30.0) -> None:
        """Wait until nothing was written for a while. Raises TerminalError when it never is."""
        end = time.perf_counter() + seconds
        while self._read(quiet):
            if time.perf_counter() > end:
                raise self._late(seconds, "silence")

    def listen(self, seconds: float) -> bytes:
        """What is written within the next seconds."""
        start, end = len(self.written), time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._read(left)
        return bytes(self.written[start:])

    def _read(self, seconds: float) -> bytes:
        if not select.select([self._master], [], [], seconds)[0]:
            return b""
        piece = os.read(self._master, 1 << 16)
        self.heard = time.perf_counter()
        self.written += piece
        self._answer()
        self.canvas.feed(self._decode(piece))
        return piece

    def _answer(self) -> None:
        """Tell what modes this terminal knows: of those that are asked for, whole frames."""
        for asked in _ASKED.finditer(self.written, self._answered):
            known = 2 if asked[1] == b"2026" else 0
            os.write(self._master, b"\x1b[?%s;%d$y" % (asked[1], known))
            self._answered = asked.end()

    def _late(self, seconds: float, what: str) -> TerminalError:
        return TerminalError(f"waited {seconds:.0f} s for {what}\n{self.text()}")


def _set_size(terminal: int, columns: int, lines: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def _spawn(argv: list[str], terminal: str, env: Mapping[str, str]) -> int:
    """Start a program in a session of its own; opening the terminal there makes it the controlling one on Linux."""
    opened = (os.POSIX_SPAWN_OPEN, 0, terminal, os.O_RDWR, 0)
    copied = [(os.POSIX_SPAWN_DUP2, 0, target) for target in (1, 2)]
    return os.posix_spawn(argv[0], argv, env, file_actions=[opened, *copied], setsid=True)
