"""What is asked before anything is written: the scope in words, and how sure a person must be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accesscfg.model.networks import Addresses, sorted_entries
from accesscfg.model.observed import Facet
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import Change, Direction, KeyResult, Means, by_key
from accesscfg.report.words import FACETS, SIGNS, change_detail, count, listing
from accesscfg_tui.viewmodel.blast import Pairs, losers, unread_keys
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.viewmodel.sheet import Sheet

DIRECTIONS = {Direction.GRANTS: "warn", Direction.REVOKES: "good", Direction.NEUTRAL: ""}


@dataclass(frozen=True, slots=True)
class Answer:
    """A text to type. `why` says what for; `consent` is the guard's option that it stands for, "" for the word that
    confirms the whole."""

    ask: str
    expected: str
    why: str = ""
    consent: str = ""

    def is_given(self, typed: str) -> bool:
        """Whether this is it."""
        return typed.strip() == self.expected


@dataclass(frozen=True, slots=True)
class Question:
    """Whether to apply a sheet. Without `answers` the key y is enough."""

    title: str
    live: bool
    answers: tuple[Answer, ...]

    @property
    def allow(self) -> tuple[str, ...]:
        """The consents that are given with it."""
        return tuple(one.consent for one in self.answers if one.consent)


def question(sheet: Sheet, *, always: bool = False) -> Question:
    """What to ask before a sheet is applied; `always`: for a typed word, however small the risk is."""
    reach, live = sheet.reach, not sheet.plan.sandbox
    keys = reach.keys
    where = "LIVE exchanges" if live else "the SANDBOX"
    consents = dict.fromkeys((one.guard.value, one.key) for one in reach.refusals)
    whys = {(one.guard.value, one.key): one.why for one in reach.refusals}
    answers = [
        Answer(f"To allow it, type {guard}={key}", f"{guard}={key}", whys[guard, key], f"{guard}={key}")
        for guard, key in consents
    ]
    if always or consents or not reach.only_narrows_rights:
        answers.append(_word(keys))
    return Question(f"Apply to {count(len(keys), 'key')} on {where}?", live, tuple(answers))


def _word(keys: tuple[KeyPath, ...]) -> Answer:
    if len(keys) == 1:
        return Answer(f"Type the key's name, {keys[0].key}", keys[0].key)
    return Answer(f"Type the number of keys, {len(keys)}", str(len(keys)))


def scope_lines(sheet: Sheet, width: int) -> list[Line]:
    """Who loses access, what is not touched, which exchanges and keys; what matters most is seen without scrolling."""
    return [*_effects(sheet, width), *_untouched(sheet, width), line(""), *_targets(sheet, width)]


def _targets(sheet: Sheet, width: int) -> Iterator[Line]:
    keys = {key.path: key for key in sheet.plan.keys}
    exchange = ""
    for path, changes in by_key(sheet.reach.changes).items():
        name = sheet.words.name(keys[path].exchange)
        if name != exchange:
            yield line((name, "head"))
        exchange = name
        users = keys[path].used_by
        yield line(f"  {path}", (f"  used by {users}" if users else "", "faint"))
        for change in changes:
            yield from _change(sheet, change, keys[path], width)


def _change(sheet: Sheet, change: Change, key: KeyResult, width: int) -> Iterator[Line]:
    style = DIRECTIONS[change.direction]
    what = change_detail(change, sheet.words, key.exchange)
    lead = f"    {SIGNS[change.direction]} {FACETS[change.facet]}: "
    yield from wrapped(what, width, first=lead, rest="      ", style=style)


def _effects(sheet: Sheet, width: int) -> Iterator[Line]:
    reach, plan = sheet.reach, sheet.plan
    yield line(f"{count(len(reach.changes), 'change')} on {count(len(reach.keys), 'key')}, each read back")
    if reach.shut_out:
        yield from wrapped(f"shut out: {_addresses(reach.shut_out)}", width, rest="  ", style="bad")
    for change in reach.changes:
        if change.key in reach.closed and change.facet is Facet.IP_WHITELIST:
            kept = change.after if isinstance(change.after, Addresses) else ""
            text = f"shut out of {change.key}: everybody but {kept or 'its application'}"
            yield from wrapped(text, width, rest="  ", style="bad")
    for key in reach.opened:
        yield from wrapped(f"{key} can be used from ANYWHERE then", width, rest="  ", style="bad")
    users = {key.path: key.used_by for key in plan.keys}
    if losing := losers(reach, users):
        yield from wrapped(f"who loses something: {losing}", width, rest="  ", style="warn")
    yield from wrapped(reach.own, width, style="good" if reach.own_safe else "bad")


def _addresses(pairs: Pairs) -> str:
    return listing(sorted_entries({address for _, address in pairs}))


def _untouched(sheet: Sheet, width: int) -> Iterator[Line]:
    plan, reach = sheet.plan, sheet.reach
    by_hand = {one.key for one in plan.changes if one.means is not Means.API} - sheet.left_out
    waiting = sum(one.means is Means.API and one.key not in sheet.left_out for one in plan.changes) - len(
        reach.changes
    )
    parts = [
        f"{count(len(by_hand), 'key')} with changes by hand" if by_hand else "",
        f"{count(len(sheet.left_out), 'key')} left out" if sheet.left_out else "",
        f"{count(waiting, 'change')} waiting for those" if waiting else "",
        f"{count(len(unread_keys(plan)), 'key')} not readable" if unread_keys(plan) else "",
    ]
    if said := listing(part for part in parts if part):
        yield from wrapped(f"not touched: {said}", width, style="faint")
    if reach.losing or reach.widened or reach.let_in or reach.opened:
        yield from wrapped(
            "There is no undo; the audit trail keeps what there was before.", width, style="faint"
        )
