"""What Bybit's simulator does: answers as in the official examples, and each known trap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accesscfg.sandbox import Sandbox
from tests.sandbox.raw import BybitClient, now_ms
from tests.sandbox.shapes import has_shape
from tests.sandbox.worlds import BYBIT_SUB, HERE, key, world

Open = Callable[..., BybitClient]

OWN = "/v5/user/query-api"
KEYS = "/v5/user/sub-apikeys"
MEMBERS = "/v5/user/query-sub-members"
MEMBERS_PAGED = "/v5/user/submembers"
CREATE = "/v5/user/create-sub-api"
UPDATE_SUB = "/v5/user/update-sub-api"
UPDATE_OWN = "/v5/user/update-api"
DELETE_OWN = "/v5/user/delete-api"
DELETE_SUB = "/v5/user/delete-sub-api"
DAY_MS = 86_400_000
SPOT = {"Spot": ["SpotTrade"]}

UPDATE_GROUPS = [
    "ContractTrade",
    "Spot",
    "Wallet",
    "Options",
    "Derivatives",
    "CopyTrading",
    "BlockTrade",
    "Exchange",
    "NFT",
]
LIST_GROUPS = [*UPDATE_GROUPS, "Affiliate", "Earn"]
QUERY_GROUPS = [
    *LIST_GROUPS,
    *["FiatP2P", "FiatConvertBroker", "FiatGlobalPay", "FiatBitPay", "BitCard", "ByXPost"],
]
CREATE_GROUPS = [
    "ContractTrade",
    "Spot",
    "Wallet",
    "Options",
    "CopyTrading",
    "BlockTrade",
    "Exchange",
    "NFT",
    "Earn",
]


def groups(names: list[str]) -> dict[str, list[str]]:
    return {name: ["text"] for name in names}


def changed(names: list[str]) -> dict[str, object]:
    texts = {"id": "text", "note": "text", "apiKey": "text", "readOnly": "int", "secret": "text"}
    return {**texts, "permissions": groups(names)}


MEMBER = {
    "uid": "text",
    "username": "text",
    "memberType": "int",
    "status": "int",
    "remark": "text",
    "accountMode": "int",
}
OFFICIAL: dict[str, dict[str, object]] = {
    OWN: {
        **changed(QUERY_GROUPS),
        "ips": ["text"],
        "type": "int",
        "deadlineDay": "int",
        "expiredAt": "text",
        "createdAt": "text",
        "unified": "int",
        "uta": "int",
        "userID": "int",
        "inviterID": "int",
        "vipLevel": "text",
        "mktMakerLevel": "text",
        "affiliateID": "int",
        "rsaPublicKey": "text",
        "isMaster": "bool",
        "parentUid": "text",
        "kycLevel": "text",
        "kycRegion": "text",
        "userIDInt64": "text",
        "inviterIDInt64": "text",
        "affiliateIDInt64": "text",
    },
    KEYS: {
        "result": [
            {
                "id": "text",
                "ips": ["text"],
                "apiKey": "text",
                "note": "text",
                "status": "int",
                "expiredAt": "text",
                "createdAt": "text",
                "type": "int",
                "permissions": groups(LIST_GROUPS),
                "secret": "text",
                "readOnly": "bool",
                "deadlineDay": "int",
                "flag": "text",
            }
        ],
        "nextPageCursor": "text",
    },
    MEMBERS: {"subMembers": [MEMBER]},
    MEMBERS_PAGED: {"subMembers": [MEMBER], "nextCursor": "text"},
    CREATE: changed(CREATE_GROUPS),
    UPDATE_SUB: {**changed(UPDATE_GROUPS), "ips": ["text"]},
    UPDATE_OWN: {**changed([*UPDATE_GROUPS, "Earn"]), "ips": ["text"]},
    DELETE_OWN: {},
    DELETE_SUB: {},
    "/v5/market/time": {"timeSecond": "text", "timeNano": "text"},
}
GIVEN: dict[str, dict[str, object]] = {
    KEYS: {"subMemberId": BYBIT_SUB},
    CREATE: {"subuid": int(BYBIT_SUB), "readOnly": 0, "permissions": {"Wallet": ["AccountTransfer"]}},
    UPDATE_SUB: {"apikey": "bot", "readOnly": 0, "ips": "*", "permissions": SPOT},
    UPDATE_OWN: {"permissions": SPOT},
    DELETE_SUB: {"apikey": "bot"},
}


def stored(sandbox: Sandbox, label: str = "bot") -> dict[str, Any]:
    account = sandbox.state()["exchanges"]["bybit"]["accounts"][0]
    keys = [*account["keys"], *account["sub_accounts"][0]["keys"]]
    return next(entry for entry in keys if entry["label"] == label)


@pytest.mark.parametrize("path", list(OFFICIAL))
def test_answers_have_the_form_of_the_official_examples(bybit: Open, path: str) -> None:
    reads = path in (OWN, KEYS, MEMBERS, MEMBERS_PAGED, "/v5/market/time")
    given = GIVEN.get(path, {})
    answer = bybit().get(path, **given) if reads else bybit().post(path, **given)
    assert list(answer) == ["retCode", "retMsg", "result", "retExtInfo", "time"]
    assert answer["retCode"] == 0, answer
    assert has_shape(answer["result"], OFFICIAL[path]), answer["result"]


# --- requests ---


def test_the_body_counts_as_it_was_sent(sandbox: Sandbox, bybit: Open) -> None:
    """White space and order are the client's; the signature is over the bytes."""
    body = '{ "ips" : "203.0.113.9",\n  "readOnly":0, "apikey":"bot" }'
    assert bybit().send("POST", UPDATE_SUB, body).json()["retCode"] == 0
    assert stored(sandbox)["ip_whitelist"] == ["203.0.113.9"]


