"""ccxt against the simulated Crypto.com Exchange, unchanged but for its address."""

from __future__ import annotations

import httpx
import pytest

from accesscfg.sandbox import Sandbox
from tests.sandbox.clients import ccxt_client, refusal, tamper
from tests.sandbox.test_cryptocom import DESK, MASTER, MINUTE_MS, world


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    server.load(world())
    return server


def test_ccxt_reads_the_balance(sandbox: Sandbox) -> None:
    with ccxt_client("cryptocom", sandbox.url, "reader") as client:
        client.options["skipFetchCurrencies"] = True
        assert client.fetch_balance()["info"]["code"] == 0


def test_ccxt_reads_the_accounts(sandbox: Sandbox) -> None:
    with ccxt_client("cryptocom", sandbox.url, "reader") as client:
        result = client.v1PrivatePostPrivateGetAccounts({"page": "0", "page_size": "30"})["result"]
        client.markets = {}
        accounts = client.fetch_accounts()
    assert result["this_account"] == {"uuid": MASTER, "hierarchy": "MASTER"}
    assert [account["id"] for account in accounts] == [DESK, MASTER]


def test_ccxt_signs_numbers_lists_and_maps_that_are_nested(sandbox: Sandbox) -> None:
    """They are not asked for by any call that is simulated, but they are signed all the same."""
    params = {"currency": "BTC", "page": 0, "page_size": 20, "more": [{"a": "x", "b": "2"}, {"c": "3"}]}
    with ccxt_client("cryptocom", sandbox.url, "treasury") as client:
        assert client.v1PrivatePostPrivateGetWithdrawalHistory(params)["result"] == {"withdrawal_list": []}


def test_a_wrong_secret(sandbox: Sandbox) -> None:
    with ccxt_client("cryptocom", sandbox.url, "reader", "wrong") as client:
        said = refusal(client.v1PrivatePostPrivateGetAccounts)
    assert "40101" in said
    assert "UNAUTHORIZED" in said


def test_one_changed_byte(sandbox: Sandbox) -> None:
    with ccxt_client("cryptocom", sandbox.url, "reader") as client:
        tamper(client.session, '"page":"0"', '"page":"1"')
        assert "40101" in refusal(client.v1PrivatePostPrivateGetAccounts, {"page": "0"})


@pytest.mark.parametrize("off_ms", [2 * MINUTE_MS, -2 * MINUTE_MS])
def test_an_old_or_early_nonce(sandbox: Sandbox, off_ms: int) -> None:
    with ccxt_client("cryptocom", sandbox.url, "reader") as client:
        right = client.milliseconds()
        client.nonce = lambda: right + off_ms
        assert "40102" in refusal(client.v1PrivatePostPrivateGetAccounts)


def test_a_foreign_address(sandbox: Sandbox) -> None:
    with ccxt_client("cryptocom", sandbox.url, "away") as client:
        said = refusal(client.v1PrivatePostPrivateGetAccounts)
    assert "40103" in said
    assert "IP_ILLEGAL" in said


def test_a_missing_right(sandbox: Sandbox) -> None:
    with ccxt_client("cryptocom", sandbox.url, "trader") as client:
        client.v1PrivatePostPrivateGetAccounts()
        assert "40101" in refusal(client.v1PrivatePostPrivateGetWithdrawalHistory)


def test_the_old_numbering_is_understood_by_ccxt_too(sandbox: Sandbox) -> None:
    import ccxt

    sandbox.load(world(codes="old", numbers="text"))
    with ccxt_client("cryptocom", sandbox.url, "away") as client, pytest.raises(ccxt.PermissionDenied):
        client.v1PrivatePostPrivateGetAccounts()


def test_a_request_that_ccxt_signed_is_accepted_as_it_stands(sandbox: Sandbox, http: httpx.Client) -> None:
    with ccxt_client("cryptocom", sandbox.url, "reader") as client:
        made = client.sign("private/user-balance", ["v1", "private"], "POST", {})
    answer = http.post(made["url"], content=made["body"]).json()
    assert (answer["code"], answer["method"]) == (0, "private/user-balance")
