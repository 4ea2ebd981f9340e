"""A guided fix as lines: its head, its steps as a checklist, what goes with them, and the verdict afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from rich.cells import cell_len

from accesscfg.model.guide import Guide, Open, Step, StepKind, Verdict, Verification, WantedState
from accesscfg.model.networks import Addresses, sorted_entries
from accesscfg.model.observed import Facet, Observed
from accesscfg.model.profile import Entry
from accesscfg.report.guide_words import (
    address_line,
    boxes,
    open_line,
    open_lines,
    other_lines,
    page_note,
    purpose,
    unticked,
    verdict_line,
    whitelist_line,
)
from accesscfg.report.words import FACETS, Words, count, listing
from accesscfg_tui.viewmodel.lines import Line, cut, line, wrapped

ENTRIES: tuple[Entry, ...] = ("comma", "lines", "blanks", "one")
WAYS: Mapping[Entry, str] = {
    "comma": "with commas",
    "lines": "one a line",
    "blanks": "with blanks",
    "one": "one at a time",
}
LONGEST_COPY = 6  # lines of what is to be copied, before the rest is left to the plain text

_STYLES = {
    Verdict.VERIFIED: "good",
    Verdict.DIFFERENT: "bad",
    Verdict.ATTEST: "warn",
    Verdict.UNKNOWN: "warn",
}


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together; `step` is the id of the step that they show, None for what stands around them."""

    lines: tuple[Line, ...]
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Hand:
    """Where a person is in a guide: the step under the cursor, and when each was copied, by step id."""

    cursor: str | None = None
    copied: Mapping[str, datetime] = field(default_factory=dict)


# -- the head ------------------------------------------------------------------------------------------------------


def head(guide: Guide, width: int) -> list[Line]:
    """Which key, where, for whom, what for, and how far it is."""
    where = guide.exchange_name + (f", used by {guide.used_by}" if guide.used_by else "")
    far = where_in(guide)
    left = cut(f"{guide.key}  {where}", max(10, width - cell_len(far) - 2))
    gap = " " * max(2, width - cell_len(left) - cell_len(far))
    key = str(guide.key)
    named = [(key, "strong"), left[len(key) :]] if left.startswith(key) else [(left, "strong")]
    second = f"{purpose(guide)}{f'; addresses {WAYS[guide.entry]}' if has_addresses(guide) else ''}"
    return [line(*named, gap, (far, "told")), line((cut(second, width), "faint"))]


def where_in(guide: Guide) -> str:
    """`step 2 of 4`, or that all are ticked off."""
    if not guide.steps:
        return "no steps"
    now = guide.current
    if now is None:
        return f"all {len(guide.steps)} ticked off"
    return f"step {guide.steps.index(now) + 1} of {len(guide.steps)}"


def has_addresses(guide: Guide) -> bool:
    """Whether addresses have to be entered, so that their format matters."""
    return any(step.kind in (StepKind.PASTE, StepKind.ADD) for step in guide.steps)


# -- the steps -----------------------------------------------------------------------------------------------------


def checklist(guide: Guide, width: int, hand: Hand, *, ascii: bool, brief: bool) -> list[Block]:
    """The steps; where it has to be `brief` only the one under the cursor is shown in full."""
    blocks: list[Block] = []
    visit = 0
    for number, step in enumerate(guide.steps, 1):
        if step.visit != visit and not brief:
            blocks.append(Block((line(""),)))
        visit = step.visit
        here = step.id == hand.cursor
        lines = list(_step(number, step, width, here=here, ascii=ascii, brief=brief and not here))
        if here or not brief:
            lines += _to_copy(step, width, hand.copied.get(step.id), here=here)
        if here:
            lines += _alone(guide, step, width)
        blocks.append(Block(tuple(lines), step.id))
    return blocks


_LEAD = 10  # cells: the cursor, the box and the number


def _step(number: int, step: Step, width: int, *, here: bool, ascii: bool, brief: bool) -> Iterator[Line]:
    mark = (">" if ascii else "▸") if here else " "
    box = "[x]" if step.done is not None else "[ ]"
    lead = f" {mark} {box} {number:>2} "
    style = "strong" if here else "faint" if step.done is not None else ""
    text = step.text
    if step.done is not None:
        text += f" (ticked {step.done.astimezone():%H:%M})"
    if brief:
        yield line(lead, (cut(text, max(8, width - _LEAD)), style))
    else:
        yield from wrapped(text, width, first=lead, style=style)


