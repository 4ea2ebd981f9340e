"""Attestations in words: who stated it, how long ago, until when it counts; and what one `attest` recorded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from accesscfg.model.attestation import Attested, AttestResult, Says, Statement
from accesscfg.model.plan import FacetState
from accesscfg.report.page import WIDTH, Page, Style
from accesscfg.report.words import FACETS, GLYPHS, STATES, count, listing


def statement_words(statement: Statement, now: datetime) -> str:
    """`by Alice, 12 days ago (until 2027-01-05)`, with the note behind it."""
    until = "" if statement.until is None else f" (until {statement.until:%Y-%m-%d})"
    note = "" if statement.note is None else f": {statement.note}"
    return f"by {statement.by}, {_ago(statement.at.date(), now.date())}{until}{note}"


def _ago(then: date, now: date) -> str:
    days = (now - then).days
    return "today" if days <= 0 else f"{count(days, 'day')} ago"


def statement_json(statement: Statement | None) -> dict[str, Any] | None:
    """A statement as plans and results have it."""
    if statement is None:
        return None
    return {
        "by": statement.by,
        "at": _time(statement.at),
        "until": None if statement.until is None else _time(statement.until),
        "note": statement.note,
    }


def _time(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def says_words(says: Says) -> str:
    """A stated value on one line."""
    return says if isinstance(says, str) else listing(says) or "none"


def attest_to_text(result: AttestResult, *, width: int = WIDTH, color: bool = False) -> str:
    """What was recorded and until when it counts, what could not be, and the file to commit."""
    page = Page(width, color=color)
    for one in result.attested:
        _write(page, result, one)
    for facet, why in result.unknown:
        page.item(_lead(FacetState.UNKNOWN), f"{FACETS[facet]} of {result.key}: {why}", Style.BAD)
    for facet in result.drift:
        differs = f"{FACETS[facet]} of {result.key}, as accesscfg plan --target {result.key} shows"
        page.item(_lead(FacetState.DRIFT), differs, Style.BAD)
    for sentence in result.evidence:
        page.item("note: ", sentence, Style.FAINT, Style.FAINT)
    page.gap()
    page.item("", _closing(result), body_style=Style.STRONG)
    return page.text()


def _lead(state: FacetState) -> str:
    return f"{GLYPHS[state]} {STATES[state]:<14}"


def _write(page: Page, result: AttestResult, one: Attested) -> None:
    lead = _lead(FacetState.ATTESTED)
    page.item(lead, f"{FACETS[one.facet]} of {result.key}: {says_words(one.says)}", Style.GOOD)
    until = one.statement.until
    end = "for as long as nothing changes" if until is None else f"until {until:%Y-%m-%d}"
    note = "" if one.statement.note is None else f": {one.statement.note}"
    page.item(" " * len(lead), f"by {one.statement.by}; counts {end}{note}")


def _closing(result: AttestResult) -> str:
    if result.attested:
        where = (
            "It counts in the sandbox only" if result.sandbox else "Commit it: it counts where that file is"
        )
        return f"Recorded in {result.file}. {where}."
    if result.unknown:
        return "Nothing was recorded: what is attested is looked at first, and that did not work this time."
    return f"Nothing was recorded: {result.key} can be seen in full."


def attest_to_json(result: AttestResult) -> dict[str, Any]:
    """What was recorded as JSON data."""
    return {
        "format_version": 1,
        "key": str(result.key),
        "exchange": result.exchange,
        "file": str(result.file),
        "sandbox": result.sandbox,
        "attested": [
            {
                "facet": one.facet.value,
                "says": one.says if isinstance(one.says, str) else list(one.says),
                **(statement_json(one.statement) or {}),
            }
            for one in result.attested
        ],
        "unknown": [{"facet": facet.value, "why": why} for facet, why in result.unknown],
        "drift": [facet.value for facet in result.drift],
        "evidence": list(result.evidence),
    }
