"""Each guard alone is responsible for its refusal: without it the change is made, without any other it is not.

Guards mask each other easily, so every scenario here is one that a single guard stops, on a real plan and up to the
exchange.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from accesscfg.model.plan import Guard, Plan
from accesscfg.policy.guards import Scene, consents, refusals, signing_keys, standing
from accesscfg.sandbox import Sandbox
from tests.support.hurry import hurried
from tests.support.rig import HOME, Pair, Rig, Side, profile_of, writes
from tests.support.stage import Stage, stage
from tests.support.venues import BINANCE, BYBIT, OKX, WHITEBIT, Venue

__all__ = ["stage"]
A, B = "198.51.100.1", "198.51.100.2"
JUDGES = {
    Guard.LAST_ADDRESS: "_last_address",
    Guard.OWN_ADDRESS: "_own_address",
    Guard.GRANT_WITHDRAW: "_grant_withdraw",
    Guard.LIFT_RESTRICTION: "_lift_restriction",
    Guard.MANAGING_KEY: "_managing_key",
    Guard.INTERRUPT: "_interrupt",
}


@pytest.fixture(autouse=True)
def _hurried() -> Iterator[None]:
    with hurried():
        yield


@dataclass(frozen=True)
class Scenario:
    """A rig whose plan one guard stops."""

    guard: Guard
    rig: Callable[[], Rig]
    consent: str = "main/sub/bot"

    def __str__(self) -> str:
        return str(self.guard)


def _bot(venue: Venue, live: Side, wanted: Side) -> Rig:
    return Rig(venue, sub={"bot": Pair(wanted, live)})


def _self_editing() -> Rig:
    """A key of a sub-account that changes itself, and would shut out this machine."""
    rights = ("read", "Wallet:AccountTransfer")
    pair = Pair(Side(rights, (A,)), Side(rights, (HOME, A)), declared={"managed_by": None})
    return Rig(BYBIT, sub={"bot": pair})


def _weakened_manager() -> Rig:
    calm = Side(BYBIT.base_sub)
    wanted, live = Side(("read", "Spot:SpotTrade")), Side((*BYBIT.manager, "Spot:SpotTrade"))
    return Rig(BYBIT, manager=Pair(wanted, live), sub={"calm": Pair(calm, calm)})


def _withdrawing() -> Rig:
    """A key of the kind that can have withdrawals is to get one."""
    rights = (*WHITEBIT.base_sub, "type-2")
    return _bot(WHITEBIT, Side(rights), Side((*rights, "/api/v4/main-account/withdraw")))


SCENARIOS = (
    Scenario(Guard.LAST_ADDRESS, lambda: _bot(OKX, Side(("read_only",), (A,)), Side(("read_only",), (B,)))),
    Scenario(Guard.OWN_ADDRESS, _self_editing),
    Scenario(Guard.GRANT_WITHDRAW, _withdrawing),
    Scenario(
        Guard.LIFT_RESTRICTION,
        lambda: _bot(BINANCE, Side(BINANCE.base_sub, (A,)), Side(BINANCE.base_sub, None)),
    ),
    Scenario(Guard.MANAGING_KEY, _weakened_manager, consent="main/manager"),
    Scenario(
        Guard.INTERRUPT,
        lambda: _bot(WHITEBIT, Side(WHITEBIT.base_sub, None), Side(WHITEBIT.base_sub, (A, B))),
    ),
)
each = pytest.mark.parametrize("scenario", SCENARIOS, ids=str)


def refused(rig: Rig, sandbox: Sandbox, *allow: str) -> set[Guard]:
    """What stops the plan, as the façade composes it; where nothing does, it is applied."""
    sighting = rig.sight(sandbox)
    plan: Plan = rig.plan_of(sighting)
    signing = signing_keys(plan, rig.declaration())
    scene = Scene(rig.declaration(), profile_of, sighting.runner_addresses, signing)
    left = standing(refusals(plan.changes, scene), consents(allow))
    if not left:
        rig.apply(sandbox, plan)
    return {one.guard for one in left}


def test_every_guard_that_judges_has_a_scenario() -> None:
    assert {scenario.guard for scenario in SCENARIOS} == set(JUDGES) == set(Guard)


@each
def test_one_guard_refuses_and_nothing_is_written(scenario: Scenario, stage: Stage) -> None:
    rig = scenario.rig()
    sandbox = stage(rig)

    assert refused(rig, sandbox) == {scenario.guard}
    assert writes(sandbox) == []


@each
def test_without_that_guard_the_change_is_made(
    scenario: Scenario, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"accesscfg.policy.guards.{JUDGES[scenario.guard]}", lambda *_: ())
    rig = scenario.rig()
    sandbox = stage(rig)

    assert refused(rig, sandbox) == set()
    assert writes(sandbox)
    assert all(entry["code"] == "0" for entry in writes(sandbox))


@each
def test_without_all_the_others_it_still_refuses(
    scenario: Scenario, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for guard, judge in JUDGES.items():
        if guard is not scenario.guard:
            monkeypatch.setattr(f"accesscfg.policy.guards.{judge}", lambda *_: ())
    rig = scenario.rig()

    assert refused(rig, stage(rig)) == {scenario.guard}


@each
def test_its_consent_alone_lets_the_change_through(scenario: Scenario, stage: Stage) -> None:
    rig = scenario.rig()
    sandbox = stage(rig)
    others = [f"{guard}={scenario.consent}" for guard in Guard if guard is not scenario.guard]

    assert refused(rig, sandbox, *others) == {scenario.guard}
    assert refused(rig, sandbox, f"{scenario.guard}={scenario.consent}") == set()
    assert writes(sandbox)
