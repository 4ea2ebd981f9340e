"""ccxt and Binance's own SDKs work against the simulator, and are refused as Binance refuses."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from accesscfg.sandbox import Sandbox
from tests.sandbox.clients import binance_sdk, ccxt_client, refusal, tamper
from tests.sandbox.raw import now_ms
from tests.sandbox.worlds import BINANCE_SECOND, BINANCE_SUB, HERE, world

ReadOwnKey = Callable[[], object]


def ccxt_reader(url: str, key: str, secret: str | None = None, **more: Any) -> Any:
    return ccxt_client("binance", url, key, secret)


CLIENTS = {
    "ccxt": (ccxt_reader, lambda client: client.sapiGetAccountApiRestrictions, lambda client: client.session),
    "sdk": (
        lambda url, key, secret=None: binance_sdk("wallet", url, key, secret),
        lambda client: client.get_api_key_permission,
        lambda client: client._accountApi._session,
    ),
}


@pytest.fixture(params=list(CLIENTS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def _answers_fit_the_sdk_models(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The SDKs log a warning when an answer is not of the form their models declare."""
    with caplog.at_level(logging.WARNING):
        yield
    unlike = [record.getMessage() for record in caplog.records if "response" in record.getMessage()]
    # the model that the SDK names for the empty answer of a deletion is `object`, which it cannot fill itself
    assert [text for text in unlike if "into object" not in text] == []


def refused(sandbox: Sandbox, kind: str, key: str, secret: str | None = None) -> str:
    opened, call, _ = CLIENTS[kind]
    with opened(sandbox.url, key, secret) as client:
        return refusal(call(client))


def test_right_secret(sandbox: Sandbox, kind: str) -> None:
    opened, call, _ = CLIENTS[kind]
    with opened(sandbox.url, "manager") as client:
        answer = call(client)()
    body = answer if isinstance(answer, dict) else answer.data().to_dict()
    assert (body["ipRestrict"], body["enableSpotAndMarginTrading"]) == (True, True)
    assert body["enableWithdrawals"] is False


def test_wrong_secret(sandbox: Sandbox, kind: str) -> None:
    assert "-1022" in refused(sandbox, kind, "manager", "other")


def test_one_changed_byte(sandbox: Sandbox, kind: str) -> None:
    opened, call, session = CLIENTS[kind]
    with opened(sandbox.url, "manager") as client:
        tamper(session(client), "timestamp=1", "timestamp=01")
        assert "-1022" in refusal(call(client))


@pytest.mark.parametrize("hours", [-1, 1])
def test_old_or_early_timestamp(sandbox: Sandbox, kind: str, hours: int) -> None:
    sandbox.set_clock(now_ms() + hours * 3_600_000)
    assert "-1021" in refused(sandbox, kind, "manager")


def test_address_not_on_the_whitelist(sandbox: Sandbox, kind: str) -> None:
    assert "-2015" in refused(sandbox, kind, "away")


def test_unknown_key(sandbox: Sandbox, kind: str) -> None:
    assert "-2015" in refused(sandbox, kind, "nobody")


def test_missing_permission(sandbox: Sandbox) -> None:
    address = {"email": BINANCE_SECOND, "subAccountApiKey": "spare", "ipAddress": "203.0.113.8"}
    with ccxt_client("binance", sandbox.url, "reader") as client:
        text = refusal(client.sapiDeleteSubAccountSubAccountApiIpRestrictionIpList, address)
    assert "-2015" in text
    with binance_sdk("sub_account", sandbox.url, "reader") as api:
        given = {"email": BINANCE_SUB, "sub_account_api_key": "bot", "status": 2, "ip_address": HERE}
        text = refusal(api.add_ip_restriction_for_sub_account_api_key, **given)
    assert "-2015" in text


def test_ccxt_reads_and_narrows_a_sub_account_key(sandbox: Sandbox) -> None:
    key = {"email": BINANCE_SECOND, "subAccountApiKey": "spare"}
    with ccxt_client("binance", sandbox.url, "manager") as client:
        listed = client.sapiGetSubAccountList({"limit": 10})
        before = client.sapiGetSubAccountSubAccountApiIpRestriction(key)
        address = {**key, "ipAddress": "203.0.113.8"}
        after = client.sapiDeleteSubAccountSubAccountApiIpRestrictionIpList(address)
    assert [row["email"] for row in listed["subAccounts"]] == [BINANCE_SUB, BINANCE_SECOND]
    assert before["ipList"] == ["203.0.113.7", "203.0.113.8"]
    assert after["ipList"] == ["203.0.113.7"]


def test_a_plus_that_a_client_does_not_encode_is_read_as_a_space(sandbox: Sandbox) -> None:
    """ccxt 4.5 sends the e-mail of these calls as it is; the signature holds, the e-mail is another."""
    with ccxt_client("binance", sandbox.url, "manager") as client:
        key = {"email": BINANCE_SUB, "subAccountApiKey": "bot"}
        text = refusal(client.sapiGetSubAccountSubAccountApiIpRestriction, key)
    assert "-1102" in text


def test_sdk_manages_a_sub_account_key_from_making_to_deletion(sandbox: Sandbox) -> None:
    with binance_sdk("sub_account", sandbox.url, "manager") as api:
        made = api.create_sub_account_api_key(
            email=BINANCE_SUB, api_name="new", status=2, ip_address="203.0.113.7,203.0.113.8", can_trade=True
        ).data()
        key = {"email": BINANCE_SUB, "sub_account_api_key": made.api_key}
        changed = api.modify_sub_account_api_key_permission(**key, can_futures_trade=True).data()
        restricted = api.add_ip_restriction_for_sub_account_api_key(
            **key, status=2, ip_address="203.0.113.9"
        ).data()
        narrowed = api.delete_ip_list_for_a_sub_account_api_key(**key, ip_address="198.51.100.1").data()
        read = api.get_ip_restriction_for_a_sub_account_api_key(**key).data()
        listed = api.query_sub_account_api_key(**key).data()
        api.delete_sub_account_api_key(**key)
        left = api.query_sub_account_api_key(email=BINANCE_SUB).data()
    assert (len(made.api_key), len(made.secret_key), made.can_trade, made.status) == (64, 64, True, 2)
    assert made.ip_list == ["203.0.113.7", "203.0.113.8"]
    assert (changed.can_trade, changed.can_futures_trade) == (False, True)
    assert restricted.status == "2"
    assert restricted.ip_list == narrowed.ip_list == read.ip_list == ["203.0.113.9"]
    assert [row.api_name for row in listed.rows] == ["new"]
    assert [row.api_name for row in left.rows] == ["bot", "local"]


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_sdk_with_a_key_pair(sandbox: Sandbox, algorithm: str) -> None:
    private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
    if algorithm == "rsa":
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    else:
        private = ed25519.Ed25519PrivateKey.generate()
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    given = world()
    entry = {"api_key": "pair", "public_key": public, "permissions": ["enableReading"]}
    given["exchanges"]["binance"]["accounts"][0]["keys"].append(entry)
    sandbox.load(given)
    with binance_sdk("wallet", sandbox.url, "pair", private_key=secret) as api:
        assert api.get_api_key_permission().data().ip_restrict is False
        tamper(api._accountApi._session, "timestamp=1", "timestamp=01")
        assert "-1022" in refusal(api.get_api_key_permission)
