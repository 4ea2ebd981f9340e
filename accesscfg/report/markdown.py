"""Plans, results and states as Markdown for a comment on a pull request, always short enough for one.

What gives way first where a plan is too long for a comment:

1. the steps and lists for the websites
2. the YAML of what is live and not declared
3. notes and lifecycles
4. the keys of the IP pools with changes
5. the reasons and the order of changes
6. the facets that are neither in sync nor changed
7. the single changes (a line for each key stays)
8. the keys with changes

The counts never give way, nor do broken policies, refusals, warnings and what is unknown; should these alone
be too long, all are counted and as many shown as fit. A result drops first the website's part, then the
changes that were made, then all; a status first the YAML, notes and reasons, then the rows of keys in sync.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from accesscfg.model.plan import (
    ApplyResult,
    Change,
    ChangeResult,
    Direction,
    KeyResult,
    Means,
    Outcome,
    Plan,
    by_key,
)
from accesscfg.report.clean import html, markdown, markdown_code
from accesscfg.report.fit import Draft, MustList, fit, shortened
from accesscfg.report.origins import staying
from accesscfg.report.outcome import OUTCOMES, outcome_counts
from accesscfg.report.paste import undeclared_yaml
from accesscfg.report.pools import TITLE, keys_by_fate
from accesscfg.report.status import columns, lifecycle_cell
from accesscfg.report.text import SETTLED, lifecycle_lines, lists_to_paste, notes_of, state_groups
from accesscfg.report.words import (
    FACETS,
    GLYPHS,
    MEANS,
    SIGNS,
    STATES,
    Words,
    change_detail,
    count,
    facets_line,
    listing,
    moment,
    numbers,
    plan_counts,
    with_numbers,
)

_MOST_TARGETS = 10


def plan_to_markdown(plan: Plan, words: Words) -> str:
    """The plan for a comment; under 65,536 characters."""
    grants = plan.summary().grants
    title = "no changes" if not plan.changes else count(len(plan.changes), "change")
    if grants:
        title += f", {grants} of them {'grants' if grants == 1 else 'grant'} access"
    full, brief, keys = (_changes(plan, words, detail) for detail in ("full", "brief", "keys"))
    parts = {
        "changes": (full, brief, keys, ""),
        "website": (_website(plan, words, plan.changes), ""),
        "states": (_states(plan, words, drift=False), ""),
        "pools": (_pools(plan), ""),
        "undeclared": (_undeclared(plan, words), ""),
        "notes": (_notes(plan, changes=True), ""),
    }
    ladder = (
        ("website", "the steps and lists for the websites"),
        ("undeclared", "the YAML of what is live and not declared"),
        ("notes", "notes and lifecycles"),
        ("pools", "the keys of the IP pools with changes"),
        ("changes", "reasons and order of the changes"),
        ("states", "the facets that are not in sync and not changed"),
        ("changes", "the single changes"),
        ("changes", "the keys with changes"),
    )
    return fit(Draft(_head(plan, f"accesscfg plan: {title}", plan_counts(plan)), _must(plan), parts, ladder))


def apply_to_markdown(result: ApplyResult, words: Words) -> str:
    """The result for a comment; under 65,536 characters."""
    plan = result.plan
    bad = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.MOVED, Outcome.SKIPPED)
    shown = numbers(plan)
    not_done = [
        markdown(shortened(f"{one.change.key}: {OUTCOMES[one.outcome]}: {with_numbers(one.why, shown)}"))
        for one in result.results
        if one.outcome in bad
    ]
    open_ones = [one for one in result.results if one.outcome is not Outcome.DONE]
    left = [one.change for one in result.results if one.outcome in (Outcome.MANUAL, Outcome.WAITS)]
    parts = {
        "results": (_results(result.results, plan, words), _results(open_ones, plan, words), ""),
        "website": (_website(plan, words, left), ""),
    }
    ladder = (
        ("website", "the steps and lists for the websites"),
        ("results", "the changes that are done"),
        ("results", "the single changes"),
    )
    head = _head(plan, "accesscfg apply", outcome_counts(result))
    unknown = MustList("Unknown", [markdown(shortened(text)) for text in plan.unknown])
    return fit(Draft(head, (MustList("Not done", not_done), unknown), parts, ladder))


def status_to_markdown(plan: Plan, words: Words) -> str:
    """The state of each key for a comment; under 65,536 characters."""
    loose = [key for key in plan.keys if not key.states <= set(SETTLED)]
    parts = {
        "table": (_table(plan, plan.keys), _table(plan, loose), ""),
        "states": (_states(plan, words, drift=True), ""),
        "undeclared": (_undeclared(plan, words), ""),
        "notes": (_notes(plan, changes=False), ""),
    }
    ladder = (
        ("undeclared", "the YAML of what is live and not declared"),
        ("notes", "notes and lifecycles"),
        ("states", "the reasons"),
        ("table", "the keys in sync"),
        ("table", "the table of keys"),
    )
    counts = (f"{count(len(plan.keys), 'key')}. {facets_line(plan)}",)
    return fit(Draft(_head(plan, "accesscfg status", counts), _must(plan), parts, ladder))


def _head(plan: Plan, title: str, counts: Sequence[str]) -> str:
    where = " in the sandbox" if plan.sandbox else ""
    lines = [f"### {title}\n", "\n".join(f"{markdown(shortened(line))}  " for line in counts) + "\n"]
    targets = [markdown_code(target[:80]) for target in plan.targets[:_MOST_TARGETS]]
    if targets:
        more = len(plan.targets) - len(targets)
        lines.append(f"Only {listing(targets)}{f' and {more} more' if more else ''}.\n")
    lines.append(f"{markdown(shortened(plan.workspace))}, read {moment(plan.made_at)}{where}.\n")
    return "\n".join(lines)


def _must(plan: Plan) -> tuple[MustList, ...]:
    refusals = [
        f"{markdown(shortened(f'{one.key}: {one.why}'))}; to allow just that: {markdown_code(one.allow)}"
        for one in plan.refusals
    ]
    return (
        MustList("Policy violations", [markdown(shortened(str(one))) for one in plan.violations]),
        MustList("Refused by guards", refusals),
        MustList("Unknown", [markdown(shortened(text)) for text in plan.unknown]),
        MustList("Warnings", [markdown(shortened(str(one))) for one in plan.warnings]),
    )


def _details(summary: str, body: str, *, is_open: bool = False) -> str:
    """A block that folds; `summary` is HTML, `body` Markdown."""
    tag = "<details open>" if is_open else "<details>"
    return f"{tag}<summary>{summary}</summary>\n\n{body.rstrip()}\n\n</details>\n"


def _changes(plan: Plan, words: Words, detail: str) -> str:
    keys = {key.path: key for key in plan.keys}
    shown = numbers(plan)
    blocks = []
    for path, changes in by_key(plan.changes).items():
        summary = _key_summary(keys[path], changes, words)
        if detail == "keys":
            blocks.append(f"- {summary}\n")
            continue
        lines = [
            _change_line(one, words, keys[path].exchange, shown, full=detail == "full") for one in changes
        ]
        if detail == "full":
            stays = staying(changes)
            lines += [f"- stay: {markdown(stays)}"] if stays else []
            lines += [f"- note: {markdown(shortened(note))}" for note in keys[path].notes]
        blocks.append(_details(summary, "\n".join(lines), is_open=len(plan.changes) <= _OPEN_UP_TO))
    return "".join(blocks)


_OPEN_UP_TO = 10


def _key_summary(key: KeyResult, changes: Sequence[Change], words: Words) -> str:
    used = f", used by {html(key.used_by)}" if key.used_by else ""
    effects = [
        f"{direction.value} {sum(1 for one in changes if one.direction is direction)}"
        for direction in Direction
        if any(one.direction is direction for one in changes)
    ]
    return f"<b>{html(str(key.path))}</b> {html(words.name(key.exchange))}{used}: {listing(effects)}"


def _change_line(change: Change, words: Words, exchange: str, shown: dict[str, str], *, full: bool) -> str:
    waits = [shown[name] for name in change.waits_for if name in shown]
    after = f", after {listing(waits)}" if waits and full else ""
    reason = f": {markdown(shortened(change.reason))}" if change.reason and full else ""
    sign = f"{SIGNS[change.direction]} {change.direction.value}"
    strong = "**" if change.direction is Direction.GRANTS else ""
    return (
        f"- {shown[change.id]}: {strong}`{sign}`{strong} {FACETS[change.facet]}: "
        f"{markdown(change_detail(change, words, exchange))} ({MEANS[change.means]}{after}{reason})"
    )


def _website(plan: Plan, words: Words, changes: Iterable[Change]) -> str:
    keys = {key.path: key for key in plan.keys}
    manual = [change for change in changes if change.means is Means.MANUAL]
    blocks = []
    for exchange in dict.fromkeys(keys[change.key].exchange for change in manual):
        own = [change for change in manual if keys[change.key].exchange == exchange]
        lines = []
        way = words.manual(exchange)
        if way is not None:
            lines.append(f"{markdown_code(way.page)}\n")
        guides = dict.fromkeys(f"accesscfg guide {change.key}" for change in own)
        lines += [f"- {markdown_code(guide)}" for guide in guides]
        lines.append("")
        for path, text in lists_to_paste(own, keys.values(), words):
            lines.append(f"whole IP whitelist of {markdown_code(path)}, to paste:\n\n{_fenced(text)}\n")
        blocks.append(_details(f"On the website of {html(words.name(exchange))}", "\n".join(lines)))
    return "".join(blocks)


def _fenced(text: str, language: str = "") -> str:
    """A code block; text that was cleaned line by line, with a fence that is longer than any in it."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _states(plan: Plan, words: Words, *, drift: bool) -> str:
    groups = state_groups(plan, words, drift=drift)
    if not groups:
        return ""
    lines = []
    for state, why, facets, paths in groups:
        what = f"{listing(FACETS[facet] for facet in facets)} of {listing(paths)}"
        lines.append(f"- **{STATES[state]}**: {markdown(what)}" + (f": {markdown(why)}" if why else ""))
    title = "Not in sync, or attested" if drift else "Not seen in full, or not to be changed"
    return _details(title, "\n".join(lines))


