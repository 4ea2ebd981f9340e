"""ccxt and python-okx work against the simulator, and are refused as OKX refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

from accesscfg.sandbox import Sandbox
from tests.sandbox.clients import ccxt_client, okx_sdk, refusal, tamper
from tests.sandbox.raw import now_ms
from tests.sandbox.worlds import OKX_SUB, world

# python-okx makes its timestamp with datetime.utcnow() and gives httpx its body as `data`
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*utcnow:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning"),
]
MODIFY = {"subAcct": OKX_SUB, "apiKey": "bot", "ip": "203.0.113.9"}


def by_ccxt(url: str, key: str, secret: str | None = None, *, write: bool = False) -> dict[str, Any]:
    """The answer; a refusal as the body that ccxt quotes."""
    import ccxt

    with ccxt_client("okx", url, key, secret) as client:
        call = client.privatePostUsersSubaccountModifyApikey if write else client.privateGetAccountConfig
        try:
            return call(MODIFY if write else {})
        except ccxt.BaseError as error:
            quoted = re.search(r"\{.*\}", str(error))
            assert quoted is not None
            return json.loads(quoted.group())


def by_sdk(url: str, key: str, secret: str | None = None, *, write: bool = False) -> dict[str, Any]:
    opened: AbstractContextManager[Any] = okx_sdk("sub_account" if write else "account", url, key, secret)
    with opened as client:
        if write:
            return client.reset_subaccount_apikey(OKX_SUB, "bot", ip="203.0.113.9")
        return client.get_account_config()


@pytest.fixture(params=[by_ccxt, by_sdk], ids=["ccxt", "sdk"])
def ask(request: pytest.FixtureRequest) -> Callable[..., dict[str, Any]]:
    return request.param


def test_right_secret(sandbox: Sandbox, ask: Callable[..., dict[str, Any]]) -> None:
    answer = ask(sandbox.url, "manager")
    assert answer["code"] == "0"
    assert (answer["data"][0]["perm"], answer["data"][0]["ip"]) == ("read_only,trade", "127.0.0.1")


def test_wrong_secret(sandbox: Sandbox, ask: Callable[..., dict[str, Any]]) -> None:
    assert ask(sandbox.url, "manager", "other")["code"] == "50113"


@pytest.mark.parametrize("hours", [-1, 1])
def test_old_or_early_timestamp(sandbox: Sandbox, ask: Callable[..., dict[str, Any]], hours: int) -> None:
    sandbox.set_clock(now_ms() + hours * 3_600_000)
    assert ask(sandbox.url, "manager")["code"] == "50102"


def test_address_not_on_the_whitelist(sandbox: Sandbox, ask: Callable[..., dict[str, Any]]) -> None:
    answer = ask(sandbox.url, "away")
    assert answer["code"] == "50110"
    assert "127.0.0.1" in answer["msg"], "OKX names the address it saw"
    assert "data" not in answer


def test_unknown_key(sandbox: Sandbox, ask: Callable[..., dict[str, Any]]) -> None:
    assert ask(sandbox.url, "nobody")["code"] == "50119"


def test_missing_permission(sandbox: Sandbox, ask: Callable[..., dict[str, Any]]) -> None:
    assert ask(sandbox.url, "blind")["code"] == "50120"
    assert ask(sandbox.url, "reader", write=True)["code"] == "50120"


def test_managing_keys_needs_a_main_key_bound_to_addresses(
    sandbox: Sandbox, ask: Callable[..., dict[str, Any]]
) -> None:
    sandbox.load(world(okx={"rate_limits": False}))
    assert ask(sandbox.url, "unbound", write=True)["code"] == "50035"
    assert ask(sandbox.url, "local", write=True)["code"] == "59500"
    assert ask(sandbox.url, "manager", write=True)["code"] == "0"


def test_one_changed_byte_of_ccxt(sandbox: Sandbox) -> None:
    with ccxt_client("okx", sandbox.url, "manager") as client:
        tamper(client.session, "203.0.113.9", "203.0.113.8")
        assert "50113" in refusal(client.privatePostUsersSubaccountModifyApikey, MODIFY)


def test_one_changed_byte_of_the_sdk(sandbox: Sandbox) -> None:
    def change(request: httpx.Request) -> None:
        request.url = request.url.copy_set_param("subAcct", "second")

    with okx_sdk("sub_account", sandbox.url, "manager") as client:
        client.event_hooks = {"request": [change]}
        assert client.get_subaccount_list(subAcct=OKX_SUB)["code"] == "50113"


def test_ccxt_manages_a_sub_account_key_from_making_to_deletion(sandbox: Sandbox) -> None:
    account = {"subAcct": OKX_SUB}
    with ccxt_client("okx", sandbox.url, "manager") as client:
        asked = {
            **account,
            "label": "new",
            "passphrase": "Very-Secret-1",
            "perm": "trade,read_only",
            "ip": "203.0.113.0/29",
        }
        made = client.privatePostUsersSubaccountApikey(asked)["data"][0]
        listed = client.privateGetUsersSubaccountApikey(account)["data"]
        client.privatePostUsersSubaccountDeleteApikey({**account, "apiKey": made["apiKey"]})
        left = client.privateGetUsersSubaccountApikey(account)["data"]
        assert abs(int(client.publicGetPublicTime()["data"][0]["ts"]) - now_ms()) < 5000
    assert (made["perm"], made["ip"], made["passphrase"]) == (
        "read_only,trade",
        "203.0.113.0/29",
        "Very-Secret-1",
    )
    assert len(made["secretKey"]) == 32
    assert [row["label"] for row in listed] == ["bot", "local", "new"]
    assert [row["label"] for row in left] == ["bot", "local"]


def test_sdk_lists_and_modifies(sandbox: Sandbox) -> None:
    with okx_sdk("sub_account", sandbox.url, "manager") as client:
        listed = client.get_subaccount_list()["data"]
        changed = client.reset_subaccount_apikey(OKX_SUB, "bot", label="renamed")["data"][0]
    assert [row["subAcct"] for row in listed] == [OKX_SUB, "second"]
    assert (changed["label"], changed["ip"]) == ("renamed", "203.0.113.7,203.0.113.8"), (
        "what was not sent stays"
    )