@pytest.mark.parametrize(("shift_ms", "code"), [(-4500, 0), (-5500, 10002), (500, 0), (2000, 10002)])
def test_time_window(bybit: Open, shift_ms: int, code: int) -> None:
    assert bybit(shift_ms=shift_ms).get(OWN)["retCode"] == code


def test_missing_headers_are_401(sandbox: Sandbox, bybit: Open) -> None:
    client = bybit()
    assert client.http.get(f"{client.url}{OWN}").status_code == 401


def test_unknown_paths(bybit: Open) -> None:
    answer = bybit().send("GET", "/v5/user/nothing", "")
    assert (answer.status_code, answer.json()["retCode"]) == (404, 10017)


def test_a_get_with_a_body_is_forbidden(bybit: Open) -> None:
    client = bybit()
    assert client.http.request("GET", f"{client.url}{OWN}", content="{}").status_code == 403


@pytest.mark.parametrize("body", ["", "[]", "{", '"x"'])
def test_bodies_that_are_no_object(bybit: Open, body: str) -> None:
    assert bybit().send("POST", UPDATE_SUB, body).json()["retCode"] == 10001


# --- who may do what ---


@pytest.mark.parametrize(
    ("caller", "path", "code"),
    [
        ("trader", OWN, 0),
        ("trader", KEYS, 0),
        ("trader", MEMBERS, 10005),
        ("trader", MEMBERS_PAGED, 10005),
        ("trader", CREATE, 10005),
        ("trader", UPDATE_OWN, 10005),
        ("trader", DELETE_OWN, 10005),
        ("local", OWN, 0),
        ("local", KEYS, 10005),
        ("local", CREATE, 10005),
        ("local", UPDATE_OWN, 10005),
        ("viewer", MEMBERS, 0),
        ("viewer", UPDATE_SUB, 10005),
        ("viewer", DELETE_SUB, 10005),
        ("treasury", MEMBERS, 0),
    ],
)
def test_what_an_endpoint_asks_of_a_key(bybit: Open, caller: str, path: str, code: int) -> None:
    """A wallet right to manage, a master key for others' keys, no writing when read-only (our reading)."""
    reads = path in (OWN, KEYS, MEMBERS, MEMBERS_PAGED)
    given = GIVEN.get(path, {})
    answer = bybit(caller).get(path, **given) if reads else bybit(caller).post(path, **given)
    assert answer["retCode"] == code


def test_a_sub_account_key_changes_itself_without_naming_itself(sandbox: Sandbox, bybit: Open) -> None:
    assert bybit("local").post(UPDATE_SUB, apikey="local", ips=HERE)["retCode"] == 10001
    assert bybit("local").post(UPDATE_SUB, ips=f"{HERE},203.0.113.9")["retCode"] == 0
    assert stored(sandbox, "local")["ip_whitelist"] == [HERE, "203.0.113.9"]
    assert bybit("local").post(DELETE_SUB)["retCode"] == 0
    assert bybit("local").get(OWN)["retCode"] == 10003


