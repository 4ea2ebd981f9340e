"""What holds for every declaration over every world, on every exchange."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accesscfg.model.events import ChangeEnded, ChangeStarted, Event
from accesscfg.model.plan import ApplyResult, Change, Means, Outcome, Plan
from accesscfg.sandbox import Sandbox
from tests.support.hurry import hurried
from tests.support.rig import Rig, writes
from tests.support.stage import Stage
from tests.support.strategies import EXAMPLES, PLACES, rigs
from tests.support.venues import VENUES, WRITING, Venue
from tests.support.watch import Scene, entries, in_effect, now, pairs, watch

pytestmark = pytest.mark.slow

random_rigs = st.sampled_from(WRITING).flatmap(rigs)
rigs_of_any = st.sampled_from(VENUES).flatmap(rigs)  # also of those of which all is left to a person


@pytest.fixture(autouse=True, scope="module")
def _hurried() -> Iterator[None]:
    with hurried():
        yield


def ids(rig: Rig) -> dict[str, str]:
    """The paths of the declared keys that live, by API key."""
    return {rig.key_id(path): str(path) for path, pair in rig.pairs().items() if pair.wanted and pair.live}


def free(plan: Plan) -> list[Change]:
    """The changes by API that wait for no person."""
    held: set[str] = set()
    found = []
    for change in plan.changes:
        if change.means is not Means.API or held & set(change.waits_for):
            held.add(change.id)
        else:
            found.append(change)
    return found


@EXAMPLES
@given(rig=rigs_of_any)
def test_the_plan_of_a_world_in_sync_is_empty(rig: Rig, stage: Stage) -> None:
    rig = rig.live_as_wanted()

    assert rig.plan(stage(rig)).changes == ()


@EXAMPLES
@given(rig=rigs_of_any)
def test_a_plan_sends_only_reads_and_changes_nothing(rig: Rig, stage: Stage) -> None:
    sandbox = stage(rig)
    before = now(sandbox, rig.venue)
    rig.plan(sandbox)

    assert writes(sandbox) == []
    assert now(sandbox, rig.venue) == before


@EXAMPLES
@given(rig=random_rigs)
def test_after_an_apply_nothing_is_left_that_the_api_could_do_and_a_second_one_sends_no_write(
    rig: Rig, stage: Stage
) -> None:
    sandbox = stage(rig)
    result = rig.apply(sandbox, rig.plan(sandbox))
    again = rig.plan(sandbox)
    written = len(writes(sandbox))
    second = rig.apply(sandbox, again)

    assert free(again) == []
    assert (second.writes, len(writes(sandbox))) == (0, written)
    assert result.writes == written
    assert not {Outcome.FAILED, Outcome.UNKNOWN, Outcome.MOVED} & {one.outcome for one in result.results}


@EXAMPLES
@given(rig=random_rigs)
def test_every_state_on_the_way_holds_only_pairs_of_before_or_after_and_all_that_are_in_both(
    rig: Rig, stage: Stage
) -> None:
    sandbox = stage(rig)
    plan, before, log = rig.plan(sandbox), now(sandbox, rig.venue), watch(sandbox, rig.venue)
    result = rig.apply(sandbox, plan)

    assert len(log.scenes) == result.writes
    for path, pair in rig.pairs().items():
        if pair.wanted is None or pair.live is None:
            continue
        name = rig.key_id(path)
        first = before[name].pairs(PLACES)
        last = pairs(pair.wanted.permissions, entries(pair.wanted.whitelist), PLACES)
        for moment in log.scenes:
            assert first & last <= moment[name].pairs(PLACES) <= first | last
            assert moment[name].ips != frozenset()


@EXAMPLES
@given(rig=random_rigs)
def test_what_is_reported_done_is_in_effect_and_nothing_unmanaged_changes(rig: Rig, stage: Stage) -> None:
    sandbox = stage(rig)
    plan, before = rig.plan(sandbox), now(sandbox, rig.venue)
    result = rig.apply(sandbox, plan)
    after = now(sandbox, rig.venue)

    _in_effect_as_told(rig, result, after)
    _only_declared_facets_moved(rig, result, before, after)


def _in_effect_as_told(rig: Rig, result: ApplyResult, after: Scene) -> None:
    for one in result.results:
        key = after.get(rig.key_id(one.change.key))
        if one.outcome is Outcome.DONE:
            assert key is not None
            assert in_effect(one.change, key)
        elif one.outcome is Outcome.FAILED:
            assert key is None or not in_effect(one.change, key)


def _only_declared_facets_moved(rig: Rig, result: ApplyResult, before: Scene, after: Scene) -> None:
    touched = {rig.key_id(one.change.key) for one in result.results if one.outcome is Outcome.DONE}
    assert set(before) == set(after)
    for name in before:
        assert after[name].rest == before[name].rest
        if name not in touched:
            assert after[name] == before[name]
        if rig.venue.unknown in before[name].permissions:
            assert rig.venue.unknown in after[name].permissions


@EXAMPLES
@given(rig=rigs_of_any, chance=st.randoms(use_true_random=False))
def test_neither_the_order_of_the_declaration_nor_of_the_replies_matters(
    rig: Rig, chance: Random, stage: Stage
) -> None:
    sandbox = stage(rig)
    plan = rig.plan(sandbox)
    sandbox.load(_shuffled(rig.world(), chance))
    other = replace(rig, own=_other_order(rig.own, chance), sub=_other_order(rig.sub, chance)).plan(sandbox)

    assert _by_key(plan) == _by_key(other)
    assert {key.path: key.hash for key in plan.keys} == {key.path: key.hash for key in other.keys}
    assert {one.live.key_id for one in plan.undeclared_keys} == {
        one.live.key_id for one in other.undeclared_keys
    }


def _other_order(pairs_: Any, chance: Random) -> dict[str, Any]:
    return dict(chance.sample(sorted(pairs_.items(), key=lambda item: item[0]), len(pairs_)))


def _by_key(plan: Plan) -> dict[str, list[Change]]:
    """A change without its place among those of other keys."""
    found: dict[str, list[Change]] = {}
    for change in plan.changes:
        placeless = replace(change, step=0, waits_for=tuple(sorted(change.waits_for)))
        found.setdefault(str(change.key), []).append(placeless)
    return found


def _shuffled(value: Any, chance: Random) -> Any:
    if isinstance(value, dict):
        return {name: _shuffled(one, chance) for name, one in value.items()}
    if isinstance(value, list):
        return chance.sample([_shuffled(one, chance) for one in value], len(value))
    return value


@EXAMPLES
@given(rig=random_rigs, only=st.sampled_from(["revokes", "grants"]))
def test_only_revokes_never_widens_and_only_grants_never_narrows(
    rig: Rig, only: Literal["revokes", "grants"], stage: Stage
) -> None:
    sandbox = stage(rig)
    plan, before, log = rig.plan(sandbox), now(sandbox, rig.venue), watch(sandbox, rig.venue)
    result = rig.apply(sandbox, plan, only=only)

    assert not {Outcome.FAILED, Outcome.UNKNOWN, Outcome.MOVED} & {one.outcome for one in result.results}
    assert all(one.change.direction == only for one in result.results if one.outcome is Outcome.DONE)
    for name in ids(rig):
        states = [before[name], *(moment[name] for moment in log.scenes)]
        for earlier, later in pairwise(states):
            was, is_now = earlier.pairs(PLACES), later.pairs(PLACES)
            assert is_now <= was if only == "revokes" else is_now >= was
    _in_effect_as_told(rig, result, now(sandbox, rig.venue))


@EXAMPLES
@given(rig=random_rigs, at=st.integers(0, 12))
def test_a_run_that_is_stopped_ends_between_two_calls_and_a_new_one_goes_on(
    rig: Rig, at: int, stage: Stage
) -> None:
    sandbox = stage(rig)
    plan = rig.plan(sandbox)
    result = _stopped(rig, sandbox, plan, at)
    after = now(sandbox, rig.venue)

    _in_effect_as_told(rig, result, after)
    assert result.interrupted == bool(result.stopped_at)
    left = [one for one in result.results if one.outcome is Outcome.NOT_TRIED]
    assert bool(left) <= result.interrupted
    assert all(not in_effect(one.change, after[rig.key_id(one.change.key)]) for one in left)
    rig.apply(sandbox, rig.plan(sandbox))
    assert free(rig.plan(sandbox)) == []


def _stopped(rig: Rig, sandbox: Sandbox, plan: Plan, at: int) -> ApplyResult:
    """Stops when the change number `at` is about to be written or has ended."""
    events: list[asyncio.Event] = []
    heard: list[Event] = []

    def make() -> asyncio.Event:
        events.append(asyncio.Event())
        return events[0]

    def listen(event: Event) -> None:
        if isinstance(event, ChangeStarted | ChangeEnded):
            heard.append(event)
            if len(heard) > at:
                events[0].set()

    return rig.apply(sandbox, plan, on_event=listen, stop=make)


@pytest.mark.parametrize("venue", WRITING, ids=str)
def test_a_run_that_is_stopped_before_it_begins_calls_nobody(venue: Venue, stage: Stage) -> None:
    from tests.support.rig import Pair, Side

    rig = Rig(venue, sub={"bot": Pair(Side((*venue.base_sub, venue.sub[0])), Side(venue.base_sub))})
    sandbox = stage(rig)
    plan = rig.plan(sandbox)
    before = len(sandbox.log())

    def stopped() -> asyncio.Event:
        event = asyncio.Event()
        event.set()
        return event

    result = rig.apply(sandbox, plan, stop=stopped)
    assert (result.interrupted, result.writes, len(sandbox.log())) == (True, 0, before)
    assert result.stopped_at == f"before {plan.changes[0].id} on main/sub/bot"
