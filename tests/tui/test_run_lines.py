"""An apply in lines: while it runs, stopped, failed, and over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accesscfg.model.errors import Locked
from accesscfg.model.events import ChangeEnded, ChangeStarted, Waiting
from accesscfg.model.paths import parse_key_path
from accesscfg.model.plan import ChangeResult, Outcome
from accesscfg_tui.viewmodel.run import FACES, Order, Run, run_rows, run_title, state_lines, status_words
from tests.report.plans import AT, WORDS, applied, drifted

BOT = parse_key_path("desk/grid/bot")
PLAN = drifted()
ALL_DONE = (*[Outcome.DONE] * 4, Outcome.MANUAL)
HALF = (Outcome.DONE, Outcome.FAILED, Outcome.SKIPPED, Outcome.SKIPPED, Outcome.MANUAL)


def run(**fields: Any) -> Run:
    return Run(Order(PLAN), WORDS, AT, **fields)


def over(*outcomes: Outcome, **fields: Any) -> Run:
    made = run()
    made.end(applied(*outcomes, **fields), None, AT)
    return made


def rows(made: Run, width: int = 100) -> str:
    return "\n".join(row.line.text.rstrip() for row in run_rows(made, width))


def state(made: Run) -> str:
    return " ".join(line.text.strip() for line in state_lines(made, 100))


def test_only_changes_by_api_are_counted() -> None:
    assert (run().done, run().total) == (0, 4)


def test_a_change_is_to_come_then_written_then_done() -> None:
    made, first = run(), PLAN.changes[0]
    assert "· to come      1 - permissions" in rows(made)

    made.take(ChangeStarted(first), AT)
    assert "▸ writing      1 - permissions" in rows(made)
    assert made.current == BOT

    made.take(ChangeEnded(ChangeResult(first, Outcome.DONE)), AT + timedelta(seconds=1.25))
    done = next(row for row in rows(made).split("\n") if "✓ done" in row)
    assert done.startswith("  ✓ done         1 - permissions   Withdrawals (canWithdraw) ")
    assert done.endswith(" 1.2 s")
    assert status_words(made) == "applying 1/4"
    assert "1 of 4 changes" in state(made)


def test_a_wait_is_said_until_something_goes_on() -> None:
    made = run()
    made.take(Waiting("desk", 14.0, "north limit"), AT)
    assert status_words(made) == "applying 0/4; desk waits 14 s (north limit)"
    made.take(ChangeStarted(PLAN.changes[0]), AT)
    assert status_words(made) == "applying 0/4"


def test_stopping_is_said_on_every_screen() -> None:
    made = run(stopping=True)
    assert status_words(made) == "applying 0/4, stops before the next call"
    assert "the one under way is finished and read back" in state(made)


def test_what_is_over_says_what_it_came_to_and_what_can_be_done_next() -> None:
    made = over(*ALL_DONE)
    assert run_title(made) == "Applied"
    assert status_words(made) == ""
    assert "Apply: 4 done, 1 to do on the website." in state(made)
    assert "m leads through what is left by hand" in state(made)
    assert made.to_retry() == []
    assert made.touched() == ["desk/grid/bot"]


def test_what_failed_is_named_with_its_reason_and_can_be_tried_again() -> None:
    made = over(*HALF)
    assert run_title(made) == "Applied in part"
    assert made.to_retry() == ["desk/grid/bot"]
    assert "R plans 1 key anew and asks again" in state(made)
    assert "✗ failed       2 + IP whitelist  203.0.113.10" in rows(made)
    assert "because of change 1 (failed)" in rows(made)


def test_what_was_not_tried_as_it_was_stopped_can_be_tried_again() -> None:
    stopped = (Outcome.DONE, *[Outcome.NOT_TRIED] * 3, Outcome.MANUAL)
    made = over(*stopped, interrupted=True, stopped_at="before c2 on desk/grid/bot")
    assert made.to_retry() == ["desk/grid/bot"]
    assert "Stopped by a person before change 2 on desk/grid/bot." in state(made)


def test_keys_that_were_left_out_are_not_tried_again() -> None:
    made = Run(Order(PLAN, frozenset({BOT})), WORDS, AT)
    made.end(applied(*[Outcome.NOT_TRIED] * 4, Outcome.MANUAL), None, AT)
    assert made.total == 0
    assert made.to_retry() == []
    assert "desk/grid/bot  LEFT OUT" in rows(made)


def test_a_lock_held_by_another_run_is_said_with_the_next_step() -> None:
    made = run()
    made.end(
        None, Locked("the workspace is locked by another run of accesscfg", fix="wait for it to end"), AT
    )
    assert run_title(made) == "Not applied"
    assert "Nothing was written: the workspace is locked by another run of accesscfg" in state(made)
    assert "next: wait for it to end" in state(made)


def test_a_fault_of_our_own_promises_nothing_and_shows_no_values() -> None:
    made = run()
    made.take(ChangeStarted(PLAN.changes[0]), AT)
    made.end(None, ValueError("a secret"), AT)
    said = state(made)
    assert "ValueError" in said
    assert "secret" not in said
    assert "Nothing was written" not in said
    assert made.to_retry() == ["desk/grid/bot"]


def test_every_outcome_has_a_glyph_and_a_word_of_its_own_in_both_alphabets() -> None:
    assert set(FACES) == set(Outcome)
    assert len({face.word for face in FACES.values()}) == len(FACES)
    assert len({face.glyph for face in FACES.values()}) == len(FACES)
    assert all(face.ascii.isascii() for face in FACES.values())


@pytest.mark.parametrize("width", [58, 76, 130])
def test_lines_fit_their_width(width: int) -> None:
    for made in (run(), over(*HALF)):
        assert all(len(row.line.text.rstrip()) <= width for row in run_rows(made, width))
