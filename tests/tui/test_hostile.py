"""Text from elsewhere is never markup, never a command to the terminal; a crash tells no value."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from accesscfg_tui.app import AccesscfgApp
from accesscfg_tui.places import PLACES
from tests.tui.desk import NARROW, WIDE, Desk, screen_text, the_app, wait_for
from tests.tui.desk_world import SECRETS, world

pytestmark = pytest.mark.slow

NASTY = "[/x] [red]b[/red] [b]x [@click=app.quit]q[/] \x1b[31m\x1b]0;pwn\x07 \u202e end"
SHOWN = "[/x] [red]b[/red] [b]x [@click=app.quit]q[/]"


@pytest.fixture
def hostile(desk: Desk) -> Desk:
    """Labels, names, notes, reasons and files full of what a terminal or a markup parser would obey."""
    text = desk.file.read_text()
    text = text.replace("used_by: market maker", 'used_by: "[/x] [red]b[/red] [b]x [@click=app.quit]q[/]"')
    text = text.replace("label: quoter", 'label: "[bold][/b] [link=x]y"')
    desk.file.write_text(text)
    changed = world()
    quoter = changed["exchanges"]["okx"]["accounts"][0]["sub_accounts"][0]["keys"][0]
    quoter["label"] = NASTY
    desk.sandbox.load(changed)
    return desk


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_no_screen_takes_text_for_markup(hostile: Desk, size: tuple[int, int]) -> None:
    trail = hostile.folder / ".accesscfg"
    trail.mkdir(mode=0o700)
    (trail / "audit.jsonl").write_text(
        '{"at":"2026-01-01T00:00:00+00:00","who":"[/x][red]\\u001b[31m","event":"[/y]","key":"okx-desk/desk1/quoter",'
        '"facet":"label","before":"[/z]","after":"[red]","outcome":"failed","why":"[/w] \\u001b]0;x\\u0007"}\n'
    )

    async def walk(pilot: Pilot[Any]) -> None:
        app = the_app(pilot)
        app.notify(NASTY, markup=False)
        await pilot.press("j", "j", "j")
        for key, place in {
            "4": "history",
            "5": "logs",
            "6": "settings",
            "0": "findings",
            "2": "plan",
        }.items():
            if place in PLACES:
                await pilot.press(key)
                await wait_for(pilot, lambda place=place: app.is_at(place), place)  # type: ignore[misc]
                assert "\x1b" not in screen_text(app)
        await pilot.press("1")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.is_at("detail"), "the detail")
        assert SHOWN in screen_text(app).replace("\n", " ") or size == NARROW
        await pilot.press("c")
        await pilot.pause()
        await pilot.press("escape", "question_mark")
        await pilot.pause()
        assert "\x1b" not in screen_text(app)

    async def session() -> None:
        async with hostile.session(size) as pilot:
            await walk(pilot)

    asyncio.run(session())


def test_findings_full_of_markup_are_shown_as_they_are(desk: Desk) -> None:
    desk.file.write_text(desk.file.read_text().replace("exchange: kraken", 'exchange: "[/x][red]kraken"'))

    async def session() -> None:
        app = desk.app()
        async with app.run_test(size=WIDE) as pilot:
            await wait_for(pilot, lambda: app.is_at("findings"), "what is wrong")
            assert "[/x][red]kraken" in screen_text(app)

    asyncio.run(session())


def test_no_screen_ever_shows_a_secret(desk: Desk) -> None:
    async def session() -> None:
        async with desk.session(WIDE) as pilot:
            app = the_app(pilot)
            seen = [screen_text(app)]
            for key in ("5", "4", "6", "1", "G", "enter"):
                await pilot.press(key)
                await pilot.pause()
                seen.append(screen_text(app))
            everything = "\n".join(seen) + "\n".join(one.text for one in app.log_lines.entries)
            for fields in SECRETS.values():
                for name, secret in fields.items():
                    assert secret not in everything or name == "api_key"

    asyncio.run(session())


SENTINEL = "SENTINEL-9f3c-never-shown"


@pytest.mark.filterwarnings("ignore")
def test_a_crash_says_where_and_no_value(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(self: AccesscfgApp, by: int = 1) -> None:
        api_secret = SENTINEL
        raise RuntimeError(f"it was {api_secret}")

    monkeypatch.setattr("accesscfg_tui.screens.board.BoardScreen.action_trouble", fails)

    sessions: list[AccesscfgApp] = []

    async def session() -> None:
        app = desk.app()
        async with app.run_test(size=WIDE) as pilot:
            sessions.append(app)
            await wait_for(pilot, lambda: app.is_settled, "the first reading")
            await pilot.press("n")
            await pilot.pause()

    with pytest.raises(RuntimeError):
        asyncio.run(session())
    (app,) = sessions
    app._print_error_renderables()
    told = capsys.readouterr()

    assert app.return_code == 1
    assert SENTINEL not in told.out + told.err
    assert "RuntimeError" in told.out + told.err
    assert "test_hostile.py" in told.out + told.err


def test_the_settings_file_may_hold_anything(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "tui.yaml"
    file.write_text(
        "theme: '[/x]'\nkeys: {'[red]': x, board.plan: r, board.sort: [1]}\nascii: perhaps\n[/y]: 1\n"
    )

    async def session() -> None:
        async with desk.session(WIDE, settings=file) as pilot:
            await pilot.press("6")
            text = screen_text(pilot.app)
            assert "is not YAML" in text

    asyncio.run(session())
