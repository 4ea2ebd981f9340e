"""What apply refuses unless it is allowed by name."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Run
from tests.e2e.desk import HOSTS, Desk

pytestmark = pytest.mark.slow

BOT = "bybit-fund/grid-1/bot"
WATCHER = "bybit-fund/grid-1/watcher"
MANAGER = "bybit-fund/manager"


def last_address(desk: Desk) -> str:
    """None of today's addresses would remain."""
    desk.click(BOT, ip_whitelist=["198.51.100.9"])
    return BOT


def lift_restriction(desk: Desk) -> str:
    """A list would give way to any address."""
    desk.declare(
        "watcher: {permissions: [read], ip_whitelist: [203.0.113.10]}",
        "watcher: {permissions: [read], ip_whitelist: unrestricted}",
    )
    return WATCHER


def managing_key(desk: Desk) -> str:
    """The managing key would lose what managing needs."""
    desk.declare("manager: {permissions: [read, transfer]", "manager: {permissions: [read, convert]")
    wallet = ["Wallet:AccountTransfer", "Wallet:SubMemberTransfer"]
    desk.click(MANAGER, permissions=[*wallet, "Exchange:ExchangeHistory"])
    return MANAGER


CASES = {
    "last-address": last_address,
    "lift-restriction": lift_restriction,
    "managing-key": managing_key,
}


@pytest.mark.parametrize("guard", CASES)
def test_a_guard_refuses_by_name_and_its_option_lifts_it(desk: Desk, here: Run, guard: str) -> None:
    key = CASES[guard](desk)
    option = f"{guard}={key}"
    planned = here(desk, "plan")
    assert f"to allow just that: --allow {option}" in planned.out
    refused = here(desk, "apply", "--auto-approve")
    assert refused.code == 4
    assert f"{key}: {guard}:" in refused.err
    assert f"--allow {option}" in refused.err
    assert "nothing was written" in refused.err
    assert desk.writes() == []
    assert here(desk, "apply", "--auto-approve", "--allow", option).code == 0
    assert len(desk.writes()) == 1


def test_consent_is_for_one_guard_of_one_key(desk: Desk, here: Run) -> None:
    last_address(desk)
    desk.click("okx-desk/desk1/quoter", ip_whitelist=["198.51.100.9"])
    others = (
        [f"last-address={WATCHER}"],
        [f"lift-restriction={BOT}"],
        [f"last-address={BOT}"],
        ["last-address=okx-desk/desk1/quoter"],
    )
    for allowed in others:
        options = [word for one in allowed for word in ("--allow", one)]
        assert here(desk, "apply", "--auto-approve", *options).code == 4
    assert desk.writes() == []
    both = ["--allow", f"last-address={BOT}", "--allow", "last-address=okx-desk/desk1/quoter"]
    assert here(desk, "apply", "--auto-approve", *both).code == 0


def test_consent_is_recorded(desk: Desk, here: Run) -> None:
    last_address(desk)
    here(desk, "apply", "--auto-approve", "--allow", f"last-address={BOT}")
    assert f'"allow":["last-address={BOT}"]' in desk.trail.read_text().splitlines()[0]


def test_a_targeted_run_is_not_held_up_by_the_guards_of_others(desk: Desk, here: Run) -> None:
    last_address(desk)
    desk.click("okx-desk/desk1/quoter", ip_whitelist=[*HOSTS, "198.51.100.9"])
    assert here(desk, "apply", "--auto-approve", "--target", "okx-desk").code == 0
    assert len(desk.writes()) == 1


@pytest.fixture
def both_ways(desk: Desk) -> Desk:
    """A key with a right too many and one too few address, another with an address too many."""
    futures = ["ContractTrade:Order", "ContractTrade:Position"]
    desk.click(BOT, permissions=["Spot:SpotTrade", *futures], ip_whitelist=[HOSTS[0]])
    desk.click("okx-desk/desk1/quoter", ip_whitelist=[*HOSTS, "198.51.100.9"])
    return desk


def test_only_revokes(both_ways: Desk, here: Run) -> None:
    ran = here(both_ways, "apply", "--auto-approve", "--only", "revokes")
    assert ran.code == 2
    assert both_ways.live(BOT)["ip_whitelist"] == [HOSTS[0]]
    assert both_ways.live(BOT)["permissions"] == ["Spot:SpotTrade"]
    assert both_ways.live("okx-desk/desk1/quoter")["ip_whitelist"] == list(HOSTS)
    assert "left out by --only revokes" in ran.out
    assert here(both_ways, "apply", "--auto-approve").code == 0


def test_only_grants(both_ways: Desk, here: Run) -> None:
    ran = here(both_ways, "apply", "--auto-approve", "--only", "grants")
    assert ran.code == 2
    live = both_ways.live(BOT)
    # more addresses for rights that are to go would be pairs that neither before nor after has
    assert live["ip_whitelist"] == [HOSTS[0]]
    assert "ContractTrade:Order" in live["permissions"]
    assert "198.51.100.9" in both_ways.live("okx-desk/desk1/quoter")["ip_whitelist"]
    assert both_ways.writes() == []


def test_only_grants_makes_a_grant_that_waits_for_nothing(desk: Desk, here: Run) -> None:
    desk.click(BOT, ip_whitelist=[HOSTS[0]])
    desk.click("okx-desk/desk1/quoter", ip_whitelist=[*HOSTS, "198.51.100.9"])
    assert here(desk, "apply", "--auto-approve", "--only", "grants").code == 2
    assert desk.live(BOT)["ip_whitelist"] == list(HOSTS)
    assert len(desk.writes()) == 1


def test_a_guard_of_a_change_that_is_left_out_does_not_refuse(desk: Desk, here: Run) -> None:
    lift_restriction(desk)
    desk.click("okx-desk/desk1/quoter", ip_whitelist=[*HOSTS, "198.51.100.9"])
    assert here(desk, "apply", "--auto-approve").code == 4
    assert here(desk, "apply", "--auto-approve", "--only", "revokes").code == 2
    assert desk.live(WATCHER)["ip_whitelist"] == [HOSTS[0]]
    assert len(desk.writes()) == 1