def _pools(plan: Plan) -> str:
    lines = [
        f"- {markdown(pool.pool)}: {fate}: {markdown(listing(paths))}"
        for pool in plan.pools
        for fate, paths in keys_by_fate(pool).items()
    ]
    return _details(html(TITLE), "\n".join(lines)) if lines else ""


def _undeclared(plan: Plan, words: Words) -> str:
    blocks = [
        _details(
            f"Live but not declared: {count(one.keys or one.subs, 'key' if one.keys else 'sub-account')} "
            f"below <code>{html(one.below)}</code>",
            _fenced(one.yaml, "yaml"),
        )
        for one in undeclared_yaml(plan, words)
    ]
    return "".join(blocks)


def _notes(plan: Plan, *, changes: bool) -> str:
    lines = [f"- **{word.value}** {markdown(shortened(text))}" for word, text in lifecycle_lines(plan)]
    lines += [f"- {markdown(shortened(note))}" for note in notes_of(plan, changes=changes)]
    return _details("Lifecycles and notes", "\n".join(lines)) if lines else ""


def _results(results: Sequence[ChangeResult], plan: Plan, words: Words) -> str:
    keys = {key.path: key for key in plan.keys}
    shown = numbers(plan)
    lines = []
    for one in results:
        why = f" ({markdown(shortened(with_numbers(one.why, shown)))})" if one.why else ""
        line = _change_line(one.change, words, keys[one.change.key].exchange, shown, full=False)
        lines.append(f"- **{OUTCOMES[one.outcome]}** {markdown_code(str(one.change.key))} {line[2:]}{why}")
    return _details("Changes", "\n".join(lines), is_open=len(lines) <= _OPEN_UP_TO) if lines else ""


def _table(plan: Plan, keys: Sequence[KeyResult]) -> str:
    facets = columns(plan)
    lines = [
        f"| key | {' | '.join(FACETS[facet] for facet in facets)} | lifecycle |",
        f"|{' --- |' * (len(facets) + 2)}",
    ]
    for key in keys:
        states = {result.facet: f"{GLYPHS[result.state]} {STATES[result.state]}" for result in key.facets}
        cells = " | ".join(states.get(facet, "-") for facet in facets)
        lines.append(f"| {markdown_code(str(key.path))} | {cells} | {lifecycle_cell(key)} |")
    return "\n".join(lines) + "\n" if keys else ""
