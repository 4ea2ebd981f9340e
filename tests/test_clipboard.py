"""The clipboard: which ways are tried where, and that what is said of them is true."""

from __future__ import annotations

import base64
import io
import os
import pty
import stat
import sys
import tty
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

import pytest

from accesscfg.clipboard import LONGEST_FOR_TERMINALS, Copied, Program, copy, rungs, sequence

TEXT = "203.0.113.10,203.0.113.11"
DESKTOP = {"TERM": "xterm-256color", "WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}
REMOTE = {"TERM": "xterm-256color", "SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22", "DISPLAY": ":0"}
FORWARDED = {**REMOTE, "DISPLAY": "localhost:10.0"}
TMUX = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0"}
WSL = {"TERM": "xterm-256color", "WSL_DISTRO_NAME": "Debian"}


def names(environ: Mapping[str, str], platform: str = "linux") -> list[str]:
    """The rungs, a sequence by its wrapping."""
    found = rungs(environ, platform=platform)
    return [rung.name if isinstance(rung, Program) else f"sequence: {rung.wrap}" for rung in found]


@pytest.mark.parametrize(
    ("environ", "platform", "tried"),
    [
        (DESKTOP, "linux", ["wl-copy", "xclip", "xsel", "sequence: plain"]),
        ({"TERM": "xterm", "DISPLAY": ":0"}, "linux", ["xclip", "xsel", "sequence: plain"]),
        ({"TERM": "xterm"}, "darwin", ["pbcopy", "sequence: plain"]),
        (WSL, "linux", ["PowerShell", "clip.exe", "sequence: plain"]),
        ({**TMUX, "DISPLAY": ":0"}, "linux", ["tmux", "xclip", "xsel", "sequence: tmux"]),
        ({"TERM": "screen", "STY": "1.pts"}, "linux", ["sequence: screen"]),
        ({"TERM": "xterm"}, "linux", ["sequence: plain"]),
        ({"TERM": "dumb"}, "linux", []),
        ({"TERM": "linux"}, "linux", []),
        ({}, "linux", []),
    ],
)
def test_at_the_own_machine_tools_come_before_the_terminal(
    environ: dict[str, str], platform: str, tried: list[str]
) -> None:
    assert names(environ, platform) == tried


@pytest.mark.parametrize(
    ("environ", "platform", "tried"),
    [
        (REMOTE, "linux", ["sequence: plain"]),
        ({**REMOTE, **TMUX}, "linux", ["tmux", "sequence: tmux"]),
        ({**REMOTE, "WAYLAND_DISPLAY": "wayland-0"}, "linux", ["sequence: plain"]),
        ({**REMOTE, **WSL}, "linux", ["sequence: plain"]),
        ({"TERM": "xterm", "SSH_TTY": "/dev/pts/1"}, "darwin", ["sequence: plain"]),
        (
            {"TERM": "xterm", "SSH_CLIENT": "192.0.2.1 1 22", "DISPLAY": "unix:0"},
            "linux",
            ["sequence: plain"],
        ),
        (FORWARDED, "linux", ["sequence: plain", "xclip", "xsel"]),
    ],
)
def test_over_ssh_no_tool_fills_the_clipboard_of_the_remote_machine(
    environ: dict[str, str], platform: str, tried: list[str]
) -> None:
    assert names(environ, platform) == tried


class Desk:
    """Programs on a PATH of their own, which write down what they were given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, *programs: str, code: int = 0, then: str = "") -> None:
        """A program that takes its standard input and ends with the code."""
        for name in programs:
            file = self.folder / name
            file.write_text(
                f"#!{sys.executable} -S\n"
                "import os, sys\n"
                f"at = {str(self.folder / name)!r}\n"
                "open(at + '.in', 'wb').write(sys.stdin.buffer.read())\n"
                "open(at + '.argv', 'w').write('\\n'.join(sys.argv[1:]))\n"
                "open(at + '.env', 'w').write('\\n'.join(sorted(os.environ)))\n"
                f"{then}\n"
                f"sys.exit({code})\n"
            )
            file.chmod(file.stat().st_mode | stat.S_IXUSR)

    def taken(self, name: str) -> bytes | None:
        """What the program read; None where it was not started."""
        file = self.folder / f"{name}.in"
        return file.read_bytes() if file.exists() else None

    def copy(
        self,
        environ: Mapping[str, str],
        out: TextIO | None = None,
        *,
        text: str = TEXT,
        timeout_s: float = 60.0,
        platform: str = "linux",
    ) -> Copied:
        """Copy with these programs and no others."""
        found = {"PATH": str(self.folder), **environ}
        return copy(text, found, out, timeout_s=timeout_s, platform=platform)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """No program is installed."""
    return Desk(tmp_path)


class Screen:
    """A terminal: what is written to `stream` arrives at `received`."""

    def __init__(self) -> None:
        self._here, there = pty.openpty()
        tty.setraw(there)
        self.stream = os.fdopen(there, "w")

    def received(self) -> bytes:
        """Everything that arrived so far."""
        os.set_blocking(self._here, False)
        try:
            return os.read(self._here, 1 << 20)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        """Hang up."""
        if not self.stream.closed:
            self.stream.close()
        os.close(self._here)


@pytest.fixture
def screen() -> Iterator[Screen]:
    """A terminal of its own."""
    made = Screen()
    yield made
    made.close()


def arrived(received: bytes, text: str = TEXT) -> bool:
    """Whether the plain sequence with the text is all that arrived."""
    return received == b"\x1b]52;c;" + base64.b64encode(text.encode()) + b"\x07"


class TestPrograms:
    def test_the_first_that_says_success_is_believed(self, desk: Desk, screen: Screen) -> None:
        desk.install("wl-copy", "xclip")
        assert desk.copy(DESKTOP, screen.stream) == Copied("wl-copy", True, "copied, as wl-copy says")
        assert (desk.taken("wl-copy"), desk.taken("xclip")) == (TEXT.encode(), None)
        assert screen.received() == b""

    def test_one_that_fails_or_is_missing_is_passed_over(self, desk: Desk) -> None:
        desk.install("wl-copy", code=1)
        desk.install("xsel")
        assert desk.copy(DESKTOP).how == "xsel"
        assert desk.taken("xsel") == TEXT.encode()

    def test_one_that_does_not_end_is_ended(self, desk: Desk, screen: Screen) -> None:
        desk.install("xclip", then="import time; time.sleep(600)")
        copied = desk.copy({"TERM": "xterm", "DISPLAY": ":0"}, screen.stream, timeout_s=1)
        assert (copied.how, copied.certain) == ("terminal", False)

    def test_one_that_reads_nothing_is_no_error(self, desk: Desk) -> None:
        (desk.folder / "xclip").write_text("#!/bin/sh\nexit 1\n")
        (desk.folder / "xclip").chmod(0o700)
        assert desk.copy({"DISPLAY": ":0"}, text="x" * 1_000_000).how == ""

    def test_one_that_leaves_a_child_behind_does_not_hold_us_up(self, desk: Desk) -> None:
        desk.install("wl-copy", then="import time\nif os.fork() == 0:\n    time.sleep(20)\n")
        assert desk.copy(DESKTOP, timeout_s=15).certain

    def test_the_text_is_in_no_argument(self, desk: Desk) -> None:
        desk.install("tmux", "wl-copy", "powershell.exe")
        desk.copy({**TMUX, **DESKTOP})
        desk.copy(WSL)
        for name in ("tmux", "wl-copy", "powershell.exe"):
            assert TEXT not in (desk.folder / f"{name}.argv").read_text()

    def test_programs_get_none_of_the_shells_other_variables(self, desk: Desk) -> None:
        desk.install("wl-copy")
        desk.copy({**DESKTOP, "SOPS_AGE_KEY": "AGE-SECRET-KEY-1", "AWS_SESSION_TOKEN": "x"})
        given = set((desk.folder / "wl-copy.env").read_text().split())
        assert {"PATH", "WAYLAND_DISPLAY", "DISPLAY"} <= given
        assert given.isdisjoint({"SOPS_AGE_KEY", "AWS_SESSION_TOKEN"})

    def test_a_program_of_the_current_folder_is_not_started(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.install("xclip")
        monkeypatch.chdir(desk.folder)
        assert copy(TEXT, {"PATH": "", "DISPLAY": ":0"}, platform="linux").how == ""
        assert desk.taken("xclip") is None

    @pytest.mark.parametrize(
        ("program", "how", "given"),
        [
            ("powershell.exe", "PowerShell", base64.b64encode("größe".encode())),
            ("clip.exe", "clip.exe", "größe".encode("utf-16-le")),
        ],
    )
    def test_windows_programs_need_not_guess_the_encoding(
        self, desk: Desk, program: str, how: str, given: bytes
    ) -> None:
        desk.install(program)
        assert desk.copy(WSL, text="größe").how == how
        assert desk.taken(program) == given

    def test_on_a_mac(self, desk: Desk) -> None:
        desk.install("pbcopy")
        assert desk.copy({"TERM": "xterm"}, platform="darwin").certain
        assert desk.taken("pbcopy") == TEXT.encode()


class TestTmux:
    def test_it_sends_the_text_on_which_is_not_certain_to_arrive(self, desk: Desk, screen: Screen) -> None:
        desk.install("tmux")
        copied = desk.copy(TMUX, screen.stream)
        assert (copied.how, copied.certain) == ("tmux", False)
        assert "tmux's paste buffer" in copied.why
        assert "may ignore it" in copied.why
        assert (desk.folder / "tmux.argv").read_text().split() == ["load-buffer", "-w", "-"]
        assert desk.taken("tmux") == TEXT.encode()
        assert screen.received() == b""

    def test_a_tool_of_this_machine_makes_it_certain(self, desk: Desk) -> None:
        desk.install("tmux", "wl-copy")
        assert desk.copy({**DESKTOP, **TMUX}) == Copied("wl-copy", True, "copied, as wl-copy says")
        assert desk.taken("tmux") == desk.taken("wl-copy") == TEXT.encode()

    def test_over_ssh_no_tool_is_asked(self, desk: Desk) -> None:
        desk.install("tmux", "wl-copy", "xclip")
        assert desk.copy({**DESKTOP, **REMOTE, **TMUX}).how == "tmux"
        assert desk.taken("wl-copy") is desk.taken("xclip") is None

    def test_one_too_old_for_it_gets_the_wrapped_sequence(self, desk: Desk, screen: Screen) -> None:
        desk.install("tmux", code=1)
        assert desk.copy(TMUX, screen.stream).how == "terminal"
        encoded = base64.b64encode(TEXT.encode())
        assert screen.received() == b"\x1bPtmux;\x1b\x1b]52;c;" + encoded + b"\x07\x1b\\"


class TestTerminal:
    def test_what_is_sent_to_it_is_not_certain_to_arrive(self, desk: Desk, screen: Screen) -> None:
        copied = desk.copy(REMOTE, screen.stream)
        assert (copied.how, copied.certain) == ("terminal", False)
        assert copied.why == (
            "sent to the terminal, which may ignore it: if something else is pasted, select the text on the screen"
        )
        assert copied.way == "sent to the terminal, which may ignore it"
        assert arrived(screen.received())

    def test_a_forwarded_display_is_the_persons_own(self, desk: Desk, screen: Screen) -> None:
        desk.install("xclip")
        assert desk.copy(FORWARDED, screen.stream) == Copied("xclip", True, "copied, as xclip says")
        assert arrived(screen.received())

    def test_nothing_is_sent_where_the_output_is_no_terminal(self, desk: Desk) -> None:
        piped = io.StringIO()
        copied = desk.copy({"TERM": "xterm"}, piped)
        assert piped.getvalue() == ""
        assert copied == Copied(
            "", False, "not copied (the output is no terminal): select the text on the screen"
        )

    def test_one_that_has_gone_away_is_no_error(self, desk: Desk, screen: Screen) -> None:
        screen.stream.close()
        assert desk.copy({"TERM": "xterm"}, screen.stream).how == ""

    def test_more_than_it_takes_is_not_sent(self, desk: Desk, screen: Screen) -> None:
        copied = desk.copy({"TERM": "xterm"}, screen.stream, text="x" * (LONGEST_FOR_TERMINALS + 1))
        assert copied.how == ""
        assert "74,995 bytes are too much for a terminal" in copied.why
        assert screen.received() == b""

    def test_the_longest_text_fits_into_the_longest_sequence(self) -> None:
        assert len(sequence("x" * LONGEST_FOR_TERMINALS, "plain")) == 100_000

    def test_for_screen_the_sequence_comes_in_pieces_that_add_up(self) -> None:
        text = TEXT * 40
        pieces = sequence(text, "screen").split("\x1b\\")
        assert pieces.pop() == ""
        assert all(piece.startswith("\x1bP") and len(piece) + 2 <= 256 for piece in pieces)
        assert "".join(piece.removeprefix("\x1bP") for piece in pieces) == sequence(text, "plain")

    @pytest.mark.parametrize("wrap", ["plain", "tmux", "screen"])
    def test_no_text_can_end_the_sequence(self, wrap: str) -> None:
        sent = sequence("\x07\x1b\\\x1b]0;title\x07", wrap)  # type: ignore[arg-type]
        assert sent.count("\x07") == 1
        assert "title" not in sent


def test_where_there_is_no_way_that_is_said(desk: Desk) -> None:
    copied = desk.copy({})
    assert copied == Copied(
        "", False, "not copied (no way to a clipboard was found): select the text on the screen"
    )


def test_text_that_is_no_text_raises_nothing(desk: Desk, screen: Screen) -> None:
    desk.install("xclip")
    assert desk.copy({"DISPLAY": ":0"}, text="\ud800").certain
    assert desk.copy({"TERM": "xterm"}, screen.stream, text="\ud800").how == "terminal"
