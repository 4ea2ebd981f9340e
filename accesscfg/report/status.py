"""The state of each key as text: its facets in words and signs, its lifecycle, and why it is not in sync."""

from __future__ import annotations

from collections.abc import Mapping

from accesscfg.model.observed import Facet
from accesscfg.model.plan import FacetState, KeyResult, Plan
from accesscfg.report.page import WIDTH, Page, Style
from accesscfg.report.text import write_findings, write_header, write_states
from accesscfg.report.words import FACETS, GLYPHS, STATES, Words, count, facets_line, listing

STYLES = {
    FacetState.IN_SYNC: Style.GOOD,
    FacetState.DRIFT: Style.BAD,
    FacetState.CONSISTENT: Style.PLAIN,
    FacetState.ATTESTED: Style.GOOD,
    FacetState.UNOBSERVABLE: Style.PLAIN,
    FacetState.UNKNOWN: Style.BAD,
}
_CELL = max(len(word) for word in STATES.values()) + 2
_LIFECYCLE = "lifecycle"


def status_to_text(plan: Plan, words: Words, *, width: int = WIDTH, color: bool = False) -> str:
    """A table of keys and facets, then the reasons, then the counts."""
    page = Page(width, color=color)
    write_header(page, plan, "Status of")
    page.gap()
    _write_keys(page, plan, width)
    page.gap()
    write_states(page, plan, words, drift=True)
    write_findings(page, plan, words, changes=False)
    page.gap()
    page.item("", f"{count(len(plan.keys), 'key')}. {facets_line(plan)}", body_style=Style.STRONG)
    return page.text()


def columns(plan: Plan) -> tuple[Facet, ...]:
    """The facets that any key of the plan has, in their usual order."""
    used = {result.facet for key in plan.keys for result in key.facets}
    return tuple(facet for facet in Facet if facet in used)


def _write_keys(page: Page, plan: Plan, width: int) -> None:
    """The table; its columns close up where the page is narrow, and where that is not enough each key has lines of
    its own."""
    facets = columns(plan)
    if not plan.keys:
        return
    roomy = dict.fromkeys(facets, _CELL)
    close = {
        facet: max(len(FACETS[facet]), *(len(_cell(key, facet)[0]) for key in plan.keys)) for facet in facets
    }
    first = max(len(str(key.path)) for key in plan.keys)
    last = max(len(_LIFECYCLE), *(len(lifecycle_cell(key)) for key in plan.keys))
    for widths in (roomy, close):
        if first + 2 + sum(wide + 2 for wide in widths.values()) + last <= width:
            _write_table(page, plan, first, widths)
            return
    for key in plan.keys:
        _write_key(page, key)


def _write_table(page: Page, plan: Plan, first: int, widths: Mapping[Facet, int]) -> None:
    titles = [
        f"{'key':<{first}}",
        *(f"{FACETS[facet]:<{wide}}" for facet, wide in widths.items()),
        _LIFECYCLE,
    ]
    page.line("  ".join(titles), Style.FAINT)
    for key in plan.keys:
        row = [(f"{key.path!s:<{first}}  ", Style.STRONG)]
        for facet, wide in widths.items():
            cell, style = _cell(key, facet)
            row.append((f"{cell:<{wide}}  ", style))
        page.pieces(*row, _lifecycle(key))


def _write_key(page: Page, key: KeyResult) -> None:
    """One key on lines of its own: its lifecycle, then each state with the facets that have it."""
    page.pieces((str(key.path), Style.STRONG), (f"  {_LIFECYCLE} ", Style.FAINT), _lifecycle(key))
    states = {result.facet: result.state for result in key.facets}
    for state in dict.fromkeys(states[facet] for facet in Facet if facet in states):
        having = listing(FACETS[facet] for facet in Facet if states.get(facet) is state)
        page.item(f"  {GLYPHS[state]} {STATES[state]:<{_CELL}}", having, STYLES[state])


def _cell(key: KeyResult, facet: Facet) -> tuple[str, Style]:
    state = next((result.state for result in key.facets if result.facet is facet), None)
    return ("-", Style.PLAIN) if state is None else (f"{GLYPHS[state]} {STATES[state]}", STYLES[state])


def _lifecycle(key: KeyResult) -> tuple[str, Style]:
    word = lifecycle_cell(key)
    return word, {"ok": Style.GOOD, "-": Style.PLAIN}.get(word, Style.BAD)


def lifecycle_cell(key: KeyResult) -> str:
    """The lifecycle word of a key; `-` for a key that was not seen: nothing vouches for it."""
    return "-" if key.lifecycle is None else key.lifecycle.word.value
