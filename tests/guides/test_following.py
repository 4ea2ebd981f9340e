"""Whoever follows a guide ends in the declared state, and keeps principle 3 at every save."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accesscfg.engine.compare import all_unknown
from accesscfg.model.desired import DesiredKey
from accesscfg.model.guide import Purpose
from accesscfg.model.observed import Facet, KeyReading, Sighting, Unknown
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import FacetState
from accesscfg.model.profile import Entry
from accesscfg.sandbox import Sandbox, WorldError
from tests.guides.follower import Desk, Follower
from tests.support.hurry import UNLIMITED, hurried
from tests.support.rig import Pair, Side
from tests.support.stage import Stage
from tests.support.strategies import EXAMPLES, NAMES, PLACES, managers, sides
from tests.support.venues import VENUES, Venue
from tests.support.watch import Scene, Truth, entries, now, pairs

pytestmark = pytest.mark.slow

ENTRIES: tuple[Entry, ...] = ("comma", "lines", "blanks", "one")
HERE = "127.0.0.1"


@pytest.fixture(autouse=True, scope="module")
def _hurried() -> Iterator[None]:
    with hurried():
        yield


@st.composite
def desks(draw: st.DrawFn, venue: Venue) -> Desk:
    """Keys that live and are declared, of the account itself and of a sub-account, in any two states."""
    own = sides(venue.base_own, venue.own, HERE)
    live_own = sides(venue.base_own, venue.own, HERE)
    sub = sides(venue.base_sub, venue.sub, HERE)
    live_sub = sides(venue.base_sub, (*venue.sub, venue.unknown), HERE)
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True))
    return Desk(
        venue,
        manager=draw(managers(venue)),
        own={"own": draw(st.builds(Pair, own, live_own))},
        sub={name: draw(st.builds(Pair, sub, live_sub)) for name in names},
        options={**draw(st.sampled_from(venue.modes)), **UNLIMITED},
    )


random_desks = st.sampled_from(VENUES).flatmap(desks)
ways = st.sampled_from(ENTRIES)


def takes(sandbox: Sandbox, desk: Desk) -> bool:
    """Whether the website would save every declared state, and every live one unchanged; leaves the world as made."""
    try:
        for path, pair in desk.pairs().items():
            for side in (pair.wanted, pair.live):
                assert side is not None
                natives = desk.venue.spelt(one for one in side.permissions if one != desk.venue.unknown)
                fields = {
                    "permissions": natives,
                    "ip_whitelist": None if side.ips is None else list(side.ips),
                }
                place = {"exchange": desk.venue.exchange, "account": path.account, "set": fields}
                place |= {} if path.sub is None else {"sub_account": path.sub}
                made = sandbox.website({**place, "key": "tried", "action": "create"})
                sandbox.website({**place, "key": made["key"]["api_key"], "action": "delete", "set": {}})
    except WorldError:
        return False
    finally:
        sandbox.load(desk.world())
    return True


def blind(desk: Desk) -> Sighting:
    """What is seen while no exchange can be reached."""
    profile = desk.venue.profile
    unknown = Unknown("no connection")
    return Sighting(
        {
            str(key.path): KeyReading(all_unknown(key, profile, unknown))
            for key in desk.declaration().all_keys()
        }
    )


def goal(key: DesiredKey) -> frozenset[tuple[str, str]]:
    return pairs(key.permissions, entries(key.whitelist), PLACES)


def is_as_declared(desk: Desk, truth: Truth, path: KeyPath) -> bool:
    key = desk.key(path)
    return truth.permissions == set(key.permissions) and truth.ips == entries(key.whitelist)


def kept_principle_3(desk: Desk, before: Scene, scenes: list[Scene], path: KeyPath) -> None:
    name, last = desk.key_id(path), goal(desk.key(path))
    first = before[name].pairs(PLACES)
    for moment in scenes:
        assert first & last <= moment[name].pairs(PLACES) <= first | last
        assert moment[name].ips != frozenset()


def no_drift(desk: Desk, sandbox: Sandbox) -> None:
    plan = desk.plan(sandbox)
    assert plan.changes == ()
    assert not plan.summary().facets[FacetState.UNKNOWN]


@EXAMPLES
@given(desk=random_desks, way=ways)
def test_from_any_state_a_guide_leads_to_the_declared_one(desk: Desk, way: Entry, stage: Stage) -> None:
    sandbox = stage(desk)
    assume(takes(sandbox, desk))
    before, sighting = now(sandbox, desk.venue), desk.sight(sandbox)
    follower = Follower(desk, sandbox)
    for path in desk.pairs():
        follower.follow(desk.guide(sighting, path, entry=way))

    after = now(sandbox, desk.venue)
    for path in desk.pairs():
        assert is_as_declared(desk, after[desk.key_id(path)], path)
        kept_principle_3(desk, before, follower.scenes, path)
    no_drift(desk, sandbox)


@EXAMPLES
@given(desk=random_desks, way=ways)
def test_also_where_nothing_can_be_seen(desk: Desk, way: Entry, stage: Stage) -> None:
    sandbox = stage(desk)
    assume(takes(sandbox, desk))
    before, follower = now(sandbox, desk.venue), Follower(desk, sandbox)
    for path in desk.pairs():
        guide = desk.guide(blind(desk), path, entry=way)
        assert guide.purpose is Purpose.COMPARE
        follower.follow(guide)

    after = now(sandbox, desk.venue)
    for path in desk.pairs():
        assert is_as_declared(desk, after[desk.key_id(path)], path)
        kept_principle_3(desk, before, follower.scenes, path)
    no_drift(desk, sandbox)


@EXAMPLES
@given(desk=random_desks, way=ways, visits=st.integers(0, 2))
def test_a_fix_that_was_left_after_any_save_is_finished_by_a_new_guide(
    desk: Desk, way: Entry, visits: int, stage: Stage
) -> None:
    sandbox = stage(desk)
    assume(takes(sandbox, desk))
    before, sighting = now(sandbox, desk.venue), desk.sight(sandbox)
    follower = Follower(desk, sandbox)
    for path in desk.pairs():
        follower.follow(desk.guide(sighting, path, entry=way), visits)
    again = desk.sight(sandbox)
    for path in desk.pairs():
        follower.follow(desk.guide(again, path, entry=way))

    after = now(sandbox, desk.venue)
    for path in desk.pairs():
        assert is_as_declared(desk, after[desk.key_id(path)], path)
        kept_principle_3(desk, before, follower.scenes, path)


@EXAMPLES
@given(desk=random_desks)
def test_a_key_that_is_seen_to_be_as_declared_has_no_steps_and_no_guide_changes_one_that_is(
    desk: Desk, stage: Stage
) -> None:
    desk = replace(desk, **vars(desk.live_as_wanted()))
    sandbox = stage(desk)
    assume(takes(sandbox, desk))
    before, sighting = now(sandbox, desk.venue), desk.sight(sandbox)
    plan = desk.plan_of(sighting)
    for path in desk.pairs():
        guide = desk.guide(sighting, path)
        states = next(result.states for result in plan.keys if result.path == path)
        assert guide.purpose is (Purpose.NOTHING if states == {FacetState.IN_SYNC} else Purpose.COMPARE)
        assert bool(guide.steps) == (guide.purpose is Purpose.COMPARE)
        Follower(desk, sandbox).follow(guide)
    assert now(sandbox, desk.venue) == before


@EXAMPLES
@given(desk=random_desks, way=ways)
def test_a_guide_makes_a_key_that_is_as_declared(desk: Desk, way: Entry, stage: Stage) -> None:
    wanted = {name: replace(pair, live=None) for name, pair in desk.sub.items()}
    own = {name: replace(pair, live=None) for name, pair in desk.own.items()}
    sandbox = stage(desk)
    assume(takes(sandbox, desk))
    desk = replace(desk, sub=wanted, own=own)
    sandbox = stage(desk)
    sighting = desk.sight(sandbox)
    follower = Follower(desk, sandbox)
    for path in desk.pairs():
        if path.key == "manager":
            continue
        guide = desk.guide(sighting, path, entry=way, new=True)
        assert guide.purpose is Purpose.CREATE
        follower.follow(guide, 2)
        made = now(sandbox, desk.venue)[desk.made[path].api_key.reveal()]
        assert is_as_declared(desk, made, path)
    plan = desk.plan(sandbox)
    assert [str(change.key) for change in plan.changes if change.key in desk.made] == []


FACETS = (Facet.LABEL, Facet.EXPIRY, Facet.ENABLED)
EDITED = [
    (venue, facet, scope)
    for venue in VENUES
    for facet in FACETS
    for scope in ("own", "sub")
    if venue.profile.manual.form_for(facet) is not None and venue.profile.facets[scope][facet].read == "full"
]
OTHERWISE: dict[Facet, dict[str, Any]] = {
    Facet.LABEL: {"label": "another"},
    Facet.EXPIRY: {"expires": date(2031, 2, 3)},
    Facet.ENABLED: {"enabled": False},
}


@pytest.mark.parametrize(("venue", "facet", "scope"), EDITED, ids=str)
def test_names_expiry_and_being_enabled(venue: Venue, facet: Facet, scope: str, stage: Stage) -> None:
    rights = (venue.base_own, venue.own) if scope == "own" else (venue.base_sub, venue.sub)
    live, wanted = Side(rights[0]), Side((*rights[0], rights[1][0]))
    pair = Pair(wanted, live, declared=OTHERWISE[facet])
    desk = Desk(venue, own={"one": pair}) if scope == "own" else Desk(venue, sub={"one": pair})
    sandbox = stage(desk)
    path = desk.path("one", None if scope == "own" else "sub")
    before, follower = now(sandbox, venue), Follower(desk, sandbox)
    follower.follow(desk.guide(desk.sight(sandbox), path))

    kept_principle_3(desk, before, follower.scenes, path)
    assert [change for change in desk.plan(sandbox).changes if change.key == path] == []


SHOWS_APP = [venue for venue in VENUES if venue.shows_app]


@pytest.mark.parametrize("label", [None, "bound"])
@pytest.mark.parametrize("venue", SHOWS_APP, ids=str)
def test_a_key_that_is_bound_to_an_application_gets_a_successor_and_is_deleted_last(
    venue: Venue, label: str | None, stage: Stage
) -> None:
    side = Side((*venue.base_own, venue.own[0]), (HERE, "198.51.100.1"), label)
    desk = Desk(venue, own={"bound": Pair(side, side, made={"app": "Platform", "ip_whitelist": None})})
    path = desk.path("bound")
    sandbox = stage(desk)
    guide = desk.guide(desk.sight(sandbox), path)
    follower = Follower(desk, sandbox)
    follower.follow(guide)

    assert (guide.purpose, guide.new) == (Purpose.CREATE, True)
    old, new = desk.key_id(path), desk.made[path].api_key.reveal()
    assert [old in moment for moment in follower.scenes][:2] == [True, False]
    assert is_as_declared(desk, follower.scenes[-1][new], path)
    no_drift(desk, sandbox)


@pytest.mark.parametrize("venue", VENUES, ids=str)
def test_a_key_that_is_to_be_absent_is_deleted(venue: Venue, stage: Stage) -> None:
    side = Side(venue.base_own)
    desk = Desk(venue, own={"old": Pair(side, side, declared={"absent": True})})
    sandbox = stage(desk)
    guide = desk.guide(desk.sight(sandbox), desk.path("old"))
    Follower(desk, sandbox).follow(guide)

    assert guide.purpose is Purpose.DELETE
    assert desk.key_id(desk.path("old")) not in now(sandbox, venue)
