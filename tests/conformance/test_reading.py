"""What is live is seen: whole where the exchange shows it, and never taken for in sync where it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accesscfg.engine.compare import live_whitelist
from accesscfg.model.desired import Policies
from accesscfg.model.networks import Addresses
from accesscfg.model.observed import Facet
from accesscfg.model.plan import FacetState, Means
from tests.support.hurry import UNLIMITED
from tests.support.look import in_sync, seen, states, unknown, why
from tests.support.rig import HOME, Pair, Rig, Side
from tests.support.stage import Stage
from tests.support.venues import LISTING, LISTING_NOTHING, READING, VENUES, Venue
from tests.support.watch import now

ADDRESS, OTHER = "198.51.100.1", "198.51.100.2"
MASKING = [venue for venue in VENUES if venue.masks is not None]
IDENTIFYING = [venue for venue in READING if venue.shows_uid]
IDENTIFYING_LISTING = [venue for venue in IDENTIFYING if venue in LISTING]
BOT = "main/sub/bot"

reading = pytest.mark.parametrize("venue", READING, ids=str)
listing = pytest.mark.parametrize("venue", LISTING, ids=str)
masking = pytest.mark.parametrize("venue", MASKING, ids=str)


def side(
    venue: Venue, *more: str, ips: tuple[str, ...] | None = (ADDRESS,), label: str | None = None
) -> Side:
    return Side((*venue.base_sub, *more), ips, label)


@reading
def test_an_own_key_is_seen(venue: Venue, stage: Stage) -> None:
    rig = Rig(venue)
    plan = rig.plan(stage(rig))

    assert seen(plan, "main/manager", Facet.PERMISSIONS) == frozenset(venue.manager)
    shown = next(key for key in plan.keys[0].facets if key.facet is Facet.IP_WHITELIST)
    if venue.own_list:
        assert live_whitelist(shown.seen) == Addresses(frozenset({HOME}))
    else:
        assert shown.state is FacetState.CONSISTENT
    assert in_sync(plan, "main/manager")
    assert plan.changes == ()


@reading
def test_a_declared_right_that_an_own_key_lacks_and_one_it_has_undeclared_are_drift(
    venue: Venue, stage: Stage
) -> None:
    lacks, has = venue.own[0], venue.own[1]
    rig = Rig(venue, own={"bot": Pair(Side((*venue.base_own, lacks)), Side((*venue.base_own, has)))})
    plan = rig.plan(stage(rig))

    assert states(plan, "main/bot")[Facet.PERMISSIONS] is FacetState.DRIFT
    assert [(change.gone, change.new) for change in plan.changes] == [
        (frozenset({has}), frozenset()),
        (frozenset(), frozenset({lacks})),
    ]


@listing
def test_keys_of_sub_accounts_are_seen_whole(venue: Venue, stage: Stage) -> None:
    rights = (*venue.base_sub, *venue.sub)
    keys = {
        "all": Pair(Side(rights, (ADDRESS, OTHER)), Side(rights, (OTHER, ADDRESS))),
        "open": Pair(side(venue, ips=None), side(venue, ips=None)),
    }
    rig = Rig(venue, sub=keys)
    plan = rig.plan(stage(rig))

    assert seen(plan, "main/sub/all", Facet.PERMISSIONS) == frozenset(rights)
    assert seen(plan, "main/sub/all", Facet.IP_WHITELIST) == Addresses(frozenset({ADDRESS, OTHER}))
    assert plan.changes == ()
    assert all(
        state is FacetState.IN_SYNC for name in keys for state in states(plan, f"main/sub/{name}").values()
    )


def _counts(page: int | None, most: int | None) -> list[int]:
    size = page or most or 2
    return [count for count in (0, 1, size, size + 1) if most is None or count <= most]


@pytest.mark.parametrize(
    ("venue", "count"),
    [(venue, count) for venue in LISTING for count in _counts(venue.keys_page, venue.most_keys)],
    ids=str,
)
def test_every_page_of_keys_is_read(venue: Venue, count: int, stage: Stage) -> None:
    keys = {f"k{n}": Pair(None, side(venue)) for n in range(count)}
    rig = Rig(venue, sub=keys, own={"bot": _managed(venue)}, options=UNLIMITED)
    plan = rig.plan(stage(rig))

    assert {one.live.label for one in plan.undeclared_keys} == set(keys)
    assert plan.unknown == ()


def _managed(venue: Venue) -> Pair:
    """An own key that names the managing key, so that there is one although no sub-account key is declared."""
    one = Side(venue.base_own)
    return Pair(one, one, declared={"observed_by": Rig(venue).path("manager")})


@pytest.mark.parametrize(
    ("venue", "count"),
    [(venue, count) for venue in LISTING for count in _counts(venue.subs_page, None)],
    ids=str,
)
def test_every_page_of_sub_accounts_is_read(venue: Venue, count: int, stage: Stage) -> None:
    # one of them is declared
    more = [{"id": f"extra{n}"} for n in range(count)]
    both = side(venue)
    rig = Rig(venue, sub={"bot": Pair(both, both)}, more_subs=more, options=UNLIMITED)
    plan = rig.plan(stage(rig))

    assert len(plan.undeclared_subs) == len({one.live.id for one in plan.undeclared_subs}) == count
    assert all(one.keys == () for one in plan.undeclared_subs)
    assert plan.unknown == ()


@listing
def test_what_nobody_declared_is_reported_with_its_rights_and_addresses(venue: Venue, stage: Stage) -> None:
    both, extra = side(venue), Pair(None, side(venue, venue.sub[0], ips=(ADDRESS, OTHER)))
    made = Rig(venue, sub={"extra": extra}).world()["exchanges"][venue.exchange]["accounts"][0]
    keys = [{**key, "api_key": "strange"} for key in made["sub_accounts"][0]["keys"]]
    rig = Rig(
        venue, sub={"bot": Pair(both, both), "extra": extra}, more_subs=[{"id": "extra1", "keys": keys}]
    )
    plan = rig.plan(stage(rig))

    (sub,) = plan.undeclared_subs
    assert sub.keys is not None
    for live in (plan.undeclared_keys[0].live, sub.keys[0]):
        assert live.label == "extra"
        assert live.permissions() == frozenset({*venue.base_sub, venue.sub[0]})
        assert live.whitelist() == Addresses(frozenset({ADDRESS, OTHER}))
    assert (len(plan.undeclared_keys), len(sub.keys)) == (1, 1)
    assert in_sync(plan, BOT)
    assert plan.changes == ()


@listing
def test_a_declared_sub_account_without_declared_keys_is_looked_into(venue: Venue, stage: Stage) -> None:
    rig = Rig(venue, own={"bot": _managed(venue)}, sub={"extra": Pair(None, side(venue))})

    assert [(one.sub, one.live.label) for one in rig.plan(stage(rig)).undeclared_keys] == [("sub", "extra")]


@listing
def test_a_declared_key_that_does_not_exist_is_drift_of_presence_and_manual(
    venue: Venue, stage: Stage
) -> None:
    both = side(venue)
    rig = Rig(venue, sub={"bot": Pair(side(venue, venue.sub[0]), None), "other": Pair(both, both)})
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert states(plan, BOT) == {Facet.PRESENCE: FacetState.DRIFT}
    assert [(change.means, change.facet) for change in plan.changes] == [(Means.MANUAL, Facet.PRESENCE)]
    assert in_sync(plan, "main/sub/other")


@listing
def test_a_key_that_is_declared_absent_and_lives_is_manual(venue: Venue, stage: Stage) -> None:
    both = side(venue)
    rig = Rig(venue, sub={"bot": Pair(both, both, declared={"absent": True})})

    plan = rig.plan(stage(rig))
    assert [(change.means, change.direction) for change in plan.changes] == [(Means.MANUAL, "revokes")]


@listing
def test_a_right_that_nobody_knows_is_drift_and_left_to_a_person(venue: Venue, stage: Stage) -> None:
    rig = Rig(venue, sub={"bot": Pair(side(venue), side(venue, venue.unknown))})
    plan = rig.plan(stage(rig))

    assert states(plan, BOT)[Facet.PERMISSIONS] is FacetState.DRIFT
    assert [(change.means, change.gone) for change in plan.changes] == [
        (Means.MANUAL, frozenset({venue.unknown}))
    ]


@masking
def test_a_masked_key_is_found_by_a_label_that_only_it_has(venue: Venue, stage: Stage) -> None:
    keys = {
        "bot": Pair(side(venue, label="grid"), side(venue, label="grid")),
        "other": Pair(None, side(venue, label="else")),
    }
    rig = Rig(venue, sub=keys, options=venue.masks or {})
    plan = rig.plan(stage(rig))

    assert in_sync(plan, BOT)
    assert [one.live.label for one in plan.undeclared_keys] == ["else"]


@masking
def test_a_masked_key_without_such_a_label_is_unknown_and_never_undeclared(
    venue: Venue, stage: Stage
) -> None:
    keys = {
        "bot": Pair(side(venue, label="gone"), side(venue, label="grid")),
        "other": Pair(None, side(venue, label="else")),
    }
    rig = Rig(venue, sub=keys, options=venue.masks or {})
    plan = rig.plan(stage(rig))

    assert unknown(plan, BOT)
    assert "grid" in why(plan, BOT)
    assert "else" in why(plan, BOT)
    assert plan.undeclared_keys == ()


@masking
def test_two_keys_of_one_declared_label_are_never_taken_for_each_other(venue: Venue, stage: Stage) -> None:
    keys = {
        name: Pair(side(venue, label="grid"), side(venue, venue.sub[0], label=name))
        for name in ("one", "two")
    }
    rig = Rig(venue, sub=keys, options=venue.masks or {})
    plan = rig.plan(stage(rig))

    assert unknown(plan, "main/sub/one")
    assert unknown(plan, "main/sub/two")


@masking
def test_a_key_whose_whole_id_is_not_shown_cannot_be_changed(venue: Venue, stage: Stage) -> None:
    keys = {"bot": Pair(side(venue, venue.sub[0], label="grid"), side(venue, label="grid"))}
    rig = Rig(venue, sub=keys, options=venue.masks or {})
    sandbox = stage(rig)

    assert [change.means for change in rig.plan(sandbox).changes] == [Means.BLOCKED]


@pytest.mark.parametrize("venue", IDENTIFYING, ids=str)
def test_an_own_key_of_another_account_than_the_declared_one_is_unknown_and_nothing_is_planned(
    venue: Venue, stage: Stage
) -> None:
    own = Pair(Side((*venue.base_own, venue.own[0])), Side(venue.base_own))
    rig = Rig(venue, own={"bot": own}, id="999")
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert all(unknown(plan, str(key.path)) for key in plan.keys)
    assert "declared with id 999" in why(plan, "main/bot")
    assert plan.changes == ()
    assert replace(rig, id=rig.uid).plan(sandbox).changes != ()


@pytest.mark.parametrize("venue", IDENTIFYING_LISTING, ids=str)
@pytest.mark.parametrize("targets", [(), (BOT,)], ids=["whole", "targeted"])
def test_keys_of_another_account_than_the_declared_one_are_unknown_and_nothing_is_planned(
    targets: tuple[str, ...], venue: Venue, stage: Stage
) -> None:
    keys = {"bot": Pair(side(venue, venue.sub[0]), side(venue)), "extra": Pair(None, side(venue))}
    rig = Rig(venue, sub=keys, id="999")
    plan = rig.plan(stage(rig), targets)

    assert all(unknown(plan, str(key.path)) for key in plan.keys)
    assert "declared with id 999" in why(plan, BOT)
    assert (plan.changes, plan.undeclared_keys, plan.undeclared_subs) == ((), (), ())


@pytest.mark.parametrize("venue", IDENTIFYING_LISTING, ids=str)
def test_the_declared_account_is_known_by_its_id(venue: Venue, stage: Stage) -> None:
    rig = Rig(venue, sub={"bot": Pair(side(venue), side(venue))}, id="4711")
    sandbox = stage(rig)

    assert in_sync(rig.plan(sandbox), BOT)
    assert in_sync(rig.plan(sandbox, [BOT]), BOT)


@pytest.mark.parametrize("venue", LISTING_NOTHING, ids=str)
def test_a_sub_accounts_key_that_nobody_lists_is_asked_with_itself(venue: Venue, stage: Stage) -> None:
    rights = (*venue.base_sub, venue.sub[0])
    keys = {
        "alike": Pair(Side(rights, (HOME, ADDRESS)), Side(rights, (ADDRESS, HOME))),
        "bot": Pair(Side(rights, (HOME, ADDRESS)), Side(venue.base_sub, (HOME, OTHER))),
    }
    plan = Rig(venue, sub=keys).plan(stage(Rig(venue, sub=keys)))

    assert in_sync(plan, "main/sub/alike")
    assert seen(plan, BOT, Facet.PERMISSIONS) == frozenset(venue.base_sub)
    assert seen(plan, BOT, Facet.IP_WHITELIST) == Addresses(frozenset({HOME, OTHER}))
    assert {str(change.key) for change in plan.changes} == {BOT}


@pytest.mark.parametrize("venue", LISTING_NOTHING, ids=str)
def test_where_nothing_can_be_listed_it_is_said_that_strangers_were_not_looked_for(
    venue: Venue, stage: Stage
) -> None:
    both = Side(venue.base_sub)
    rig = Rig(venue, sub={"bot": Pair(both, both), "extra": Pair(None, both)})
    sandbox = stage(rig)
    plan = rig.plan(sandbox)
    strict = replace(rig, policies=Policies(undeclared_keys="fail")).plan(sandbox)

    told = f"not looked for: undeclared keys of main's sub-accounts ({venue.profile.name}'s API lists none)"
    assert (plan.undeclared_keys, plan.undeclared_subs) == ((), ())
    assert told in plan.notes
    assert strict.unknown == (told,)


@listing
def test_what_the_world_says_is_what_the_plan_saw(venue: Venue, stage: Stage) -> None:
    """The watcher of these tests reads the world as the provider reads the wire."""
    rig = Rig(venue, sub={"bot": Pair(side(venue), side(venue, *venue.sub, ips=(OTHER,)))})
    sandbox = stage(rig)
    plan, truth = rig.plan(sandbox), now(sandbox, venue)

    assert seen(plan, BOT, Facet.PERMISSIONS) == truth["mainsubbot"].permissions
    assert truth["mainmanager"].permissions == frozenset(venue.manager)
    assert truth["mainsubbot"].ips == {OTHER}
