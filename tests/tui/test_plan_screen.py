"""The plan on the table: made afresh, cut down, saved, copied, stale, and shown at every size."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from accesscfg.model.findings import Finding
from accesscfg_tui.screens.confirm import ConfirmScreen
from accesscfg_tui.screens.name import NameScreen
from accesscfg_tui.screens.plan import PlanScreen
from accesscfg_tui.widgets.row_list import RowList
from tests.tui.apply_desk import BOT, QUOTER, WATCHER, at_plan, declare_otherwise, writes
from tests.tui.desk import NARROW, WIDE, Desk, screen_text, the_app, wait_for

pytestmark = pytest.mark.slow

Play = Callable[[Pilot[Any]], Awaitable[None]]


def play(desk: Desk, part: Play, size: tuple[int, int] = WIDE, **options: Any) -> None:
    async def session() -> None:
        async with desk.session(size, **options) as pilot:
            await part(pilot)

    asyncio.run(session())


async def told(pilot: Pilot[Any], text: str) -> None:
    """A note with this text was shown."""
    notes = pilot.app._notifications
    await wait_for(pilot, lambda: any(text in note.message for note in notes), f"a note with {text!r}")


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_plan_shows_changes_effects_and_where_it_would_be_applied(
    desk: Desk, size: tuple[int, int]
) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot)
        shown = screen_text(pilot.app)
        for piece in (QUOTER, "+ 203.0.113.11", "- 192.0.2.77", "SANDBOX", "a Apply", "? Help"):
            assert piece in shown, f"{piece}\n{shown}"
        assert max(map(len, shown.splitlines())) <= size[0]
        assert ("addresses shut out    1" if size == WIDE else "let in 2, shut out 1") in shown

    play(desk, part, size)


def test_the_plan_of_marked_keys_is_read_afresh_for_them_alone(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        first = the_app(pilot).plan
        sheet = await at_plan(pilot, WATCHER, BOT)
        assert sheet.plan is not first
        assert {str(key.path) for key in sheet.plan.keys} == {WATCHER, BOT}
        assert "no changes" in screen_text(pilot.app)

    play(desk, part)


def test_2_shows_the_last_plan_without_asking_anybody(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        calls = len(desk.sandbox.log())
        await pilot.press("2")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PlanScreen), "the plan")
        await wait_for(pilot, lambda: QUOTER in screen_text(pilot.app), "its rows")
        assert len(desk.sandbox.log()) == calls
        await pilot.press("escape")
        await wait_for(pilot, lambda: the_app(pilot).is_at("board"), "the board")

    play(desk, part)


def test_a_key_is_left_out_and_taken_in_again_with_the_cursor_staying_on_it(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        sheet = await at_plan(pilot, QUOTER)
        rows = pilot.app.screen.query_one(RowList)
        await pilot.press("j", "j", "space")
        row = rows.row
        assert "LEFT OUT" in screen_text(pilot.app)
        assert sheet.reach.changes == ()
        await pilot.press("space")
        assert "LEFT OUT" not in screen_text(pilot.app)
        assert row is not None
        assert rows.row is not None
        assert rows.row.id == row.id

    play(desk, part)


def test_folding_hides_and_shows_what_a_key_is_about(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER)
        assert "+ 203.0.113.11" in screen_text(pilot.app)
        await pilot.press("h")
        await wait_for(pilot, lambda: "+ 203.0.113.11" not in screen_text(pilot.app), "it to be folded")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "+ 203.0.113.11" in screen_text(pilot.app), "it to be unfolded")
        await pilot.press("D")
        await wait_for(pilot, lambda: "= 203.0.113.10" in screen_text(pilot.app), "what stays")

    play(desk, part)


def test_an_old_plan_cannot_be_applied_until_it_is_made_anew(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        sheet = await at_plan(pilot, QUOTER)
        sheet.plan = replace(sheet.plan, made_at=sheet.plan.made_at - timedelta(minutes=11))
        pilot.app.screen.reload()  # type: ignore[attr-defined]
        await pilot.pause()
        assert "STALE" in screen_text(pilot.app)
        await pilot.press("a")
        await told(pilot, "older than 10 minutes")

        await pilot.press("r")
        app = the_app(pilot)
        await wait_for(pilot, lambda: app.sheet is not sheet and not app.awaits_plan, "a new plan")
        assert "STALE" not in screen_text(pilot.app)

    play(desk, part)


def test_a_plan_of_other_files_is_stale_as_soon_as_anybody_wants_to_apply_it(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER)
        declare_otherwise(desk)
        await pilot.press("a")
        await wait_for(pilot, lambda: "STALE" in screen_text(pilot.app), "the plan to be stale")
        assert not isinstance(pilot.app.screen, ConfirmScreen)
        assert writes(desk) == []

    play(desk, part)


def test_a_broken_policy_is_shown_and_nothing_of_the_plan_can_be_applied_or_saved(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        sheet = await at_plan(pilot, QUOTER)
        broken = Finding("error", "forbid", "quoter may do too much", kind="policy")
        sheet.plan = replace(sheet.plan, violations=(broken,))
        pilot.app.screen.reload()  # type: ignore[attr-defined]
        await pilot.press("a")
        await told(pilot, "a policy of this workspace forbids")
        assert "quoter may do too much" in screen_text(pilot.app)
        await pilot.press("w")
        await told(pilot, "not saved: a policy is broken")

    play(desk, part)


def test_a_plan_is_saved_for_its_owner_alone_and_never_over_another_file(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        sheet = await at_plan(pilot, QUOTER)
        for told_of in ("saved for you alone", "there is such a file already"):
            await pilot.press("w")
            await wait_for(
                pilot, lambda: isinstance(pilot.app.screen, NameScreen), "the name to be asked for"
            )
            await pilot.press("enter")
            await told(pilot, told_of)
        file = desk.folder / f"{sheet.plan.id[:7]}.plan.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert json.loads(file.read_text())["id"] == sheet.plan.id

    play(desk, part)


def test_a_plan_is_copied_as_text(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr("accesscfg_tui.screens.plan.copy", lambda app, text: copied.append(text))

    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER)
        await pilot.press("c")
        assert len(copied) == 1
        assert "203.0.113.11" in copied[0]
        assert "\x1b" not in copied[0]

    play(desk, part)


def test_m_leads_to_the_guide_of_the_key_under_the_cursor(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot)
        rows = pilot.app.screen.query_one(RowList)
        rows.place_cursor("kraken-main/charter")
        await pilot.press("m")
        await wait_for(pilot, lambda: the_app(pilot).is_at("guide"), "the guide")

    play(desk, part)


def test_a_read_only_session_plans_and_has_no_way_to_apply(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER)
        assert "a Apply" not in screen_text(pilot.app)
        await pilot.press("a")
        screen = pilot.app.screen
        assert isinstance(screen, PlanScreen)
        screen.action_apply()
        await told(pilot, "only reads")
        assert pilot.app.screen is screen

    play(desk, part, read_only=True)


def test_without_an_answer_there_is_a_reason_instead_of_a_plan(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        (desk.folder / "secrets.sops.yaml").write_text("{}")
        app = the_app(pilot)
        await app.show_plan()
        await wait_for(pilot, lambda: not app.awaits_plan, "the reading to fail")
        await wait_for(pilot, lambda: "No plan could be made" in screen_text(app), "the reason")

    play(desk, part)
