"""From the question to the end of an apply, against the simulated exchanges."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from accesscfg.model.plan import Outcome
from accesscfg.sandbox import Fault
from accesscfg_tui.glyphs import Standing
from accesscfg_tui.screens.confirm import ConfirmScreen
from accesscfg_tui.screens.leave import LeaveScreen
from accesscfg_tui.screens.plan import PlanScreen
from accesscfg_tui.viewmodel.run import Order
from accesscfg_tui.widgets.row_list import RowList
from accesscfg_tui.widgets.safe_button import SafeButton
from tests.tui.apply_desk import (
    BOT,
    DRIFTED,
    QUOTER,
    WANTED,
    WATCHER,
    asked,
    at_plan,
    begun,
    click,
    declare_otherwise,
    drift_more,
    ended,
    held,
    okx_ips,
    outcomes,
    writes,
    writing,
)
from tests.tui.desk import NARROW, WIDE, Desk, screen_text, the_app, wait_for
from tests.tui.test_plan_screen import told

Play = Callable[[Pilot[Any]], Awaitable[None]]
DONE, NOT_TRIED = Outcome.DONE, Outcome.NOT_TRIED

pytestmark = pytest.mark.slow


def play(desk: Desk, part: Play, size: tuple[int, int] = WIDE, **options: Any) -> None:
    async def session() -> None:
        async with desk.session(size, **options) as pilot:
            await part(pilot)

    asyncio.run(session())


# -- the question --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_plan_is_applied_once_its_word_is_typed(desk: Desk, size: tuple[int, int]) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot)
        await begun(pilot, "quoter")
        job = await ended(pilot)
        assert okx_ips(desk) == WANTED
        assert outcomes(job)[:2] == [DONE, DONE]
        assert "Apply: 2 done" in screen_text(pilot.app)
        board = the_app(pilot).board
        assert board is not None
        assert board.looks[QUOTER].standing is Standing.IN_SYNC

    play(desk, part, size)


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("key", ["enter", "escape", "space"])
def test_the_focus_is_on_cancel_and_no_habit_applies(desk: Desk, key: str, size: tuple[int, int]) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER)
        screen = await asked(pilot)
        assert screen.focused is screen.query_one("#cancel")
        for piece in ("SANDBOX", "shut out: 192.0.2.77", "Type the key's name, quoter", "Cancel", "Apply"):
            assert piece in screen_text(pilot.app), piece
        await pilot.press(key)
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PlanScreen), "the plan")
        assert the_app(pilot).job is None
        assert writes(desk) == []

    play(desk, part, size)


def test_enter_does_not_apply_even_with_everything_typed(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER)
        screen = await asked(pilot)
        await pilot.press(*"quoter")
        assert screen.focused is screen.query_one("#apply")
        await pilot.press("enter", "enter")
        assert pilot.app.screen is screen
        assert writes(desk) == []

    play(desk, part)


def test_a_wrong_word_leaves_the_button_dead(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER)
        screen = await asked(pilot)
        await pilot.press(*"quote", "y", "enter")
        button = screen.query_one("#apply", SafeButton)
        assert button.disabled
        button.action_press()
        await pilot.click("#apply")
        assert pilot.app.screen is screen
        assert the_app(pilot).job is None

    play(desk, part)


def test_taking_rights_away_needs_no_more_than_y(desk: Desk) -> None:
    drift_more(desk)

    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, WATCHER)
        await begun(pilot, "")
        assert outcomes(await ended(pilot)) == [DONE]

    play(desk, part)


def test_a_guard_is_lifted_by_typing_its_name_and_the_keys(desk: Desk) -> None:
    click(desk, "quoter", ip_whitelist=["192.0.2.77"])

    async def part(pilot: Pilot[Any]) -> None:
        sheet = await at_plan(pilot, QUOTER)
        assert "! last-address" in screen_text(pilot.app)
        await asked(pilot)
        await pilot.press(*"quoter", "y")
        assert isinstance(pilot.app.screen, ConfirmScreen)
        await pilot.press("escape")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PlanScreen), "the plan")

        await begun(pilot, f"last-address={QUOTER}quoter")
        job = await ended(pilot)
        assert job.order.allow == (f"last-address={QUOTER}",)
        assert sheet.used
        assert okx_ips(desk) == WANTED

    play(desk, part)


def test_in_a_small_window_one_thing_is_asked_after_the_other(desk: Desk) -> None:
    click(desk, "quoter", ip_whitelist=["192.0.2.77"])

    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER)
        await asked(pilot)
        await pilot.pause()
        shown = screen_text(pilot.app)
        assert "To allow it, type" in shown
        assert "Type the key's name" not in shown
        assert "[ Cancel ]" in shown
        await pilot.press(*f"last-address={QUOTER}")
        await wait_for(pilot, lambda: "Type the key's name" in screen_text(pilot.app), "what is asked next")
        assert "To allow it, type" not in screen_text(pilot.app)
        await pilot.press(*"quoter", "y")
        await wait_for(pilot, lambda: the_app(pilot).job is not None, "the run")
        await ended(pilot)
        assert okx_ips(desk) == WANTED

    play(desk, part, (60, 15))


def test_without_consent_the_guard_holds_behind_the_screen_too(desk: Desk) -> None:
    click(desk, "quoter", ip_whitelist=["192.0.2.77"])

    async def part(pilot: Pilot[Any]) -> None:
        sheet = await at_plan(pilot, QUOTER)
        the_app(pilot).start(Order(sheet.plan))
        await ended(pilot)
        await wait_for(pilot, lambda: "Nothing was written" in screen_text(pilot.app), "the refusal")
        assert "last-address" in screen_text(pilot.app)
        assert okx_ips(desk) == {"192.0.2.77"}

    play(desk, part)


def test_a_read_only_session_applies_nothing_whoever_asks(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        sheet = await at_plan(pilot, QUOTER)
        app = the_app(pilot)
        assert not app.apply(Order(sheet.plan))
        app.start(Order(sheet.plan))
        assert app.job is None
        assert writes(desk) == []

    play(desk, part, read_only=True)


# -- what is left out ----------------------------------------------------------------------------------------------


def test_keys_that_are_left_out_are_not_touched(desk: Desk) -> None:
    drift_more(desk)

    async def part(pilot: Pilot[Any]) -> None:
        sheet = await at_plan(pilot, QUOTER, WATCHER)
        sheet.leave_out(next(key.path for key in sheet.plan.keys if str(key.path) == QUOTER))
        await begun(pilot, "")
        job = await ended(pilot)
        assert okx_ips(desk) == DRIFTED
        assert job.touched() == [WATCHER]
        assert job.to_retry() == []
        assert "LEFT OUT" in screen_text(pilot.app)

    play(desk, part)


# -- while it runs -------------------------------------------------------------------------------------------------


def test_x_stops_before_the_next_call_and_the_one_under_way_is_finished(desk: Desk) -> None:
    drift_more(desk)

    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER, WATCHER)
        with held(pilot):
            await begun(pilot, "2")
            await writing(pilot)
            await pilot.press("x")
            assert "stops before the next call" in screen_text(pilot.app)
        job = await ended(pilot)
        assert outcomes(job) == [DONE, DONE, NOT_TRIED]
        assert len(writes(desk)) == 1
        assert okx_ips(desk) == WANTED
        assert "Stopped by a person" in screen_text(pilot.app)
        assert job.to_retry() == [WATCHER]

    play(desk, part)


def test_leaving_leaves_it_running_says_so_everywhere_and_7_comes_back(desk: Desk) -> None:
    drift_more(desk)

    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER, WATCHER)
        with held(pilot):
            await begun(pilot, "2")
            await writing(pilot)
            assert "▸ writing" in screen_text(pilot.app)
            await pilot.press("escape")
            await wait_for(pilot, lambda: the_app(pilot).is_at("board"), "the board")
            assert "applying 0/3" in screen_text(pilot.app)
            await pilot.press("7")
            await wait_for(pilot, lambda: the_app(pilot).is_at("run"), "the run")
            assert "x stops before the next call" in screen_text(pilot.app)
        await ended(pilot)
        assert okx_ips(desk) == WANTED

    play(desk, part)


def test_a_second_apply_cannot_be_started_and_nothing_is_planned_beside_it(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        sheet = await at_plan(pilot, QUOTER)
        app = the_app(pilot)
        with held(pilot):
            await begun(pilot, "quoter")
            await writing(pilot)
            job = app.job
            assert not app.apply(Order(sheet.plan))
            assert not app.read()
            assert app.job is job
            await pilot.press("2", "a")
            await told(pilot, "there is one at a time")
            await pilot.press("1", "p")
            await told(pilot, "a plan made now would not fit")
        await ended(pilot)
        assert len(writes(desk)) == 1

    play(desk, part)


def test_a_reading_under_way_makes_way_for_an_apply(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        sheet = await at_plan(pilot, QUOTER)
        app = the_app(pilot)
        assert app.read()
        app.start(Order(sheet.plan))
        await wait_for(pilot, lambda: app.job is not None and app.job.is_over, "the run to end")
        assert okx_ips(desk) == WANTED

    play(desk, part)


def test_a_run_that_ends_says_so_on_the_screen_in_front(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER)
        with held(pilot):
            await begun(pilot, "quoter")
            await pilot.press("escape")
        await ended(pilot)
        await told(pilot, "Applied; 7 shows")

    play(desk, part)


def test_quitting_asks_waits_for_the_call_under_way_and_says_what_came_of_it(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    drift_more(desk)

    async def session() -> int | None:
        app = desk.app()
        async with app.run_test(size=WIDE, notifications=True) as pilot:
            await wait_for(pilot, lambda: app.is_settled, "the first reading")
            await at_plan(pilot, QUOTER, WATCHER)
            with held(pilot):
                await begun(pilot, "2")
                await writing(pilot)
                for answer in ("enter", "y"):
                    await pilot.press("ctrl+q")
                    await wait_for(pilot, lambda: isinstance(app.screen, LeaveScreen), "to be asked")
                    await pilot.press(answer)
                    await wait_for(pilot, lambda: app.is_at("run"), "to stay until it has ended")
                assert app.is_applying
            await wait_for(pilot, lambda: not app.is_applying, "the run to end")
        return app.return_code

    assert asyncio.run(session()) == 5
    said = capsys.readouterr().err
    assert "1 not tried" in said
    assert "accesscfg plan shows what is left" in said
    assert len(writes(desk)) == 1
    assert okx_ips(desk) == WANTED


# -- what can go wrong ---------------------------------------------------------------------------------------------


def test_the_cursor_goes_to_what_failed_first(desk: Desk) -> None:
    drift_more(desk)

    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER, WATCHER)
        desk.sandbox.fault(Fault("okx", "/api/v5/users/subaccount/modify-apikey", "5xx", None, skip=1))
        await begun(pilot, "2")
        job = await ended(pilot)
        assert outcomes(job)[0] is Outcome.DONE
        assert str(job.first_to_retry()) == WATCHER, outcomes(job)
        row = pilot.app.screen.query_one(RowList).row
        assert row is not None
        assert str(row.key) == WATCHER

    play(desk, part)


def test_what_failed_is_shown_with_its_reason_and_tried_again_from_there(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER)
        desk.sandbox.fault(Fault("okx", "/api/v5/users/subaccount/apikey", "5xx", None))
        await begun(pilot, "quoter")
        job = await ended(pilot)
        assert outcomes(job)[0] is Outcome.FAILED
        assert "nothing was written: it could not be re-read" in screen_text(pilot.app)
        assert okx_ips(desk) == DRIFTED

        desk.sandbox.clear_faults()
        await pilot.press("R")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen), "to be asked again")
        await pilot.press(*"quoter", "y")
        await wait_for(pilot, lambda: the_app(pilot).job is not job, "another run")
        assert outcomes(await ended(pilot)) == [DONE, DONE]
        assert okx_ips(desk) == WANTED

    play(desk, part)


def test_a_key_that_has_moved_since_the_plan_is_left_alone(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER)
        click(desk, "quoter", ip_whitelist=["203.0.113.10", "192.0.2.99"])
        await begun(pilot, "quoter")
        job = await ended(pilot)
        assert outcomes(job)[0] is Outcome.MOVED
        assert "the key has changed since the plan was made" in screen_text(pilot.app)
        assert writes(desk) == []
        assert job.to_retry() == [QUOTER]

    play(desk, part)


def test_a_lock_held_by_another_run_is_said_and_the_plan_can_be_applied_afterwards(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER)
        with desk.workspace().locked():
            await begun(pilot, "quoter")
            await ended(pilot)
            await wait_for(pilot, lambda: "locked by another run" in screen_text(pilot.app), "the reason")
        assert writes(desk) == []
        await pilot.press("2")
        await wait_for(pilot, lambda: the_app(pilot).is_at("plan"), "the plan")
        await begun(pilot, "quoter")
        await ended(pilot)
        assert okx_ips(desk) == WANTED

    play(desk, part)


def test_files_that_change_between_the_question_and_the_write_end_it_before_any_write(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        sheet = await at_plan(pilot, QUOTER)
        declare_otherwise(desk)
        the_app(pilot).start(Order(sheet.plan))
        await ended(pilot)
        await wait_for(pilot, lambda: "the files have changed" in screen_text(pilot.app), "the refusal")
        assert writes(desk) == []

    play(desk, part)


def test_a_plan_is_applied_once(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER)
        await begun(pilot, "quoter")
        await ended(pilot)
        await pilot.press("2", "a")
        await told(pilot, "it was applied already")

    play(desk, part)


def test_the_report_of_a_run_is_copied_as_text(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr("accesscfg_tui.screens.run.copy", lambda app, text: copied.append(text))

    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER, BOT)
        await begun(pilot, "quoter")
        await ended(pilot)
        await pilot.press("c")
        assert "Result of applying exchanges.yaml" in copied[0]
        assert "done" in copied[0]

    play(desk, part)


def test_the_board_says_what_an_apply_left_when_it_has_ended(desk: Desk) -> None:
    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER)
        await begun(pilot, "quoter")
        await ended(pilot)
        await pilot.press("1")
        await wait_for(pilot, lambda: the_app(pilot).is_at("board"), "the board")
        row = next(line for line in screen_text(pilot.app).splitlines() if "quoter" in line)
        assert "in sync" in row

    play(desk, part)


def test_text_of_others_is_never_taken_for_markup_on_the_way(desk: Desk) -> None:
    text = desk.file.read_text()
    text = text.replace("used_by: market maker", 'used_by: "[/x] [red]b[/red] [@click=app.quit]q[/]"')
    desk.file.write_text(text)
    click(desk, "quoter", label="[/y] [bold]\x1b[31mold")

    async def part(pilot: Pilot[Any]) -> None:
        await at_plan(pilot, QUOTER)
        await asked(pilot)
        await pilot.pause()
        shown = screen_text(pilot.app)
        assert "[/x] [red]b[/red] [@click=app.quit]q[/]" in shown
        assert "\x1b" not in shown
        await pilot.press(*"quoter", "y")
        await wait_for(pilot, lambda: the_app(pilot).is_at("run"), "the run")
        await ended(pilot)
        assert "[/y] [bold]" in screen_text(pilot.app)
        assert "\x1b" not in screen_text(pilot.app)

    play(desk, part)
