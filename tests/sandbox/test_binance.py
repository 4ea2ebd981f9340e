"""What Binance's simulator does: answers as in the official examples, and each known trap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from accesscfg.sandbox import Sandbox
from tests.sandbox.raw import BinanceClient, digest, now_ms
from tests.sandbox.shapes import has_shape
from tests.sandbox.worlds import BINANCE_SECOND, BINANCE_SUB, ELSEWHERE, HERE, key, world

Open = Callable[..., BinanceClient]

OWN = "/sapi/v1/account/apiRestrictions"
KEYS = "/sapi/v1/sub-account/subAccountApi"
KEYS_V2 = "/sapi/v2/sub-account/subAccountApi"
PERMISSIONS = "/sapi/v1/sub-account/subAccountApiPermission"
ADDRESSES = "/sapi/v1/sub-account/subAccountApi/ipRestriction"
SET_ADDRESSES = "/sapi/v2/sub-account/subAccountApi/ipRestriction"
REMOVE_ADDRESSES = "/sapi/v1/sub-account/subAccountApi/ipRestriction/ipList"
BOT = {"email": BINANCE_SUB, "subAccountApiKey": "bot"}
NEW = {"email": BINANCE_SUB, "apiName": "new", "status": 1}

FLAGS = {
    "canTrade": "bool",
    "canMarginLoanRepay": "bool",
    "canFuturesTrade": "bool",
    "canUniversalTransfer": "bool",
    "canVanillaOptions": "bool",
}
RESTRICTION = {"ipRestrict": "text", "ipList": ["text"], "updateTime": "int", "apiKey": "text"}
OFFICIAL = {
    ("GET", "/api/v3/time"): {"serverTime": "int"},
    ("GET", OWN): {
        "ipRestrict": "bool",
        "createTime": "int",
        "enableReading": "bool",
        "enableWithdrawals": "bool",
        "enableInternalTransfer": "bool",
        "enableMargin": "bool",
        "enableFutures": "bool",
        "permitsUniversalTransfer": "bool",
        "enableVanillaOptions": "bool",
        "enableFixApiTrade": "bool",
        "enableFixReadOnly": "bool",
        "enableSpotAndMarginTrading": "bool",
        "enablePortfolioMarginTrading": "bool",
    },
    ("GET", "/sapi/v1/account/info"): {
        "vipLevel": "int",
        "isMarginEnabled": "bool",
        "isFutureEnabled": "bool",
        "isOptionsEnabled": "bool",
        "isPortfolioMarginRetailEnabled": "bool",
    },
    ("GET", "/sapi/v1/sub-account/list"): {
        "subAccounts": [
            {
                "subUserId": "int",
                "email": "text",
                "remark": "text",
                "isFreeze": "bool",
                "createTime": "int",
                "isManagedSubAccount": "bool",
                "isAssetManagementSubAccount": "bool",
            }
        ]
    },
    ("GET", KEYS): {
        "total": "int",
        "rows": [{"email": "text", "apiName": "text", "apikey": "text", **FLAGS, "timestamp": "int"}],
    },
    ("POST", KEYS): {
        "apiName": "text",
        "apiKey": "text",
        "secretKey": "text",
        **FLAGS,
        "status": "int",
        "ipList": ["text"],
    },
    ("POST", PERMISSIONS): {"apiName": "text", "apikey": "text", **FLAGS, "timestamp": "int"},
    ("DELETE", KEYS): {},
    ("GET", ADDRESSES): RESTRICTION,
    ("DELETE", REMOVE_ADDRESSES): RESTRICTION,
    ("POST", SET_ADDRESSES): {"status": "text", "ipList": ["text"], "updateTime": "int", "apiKey": "text"},
}
GIVEN: dict[tuple[str, str], dict[str, object]] = {
    ("GET", KEYS): {"email": BINANCE_SUB},
    ("POST", KEYS): {**NEW, "status": 2, "ipAddress": HERE},
    ("POST", PERMISSIONS): {**BOT},
    ("DELETE", KEYS): {**BOT},
    ("GET", ADDRESSES): {**BOT},
    ("DELETE", REMOVE_ADDRESSES): {**BOT, "ipAddress": "203.0.113.8"},
    ("POST", SET_ADDRESSES): {**BOT, "status": 2, "ipAddress": HERE},
}


def code(answer: Any) -> tuple[int, int]:
    return answer.status_code, answer.json()["code"]


def stored(sandbox: Sandbox, label: str, place: int = 0) -> dict[str, Any]:
    """A sub-account key as the exchange has it."""
    keys = sandbox.state()["exchanges"]["binance"]["accounts"][0]["sub_accounts"][place]["keys"]
    return next(entry for entry in keys if entry["label"] == label)


def pem(private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize("call", list(OFFICIAL), ids=lambda call: " ".join(call))
def test_answers_have_the_form_of_the_official_examples(binance: Open, call: tuple[str, str]) -> None:
    method, path = call
    answer = binance().send(method, path) if "time" in path else binance().call(method, path, GIVEN.get(call))
    assert answer.status_code == 200
    assert has_shape(answer.json(), OFFICIAL[call]), answer.text


# --- requests ---


@pytest.mark.parametrize("signature_in", ["query", "body"])
@pytest.mark.parametrize("params_in", ["query", "body", "both"])
def test_parameters_and_signature_may_be_in_the_query_or_the_body(
    binance: Open, params_in: str, signature_in: str
) -> None:
    client = binance()
    place, rest = urlencode(BOT), f"status=2&ipAddress=203.0.113.9&timestamp={now_ms()}"
    query, body = {"query": (f"{place}&{rest}", ""), "body": ("", f"{place}&{rest}"), "both": (place, rest)}[
        params_in
    ]
    signature = f"signature={digest(client.secret, query + body).hex()}"
    if signature_in == "query":
        query = f"{query}&{signature}" if query else signature
    else:
        body = f"{body}&{signature}" if body else signature
    answer = client.send("POST", SET_ADDRESSES, query, body)
    assert answer.json()["ipList"] == ["203.0.113.9"]


def test_the_query_wins_over_the_body(binance: Open) -> None:
    client = binance()
    query = f"{urlencode(BOT)}&status=2&ipAddress=203.0.113.9&timestamp={now_ms()}"
    body = "ipAddress=198.51.100.1"
    signature = digest(client.secret, query + body).hex()
    answer = client.send("POST", SET_ADDRESSES, f"{query}&signature={signature}", body)
    assert answer.json()["ipList"] == ["203.0.113.9"]


def test_signing_before_encoding_is_a_wrong_signature(binance: Open) -> None:
    client = binance()
    plain = f"email={BINANCE_SUB}&timestamp={now_ms()}"
    encoded = plain.replace("@", "%40").replace("+", "%2B")
    signature = digest(client.secret, plain).hex()
    assert code(client.send("GET", KEYS, f"{encoded}&signature={signature}")) == (400, -1022)


@pytest.mark.parametrize("unit", [1, 1000], ids=["milliseconds", "microseconds"])
def test_time_in_both_units(binance: Open, unit: int) -> None:
    client = binance()
    query = f"timestamp={now_ms() * unit}"
    answer = client.send("GET", OWN, f"{query}&signature={digest(client.secret, query).hex()}")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("shift_ms", "accepted"), [(-4500, True), (-5500, False), (500, True), (2000, False)]
)
def test_time_window(binance: Open, shift_ms: int, accepted: bool) -> None:
    answer = binance(shift_ms=shift_ms).call("GET", OWN)
    assert answer.status_code == 200 if accepted else code(answer) == (400, -1021)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", (400, -1102)),
        ("timestamp=1", (400, -1102)),
        ("timestamp=later&signature=00", (400, -1102)),
        ("timestamp=1&recvWindow=60001&signature=00", (400, -1102)),
    ],
)
def test_incomplete_requests(binance: Open, query: str, expected: tuple[int, int]) -> None:
    assert code(binance().send("GET", OWN, query)) == expected


def test_parameters_that_the_call_does_not_know_are_refused(binance: Open) -> None:
    assert code(binance().call("GET", OWN, {"email": "x"})) == (400, -1104)


def test_empty_parameters_are_refused(binance: Open) -> None:
    assert code(binance().call("POST", SET_ADDRESSES, {**BOT, "status": 2, "ipAddress": ""})) == (400, -1105)


def test_a_request_without_a_key_is_refused(binance: Open) -> None:
    assert code(binance("").call("GET", OWN)) == (401, -2014)
    assert code(binance("not-a-key").call("GET", OWN)) == (401, -2014)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sapi/v1/account/apiRestrictions/ipRestriction"),
        ("POST", "/sapi/v1/account/apiRestrictions/ipRestriction"),
        ("POST", "/sapi/v1/account/apiRestrictions/ipRestriction/ipList"),
        ("DELETE", "/sapi/v1/account/apiRestrictions/ipRestriction/ipList"),
        ("POST", "/sapi/v1/sub-account/subAccountApi/ipRestriction/ipList"),
        ("GET", "/sapi/v1/nothing"),
    ],
)
def test_discontinued_and_unknown_paths(binance: Open, method: str, path: str) -> None:
    """The calls for an own key's addresses, which some libraries still list, are gone."""
    assert binance().call(method, path).status_code == 404


