"""A guide as Markdown, for a ticket or a runbook; its steps are a task list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from accesscfg.model.guide import Guide, Step, Verification
from accesscfg.report.clean import markdown, markdown_code, plain
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
    title,
    unticked,
    verdict_line,
    whitelist_line,
)
from accesscfg.report.words import Words, listing


def guide_to_markdown(guide: Guide) -> str:
    """The whole guide."""
    lines = [f"### {markdown(title(guide))}", "", f"To do: {markdown(purpose(guide))}."]
    if guide.steps:
        note = page_note(guide)
        lines.append(f"Page: {markdown_code(guide.page)}{f' ({markdown(note)})' if note else ''}")
    lines += _section("Have at hand", guide.needs)
    lines += _section("Careful", caution_lines(guide))
    lines += _section("To know", notes(guide))
    if guide.steps:
        lines += ["", f"**{progress(guide)}**", ""]
        lines += [line for step in guide.steps for line in _step(step)]
    lines += _section("Not to be had on the website", guide.beyond)
    lines += _wanted(guide)
    lines += _section("Afterwards", afterwards(guide))
    return "\n".join(lines) + "\n"


def _section(heading: str, items: Iterable[str]) -> list[str]:
    lines = [f"- {markdown(item)}" for item in items]
    return ["", f"**{heading}**", "", *lines] if lines else []


def _step(step: Step) -> Iterator[str]:
    yield f"- [{'x' if step.done is not None else ' '}] {markdown(step.text)}"
    if step.copy is not None and step.copy not in step.text:
        yield "  ```"
        yield from (f"  {plain(line)}" for line in step.copy.split("\n"))
        yield "  ```"


def _wanted(guide: Guide) -> list[str]:
    state = guide.wanted
    if not guide.steps or not state.rights:
        return []
    rows = [
        f"| {'wanted' if box == '[x]' else 'either' if box == '[?]' else ''} |"
        f" {markdown(f'{mode}: {name}' if mode else name)} | {markdown(now)} |"
        for mode, box, name, now in boxes(state)
    ]
    lines = [
        "",
        "**The whole state afterwards**",
        "",
        "| | permission | now |",
        "| --- | --- | --- |",
        *rows,
        "",
    ]
    lines.append(f"- IP whitelist: {markdown(whitelist_line(state))}")
    lines += [f"  - {markdown(address_line(one))}" for one in state.addresses]
    if state.leaving:
        lines.append(f"- leaving: {markdown(listing(state.leaving))}")
    return [*lines, *(f"- {markdown(line)}" for line in other_lines(state))]


def verification_to_markdown(verification: Verification, words: Words) -> str:
    """The verdict, what stands against it, and the next step."""
    lines = [f"### {markdown(verdict_line(verification))}", ""]
    lines += [f"- {markdown(line)}" for line in open_lines(verification, words)]
    if note := unticked(verification):
        lines.append(f"- {markdown(note)}")
    if command := next_line(verification):
        lines += ["", f"Next: {markdown_code(command)}"]
    return "\n".join(lines) + "\n"
