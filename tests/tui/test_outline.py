"""What stands on the terminal before the app does: sure without reading a file, and gone where anything has changed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accesscfg.workspace import SANDBOX_VARIABLE
from accesscfg_tui.glyphs import FACES
from accesscfg_tui.outline import NAME, Fit, keep, kept
from tests.tui.desk import WIDE, Desk, the_app
from tests.tui.test_terminal import is_restored, read
from tools.terminal import Canvas, Terminal

ACCESSCFG = str(Path(sys.executable).with_name("accesscfg"))
FIT = Fit(12, 2, read_only=False, ascii=False, colorless=False, sandbox=True)
LINES = ("\x1b[1;38;2;1;2;3mbinance\x1b[0m", "  bot")
MOUSE_ON = b"\x1b[?1000h"  # the app has begun


@pytest.fixture
def declared(tmp_path: Path) -> Path:
    """A workspace's file with an outline that was kept for it."""
    file, folder = tmp_path / "exchanges.yaml", tmp_path / ".accesscfg"
    file.write_text("version: 1\n")
    folder.mkdir()
    keep(folder, FIT, [file], LINES)
    return file


def found(declared: Path, fit: Fit = FIT) -> tuple[str, ...]:
    return kept(declared.parent / ".accesscfg", declared, fit)


def rewrite(declared: Path, **fields: object) -> None:
    file = declared.parent / ".accesscfg" / NAME
    file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))


# -- what is kept ------------------------------------------------------------------------------------------------


def test_an_outline_holds_while_nothing_has_changed(declared: Path) -> None:
    assert found(declared) == LINES


def test_a_file_that_was_written_since_or_is_gone_ends_it(declared: Path) -> None:
    declared.write_text("version: 1 \n")
    assert found(declared) == ()
    declared.unlink()
    assert found(declared) == ()


def test_a_file_that_was_written_with_the_same_size_ends_it(declared: Path) -> None:
    seen = declared.stat()
    os.utime(declared, ns=(seen.st_atime_ns, seen.st_mtime_ns + 1))
    assert found(declared) == ()


@pytest.mark.parametrize("name", sorted(asdict(FIT)))
def test_another_window_or_another_kind_of_session_has_none(declared: Path, name: str) -> None:
    value = getattr(FIT, name)
    fit = replace(FIT)
    object.__setattr__(fit, name, not value if isinstance(value, bool) else value + 1)
    assert found(declared, fit) == ()


def test_another_workspace_has_none(declared: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("version: 1\n")
    assert found(other) == ()


@pytest.mark.parametrize("link", [".accesscfg", f".accesscfg/{NAME}"])
def test_a_link_that_came_with_a_pull_request_is_not_followed(declared: Path, link: str) -> None:
    path = declared.parent / link
    moved = path.rename(declared.parent / "elsewhere")
    path.symlink_to(moved)
    assert found(declared) == ()


@pytest.mark.parametrize(
    "line",
    [
        "\x1b[2J",
        "\x1b]52;c;AAAA\x07",
        "\x1b]0;title\x1b\\",
        "\x1bc",
        "\x9b2J",
        "a\rb",
        "a\nb",
        "bot\u202etob",
        "b\u200bot",
        "x" * 13,
        7,
        None,
    ],
)
def test_nothing_but_text_and_colours_is_drawn(declared: Path, line: object) -> None:
    rewrite(declared, lines=[line, ""])
    assert found(declared) == ()


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda of: st.lists(of) | st.dictionaries(st.sampled_from(["fit", "files", "lines", "x"]), of),
    )
)
def test_junk_is_no_outline_and_no_error(tmp_path_factory: pytest.TempPathFactory, junk: object) -> None:
    folder = tmp_path_factory.getbasetemp() / "junk"
    folder.mkdir(exist_ok=True)
    (folder / NAME).write_text(json.dumps(junk))
    assert kept(folder, folder / "exchanges.yaml", FIT) == ()


# -- in a terminal -----------------------------------------------------------------------------------------------

Start = Callable[..., Terminal]


@pytest.fixture
def start(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a session on a desk on which one has ended before."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    running: list[Terminal] = []

    def begin(size: tuple[int, int] = WIDE, **env: str) -> Terminal:
        argv = [ACCESSCFG, "-c", str(desk.folder), "tui"]
        running.append(Terminal(argv, size, {**os.environ, SANDBOX_VARIABLE: desk.sandbox.url, **env}))
        return running[-1]

    first = begin()
    read(first)
    first.press("q")
    assert first.exit_code() == 0
    yield begin
    for terminal in running:
        terminal.close()


def before_the_app(terminal: Terminal, size: tuple[int, int] = WIDE) -> list[str]:
    """What stood there when the app began."""
    terminal.wait_for(lambda: MOUSE_ON in terminal.written)
    canvas = Canvas(*size)
    canvas.feed(bytes(terminal.written).partition(MOUSE_ON)[0].decode())
    return canvas.text().splitlines()


@pytest.mark.slow
def test_the_next_session_begins_with_the_names_and_says_nothing_about_how_they_stand(start: Start) -> None:
    terminal = start()
    outline = before_the_app(terminal)
    read(terminal)
    shown = terminal.text().splitlines()
    rows = [number for number, line in enumerate(outline) if "quoter" in line or "charter" in line]
    assert len(rows) == 2
    for number in rows:
        name, rest = outline[number].split("…")[0].strip("│ "), shown[number]
        assert name in rest
        assert len(outline[number]) == len(rest)
    assert not [face.word for face in FACES.values() if face.word in "\n".join(outline)]


@pytest.mark.slow
def test_a_key_pressed_on_the_outline_is_answered_by_the_app_and_not_shown(start: Start) -> None:
    terminal = start()
    terminal.wait_for("quoter")
    terminal.press("zq")
    assert terminal.exit_code() == 0
    assert is_restored(terminal)
    assert not any("zq" in line for line in before_the_app(terminal))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda one: one.name)
def test_a_signal_to_the_outline_gives_the_terminal_back(start: Start, number: signal.Signals) -> None:
    terminal = start()
    terminal.wait_for("quoter")
    terminal.signal(number)
    assert terminal.exit_code() in (128 + number, 1)
    assert is_restored(terminal)


def ended(desk: Desk, before_the_end: Callable[[], None] = lambda: None) -> Path:
    """Where the outline of a session is that does something and ends."""
    file = desk.folder / ".accesscfg" / NAME

    async def session() -> None:
        async with desk.session(WIDE) as pilot:
            before_the_end()
            the_app(pilot).exit(0)

    asyncio.run(session())
    return file


def test_a_session_that_ends_keeps_its_outline(desk: Desk) -> None:
    assert ended(desk).is_file()


def test_none_is_kept_of_files_that_were_written_and_not_read_since(desk: Desk) -> None:
    def write() -> None:
        desk.file.write_text(f"{desk.file.read_text()}# one more line\n")

    assert not ended(desk, write).exists()


def test_none_is_written_through_a_link(desk: Desk) -> None:
    folder, elsewhere = desk.folder / ".accesscfg", desk.folder / "elsewhere"

    def lay_a_link() -> None:
        folder.rename(elsewhere)
        folder.symlink_to(elsewhere)

    ended(desk, lay_a_link)
    assert not (elsewhere / NAME).exists()


@pytest.mark.slow
def test_another_window_begins_empty(start: Start) -> None:
    terminal = start((120, 30))
    assert not any("quoter" in line for line in before_the_app(terminal, (120, 30)))
    read(terminal)