# --- who may do what ---


def test_a_sub_account_key_reads_itself_but_manages_nothing(binance: Open) -> None:
    own = binance("local").call("GET", OWN).json()
    assert (own["enableReading"], own["enableSpotAndMarginTrading"], own["enableFutures"]) == (
        True,
        True,
        True,
    )
    assert code(binance("local").call("GET", KEYS, {"email": BINANCE_SUB})) == (400, -2015)


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", KEYS), ("POST", KEYS_V2), ("POST", SET_ADDRESSES), ("DELETE", REMOVE_ADDRESSES)],
)
def test_changing_addresses_needs_trading_on_the_calling_key(binance: Open, method: str, path: str) -> None:
    assert code(binance("reader").call(method, path)) == (400, -2015)
    assert binance("reader").call("GET", KEYS, {"email": BINANCE_SUB}).status_code == 200


@pytest.mark.parametrize("change", [{"enabled": False}, {"expires_at": "2020-01-01T00:00:00Z"}])
def test_a_key_that_is_off_or_over_is_as_unknown(
    sandbox: Sandbox, binance: Open, change: dict[str, object]
) -> None:
    where = {"exchange": "binance", "account": "main", "key": "reader", "action": "set", "set": change}
    sandbox.website(where)
    assert code(binance("reader").call("GET", OWN)) == (400, -2015)


