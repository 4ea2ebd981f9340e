"""Whose a key is, where it says so itself: one of another part of the account is not the one that is declared."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from accesscfg.model.desired import Policies
from accesscfg.model.errors import Trouble
from accesscfg.model.plan import Plan
from accesscfg.rehearsal import world_of
from tests.support.hurry import hurried
from tests.support.look import as_far_as_shown, trouble, unknown, why
from tests.support.rig import HOME, Pair, Rig, Side, profile_of
from tests.support.stage import Stage, stage
from tests.support.venues import CRYPTOCOM

__all__ = ["stage"]

SIDE = Side(("read",), (HOME,))
MAIN = "11111111-1111-1111-1111-111111111111"
OTHER = "44444444-4444-4444-4444-444444444444"
ELSEWHERE = "203.0.113.77"


def rig_of(**more: Any) -> Rig:
    return Rig(CRYPTOCOM, own={"bot": Pair(SIDE, SIDE)}, sub={"bot": Pair(SIDE, SIDE)}, **more)


def moved(stage: Stage, path: str, to: str) -> Plan:
    """The plan where the live key of a path is in another part of the account: the main account, the declared
    sub-account, or one that nobody declared."""
    rig = rig_of(more_subs=[{"id": "other", "uuid": OTHER, "keys": []}])
    sandbox, world = stage(rig), rig.world()
    main = world["exchanges"]["cryptocom"]["accounts"][0]
    declared, other = main["sub_accounts"]
    places = {"main": main["keys"], "sub": declared["keys"], "other": other["keys"]}
    name = rig.key_id(next(one for one in rig.pairs() if str(one) == path))
    found = next(key for keys in places.values() for key in keys if key["api_key"] == name)
    for keys in places.values():
        keys[:] = [key for key in keys if key is not found]
    places[to].append({**found, "label": "moved"})
    sandbox.load(world)
    with hurried():
        return rig.plan(sandbox)


@pytest.mark.parametrize(
    ("path", "to", "said"),
    [
        (
            "main/sub/bot",
            "other",
            f"is a key of the sub-account {OTHER}, but it is declared as one of the sub-account",
        ),
        (
            "main/sub/bot",
            "main",
            "is a key of the main account, but it is declared as one of the sub-account",
        ),
        (
            "main/bot",
            "sub",
            f"is a key of the sub-account {CRYPTOCOM.sub_id}, but it is declared as one of the main",
        ),
    ],
)
def test_a_key_of_another_part_of_the_account_is_unknown_and_no_other_is(
    path: str, to: str, said: str, stage: Stage
) -> None:
    plan = moved(stage, path, to)

    assert unknown(plan, path)
    assert said in why(plan, path)
    assert all(as_far_as_shown(plan, str(key.path)) for key in plan.keys if str(key.path) != path)
    assert plan.changes == ()


def test_a_key_where_it_is_declared_is_seen(stage: Stage) -> None:
    rig = rig_of(id="4711")
    plan = rig.plan(stage(rig))
    assert all(as_far_as_shown(plan, str(key.path)) for key in plan.keys)


def test_an_exchange_that_does_not_say_whose_a_key_is_leaves_it_at_that(stage: Stage) -> None:
    rig = rig_of(id="4711", options={"this_account": False})
    plan = rig.plan(stage(rig))
    assert all(as_far_as_shown(plan, str(key.path)) for key in plan.keys)
    assert any("the id of main was not compared" in note for note in plan.notes)


def test_keys_of_another_account_than_the_declared_one_are_unknown(stage: Stage) -> None:
    rig = rig_of(id="999")
    plan = rig.plan(stage(rig))
    assert all(unknown(plan, str(key.path)) for key in plan.keys)
    assert "belongs to account 4711, but main is declared with id 999" in why(plan, "main/bot")


def test_a_rehearsal_knows_a_sub_account_by_what_it_is_declared_by(stage: Stage) -> None:
    rig = rig_of(id=MAIN)
    sandbox = stage(rig)
    sandbox.load(world_of(rig.declaration(), rig.keyring().credentials, profile_of))
    plan = rig.plan(sandbox)
    assert all(as_far_as_shown(plan, str(key.path)) for key in plan.keys)
    assert plan.changes == ()


class TestSubAccounts:
    """Where sub-accounts are listed and their keys are not."""

    def test_those_that_nobody_declared_are_reported_without_their_keys(self, stage: Stage) -> None:
        rig = rig_of(
            more_subs=[{"id": f"s{n}", "uuid": f"{n:08}-4444-4444-4444-444444444444"} for n in range(25)]
        )
        plan = rig.plan(stage(rig))

        assert len(plan.undeclared_subs) == 25
        assert {one.keys for one in plan.undeclared_subs} == {None}
        assert {one.live.id for one in plan.undeclared_subs}.isdisjoint({CRYPTOCOM.sub_id})
        assert plan.unknown == ()
        told = "not looked for: undeclared keys of main's sub-accounts (Crypto.com Exchange's API lists none)"
        assert told in plan.notes

    def test_they_are_not_looked_for_where_no_own_key_has_answered(self, stage: Stage) -> None:
        away = Pair(Side(("read",), (ELSEWHERE,)), Side(("read",), (ELSEWHERE,)))
        rig = Rig(CRYPTOCOM, manager=away, sub={"bot": Pair(SIDE, SIDE)})
        sandbox = stage(rig)
        told = "not looked for: sub-accounts of main (none of its own keys has answered)"

        assert told in rig.plan(sandbox).notes
        strict = replace(rig, policies=Policies(undeclared_keys="fail")).plan(sandbox)
        assert told in strict.unknown

    def test_a_targeted_run_does_not_look_for_them(self, stage: Stage) -> None:
        rig = rig_of(more_subs=[{"id": "other", "uuid": OTHER}])
        sandbox = stage(rig)
        assert rig.plan(sandbox, ["main/bot"]).undeclared_subs == ()
        assert {entry["key_label"] for entry in sandbox.log()} == {"bot"}


def test_a_clock_that_is_wrong_is_not_asked_about_again(stage: Stage) -> None:
    """There is no call that tells the time, so trying again could not help."""
    rig = Rig(CRYPTOCOM)
    sandbox = stage(rig)
    sandbox.set_clock(time.time_ns() // 1_000_000 + 600_000)
    plan = rig.plan(sandbox)

    assert unknown(plan, "main/manager")
    assert trouble(plan, "main/manager") == {Trouble.CLOCK}
    assert len(sandbox.log()) == 1
    assert "set this machine's clock" in why(plan, "main/manager")