@pytest.mark.parametrize("name", [None, "nobody", "trader"])
def test_a_master_key_names_a_key_of_its_sub_accounts(bybit: Open, name: str | None) -> None:
    given = {} if name is None else {"apikey": name}
    assert bybit().post(UPDATE_SUB, ips=HERE, **given)["retCode"] == 10001


def test_other_sub_accounts_are_not_listed(bybit: Open) -> None:
    assert bybit().get(KEYS, subMemberId="999")["retCode"] == 10001
    assert bybit().get(KEYS)["retCode"] == 10001


def test_a_key_that_is_switched_off_is_invalid(sandbox: Sandbox, bybit: Open) -> None:
    off = {"enabled": False}
    sandbox.website({"exchange": "bybit", "account": "main", "key": "trader", "action": "set", "set": off})
    assert bybit("trader").get(OWN)["retCode"] == 10003


# --- an update is not a patch ---


def test_left_out_addresses_unbind_the_key(sandbox: Sandbox, bybit: Open) -> None:
    answer = bybit().post(UPDATE_SUB, apikey="bot", readOnly=0, permissions=SPOT)
    assert answer["result"]["ips"] == ["*"]
    assert stored(sandbox)["ip_whitelist"] is None


def test_left_out_mode_makes_a_read_only_key_read_write(sandbox: Sandbox, bybit: Open) -> None:
    bybit().post(UPDATE_SUB, apikey="bot", readOnly=1, ips=HERE)
    assert "ReadOnly" in stored(sandbox)["permissions"]
    bybit().post(UPDATE_SUB, apikey="bot", ips=HERE)
    assert "ReadOnly" not in stored(sandbox)["permissions"]


def test_left_out_permissions_stay_and_sent_ones_replace_all(sandbox: Sandbox, bybit: Open) -> None:
    before = stored(sandbox)["permissions"]
    bybit().post(UPDATE_SUB, apikey="bot", ips=HERE)
    assert stored(sandbox)["permissions"] == before
    bybit().post(UPDATE_SUB, apikey="bot", ips=HERE, permissions={"Options": ["OptionsTrade"]})
    assert stored(sandbox)["permissions"] == ["Options:OptionsTrade"]


def test_derivatives_comes_with_contract_trade(sandbox: Sandbox, bybit: Open) -> None:
    assert "Derivatives:DerivativesTrade" in stored(sandbox)["permissions"], (
        "also for a key of the world's file"
    )
    contract = {"ContractTrade": ["Order", "Position"]}
    answer = bybit().post(UPDATE_SUB, apikey="bot", ips=HERE, permissions=contract)
    assert answer["result"]["permissions"]["Derivatives"] == ["DerivativesTrade"]
    answer = bybit().post(UPDATE_SUB, apikey="bot", ips=HERE, permissions=SPOT)
    assert answer["result"]["permissions"]["Derivatives"] == []


@pytest.mark.parametrize(
    ("ips", "expected"),
    [
        ("203.0.113.9,203.0.113.10", ["203.0.113.9", "203.0.113.10"]),
        (["203.0.113.9"], ["203.0.113.9"]),
        ("203.0.113.9,203.0.113.9", ["203.0.113.9"]),
        ("*", None),
        (["*"], None),
        ("", None),
    ],
)
def test_forms_of_an_address_list(
    sandbox: Sandbox, bybit: Open, ips: object, expected: list[str] | None
) -> None:
    assert bybit().post(UPDATE_SUB, apikey="bot", ips=ips)["retCode"] == 0
    assert stored(sandbox)["ip_whitelist"] == expected


@pytest.mark.parametrize(
    "change",
    [
        {"ips": "203.0.113.0/24"},
        {"ips": "2001:db8::1"},
        {"ips": "here"},
        {"ips": 5},
        {"ips": [5]},
        {"readOnly": 2},
        {"readOnly": True},
        {"permissions": []},
        {"permissions": {"Spot": "SpotTrade"}},
        {"permissions": {"Spot": ["Everything"]}},
        {"permissions": {"Wallet": ["Withdraw"]}},
        {"permissions": {"NewThing": ["Do"]}},
    ],
)
def test_updates_that_are_refused_change_nothing(
    sandbox: Sandbox, bybit: Open, change: dict[str, object]
) -> None:
    before = stored(sandbox)
    assert bybit().post(UPDATE_SUB, **{"apikey": "bot", "ips": HERE, **change})["retCode"] == 10001
    assert stored(sandbox) == before