def test_a_key_that_may_not_read(sandbox: Sandbox, binance: Open) -> None:
    permissions = {"permissions": ["enableSpotAndMarginTrading"]}
    sandbox.website(
        {"exchange": "binance", "account": "main", "key": "reader", "action": "set", "set": permissions}
    )
    assert code(binance("reader").call("GET", OWN)) == (400, -2015)


def test_seen_as_stands_in_for_the_connection_and_holds_for_sub_accounts(
    sandbox: Sandbox, binance: Open
) -> None:
    given = world()
    given["exchanges"]["binance"]["accounts"][0]["seen_as"] = "203.0.113.7"
    given["exchanges"]["binance"]["accounts"][0]["sub_accounts"][1]["seen_as"] = ELSEWHERE
    sandbox.load(given)
    assert binance("bot").call("GET", OWN).status_code == 200, "its list has 203.0.113.7"
    assert code(binance("local").call("GET", OWN)) == (400, -2015), "its list has only the loopback address"
    assert code(binance("spare").call("GET", OWN)) == (400, -2015), "its own sub-account is seen elsewhere"
    assert [entry["source"] for entry in sandbox.log()] == ["203.0.113.7", "203.0.113.7", ELSEWHERE]


# --- permissions and lists ---


def test_only_a_flag_of_the_own_whitelist_is_shown(binance: Open) -> None:
    restricted = binance("manager").call("GET", OWN)
    assert restricted.json()["ipRestrict"] is True
    assert HERE not in restricted.text
    assert binance("reader").call("GET", OWN).json()["ipRestrict"] is False


def test_names_that_are_not_known_are_kept_and_shown_as_one_more_flag(
    sandbox: Sandbox, binance: Open
) -> None:
    given = world()
    account = given["exchanges"]["binance"]["accounts"][0]
    account["keys"].append(key("odd", ["enableReading", "enableNewThing"], None))
    account["sub_accounts"][0]["keys"].append(key("oddbot", ["canTrade", "canNewThing"], None))
    sandbox.load(given)
    assert binance("odd").call("GET", OWN).json()["enableNewThing"] is True
    params = {"email": BINANCE_SUB, "subAccountApiKey": "oddbot"}
    changed = binance().call("POST", PERMISSIONS, {**params, "canTrade": "false"}).json()
    assert (changed["canTrade"], changed["canNewThing"]) == (False, True)


