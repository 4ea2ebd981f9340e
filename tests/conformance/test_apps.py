"""Keys bound to a third-party application: recognised where the exchange tells, and never taken for another."""

from __future__ import annotations

import pytest

from accesscfg.model.networks import AppBound
from accesscfg.model.observed import Facet
from accesscfg.model.plan import FacetState, Means
from tests.support.look import seen, states
from tests.support.rig import Pair, Rig, Side
from tests.support.stage import Stage
from tests.support.venues import LISTING, READING, Venue

BOT, OWN = "main/sub/bot", "main/bot"
GRIDBOT = {"whitelist": AppBound("Gridbot")}
MADE = {"app": "Gridbot"}
TELLING = [venue for venue in LISTING if venue.profile.ip_rules["sub"].app != "hidden"]
HIDING = [venue for venue in LISTING if venue not in TELLING]

listing = pytest.mark.parametrize("venue", LISTING, ids=str)


def side(venue: Venue, *more: str, ips: tuple[str, ...] | None = ("198.51.100.1",)) -> Side:
    return Side((*venue.base_sub, *more), ips)


@listing
def test_a_bound_key_is_never_in_sync_with_a_list(venue: Venue, stage: Stage) -> None:
    rig = Rig(venue, sub={"bot": Pair(side(venue), side(venue, ips=None), made=MADE)})

    assert states(rig.plan(stage(rig)), BOT)[Facet.IP_WHITELIST] is FacetState.DRIFT


@pytest.mark.parametrize("venue", TELLING, ids=str)
@pytest.mark.parametrize("ips", [None, ("198.51.100.1",)], ids=["unrestricted", "a list"])
def test_a_bound_key_that_should_not_be_is_drift_that_only_a_new_key_mends(
    ips: tuple[str, ...] | None, venue: Venue, stage: Stage
) -> None:
    wanted, live = side(venue, venue.sub[0], ips=ips), side(venue, ips=None)
    rig = Rig(venue, sub={"bot": Pair(wanted, live, made=MADE)})
    plan = rig.plan(stage(rig))

    assert {change.facet for change in plan.changes} == {Facet.IP_WHITELIST, Facet.PERMISSIONS}
    assert {(change.means, "make a new one" in change.reason) for change in plan.changes} == {
        (Means.MANUAL, True)
    }


@listing
def test_a_key_that_is_bound_as_declared_is_no_drift_and_in_sync_only_where_its_application_is_named(
    venue: Venue, stage: Stage
) -> None:
    rig = Rig(venue, sub={"bot": Pair(side(venue), side(venue, ips=None), declared=GRIDBOT, made=MADE)})
    plan = rig.plan(stage(rig))

    state, shown = states(plan, BOT)[Facet.IP_WHITELIST], seen(plan, BOT, Facet.IP_WHITELIST)
    assert (state is FacetState.IN_SYNC) == (shown == AppBound("Gridbot"))
    assert (state is FacetState.CONSISTENT) == (shown == AppBound(None))
    assert state is not FacetState.DRIFT
    assert plan.changes == ()


@pytest.mark.parametrize("venue", READING, ids=str)
def test_an_own_key_that_is_bound_as_declared_is_no_drift(venue: Venue, stage: Stage) -> None:
    live = Side(venue.base_own, None)
    rig = Rig(venue, own={"bot": Pair(live, live, declared=GRIDBOT, made=MADE)})
    plan = rig.plan(stage(rig))

    expected = {FacetState.CONSISTENT, FacetState.UNOBSERVABLE}
    assert states(plan, OWN)[Facet.IP_WHITELIST] in expected
    assert plan.changes == ()


@pytest.mark.parametrize("venue", TELLING, ids=str)
def test_an_unrestricted_key_that_should_be_bound_is_drift_where_the_exchange_tells(
    venue: Venue, stage: Stage
) -> None:
    rig = Rig(venue, sub={"bot": Pair(side(venue), side(venue, ips=None), declared=GRIDBOT)})
    plan = rig.plan(stage(rig))

    assert states(plan, BOT)[Facet.IP_WHITELIST] is FacetState.DRIFT
    assert [(change.means, change.direction) for change in plan.changes] == [(Means.MANUAL, "revokes")]


@pytest.mark.parametrize("venue", HIDING, ids=str)
@pytest.mark.parametrize("ips", [None, ("198.51.100.1",)], ids=["unrestricted", "a list"])
def test_where_nothing_tells_bound_keys_from_others_none_is_said_to_be_so_or_not(
    ips: tuple[str, ...] | None, venue: Venue, stage: Stage
) -> None:
    rig = Rig(venue, sub={"bot": Pair(side(venue), side(venue, ips=ips), declared=GRIDBOT)})
    plan = rig.plan(stage(rig))

    assert states(plan, BOT)[Facet.IP_WHITELIST] is FacetState.UNOBSERVABLE
    assert plan.changes == ()
