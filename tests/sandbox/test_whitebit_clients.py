"""ccxt works against the simulator, and is refused as WhiteBIT refuses."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from accesscfg.sandbox import Sandbox
from tests.sandbox.clients import ccxt_client, refusal, tamper
from tests.sandbox.test_whitebit import SUB_ID, stored, world


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    server.load(world())
    return server


@contextmanager
def ccxt(sandbox: Sandbox, key: str = "manager", secret: str | None = None) -> Iterator[Any]:
    with ccxt_client("whitebit", sandbox.url, key, secret) as client:
        client.set_markets([])  # else it would ask for them first
        yield client


def test_balances_and_time(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "wide") as client:
        assert client.fetch_balance()["USDT"] == {"free": 50.0, "used": 1.5, "total": 51.5}
        assert client.fetch_balance({"account": "main"})["BTC"]["total"] == 0.5
        assert abs(client.fetch_time() - time.time() * 1000) < 5000


def test_keys_of_a_sub_account_are_listed_and_changed(sandbox: Sandbox) -> None:
    with ccxt(sandbox) as client:
        rows = client.v4PrivatePostSubAccountApiKeyList({"subAccountId": SUB_ID})["data"]
        bot = next(row["id"] for row in rows if row["title"] == "bot")
        client.v4PrivatePostSubAccountApiKeyIpAddressCreate({"apiKeyId": bot, "ip": "203.0.113.9"})
        client.v4PrivatePostSubAccountApiKeyEdit(
            {"apiKeyId": bot, "title": "bot", "urls": [{"url": "/api/v4/order/new", "enable": False}]}
        )
    after = stored(sandbox)
    assert after["permissions"] == ["/api/v4/main-account/balance"]
    assert after["ip_whitelist"][-1] == "203.0.113.9"


def test_wrong_secret(sandbox: Sandbox) -> None:
    with ccxt(sandbox, secret="another") as client:
        assert '{"code":10,"message":"Unauthorized request."}' in refusal(client.fetch_balance)


def test_unknown_key(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "nobody") as client:
        assert '{"code":10,"message":"Unauthorized request."}' in refusal(client.fetch_balance)


def test_one_changed_byte(sandbox: Sandbox) -> None:
    with ccxt(sandbox) as client:
        tamper(client.session, "203.0.113.7", "203.0.113.9")
        call = client.v4PrivatePostSubAccountApiKeyIpAddressDelete
        assert '{"code":9,"message":"Invalid payload."}' in refusal(
            call, {"apiKeyId": "x", "ip": "203.0.113.7"}
        )


def test_a_foreign_address_deactivates_the_key(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "away") as client:
        told = '{"code":2,"message":"This action is unauthorized. Enable your key in API settings"}'
        assert told in refusal(client.v4PrivatePostMarketFee)
    assert stored(sandbox, "away")["enabled"] is False


def test_a_right_that_is_missing(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "treasury") as client:
        told = '{"code":4,"message":"This API Key is not authorized to perform this action."}'
        assert told in refusal(client.v4PrivatePostSubAccountList)


def test_a_nonce_that_is_not_above_the_last(sandbox: Sandbox) -> None:
    with ccxt(sandbox) as client:
        client.incrementing_nonce = lambda: 5
        assert client.v4PrivatePostMarketFee()["taker"] == "0.1"
        assert '{"code":0,"message":"Too many requests.","errors":{}}' in refusal(
            client.v4PrivatePostMarketFee
        )