def test_listing_sub_accounts_gives_one_row_unless_asked_for_more(binance: Open) -> None:
    def emails(**params: object) -> list[str]:
        rows = binance().call("GET", "/sapi/v1/sub-account/list", params).json()["subAccounts"]
        return [row["email"] for row in rows]

    assert emails() == [BINANCE_SUB]
    assert emails(page=2) == [BINANCE_SECOND]
    assert emails(limit=200) == [BINANCE_SUB, BINANCE_SECOND]
    assert emails(email=BINANCE_SECOND) == [BINANCE_SECOND]
    assert emails(isFreeze="true") == []
    assert code(binance().call("GET", "/sapi/v1/sub-account/list", {"limit": 201})) == (400, -1102)


def test_listing_keys_is_paged(binance: Open) -> None:
    first = binance().call("GET", KEYS, {"email": BINANCE_SUB, "size": 1}).json()
    second = binance().call("GET", KEYS, {"email": BINANCE_SUB, "size": 1, "page": 2}).json()
    third = binance().call("GET", KEYS, {"email": BINANCE_SUB, "size": 1, "page": 3}).json()
    assert [first["rows"][0]["apikey"], second["rows"][0]["apikey"], third["rows"]] == ["bot", "local", []]
    assert first["total"] == third["total"] == 2


def test_the_list_of_keys_had_another_name_before(sandbox: Sandbox, binance: Open) -> None:
    sandbox.load(world(binance={"key_list": "list"}))
    assert len(binance().call("GET", KEYS, {"email": BINANCE_SUB}).json()["list"]) == 2


@pytest.mark.parametrize(("omitted", "left"), [("revoke", False), ("keep", True)])
def test_an_omitted_flag_revokes_unless_the_world_says_otherwise(
    sandbox: Sandbox, binance: Open, omitted: str, left: bool
) -> None:
    sandbox.load(world(binance={"omitted_flags": omitted}))
    answer = binance().call("POST", PERMISSIONS, {**BOT, "canFuturesTrade": "true"}).json()
    assert (answer["canTrade"], answer["canFuturesTrade"]) == (left, True)


# --- addresses ---


@pytest.mark.parametrize(
    ("option", "expected"),
    [("replace", ["203.0.113.9"]), ("add", ["203.0.113.7", "203.0.113.8", "203.0.113.9"])],
)
def test_setting_addresses_replaces_or_adds(
    sandbox: Sandbox, binance: Open, option: str, expected: list[str]
) -> None:
    sandbox.load(world(binance={"ip_post": option}))
    answer = binance().call("POST", SET_ADDRESSES, {**BOT, "status": 2, "ipAddress": "203.0.113.9"})
    assert answer.json()["ipList"] == stored(sandbox, "bot")["ip_whitelist"] == expected


def test_status_1_lifts_the_restriction_and_then_there_is_no_list(sandbox: Sandbox, binance: Open) -> None:
    binance().call("POST", SET_ADDRESSES, {**BOT, "status": 1})
    assert stored(sandbox, "bot")["ip_whitelist"] is None
    read = binance().call("GET", ADDRESSES, BOT).json()
    assert read["ipRestrict"] == "false", "a string here, a boolean in apiRestrictions"
    assert "ipList" not in read
    assert code(binance().call("POST", SET_ADDRESSES, {**BOT, "status": 2})) == (400, -1102)


def test_status_2_without_addresses_keeps_those_that_are_there(sandbox: Sandbox, binance: Open) -> None:
    answer = binance().call("POST", SET_ADDRESSES, {**BOT, "status": 2}).json()
    assert answer["ipList"] == ["203.0.113.7", "203.0.113.8"]


def test_taking_the_last_address_away_lifts_the_restriction(sandbox: Sandbox, binance: Open) -> None:
    params = {**BOT, "ipAddress": "203.0.113.7,203.0.113.8"}
    assert binance().call("DELETE", REMOVE_ADDRESSES, params).json()["ipRestrict"] == "false"
    assert stored(sandbox, "bot")["ip_whitelist"] is None


@pytest.mark.parametrize(
    "text",
    [
        ",".join(f"203.0.113.{number}" for number in range(31)),
        "203.0.113.0/24",
        "2001:db8::1",
        "203.0.113.300",
        ",".join(["203.0.113.100"] * 40),
    ],
    ids=["too many", "network", "IPv6", "no address", "more than 500 characters"],
)
def test_lists_that_binance_does_not_take(sandbox: Sandbox, binance: Open, text: str) -> None:
    answer = binance().call("POST", SET_ADDRESSES, {**BOT, "status": 2, "ipAddress": text})
    assert code(answer) == (400, -1102)
    assert stored(sandbox, "bot")["ip_whitelist"] == ["203.0.113.7", "203.0.113.8"]


