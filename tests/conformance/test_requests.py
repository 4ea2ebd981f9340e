"""As few requests as there can be: no key is asked twice, and one listing serves all keys of a sub-account."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from accesscfg.model.desired import Policies
from tests.support.rig import Pair, Rig, Side, calls, writes
from tests.support.stage import Stage
from tests.support.venues import LISTING, READING, VENUES, WRITING, Venue

every = pytest.mark.parametrize("venue", VENUES, ids=str)
writing = pytest.mark.parametrize("venue", WRITING, ids=str)
listing = pytest.mark.parametrize("venue", LISTING, ids=str)


def directly(venues: tuple[Venue, ...]) -> pytest.MarkDecorator:
    """Of these venues those whose keys answer at once, without a call that finds out their account's mode."""
    return pytest.mark.parametrize("venue", [one for one in venues if not one.finds_mode], ids=str)


KEYS = ("one", "two")


def rig_of(venue: Venue, account: str = "main") -> Rig:
    side = Side(venue.base_sub)
    return Rig(venue, sub={name: Pair(side, side) for name in KEYS}, account=account)


def beyond_the_time(venue: Venue) -> list[str]:
    """The requests of a plan but for that of the time: the managing key's own, then the others in their order."""
    return list(venue.plan[len(venue.time_calls) :])


@every
def test_a_plan_asks_for_the_time_each_own_key_each_sub_account_and_the_list_of_them_once(
    venue: Venue, stage: Stage
) -> None:
    rig = rig_of(venue)
    sandbox = stage(rig)
    rig.plan(sandbox)

    assert sorted(calls(sandbox)) == sorted(venue.plan)
    assert writes(sandbox) == []


@directly(LISTING)
def test_more_keys_take_only_what_the_exchange_asks_for_each(venue: Venue, stage: Stage) -> None:
    side, own = Side(venue.base_sub), Side(venue.base_own)
    rig = Rig(
        venue,
        own={"viewer": Pair(own, own)},
        sub={f"k{n}": Pair(side, side) for n in range(8)},
    )
    sandbox = stage(rig)
    rig.plan(sandbox)
    expected, seen = Counter(venue.plan), Counter(calls(sandbox))

    own_call = beyond_the_time(venue)[0]
    for call, count in expected.items():
        each_key = count == len(KEYS)
        assert seen[call] == (8 if each_key else 2 if call == own_call else 1), call
    assert set(seen) == set(expected)


@directly(LISTING)
def test_a_targeted_run_of_one_key_calls_nothing_but_what_it_needs(venue: Venue, stage: Stage) -> None:
    rig = rig_of(venue)
    sandbox = stage(rig)
    rig.plan(sandbox, ["main/sub/one"])
    whole, own_call, subs_call = Counter(venue.plan), beyond_the_time(venue)[0], venue.plan[-1]

    expected = Counter({call: 1 for call in whole if call not in (own_call, subs_call)})
    assert Counter(calls(sandbox)) == expected


@directly(READING)
def test_a_targeted_run_of_an_own_key_asks_that_key_alone(venue: Venue, stage: Stage) -> None:
    own = Side(venue.base_own)
    rig = replace(rig_of(venue), own={"viewer": Pair(own, own)})
    sandbox = stage(rig)
    rig.plan(sandbox, ["main/viewer"])

    assert calls(sandbox) == [*venue.time_calls, beyond_the_time(venue)[0]]
    assert sandbox.log()[-1]["key_label"] == "viewer"


@listing
def test_undeclared_keys_that_nobody_wants_to_see_are_not_asked_about(venue: Venue, stage: Stage) -> None:
    rig = replace(rig_of(venue), policies=Policies(undeclared_keys="ignore"))
    rig.sub = {**rig.sub, "extra": Pair(None, Side(venue.base_sub))}
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert sorted(calls(sandbox)) == sorted(venue.plan[:-1])
    assert (plan.undeclared_keys, plan.undeclared_subs) == ((), ())


@every
def test_two_accounts_of_one_exchange_ask_for_the_time_once(venue: Venue, stage: Stage) -> None:
    other = rig_of(venue, "second")
    rig = replace(rig_of(venue), beside=(other,))
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert Counter(calls(sandbox)) == Counter(venue.plan) + Counter(beyond_the_time(venue))
    assert plan.changes == ()
    assert {str(key.path) for key in plan.keys} >= {"main/sub/one", "second/sub/one"}


@directly(WRITING)
def test_an_apply_re_reads_writes_and_reads_back_and_nothing_more(venue: Venue, stage: Stage) -> None:
    """With one change to make: the time, the key, the write, the key."""
    rig = rig_of(venue)
    side = Side(venue.base_sub, ("198.51.100.1",))
    wanted = Side(venue.base_sub, ("198.51.100.1", "198.51.100.2"))
    rig.sub = {"one": Pair(wanted, side), "two": Pair(side, side)}
    sandbox = stage(rig)
    plan = rig.plan(sandbox)
    before = len(calls(sandbox))
    result = rig.apply(sandbox, plan)
    made = calls(sandbox)[before:]

    reading = list(dict.fromkeys(beyond_the_time(venue)[1:-1]))
    written = [f"{entry['method']} {entry['path']}" for entry in writes(sandbox)]
    assert len(written) == result.writes == 1
    assert made == [*venue.time_calls, *reading, *written, *reading]


@every
def test_an_apply_of_nothing_calls_nobody(venue: Venue, stage: Stage) -> None:
    rig = rig_of(venue)
    sandbox = stage(rig)
    plan = rig.plan(sandbox)
    before = len(calls(sandbox))

    assert rig.apply(sandbox, plan).writes == 0
    assert len(calls(sandbox)) == before


@listing
def test_a_second_listing_asks_for_the_details_of_its_own_keys_alone(venue: Venue, stage: Stage) -> None:
    rig = rig_of(venue)
    own = Side(venue.manager)
    rig.own = {"second": Pair(own, own)}
    side = Side(venue.base_sub)
    by_second = {"managed_by": rig.path("second")}
    rig.sub = {"one": Pair(side, side), "two": Pair(side, side, declared=by_second)}
    sandbox = stage(rig)
    rig.plan(sandbox)

    details = beyond_the_time(venue)[2:-1]
    assert Counter(call for call in calls(sandbox) if call in details) == Counter([*details, *details[:1]])