def _to_copy(step: Step, width: int, copied: datetime | None, *, here: bool) -> Iterator[Line]:
    """What is to be pasted, and whether it was copied."""
    lead = " " * _LEAD
    if step.copy is not None and step.copy not in step.text:
        parts = list(paste_lines(step.copy, max(8, width - _LEAD)))
        yield from (line(lead, (part, "told")) for part in parts[:LONGEST_COPY])
        if len(parts) > LONGEST_COPY:
            yield line(lead, (f"and {count(len(parts) - LONGEST_COPY, 'line')} more: v shows all", "faint"))
    if copied is not None:
        yield line(lead, (f"copied {copied.astimezone():%H:%M:%S}", "faint"))
    elif here and step.copy is not None:
        hint = "c copies this, o opens it" if step.copy.startswith("https://") else f"c copies {_what(step)}"
        yield line(lead, (hint, "faint"))


def _what(step: Step) -> str:
    number = len(step.addresses)
    return f"all {number}" if number > 1 else "this one" if number else "this"


def paste_lines(text: str, width: int) -> Iterator[str]:
    """A text to paste in lines of at most `width`, parted behind commas and blanks where that can be."""
    for row in text.split("\n"):
        now = ""
        for part in row.replace(",", ",\n").replace(" ", " \n").split("\n"):
            if now and len(now) + len(part) > width:
                yield now
                now = ""
            now += part
            while len(now) > width:
                yield now[:width]
                now = now[width:]
        yield now


def _alone(guide: Guide, step: Step, width: int) -> Iterator[Line]:
    """Where single addresses are added and removed: those that stay as they are."""
    if step.kind not in (StepKind.ADD, StepKind.REMOVE):
        return
    stay = [one.entry for one in guide.wanted.addresses if one.live]
    if stay:
        text = cut(f"leave alone: {listing(stay)}", max(8, width - _LEAD))
        yield line(" " * _LEAD, (text, "faint"))


# -- around the steps ----------------------------------------------------------------------------------------------


def before(guide: Guide, width: int) -> list[Block]:
    """What to read before the first step: what guards say, what the exchange resets, what to have at hand."""
    said = [f"{one.guard}: {one.text}" if one.guard else f"policy: {one.text}" for one in guide.warnings]
    careful = [*_items(said, width, "bad"), *_items(guide.cautions, width, "warn")]
    return [
        *_section("CAREFUL", careful),
        *_section("NOT TO BE HAD ON THE WEBSITE", _items(guide.beyond, width, "bad")),
        *_short_section("HAVE AT HAND", guide.needs, width),
    ]


def behind(guide: Guide, width: int, sandbox: str | None) -> list[Block]:
    """What to know, what is looked at afterwards, and in a sandbox how its website is played."""
    return [
        *_section("AFTERWARDS", _items(_afterwards(guide), width)),
        *_section("TO KNOW", _items(_known(guide), width)),
        *_section("SANDBOX", _sandbox(sandbox, width)),
    ]


def _section(heading: str, lines: Iterable[Line]) -> Iterator[Block]:
    found = tuple(lines)
    if found:
        yield Block((line((heading, "head")), *found, line("")))


def _short_section(heading: str, texts: Sequence[str], width: int) -> Iterator[Block]:
    """A section; a single text that fits stands beside its heading."""
    if len(texts) == 1 and cell_len(heading) + 2 + cell_len(texts[0]) <= width:
        yield Block((line((heading, "head"), f"  {texts[0]}"), line("")))
    else:
        yield from _section(heading, _items(texts, width))


def _items(texts: Iterable[str], width: int, style: str = "") -> list[Line]:
    return [one for text in texts for one in wrapped(text, width, first="  - ", style=style)]


def _known(guide: Guide) -> Iterator[str]:
    """The notes, with the keys of this screen in the place of commands."""
    if guide.steps and (note := page_note(guide)):
        yield f"{guide.page}: {note}"
    another = f"accesscfg guide {guide.key} --new"
    yield from (note for note in guide.notes if another not in note)
    if any(another in note for note in guide.notes):
        yield "where the page shows no such key: N guides the making of a new one"
    if guide.by_api:
        yield f"the plan can make {count(len(guide.by_api), 'change')} of this by API"
    others = [WAYS[way] for way in guide.entries if way != guide.entry]
    if others and has_addresses(guide):
        yield f"if the page takes addresses in another way, such as {' or '.join(others)}: f"


def _afterwards(guide: Guide) -> Iterator[str]:
    if not guide.steps:
        return
    sees = listing(FACETS[one] for one in guide.verifies)
    yield f"r looks at the key again{f', at its {sees}' if sees else ''}"
    if guide.attests:
        unseen = listing(FACETS[one] for one in guide.attests)
        yield f"no API shows its {unseen}: there you attest what the page shows"


def _sandbox(command: str | None, width: int) -> list[Line]:
    if command is None:
        return []
    text = (
        "nothing real stands behind this page. To have it done as the guide says, in another terminal"
        " (v has it on one line):"
    )
    return [
        *wrapped(text, width, first="  "),
        *(line("  ", (part, "told")) for part in paste_lines(command, max(8, width - 2))),
    ]


