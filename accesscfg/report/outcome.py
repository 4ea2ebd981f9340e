"""The result of an apply as text: what became of each change, what is left for a person, where it stopped."""

from __future__ import annotations

from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import ApplyResult, ChangeResult, FacetState, KeyResult, Outcome
from accesscfg.report.page import WIDTH, Page, Style
from accesscfg.report.text import write_change, write_key, write_website
from accesscfg.report.words import Words, count, listing, numbers, with_numbers

OUTCOMES = {
    Outcome.DONE: "done",
    Outcome.FAILED: "failed",
    Outcome.UNKNOWN: "unknown",
    Outcome.MOVED: "key moved",
    Outcome.SKIPPED: "skipped",
    Outcome.WAITS: "waits",
    Outcome.NOT_TRIED: "not tried",
    Outcome.MANUAL: "to do",
    Outcome.BLOCKED: "blocked",
}
_COUNTED = {
    Outcome.DONE: "done",
    Outcome.FAILED: "failed",
    Outcome.UNKNOWN: "with an unknown outcome",
    Outcome.MOVED: "not made because the key had changed",
    Outcome.SKIPPED: "skipped",
    Outcome.WAITS: "waiting for another change",
    Outcome.NOT_TRIED: "not tried",
    Outcome.MANUAL: "to do on the website",
    Outcome.BLOCKED: "blocked",
}
_BAD = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.MOVED, Outcome.SKIPPED)


def apply_to_text(result: ApplyResult, words: Words, *, width: int = WIDTH, color: bool = False) -> str:
    """Each change with its outcome, the steps left for the website, and the counts."""
    page = Page(width, color=color)
    page.line(f"Result of applying {result.plan.workspace}", Style.STRONG)
    keys = {key.path: key for key in result.plan.keys}
    shown = numbers(result.plan)
    for path, own in _by_key(result).items():
        page.gap()
        write_key(page, keys[path], words)
        for one in own:
            _write_result(page, one, words, keys[path], shown)
    left = [one.change for one in result.results if one.outcome in (Outcome.MANUAL, Outcome.WAITS)]
    write_website(page, result.plan, words, left)
    page.gap()
    counts, *more = outcome_counts(result)
    page.item("", counts, body_style=Style.STRONG)
    for line in more:
        page.item("", line, body_style=Style.BAD)
    return page.text()


def _by_key(result: ApplyResult) -> dict[KeyPath, list[ChangeResult]]:
    grouped: dict[KeyPath, list[ChangeResult]] = {}
    for one in result.results:
        grouped.setdefault(one.change.key, []).append(one)
    return grouped


def _write_result(page: Page, one: ChangeResult, words: Words, key: KeyResult, shown: dict[str, str]) -> None:
    word = f"{OUTCOMES[one.outcome]:<11}"
    write_change(page, one.change, words, key.exchange, shown, before=word)
    if one.why:
        style = Style.BAD if one.outcome in _BAD else Style.FAINT
        page.item(" " * 42, with_numbers(one.why, shown), body_style=style)


def outcome_counts(result: ApplyResult) -> tuple[str, ...]:
    """The counts of an apply; then, where it holds, that it was stopped and what could not be asked."""
    parts = [f"{result.count(outcome)} {word}" for outcome, word in _COUNTED.items() if result.count(outcome)]
    counted = listing(parts) or "there was nothing to change"
    lines = [f"Apply: {counted}. {count(result.writes, 'writing request')} sent."]
    if result.interrupted:
        where = with_numbers(result.stopped_at, numbers(result.plan)) or "before anything was written"
        lines.append(f"Stopped by a person {where}.")
    unknown = result.plan.summary().facets[FacetState.UNKNOWN]
    if unknown or result.plan.unknown:
        lines.append(
            f"{count(unknown, 'facet')} could not be asked; nothing is promised about what is unknown."
        )
    return tuple(lines)
