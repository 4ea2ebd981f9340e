"""Put text on the clipboard of the person at the terminal, and say honestly whether that is certain.

There is no one way that works everywhere, so there is a ladder. `rungs` decides from the environment alone which ways
fit, `copy` tries them in turn. Text reaches programs through their standard input only, never as an argument, and no
shell is involved. Clipboards keep histories: no secret may be copied.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TextIO

TIMEOUT_S = 5.0
# xterm-like terminals take sequences of 100,000 bytes; that many bytes of text fit into one as base64
LONGEST_FOR_TERMINALS = 74_994
# screen took strings of 256 bytes at first and of 768 today; two bytes before and two after are its own
_SCREEN_CHUNK = 252
# what the programs need to find the clipboard; identities and tokens of the shell are not for them
_KEEP = frozenset(
    [
        "PATH",
        "HOME",
        "LANG",
        "DISPLAY",
        "XAUTHORITY",
        "WAYLAND_DISPLAY",
        "XDG_RUNTIME_DIR",
        "TMUX",
        "TMUX_TMPDIR",
        "WSL_INTEROP",
        "WSL_DISTRO_NAME",
    ]
)
# base64 on the way, as what PowerShell takes its standard input for depends on code pages
_POWERSHELL = (
    "Set-Clipboard -Value ([Text.Encoding]::UTF8.GetString("
    "[Convert]::FromBase64String([Console]::In.ReadToEnd())))"
)

_ELSE = "if something else is pasted, select the text on the screen"

Wrap = Literal["plain", "tmux", "screen"]
Encoding = Literal["utf-8", "utf-16-le", "base64"]


@dataclass(frozen=True, slots=True)
class Program:
    """A program that takes the text on its standard input.

    `certain`: it sets the clipboard itself, so that its success is one; else it only passes the text on.
    """

    name: str
    argv: tuple[str, ...]
    certain: bool = True
    encoding: Encoding = "utf-8"


@dataclass(frozen=True, slots=True)
class Terminal:
    """The escape sequence OSC 52, as it has to be wrapped. No terminal answers whether it took it."""

    wrap: Wrap


Rung = Program | Terminal


@dataclass(frozen=True, slots=True)
class Copied:
    """What came of it: by which way ("" for none), whether that is certain, and a sentence that says so.

    `way` is that sentence without what to do where nothing arrived, for who has better advice; "" where
    that is nothing.
    """

    how: str
    certain: bool
    why: str
    way: str = ""


def rungs(environ: Mapping[str, str], *, platform: str = sys.platform) -> tuple[Rung, ...]:
    """The ways that fit, in the order to try them. Whether a program is installed is not looked at.

    Over SSH a tool of the remote machine would fill a clipboard that nobody sits at, so there is none but for a
    forwarded display, which is the person's own.
    """
    remote = any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))
    tmux = _tmux(environ)
    terminal = _terminal(environ)
    tools = _forwarded(environ) if remote else _local(environ, platform)
    return (*tmux, *terminal, *tools) if remote else (*tmux, *tools, *terminal)


def _tmux(environ: Mapping[str, str]) -> tuple[Rung, ...]:
    """tmux keeps OSC 52 of programs to itself, unless told otherwise, but sends on what it is given with -w."""
    return (
        (Program("tmux", ("tmux", "load-buffer", "-w", "-"), certain=False),) if environ.get("TMUX") else ()
    )


def _terminal(environ: Mapping[str, str]) -> tuple[Rung, ...]:
    if environ.get("TERM", "dumb") in ("", "dumb", "linux"):  # these have no clipboard
        return ()
    if environ.get("TMUX"):
        return (Terminal("tmux"),)
    return (Terminal("screen" if environ.get("STY") else "plain"),)


def _local(environ: Mapping[str, str], platform: str) -> tuple[Rung, ...]:
    tools: list[Rung] = []
    if platform == "darwin":
        tools.append(Program("pbcopy", ("pbcopy",)))
    if environ.get("WSL_INTEROP") or environ.get("WSL_DISTRO_NAME"):
        shell = ("powershell.exe", "-NoProfile", "-NonInteractive", "-Command", _POWERSHELL)
        tools.append(Program("PowerShell", shell, encoding="base64"))
        # clip.exe guesses the encoding, and takes short plain text for UTF-16 at times (microsoft/WSL 3716, 4852)
        tools.append(Program("clip.exe", ("clip.exe",), encoding="utf-16-le"))
    if environ.get("WAYLAND_DISPLAY"):
        tools.append(Program("wl-copy", ("wl-copy", "--type", "text/plain")))
    return (*tools, *(_x11() if environ.get("DISPLAY") else ()))


def _forwarded(environ: Mapping[str, str]) -> tuple[Rung, ...]:
    """A display with a host before the colon is that of the machine the person sits at."""
    host = environ.get("DISPLAY", "").partition(":")[0]
    return _x11() if host and host != "unix" else ()


def _x11() -> tuple[Rung, ...]:
    return (
        Program("xclip", ("xclip", "-selection", "clipboard", "-in")),
        Program("xsel", ("xsel", "--clipboard", "--input")),
    )


def copy(
    text: str,
    environ: Mapping[str, str] = os.environ,
    out: TextIO | None = None,
    *,
    timeout_s: float = TIMEOUT_S,
    platform: str = sys.platform,
) -> Copied:
    """Copy the text by the first way that is certain, else by the first that at least may have worked.

    `out` is where the terminal reads from us; without it, or where it is no terminal, no sequence is sent. Raises
    nothing: what did not work is said.
    """
    sent: Rung | None = None
    failures: list[str] = []
    for rung in rungs(environ, platform=platform):
        if sent is not None and not _certain(rung):
            continue  # it is on its way to the terminal already
        failure = _try(text, rung, environ, out, timeout_s)
        if failure is not None:
            failures.append(failure)
            continue
        sent = rung
        if _certain(rung):
            break
    return _said(sent, failures)


def _certain(rung: Rung) -> bool:
    return isinstance(rung, Program) and rung.certain


def _said(done: Rung | None, failures: list[str]) -> Copied:
    if done is None:
        why = "; ".join(failures) or "no way to a clipboard was found"
        return Copied("", False, f"not copied ({why}): select the text on the screen")
    name = done.name if isinstance(done, Program) else "terminal"
    if _certain(done):
        return Copied(name, True, f"copied, as {name} says")
    where = "it is in tmux's paste buffer, and was " if name == "tmux" else ""
    way = f"{where}sent to the terminal, which may ignore it"
    return Copied(name, False, f"{way}: {_ELSE}", way)


def _try(
    text: str, rung: Rung, environ: Mapping[str, str], out: TextIO | None, timeout_s: float
) -> str | None:
    """None when it was done, else what went wrong."""
    if isinstance(rung, Terminal):
        return _send(text, rung, out)
    return _run(text, rung, environ, timeout_s)


def _run(text: str, program: Program, environ: Mapping[str, str], timeout_s: float) -> str | None:
    path = shutil.which(program.argv[0], path=environ.get("PATH", ""))
    if path is None:
        return f"{program.name} is not installed"
    env = {name: value for name, value in environ.items() if name in _KEEP or name.startswith("LC_")}
    try:
        # Nothing is read of what it prints: wl-copy and xclip leave a child behind that keeps those open, and serves
        # the clipboard. In a session of its own Ctrl-C does not end that child.
        done = subprocess.run(
            [path, *program.argv[1:]],
            input=_encoded(text, program.encoding),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=env,
            timeout=timeout_s,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{program.name} did not end within {timeout_s:g} s"
    except OSError:
        return f"{program.name} cannot be started"
    return None if done.returncode == 0 else f"{program.name} failed"


def _encoded(text: str, encoding: Encoding) -> bytes:
    if encoding == "base64":
        return base64.b64encode(_encoded(text, "utf-8"))
    return text.encode(encoding, "replace")


def _send(text: str, terminal: Terminal, out: TextIO | None) -> str | None:
    if (length := len(_encoded(text, "utf-8"))) > LONGEST_FOR_TERMINALS:
        return f"{length:,} bytes are too much for a terminal, which takes {LONGEST_FOR_TERMINALS:,}"
    try:
        if out is None or not out.isatty():
            return "the output is no terminal"
        out.write(sequence(text, terminal.wrap))
        out.flush()
    except (OSError, ValueError):
        return "the terminal cannot be written to"
    return None


def sequence(text: str, wrap: Wrap) -> str:
    """OSC 52 with the text for the clipboard, in the wrapping that tmux or screen passes through."""
    plain = f"\x1b]52;c;{_encoded(text, 'base64').decode()}\x07"
    if wrap == "tmux":
        doubled = plain.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    if wrap == "screen":
        chunks = (plain[at : at + _SCREEN_CHUNK] for at in range(0, len(plain), _SCREEN_CHUNK))
        return "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks)
    return plain