# -- the verdict ---------------------------------------------------------------------------------------------------


def verdict(found: Verification, words: Words, width: int) -> list[Line]:
    """What the look afterwards says, the next key to press, and what stands against it."""
    said = verdict_line(found).replace(f" {found.key}:", "", 1)  # the head names the key
    lines = wrapped(said, width, style=_STYLES[found.verdict])
    if hint := _NEXT.get(found.verdict):
        lines += wrapped(hint, width, first="  ", style="told")
    if note := unticked(found):
        lines += wrapped(note, width, first="  ", style="warn")
    differ = [one for one in found.open if one.verdict is Verdict.DIFFERENT]
    others = replace(found, open=tuple(one for one in found.open if one.verdict is not Verdict.DIFFERENT))
    against = [_against(one, words, found.guide.exchange) for one in differ]
    return [*lines, *_items([*against, *open_lines(others, words)], width)]


def _against(one: Open, words: Words, exchange: str) -> str:
    """What stands against one facet; of lists only what differs."""
    match one.result.facet, one.result.wanted, one.result.seen:
        case Facet.PERMISSIONS, frozenset() as wanted, Observed(frozenset() as live):
            missing, extra = words.rights(exchange, wanted - live), words.rights(exchange, live - wanted)
        case Facet.IP_WHITELIST, Addresses(wanted), Observed(Addresses(live)):
            missing = listing(sorted_entries(wanted - live))
            extra = listing(sorted_entries(live - wanted))
        case _:
            return open_line(one, words, exchange)
    parts = [f"missing {missing}"] if missing else []
    parts += [f"too many: {extra}"] if extra else []
    return f"{FACETS[one.result.facet]}: {'; '.join(parts)}"


def at_most(lines: list[Line], number: int) -> list[Line]:
    """The lines; where they are too many the first, and how many are left out."""
    if len(lines) <= number:
        return lines
    left = len(lines) - number + 1
    return [*lines[: number - 1], line((f"  and {count(left, 'line')} more: v shows all", "faint"))]


_NEXT = {
    Verdict.DIFFERENT: "these steps are left; r looks again when they are done",
    Verdict.ATTEST: "A attests what you saw on the page",
    Verdict.UNKNOWN: "r asks again; the steps stay as they are",
}


# -- the whole state -----------------------------------------------------------------------------------------------


def wanted(state: WantedState, width: int) -> list[Line]:
    """The whole declared state, with what is known of now."""
    lines = [line(("PERMISSIONS", "head"))]
    mode: str | None = None
    for of_mode, box, name, now in boxes(state):
        if of_mode != mode:
            lines.append(line(f"  in {of_mode} mode:"))
            mode = of_mode
        text = f"{name}{f' ({now})' if now else ''}"
        differs = now in ("is ON", "is off")
        style = "bad" if differs else "faint" if box == "[ ]" else ""
        lines += wrapped(text, width, first=f"  {box} ", style=style)
    if not state.rights:
        lines.append(line("  none are told of"))
    lines += [line(""), line(("IP WHITELIST", "head")), line(f"  {whitelist_line(state)}")]
    for one in state.addresses:
        style = "bad" if one.live is False else ""
        lines.append(line((cut(f"    {address_line(one)}", width), style)))
    if state.leaving:
        lines += wrapped(f"leaving: {listing(state.leaving)}", width, first="  ", style="bad")
    others = other_lines(state)
    if others:
        lines += [
            line(""),
            line(("OTHERWISE", "head")),
            *(line(f"  {cut(one, width - 2)}") for one in others),
        ]
    return lines


# -- changes of a guide --------------------------------------------------------------------------------------------


def next_entry(guide: Guide) -> Entry:
    """The format after the present one: those the website is known for first, then the others, in turn."""
    known = [*guide.entries, *(way for way in ENTRIES if way not in guide.entries)]
    return known[(known.index(guide.entry) + 1) % len(known)]


def carried(old: Guide, new: Guide) -> list[str]:
    """The steps of a guide that was made anew which only lead the way, and which were ticked off in the old one."""
    done = {step.text for step in old.steps if step.done is not None and step.kind is StepKind.OPEN}
    return [
        step.id
        for step in new.steps
        if step.done is None and step.kind is StepKind.OPEN and step.text in done
    ]


def step_after(steps: Sequence[Step], step_id: str) -> str:
    """The next step that is not ticked off, from a step on and around the end; the step itself where there is none."""
    at = next(place for place, step in enumerate(steps) if step.id == step_id)
    later = [*steps[at + 1 :], *steps[:at]]
    return next((step.id for step in later if step.done is None), step_id)
