"""Somebody else's hand: a key that changed after the plan was made is not touched, and the others are done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from accesscfg.model.events import ChangeStarted, Event
from accesscfg.model.plan import Outcome, Plan
from accesscfg.sandbox import Sandbox
from tests.support.hurry import hurried
from tests.support.look import by_api
from tests.support.ordeal import B, C, ordeal
from tests.support.rig import Rig
from tests.support.stage import Stage
from tests.support.venues import WRITING, Venue
from tests.support.watch import now

EDITS: dict[str, dict[str, Any]] = {
    "an address added": {"ip_whitelist": [B, C, "203.0.113.99"]},
    "opened": {"ip_whitelist": None},
    "a right added": {"permissions": "all"},
}
every = pytest.mark.parametrize("venue", WRITING, ids=str)


@pytest.fixture(autouse=True)
def _hurried() -> Iterator[None]:
    with hurried():
        yield


def by_hand(sandbox: Sandbox, venue: Venue, key: str, edit: dict[str, Any], action: str = "set") -> None:
    """A person on the exchange's website."""
    held = [right for right in venue.base_sub if right != "read"]
    wanted = {**edit, "permissions": [*held, *venue.sub]} if "permissions" in edit else edit
    request = {"exchange": venue.exchange, "account": "main", "sub_account": "sub", "key": key}
    sandbox.website({**request, "action": action, **({"set": wanted} if action == "set" else {})})


def outcomes_of(rig: Rig, sandbox: Sandbox, plan: Plan, **how: Any) -> dict[str, set[Outcome]]:
    """What became of each key's changes."""
    found: dict[str, set[Outcome]] = {}
    for one in rig.apply(sandbox, plan, **how).results:
        found.setdefault(one.change.key.key, set()).add(one.outcome)
    return found


@every
@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("key", ["one", "two"])
def test_a_key_edited_by_hand_after_the_plan_is_reported_moved_and_not_touched(
    key: str, edit: str, venue: Venue, stage: Stage
) -> None:
    rig = ordeal(venue)
    sandbox = stage(rig)
    plan = rig.plan(sandbox)
    if key == "two" and edit != "an address added":
        rights_and_list = EDITS["an address added"] | (
            {"permissions": "all"} if edit == "a right added" else {}
        )
        by_hand(sandbox, venue, key, rights_and_list)
    else:
        by_hand(sandbox, venue, key, EDITS[edit])
    before = now(sandbox, venue)
    found = outcomes_of(rig, sandbox, plan)
    after = now(sandbox, venue)

    other = "two" if key == "one" else "one"
    assert found[key] <= {Outcome.MOVED, Outcome.SKIPPED}
    assert Outcome.MOVED in found[key]
    assert found[other] == {Outcome.DONE}
    assert after[f"mainsub{key}"] == before[f"mainsub{key}"]
    rig.apply(sandbox, rig.plan(sandbox))
    assert by_api(rig.plan(sandbox)) == []


@every
def test_a_key_that_was_deleted_after_the_plan_is_not_touched_and_the_others_are_done(
    venue: Venue, stage: Stage
) -> None:
    rig = ordeal(venue)
    sandbox = stage(rig)
    plan = rig.plan(sandbox)
    by_hand(sandbox, venue, "one", {}, "delete")
    found = outcomes_of(rig, sandbox, plan)

    assert found["one"] <= {Outcome.MOVED, Outcome.FAILED, Outcome.SKIPPED}
    assert found["two"] == {Outcome.DONE}


@every
def test_a_key_edited_while_another_is_written_is_not_touched(venue: Venue, stage: Stage) -> None:
    rig = ordeal(venue)
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    def edit(event: Event) -> None:
        if isinstance(event, ChangeStarted) and event.change.key.key == "one":
            by_hand(sandbox, venue, "two", EDITS["an address added"])

    found = outcomes_of(rig, sandbox, plan, on_event=edit)

    assert found["one"] == {Outcome.DONE}
    assert Outcome.MOVED in found["two"]
    assert now(sandbox, venue)["mainsubtwo"].ips == {B, C, "203.0.113.99"}


@every
def test_what_is_edited_beside_the_compared_facets_stops_nothing(venue: Venue, stage: Stage) -> None:
    """A label that nobody declared is not compared, and stays as the person wrote it."""
    rig = ordeal(venue)
    sandbox = stage(rig)
    plan = rig.plan(sandbox)
    by_hand(sandbox, venue, "one", {"label": "renamed"})
    found = outcomes_of(rig, sandbox, plan)

    assert found["one"] == {Outcome.DONE}
    assert now(sandbox, venue)["mainsubone"].rest["label"] == "renamed"


@every
def test_a_key_edited_to_what_was_wanted_is_left_alone(venue: Venue, stage: Stage) -> None:
    rig = ordeal(venue)
    sandbox = stage(rig)
    plan = rig.plan(sandbox)
    wanted = rig.sub["two"].wanted
    assert wanted is not None
    assert wanted.ips is not None
    rights = venue.spelt(wanted.permissions)
    request = {
        "exchange": venue.exchange,
        "account": "main",
        "sub_account": "sub",
        "key": "two",
        "action": "set",
    }
    sandbox.website({**request, "set": {"permissions": rights, "ip_whitelist": list(wanted.ips)}})
    written = len([entry for entry in sandbox.log() if entry["write"]])
    found = outcomes_of(rig, sandbox, plan)

    assert Outcome.MOVED in found["two"]
    assert written == 0
    assert rig.plan(sandbox).changes == ()
