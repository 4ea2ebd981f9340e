"""Exchanges that show less of their keys: plans, guides, attestations and exit codes through the program."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.annex import UNSEEN
from tests.e2e.conftest import Run
from tests.e2e.desk import HOSTS, Desk
from tests.support.hurry import hurried

pytestmark = pytest.mark.slow

KRAKEN = "kraken-main/bot"
CHARTER = ["203.0.113.129", "203.0.113.130"]
BITGET_RIGHTS = ["read", "spot_trade", "margin_trade", "contract_trade"]


def planned(desk: Desk, here: Run, *more: str) -> dict[str, Any]:
    """The JSON of a plan that could ask everything."""
    ran = here(desk, "plan", "--format", "json", *more)
    assert ran.code == 0, ran
    plan: dict[str, Any] = json.loads(ran.out)
    return plan


def guided(desk: Desk, here: Run, key: str, *more: str) -> dict[str, Any]:
    """The JSON of a guide."""
    guide: dict[str, Any] = json.loads(here(desk, "guide", key, "--format", "json", *more).out)
    return guide


def open_facets(plan: dict[str, Any]) -> dict[str, set[str]]:
    """The facets that are neither in sync nor attested, by key."""
    found = {
        key["path"]: {one["facet"] for one in key["facets"] if one["state"] not in ("in_sync", "attested")}
        for key in plan["keys"]
    }
    return {path: facets for path, facets in found.items() if facets}


def drift(desk: Desk) -> None:
    """On each exchange something that can be seen."""
    rights = desk.live(KRAKEN)["permissions"]
    desk.click(
        KRAKEN, permissions=[*rights, "withdraw-funds"], ip_whitelist=[CHARTER[0], HOSTS[0], "192.0.2.4"]
    )
    desk.click("whitebit-main/maker/bot", ip_whitelist=[*HOSTS, "192.0.2.4"])
    desk.click("cryptocom-main/desk", permissions=["trading", "withdrawal"])
    desk.click("bitget-main/arb/bot", permissions=[*BITGET_RIGHTS, "transfer"])


def attest_everything(desk: Desk, here: Run) -> None:
    """Somebody has looked at all that cannot be seen."""
    for key in UNSEEN:
        ran = here(desk, "attest", key, "--by", "Alice")
        assert ran.code == 0, ran


def test_what_no_exchange_shows_is_named_and_never_in_sync(annex: Desk, here: Run) -> None:
    plan = planned(annex, here)
    assert plan["changes"] == []
    assert open_facets(plan) == UNSEEN
    assert here(annex, "plan", "--detailed-exitcode").code == 2


def test_a_key_that_is_not_callable_from_here_is_not_called_where_that_could_harm_it(
    annex: Desk, here: Run
) -> None:
    planned(annex, here)
    assert {one["key_label"] for one in annex.requests() if one["exchange"] == "kraken"} == {"bot", "watcher"}


def test_what_has_an_api_is_changed_by_it_and_the_rest_is_left_to_guides(annex: Desk, here: Run) -> None:
    drift(annex)
    ran = here(annex, "apply", "--auto-approve")
    assert ran.code == 2
    assert "2 done, 4 to do on the website" in ran.out
    assert set(annex.live("bitget-main/arb/bot")["permissions"]) == set(BITGET_RIGHTS)
    assert annex.live("whitebit-main/maker/bot")["ip_whitelist"] == list(HOSTS)
    for key in (KRAKEN, "cryptocom-main/desk"):
        assert f"accesscfg guide {key}" in ran.out


def test_a_guided_fix_is_left_resumed_and_verified(annex: Desk, here: Run) -> None:
    drift(annex)
    guide = guided(annex, here, KRAKEN)
    assert guide["format_version"] == 1
    (untick,) = [step for step in guide["steps"] if step["kind"] == "untick"]
    assert untick["natives"] == ["withdraw-funds"]
    (paste,) = [step for step in guide["steps"] if step["kind"] == "paste"]
    assert paste["copy"] == ",".join([HOSTS[0], *CHARTER])

    resumed = guided(annex, here, KRAKEN, "--tick", "1", "--tick", untick["id"])
    assert {step["id"] for step in resumed["steps"] if step["done"]} == {
        guide["steps"][0]["id"],
        untick["id"],
    }
    ran = here(annex, "guide", KRAKEN, "--verify")
    assert ran.code == 2
    assert ran.out.startswith(f"still different: {KRAKEN}")

    rights = set(annex.live(KRAKEN)["permissions"]) - {"withdraw-funds"}
    annex.click(KRAKEN, permissions=sorted(rights), ip_whitelist=paste["copy"].split(","))
    ran = here(annex, "guide", KRAKEN, "--verify")
    assert ran.code == 0
    assert ran.out.startswith(f"verified: {KRAKEN}")
    assert guided(annex, here, KRAKEN)["steps"] == []


def test_addresses_are_given_one_after_the_other_where_the_page_takes_them_so(annex: Desk, here: Run) -> None:
    drift(annex)
    guide = guided(annex, here, KRAKEN, "--entry", "one")
    added = [step["copy"] for step in guide["steps"] if step["kind"] == "add"]
    assert added == [CHARTER[1]]


def test_what_a_harmless_call_tells_is_verified_and_the_rest_attested(annex: Desk, here: Run) -> None:
    key = "cryptocom-main/desk"
    drift(annex)
    ran = here(annex, "attest", key, "--facet", "permissions", "--by", "Alice")
    assert ran.code == 4
    assert (
        f"permissions of {key} differs from the declaration" in ran.err
    )  # a call tells that it may withdraw
    annex.click(key, permissions=["trading"])
    ran = here(annex, "guide", key, "--verify")
    assert ran.code == 2
    assert f"accesscfg attest {key} --facet permissions --facet ip_whitelist --by YOUR-NAME" in ran.out

    assert here(annex, "attest", key, "--by", "Alice").code == 0
    assert here(annex, "guide", key, "--verify").code == 0


def test_all_attested_is_in_order_until_a_pool_changes_or_an_exchange_does_not_answer(
    annex: Desk, here: Run
) -> None:
    attest_everything(annex, here)
    for command in ("plan", "status"):
        assert here(annex, command, "--detailed-exitcode").code == 0

    annex.fault("bitget", "*", "5xx", times=None)
    with hurried():
        ran = here(annex, "plan", "--detailed-exitcode")
    assert ran.code == 3
    annex.sandbox.clear_faults()

    (annex.folder / "pools" / "charter.txt").write_text(f"{CHARTER[0]}, 203.0.113.131\n")
    ran = here(annex, "plan", "--detailed-exitcode")
    assert ran.code == 2
    plan = planned(annex, here)
    assert {change["key"] for change in plan["changes"]} == {KRAKEN}
    assert open_facets(plan) == {KRAKEN: {"ip_whitelist"}, "kraken-main/extra": {"ip_whitelist"}}


def test_a_list_that_a_platform_gave_to_another_key_is_refused_before_anything_is_asked(
    annex: Desk, here: Run
) -> None:
    annex.declare("[pool:cluster]", "[pool:charter]")
    ran = here(annex, "plan")
    assert ran.code == 65
    assert "charter" in ran.err
    assert annex.requests() == []


def test_a_guide_of_a_key_that_nobody_here_can_ask_goes_through_all_that_is_declared(
    annex: Desk, here: Run
) -> None:
    guide = guided(annex, here, "kraken-main/extra")
    assert guide["purpose"] == "compare"
    assert set(guide["attests"]) == UNSEEN["kraken-main/extra"]
    assert {one["entry"] for one in guide["wanted"]["addresses"]} == set(CHARTER)
    assert annex.requests() == []
