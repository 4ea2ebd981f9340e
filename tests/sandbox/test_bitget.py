"""What Bitget's simulator does: answers as in the documents' examples, and each known trap, in both modes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from accesscfg.sandbox import Sandbox
from accesscfg.sandbox.worldfile import WorldError
from tests.sandbox.raw import Client, digest, now_ms
from tests.sandbox.shapes import has_shape
from tests.sandbox.worlds import ELSEWHERE, HERE, key

PASSPHRASE = "Sandboxonly1"
SUB = "53888000"
OWN, SETTINGS = "/api/v3/account/info", "/api/v3/account/settings"
SUBS, KEYS = "/api/v3/user/sub-list", "/api/v3/user/sub-api-list"
CREATE, UPDATE, DELETE = (f"/api/v3/user/{call}-sub-api" for call in ("create", "update", "delete"))
CLASSIC_OWN = "/api/v2/spot/account/info"
CLASSIC_SUBS = "/api/v2/user/virtual-subaccount-list"
CLASSIC_KEYS = "/api/v2/user/virtual-subaccount-apikey-list"
CLASSIC_CREATE = "/api/v2/user/create-virtual-subaccount-apikey"
MODIFY = "/api/v2/user/modify-virtual-subaccount-apikey"
IPS = ["203.0.113.7", "203.0.113.8"]
BOT = {"passphrase": PASSPHRASE, "subAccountUid": SUB, "subAccountApiKey": "bot", "label": "bot"}
UBOT = {"passphrase": PASSPHRASE, "apiKey": "ubot"}

Open = Callable[..., "BitgetClient"]


class BitgetClient(Client):
    """One key; its account is Classic, or Unified where its name begins with u."""

    def send(self, method: str, target: str, body: str = "", **headers: str) -> httpx.Response:
        """`target` is the path with its query."""
        stamp = str(now_ms() + self.shift_ms)
        signature = base64.b64encode(digest(self.secret, f"{stamp}{method}{target}{body}")).decode()
        signed = {
            "ACCESS-KEY": self.key,
            "ACCESS-SIGN": signature,
            "ACCESS-TIMESTAMP": stamp,
            "ACCESS-PASSPHRASE": PASSPHRASE,
            "Content-Type": "application/json",
        }
        kept = {name: value for name, value in {**signed, **headers}.items() if value}
        return self.http.request(method, f"{self.url}{target}", content=body, headers=kept)

    def get(self, path: str, **params: object) -> dict[str, Any]:
        query = urlencode(params)
        return self.send("GET", f"{path}?{query}" if query else path).json()

    def post(self, path: str, **params: object) -> dict[str, Any]:
        return self.send("POST", path, json.dumps(params)).json()


def bitget_key(name: str, permissions: list[str], whitelist: list[str] | None) -> dict[str, Any]:
    return key(name, permissions, whitelist, passphrase=PASSPHRASE)


def world(**options: object) -> dict[str, Any]:
    classic = {
        "id": "main",
        "uid": "4001",
        "keys": [
            bitget_key("manager", ["stor", "chow"], [HERE]),
            bitget_key("reader", ["stor"], [HERE]),
            bitget_key("unbound", ["stow", "chow"], None),
            bitget_key("blind", ["coow", "cpow", "chow"], [HERE]),
            bitget_key("away", ["stor"], [ELSEWHERE]),
        ],
        "sub_accounts": [
            {
                "id": "bots",
                "uid": SUB,
                "keys": [
                    bitget_key("bot", ["spot_trade", "read"], IPS),
                    bitget_key("local", ["contract_trade", "read"], [HERE]),
                ],
            },
            {"id": "second", "uid": "53888001"},
        ],
    }
    unified = {
        "id": "uta",
        "uid": "5001",
        "mode": "unified",
        "keys": [
            bitget_key("umanager", ["uta_mgt"], [HERE]),
            bitget_key("ureader", ["uta_read"], [HERE]),
            bitget_key("utrader", ["uta_trade"], None),
        ],
        "sub_accounts": [
            {
                "id": "ubots",
                "uid": SUB,
                "keys": [
                    bitget_key("ubot", ["uta_trade"], IPS),
                    bitget_key("ulocal", ["ReadOnly", "uta_trade"], [HERE]),
                ],
            }
        ],
    }
    chosen = {"rate_limits": False, **options}
    return {"seed": 7, "exchanges": {"bitget": {"options": chosen, "accounts": [classic, unified]}}}


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    """Without rate limits: a Classic key may look at itself once a second."""
    server.load(world())
    return server


@pytest.fixture
def bitget(sandbox: Sandbox, http: httpx.Client) -> Open:
    return lambda name="manager", **more: BitgetClient(http, f"{sandbox.url}/bitget", name, **more)


def stored(sandbox: Sandbox, label: str = "bot") -> dict[str, Any]:
    accounts = sandbox.state()["exchanges"]["bitget"]["accounts"]
    subs = [sub for account in accounts for sub in account["sub_accounts"]]
    return next(one for sub in subs for one in sub["keys"] if one["label"] == label)


ROW = {
    "subAccountUid": "text",
    "label": "text",
    "subAccountApiKey": "text",
    "permList": ["text"],
    "ipList": ["text"],
}
UROW = {"note": "text", "apiKey": "text", "type": "text", "permissions": ["text"], "ips": ["text"]}
NEW = {"passphrase": PASSPHRASE, "subAccountUid": SUB, "label": "new"}
UNEW = {
    "passphrase": PASSPHRASE,
    "subUid": SUB,
    "note": "new",
    "type": "read_write",
    "permissions": ["uta_trade"],
    "ips": IPS,
}
# caller, method, path, parameters, and the form of the documents' example
EXAMPLES: list[tuple[str, str, str, dict[str, Any], object]] = [
    ("manager", "GET", "/api/v2/public/time", {}, {"serverTime": "text"}),
    (
        "manager",
        "GET",
        CLASSIC_OWN,
        {},
        {
            **dict.fromkeys(["userId", "inviterId", "ips", "traderType", "channelCode", "channel"], "text"),
            "authorities": ["text"],
            "parentId": "int",
            "regisTime": "text",
        },
    ),
    (
        "manager",
        "GET",
        CLASSIC_SUBS,
        {},
        {
            "endId": "int",
            "subAccountList": [
                {
                    **dict.fromkeys(["subAccountUid", "subAccountName", "status", "label"], "text"),
                    "permList": ["text"],
                    "cTime": "text",
                    "uTime": "text",
                }
            ],
        },
    ),
    ("manager", "GET", CLASSIC_KEYS, {"subAccountUid": SUB}, [ROW]),
    ("manager", "POST", CLASSIC_CREATE, NEW, {**ROW, "secretKey": "text"}),
    ("manager", "POST", MODIFY, BOT, {**ROW, "secretKey": "text"}),
    (
        "umanager",
        "GET",
        OWN,
        {},
        {
            **dict.fromkeys(["userId", "inviterId", "parentId", "channelCode", "channel", "ips"], "text"),
            "permType": "text",
            "permissions": ["text"],
            "regisTime": "text",
        },
    ),
    (
        "umanager",
        "GET",
        SUBS,
        {},
        {
            "list": [
                dict.fromkeys(
                    [
                        "subUid",
                        "username",
                        "status",
                        "accountMode",
                        "type",
                        "note",
                        "createdTime",
                        "updatedTime",
                    ],
                    "text",
                )
            ],
            "hasNext": "bool",
            "cursor": "text",
        },
    ),
    (
        "umanager",
        "GET",
        KEYS,
        {"subUid": SUB},
        {"items": [{**UROW, "ts": "text"}], "hasNext": "bool", "cursor": "text"},
    ),
    ("umanager", "POST", CREATE, UNEW, {**UROW, "secret": "text"}),
    ("umanager", "POST", UPDATE, UBOT, UROW),
    ("umanager", "POST", DELETE, {"apiKey": "ubot"}, {}),
]


@pytest.mark.parametrize(("caller", "method", "path", "given", "form"), EXAMPLES, ids=lambda v: str(v)[-30:])
def test_answers_have_the_form_of_the_documents_examples(
    bitget: Open, caller: str, method: str, path: str, given: dict[str, Any], form: object
) -> None:
    client = bitget(caller)
    answer = client.get(path, **given) if method == "GET" else client.post(path, **given)
    assert (answer["code"], answer["msg"]) == ("00000", "success")
    assert isinstance(answer["requestTime"], int)
    assert has_shape(answer["data"], form), answer["data"]


# --- requests ---


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("ACCESS-KEY", "40001"),
        ("ACCESS-SIGN", "40002"),
        ("ACCESS-TIMESTAMP", "40003"),
        ("ACCESS-PASSPHRASE", "40011"),
    ],
)
def test_missing_headers(bitget: Open, header: str, code: str) -> None:
    answer = bitget().send("GET", CLASSIC_OWN, **{header: ""})
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (400, code, None)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"ACCESS-PASSPHRASE": "Wrongone1"}, "40012"),
        ({"ACCESS-KEY": "nobody"}, "40006"),
        ({"ACCESS-TIMESTAMP": "2026-11-21T00:00:00Z"}, "40005"),
        ({"ACCESS-TIMESTAMP": "1700000000000"}, "40008"),
        ({"ACCESS-SIGN": "AAAA"}, "40009"),
    ],
)
def test_wrong_headers(bitget: Open, headers: dict[str, str], code: str) -> None:
    assert bitget().send("GET", CLASSIC_OWN, **headers).json()["code"] == code


@pytest.mark.parametrize(
    ("shift_ms", "code"), [(-29_000, "00000"), (-31_000, "40008"), (29_000, "00000"), (31_000, "40008")]
)
def test_time_window(bitget: Open, shift_ms: int, code: str) -> None:
    assert bitget(shift_ms=shift_ms).get(CLASSIC_OWN)["code"] == code


def test_the_query_is_part_of_what_is_signed(bitget: Open) -> None:
    client = bitget()
    signed = client.send("GET", f"{CLASSIC_KEYS}?subAccountUid={SUB}")
    headers = {name: text for name, text in signed.request.headers.items() if name.startswith("access-")}
    again = client.http.get(f"{client.url}{CLASSIC_KEYS}?subAccountUid=53888001", headers=headers)
    assert (signed.json()["code"], again.json()["code"]) == ("00000", "40009")


def test_a_query_may_be_signed_before_it_is_encoded(bitget: Open) -> None:
    client = bitget()
    stamp = str(now_ms())
    plain = f"{CLASSIC_SUBS}?status=a b"
    signature = base64.b64encode(digest(client.secret, f"{stamp}GET{plain}")).decode()
    headers = {"ACCESS-SIGN": signature, "ACCESS-TIMESTAMP": stamp}
    assert client.send("GET", f"{CLASSIC_SUBS}?status=a%20b", **headers).json()["code"] == "00000"


def test_unknown_paths(bitget: Open) -> None:
    assert bitget().send("GET", "/api/v2/nothing").status_code == 404


@pytest.mark.parametrize("body", ["", "[]", "{"])
def test_bodies_that_are_no_object(bitget: Open, body: str) -> None:
    assert bitget().send("POST", MODIFY, body).json()["code"] == "40020"


def test_a_call_a_second_is_the_limit_of_a_classic_look(server: Sandbox, http: httpx.Client) -> None:
    server.load(world(rate_limits=True))
    client = BitgetClient(http, f"{server.url}/bitget", "reader")
    first, second = client.send("GET", CLASSIC_OWN), client.send("GET", CLASSIC_OWN)
    assert first.status_code == 200
    assert (second.status_code, second.json()["code"]) == (429, "429")


# --- who may do what ---


@pytest.mark.parametrize(
    ("caller", "method", "path", "given", "code"),
    [
        ("reader", "GET", CLASSIC_OWN, {}, "00000"),
        ("reader", "GET", CLASSIC_KEYS, {"subAccountUid": SUB}, "00000"),
        ("reader", "POST", MODIFY, BOT, "40014"),
        ("blind", "GET", CLASSIC_OWN, {}, "40014"),
        ("blind", "POST", MODIFY, BOT, "00000"),
        ("unbound", "GET", CLASSIC_OWN, {}, "00000"),
        ("unbound", "GET", CLASSIC_KEYS, {"subAccountUid": SUB}, "40014"),
        ("unbound", "POST", MODIFY, BOT, "40014"),
        ("away", "GET", CLASSIC_OWN, {}, "40018"),
        ("local", "GET", CLASSIC_OWN, {}, "00000"),
        ("local", "GET", CLASSIC_KEYS, {"subAccountUid": SUB}, "40014"),
        ("utrader", "GET", OWN, {}, "00000"),
        ("utrader", "GET", KEYS, {"subUid": SUB}, "40014"),
        ("ureader", "GET", KEYS, {"subUid": SUB}, "00000"),
        ("ureader", "POST", UPDATE, UBOT, "40014"),
        ("ulocal", "GET", OWN, {}, "00000"),
        ("ulocal", "GET", KEYS, {"subUid": SUB}, "40014"),
    ],
)
def test_what_a_call_asks_of_a_key(
    bitget: Open, caller: str, method: str, path: str, given: dict[str, Any], code: str
) -> None:
    client = bitget(caller)
    answer = client.get(path, **given) if method == "GET" else client.post(path, **given)
    assert answer["code"] == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"passphrase": "Wrongone1"}, "40036"),
        ({"passphrase": ""}, "40019"),
        ({"label": ""}, "40019"),
        ({"label": "n" * 21}, "40017"),
        ({"subAccountUid": "1"}, "40017"),
        ({"subAccountApiKey": "reader"}, "40037"),
        ({"subAccountApiKey": "ubot"}, "40037"),
        ({"permList": ["wallet_withdraw"]}, "40017"),
        ({"permList": "read"}, "40017"),
        ({"ipList": ["2001:db8::1"]}, "40017"),
        ({"ipList": ["203.0.113.0/29"]}, "40017"),
        ({"ipList": [f"203.0.113.{n}" for n in range(31)]}, "40017"),
    ],
)
def test_writes_that_are_refused_change_nothing(
    bitget: Open, sandbox: Sandbox, changes: dict[str, Any], code: str
) -> None:
    before = stored(sandbox)
    assert bitget().post(MODIFY, **{**BOT, "ipList": IPS, **changes})["code"] == code
    assert stored(sandbox) == before


# --- traps ---


def test_a_classic_list_that_is_left_out_is_emptied_and_rights_stay(bitget: Open, sandbox: Sandbox) -> None:
    bitget().post(MODIFY, **BOT)
    after = stored(sandbox)
    assert (after["ip_whitelist"], after["permissions"]) == (None, ["spot_trade", "read"])


def test_an_empty_list_of_classic_rights_takes_all(bitget: Open, sandbox: Sandbox) -> None:
    bitget().post(MODIFY, **BOT, permList=[], ipList=IPS)
    assert (stored(sandbox)["permissions"], stored(sandbox)["ip_whitelist"]) == ([], IPS)


def test_a_unified_list_stays_where_it_is_left_out_and_goes_where_it_is_empty(
    bitget: Open, sandbox: Sandbox
) -> None:
    client = bitget("umanager")
    client.post(UPDATE, **UBOT)
    assert (stored(sandbox, "ubot")["ip_whitelist"], stored(sandbox, "ubot")["permissions"]) == (
        IPS,
        ["uta_trade"],
    )
    client.post(UPDATE, **UBOT, ips=[])
    assert stored(sandbox, "ubot")["ip_whitelist"] is None


@pytest.mark.parametrize("given", [{"type": "read_only"}, {"permissions": ["uta_mgt"]}])
def test_type_and_permissions_go_together(bitget: Open, given: dict[str, Any]) -> None:
    assert bitget("umanager").post(UPDATE, **UBOT, **given)["code"] in ("40017", "40019")


@pytest.mark.parametrize("items", [["withdraw"], ["copy_futures_order"], ["ReadOnly"], ["spot_trade"]])
def test_a_sub_accounts_unified_key_gets_two_items_only(bitget: Open, items: list[str]) -> None:
    answer = bitget("umanager").post(UPDATE, **UBOT, type="read_write", permissions=items)
    assert answer["code"] == "40017"


def test_a_type_is_kept_beside_the_items(bitget: Open, sandbox: Sandbox) -> None:
    answer = bitget("umanager").post(UPDATE, **UBOT, type="read_only", permissions=["uta_mgt"])
    assert (answer["data"]["type"], answer["data"]["permissions"]) == ("read_only", ["uta_mgt"])
    assert stored(sandbox, "ubot")["permissions"] == ["ReadOnly", "uta_mgt"]


def test_writing_is_shown_with_reading_or_alone(server: Sandbox, http: httpx.Client) -> None:
    shown = {}
    for how in ("both", "write"):
        server.load(world(authorities=how))
        client = BitgetClient(http, f"{server.url}/bitget", "unbound")
        shown[how] = set(client.get(CLASSIC_OWN)["data"]["authorities"])
    assert shown == {"both": {"stor", "stow", "chor", "chow"}, "write": {"stow", "chow"}}


# --- modes ---


@pytest.mark.parametrize("path", [CLASSIC_OWN, CLASSIC_SUBS])
def test_a_unified_account_refuses_classic_calls(bitget: Open, path: str) -> None:
    assert bitget("umanager").get(path)["code"] == "40085"


@pytest.mark.parametrize(
    ("option", "codes"),
    [
        ("40084", {OWN: "40084", SETTINGS: "40084", UPDATE: "40084"}),
        ("40014", {OWN: "40014", SETTINGS: "40014", UPDATE: "40014"}),
        ("answered", {OWN: "00000", SETTINGS: "00000", UPDATE: "40084"}),
    ],
)
def test_what_a_classic_account_answers_to_unified_calls_is_an_option(
    server: Sandbox, http: httpx.Client, option: str, codes: dict[str, str]
) -> None:
    server.load(world(v3_on_classic=option))
    client = BitgetClient(http, f"{server.url}/bitget", "manager")
    seen = {
        path: (client.post(path, **UBOT) if path == UPDATE else client.get(path))["code"] for path in codes
    }
    assert seen == codes


def test_a_classic_account_that_answers_lists_nothing(server: Sandbox, http: httpx.Client) -> None:
    server.load(world(v3_on_classic="answered"))
    client = BitgetClient(http, f"{server.url}/bitget", "manager")
    assert client.get(KEYS, subUid=SUB)["data"]["items"] == []
    assert client.get(SUBS)["data"]["list"] == []
    assert client.get(SETTINGS)["data"]["accountMode"] == "classic"


def test_an_account_has_its_own_mode_else_that_of_the_options(server: Sandbox) -> None:
    server.load(world(mode="unified"))
    accounts = server.state()["exchanges"]["bitget"]["accounts"]
    assert [account["mode"] for account in accounts] == ["unified", "unified"]
    assert {sub["mode"] for account in accounts for sub in account["sub_accounts"]} == {"unified"}


@pytest.mark.parametrize(
    ("exchange", "why"), [("bitget", "must be one of classic, unified"), ("okx", "no modes")]
)
def test_a_mode_that_there_is_not(server: Sandbox, exchange: str, why: str) -> None:
    account = {"id": "main", "mode": "hybrid"}
    with pytest.raises(WorldError, match=why):
        server.load({"exchanges": {exchange: {"accounts": [account]}}})


# --- the website ---


def by_hand(sandbox: Sandbox, account: str, name: str, **changes: Any) -> dict[str, Any]:
    request = {"exchange": "bitget", "account": account, "key": name, "action": "set", "set": changes}
    shown: dict[str, Any] = sandbox.website(request)["key"]
    return shown


@pytest.mark.parametrize(
    ("account", "name", "given", "kept"),
    [
        ("main", "reader", ["stor", "coow", "cpow"], ["stor", "coow", "coor", "cpow", "cpor"]),
        ("uta", "utrader", ["uta_read"], ["ReadOnly", "uta_trade", "uta_mgt"]),
        ("uta", "utrader", ["uta_read", "uta_mgt"], ["uta_mgt"]),
        ("uta", "utrader", ["ReadOnly", "uta_mgt"], ["ReadOnly", "uta_mgt"]),
    ],
)
def test_what_a_form_leaves_behind(
    sandbox: Sandbox, account: str, name: str, given: list[str], kept: list[str]
) -> None:
    assert by_hand(sandbox, account, name, permissions=given)["permissions"] == kept


@pytest.mark.parametrize(
    ("account", "name", "changes", "why"),
    [
        ("main", "reader", {"permissions": ["uta_trade"]}, "no such permission in a classic account"),
        ("uta", "ureader", {"permissions": ["stor"]}, "no such permission in a unified account"),
        ("main", "unbound", {"permissions": ["stor", "wwow"]}, "withdrawing needs linked IP addresses"),
        ("uta", "utrader", {"permissions": ["withdraw"]}, "withdrawing needs linked IP addresses"),
        ("main", "reader", {"label": "other"}, "the note cannot be edited"),
        ("main", "reader", {"enabled": False}, "switched off"),
        ("main", "reader", {"app": "Gridbot"}, "not bound to applications"),
        ("main", "reader", {"ip_whitelist": [f"203.0.113.{n}" for n in range(31)]}, "at most 30"),
        ("main", "reader", {"ip_whitelist": ["203.0.113.0/29"]}, "networks are not accepted"),
    ],
)
def test_what_the_website_refuses(
    sandbox: Sandbox, account: str, name: str, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(WorldError, match=why):
        by_hand(sandbox, account, name, **changes)


def test_an_account_has_ten_keys(sandbox: Sandbox) -> None:
    request = {"exchange": "bitget", "account": "main", "action": "create", "set": {"permissions": ["stor"]}}
    for number in range(5):
        made = sandbox.website({**request, "key": f"new{number}"})
        assert made["passphrase"]
    with pytest.raises(WorldError, match="at most 10"):
        sandbox.website({**request, "key": "one too many"})