def test_groups_that_are_not_known_are_shown_and_may_be_sent_back(sandbox: Sandbox, bybit: Open) -> None:
    given = world()
    odd = key("odd", ["NewThing:Do"], [HERE])
    given["exchanges"]["bybit"]["accounts"][0]["sub_accounts"][0]["keys"].append(odd)
    sandbox.load(given)
    assert bybit("odd").get(OWN)["result"]["permissions"]["NewThing"] == ["Do"]
    both = {"NewThing": ["Do"], **SPOT}
    assert bybit().post(UPDATE_SUB, apikey="odd", ips=HERE, permissions=both)["retCode"] == 0
    assert stored(sandbox, "odd")["permissions"] == ["NewThing:Do", "Spot:SpotTrade"]


# --- a master key changes itself ---


def test_own_addresses_are_for_the_website(sandbox: Sandbox, bybit: Open) -> None:
    assert bybit().post(UPDATE_OWN, ips=HERE, permissions=SPOT)["retCode"] == 141019
    assert stored(sandbox, "manager")["permissions"] == ["Spot:SpotTrade", "Wallet:AccountTransfer"]


def test_own_addresses_stay_when_permissions_change(sandbox: Sandbox, bybit: Open) -> None:
    answer = bybit().post(UPDATE_OWN, permissions={"Wallet": ["AccountTransfer"], "Earn": ["Earn"]})
    assert answer["result"]["ips"] == [HERE]
    assert stored(sandbox, "manager")["permissions"] == ["Wallet:AccountTransfer", "Earn:Earn"]


@pytest.mark.parametrize(
    "permissions",
    [
        {"Wallet": ["AccountTransfer"], "FiatP2P": ["FiatP2POrder"]},
        {"Wallet": ["AccountTransfer", "Withdraw"]},
        {
            "Wallet": ["AccountTransfer", "Withdraw"],
            "FiatP2P": ["FiatP2POrder"],
            "FiatBitPay": ["FaitPayOrder"],
        },
    ],
    ids=["takes Withdraw away", "takes P2P away", "adds Pay"],
)
def test_sensitive_permissions_are_for_the_website(bybit: Open, permissions: dict[str, object]) -> None:
    assert bybit("treasury").post(UPDATE_OWN, permissions=permissions)["retCode"] == 141020


def test_withdraw_cannot_be_added_by_api(bybit: Open) -> None:
    assert (
        bybit().post(UPDATE_OWN, permissions={"Wallet": ["AccountTransfer", "Withdraw"]})["retCode"] == 141020
    )


def test_sensitive_permissions_may_be_sent_back_unchanged(bybit: Open) -> None:
    permissions = {"Wallet": ["Withdraw"], "FiatP2P": ["FiatP2POrder"]}
    assert bybit("treasury").post(UPDATE_OWN, permissions=permissions)["retCode"] == 0


def test_affiliate_must_be_alone(bybit: Open) -> None:
    permissions = {"Affiliate": ["Affiliate"], **SPOT}
    assert bybit().post(UPDATE_OWN, permissions=permissions)["retCode"] == 10001


# --- making ---


@pytest.mark.parametrize(
    "change",
    [
        {"subuid": BYBIT_SUB},
        {"subuid": 1},
        {"readOnly": None},
        {"permissions": None},
        {"permissions": {}},
        {"permissions": {"Spot": []}},
        {"note": 5},
    ],
    ids=["uid as text", "no such uid", "no mode", "no permissions", "no group", "empty group", "note"],
)
def test_a_key_that_cannot_be_made(bybit: Open, change: dict[str, object]) -> None:
    asked = {"subuid": int(BYBIT_SUB), "readOnly": 0, "permissions": SPOT, **change}
    given = {name: value for name, value in asked.items() if value is not None}
    assert bybit().post(CREATE, **given)["retCode"] == 10001


def test_a_new_secret_is_shown_once(sandbox: Sandbox, bybit: Open) -> None:
    made = bybit().post(CREATE, subuid=int(BYBIT_SUB), readOnly=1, permissions=SPOT)["result"]
    assert len(made["secret"]) == 36
    listed = bybit().get(KEYS, subMemberId=BYBIT_SUB)["result"]["result"]
    assert (listed[-1]["secret"], listed[-1]["readOnly"], listed[-1]["ips"]) == ("******", True, ["*"])
    assert made["secret"] not in str(sandbox.state())


# --- lifetime and lists ---


