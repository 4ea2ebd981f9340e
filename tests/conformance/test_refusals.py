"""What an exchange refuses is unknown or unobservable, says why, and stays with the keys that it concerns."""

from __future__ import annotations

import time

import pytest

from accesscfg.model.desired import Egress
from accesscfg.model.errors import Trouble
from accesscfg.model.plan import FacetState
from accesscfg.sandbox import Fault
from tests.support.look import as_far_as_shown, by_api, in_sync, outcomes, states, trouble, unknown
from tests.support.rig import HOME, Pair, Rig, Side, calls, writes
from tests.support.stage import Stage
from tests.support.venues import ANSWERING, CALLING_FROM_ANYWHERE, CALLING_FROM_HOME, LISTING, TIMED, Venue
from tests.support.watch import now

ELSEWHERE = "203.0.113.77"
TEN_MINUTES_MS = 600_000

answering = pytest.mark.parametrize("venue", ANSWERING, ids=str)
timed = pytest.mark.parametrize("venue", TIMED, ids=str)
from_anywhere = pytest.mark.parametrize("venue", CALLING_FROM_ANYWHERE, ids=str)
listing = pytest.mark.parametrize("venue", LISTING, ids=str)


def _own(
    venue: Venue, ips: tuple[str, ...] | None = (HOME,), wanted: tuple[str, ...] | None = (HOME,)
) -> Pair:
    return Pair(Side(venue.base_own, wanted), Side(venue.base_own, ips))


def _drifting(venue: Venue) -> Pair:
    return Pair(Side((*venue.base_sub, venue.sub[0])), Side(venue.base_sub))


@answering
def test_a_wrong_secret_makes_that_key_unknown_and_no_other(venue: Venue, stage: Stage) -> None:
    rig = Rig(venue, own={"bot": _own(venue)}, secrets={"main/bot": "wrong"})
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert unknown(plan, "main/bot")
    assert trouble(plan, "main/bot") == {Trouble.SIGNATURE}
    assert as_far_as_shown(plan, "main/manager")
    assert len([entry for entry in sandbox.log() if entry["key_label"] == "bot"]) == 1  # never tried again


@answering
def test_a_credential_of_another_key_than_the_declared_id_names_is_not_used(
    venue: Venue, stage: Stage
) -> None:
    one = Side(venue.base_own)
    rig = Rig(venue, own={"bot": Pair(one, one, declared={"key_id": "another"})})
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert unknown(plan, "main/bot")
    assert trouble(plan, "main/bot") == {Trouble.SECRETS}
    assert all(entry["key_label"] != "bot" for entry in sandbox.log())


@listing
def test_a_managing_key_with_a_wrong_secret_leaves_its_keys_unknown(venue: Venue, stage: Stage) -> None:
    rig = Rig(venue, sub={"bot": _drifting(venue)}, secrets={"main/manager": "wrong"})
    plan = rig.plan(stage(rig))

    assert unknown(plan, "main/sub/bot")
    assert unknown(plan, "main/manager")
    assert plan.unknown  # and sub-accounts nobody declared could not be looked for


