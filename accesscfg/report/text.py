"""A plan as text: what changes key by key, what a person has to do, what was not seen, and the counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from accesscfg.model.findings import Finding
from accesscfg.model.networks import Addresses
from accesscfg.model.observed import Facet
from accesscfg.model.plan import (
    Change,
    Direction,
    FacetResult,
    FacetState,
    KeyResult,
    Lifecycle,
    Means,
    Plan,
    by_key,
)
from accesscfg.report.attested import statement_words
from accesscfg.report.origins import staying
from accesscfg.report.page import WIDTH, Page, Style
from accesscfg.report.paste import undeclared_yaml
from accesscfg.report.pools import write_pools
from accesscfg.report.words import (
    FACETS,
    GLYPHS,
    MEANS,
    SIGNS,
    STATES,
    Words,
    change_detail,
    count,
    listing,
    moment,
    numbers,
    plan_counts,
    seen_value,
    value,
    with_numbers,
)

DIRECTIONS = {
    Direction.GRANTS: Style.GRANTS,
    Direction.REVOKES: Style.REVOKES,
    Direction.NEUTRAL: Style.FAINT,
}
MOST_OF_A_KIND = 10  # warnings
NOT_SEEN_WHOLE = (FacetState.CONSISTENT, FacetState.UNOBSERVABLE)
LOOK_AND_ATTEST = "a person looks by accesscfg guide KEY, and records it by accesscfg attest KEY --by NAME"
SETTLED = (FacetState.IN_SYNC, FacetState.ATTESTED)


def plan_to_text(
    plan: Plan, words: Words, *, width: int = WIDTH, color: bool = False, website: bool = True
) -> str:
    """The whole plan for a terminal of `width` columns; plain text when `color` is False.

    Without `website` the steps on websites are left out: the result of an apply repeats them.
    """
    page = Page(width, color=color)
    write_header(page, plan, "Plan for")
    write_changes(page, plan, words)
    if website:
        write_website(page, plan, words, plan.changes)
    page.gap()
    write_states(page, plan, words, drift=False)
    write_pools(page, plan)
    write_findings(page, plan, words, changes=True)
    write_counts(page, plan)
    return page.text()


def write_header(page: Page, plan: Plan, title: str) -> None:
    """What this is about: the file, when the exchanges were read, and the part that was asked for."""
    where = ", in the sandbox" if plan.sandbox else ""
    page.pieces(
        (f"{title} {plan.workspace}", Style.STRONG), (f", read {moment(plan.made_at)}{where}", Style.FAINT)
    )
    if plan.targets:
        page.item("Only ", listing(plan.targets))


def write_key(page: Page, key: KeyResult, words: Words) -> None:
    """The heading of one key: path, exchange, who uses it."""
    used = f", used by {key.used_by}" if key.used_by else ""
    page.pieces((str(key.path), Style.STRONG), (f"  {words.name(key.exchange)}{used}", Style.FAINT))


def write_changes(page: Page, plan: Plan, words: Words) -> None:
    """Every change below its key, in the order in which they will be made."""
    keys = {key.path: key for key in plan.keys}
    shown = numbers(plan)
    for path, changes in by_key(plan.changes).items():
        page.gap()
        write_key(page, keys[path], words)
        reason = ""
        for change in changes:
            write_change(page, change, words, keys[path].exchange, shown)
            if change.reason and change.reason != reason:
                page.item(" " * 31, change.reason, body_style=Style.FAINT)
            reason = change.reason
        if stays := staying(changes):
            page.item("     stay: ", stays, Style.FAINT, Style.FAINT)
        for note in keys[path].notes:
            page.item("     note: ", note, Style.FAINT, Style.FAINT)


def write_change(
    page: Page, change: Change, words: Words, exchange: str, shown: dict[str, str], before: str = ""
) -> None:
    """One change: number, sign and direction, facet, what exactly, by which means, after which others."""
    how = ""
    if not before:
        how = f"  [{MEANS[change.means]}"
        waits = [shown[name] for name in change.waits_for if name in shown]
        how += f", after {listing(waits)}]" if waits else "]"
    sign = f"{SIGNS[change.direction]} {change.direction.value}"
    page.item(
        f"{shown.get(change.id, ''):>4} {before}{sign:<11}{FACETS[change.facet]:<15}",
        change_detail(change, words, exchange) + how,
        DIRECTIONS[change.direction],
    )


def write_website(page: Page, plan: Plan, words: Words, changes: Iterable[Change]) -> None:
    """What a person has to do on each exchange's website: the page, the guides, and the lists to paste."""
    manual = [change for change in changes if change.means is Means.MANUAL]
    keys = {key.path: key for key in plan.keys}
    for exchange in dict.fromkeys(keys[change.key].exchange for change in manual):
        own = [change for change in manual if keys[change.key].exchange == exchange]
        page.gap()
        way = words.manual(exchange)
        page.line(f"On the website of {words.name(exchange)}", Style.STRONG)
        if way is not None:
            page.line(f"  {way.page}")
        for guided in dict.fromkeys(change.key for change in own):
            page.line(f"  accesscfg guide {guided}")
        for path, text in lists_to_paste(own, keys.values(), words):
            page.line(f"  whole IP whitelist of {path}, to paste:")
            page.line(f"    {text}")


