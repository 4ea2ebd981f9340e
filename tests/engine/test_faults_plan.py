"""Every request of a plan, every kind of fault: what could not be read is unknown, and nothing is planned from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accesscfg.model.observed import Facet
from accesscfg.model.plan import Change, FacetState, Means, Plan, plan_exit_code
from accesscfg.sandbox import Fault
from tests.support.hurry import hurried
from tests.support.ordeal import KINDS, TIMEOUT_S, drifting, faults
from tests.support.rig import Rig, calls, writes
from tests.support.stage import Stage
from tests.support.venues import ASKING, TIMED, VENUES, Venue

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("venue", ASKING, ids=str)
def test_a_fault_at_any_request_of_a_plan(venue: Venue, kind: str, stage: Stage) -> None:
    rig = drifting(venue)
    sandbox = stage(rig)
    with hurried():
        clean = rig.plan(sandbox)
    requests = len(calls(sandbox))
    hit = 0
    for fault in faults(venue, KINDS[kind], requests):
        tries = (
            3 if kind == "latency" else 1
        )  # a busy machine may make another answer late, but not each time
        hit += all(_is_noticed(rig, fault, clean, stage) for _ in range(tries))
    corrected = venue.time_calls and not venue.own_clock  # by asking for the time again
    unnoticed = kind == "clock_skew" and (corrected or not venue.judges_time)
    lasts = None in KINDS[kind].lasting and not unnoticed  # what passes is tried again
    assert hit >= requests if lasts else hit == 0


def _is_noticed(rig: Rig, fault: Fault, clean: Plan, stage: Stage) -> bool:
    """Whether a plan under a fault says less than an undisturbed one; what it says has to be true."""
    sandbox = stage(rig)
    sandbox.fault(fault)
    with hurried(TIMEOUT_S if fault.kind == "latency" else None):
        plan = rig.plan(sandbox)
    nothing_is_planned_from_what_failed(plan, clean)
    noticed = _facts(plan) != _facts(clean)
    assert plan_exit_code(plan, detailed=False) == 3 or not noticed
    assert writes(sandbox) == []
    with hurried():
        sandbox.clear_faults()
        assert _facts(rig.plan(sandbox)) == _facts(clean)
    return noticed


def nothing_is_planned_from_what_failed(plan: Plan, clean: Plan) -> None:
    """Each facet is as an undisturbed plan saw it, or unknown and without a change."""
    truth = {key.path: key for key in clean.keys}
    for key in plan.keys:
        calm = {result.facet: result for result in truth[key.path].facets}
        for result in key.facets:
            if result.state is FacetState.UNKNOWN:
                assert result.why
                assert not [change for change in plan.changes_of(key.path) if change.facet is result.facet]
            else:
                assert result.state is calm[result.facet].state
        expected = [_bare(change) for change in truth_of(clean, key.path)]
        assert all(_bare(change) in expected for change in plan.changes_of(key.path))
        if any(result.state is FacetState.UNKNOWN for result in key.facets):
            _nothing_is_given(plan, key.path)
    assert {one.live.key_id for one in plan.undeclared_keys} <= {
        one.live.key_id for one in clean.undeclared_keys
    }
    assert plan.undeclared_subs == ()


def truth_of(plan: Plan, path: object) -> list[Change]:
    """The changes of one key in an undisturbed plan."""
    return [change for change in plan.changes if change.key == path]


def _nothing_is_given(plan: Plan, path: object) -> None:
    """A right reaches from every address: with the other side unread nothing more is given by API."""
    given = [change for change in plan.changes if change.key == path and change.direction == "grants"]
    assert all(change.means is not Means.API for change in given)


def _bare(change: Change) -> tuple[Facet, str, frozenset[str], frozenset[str]]:
    return change.facet, change.direction, change.gone, change.new


def _facts(plan: Plan) -> object:
    """All that a plan says, but for its id."""
    return (
        [(key.path, key.hash) for key in plan.keys],
        plan.changes,
        sorted(one.live.key_id or "" for one in plan.undeclared_keys),
        plan.unknown,
    )


@pytest.mark.parametrize("venue", ASKING, ids=str)
def test_an_account_that_cannot_be_asked_leaves_the_others_as_they_are(venue: Venue, stage: Stage) -> None:
    """Another account of the same exchange, and one of another exchange."""
    other = next(one for one in VENUES if one is not venue)
    neighbour = replace(drifting(other), account="other")
    rig = replace(drifting(venue), beside=(neighbour,))
    sandbox = stage(rig)
    with hurried():
        alone = neighbour.plan(sandbox)
        sandbox.fault(Fault(venue.exchange, "*", "drop_before", None))
        plan = rig.plan(sandbox)

    assert [change for change in plan.changes if change.key.account == "other"] == [
        _placed(change, plan) for change in alone.changes
    ]
    mine = [key for key in plan.keys if key.path.account == "main"]
    assert {result.state for key in mine for result in key.facets} == {FacetState.UNKNOWN}


def _placed(change: Change, plan: Plan) -> Change:
    return replace(change, step=next(one.step for one in plan.changes if one.id == change.id))


@pytest.mark.parametrize("venue", TIMED, ids=str)
def test_a_dead_host_is_not_tried_once_for_every_account(venue: Venue, stage: Stage) -> None:
    """They wait for one ask of the time, and take its failure."""
    names = [f"more{n}" for n in range(5)]
    rig = Rig(venue, beside=[replace(Rig(venue), account=name) for name in names])
    sandbox = stage(rig)
    sandbox.fault(Fault(venue.exchange, "*", "drop_before", None))
    with hurried():
        plan = rig.plan(sandbox)

    assert {result.state for key in plan.keys for result in key.facets} == {FacetState.UNKNOWN}
    assert len(calls(sandbox)) == 3  # one ask, tried three times
