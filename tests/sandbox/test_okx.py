"""What OKX's simulator does: answers as in the official examples, and each known trap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accesscfg.sandbox import Sandbox
from tests.sandbox.raw import OkxClient, now_ms
from tests.sandbox.shapes import has_shape
from tests.sandbox.worlds import HERE, OKX_SUB, PASSPHRASE, key, world

Open = Callable[..., OkxClient]

OWN = "/api/v5/account/config"
LIST = "/api/v5/users/subaccount/list"
KEYS = "/api/v5/users/subaccount/apikey"
MODIFY = "/api/v5/users/subaccount/modify-apikey"
DELETE = "/api/v5/users/subaccount/delete-apikey"
DAY_MS = 86_400_000
NEW = {"subAcct": OKX_SUB, "label": "new", "passphrase": "Very-Secret-1"}
BOT = {"subAcct": OKX_SUB, "apiKey": "bot"}

ROW: dict[str, object] = {"label": "text", "apiKey": "text", "perm": "text", "ip": "text", "ts": "text"}
OFFICIAL: dict[tuple[str, str], dict[str, object]] = {
    ("GET", "/api/v5/public/time"): {"ts": "text"},
    ("GET", OWN): {
        **dict.fromkeys(
            ["uid", "mainUid", "type", "label", "perm", "ip", "acctLv", "acctStpMode", "posMode"], "text"
        ),
        "autoLoan": "bool",
        **dict.fromkeys(
            ["greeksType", "feeType", "level", "levelTmp", "ctIsoMode", "mgnIsoMode", "spotOffsetType"],
            "text",
        ),
        **dict.fromkeys(
            ["stgyType", "roleType", "spotRoleType", "opAuth", "kycLv", "liquidationGear", "settleCcy"],
            "text",
        ),
        "traderInsts": ["text"],
        "spotTraderInsts": ["text"],
        "enableSpotBorrow": "bool",
        "spotBorrowAutoRepay": "bool",
        "settleCcyList": ["text"],
    },
    ("GET", LIST): {
        **dict.fromkeys(
            ["label", "mobile", "subAcct", "ts", "type", "uid", "subAcctLv", "firstLvSubAcct"], "text"
        ),
        **dict.fromkeys(["canTransOut", "enable", "gAuth", "ifDma"], "bool"),
        "frozenFunc": ["text"],
    },
    ("GET", KEYS): ROW,
    ("POST", KEYS): {"subAcct": "text", **ROW, "secretKey": "text", "passphrase": "text"},
    ("POST", MODIFY): {"subAcct": "text", **ROW},
    ("POST", DELETE): {"subAcct": "text"},
}
GIVEN: dict[tuple[str, str], dict[str, object]] = {
    ("GET", KEYS): {"subAcct": OKX_SUB},
    ("POST", KEYS): {**NEW},
    ("POST", MODIFY): {**BOT},
    ("POST", DELETE): {**BOT},
}


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    """Without rate limits: OKX takes one write a second."""
    server.load(world(okx={"rate_limits": False}))
    return server


def stored(sandbox: Sandbox, label: str = "bot") -> dict[str, Any]:
    account = sandbox.state()["exchanges"]["okx"]["accounts"][0]
    return next(entry for entry in account["sub_accounts"][0]["keys"] if entry["label"] == label)


@pytest.mark.parametrize("call", list(OFFICIAL), ids=lambda call: " ".join(call))
def test_answers_have_the_form_of_the_official_examples(okx: Open, call: tuple[str, str]) -> None:
    method, path = call
    given = GIVEN.get(call, {})
    answer = okx().get(path, **given) if method == "GET" else okx().post(path, **given)
    assert (answer["code"], answer["msg"]) == ("0", "")
    assert has_shape(answer["data"], [OFFICIAL[call]]), answer["data"]
    assert answer["data"]


# --- requests ---


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("OK-ACCESS-KEY", "50103"),
        ("OK-ACCESS-PASSPHRASE", "50104"),
        ("OK-ACCESS-SIGN", "50106"),
        ("OK-ACCESS-TIMESTAMP", "50107"),
    ],
)
def test_missing_headers(okx: Open, header: str, code: str) -> None:
    answer = okx().send("GET", OWN, **{header: ""})
    assert (answer.status_code, answer.json()["code"]) == (401, code)


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"OK-ACCESS-PASSPHRASE": "Wrong-one-1"}, 401, "50105"),
        ({"OK-ACCESS-KEY": "not a key"}, 401, "50111"),
        ({"OK-ACCESS-TIMESTAMP": "1700000000"}, 401, "50112"),
        ({"x-simulated-trading": "1"}, 401, "50101"),
    ],
)
def test_wrong_headers(okx: Open, headers: dict[str, str], status: int, code: str) -> None:
    answer = okx().send("GET", OWN, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("shift_ms", "code"), [(-29_000, "0"), (-31_000, "50102"), (29_000, "0"), (31_000, "50102")]
)
def test_time_window(okx: Open, shift_ms: int, code: str) -> None:
    assert okx(shift_ms=shift_ms).get(OWN)["code"] == code


def test_the_query_is_part_of_what_is_signed(okx: Open) -> None:
    client = okx()
    signed = client.send("GET", f"{KEYS}?subAcct={OKX_SUB}")
    assert signed.json()["code"] == "0"
    headers = {
        name: signed.request.headers[name] for name in signed.request.headers if name.startswith("ok-")
    }
    again = client.http.get(f"{client.url}{KEYS}?subAcct=second", headers=headers)
    assert again.json()["code"] == "50113"


def test_unknown_paths(okx: Open) -> None:
    assert okx().send("GET", "/api/v5/users/nothing").status_code == 404


@pytest.mark.parametrize("body", ["", "[]", "{"])
def test_bodies_that_are_no_object(okx: Open, body: str) -> None:
    assert okx().send("POST", MODIFY, body).json()["code"] == "51000"


# --- who may do what ---


@pytest.mark.parametrize(
    ("caller", "method", "path", "code"),
    [
        ("reader", "GET", OWN, "0"),
        ("reader", "GET", LIST, "0"),
        ("reader", "GET", KEYS, "0"),
        ("reader", "POST", KEYS, "50120"),
        ("reader", "POST", MODIFY, "50120"),
        ("reader", "POST", DELETE, "50120"),
        ("blind", "GET", OWN, "50120"),
        ("blind", "GET", KEYS, "50120"),
        ("blind", "POST", MODIFY, "0"),
        ("unbound", "GET", KEYS, "0"),
        ("unbound", "POST", KEYS, "50035"),
        ("unbound", "POST", MODIFY, "50035"),
        ("unbound", "POST", DELETE, "50035"),
        ("local", "GET", OWN, "0"),
        ("local", "GET", LIST, "59500"),
        ("local", "GET", KEYS, "59500"),
        ("local", "POST", MODIFY, "59500"),
    ],
)
def test_what_an_endpoint_asks_of_a_key(okx: Open, caller: str, method: str, path: str, code: str) -> None:
    given = GIVEN.get((method, path), {})
    client = okx(caller)
    answer = client.get(path, **given) if method == "GET" else client.post(path, **given)
    assert answer["code"] == code


def test_main_and_sub_account_keys_say_whose_they_are(okx: Open) -> None:
    main, sub = (okx(name).get(OWN)["data"][0] for name in ("manager", "local"))
    assert (main["uid"], main["mainUid"], main["type"]) == ("3001", "3001", "0")
    assert (sub["uid"], sub["mainUid"], sub["type"]) == ("3002", "3001", "1")


@pytest.mark.parametrize(
    ("change", "code"),
    [({"enabled": False}, "50100"), ({"expires_at": "2020-01-01T00:00:00Z"}, "50119")],
    ids=["frozen", "over"],
)
def test_a_key_that_is_frozen_or_over(
    sandbox: Sandbox, okx: Open, change: dict[str, object], code: str
) -> None:
    sandbox.website({"exchange": "okx", "account": "main", "key": "reader", "action": "set", "set": change})
    assert okx("reader").get(OWN)["code"] == code


@pytest.mark.parametrize(
    ("permissions", "whitelist", "days", "code"),
    [
        (["read_only", "trade"], None, 13, "0"),
        (["read_only", "trade"], None, 15, "50119"),
        (["read_only", "trade"], [HERE], 15, "0"),
        (["read_only"], None, 15, "0"),
    ],
    ids=["used of late", "idle", "bound", "cannot trade"],
)
def test_an_unbound_trading_key_ends_after_14_days_without_use(
    sandbox: Sandbox, okx: Open, permissions: list[str], whitelist: list[str] | None, days: int, code: str
) -> None:
    given = world()
    idle = key("idle", permissions, whitelist, passphrase=PASSPHRASE, last_used_at=now_ms() - days * DAY_MS)
    given["exchanges"]["okx"]["accounts"][0]["keys"].append(idle)
    sandbox.load(given)
    assert okx("idle").get(OWN)["code"] == code


def test_networks_in_a_whitelist_let_their_addresses_in(sandbox: Sandbox, okx: Open) -> None:
    given = world()
    given["exchanges"]["okx"]["accounts"][0]["keys"] += [
        key("inside", ["read_only"], ["127.0.0.0/30"], passphrase=PASSPHRASE),
        key("outside", ["read_only"], ["127.0.0.4/30", "::1"], passphrase=PASSPHRASE),
    ]
    sandbox.load(given)
    assert okx("inside").get(OWN)["data"][0]["ip"] == "127.0.0.0/30"
    assert okx("outside").get(OWN)["code"] == "50110"


# --- modifying is a patch ---


def test_absent_fields_stay(sandbox: Sandbox, okx: Open) -> None:
    before = stored(sandbox)
    assert okx().post(MODIFY, **BOT)["code"] == "0"
    assert stored(sandbox) == before


def test_an_empty_ip_takes_all_addresses_away(sandbox: Sandbox, okx: Open) -> None:
    assert okx().post(MODIFY, **BOT, ip="")["data"][0]["ip"] == ""
    assert stored(sandbox)["ip_whitelist"] is None


def test_sent_fields_replace(sandbox: Sandbox, okx: Open) -> None:
    okx().post(MODIFY, **BOT, ip="203.0.113.9,2001:db8::1,198.51.100.0/24", perm="read_only", label="b2")
    after = stored(sandbox, "b2")
    assert after["ip_whitelist"] == ["203.0.113.9", "2001:db8::1", "198.51.100.0/24"]
    assert after["permissions"] == ["read_only"]


def test_the_answer_to_a_modification_spells_read_otherwise(okx: Open) -> None:
    assert okx().post(MODIFY, **BOT, perm="trade,read_only")["data"][0]["perm"] == "read,trade"
    assert okx().get(KEYS, **BOT)["data"][0]["perm"] == "read_only,trade"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subAcct": ""}, "50014"),
        ({"apiKey": ""}, "50014"),
        ({"subAcct": "nobody"}, "59510"),
        ({"apiKey": "nobody"}, "59506"),
        ({"apiKey": "reader"}, "59506"),
        ({"perm": "withdraw"}, "59504"),
        ({"perm": "read_only,fly"}, "51000"),
        ({"perm": ""}, "51000"),
        ({"ip": ",".join(f"203.0.113.{number}" for number in range(21))}, "59503"),
        ({"ip": "here"}, "51000"),
        ({"ip": "203.0.113.9/24"}, "51000"),
        ({"ip": ["203.0.113.9"]}, "51000"),
        ({"label": "local"}, "59502"),
        ({"label": ""}, "51000"),
    ],
)
def test_modifications_that_are_refused_change_nothing(
    sandbox: Sandbox, okx: Open, change: dict[str, object], code: str
) -> None:
    before = stored(sandbox)
    assert okx().post(MODIFY, **{**BOT, **change})["code"] == code
    assert stored(sandbox) == before


# --- making and listing ---


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"label": None}, "50014"),
        ({"passphrase": None}, "50014"),
        ({"label": "bot"}, "59502"),
        ({"passphrase": "Short-1"}, "59505"),
        ({"passphrase": "no-upper-case-1"}, "59505"),
        ({"passphrase": "NoSpecialOne1"}, "59505"),
        ({"passphrase": "No-digit-here"}, "59505"),
        ({"perm": "withdraw"}, "59504"),
    ],
)
def test_a_key_that_cannot_be_made(okx: Open, change: dict[str, object], code: str) -> None:
    given = {name: value for name, value in {**NEW, **change}.items() if value is not None}
    assert okx().post(KEYS, **given)["code"] == code


def test_at_most_50_keys(sandbox: Sandbox, okx: Open) -> None:
    given = world()
    keys = given["exchanges"]["okx"]["accounts"][0]["sub_accounts"][0]["keys"]
    keys += [key(f"more{number}", ["read_only"], None) for number in range(48)]
    sandbox.load(given)
    assert okx().post(KEYS, **NEW)["code"] == "59501"


def test_new_secrets_are_shown_once(sandbox: Sandbox, okx: Open) -> None:
    made = okx().post(KEYS, **NEW)["data"][0]
    assert (made["perm"], made["ip"]) == ("read_only", "")
    listed = str(okx().get(KEYS, subAcct=OKX_SUB)) + str(sandbox.state())
    assert made["apiKey"] in listed
    assert made["secretKey"] not in listed
    assert "Very-Secret-1" not in listed


def test_key_ids_are_masked_in_a_world_that_says_so(sandbox: Sandbox, okx: Open) -> None:
    sandbox.load(world(okx={"mask_api_keys": True}))
    assert [row["apiKey"] for row in okx().get(KEYS, subAcct=OKX_SUB)["data"]] == ["******", "******"]


def test_sub_accounts_are_paged_by_the_time_of_making(okx: Open) -> None:
    both = okx().get(LIST)["data"]
    assert [row["subAcct"] for row in both] == [OKX_SUB, "second"], "newest first"
    newest, oldest = both[0]["ts"], both[1]["ts"]
    assert [row["subAcct"] for row in okx().get(LIST, limit=1)["data"]] == [OKX_SUB]
    assert [row["subAcct"] for row in okx().get(LIST, limit=1, after=newest)["data"]] == ["second"]
    assert [row["subAcct"] for row in okx().get(LIST, before=oldest)["data"]] == [OKX_SUB]
    assert okx().get(LIST, after=oldest)["data"] == []
    assert okx().get(LIST, enable="false")["data"] == []
    assert okx().get(LIST, after="x")["code"] == "51000"


def test_a_perm_that_is_not_known_is_shown(sandbox: Sandbox, okx: Open) -> None:
    given = world()
    odd = key("odd", ["new_thing", "read_only"], None, passphrase=PASSPHRASE)
    given["exchanges"]["okx"]["accounts"][0]["keys"].append(odd)
    sandbox.load(given)
    assert okx("odd").get(OWN)["data"][0]["perm"] == "read_only,new_thing"
