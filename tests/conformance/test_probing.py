"""What harmless calls tell of a key that is shown nowhere: it can prove a declaration wrong, never all of it right."""

from __future__ import annotations

import pytest

from accesscfg.model.networks import AppBound
from accesscfg.model.observed import Facet
from accesscfg.model.plan import FacetState, Means, Plan, plan_exit_code
from tests.support.look import as_far_as_shown, states, why
from tests.support.rig import HOME, Pair, Rig, Side
from tests.support.stage import Stage
from tests.support.venues import PROBING, Venue

probing = pytest.mark.parametrize("venue", PROBING, ids=str)
each_key = pytest.mark.parametrize("path", ["main/bot", "main/sub/bot"])
ELSEWHERE = "198.51.100.1"


def plan_of(venue: Venue, stage: Stage, wanted: Side, live: Side, **declared: object) -> Plan:
    """Of an own key and a sub-account's key, both declared and live like this."""
    pair = Pair(wanted, live, declared=declared)
    rig = Rig(venue, own={"bot": pair}, sub={"bot": pair})
    return rig.plan(stage(rig))


def side(venue: Venue, *more: str, ips: tuple[str, ...] | None = (HOME,)) -> Side:
    return Side((*venue.base_own, *more), ips)


@probing
@each_key
@pytest.mark.parametrize("held", [True, False])
def test_what_agrees_is_consistent_and_never_in_sync(
    held: bool, path: str, venue: Venue, stage: Stage
) -> None:
    one = side(venue, *(venue.probed if held else ()))
    plan = plan_of(venue, stage, one, one)

    assert as_far_as_shown(plan, path)
    assert states(plan, path)[Facet.PRESENCE] is FacetState.IN_SYNC
    assert states(plan, path)[Facet.PERMISSIONS] is FacetState.CONSISTENT
    assert states(plan, path)[Facet.IP_WHITELIST] is FacetState.UNOBSERVABLE
    assert plan.changes == ()
    assert plan_exit_code(plan, detailed=True) == 2  # until somebody attests it


@probing
@each_key
@pytest.mark.parametrize("way", ["too much", "missing"])
def test_what_certainly_differs_is_drift_and_for_the_website(
    way: str, path: str, venue: Venue, stage: Stage
) -> None:
    more, less = side(venue, *venue.probed), side(venue)
    plan = plan_of(venue, stage, *((less, more) if way == "too much" else (more, less)))
    changes = [change for change in plan.changes if str(change.key) == path]

    assert states(plan, path)[Facet.PERMISSIONS] is FacetState.DRIFT
    assert {change.means for change in changes} == {Means.MANUAL}
    assert {change.direction for change in changes} == {"revokes" if way == "too much" else "grants"}
    assert {right for change in changes for right in change.gone | change.new} == set(venue.probed)


@probing
@each_key
def test_a_right_of_which_nothing_tells_is_neither_drift_nor_in_sync(
    path: str, venue: Venue, stage: Stage
) -> None:
    untold = next(right for right in venue.own if right not in venue.probed)
    for wanted, live in ((side(venue), side(venue, untold)), (side(venue, untold), side(venue))):
        plan = plan_of(venue, stage, wanted, live)
        assert states(plan, path)[Facet.PERMISSIONS] is FacetState.CONSISTENT
        assert plan.changes == ()


@probing
@each_key
@pytest.mark.parametrize("live", [(HOME,), (HOME, ELSEWHERE), None], ids=["same", "more", "any"])
def test_that_a_key_can_be_called_from_here_proves_no_whitelist_right(
    live: tuple[str, ...] | None, path: str, venue: Venue, stage: Stage
) -> None:
    plan = plan_of(venue, stage, side(venue), side(venue, ips=live))

    assert states(plan, path)[Facet.IP_WHITELIST] is FacetState.UNOBSERVABLE
    assert "website" in why(plan, path, Facet.IP_WHITELIST)


@probing
@each_key
def test_nothing_tells_whether_a_key_is_bound_to_an_application(
    path: str, venue: Venue, stage: Stage
) -> None:
    plan = plan_of(venue, stage, side(venue), side(venue, ips=None), whitelist=AppBound("Gridbot"))

    assert states(plan, path)[Facet.IP_WHITELIST] is FacetState.UNOBSERVABLE


@probing
@each_key
def test_how_it_was_found_out_is_told(path: str, venue: Venue, stage: Stage) -> None:
    plan = plan_of(venue, stage, side(venue), side(venue))
    told = next(key.notes for key in plan.keys if str(key.path) == path)

    assert len(told) == len(venue.profile.probes)
    assert "called from here and accepted" in told[0]
