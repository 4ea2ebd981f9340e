"""Every request of an apply, every kind of fault, however long it lasts: told truly, and mended by a quiet rerun.

Random sequences of faults find less than all of them one by one.
"""

from __future__ import annotations

import pytest

from accesscfg.engine.apply import CountedCalls
from accesscfg.exchanges.base import Provider
from accesscfg.exchanges.limits import Limiter
from accesscfg.model.plan import Outcome
from accesscfg.sandbox import Fault, Sandbox
from tests.support.hurry import hurried
from tests.support.look import outcomes
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
from tests.support.rig import writes
from tests.support.stage import Stage
from tests.support.venues import BINANCE, BYBIT, PROFILES, WRITING, Venue
from tests.support.watch import Scene, now


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


@pytest.mark.parametrize("sent", [True, False], ids=["sent", "not sent"])
@pytest.mark.parametrize("venue", WRITING, ids=str)
def test_a_write_whose_answer_is_not_understood_may_have_taken_effect_if_it_was_sent(
    venue: Venue, sent: bool, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def odd(provider: Provider, calls: CountedCalls, *_: object) -> None:
        calls.sent += sent
        raise ValueError("neither JSON nor anything else")

    rig = ordeal(venue)
    sandbox = stage(rig)
    with hurried():
        plan = rig.plan(sandbox)
        monkeypatch.setattr(type(PROFILES.provider(venue.exchange)), "write", odd)
        found = outcomes(rig.apply(sandbox, plan))

    assert found[Outcome.DONE] == 0
    assert (found[Outcome.UNKNOWN] > 0, found[Outcome.FAILED] > 0) == (sent, not sent)


@pytest.mark.parametrize("venue", [BINANCE, BYBIT], ids=str)
def test_a_write_refused_for_now_is_not_sent_again_and_holds_back_the_next(
    venue: Venue, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the exchange says how long."""
    held: list[tuple[str, float]] = []
    monkeypatch.setattr(Limiter, "close", lambda self, call, who, seconds: held.append((call, seconds)))
    rig = ordeal(venue)
    sandbox = stage(rig)
    with hurried():
        plan = rig.plan(sandbox)
        for _, path in venue.profile.write_calls:
            sandbox.fault(Fault(venue.exchange, path, "429", None, 30_000))
        result = rig.apply(sandbox, plan)

    sent = [f"{entry['method']} {entry['path']}" for entry in writes(sandbox)]
    assert len(sent) == result.writes
    assert [call for call, _ in held] == sent
    assert all(seconds == pytest.approx(30, abs=1) for _, seconds in held)
    assert outcomes(result)[Outcome.DONE] == 0
