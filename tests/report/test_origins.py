"""Addresses and pools as every rendering tells them."""

from __future__ import annotations

from pathlib import Path

import pytest

from accesscfg.model.networks import Unrestricted, Whitelist
from accesscfg.model.origins import Origin, Place
from accesscfg.model.plan import Plan
from accesscfg.report import plan_to_json, plan_to_markdown, plan_to_text, status_to_text
from tests.report.test_document import check
from tests.support.build import addresses
from tests.support.pooled import WORDS, plan_of

TEXT = """
version: 1
ip_pools:
  bitsgap: [203.0.113.1, 203.0.113.2, 203.0.113.3, 203.0.113.4, 203.0.113.5]
  office: [198.51.100.1]
exchanges:
  main:
    exchange: toy
    egress: {addresses: [192.0.2.1]}
    keys:
      bot: {permissions: [read], ip_whitelist: [WANTED]}
      other: {permissions: [read], ip_whitelist: [pool:bitsgap]}
"""
BITSGAP = tuple(f"203.0.113.{n}" for n in range(1, 6))


def plan(folder: Path, wanted: str, live: Whitelist) -> Plan:
    """The plan for a key with one list declared and another live, beside one that is not looked at."""
    return plan_of(folder, TEXT.replace("WANTED", wanted), {"main/bot": live}, only=["main/bot"])


def lines(folder: Path, wanted: str, live: Whitelist) -> list[str]:
    return [
        line.rpartition("  [")[0].rstrip() or line
        for line in plan_to_text(plan(folder, wanted, live), WORDS, width=200).splitlines()
    ]


@pytest.mark.parametrize(
    ("wanted", "live", "said"),
    [
        ("pool:office, 192.0.2.9", addresses("192.0.2.9"), "198.51.100.1 (pool office)"),
        ("198.51.100.1, 192.0.2.9", addresses("192.0.2.9"), "198.51.100.1 (known as pool office)"),
        ("192.0.2.1, 192.0.2.9", addresses("192.0.2.9"), "192.0.2.1 (known as egress of main)"),
        ("192.0.2.8, 192.0.2.9", addresses("192.0.2.9"), "192.0.2.8"),
        (
            "pool:bitsgap, pool:office, 192.0.2.8, 192.0.2.9",
            addresses("192.0.2.9"),
            f"192.0.2.8, 198.51.100.1 (pool office), {', '.join(BITSGAP)} (these 5: pool bitsgap)",
        ),
    ],
)
def test_addresses_that_come_say_their_pool(wanted: str, live: Whitelist, said: str, tmp_path: Path) -> None:
    (line,) = [one for one in lines(tmp_path, wanted, live) if "grants   IP whitelist" in one]
    assert line.endswith(f"IP whitelist   {said}")


def test_a_key_that_gets_its_first_list_says_its_pools(tmp_path: Path) -> None:
    (line,) = [one for one in lines(tmp_path, "pool:office", Unrestricted()) if "IP whitelist   from" in one]
    assert line.endswith("from unrestricted to 198.51.100.1 (pool office)")


def test_addresses_that_leave_say_where_else_they_are_known(tmp_path: Path) -> None:
    live = addresses("198.51.100.1", "192.0.2.9", "192.0.2.77")
    (line,) = [one for one in lines(tmp_path, "192.0.2.9", live) if "revokes  IP whitelist" in one]
    assert line.endswith("192.0.2.77, 198.51.100.1 (known as pool office)")


@pytest.mark.parametrize(
    ("wanted", "live", "said"),
    [
        ("pool:office, 192.0.2.9", addresses("198.51.100.1"), "198.51.100.1 (pool office)"),
        ("pool:bitsgap, 192.0.2.9", addresses(*BITSGAP), "5 of pool bitsgap"),
        (
            "pool:bitsgap, 192.0.2.5, 192.0.2.6, 192.0.2.7, 192.0.2.8, 192.0.2.9",
            addresses(*BITSGAP[:2], *(f"192.0.2.{n}" for n in range(5, 9))),
            "4 of no pool, 203.0.113.1, 203.0.113.2 (these 2: pool bitsgap)",
        ),
    ],
)
def test_addresses_that_stay_are_told_with_their_pools(
    wanted: str, live: Whitelist, said: str, tmp_path: Path
) -> None:
    made = plan(tmp_path, wanted, live)
    assert f"     stay: {said}\n" in plan_to_text(made, WORDS)
    assert f"- stay: {said}\n" in plan_to_markdown(made, WORDS)


def test_where_no_address_stays_nothing_is_said_to(tmp_path: Path) -> None:
    assert "stay:" not in plan_to_text(plan(tmp_path, "pool:office", addresses("192.0.2.9")), WORDS)


def test_the_keys_of_a_pool_that_changes_are_named_with_what_becomes_of_them(tmp_path: Path) -> None:
    made = plan(tmp_path, "pool:bitsgap", addresses(*BITSGAP[:4]))
    assert (
        "IP pools with changes, and every key that lists them\n"
        "  bitsgap  changed by this plan  main/bot\n"
        "           not looked at         main/other\n"
    ) in plan_to_text(made, WORDS)
    assert (
        "<summary>IP pools with changes, and every key that lists them</summary>\n\n"
        "- bitsgap: changed by this plan: main/bot\n"
        "- bitsgap: not looked at: main/other\n"
    ) in plan_to_markdown(made, WORDS)


def test_a_status_says_them_too(tmp_path: Path) -> None:
    made = plan(tmp_path, "pool:office", addresses("203.0.113.1"))
    said = "declared 198.51.100.1 (pool office); live 203.0.113.1 (known as pool bitsgap)"
    assert said in status_to_text(made, WORDS, width=200)


def test_json_tells_what_becomes_of_each_address_and_where_it_is_from(tmp_path: Path) -> None:
    document = plan_to_json(plan(tmp_path, "pool:office, 192.0.2.9", addresses("192.0.2.9", "203.0.113.1")))
    check(document)
    assert [change["origins"] for change in document["changes"]] == [
        [
            {"address": "192.0.2.9", "effect": "stays", "pool": None, "known": []},
            {"address": "198.51.100.1", "effect": "comes", "pool": "office", "known": []},
            {
                "address": "203.0.113.1",
                "effect": "stays",
                "pool": None,
                "known": [{"kind": "pool", "name": "bitsgap"}],
            },
        ],
        [
            {"address": "192.0.2.9", "effect": "stays", "pool": None, "known": []},
            {"address": "198.51.100.1", "effect": "stays", "pool": "office", "known": []},
            {
                "address": "203.0.113.1",
                "effect": "leaves",
                "pool": None,
                "known": [{"kind": "pool", "name": "bitsgap"}],
            },
        ],
    ]
    assert document["pools"] == [
        {"pool": "office", "keys": [{"key": "main/bot", "changed": True, "state": "drift"}]}
    ]


def test_many_accounts_that_are_called_from_one_address_are_counted_and_a_few_named() -> None:
    pool = Place("pool", "cluster")
    two, three = ([Place("egress", f"main-{number}") for number in range(most)] for most in (2, 3))
    assert str(Origin(known=(pool, *two))) == "known as pool cluster, egress of main-0, egress of main-1"
    assert str(Origin(known=(pool, *three))) == "known as pool cluster, egress of 3 accounts"
