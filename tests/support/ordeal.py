"""One account with several changes, and what must hold whatever goes wrong while they are made."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from accesscfg.model.plan import ApplyResult, Outcome, Plan
from accesscfg.sandbox import Fault, Sandbox
from tests.support.hurry import UNLIMITED
from tests.support.look import by_api
from tests.support.rig import HOME, Memory, Pair, Rig, Side
from tests.support.venues import Venue
from tests.support.watch import Scene, WatchedLog, entries, in_effect, now, pairs, watch

A, B, C = (f"198.51.100.{n}" for n in range(1, 4))
PLACES = (A, B, C)
TIMEOUT_S, LATE_MS = 0.06, 90  # an answer that is not late comes in time on a machine that does much else too


@dataclass(frozen=True)
class Kind:
    """What goes wrong, with its `ms`, and for how many requests; None: until cleared."""

    fault: str
    ms: int = 0
    lasting: tuple[int | None, ...] = (1, 2, None)


KINDS = {
    "drop_before": Kind("drop_before"),
    "drop_after": Kind("drop_after"),
    "5xx": Kind("5xx"),
    "429": Kind("429", 1000),
    "429 for long": Kind("429", 300_000, (1, None)),
    "clock_skew": Kind("clock_skew", 600_000),
    "latency": Kind("latency", LATE_MS, (1, 2)),  # what lasts is a dropped connection
}


def faults(venue: Venue, kind: Kind, requests: int) -> Iterator[Fault]:
    """One kind at every request of a run x how long it lasts."""
    for index in range(requests):
        for times in kind.lasting:
            yield Fault(venue.exchange, "*", kind.fault, times, kind.ms, index)


def ordeal(venue: Venue) -> Rig:
    """Two keys to change in every way, one in order, and one that nobody declared."""
    base, first, last = venue.base_sub, venue.sub[0], venue.sub[-1]
    calm = Side((*base, first), (A, B))
    gives_up = (*base, last) if last != first else base
    return Rig(
        venue,
        sub={
            "one": Pair(Side((*base, first), (A, B)), Side(gives_up, (A, C))),
            "two": Pair(Side(base, (A,)), Side((*base, first), None)),
            "calm": Pair(calm, calm),
            "stray": Pair(None, calm),
        },
        options={**venue.modes[-1], **UNLIMITED},
    )


def drifting(venue: Venue) -> Rig:
    """An account whose plan has changes and keys in order: the ordeal's, or where sub-accounts' keys are not listed,
    keys that are asked with themselves."""
    if venue.profile.lists_sub_keys:
        return ordeal(venue)
    wanted, live = Side((*venue.base_own, venue.own[0]), (HOME, A)), Side(venue.base_own, (HOME, B))
    calm = Side((*venue.base_sub, venue.sub[0]), (HOME, A))
    return Rig(
        venue,
        own={"one": Pair(wanted, live), "two": Pair(live, replace(live, ips=None))},
        sub={"calm": Pair(calm, calm), "stray": Pair(None, calm)},
        options={**venue.modes[-1], **UNLIMITED},
    )


@dataclass(frozen=True)
class Trial:
    """One apply with its fault: what it told, and what really happened."""

    rig: Rig
    sandbox: Sandbox
    before: Scene
    log: WatchedLog
    result: ApplyResult
    memory: Memory


def go_through(rig: Rig, sandbox: Sandbox, plan: Plan, fault: Fault) -> Trial:
    """Apply the plan while the fault is in force, then clear it and let what was late arrive."""
    before, log, memory = now(sandbox, rig.venue), watch(sandbox, rig.venue), Memory()
    sandbox.fault(fault)
    result = rig.apply(sandbox, plan, memory=memory)
    sandbox.clear_faults()
    if fault.kind == "latency":
        time.sleep(LATE_MS / 1000 * 1.5)
    return Trial(rig, sandbox, before, log, result, memory)


def told_the_truth(trial: Trial) -> None:
    """`done` is in effect, `failed` and whatever was not tried is not; every write was announced to the recorder."""
    after = now(trial.sandbox, trial.rig.venue)
    for one in trial.result.results:
        effect = in_effect(one.change, after[trial.rig.key_id(one.change.key)])
        if one.outcome is not Outcome.UNKNOWN:
            assert effect == (one.outcome is Outcome.DONE), (one.change, one.outcome, one.why)
        assert one.why or one.outcome is Outcome.DONE
    tried = {one.change.id for one in trial.result.results if one.outcome in (Outcome.DONE, Outcome.UNKNOWN)}
    assert tried <= set(trial.memory.intents)
    assert trial.result.writes >= len(trial.log.scenes)


def kept_the_principle(trial: Trial) -> None:
    """Principle 3 at every moment, and nothing moved that nobody declared."""
    for path, pair in trial.rig.pairs().items():
        name = trial.rig.key_id(path)
        wanted = pair.wanted
        first = last = trial.before[name].pairs(PLACES)
        if wanted is not None:
            last = pairs(wanted.permissions, entries(wanted.whitelist), PLACES)
        for moment in trial.log.scenes:
            assert first & last <= moment[name].pairs(PLACES) <= first | last
            assert moment[name].rest == trial.before[name].rest


def converged(trial: Trial, goal: Scene) -> None:
    """A quiet rerun reaches the goal, and over both runs no write did what was done already."""
    rig, sandbox = trial.rig, trial.sandbox
    plan = rig.plan(sandbox)
    assert plan.unknown == ()
    result = rig.apply(sandbox, plan)
    assert {one.outcome for one in result.results} <= {Outcome.DONE}
    assert by_api(rig.plan(sandbox)) == []
    assert now(sandbox, rig.venue) == goal
    _nothing_twice(trial)


def _nothing_twice(trial: Trial) -> None:
    written = [entry for entry in trial.log.as_json() if entry["write"]]
    last = trial.before
    for entry, moment in zip(written, trial.log.scenes, strict=True):
        if entry["code"] == "0" or entry["fault"] == "drop_after":
            assert moment != last, f"{entry['path']} changed nothing"
        last = moment
