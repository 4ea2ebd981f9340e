"""Attestations as they are shown: by name and age in every rendering, and never as in sync."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from accesscfg.model.attestation import Attested, AttestResult, Statement
from accesscfg.model.observed import Facet, Partly, Unobservable
from accesscfg.model.paths import parse_key_path
from accesscfg.model.plan import FacetState, Plan, plan_exit_code
from accesscfg.report import (
    plan_to_json,
    plan_to_markdown,
    plan_to_text,
    status_to_markdown,
    status_to_text,
)
from accesscfg.report.attested import attest_to_text
from tests.report.plans import AT, WORDS, drifted, ips, key, plan, result
from tests.report.test_document import check

UNTIL = datetime(2027, 1, 5, tzinfo=AT.tzinfo)
STATEMENT = Statement("Alice", AT - timedelta(days=12), UNTIL)


def attested(statement: Statement = STATEMENT) -> Plan:
    seen = Partly(True, "only a flag is shown", AT)
    facet = result(Facet.IP_WHITELIST, FacetState.ATTESTED, ips("203.0.113.10"), seen, "only a flag is shown")
    presence = result(Facet.PRESENCE, FacetState.IN_SYNC, True)
    return plan([key("desk/bot", presence, replace(facet, attestation=statement))])


@pytest.mark.parametrize("render", [plan_to_text, status_to_text])
def test_text_names_who_attested_how_long_ago_and_until_when(render: Callable[..., str]) -> None:
    text = render(attested(), WORDS)
    assert "✎ attested      IP whitelist of desk/bot: by Alice, 12 days ago (until 2027-01-05)\n" in text
    assert "1 facet in sync" in text
    assert "1 attested" in text


@pytest.mark.parametrize("render", [plan_to_markdown, status_to_markdown])
def test_so_does_markdown(render: Callable[..., str]) -> None:
    text = render(attested(), WORDS)
    assert "- **attested**: IP whitelist of desk/bot: by Alice, 12 days ago (until 2027-01-05)\n" in text


@pytest.mark.parametrize(("days", "said"), [(0, "today"), (1, "1 day ago"), (2, "2 days ago"), (-1, "today")])
def test_ages_are_in_days(days: int, said: str) -> None:
    text = plan_to_text(attested(replace(STATEMENT, at=AT - timedelta(days=days))), WORDS)
    assert f"by Alice, {said} (until" in text


def test_names_and_notes_from_the_file_cannot_play_tricks() -> None:
    tricky = replace(STATEMENT, by="Al\x1b[2Jice", until=None, note="[link](https://evil.example) @team")
    assert "by Alice, 12 days ago: [link](https://evil.example) @team" in plan_to_text(
        attested(tricky), WORDS
    )
    assert "[link](" not in plan_to_markdown(attested(tricky), WORDS)


def test_json_has_the_statement_beside_the_state() -> None:
    document = plan_to_json(attested())
    check(document)
    (_, facet) = document["keys"][0]["facets"]
    assert facet["state"] == "attested"
    assert facet["attestation"] == {
        "by": "Alice",
        "at": "2026-11-09T08:15:00Z",
        "until": "2027-01-05T00:00:00Z",
        "note": None,
    }
    check(plan_to_json(attested(replace(STATEMENT, until=None, note="x"))))


def test_attested_is_settled_and_unobservable_is_not() -> None:
    assert plan_exit_code(attested(), detailed=True) == 0
    assert plan_exit_code(attested(), detailed=True, status=True) == 0
    hidden = plan(
        [key("desk/bot", result(Facet.LABEL, FacetState.UNOBSERVABLE, "x", Unobservable("hidden")))]
    )
    assert plan_exit_code(hidden, detailed=True) == 2


def test_status_shows_the_notes_of_keys_that_a_plan_would_change_too() -> None:
    changing = drifted()
    first = replace(changing.keys[0], notes=("the exchange refused a call",))
    noted = replace(changing, keys=(first, *changing.keys[1:]))
    assert "the exchange refused a call" in status_to_text(noted, WORDS)
    assert "the exchange refused a call" in status_to_markdown(noted, WORDS)
    assert plan_to_text(noted, WORDS).count("the exchange refused a call") == 1


def test_what_was_recorded_is_told_with_its_end_and_the_file_to_commit() -> None:
    facet = Attested(Facet.IP_WHITELIST, ("203.0.113.10", "203.0.113.11"), STATEMENT)
    made = AttestResult(
        parse_key_path("desk/bot"), "north", Path("attestations.yaml"), sandbox=False, attested=(facet,)
    )
    assert attest_to_text(made) == (
        "✎ attested      IP whitelist of desk/bot: 203.0.113.10, 203.0.113.11\n"
        "                by Alice; counts until 2027-01-05\n"
        "\n"
        "Recorded in attestations.yaml. Commit it: it counts where that file is.\n"
    )