@pytest.mark.parametrize(
    "change",
    [
        {"email": "nobody@example.com"},
        {"subAccountApiKey": "nobody"},
        {"subAccountApiKey": "spare"},
        {"status": 3},
    ],
    ids=["unknown e-mail", "unknown key", "key of another sub-account", "status 3"],
)
def test_wrong_targets(binance: Open, change: dict[str, object]) -> None:
    params = {**BOT, "status": 2, "ipAddress": HERE, **change}
    assert code(binance().call("POST", SET_ADDRESSES, params)) == (400, -1102)


# --- making and deleting ---


def test_a_new_key_works_and_its_secret_is_shown_once(sandbox: Sandbox, binance: Open) -> None:
    made = binance().call("POST", KEYS, {**NEW, "status": 2, "ipAddress": HERE, "canTrade": "true"}).json()
    answer = binance(made["apiKey"], made_secret=made["secretKey"]).call("GET", OWN)
    assert answer.json()["enableSpotAndMarginTrading"] is True
    assert made["secretKey"] not in binance().call("GET", KEYS, {"email": BINANCE_SUB}).text
    assert made["secretKey"] not in str(sandbox.state())


@pytest.mark.parametrize(
    "change",
    [{"status": 2}, {"status": 3}, {"status": 4}, {"canTrade": "yes"}, {"apiName": None}],
    ids=["no addresses", "no third party", "no such status", "no flag", "no name"],
)
def test_a_key_that_cannot_be_made(binance: Open, change: dict[str, object]) -> None:
    params = {name: value for name, value in {**NEW, **change}.items() if value is not None}
    assert code(binance().call("POST", KEYS, params)) == (400, -1102)


def test_a_key_bound_to_a_third_party_lists_its_name(binance: Open) -> None:
    made = binance().call("POST", KEYS, {**NEW, "status": 3, "thirdPartyName": "Platform"}).json()
    assert made["ipList"] == ["Platform"]
    new = {"email": BINANCE_SUB, "subAccountApiKey": made["apiKey"]}
    read = binance().call("GET", ADDRESSES, new).json()
    assert (read["ipRestrict"], read["ipList"]) == ("true", ["Platform"])
    assert (
        binance(made["apiKey"], made_secret=made["secretKey"]).call("GET", OWN).json()["ipRestrict"] is True
    )
    own_list = binance().call("POST", SET_ADDRESSES, {**new, "status": 2, "ipAddress": HERE}).json()
    assert own_list["ipList"] == binance().call("GET", ADDRESSES, new).json()["ipList"] == [HERE]


def test_version_2_takes_public_keys_in_the_body_only(binance: Open) -> None:
    client, public = binance(), pem(ed25519.Ed25519PrivateKey.generate())
    assert code(client.call("POST", KEYS_V2, {**NEW, "publicKey": public})) == (400, -1106)
    body = urlencode({**NEW, "publicKey": public, "canFixApiReading": "true", "timestamp": now_ms()})
    answer = client.send("POST", KEYS_V2, "", f"{body}&signature={digest(client.secret, body).hex()}")
    assert (answer.status_code, answer.json()["secretKey"]) == (200, "")


def test_fix_permissions_are_for_ed25519_keys_only(binance: Open) -> None:
    client, public = binance(), pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    assert code(client.call("POST", KEYS_V2, {**NEW, "canFixApiTrading": "true"})) == (400, -9000)
    body = urlencode({**NEW, "publicKey": public, "canFixApiTrading": "true", "timestamp": now_ms()})
    answer = client.send("POST", KEYS_V2, "", f"{body}&signature={digest(client.secret, body).hex()}")
    assert code(answer) == (400, -9000)
    assert code(client.call("POST", KEYS, {**NEW, "publicKey": public})) == (400, -1102), (
        "version 1 takes no RSA"
    )


def test_a_deleted_key_is_gone(binance: Open) -> None:
    local = {"email": BINANCE_SUB, "subAccountApiKey": "local"}
    assert binance().call("DELETE", KEYS, local).json() == {}
    assert code(binance("local").call("GET", OWN)) == (400, -2015)
