"""The JSON of plans and results: as its schema says, the same every time, and complete."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from accesscfg.model.findings import Finding
from accesscfg.model.networks import AppBound, Unrestricted
from accesscfg.model.observed import Facet, Unobservable
from accesscfg.model.plan import (
    ApplyResult,
    ChangeResult,
    ChangeValue,
    Direction,
    FacetState,
    Outcome,
    Partial,
)
from accesscfg.report import apply_to_json, dumps, plan_to_json
from accesscfg.resources import schema_path
from tests.report.plans import READ, applied, change, drifted, ips, key, plan, result

SCHEMA = json.loads(schema_path("plan").read_text())


def closed(schema: Any) -> Any:
    """The schema with every object closed, so that a field nobody described is found."""
    if isinstance(schema, list):
        return [closed(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(entry) for name, entry in schema.items()}
    if made.get("type") == "object" and "properties" in made:
        made.setdefault("additionalProperties", False)
    return made


def check(document: dict[str, Any], definition: str | None = None) -> None:
    """Raises ValidationError unless the document is the plan, or what the definition says."""
    strict = closed(SCHEMA)
    if definition is not None:
        strict = {
            "$ref": f"{SCHEMA['$id']}#/$defs/{definition}",
            "$defs": {"plan": strict},
        }
    jsonschema.Draft202012Validator(strict).validate(json.loads(dumps(document)))


def test_the_schema_is_valid_and_describes_every_field() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    missing = []

    def look(schema: Any, where: str) -> None:
        if isinstance(schema, dict):
            for name, entry in schema.get("properties", {}).items():
                if "description" not in entry and "$ref" not in entry:
                    missing.append(f"{where}.{name}")
            for name, entry in schema.items():
                look(entry, f"{where}.{name}")
        elif isinstance(schema, list):
            for entry in schema:
                look(entry, where)

    look(SCHEMA, "")
    assert missing == []


def test_a_plan_is_as_the_schema_says() -> None:
    check(plan_to_json(drifted()))
    check(plan_to_json(plan()))


def test_a_result_is_as_the_schema_says() -> None:
    outcomes = (Outcome.DONE, Outcome.FAILED, Outcome.SKIPPED, Outcome.NOT_TRIED, Outcome.MANUAL)
    check(apply_to_json(applied(*outcomes)), "apply")
    check(apply_to_json(applied(*[Outcome.NOT_TRIED] * 5, interrupted=True, stopped_at="before c1")), "apply")


@pytest.mark.parametrize(
    ("facet", "value", "encoded"),
    [
        (Facet.PERMISSIONS, frozenset({"b", "a"}), ["a", "b"]),
        (Facet.IP_WHITELIST, Unrestricted(), "unrestricted"),
        (
            Facet.IP_WHITELIST,
            ips("203.0.113.10", "203.0.113.9"),
            {"addresses": ["203.0.113.9", "203.0.113.10"]},
        ),
        (Facet.IP_WHITELIST, AppBound("Bitsgap"), {"app": "Bitsgap"}),
        (Facet.IP_WHITELIST, AppBound(None), {"app": None}),
        (Facet.IP_WHITELIST, Partial(True), {"restricted": True}),
        (Facet.LABEL, "bot", "bot"),
        (Facet.LABEL, None, None),
        (Facet.ENABLED, False, False),
    ],
)
def test_values_have_one_form(facet: Facet, value: ChangeValue, encoded: object) -> None:
    made = plan([key("desk/a")], [change("c1", "desk/a", facet, value, value, Direction.NEUTRAL)])
    document = plan_to_json(made)
    check(document)
    assert document["changes"][0]["before"] == document["changes"][0]["after"] == encoded


def test_what_was_seen_says_how_much() -> None:
    document = plan_to_json(drifted())
    facets = {(one["path"], facet["facet"]): facet for one in document["keys"] for facet in one["facets"]}
    assert facets["desk/trader", "ip_whitelist"]["seen"] == {
        "kind": "partly",
        "value": {"restricted": True},
        "why": "North shows only whether the key is restricted",
        "at": "2026-11-21T08:15:00Z",
    }
    assert facets["desk/lost", "presence"]["seen"] == {
        "kind": "unknown",
        "value": None,
        "why": "no answer",
        "at": None,
    }
    hidden = result(Facet.LABEL, FacetState.UNOBSERVABLE, "x", Unobservable("hidden"), "hidden")
    check(plan_to_json(plan([key("desk/a", hidden)])))


def test_a_change_says_all_that_the_contract_names() -> None:
    assert plan_to_json(drifted())["changes"][1] == {
        "id": "c2",
        "step": 1,
        "waits_for": ["c1"],
        "key": "desk/grid/bot",
        "facet": "ip_whitelist",
        "before": {"addresses": ["198.51.100.7"]},
        "after": {"addresses": ["198.51.100.7", "203.0.113.10"]},
        "direction": "grants",
        "means": "api",
        "reason": "",
        "gone": [],
        "new": ["203.0.113.10"],
        "origins": [],
    }


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert dumps(plan_to_json(drifted())) == dumps(plan_to_json(drifted()))


def test_a_finding_keeps_its_place() -> None:
    places = [
        one["where"]
        for one in plan_to_json(
            plan(
                [key("desk/a")],
                warnings=(
                    *drifted().warnings,
                    Finding("warning", "x", "y", "SOMEWHERE"),
                    Finding("warning", "x", "y"),
                ),
            )
        )["warnings"]
    ]
    assert places == [{"file": "exchanges.yaml", "line": 9, "column": 7}, "SOMEWHERE", None]


def test_json_is_ascii_so_no_terminal_reads_anything_into_it() -> None:
    text = dumps(plan_to_json(plan([key("desk/a", used_by="\x9b31m\u202e é \x1b[2J")])))
    assert text.isascii()
    assert "\x1b" not in text
    assert json.loads(text)["keys"][0]["used_by"] == "\x9b31m\u202e é \x1b[2J"


def test_outcomes_are_counted() -> None:
    one = change("c1", "desk/a", Facet.PERMISSIONS, READ, frozenset(), Direction.REVOKES)
    document = apply_to_json(ApplyResult(plan([key("desk/a")], [one]), (ChangeResult(one, Outcome.DONE),), 1))
    assert document["outcomes"]["done"] == 1
    assert sum(document["outcomes"].values()) == 1
    assert document["stopped_at"] is None
