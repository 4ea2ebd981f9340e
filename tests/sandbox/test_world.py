"""Worlds that can be, and what is said about those that cannot."""

from __future__ import annotations

from typing import Any

import pytest

from accesscfg.sandbox import World, WorldError
from accesscfg.sandbox.registry import SIMULATORS
from tests.sandbox.worlds import world

SMALL = """
seed: 1
exchanges:
  bybit:
    accounts:
      - id: fund
        uid: 1000
        keys:
          - api_key: abc
            label: manager
            permissions: ["Spot:SpotTrade"]
            ip_whitelist: ["127.0.0.1"]
            created_at: 2026-01-31
            expires_at: 2026-02-28T12:00:00+01:00
            last_used_at: 1769900000000
        sub_accounts:
          - {id: grid-1, uid: "53888000"}
"""


def account(**change: object) -> dict[str, Any]:
    return {"exchanges": {"bybit": {"accounts": [{"id": "fund", **change}]}}}


def with_key(exchange: str = "bybit", **change: object) -> dict[str, Any]:
    return {"exchanges": {exchange: {"accounts": [{"id": "fund", "keys": [{"label": "k", **change}]}]}}}


def test_every_exchange_is_there_even_if_the_file_does_not_name_it() -> None:
    state: Any = World.from_yaml("{}").state()
    assert list(state["exchanges"]) == list(SIMULATORS)


def test_state_has_the_form_of_the_file() -> None:
    state: Any = World.from_yaml(SMALL).state()
    fund = state["exchanges"]["bybit"]["accounts"][0]
    assert (fund["id"], fund["uid"], fund["sub_accounts"][0]["uid"]) == ("fund", "1000", "53888000")
    assert fund["keys"] == [
        {
            "api_key": "abc",
            "public_key": None,
            "label": "manager",
            "permissions": ["Spot:SpotTrade"],
            "ip_whitelist": ["127.0.0.1"],
            "app": None,
            "enabled": True,
            "created_at": "2026-01-31T00:00:00Z",
            "expires_at": "2026-02-28T11:00:00Z",
            "last_used_at": "2026-01-31T22:53:20Z",
        }
    ]


def test_a_state_can_be_read_back_as_a_world() -> None:
    given = world()
    given["exchanges"]["okx"]["accounts"][0]["keys"].append({"label": ""})
    first = World.from_yaml(given).state()
    assert World.from_yaml(first).state() == first


def test_secrets_are_made_up_and_never_shown() -> None:
    made = World.from_yaml(SMALL)
    key = made.venues["bybit"].accounts[0].keys[0]
    assert key.api_secret is not None
    assert key.api_secret not in str(made.state())
    assert key.api_secret not in repr(key)


def test_a_seed_makes_the_same_secrets_again() -> None:
    secrets = [World.from_yaml(SMALL).venues["bybit"].accounts[0].keys[0].api_secret for _ in range(2)]
    assert secrets[0] == secrets[1]
    other = World.from_yaml(SMALL.replace("seed: 1", "seed: 2"))
    assert other.venues["bybit"].accounts[0].keys[0].api_secret != secrets[0]


def test_an_empty_whitelist_is_unrestricted() -> None:
    made = World.from_yaml(with_key(ip_whitelist=[]))
    assert made.venues["bybit"].accounts[0].keys[0].ip_whitelist is None


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ("a: [", "not YAML"),
        ("- a", "top level: must be a mapping"),
        ({"exchange": {}}, "unknown field 'exchange'"),
        ({"seed": "x"}, "seed: must be a whole number"),
        ({"exchanges": {"mtgox": {}}}, "exchanges: unknown field 'mtgox'; known: binance, "),
        ({"exchanges": {"bybit": {"accounts": {}}}}, "exchanges.bybit.accounts: must be a list"),
        ({"exchanges": {"bybit": {"accounts": [{}]}}}, "accounts[0]: id is missing"),
        ({"exchanges": {"bybit": {"accounts": [{"id": "a"}, {"id": "a"}]}}}, "a second account 'a'"),
        ({"exchanges": {"binance": {"options": {"ip_post": "guess"}}}}, "must be one of replace, add"),
        ({"exchanges": {"binance": {"options": {"odd": 1}}}}, "unknown field 'odd'"),
        (account(uid="x1"), "uid must be digits"),
        (account(id=True), "id: must be text"),
        (account(id=""), "id: must not be empty"),
        (account(seen_as="10.0.0.0/8"), "seen_as: '10.0.0.0/8'"),
        (account(sub_accounts=[{"id": "a"}, {"id": "a"}]), "a second sub-account with id 'a'"),
        (account(sub_accounts=[{"id": "a", "sub_accounts": []}]), "unknown field 'sub_accounts'"),
        (account(keys=[{"api_key": "a"}, {"api_key": "a"}]), "keys[1]: this api_key is already in use"),
        (with_key(secret="x"), "unknown field 'secret'"),
        (with_key(ip_whitelist=["10.0.0.0/8"]), "ip_whitelist: '10.0.0.0/8': networks are not accepted"),
        (with_key("okx", ip_whitelist=["10.0.0.1/8"]), "is not an IP address"),
        (with_key(ip_whitelist="127.0.0.1"), "must be a list"),
        (with_key(enabled="yes"), "must be true or false"),
        (with_key(created_at="soon"), "created_at"),
        (with_key(expires_at=True), "a time is"),
        (with_key(public_key="x"), "public_key: not a public key"),
    ],
)
def test_worlds_that_cannot_be(given: Any, error: str) -> None:
    with pytest.raises(WorldError) as caught:
        World.from_yaml(given)
    assert error in str(caught.value)
