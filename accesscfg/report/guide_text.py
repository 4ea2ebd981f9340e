"""A guide as text for a person at a terminal, made for 80 columns.

What is to be copied stands on lines of its own from the first column on, so that a triple click selects just that.
"""

from __future__ import annotations

from collections.abc import Iterable

from accesscfg.model.guide import Guide, Step, Verdict, Verification
from accesscfg.report.guide_words import (
    address_line,
    afterwards,
    boxes,
    caution_lines,
    next_line,
    notes,
    open_lines,
    other_lines,
    page_note,
    progress,
    purpose,
    ticked,
    title,
    unticked,
    verdict_line,
    whitelist_line,
)
from accesscfg.report.page import Page, Style
from accesscfg.report.words import Words, listing

WIDTH = 80


def guide_to_text(guide: Guide, *, width: int = WIDTH, color: bool = False) -> str:
    """The whole guide; plain text when `color` is False."""
    page = Page(min(width, WIDTH), color=color)
    page.item("", title(guide), body_style=Style.STRONG)
    page.item("To do: ", purpose(guide))
    if guide.steps:
        page.item("Page:  ", guide.page)
        if note := page_note(guide):
            page.item("       ", f"({note})", body_style=Style.FAINT)
    _list(page, "Have at hand", guide.needs)
    _list(page, "Careful", caution_lines(guide), Style.BAD)
    _list(page, "To know", notes(guide))
    _steps(page, guide)
    _list(page, "Not to be had on the website", guide.beyond, Style.BAD)
    _wanted(page, guide)
    _list(page, "Afterwards", afterwards(guide))
    return page.text()


def _list(page: Page, heading: str, lines: Iterable[str], style: Style = Style.PLAIN) -> None:
    lines = list(lines)
    if not lines:
        return
    page.gap()
    page.line(heading, Style.STRONG)
    for line in lines:
        page.item("  - ", line, style)


def _steps(page: Page, guide: Guide) -> None:
    if not guide.steps:
        return
    page.gap()
    page.line(progress(guide), Style.STRONG)
    for place, step in enumerate(guide.steps, 1):
        _step(page, place, step)
    page.gap()
    page.item("", f"To tick one off: accesscfg guide {guide.key} --tick NUMBER", body_style=Style.FAINT)


def _step(page: Page, place: int, step: Step) -> None:
    style = Style.FAINT if step.done is not None else Style.PLAIN
    when = f"  ({ticked(step)})" if step.done is not None else ""
    page.item(f"{place:>3} [{'x' if step.done is not None else ' '}] ", f"{step.text}{when}", style, style)
    if step.copy is not None and step.copy not in step.text:
        page.gap()
        for line in step.copy.split("\n"):
            page.line(line, Style.GRANTS)
        page.gap()


def _wanted(page: Page, guide: Guide) -> None:
    state = guide.wanted
    if not guide.steps or not state.rights:
        return
    page.gap()
    page.line("The whole state afterwards", Style.STRONG)
    mode: str | None = None
    for of_mode, box, name, now in boxes(state):
        if of_mode != mode:
            page.line(f"  in {of_mode} mode:")
            mode = of_mode
        page.item(f"  {box} ", f"{name}{f'  -- {now}' if now else ''}")
    page.item("  IP whitelist: ", whitelist_line(state))
    for one in state.addresses:
        page.line(f"      {address_line(one)}")
    if state.leaving:
        page.item("  leaving: ", listing(state.leaving))
    for line in other_lines(state):
        page.line(f"  {line}")


def verification_to_text(
    verification: Verification, words: Words, *, width: int = WIDTH, color: bool = False
) -> str:
    """The verdict, what stands against it, and the next step."""
    page = Page(width, color=color)
    style = Style.GOOD if verification.verdict is Verdict.VERIFIED else Style.BAD
    page.item("", verdict_line(verification), body_style=style)
    for line in open_lines(verification, words):
        page.item("  - ", line)
    if note := unticked(verification):
        page.item("  ", note)
    if command := next_line(verification):
        page.line(f"next: {command}")
    return page.text()
