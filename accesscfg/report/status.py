"""The state of each key as text: its facets in words and signs, its lifecycle, and why it is not in sync."""

from __future__ import annotations

from collections.abc import Sequence

from accesscfg.model.observed import Facet
from accesscfg.model.plan import FacetState, KeyResult, Plan
from accesscfg.report.page import WIDTH, Page, Style
from accesscfg.report.text import write_findings, write_header, write_states
from accesscfg.report.words import FACETS, GLYPHS, STATES, Words, count, facets_line

STYLES = {
    FacetState.IN_SYNC: Style.GOOD,
    FacetState.DRIFT: Style.BAD,
    FacetState.CONSISTENT: Style.PLAIN,
    FacetState.ATTESTED: Style.GOOD,
    FacetState.UNOBSERVABLE: Style.PLAIN,
    FacetState.UNKNOWN: Style.BAD,
}
_CELL = max(len(word) for word in STATES.values()) + 2


def status_to_text(plan: Plan, words: Words, *, width: int = WIDTH, color: bool = False) -> str:
    """A table of keys and facets, then the reasons, then the counts."""
    page = Page(width, color=color)
    write_header(page, plan, "Status of")
    page.gap()
    facets = columns(plan)
    first = max((len(str(key.path)) for key in plan.keys), default=3)
    titles = [f"{'key':<{first}}", *(f"{FACETS[facet]:<{_CELL}}" for facet in facets), "lifecycle"]
    page.line("  ".join(titles).rstrip(), Style.FAINT)
    for key in plan.keys:
        page.pieces(*_row(key, facets, first))
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


def _row(key: KeyResult, facets: Sequence[Facet], first: int) -> list[tuple[str, Style]]:
    states = {result.facet: result.state for result in key.facets}
    row = [(f"{key.path!s:<{first}}  ", Style.STRONG)]
    for facet in facets:
        state = states.get(facet)
        cell = "-" if state is None else f"{GLYPHS[state]} {STATES[state]}"
        row.append((f"{cell:<{_CELL}}  ", Style.PLAIN if state is None else STYLES[state]))
    word = lifecycle_cell(key)
    row.append((word, {"ok": Style.GOOD, "-": Style.PLAIN}.get(word, Style.BAD)))
    return row


def lifecycle_cell(key: KeyResult) -> str:
    """The lifecycle word of a key; `-` for a key that was not seen: nothing vouches for it."""
    return "-" if key.lifecycle is None else key.lifecycle.word.value
