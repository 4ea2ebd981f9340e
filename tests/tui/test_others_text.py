"""Whatever others wrote (exchanges, files, the audit trail, another run) is shown as text wherever it is shown.

No control character, no escape sequence, nothing invisible and nothing that turns the direction of writing reaches a
screen, a note, a title or the clipboard, and nothing is taken for markup.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from accesscfg import clipboard
from accesscfg.clipboard import Copied
from accesscfg.model.holder import Holder
from accesscfg.report.clean import plain
from accesscfg_tui.copying import copy_then
from accesscfg_tui.screens.text import TextScreen
from accesscfg_tui.viewmodel.lines import cut, fit, line, wrapped
from accesscfg_tui.viewmodel.rows import ListRow
from accesscfg_tui.widgets.board_list import BoardList
from accesscfg_tui.widgets.lines import as_text
from accesscfg_tui.widgets.row_list import RowList
from tests.tui.apply_desk import QUOTER
from tests.tui.desk import NARROW, WIDE, Desk, the_app, wait_for
from tests.tui.desk_world import world

MARKUP = "[/x] [b]y[/b] [@click=app.quit]q[/]"
NASTY = f"{MARKUP} \x1b[31m\x1b]0;pwn\x07\x1b]52;c;AAAA\x07\x9b2J\r\n\b\u202e\u200b\u2066\ufeff\x00\u0085 fin"
SHOWN = "[/x] [b]y[/b]"
SIGNS = (
    "[",
    "]",
    "[/",
    "[b]",
    "[/b]",
    "\\[",
    "[@click=app.quit]",
    "\x1b",
    "\x1b[31m",
    "\x9b",
    "\u202e",
    "\u200b",
    "\r",
    "\n",
)
PIECES = st.sampled_from(SIGNS)
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=8).map("".join)


# -- the pieces that everything is shown with ----------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_lines_become_their_plain_text_and_nothing_else(one: str, other: str) -> None:
    shown = as_text([line((one, "bad"), other), line(one)])

    assert shown.plain == f"{plain(one)}{plain(other)}\n{plain(one)}"


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.integers(8, 60))
def test_what_is_cut_filled_or_wrapped_is_plain(text: str, width: int) -> None:
    for made in (fit(text, width), cut(text, width), *(one.text for one in wrapped(text, width))):
        assert plain(made) == made


class OnlyRows(App[None]):
    """Nothing but a list."""

    CSS = "RowList { overflow-x: hidden; }"

    def compose(self) -> ComposeResult:
        yield RowList()


def test_a_list_draws_any_text_as_plain_text() -> None:
    rows = RowList()

    @settings(max_examples=100, deadline=None)
    @given(st.lists(TEXTS, min_size=1, max_size=5))
    def draws(texts: list[str]) -> None:
        rows.show([ListRow(str(number), line((text, "bad"))) for number, text in enumerate(texts)])
        for number, text in enumerate(texts):
            drawn = "".join(segment.text for segment in rows.render_line(number))
            assert plain(drawn) == drawn
            assert drawn.rstrip(" …").startswith(plain(text)[:8].rstrip(" …"))

    async def session() -> None:
        nonlocal rows
        async with OnlyRows().run_test(size=(80, 24)) as pilot:
            rows = pilot.app.query_one(RowList)
            draws()

    asyncio.run(session())


# -- every screen --------------------------------------------------------------------------------------------------


@pytest.fixture
def hostile(desk: Desk) -> Desk:
    """Text of others wherever there can be some."""
    text = desk.file.read_text().replace("used_by: market maker", f"used_by: {json.dumps(MARKUP)}")
    desk.file.write_text(text.replace("# its owner is on call", f"# {MARKUP}"))
    changed = world()
    okx = changed["exchanges"]["okx"]["accounts"][0]
    okx["sub_accounts"][0]["keys"][0]["label"] = NASTY
    stranger = dict(okx["keys"][0], label=NASTY, api_key="0f0f0f0f-d842-3aed-bb2a-7192163ae7f1")
    okx["keys"].append(stranger)
    desk.sandbox.load(changed)
    local = desk.folder / ".accesscfg"
    local.mkdir(mode=0o700)
    trail = [
        {
            "at": "2026-01-01T00:00:00+00:00",
            "who": NASTY,
            "event": event,
            "key": QUOTER,
            "why": NASTY,
            "by": NASTY,
        }
        | {
            "facet": "label",
            "before": NASTY,
            "after": NASTY,
            "outcome": "failed",
            "says": [NASTY],
            "plan": NASTY,
        }
        for event in ("outcome", "attested", "begin", "edited", NASTY)
    ]
    (local / "audit.jsonl").write_text("".join(json.dumps(one) + "\n" for one in trail))
    return desk


def drawn(app: App[Any]) -> Iterable[str]:
    """Every piece of text on the screen in front, notes and titles too."""
    for strip in app.screen._compositor.render_strips():
        yield from (segment.text for segment in strip)
    for widget in app.screen.walk_children(Widget):
        for title in (widget.border_title, widget.border_subtitle):
            yield str(title or "")
    for note in app._notifications:
        yield from note.message.split("\n")
        yield note.title


def is_clean(app: App[Any]) -> bool:
    """Whether nothing of it is more than text."""
    bad = [text for text in drawn(app) if plain(text) != text]
    assert not bad, bad
    return True


@pytest.mark.slow
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_no_screen_note_title_or_copy_holds_more_than_text(
    hostile: Desk, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []

    def take(text: str, *args: object, **options: object) -> Copied:
        copied.append(text)
        return Copied("a test", certain=False, why=NASTY)

    monkeypatch.setattr(clipboard, "copy", take)

    async def walk(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        app.notify(NASTY, title=NASTY)
        app.holder = Holder(NASTY, 1, datetime.now(UTC), NASTY)
        app._repaint()
        await pilot.pause()
        assert is_clean(app)
        for row in app.board.rows() if app.board is not None else ():
            app.screen.query_one(BoardList).place_cursor(row.id)
            app.screen.show_detail()  # type: ignore[attr-defined]
            await pilot.pause()
            assert is_clean(app)
        for place in ("plan", "pools", "history", "logs", "settings", "findings", "run", "board"):
            await app.action_go(place)
            await pilot.press("end")
            if place == "plan":
                app.sheet.everything = True  # type: ignore[union-attr]
                app.sheet.folded.clear()  # type: ignore[union-attr]
                app.screen.reload()  # type: ignore[attr-defined]
            await pilot.pause()
            assert is_clean(app)
            if place not in ("findings", "settings"):
                await pilot.press("c")
                await pilot.press("enter", "escape")
            await pilot.press("slash", *"zz", "escape", "question_mark")
            await pilot.pause()
            assert is_clean(app)
            await pilot.press("escape", "colon")
            await pilot.pause()
            assert is_clean(app)
            await pilot.press("escape")
            while app.screen_stack[-1] is not app.screen_stack[0] and not app.is_at("board"):
                app.pop_screen()
                await pilot.pause()
        for show in (app.show_key, app.show_adopt, app.show_guide):
            show(QUOTER)
            await wait_for(pilot, lambda: not app.is_reading and not app.is_looking, "what is shown")
            await pilot.pause()
            assert is_clean(app)
            await pilot.press("c")
            await pilot.press("end", "enter")
            await pilot.pause()
            assert is_clean(app)
            while not app.is_at("board"):
                app.pop_screen()
                await pilot.pause()
        app.push_screen(TextScreen(NASTY))
        await pilot.pause()
        assert is_clean(app)
        copy_then(app, NASTY, lambda done: None)
        await wait_for(pilot, lambda: any("fin" in text for text in copied), "the copy")

    async def session() -> None:
        async with hostile.session(size) as pilot:
            await walk(pilot)

    asyncio.run(session())
    assert copied
    for text in copied:
        for part in text.split("\n"):
            assert plain(part) == part


def test_a_label_is_shown_with_its_brackets(hostile: Desk) -> None:
    async def session() -> None:
        async with hostile.session(WIDE) as pilot:
            app = the_app(pilot)
            app.show_key(QUOTER)
            await pilot.pause()
            assert SHOWN in "".join(drawn(app))

    asyncio.run(session())
