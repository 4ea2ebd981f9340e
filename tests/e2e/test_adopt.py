"""Taking over what is live, through the program: shown, asked for, written by its own lines, and in sync then."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Run
from tests.e2e.desk import HOSTS, Desk

pytestmark = pytest.mark.slow

BOT = "bybit-fund/grid-1/bot"
LINE = "          bot: {permissions: [read, spot], ip_whitelist: [pool:cluster]}\n"
OTHER = "198.51.100.9"


def text(desk: Desk) -> str:
    return (desk.folder / "exchanges.yaml").read_text()


def in_sync(desk: Desk, here: Run, path: str = BOT) -> bool:
    return here(desk, "plan", "--detailed-exitcode", "--target", path).code == 0


def test_an_address_that_is_live_comes_to_the_keys_own_list(desk: Desk, here: Run) -> None:
    desk.click(BOT, ip_whitelist=[*HOSTS, OTHER])
    before = text(desk)
    ran = here(desk, "adopt", BOT, "--yes")
    assert ran.code == 0, ran.err
    after = LINE.replace("[pool:cluster]", f"[pool:cluster, {OTHER}]")
    assert text(desk) == before.replace(LINE, after)
    assert f"-{LINE.rstrip()}" in ran.out
    assert f"+{after.rstrip()}" in ran.out
    assert (desk.folder / "pools" / "cluster.txt").read_text() == "203.0.113.10, 203.0.113.11\n"
    assert in_sync(desk, here)


def test_an_address_of_a_pool_that_is_not_live_stops_it_until_the_pool_may_go(desk: Desk, here: Run) -> None:
    desk.click(BOT, ip_whitelist=[HOSTS[0]])
    before = text(desk)
    ran = here(desk, "adopt", BOT, "--yes")
    assert ran.code == 4
    assert "pool cluster: 203.0.113.11" in ran.err
    assert "replace the pool" in ran.err
    assert text(desk) == before

    assert here(desk, "adopt", BOT, "--yes", "--without-pools").code == 0
    assert text(desk) == before.replace(LINE, LINE.replace("[pool:cluster]", "[203.0.113.10]"))
    assert in_sync(desk, here)


def test_only_the_facets_that_are_named_are_taken_over(desk: Desk, here: Run) -> None:
    desk.click(BOT, ip_whitelist=[*HOSTS, OTHER], permissions=["Spot:SpotTrade", "ContractTrade:Order"])
    assert here(desk, "adopt", BOT, "--facet", "ip_whitelist", "--yes").code == 0
    assert OTHER in text(desk)
    assert "permissions: [read, spot], ip_whitelist: [pool:cluster, 198" in text(desk)


def test_nothing_is_written_without_a_yes_and_against_a_policy(desk: Desk, here: Run) -> None:
    desk.click(BOT, ip_whitelist=[*HOSTS, OTHER])
    before = text(desk)
    asked = here(desk, "adopt", BOT)
    assert (asked.code, "add --yes" in asked.err) == (64, True)

    desk.click(BOT, ip_whitelist=None)
    refused = here(desk, "adopt", BOT, "--yes", "--without-pools")
    assert refused.code == 4
    assert "+          bot: {permissions: [read, spot], ip_whitelist: unrestricted}" in refused.out
    assert "nothing was written" in refused.err
    assert text(desk) == before


def test_what_is_as_declared_or_cannot_be_taken_over_is_said(desk: Desk, here: Run) -> None:
    before = text(desk)
    assert here(desk, "adopt", BOT).code == 0
    assert "nothing to take over" in here(desk, "adopt", BOT).err

    desk.click(BOT, action="delete")
    gone = here(desk, "adopt", BOT, "--yes")
    assert gone.code == 0
    assert "presence is not taken over: write `state: absent`" in gone.err
    named = here(desk, "adopt", BOT, "--facet", "presence", "--yes")
    assert named.code == 4
    assert text(desk) == before


def test_a_key_that_could_not_be_asked_is_no_key_in_sync(desk: Desk, here: Run) -> None:
    desk.click("okx-desk/manager", action="delete")
    ran = here(desk, "adopt", "okx-desk/manager", "--yes")
    assert ran.code == 3
    assert "could not be asked this time" in ran.err
