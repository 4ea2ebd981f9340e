"""ccxt works against the simulator in both modes, and is refused as Bitget refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from accesscfg.sandbox import Sandbox
from tests.sandbox.clients import ccxt_client, refusal, tamper
from tests.sandbox.raw import now_ms
from tests.sandbox.test_bitget import BOT, IPS, PASSPHRASE, SUB, UBOT, stored, world
from tests.sandbox.worlds import HERE


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    server.load(world())
    return server


@contextmanager
def ccxt(sandbox: Sandbox, key: str, secret: str | None = None) -> Iterator[Any]:
    with ccxt_client("bitget", sandbox.url, key, secret) as client:
        client.password = PASSPHRASE
        yield client


def look(client: Any) -> Any:
    """The call by which a key of either mode looks at itself."""
    unified = client.apiKey.startswith("u")
    return client.privateUtaGetV3AccountInfo if unified else client.privateSpotGetV2SpotAccountInfo


modes = pytest.mark.parametrize("key", ["manager", "umanager"], ids=["classic", "unified"])


@modes
def test_right_secret(sandbox: Sandbox, key: str) -> None:
    with ccxt(sandbox, key) as client:
        shown = look(client)()["data"]
    rights = {"manager": ("authorities", ["stor", "chow", "chor"]), "umanager": ("permissions", ["uta_mgt"])}
    field, expected = rights[key]
    assert (shown[field], shown["ips"]) == (expected, HERE)


@pytest.mark.parametrize(("key", "unified"), [("reader", False), ("ureader", True)])
def test_balance(sandbox: Sandbox, key: str, unified: bool) -> None:
    with ccxt(sandbox, key) as client:
        client.set_markets([], {})
        client.options["uta"] = unified
        assert client.fetch_balance({"uta": unified})["USDT"]["total"] == 100.0


def test_time(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "reader") as client:
        assert abs(client.fetch_time() - now_ms()) < 5000


@modes
def test_wrong_secret(sandbox: Sandbox, key: str) -> None:
    with ccxt(sandbox, key, "wrong") as client:
        assert '"40009"' in refusal(look(client))


@modes
def test_wrong_passphrase(sandbox: Sandbox, key: str) -> None:
    with ccxt(sandbox, key) as client:
        client.password = "Another12"
        assert '"40012"' in refusal(look(client))


def test_one_changed_byte(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "manager") as client:
        tamper(client.session, SUB, "53888001")
        call = client.privateUserGetV2UserVirtualSubaccountApikeyList
        assert '"40009"' in refusal(call, {"subAccountUid": SUB})


def test_one_changed_byte_in_a_body(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "umanager") as client:
        tamper(client.session, "203.0.113.7", "203.0.113.9")
        assert '"40009"' in refusal(client.privateUtaPostV3UserUpdateSubApi, {**UBOT, "ips": IPS})
    assert stored(sandbox, "ubot")["ip_whitelist"] == IPS


def test_old_timestamp(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "reader") as client:
        client.nonce = lambda: now_ms() - 40_000
        assert '"40008"' in refusal(look(client))


def test_address_not_on_the_list(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "away") as client:
        assert '"40018"' in refusal(look(client))


def test_missing_right(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "blind") as client:
        assert '"40014"' in refusal(look(client))
    with ccxt(sandbox, "ureader") as client:
        assert '"40014"' in refusal(client.privateUtaPostV3UserUpdateSubApi, UBOT)


def test_the_wrong_generation(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "umanager") as client:
        assert '"40085"' in refusal(client.privateSpotGetV2SpotAccountInfo)
    with ccxt(sandbox, "manager") as client:
        assert '"40084"' in refusal(client.privateUtaGetV3AccountInfo)


def test_a_classic_key_is_listed_and_changed(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "manager") as client:
        rows = client.privateUserGetV2UserVirtualSubaccountApikeyList({"subAccountUid": SUB})["data"]
        changed = {**BOT, "permList": ["read"], "ipList": ["203.0.113.9"]}
        client.privateUserPostV2UserModifyVirtualSubaccountApikey(changed)
    assert [row["subAccountApiKey"] for row in rows] == ["bot", "local"]
    after = stored(sandbox)
    assert (after["permissions"], after["ip_whitelist"]) == (["read"], ["203.0.113.9"])


def test_a_unified_key_is_listed_and_changed(sandbox: Sandbox) -> None:
    with ccxt(sandbox, "umanager") as client:
        rows = client.privateUtaGetV3UserSubApiList({"subUid": SUB})["data"]["items"]
        changed = {**UBOT, "type": "read_write", "permissions": ["uta_mgt"], "ips": ["203.0.113.9"]}
        client.privateUtaPostV3UserUpdateSubApi(changed)
    assert [row["apiKey"] for row in rows] == ["ubot", "ulocal"]
    after = stored(sandbox, "ubot")
    assert (after["permissions"], after["ip_whitelist"]) == (["uta_mgt"], ["203.0.113.9"])
