"""Another run on this machine: who holds the workspace is said everywhere, and what it did is read again."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from accesscfg.holder import read_holder
from accesscfg.model.errors import Locked
from accesscfg_tui.glyphs import Standing
from tests.tui.apply_desk import QUOTER, at_plan, okx_ips, writes
from tests.tui.desk import NARROW, WIDE, Desk, screen_text, the_app, wait_for

pytestmark = pytest.mark.slow

HOLDS = """
import sys
from pathlib import Path
from accesscfg.workspace import Workspace
with Workspace.open(Path(sys.argv[1]), {}).locked("apply"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_elsewhere(desk: Desk) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the workspace until the block is left, or it is killed."""
    run = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(desk.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert run.stdout is not None
        assert run.stdout.readline() == "held\n"
        yield run
    finally:
        run.communicate()


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_who_holds_the_workspace_is_said_everywhere_and_nothing_is_applied_meanwhile(
    desk: Desk, size: tuple[int, int]
) -> None:
    async def session() -> None:
        async with desk.session(size) as pilot:
            app = the_app(pilot)
            await at_plan(pilot, QUOTER)
            with held_elsewhere(desk) as run:
                await wait_for(pilot, lambda: app.holder is not None, "the other run")
                text = screen_text(app)
                assert "another run holds the workspace" in text
                assert f"process {run.pid}" in text.replace("\n", " ")
                await pilot.press("a")
                await pilot.pause()
                assert app.is_at("plan")
                assert "nothing can be applied now" in screen_text(app)
                await pilot.press("r")
                await wait_for(pilot, lambda: not app.awaits_plan, "a plan all the same")
                assert app.sheet is not None
                assert app.sheet.held
                await pilot.press("1")
                assert "another run holds the workspace" in screen_text(app)
            await wait_for(pilot, lambda: app.holder is None, "its end")
            assert "another run" not in app.status_text()
            await pilot.press("2")
            assert app.sheet.held == ""
            assert writes(desk) == []

    asyncio.run(session())


def test_a_run_that_was_killed_holds_nothing_though_its_note_is_left(desk: Desk) -> None:
    async def session() -> None:
        async with desk.session(WIDE) as pilot:
            app = the_app(pilot)
            with held_elsewhere(desk) as run:
                await wait_for(pilot, lambda: app.holder is not None, "the other run")
                run.kill()
                run.wait()
            await wait_for(pilot, lambda: app.holder is None, "that nobody holds it")
            assert read_holder(desk.folder / ".accesscfg") is None

    asyncio.run(session())


def test_the_refusal_names_who_holds_it(desk: Desk) -> None:
    with held_elsewhere(desk) as run, pytest.raises(Locked) as refused, desk.workspace().locked():
        pass
    assert f"process {run.pid}" in (refused.value.why or "")
    assert "(apply)" in (refused.value.why or "")


@pytest.mark.parametrize(
    "note",
    ["", "[]", "{}", '{"who": 1}', "\x00", "[" * 3000, json.dumps({"who": "a", "process": 1, "since": "x"})],
)
def test_a_note_that_is_none_of_ours_is_no_note(desk: Desk, note: str) -> None:
    folder = desk.folder / ".accesscfg"
    folder.mkdir(exist_ok=True)
    (folder / "holder.json").write_text(note)

    assert desk.workspace().holder() is None


def test_a_note_that_is_a_link_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    folder = desk.folder / ".accesscfg"
    folder.mkdir(exist_ok=True)
    (folder / "holder.json").symlink_to(elsewhere)
    (folder / "holder.new").symlink_to(elsewhere)

    assert desk.workspace().holder() is None
    with desk.workspace().locked("apply"):
        pass
    assert elsewhere.read_text() == "precious"


async def apply_elsewhere(desk: Desk) -> None:
    other = desk.workspace()
    plan = await other.plan([QUOTER])
    with other.locked("apply"):
        await other.apply(plan)


def test_a_plan_that_another_run_has_overtaken_is_made_anew_first(desk: Desk) -> None:
    async def session() -> None:
        async with desk.session(WIDE) as pilot:
            app = the_app(pilot)
            await at_plan(pilot, QUOTER)
            await apply_elsewhere(desk)
            await wait_for(pilot, lambda: "STALE" in screen_text(app), "the plan to be stale")
            assert "another run has changed keys of it since" in screen_text(app)
            before = writes(desk)
            await pilot.press("a")
            await pilot.pause()
            assert app.is_at("plan")
            assert writes(desk) == before
            await pilot.press("r")
            await wait_for(pilot, lambda: "STALE" not in screen_text(app), "a plan anew")

    asyncio.run(session())


def test_what_another_run_applied_is_read_again(desk: Desk) -> None:
    async def session() -> None:
        async with desk.session(WIDE) as pilot:
            app = the_app(pilot)
            assert app.board is not None
            assert app.board.looks[QUOTER].standing is Standing.DRIFT
            await apply_elsewhere(desk)
            assert "192.0.2.77" not in okx_ips(desk)
            await wait_for(pilot, lambda: standing(pilot) is Standing.IN_SYNC, "the new state")

    def standing(pilot: Pilot[Any]) -> Standing:
        board = the_app(pilot).board
        assert board is not None
        return board.looks[QUOTER].standing

    asyncio.run(session())
