"""Every request of an apply, every kind of fault, however long it lasts: told truly, and mended by a quiet rerun.

Random sequences of faults find less than all of them one by one.
"""

from __future__ import annotations

import pytest

from accesscfg.sandbox import Sandbox
from tests.support.hurry import hurried
from tests.support.ordeal import (
    KINDS,
    TIMEOUT_S,
    converged,
    faults,
    go_through,
    kept_the_principle,
    ordeal,
    told_the_truth,
)
from tests.support.stage import Stage
from tests.support.venues import VENUES, Venue
from tests.support.watch import Scene, now

WRITING = [venue for venue in VENUES if venue.profile.writes.get("sub")]


def _clean_run(venue: Venue, sandbox: Sandbox) -> tuple[int, Scene]:
    """How many requests an undisturbed apply takes, and where it leads."""
    rig = ordeal(venue)
    plan = rig.plan(sandbox)
    before = len(sandbox.log())
    rig.apply(sandbox, plan)
    return len(sandbox.log()) - before, now(sandbox, venue)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("venue", WRITING, ids=str)
def test_a_fault_at_any_request_of_an_apply(venue: Venue, kind: str, stage: Stage) -> None:
    rig = ordeal(venue)
    with hurried():
        requests, goal = _clean_run(venue, stage(rig))
        plan = rig.plan(stage(rig))
    tried = 0
    for fault in faults(venue, KINDS[kind], requests):
        sandbox = stage(rig)
        with hurried(TIMEOUT_S if kind == "latency" else None):
            trial = go_through(rig, sandbox, plan, fault)
        with hurried():
            told_the_truth(trial)
            kept_the_principle(trial)
            converged(trial, goal)
        tried += 1
    assert tried == requests * len(KINDS[kind].lasting)
    assert requests >= 7
