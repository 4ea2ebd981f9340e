"""A person on the website changes what the API cannot, and is refused what the website refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from accesscfg.sandbox import Sandbox, WorldError
from tests.sandbox.raw import BinanceClient, BybitClient, now_ms
from tests.sandbox.worlds import BYBIT_SUB, HERE, OKX_SUB, key, world

DAY_MS = 86_400_000


def at(exchange: str, name: str = "manager", sub: str | None = None, **more: object) -> dict[str, object]:
    place = {"exchange": exchange, "account": "main", "key": name, "action": "set"}
    return {**place, **({"sub_account": sub} if sub else {}), **more}


def test_addresses_and_permissions_of_an_own_key(
    sandbox: Sandbox, binance: Callable[..., BinanceClient]
) -> None:
    wanted = {"ip_whitelist": [HERE, "203.0.113.9"], "permissions": ["enableReading", "enableWithdrawals"]}
    answer = sandbox.website(at("binance", "reader", set=wanted))
    assert answer["key"]["ip_whitelist"] == [HERE, "203.0.113.9"]
    assert "api_secret" not in answer["key"]
    assert (
        binance("reader").call("GET", "/sapi/v1/account/apiRestrictions").json()["enableWithdrawals"] is True
    )


def test_what_is_not_set_stays(sandbox: Sandbox) -> None:
    before = sandbox.state()["exchanges"]["okx"]["accounts"][0]["keys"][0]
    after = sandbox.website(at("okx", set={"label": "renamed"}))["key"]
    assert after == {**before, "label": "renamed"}


@pytest.mark.parametrize("name", ["bots", BYBIT_SUB, "bots@main.example"])
def test_a_sub_account_by_any_of_its_names(sandbox: Sandbox, name: str) -> None:
    answer = sandbox.website(at("bybit", "bot", name, set={"ip_whitelist": None}))
    assert answer["key"]["ip_whitelist"] is None


def test_a_key_that_a_person_makes_works(sandbox: Sandbox, bybit: Callable[..., BybitClient]) -> None:
    answer = sandbox.website(at("bybit", "made", action="create", set={"permissions": ["Spot:SpotTrade"]}))
    client = bybit(answer["key"]["api_key"], made_secret=answer["api_secret"])
    assert client.get("/v5/user/query-api")["result"]["note"] == "made"
    assert "passphrase" not in answer
    assert sandbox.website(at("okx", "made", OKX_SUB, action="create"))["passphrase"]


def test_a_key_that_a_person_deletes_is_gone(sandbox: Sandbox, bybit: Callable[..., BybitClient]) -> None:
    assert sandbox.website(at("bybit", "trader", action="delete")) == {}
    assert bybit("trader").get("/v5/user/query-api")["retCode"] == 10003


def test_saving_without_restriction_renews_a_bybit_key(
    sandbox: Sandbox, bybit: Callable[..., BybitClient]
) -> None:
    given = world()
    ended = key("ended", ["Spot:SpotTrade"], None, created_at=now_ms() - 100 * DAY_MS)
    given["exchanges"]["bybit"]["accounts"][0]["keys"].append(ended)
    sandbox.load(given)
    assert bybit("ended").get("/v5/user/query-api")["retCode"] == 33004
    sandbox.website(at("bybit", "ended", set={"ip_whitelist": None}))
    assert bybit("ended").get("/v5/user/query-api")["result"]["deadlineDay"] in (89, 90)


@pytest.mark.parametrize("exchange", ["bybit", "okx"])
def test_keys_of_an_application_are_not_edited_but_deleted(sandbox: Sandbox, exchange: str) -> None:
    given = world()
    given["exchanges"][exchange]["accounts"][0]["keys"].append(key("bound", [], None, app="Platform"))
    sandbox.load(given)
    with pytest.raises(WorldError, match="cannot be edited"):
        sandbox.website(at(exchange, "bound", set={"ip_whitelist": [HERE]}))
    with pytest.raises(WorldError, match="when it is made"):
        sandbox.website(at(exchange, set={"app": "Platform"}))
    assert (
        sandbox.website(at(exchange, "tied", action="create", set={"app": "Platform"}))["key"]["app"]
        == "Platform"
    )
    assert sandbox.website(at(exchange, "bound", action="delete")) == {}


MANY = [f"203.0.113.{number}" for number in range(40)]


@pytest.mark.parametrize(
    ("request_body", "error"),
    [
        (at("nowhere"), "no such exchange"),
        (at("binance", "nobody"), "no key 'nobody' in main"),
        (at("binance", "bot", "nobody"), "no such account: main/nobody"),
        (at("binance", action="fly"), "action is one of"),
        (at("binance", set={"colour": "red"}), "unknown field 'colour'"),
        (at("binance", set={"ip_whitelist": []}), "the list is empty"),
        (at("binance", set={"ip_whitelist": ["here"]}), "is not an IP address"),
        (at("binance", set={"ip_whitelist": ["203.0.113.0/24"]}), "networks are not accepted"),
        (at("binance", set={"ip_whitelist": ["2001:db8::1"]}), "IPv6 is not accepted"),
        (at("binance", set={"ip_whitelist": MANY[:31]}), "at most 30"),
        (at("binance", set={"permissions": ["enableEverything"]}), "no such permission: enableEverything"),
        (at("binance", "reader", set={"permissions": ["enableWithdrawals"]}), "trusted IPs"),
        (at("binance", "bot", "bots", set={"permissions": ["enableWithdrawals"]}), "no such permission"),
        (at("bybit", set={"ip_whitelist": ["203.0.113.0/24"]}), "networks are not accepted"),
        (at("bybit", set={"permissions": ["Affiliate:Affiliate", "Spot:SpotTrade"]}), "only permission"),
        (at("bybit", "bot", "bots", set={"permissions": ["Wallet:Withdraw"]}), "no such permission"),
        (at("okx", set={"ip_whitelist": MANY[:21]}), "at most 20"),
        (at("okx", "bot", OKX_SUB, set={"permissions": ["withdraw"]}), "no such permission"),
        (at("okx", "reader", set={"label": "manager"}), "already there"),
        (at("okx", "reader", set={"expires_at": "soon"}), "set.expires_at"),
        ({"exchange": "okx"}, "account is missing"),
        ("x", "must be a mapping"),
    ],
)
def test_what_the_website_refuses(
    sandbox: Sandbox, http: httpx.Client, request_body: object, error: str
) -> None:
    before = sandbox.state()
    answer = http.post(f"{sandbox.url}/_sandbox/website", json=request_body)
    assert answer.status_code == 400
    assert error in answer.json()["error"]
    assert sandbox.state() == before


def test_two_keys_of_one_name_must_be_told_apart_by_id(sandbox: Sandbox) -> None:
    given = world()
    twin: dict[str, Any] = {**key("twin", ["Spot:SpotTrade"], None), "label": "manager"}
    given["exchanges"]["bybit"]["accounts"][0]["keys"].append(twin)
    sandbox.load(given)
    with pytest.raises(WorldError, match="more than one key 'manager'"):
        sandbox.website(at("bybit", set={"label": "x"}))
    assert sandbox.website(at("bybit", "twin", set={"label": "x"}))["key"]["label"] == "x"
