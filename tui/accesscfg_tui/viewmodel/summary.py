"""A plan under review in a few lines, and in the many of a pane."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from accesscfg.model.plan import Means, by_key
from accesscfg.report.words import count
from accesscfg_tui.viewmodel.blast import blast_lines, settled_keys, unread_keys
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.viewmodel.looks import age
from accesscfg_tui.viewmodel.sheet import Sheet

WAYS = ((Means.API, "by API"), (Means.MANUAL, "by hand"), (Means.BLOCKED, "blocked"))


def place_words(sheet: Sheet) -> tuple[str, str]:
    """Where a write would go, loudly, with its style."""
    return ("SANDBOX", "told") if sheet.plan.sandbox else ("LIVE", "bad")


def read_words(sheet: Sheet, now: datetime) -> str:
    """How old the reading is."""
    word = age(sheet.plan.made_at, now)
    return "read just now" if word == "now" else f"read {word} ago"


def brief_lines(sheet: Sheet, now: datetime, width: int) -> list[Line]:
    """The whole plan in three lines or a few more, for a narrow screen."""
    plan, reach = sheet.plan, sheet.reach
    ways = [f"{_number(sheet, means)} {word}" for means, word in WAYS if _number(sheet, means)]
    ways += [f"{len(settled_keys(plan))} keys need nothing"] if settled_keys(plan) else []
    ways += [f"{count(len(sheet.left_out), 'key')} left out"] if sheet.left_out else []
    effects = f"let in {len(reach.let_in)}, shut out {len(reach.shut_out) + len(reach.closed)}"
    effects += f", widened {len(reach.widened) + len(reach.opened)}, narrowed {len(reach.narrowed)}"
    place, style = place_words(sheet)
    unread = f", {count(len(unread_keys(plan)), 'key')} not readable" if unread_keys(plan) else ""
    return [
        line((place, style), f"  {read_words(sheet, now)}; ", ", ".join(ways)),
        line(effects + unread),
        *wrapped(reach.own, width, style="good" if reach.own_safe else "bad"),
        *_in_the_way(sheet, now, width),
    ]


def summary_lines(sheet: Sheet, now: datetime, width: int) -> list[Line]:
    """Everything there is to know before applying it."""
    plan, reach = sheet.plan, sheet.reach
    place, style = place_words(sheet)
    lines = [
        line(("PLAN  ", "head"), (place, style), f"  {read_words(sheet, now)}"),
        line((f"{plan.id}", "faint")),
        *(wrapped(f"only {', '.join(plan.targets)}", width, style="faint") if plan.targets else ()),
        line(""),
        *_ways(sheet),
        line(""),
        line(("BLAST RADIUS ", "head"), ("of what is made by API", "faint")),
        *blast_lines(reach, plan, width),
        line(""),
        line(("GUARDS", "head")),
        *_guards(sheet, width),
        line(""),
        *_in_the_way(sheet, now, width),
    ]
    if not sheet.in_the_way(now):
        lines += wrapped("a asks once more, then applies", width, style="strong")
    return lines


def _number(sheet: Sheet, means: Means) -> int:
    if means is Means.API:
        return len(sheet.reach.changes)
    return sum(change.means is means and change.key not in sheet.left_out for change in sheet.plan.changes)


def _ways(sheet: Sheet) -> Iterator[Line]:
    plan = sheet.plan
    for means, word in WAYS:
        if number := _number(sheet, means):
            own = sheet.reach.changes if means is Means.API else plan.changes
            keys = by_key(one for one in own if one.means is means and one.key not in sheet.left_out)
            yield line(f"{word:<14}", f"{count(number, 'change'):<12}", (count(len(keys), "key"), "faint"))
    every = [one for one in plan.changes if one.means is Means.API and one.key not in sheet.left_out]
    if waits := len(every) - len(sheet.reach.changes):
        yield line(
            f"{'waits':<14}", f"{count(waits, 'change'):<12}", ("for what is not made by API now", "faint")
        )
    if sheet.left_out:
        yield line(f"{'left out':<14}", (count(len(sheet.left_out), "key"), "told"))
    if calm := len(settled_keys(plan)):
        yield line(f"{'need nothing':<14}", (count(calm, "key"), "good"))


def _guards(sheet: Sheet, width: int) -> Iterator[Line]:
    refusals = sheet.reach.refusals
    if not refusals:
        yield line(("none says no", "good"))
    for one in refusals:
        yield from wrapped(f"! {one.guard.value}: {one.key}", width, rest="  ", style="bad")
        yield from wrapped(one.why, width, first="  ")
    if refusals:
        yield from wrapped("each is lifted by typing its name and the key's when asked", width, style="faint")
    yield from wrapped(
        "each key is read again before its write, and read back after it", width, style="faint"
    )
    for violation in sheet.plan.violations:
        yield from wrapped(f"policy: {violation}", width, style="bad")


def _in_the_way(sheet: Sheet, now: datetime, width: int) -> Iterator[Line]:
    if why := sheet.in_the_way(now):
        yield from wrapped(why, width, style="bad" if sheet.plan.changes else "good")
