"""A plan under review as rows and in short, and what stands in the way of applying it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from accesscfg.model.findings import Finding
from accesscfg.model.paths import parse_key_path
from accesscfg.model.plan import Plan
from accesscfg_tui.viewmodel.sheet import Sheet
from accesscfg_tui.viewmodel.sheet_rows import sheet_rows
from accesscfg_tui.viewmodel.summary import brief_lines, summary_lines
from tests.report.plans import AT, WORDS, drifted, key, plan

BOT = parse_key_path("desk/grid/bot")
BROKEN = Finding("error", "forbid", "desk/grid/bot may withdraw", kind="policy")
SOON = AT + timedelta(minutes=1)


def sheet(made: Plan | None = None, **fields: Any) -> Sheet:
    made = drifted() if made is None else made
    return Sheet(made, WORDS, made.declaration_hash, **fields)


def rows(one: Sheet, width: int = 100) -> str:
    return "\n".join(row.line.text.rstrip() for row in sheet_rows(one, width))


def summary(one: Sheet, now: datetime = SOON) -> str:
    return "\n".join(line.text for line in summary_lines(one, now, 50))


def brief(one: Sheet, now: datetime = SOON) -> str:
    return "\n".join(line.text for line in brief_lines(one, now, 76))


def test_each_change_has_its_number_direction_facet_and_means_and_what_it_gives_or_takes() -> None:
    assert """\
▾ desk/grid/bot  4 changes by API  ! last-address  North, used by Hummingbot
    1 - revokes  permissions   by API
        - Withdrawals (canWithdraw)
    2 + grants   IP whitelist  by API, after 1
        + 203.0.113.10         the key's own list
    3 - revokes  IP whitelist  by API, after 2
        - 198.51.100.7         not declared anywhere
        ! guard last-address: none of the addresses allowed today would remain
          allowed for this key alone by typing last-address=desk/grid/bot when asked
    4 + grants   permissions   by API, after 1, 2, 3
        + Spot Trading (canSpot)
▾ desk/trader  1 change on the website  North
    5 - revokes  permissions   on the website
        - Spot Trading (canSpot)
        North takes this on its website only""" in rows(sheet())


def test_what_could_not_be_asked_is_unfolded_and_named() -> None:
    assert """\
▾ 1 key not readable this time: nothing is planned for what is unknown
    desk/lost: presence: no answer
    sub-accounts of desk: time-out""" in rows(sheet())


def test_parts_are_folded_and_unfolded_by_name() -> None:
    one = sheet()
    one.fold(str(BOT))
    assert "Withdrawals" not in rows(one)
    assert "▸ desk/grid/bot" in rows(one)
    one.fold(str(BOT))
    assert "Withdrawals" in rows(one)


def test_with_everything_shown_facets_that_stay_are_there_too() -> None:
    assert "presence: in sync" not in rows(sheet())
    assert "✓ presence: in sync, exists" in rows(sheet(everything=True))


def test_a_key_that_is_left_out_says_so_and_no_longer_counts() -> None:
    one = sheet()
    assert "let in 1, shut out 1, widened 1, narrowed 1" in brief(one)
    one.leave_out(BOT)
    assert "desk/grid/bot  LEFT OUT" in rows(one)
    assert "let in 0, shut out 0, widened 0, narrowed 0" in brief(one)
    one.leave_out(BOT)
    assert "LEFT OUT" not in rows(one)


def test_rows_keep_their_ids_so_that_the_cursor_stays() -> None:
    one = sheet()
    before = [row.id for row in sheet_rows(one, 100)]
    one.leave_out(BOT)
    assert [row.id for row in sheet_rows(one, 100)] == before
    assert len(set(before)) == len(before)


def test_guards_and_policies_are_said_in_words() -> None:
    broken = sheet(replace(drifted(), violations=(BROKEN,)))
    assert "! last-address: desk/grid/bot" in summary(broken)
    assert "policy: error: desk/grid/bot may withdraw" in summary(broken)
    assert rows(broken).startswith("policy: error: desk/grid/bot may withdraw")
    assert "none says no" in summary(sheet(replace(drifted(), refusals=())))


def test_live_exchanges_and_the_sandbox_are_told_apart_loudly() -> None:
    assert brief(sheet()).startswith("LIVE")
    assert brief(sheet(replace(drifted(), sandbox=True))).startswith("SANDBOX")


@pytest.mark.parametrize(
    ("fields", "later", "why"),
    [
        ({}, timedelta(minutes=9, seconds=59), ""),
        ({}, timedelta(minutes=10, seconds=1), "older than 10 minutes"),
        ({"hash": "another"}, timedelta(), "the files have changed"),
        ({"hash": ""}, timedelta(), "the files have changed"),
        ({"used": True}, timedelta(), "applied already"),
    ],
)
def test_a_plan_that_is_old_used_or_of_other_files_cannot_be_applied(
    fields: dict[str, Any], later: timedelta, why: str
) -> None:
    one = sheet()
    for name, value in fields.items():
        setattr(one, name, value)

    assert why in one.stale(AT + later)
    assert bool(one.in_the_way(AT + later)) is bool(why)
    assert (why in summary(one, AT + later).replace("\n", " ")) is True


def test_a_broken_policy_stops_the_whole_plan() -> None:
    assert "a policy of this workspace forbids" in sheet(replace(drifted(), violations=(BROKEN,))).in_the_way(
        SOON
    )


def test_a_plan_without_anything_by_api_cannot_be_applied() -> None:
    one = sheet()
    one.leave_out(BOT)
    assert "nothing is left that is made by API" in one.in_the_way(SOON)
    assert "made by API; m leads" in sheet(plan(drifted().keys, drifted().changes[4:])).in_the_way(SOON)
    assert sheet(plan([key("desk/a")])).in_the_way(SOON) == "there is nothing to change"


def test_ascii_is_ascii() -> None:
    one = sheet(ascii=True, everything=True)
    one.fold(str(BOT))
    assert rows(one).isascii()


@pytest.mark.parametrize("width", [58, 76, 100])
def test_lines_fit_their_width_but_for_heads_which_the_list_cuts(width: int) -> None:
    for row in sheet_rows(sheet(everything=True), width):
        assert len(row.line.text) <= width or row.folds is not None, row.line.text