def test_a_key_without_addresses_ends_after_90_days(sandbox: Sandbox, bybit: Open) -> None:
    born = now_ms() - 85 * DAY_MS
    given = world()
    sub_keys = given["exchanges"]["bybit"]["accounts"][0]["sub_accounts"][0]["keys"]
    sub_keys.append(key("ending", ["Spot:SpotTrade"], None, created_at=born))
    sub_keys.append(key("ended", ["Spot:SpotTrade"], None, created_at=born - 10 * DAY_MS))
    sub_keys.append(key("fresh", ["Spot:SpotTrade"], None))
    sandbox.load(given)
    listed = bybit().get(KEYS, subMemberId=BYBIT_SUB)["result"]["result"]
    lives = {row["note"]: (row["status"], row["deadlineDay"]) for row in listed}
    assert lives == {"bot": (1, -2), "local": (1, -2), "ending": (4, 4), "ended": (2, 0), "fresh": (3, 89)}
    assert [row["expiredAt"] for row in listed if row["note"] == "bot"] == ["1970-01-01T00:00:00Z"]
    assert bybit("ending").get(OWN)["retCode"] == 0
    assert bybit("ended").get(OWN)["retCode"] == 33004


def test_unbinding_by_api_starts_the_90_days(sandbox: Sandbox, bybit: Open) -> None:
    given = world()
    old = key("old", ["Spot:SpotTrade"], [HERE], created_at=now_ms() - 400 * DAY_MS)
    given["exchanges"]["bybit"]["accounts"][0]["sub_accounts"][0]["keys"].append(old)
    sandbox.load(given)
    bybit().post(UPDATE_SUB, apikey="old", ips="*")
    listed = bybit().get(KEYS, subMemberId=BYBIT_SUB)["result"]["result"]
    assert listed[-1]["deadlineDay"] in (89, 90)


def test_listing_keys_is_paged_by_cursor(sandbox: Sandbox, bybit: Open) -> None:
    given = world()
    sub_keys = given["exchanges"]["bybit"]["accounts"][0]["sub_accounts"][0]["keys"]
    sub_keys += [key(f"more{number}", ["Spot:SpotTrade"], [HERE]) for number in range(20)]
    sandbox.load(given)
    first = bybit().get(KEYS, subMemberId=BYBIT_SUB)["result"]
    assert len(first["result"]) == 20
    second = bybit().get(KEYS, subMemberId=BYBIT_SUB, cursor=first["nextPageCursor"])["result"]
    assert [row["note"] for row in second["result"]] == ["more18", "more19"]
    assert second["nextPageCursor"] == ""
    assert bybit().get(KEYS, subMemberId=BYBIT_SUB, limit=21)["retCode"] == 10001
    assert bybit().get(KEYS, subMemberId=BYBIT_SUB, cursor="x")["retCode"] == 10001


def test_members_are_paged_and_zero_ends_it(bybit: Open) -> None:
    first = bybit().get(MEMBERS_PAGED, pageSize=1)["result"]
    second = bybit().get(MEMBERS_PAGED, pageSize=1, nextCursor=first["nextCursor"])["result"]
    assert [row["uid"] for row in (*first["subMembers"], *second["subMembers"])] == [BYBIT_SUB, "53888001"]
    assert second["nextCursor"] == "0"


def test_app_bound_keys_are_of_type_2(sandbox: Sandbox, bybit: Open) -> None:
    given = world()
    bound = key("bound", ["Spot:SpotTrade"], [HERE], app="Platform")
    given["exchanges"]["bybit"]["accounts"][0]["keys"].append(bound)
    sandbox.load(given)
    assert bybit("bound").get(OWN)["result"]["type"] == 2
    assert bybit("trader").get(OWN)["result"]["type"] == 1


def test_app_bound_keys_do_not_expire_for_want_of_addresses(sandbox: Sandbox, bybit: Open) -> None:
    given = world()
    keys = [key("bound", ["Spot:SpotTrade"], None, app="Platform"), key("open", ["Spot:SpotTrade"], None)]
    given["exchanges"]["bybit"]["accounts"][0]["keys"] += keys
    sandbox.load(given)
    assert bybit("bound").get(OWN)["result"]["deadlineDay"] == -2
    assert bybit("open").get(OWN)["result"]["deadlineDay"] >= 0


def test_master_and_sub_account_keys_say_whose_they_are(bybit: Open) -> None:
    master, sub = (bybit(name).get(OWN)["result"] for name in ("manager", "local"))
    assert (master["isMaster"], master["parentUid"], master["userID"]) == (True, "0", 2001)
    assert (sub["isMaster"], sub["parentUid"], sub["userID"]) == (False, "2001", int(BYBIT_SUB))
