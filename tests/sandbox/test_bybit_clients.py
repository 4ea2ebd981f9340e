"""ccxt and pybit work against the simulator, and are refused as Bybit refuses."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from accesscfg.sandbox import Sandbox
from tests.sandbox.clients import bybit_sdk, ccxt_client, refusal, tamper
from tests.sandbox.raw import now_ms
from tests.sandbox.worlds import BYBIT_SUB, world

CLIENTS = {
    "ccxt": (
        lambda url, key, secret=None: ccxt_client("bybit", url, key, secret),
        lambda client: client.privateGetV5UserSubApikeys,
        lambda client: client.session,
    ),
    "sdk": (
        bybit_sdk,
        lambda client: lambda params: client.get_all_sub_api_keys(**params),
        lambda client: client.client,
    ),
}
SUB = {"subMemberId": BYBIT_SUB}


@pytest.fixture(params=list(CLIENTS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def refused(sandbox: Sandbox, kind: str, key: str, secret: str | None = None) -> str:
    opened, call, _ = CLIENTS[kind]
    with opened(sandbox.url, key, secret) as client:
        return refusal(call(client), SUB)


def test_right_secret(sandbox: Sandbox, kind: str) -> None:
    opened, call, _ = CLIENTS[kind]
    with opened(sandbox.url, "manager") as client:
        answer: dict[str, Any] = call(client)(SUB)
    assert [row["note"] for row in answer["result"]["result"]] == ["bot", "local"]


def test_wrong_secret(sandbox: Sandbox, kind: str) -> None:
    assert "10004" in refused(sandbox, kind, "manager", "other")


def test_one_changed_byte(sandbox: Sandbox, kind: str) -> None:
    opened, call, session = CLIENTS[kind]
    with opened(sandbox.url, "manager") as client:
        tamper(session(client), "subMemberId=53888000", "subMemberId=53888001")
        assert "10004" in refusal(call(client), SUB)


@pytest.mark.parametrize("hours", [-1, 1])
def test_old_or_early_timestamp(sandbox: Sandbox, kind: str, hours: int) -> None:
    sandbox.set_clock(now_ms() + hours * 3_600_000)
    text = refused(sandbox, kind, "manager")
    assert "10002" in text or "retries" in text, "pybit tries this code again and then gives up"
    assert sandbox.log()[-1]["code"] == "10002"


def test_address_not_on_the_whitelist(sandbox: Sandbox, kind: str) -> None:
    assert "10010" in refused(sandbox, kind, "away")


def test_unknown_key(sandbox: Sandbox, kind: str) -> None:
    assert "10003" in refused(sandbox, kind, "nobody")


def test_missing_permission(sandbox: Sandbox) -> None:
    """Managing keys needs a wallet right."""
    with ccxt_client("bybit", sandbox.url, "trader") as client:
        text = refusal(client.privatePostV5UserUpdateSubApi, {"apikey": "bot", "ips": "203.0.113.9"})
    assert "10005" in text
    with bybit_sdk(sandbox.url, "trader") as client:
        text = refusal(client.modify_sub_api_key, apikey="bot", ips="203.0.113.9")
    assert "10005" in text


def test_a_changed_byte_in_a_body(sandbox: Sandbox) -> None:
    with bybit_sdk(sandbox.url, "manager") as client:
        tamper(client.client, "203.0.113.9", "203.0.113.8")
        assert "10004" in refusal(client.modify_sub_api_key, apikey="bot", ips="203.0.113.9")


def test_ccxt_reads_its_own_key_and_the_time(sandbox: Sandbox) -> None:
    with ccxt_client("bybit", sandbox.url, "trader") as client:
        own = client.privateGetV5UserQueryApi()["result"]
        seconds = client.publicGetV5MarketTime()["result"]["timeSecond"]
    assert own["permissions"]["Spot"] == ["SpotTrade"]
    assert own["ips"] == ["127.0.0.1"]
    assert abs(int(seconds) - now_ms() / 1000) < 5


def test_sdk_manages_a_sub_account_key_from_making_to_deletion(sandbox: Sandbox) -> None:
    with bybit_sdk(sandbox.url, "manager") as client:
        made = client.create_sub_api_key(
            subuid=int(BYBIT_SUB),
            note="new",
            readOnly=0,
            ips="203.0.113.7",
            permissions={"Spot": ["SpotTrade"]},
        )["result"]
        changed = client.modify_sub_api_key(
            apikey=made["apiKey"],
            readOnly=1,
            ips="203.0.113.7,203.0.113.8",
            permissions={"Options": ["OptionsTrade"]},
        )["result"]
        members = client.get_sub_uid_list()["result"]["subMembers"]
        paged = client.get_sub_uid_list_unlimited(pageSize="1")["result"]
        client.delete_sub_api_key(apikey=made["apiKey"])
        left = client.get_all_sub_api_keys(**SUB)["result"]["result"]
    assert (made["note"], made["readOnly"], made["permissions"]["Spot"]) == ("new", 0, ["SpotTrade"])
    assert (len(made["apiKey"]), len(made["secret"])) == (18, 36)
    assert changed["ips"] == ["203.0.113.7", "203.0.113.8"]
    assert (changed["readOnly"], changed["permissions"]["Spot"]) == (1, [])
    assert [member["uid"] for member in members] == [BYBIT_SUB, "53888001"]
    assert ([row["uid"] for row in paged["subMembers"]], paged["nextCursor"] != "0") == ([BYBIT_SUB], True)
    assert [row["note"] for row in left] == ["bot", "local"]


def test_sdk_changes_and_deletes_its_own_key(sandbox: Sandbox) -> None:
    with bybit_sdk(sandbox.url, "manager") as client:
        changed = client.modify_master_api_key(permissions={"Wallet": ["AccountTransfer"]})["result"]
        assert changed["permissions"]["Spot"] == []
        client.delete_master_api_key()
        assert "10003" in refusal(client.get_api_key_information)


def test_sdk_with_an_rsa_key(sandbox: Sandbox) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    given = world()
    entry = {"api_key": "pair", "public_key": public, "permissions": ["Spot:SpotTrade"]}
    given["exchanges"]["bybit"]["accounts"][0]["keys"].append(entry)
    sandbox.load(given)
    with bybit_sdk(sandbox.url, "pair", secret, rsa_authentication=True) as client:
        assert client.get_api_key_information()["result"]["rsaPublicKey"] == public
        tamper(client.client, "subMemberId=53888000", "subMemberId=53888001")
        assert "10004" in refusal(client.get_all_sub_api_keys, **SUB)
