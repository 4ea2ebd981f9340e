"""Whitelists: every address once, pools written out, nothing that the exchange would not take."""

from __future__ import annotations

from pathlib import Path

import pytest

from accesscfg.model.networks import Addresses, AppBound, Unrestricted
from tests.config.workspaces import Expected, check, declaration, key, one_key

READ = "permissions: [read]\n"
POOLS = "ip_pools:\n  cluster: [203.0.113.10, 203.0.113.11]\n  other: [203.0.113.11, 203.0.113.12]\n"


def listed(*entries: str, exchange: str = "toy", pools: str = "") -> str:
    return key(f"{READ}ip_whitelist: [{', '.join(entries)}]", exchange) + pools


def test_a_whitelist_is_a_set_of_canonical_entries(tmp_path: Path) -> None:
    text = listed('"2001:DB8::0007"', "203.0.113.8/29", "203.0.113.1/32")
    whitelist = one_key(declaration(tmp_path, text)).whitelist
    assert whitelist == Addresses(frozenset({"2001:db8::7", "203.0.113.8/29", "203.0.113.1"}))


def test_pools_are_written_out_and_remembered(tmp_path: Path) -> None:
    bot = one_key(declaration(tmp_path, listed("pool:cluster", "pool:other", pools=POOLS)))
    assert bot.whitelist == Addresses(frozenset({"203.0.113.10", "203.0.113.11", "203.0.113.12"}))
    assert bot.origins == {"203.0.113.10": "cluster", "203.0.113.11": "cluster", "203.0.113.12": "other"}


def test_unrestricted_and_app_are_values_of_their_own(tmp_path: Path) -> None:
    assert (
        one_key(declaration(tmp_path, key(READ + "ip_whitelist: unrestricted"))).whitelist == Unrestricted()
    )
    assert one_key(declaration(tmp_path, key(READ + "app: Gridbot"))).whitelist == AppBound("Gridbot")


REFUSED: dict[str, tuple[str, list[Expected]]] = {
    "both": (
        key(READ + "ip_whitelist: [203.0.113.7]\n§app: Gridbot"),
        [("app_and_whitelist", "`ip_whitelist` or `app`, not both")],
    ),
    "a zone": (listed('§"fe80::1%eth0"'), [("bad_address", "a zone")]),
    "everything": (listed("§0.0.0.0/0"), [("bad_address", "whole internet", "unrestricted")]),
    "host bits": (
        listed("§203.0.113.9/29"),
        [("bad_address", "host bits set; write 203.0.113.8/29 or the address 203.0.113.9")],
    ),
    "no address": (listed("§example.com"), [("bad_address", "`example.com`: not an IPv4 or IPv6 address")]),
    "leading zeros": (listed("§203.0.113.007"), [("bad_address", "`203.0.113.007`")]),
    "several in one text": (
        listed('§"203.0.113.7, 203.0.113.8"'),
        [("bad_address", "one address an entry")],
    ),
    "an address twice": (
        listed("203.0.113.7", "§203.0.113.7/32"),
        [("address_twice", "203.0.113.7 stands in this list twice; first at", "exchanges.yaml:8:24")],
    ),
    "in a pool and here": (
        listed("§203.0.113.10", "pool:cluster", pools=POOLS),
        [
            (
                "address_twice",
                "203.0.113.10 stands here and in pool `cluster`",
                "exchanges.yaml:10:3",
                "leave it to the pool",
            )
        ],
    ),
    "a pool twice": (
        listed("pool:cluster", "§pool:cluster", pools=POOLS),
        [("pool_twice", "`pool:cluster` stands in this list twice")],
    ),
    "a pool that is not there": (
        listed("§pool:clutser", pools=POOLS),
        [("unknown_pool", "there is no pool `clutser`", "did you mean `cluster`?")],
    ),
    "a pool where there are none": (listed("§pool:x"), [("unknown_pool", "there is no pool `x`")]),
    "too many": (
        key(f"{READ}ip_whitelist: §[pool:cluster, pool:more]")
        + POOLS
        + "  more: [203.0.113.1, 203.0.113.2, 203.0.113.3]\n",
        [("too_many_addresses", "5 addresses and networks; Toy takes at most 4")],
    ),
    "a network": (
        listed("§203.0.113.8/29", exchange="plain"),
        [("network", "203.0.113.8/29: Plain takes single addresses, no networks")],
    ),
    "IPv6": (listed('§"2001:db8::7"', exchange="plain"), [("ipv6", "Plain takes IPv4 addresses only")]),
    "a network of a pool": (
        listed("§pool:net", exchange="plain", pools="ip_pools: {net: [203.0.113.8/29]}\n"),
        [("network", "203.0.113.8/29 (of pool net): Plain takes single addresses")],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_a_whitelist_is_refused(case: str, tmp_path: Path) -> None:
    text, expected = REFUSED[case]
    check(tmp_path, text, *expected)


SPECIAL = {
    "10.1.2.3": "a private address",
    "172.31.0.0/16": "a private address",
    "192.168.1.1": "a private address",
    "100.64.0.1": "a carrier-internal address",
    "169.254.1.1": "a link-local address",
    "224.0.0.1": "a multicast address",
    "255.255.255.255": "a reserved address",
    "0.0.0.1": "a this-network address",
    "fd00::1": "a private address",
    "fe80::1": "a link-local address",
    "ff02::1": "a multicast address",
    "::ffff:0:1": "an IPv4-mapped address",
}
MADE_UP = {
    "203.0.113.7": "a documentation address",
    "127.0.0.2": "a loopback address",
    "2001:db8::1": "a documentation address",
    "::1": "a loopback address",
}


@pytest.mark.parametrize("address", SPECIAL)
@pytest.mark.parametrize("sandbox", [True, False])
def test_an_address_that_no_exchange_can_see_is_warned_about(
    address: str, sandbox: bool, tmp_path: Path
) -> None:
    check(tmp_path, listed(f'§"{address}"'), ("~special_address", SPECIAL[address]), sandbox=sandbox)


@pytest.mark.parametrize("address", MADE_UP)
def test_addresses_of_the_sandbox_are_ordinary_only_there(address: str, tmp_path: Path) -> None:
    check(tmp_path, listed(f'§"{address}"'), ("~special_address", MADE_UP[address]), sandbox=False)
    check(tmp_path, listed(f'"{address}"'), sandbox=True)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "192.0.3.1", "2a00::1", "11.0.0.0/24"]
)
def test_an_ordinary_address_is_nothing_to_talk_about(address: str, tmp_path: Path) -> None:
    check(tmp_path, listed(f'"{address}"'), sandbox=False)


def test_an_address_is_warned_about_once(tmp_path: Path) -> None:
    text = listed("§10.0.0.1") + "      other: {permissions: [read], ip_whitelist: [10.0.0.1]}\n"
    check(tmp_path, text, ("~special_address",))