def lists_to_paste(
    changes: Iterable[Change], keys: Iterable[KeyResult], words: Words
) -> list[tuple[str, str]]:
    """Each key whose whitelist a person changes: its path and the final list, ready to paste."""
    by_path = {key.path: key for key in keys}
    final = {change.key: change.after for change in changes if change.facet is Facet.IP_WHITELIST}
    found = []
    for path, after in final.items():
        if isinstance(after, Addresses):
            separator = words.separator(by_path[path].exchange, "own" if path.sub is None else "sub")
            found.append((str(path), separator.join(str(after).split(", "))))
    return found


StateGroup = tuple[FacetState, str, tuple[Facet, ...], list[str]]


def state_groups(plan: Plan, words: Words, *, drift: bool) -> list[StateGroup]:
    """Facets that are not in sync, those alike together: state, why, facets, key paths.

    Drift is there when asked for, or when no change of the plan is about it: no difference goes unsaid.
    """
    changed = {(change.key, change.facet) for change in plan.changes}
    groups: dict[tuple[FacetState, str, tuple[Facet, ...]], list[str]] = {}
    for key in plan.keys:
        own: dict[tuple[FacetState, str], list[Facet]] = {}
        for result in key.facets:
            planned = result.state is FacetState.DRIFT and (key.path, result.facet) in changed
            if result.state is not FacetState.IN_SYNC and (drift or not planned):
                why = _why(result, words, key, plan.made_at)
                own.setdefault((result.state, why), []).append(result.facet)
        for (state, why), facets in own.items():
            groups.setdefault((state, why, tuple(facets)), []).append(str(key.path))
    order = list(FacetState)
    return sorted(
        ((state, why, facets, paths) for (state, why, facets), paths in groups.items()),
        key=lambda group: order.index(group[0]),
    )


def _why(result: FacetResult, words: Words, key: KeyResult, now: datetime) -> str:
    """Why a facet is in its state; for drift, what is wanted and what there is; who attested it and when."""
    if result.attestation is not None:
        return statement_words(result.attestation, now)
    if result.state is not FacetState.DRIFT:
        return result.why
    wanted = value(result.facet, result.wanted, words, key.exchange, key.origins)
    live = seen_value(result.facet, result.seen, words, key.exchange, key.origins)
    why = f" ({result.why})" if result.why else ""
    return f"declared {wanted}; live {live}{why}"