@timed
@pytest.mark.parametrize("off_ms", [TEN_MINUTES_MS, -TEN_MINUTES_MS])
def test_a_clock_ten_minutes_off_is_corrected(off_ms: int, venue: Venue, stage: Stage) -> None:
    rig = Rig(venue)
    sandbox = stage(rig)
    sandbox.set_clock(time.time_ns() // 1_000_000 + off_ms)

    assert in_sync(rig.plan(sandbox), "main/manager")


@timed
def test_a_clock_that_jumps_during_the_run_is_asked_again(venue: Venue, stage: Stage) -> None:
    rig = Rig(venue)
    sandbox = stage(rig)
    time_path = venue.profile.time_path
    assert time_path is not None
    sandbox.fault(Fault(venue.exchange, time_path, "clock_skew", times=1, ms=TEN_MINUTES_MS))

    assert in_sync(rig.plan(sandbox), "main/manager")
    assert calls(sandbox).count(f"GET {time_path}") == 2


@timed
def test_a_clock_that_stays_wrong_leaves_the_key_unknown(venue: Venue, stage: Stage) -> None:
    rig = Rig(venue)
    sandbox = stage(rig)
    assert venue.profile.time_path is not None
    sandbox.fault(Fault(venue.exchange, venue.profile.time_path, "clock_skew", times=None, ms=TEN_MINUTES_MS))
    plan = rig.plan(sandbox)

    assert unknown(plan, "main/manager")
    assert trouble(plan, "main/manager") == {Trouble.CLOCK}


@from_anywhere
def test_a_key_that_is_not_to_be_used_from_here_and_refuses_is_unobservable(
    venue: Venue, stage: Stage
) -> None:
    rig = Rig(venue, own={"bot": _own(venue, (ELSEWHERE,), (ELSEWHERE,))})
    plan = rig.plan(stage(rig))

    assert set(states(plan, "main/bot").values()) == {FacetState.UNOBSERVABLE}
    assert next(key for key in plan.keys if str(key.path) == "main/bot").notes  # the evidence
    assert plan.changes == ()


@answering
def test_a_key_that_is_to_be_used_from_here_and_refuses_is_unknown(venue: Venue, stage: Stage) -> None:
    rig = Rig(venue, own={"bot": _own(venue, (ELSEWHERE,), (HOME,))})
    plan = rig.plan(stage(rig))

    assert unknown(plan, "main/bot")
    assert trouble(plan, "main/bot") == {venue.foreign}


@pytest.mark.parametrize("venue", CALLING_FROM_HOME, ids=str)
def test_a_key_that_a_foreign_call_may_harm_is_unobservable_and_not_called(
    venue: Venue, stage: Stage
) -> None:
    rig = Rig(venue, own={"bot": _own(venue, (ELSEWHERE,), (ELSEWHERE,))})
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert set(states(plan, "main/bot").values()) == {FacetState.UNOBSERVABLE}
    assert plan.changes == ()
    assert all(entry["key_label"] != "bot" for entry in sandbox.log())


@from_anywhere
def test_without_a_known_address_only_a_plain_answer_makes_a_refusal_unobservable(
    venue: Venue, stage: Stage
) -> None:
    """An exchange that does not say why it refuses leaves the key unknown."""
    rig = Rig(venue, own={"bot": _own(venue, (ELSEWHERE,), (ELSEWHERE,))}, egress=Egress())
    plan = rig.plan(stage(rig))

    said = venue.foreign is Trouble.ADDRESS
    expected = FacetState.UNOBSERVABLE if said else FacetState.UNKNOWN
    assert set(states(plan, "main/bot").values()) == {expected}


@listing
def test_a_managing_key_that_cannot_be_used_from_here_leaves_its_keys_unknown(
    venue: Venue, stage: Stage
) -> None:
    manager = Pair(Side(venue.manager), Side(venue.manager, (ELSEWHERE,)))
    rig = Rig(venue, manager=manager, sub={"bot": _drifting(venue)})
    plan = rig.plan(stage(rig))

    assert unknown(plan, "main/sub/bot")
    assert plan.changes == ()


@listing
def test_a_managing_key_that_loses_its_right_after_the_plan_fails_and_changes_nothing(
    venue: Venue, stage: Stage
) -> None:
    longer = Pair(Side(venue.base_sub, (HOME, ELSEWHERE)), Side(venue.base_sub))
    rig = Rig(venue, sub={"bot": longer})
    sandbox = stage(rig)
    plan = rig.plan(sandbox)
    weak = {"permissions": [right for right in venue.base_own if right != "read"]}
    sandbox.website(
        {"exchange": venue.exchange, "account": "main", "key": "manager", "action": "set", "set": weak}
    )
    before = now(sandbox, venue)["mainsubbot"]
    result = rig.apply(sandbox, plan)

    assert {outcome.value for outcome in outcomes(result)} == {"failed"}
    assert now(sandbox, venue)["mainsubbot"] == before
    assert all(entry["code"] != "0" for entry in writes(sandbox))


@answering
def test_a_key_whose_secret_is_not_held_is_unobservable_and_not_called(venue: Venue, stage: Stage) -> None:
    one = Side(venue.base_own)
    rig = Rig(venue, own={"bot": Pair(one, one, declared={"held": False})})
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert set(states(plan, "main/bot").values()) == {FacetState.UNOBSERVABLE}
    assert by_api(plan) == []
    assert all(entry["key_label"] != "bot" for entry in sandbox.log())
