"""A person may leave keys out of an apply: nothing of theirs is touched, and nothing that waits for them."""

from __future__ import annotations

import pytest

from accesscfg.model.plan import Outcome
from accesscfg.sandbox import Sandbox
from tests.support.rig import HOME, Pair, Rig, Side, writes
from tests.support.venues import BYBIT, WRITING, Venue

OLD, NEW = "198.51.100.2", "198.51.100.3"


def drifted(venue: Venue) -> Pair:
    return Pair(Side(venue.base_sub, (HOME, NEW)), Side(venue.base_sub, (HOME, OLD)))


@pytest.mark.parametrize("venue", WRITING, ids=str)
def test_a_key_that_is_left_out_stays_as_it_is_and_the_others_are_changed(venue: Venue) -> None:
    rig = Rig(venue, sub={"one": drifted(venue), "two": drifted(venue)})
    with Sandbox(rig.world()) as sandbox:
        result = rig.apply(sandbox, rig.plan(sandbox), leave_out=["main/sub/two"])
        left = rig.plan(sandbox)

    outcomes = {str(one.change.key): one.outcome for one in result.results}
    assert outcomes == {"main/sub/one": Outcome.DONE, "main/sub/two": Outcome.NOT_TRIED}
    assert {str(change.key) for change in left.changes} == {"main/sub/two"}


def test_a_managing_key_is_not_narrowed_before_what_it_still_has_to_change() -> None:
    needed = ("read", "Wallet:AccountTransfer", "Wallet:SubMemberTransfer")
    manager = Pair(Side(needed), Side((*needed, "Spot:SpotTrade")))
    rig = Rig(BYBIT, manager=manager, sub={"one": drifted(BYBIT)})
    with Sandbox(rig.world()) as sandbox:
        result = rig.apply(sandbox, rig.plan(sandbox), leave_out=["main/sub/one"])

        assert writes(sandbox) == []
    assert {(str(one.change.key), one.outcome) for one in result.results} == {
        ("main/sub/one", Outcome.NOT_TRIED),
        ("main/manager", Outcome.WAITS),
    }