def write_states(page: Page, plan: Plan, words: Words, *, drift: bool) -> None:
    """The facets that are not in sync, each with the reason; and the next step about those that were not seen whole."""
    groups = state_groups(plan, words, drift=drift)
    last = max((at for at, (state, *_) in enumerate(groups) if state in NOT_SEEN_WHOLE), default=None)
    for at, (state, why, facets, paths) in enumerate(groups):
        what = listing(FACETS[facet] for facet in facets)
        style = Style.BAD if state in (FacetState.UNKNOWN, FacetState.DRIFT) else Style.PLAIN
        body = f"{what} of {listing(paths)}" + (f": {why}" if why else "")
        page.item(f"{GLYPHS[state]} {STATES[state]:<14}", body, style)
        if at == last:
            page.item("next: ", LOOK_AND_ATTEST, Style.FAINT, Style.FAINT)


def lifecycle_lines(plan: Plan) -> list[tuple[Lifecycle, str]]:
    """The keys whose clocks ask for something: the word, and the key with the reason."""
    return [
        (key.lifecycle.word, f"{key.path}: {key.lifecycle.why}" if key.lifecycle.why else str(key.path))
        for key in plan.keys
        if key.lifecycle is not None and key.lifecycle.word is not Lifecycle.OK
    ]


def notes_of(plan: Plan, *, changes: bool) -> list[str]:
    """Everything noted, of the run and of keys; where `changes` are shown those of their keys stand below them."""
    changed = {change.key for change in plan.changes} if changes else frozenset()
    return [
        *(with_numbers(note, numbers(plan)) for note in plan.notes),
        *(f"{key.path}: {note}" for key in plan.keys if key.path not in changed for note in key.notes),
    ]


def few_of_each(warnings: Sequence[Finding]) -> list[str]:
    """Warnings of a declaration, the first of each kind; many of one kind must not bury the others."""
    by_code: dict[str, list[Finding]] = {}
    for warning in warnings:
        by_code.setdefault(warning.code, []).append(warning)
    shown = [str(one) for one in warnings if one in by_code[one.code][:MOST_OF_A_KIND]]
    left = sum(max(len(found) - MOST_OF_A_KIND, 0) for found in by_code.values())
    more = f"{count(left, 'more warning')} of these kinds: accesscfg validate shows them"
    return [*shown, more] if left else shown


def write_findings(page: Page, plan: Plan, words: Words, *, changes: bool) -> None:
    """Lifecycles, undeclared keys, notes, warnings, the unknown, violations, refusals; the worst last."""
    for word, text in lifecycle_lines(plan):
        page.item(f"! {word.value:<14}", text, Style.STRONG)
    _write_undeclared(page, plan, words)
    page.gap()
    for note in notes_of(plan, changes=changes):
        page.item("note: ", note, Style.FAINT, Style.FAINT)
    for warning in few_of_each(plan.warnings):
        page.item("", warning)
    for text in plan.unknown:
        page.item("unknown: ", text, Style.BAD)
    for violation in plan.violations:
        page.item("policy: ", str(violation), Style.BAD)
    shown = numbers(plan)
    for refusal in plan.refusals:
        change = f"change {shown[refusal.change]} on " if refusal.change in shown else ""
        page.item(
            "refused: ", f"{change}{refusal.key} by the guard {refusal.guard.value}: {refusal.why}", Style.BAD
        )
        page.line(f"         to allow just that: {refusal.allow}")


def _write_undeclared(page: Page, plan: Plan, words: Words) -> None:
    for snippet in undeclared_yaml(plan, words):
        found = count(snippet.keys, "key") if snippet.keys else count(snippet.subs, "sub-account")
        page.gap()
        page.line(f"Live but not declared, {found}; to manage, paste below {snippet.below}", Style.STRONG)
        for line in snippet.yaml.splitlines():
            page.line(line)


def write_counts(page: Page, plan: Plan) -> None:
    """The last lines."""
    page.gap()
    first, *rest = plan_counts(plan)
    page.item("", first, body_style=Style.STRONG)
    for line in rest:
        page.item("", line)
