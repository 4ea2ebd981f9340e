"""What WhiteBIT's simulator does: answers as in the documents' examples, each known trap, and each open question."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from accesscfg.sandbox import Fault, Sandbox, WorldError
from tests.sandbox.raw import now_ms
from tests.sandbox.shapes import has_shape
from tests.sandbox.worlds import ELSEWHERE, HERE, key

SUB_ID = "8e667b4a-0b71-4988-8af5-9474dbfa0001"
SUB = "/api/v4/sub-account"
KEYS, CREATE, DELETE, EDIT = (f"{SUB}/api-key/{name}" for name in ("list", "create", "delete", "edit"))
IPS, ADD, REMOVE = (f"{SUB}/api-key/ip-address/{name}" for name in ("list", "create", "delete"))
FEE, BALANCE, ORDER = "/api/v4/market/fee", "/api/v4/main-account/balance", "/api/v4/order/new"
WITHDRAW, ADDRESS = "/api/v4/main-account/withdraw", "/api/v4/main-account/address"
MANAGING = [FEE, BALANCE, f"{SUB}/list", KEYS, CREATE, DELETE, EDIT, IPS, ADD, REMOVE]
_last = [0]


def nonce() -> int:
    """The time, and never the same twice."""
    _last[0] = max(_last[0] + 1, now_ms())
    return _last[0]


def world(**options: object) -> dict[str, Any]:
    """One account with keys that differ, and one sub-account."""
    keys = [
        key("manager", MANAGING, [HERE]),
        key("wide", ["all-endpoints", "type-2"], [HERE]),
        key("reader", [BALANCE], [HERE, "2001:db8::1"]),
        key("open", [FEE], None),
        key("away", [FEE], [ELSEWHERE]),
        key("off", [FEE], [HERE], enabled=False),
    ]
    bots = [
        key("bot", [BALANCE, ORDER], ["203.0.113.7", "203.0.113.8"]),
        key("treasury", ["type-2", BALANCE, WITHDRAW], [HERE]),
        key("free", ["all-endpoints", BALANCE], None),
    ]
    subs = [{"id": "desk", "uid": "9002", "uuid": SUB_ID, "keys": bots}, {"id": "second"}]
    account = {"id": "main", "uid": "9001", "keys": keys, "sub_accounts": subs}
    return {"seed": 7, "exchanges": {"whitebit": {"options": options, "accounts": [account]}}}


@dataclass
class Client:
    """One key."""

    http: httpx.Client
    url: str
    key: str = "manager"

    def body(self, path: str, **params: object) -> dict[str, object]:
        return {"request": path, "nonce": nonce(), "nonceWindow": True, **params}

    def send(self, path: str, body: str, **headers: str) -> httpx.Response:
        signed = base64.b64encode(body.encode()).decode()
        made = hmac.new(f"{self.key}Secret".encode(), signed.encode(), hashlib.sha512).hexdigest()
        common = {"X-TXC-APIKEY": self.key, "X-TXC-PAYLOAD": signed, "X-TXC-SIGNATURE": made}
        kept = {name: value for name, value in {**common, **headers}.items() if value}
        return self.http.post(f"{self.url}{path}", content=body, headers=kept)

    def call(self, path: str, **params: object) -> httpx.Response:
        return self.send(path, json.dumps(self.body(path, **params), separators=(",", ":")))

    def id_of(self, name: str) -> str:
        """The id of a sub-account's key."""
        reply = self.call(KEYS, subAccountId=SUB_ID).json()
        rows = reply if isinstance(reply, list) else reply["data"]
        return next(str(row["id"]) for row in rows if row["title"] == name)


Open = Callable[..., Client]


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    server.load(world())
    return server


@pytest.fixture
def client(sandbox: Sandbox, http: httpx.Client) -> Open:
    return lambda name="manager": Client(http, f"{sandbox.url}/whitebit", name)


def stored(sandbox: Sandbox, name: str = "bot") -> dict[str, Any]:
    account = sandbox.state()["exchanges"]["whitebit"]["accounts"][0]
    rows = [*account["keys"], *(one for sub in account["sub_accounts"] for one in sub["keys"])]
    return next(one for one in rows if one["label"] == name)


def refused(response: httpx.Response) -> tuple[int, object, object]:
    body = response.json()
    return response.status_code, body.get("code"), body["message"]


ENDPOINT = {"name": "text", "title": "text"}
ROW = {
    **dict.fromkeys(["subAccountId", "id", "title", "apiKey", "apiSecret", "type"], "text"),
    **dict.fromkeys(["isEnabled", "restrictAccess"], "bool"),
    "lastActivity": "int",
    "accessEndpoints": [ENDPOINT],
}
SUB_ROW = {
    **dict.fromkeys(["id", "alias", "userId", "email", "status", "color"], "text"),
    "kyc": {"shareKyc": "bool", "kycStatus": "text"},
    "permissions": {"spotEnabled": "bool", "collateralEnabled": "bool"},
}
PAGE = {"limit": "int", "offset": "int"}
BOT: dict[str, object] = {"apiKeyId": "bot"}
OFFICIAL: dict[str, tuple[dict[str, object], int, object]] = {
    f"{SUB}/list": ({}, 200, {**PAGE, "data": [SUB_ROW]}),
    KEYS: ({"subAccountId": SUB_ID}, 200, {**PAGE, "data": [ROW]}),
    CREATE: ({"subAccountId": SUB_ID, "type": 1, "title": "new"}, 201, {**ROW, "type": "int"}),
    EDIT: ({**BOT, "title": "b", "urls": [{"url": BALANCE, "enable": True}]}, 200, {}),
    DELETE: (BOT, 200, {}),
    IPS: (BOT, 200, {"data": ["text"]}),
    ADD: ({**BOT, "ip": "203.0.113.9"}, 201, {"data": ["text"]}),
    REMOVE: ({**BOT, "ip": "203.0.113.7"}, 200, {"data": ["text"]}),
}


@pytest.mark.parametrize("path", OFFICIAL)
def test_answers_have_the_form_of_the_documents_examples(path: str, client: Open) -> None:
    given, status, form = OFFICIAL[path]
    named = {**given, "apiKeyId": client().id_of("bot")} if "apiKeyId" in given else given
    answer = client().call(path, **named)
    assert answer.status_code == status
    assert has_shape(answer.json(), form), answer.json()


def test_the_time_is_told_in_seconds(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.set_clock(1_800_000_000_999)
    assert http.get(f"{sandbox.url}/whitebit/api/v4/public/time").json() == {"time": 1_800_000_000}
    assert http.get(f"{sandbox.url}/whitebit/api/v4/public/ping").json() == ["pong"]


# --- requests ---


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-TXC-PAYLOAD": ""}, (401, None, "Payload not provided.")),
        ({"X-TXC-SIGNATURE": "0" * 128}, (401, 10, "Unauthorized request.")),
        ({"X-TXC-SIGNATURE": ""}, (401, 10, "Unauthorized request.")),
        ({"X-TXC-APIKEY": "nobody"}, (401, 10, "Unauthorized request.")),
        ({"X-TXC-APIKEY": "reader"}, (401, 10, "Unauthorized request.")),
    ],
)
def test_wrong_headers(client: Open, headers: dict[str, str], expected: tuple[object, ...]) -> None:
    one = client()
    body = json.dumps(one.body(FEE), separators=(",", ":"))
    assert refused(one.send(FEE, body, **headers)) == expected


def test_the_body_must_be_the_payload_and_written_without_blanks(client: Open) -> None:
    one = client()
    compact = json.dumps(one.body(FEE), separators=(",", ":"))
    other = base64.b64encode(compact.replace("true", "false").encode()).decode()
    signature = hmac.new(b"managerSecret", other.encode(), hashlib.sha512).hexdigest()
    swapped = one.send(FEE, compact, **{"X-TXC-PAYLOAD": other, "X-TXC-SIGNATURE": signature})
    for answer in (
        swapped,
        one.send(FEE, json.dumps(one.body(FEE))),
        one.send(FEE, "[]"),
        one.send(FEE, "{"),
    ):
        assert refused(answer) == (400, 9, "Invalid payload.")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"request": None}, "Request not provided."),
        ({"nonce": None}, "Nonce not provided."),
        ({"nonce": "soon"}, "Nonce not provided."),
        ({"nonceWindow": "yes"}, "Invalid nonceWindow."),
        ({"request": BALANCE}, "Unauthorized request."),
    ],
)
def test_what_a_body_must_hold(client: Open, change: dict[str, object], message: str) -> None:
    one = client()
    body = {name: value for name, value in {**one.body(FEE), **change}.items() if value is not None}
    assert refused(one.send(FEE, json.dumps(body, separators=(",", ":"))))[2] == message


@pytest.mark.parametrize(("off_ms", "good"), [(-5500, False), (-4000, True), (3500, True), (6500, False)])
def test_with_a_window_a_nonce_is_the_time(client: Open, off_ms: int, good: bool) -> None:
    answer = client().call(FEE, nonce=now_ms() + off_ms)
    if good:
        assert answer.status_code == 200
    else:
        assert refused(answer)[2] == "Your nonce is more than 5 seconds lesser than the current nonce"


def test_with_a_window_a_nonce_may_be_lower_and_never_the_same(client: Open) -> None:
    one, start = client(), now_ms()
    assert one.call(FEE, nonce=start).status_code == 200
    assert one.call(FEE, nonce=start - 100).status_code == 200
    answer = one.call(FEE, nonce=start)
    assert answer.status_code == 429
    assert answer.json() == {"code": 0, "message": "Too many requests.", "errors": {}}


def test_without_a_window_a_nonce_must_be_above_all_before_it_and_may_be_text(client: Open) -> None:
    one = client()
    plain = {"nonceWindow": False}
    assert one.call(FEE, **plain, nonce="100").status_code == 200
    assert one.call(FEE, **plain, nonce=101).status_code == 200
    assert refused(one.call(FEE, **plain, nonce=101)) == (429, 0, "Too many requests.")
    assert client("wide").call(FEE, **plain, nonce=1).status_code == 200, "each key has its own"


# --- who may do what ---


def test_a_call_from_off_the_list_deactivates_the_key(sandbox: Sandbox, client: Open) -> None:
    disabled = (401, 2, "This action is unauthorized. Enable your key in API settings")
    assert stored(sandbox, "away")["enabled"] is True
    assert refused(client("away").call(FEE)) == disabled
    assert stored(sandbox, "away")["enabled"] is False
    sandbox.website(
        {
            "exchange": "whitebit",
            "account": "main",
            "key": "away",
            "action": "set",
            "set": {"ip_whitelist": None},
        }
    )
    assert refused(client("away").call(FEE)) == disabled, "until a person switches it on again"
    sandbox.website(
        {"exchange": "whitebit", "account": "main", "key": "away", "action": "set", "set": {"enabled": True}}
    )
    assert client("away").call(FEE).status_code == 200


def test_an_unrestricted_key_may_be_called_from_anywhere_and_a_disabled_one_from_nowhere(
    client: Open,
) -> None:
    assert client("open").call(FEE).status_code == 200
    assert refused(client("off").call(FEE))[:2] == (401, 2)


@pytest.mark.parametrize(
    ("caller", "path", "status", "message"),
    [
        ("reader", BALANCE, 200, ""),
        ("reader", FEE, 403, "You don't have permission to use this endpoint."),
        ("reader", KEYS, 403, "You don't have permission to use this endpoint."),
        ("wide", KEYS, 200, ""),
        ("wide", FEE, 200, ""),
        ("treasury", KEYS, 401, "This API Key is not authorized to perform this action."),
        ("free", KEYS, 401, "This API Key is not authorized to perform this action."),
        ("free", BALANCE, 200, ""),
        ("free", "/api/v4/sub-account/nothing", 404, ""),
    ],
)
def test_what_a_key_may_call(client: Open, caller: str, path: str, status: int, message: str) -> None:
    answer = client(caller).call(path)
    assert answer.status_code == status
    assert status == 200 or answer.json()["message"] == message


# --- listing ---


def test_newest_first_and_in_pages(client: Open) -> None:
    def titles(**page: int) -> list[str]:
        return [row["title"] for row in client().call(KEYS, subAccountId=SUB_ID, **page).json()["data"]]

    assert titles() == ["free", "treasury", "bot"]
    assert titles(limit=2) == ["free", "treasury"]
    assert titles(limit=2, offset=2) == ["bot"]
    assert titles(offset=3) == []
    for odd in ({"limit": 0}, {"limit": 101}, {"limit": "5"}, {"offset": -1}):
        assert refused(client().call(KEYS, **odd))[:2] == (400, 0)


def test_sub_accounts_have_ids_of_their_own_and_are_searched_by_name(client: Open) -> None:
    rows = client().call(f"{SUB}/list").json()["data"]
    assert [row["alias"] for row in rows] == ["desk", "second"]
    assert rows[0]["id"] == SUB_ID
    assert len(rows[1]["id"]) == 36
    assert [row["alias"] for row in client().call(f"{SUB}/list", search="sec").json()["data"]] == ["second"]


def test_a_list_shows_kind_restriction_and_endpoints_and_no_secret(client: Open) -> None:
    rows = {row["title"]: row for row in client().call(KEYS).json()["data"]}
    assert [(rows[name]["type"], rows[name]["restrictAccess"]) for name in ("bot", "treasury", "free")] == [
        ("1", True),
        ("2", True),
        ("1", False),
    ]
    assert [one["name"] for one in rows["treasury"]["accessEndpoints"]] == [BALANCE, WITHDRAW]
    assert {row["apiSecret"] for row in rows.values()} == {""}


@pytest.mark.parametrize(
    ("way", "kinds"), [("text", {"1", "2"}), ("number", {1, 2}), ("word", {"trade", "2"})]
)
def test_the_kind_of_a_key_is_written_as_a_world_says(
    way: str, kinds: set[object], sandbox: Sandbox, client: Open
) -> None:
    sandbox.load(world(key_type=way))
    assert {row["type"] for row in client().call(KEYS).json()["data"]} == kinds


def test_the_list_is_plain_in_a_world_that_says_so(sandbox: Sandbox, client: Open) -> None:
    sandbox.load(world(key_list="array"))
    assert [row["title"] for row in client().call(KEYS).json()] == ["free", "treasury", "bot"]


# --- editing ---


def edit(client: Client, name: str, **urls: bool) -> httpx.Response:
    rows = [{"url": url.replace("__", "/"), "enable": on} for url, on in urls.items()]
    return client.call(EDIT, apiKeyId=client.id_of(name), title=name, urls=rows)


@pytest.mark.parametrize(("way", "left"), [("keep", [ORDER, FEE]), ("off", [FEE])])
def test_endpoints_that_an_edit_leaves_out(way: str, left: list[str], sandbox: Sandbox, client: Open) -> None:
    sandbox.load(world(omitted_urls=way))
    assert edit(client(), "bot", **{FEE: True, BALANCE: False}).json() == {}
    assert stored(sandbox)["permissions"] == left


@pytest.mark.parametrize("restricts", [False, True])
def test_whether_an_edit_switches_the_restriction_on(restricts: bool, sandbox: Sandbox, client: Open) -> None:
    sandbox.load(world(edit_restricts=restricts))
    edit(client(), "free", **{BALANCE: True})
    assert ("all-endpoints" in stored(sandbox, "free")["permissions"]) != restricts


@pytest.mark.parametrize("url", [ADDRESS, WITHDRAW, f"{SUB}/list", "/api/v4/teleport", "type-2"])
def test_what_a_key_of_a_sub_account_cannot_be_given(url: str, sandbox: Sandbox, client: Open) -> None:
    before = stored(sandbox)
    answer = edit(client(), "bot", **{url: True, FEE: True})
    message = f"The following URLs are restricted for sub-account API keys: {url}"
    assert refused(answer) == (400, 5, message)
    assert stored(sandbox) == before
    assert edit(client(), "bot", **{url: False, BALANCE: True}).status_code == 200, (
        "the example has such a one"
    )


def test_the_wider_kind_can_be_given_withdrawals(sandbox: Sandbox, client: Open) -> None:
    assert edit(client(), "treasury", **{f"{WITHDRAW}-pay": True}).status_code == 200
    assert f"{WITHDRAW}-pay" in stored(sandbox, "treasury")["permissions"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": None}, "title"),
        ({"title": ""}, "title"),
        ({"urls": None}, "urls"),
        ({"urls": []}, "urls"),
        ({"urls": [{"url": BALANCE}]}, "urls"),
        ({"urls": ["x"]}, "urls"),
        ({"apiKeyId": None}, "apiKeyId"),
    ],
)
def test_edits_that_are_not_whole(
    change: dict[str, object], field: str, sandbox: Sandbox, client: Open
) -> None:
    one = client()
    whole = {"apiKeyId": one.id_of("bot"), "title": "bot", "urls": [{"url": BALANCE, "enable": True}]}
    before = stored(sandbox)
    answer = one.call(
        EDIT, **{name: value for name, value in {**whole, **change}.items() if value is not None}
    )
    assert answer.json() == {
        "code": 0,
        "message": "Validation failed",
        "errors": {field: ["validation.required"]},
    }
    assert stored(sandbox) == before


@pytest.mark.parametrize("path", [EDIT, DELETE, IPS, ADD, REMOVE])
def test_a_key_that_there_is_not(path: str, client: Open) -> None:
    assert refused(client().call(path, apiKeyId="nobody", title="x", ip=HERE)) == (
        404,
        None,
        "API key not found",
    )


# --- addresses ---


def test_addresses_go_in_and_out_one_by_one(sandbox: Sandbox, client: Open) -> None:
    one = client()
    bot = one.id_of("bot")
    assert one.call(ADD, apiKeyId=bot, ip="2001:DB8::1").json()["data"][-1] == "2001:db8::1"
    assert one.call(REMOVE, apiKeyId=bot, ip="203.0.113.7").json() == {"data": ["203.0.113.8", "2001:db8::1"]}
    for address in ("203.0.113.8", "2001:db8::1"):
        one.call(REMOVE, apiKeyId=bot, ip=address)
    assert one.call(IPS, apiKeyId=bot).json() == {"data": []}
    assert stored(sandbox)["ip_whitelist"] is None


@pytest.mark.parametrize(
    ("path", "ip", "expected"),
    [
        (ADD, "203.0.113.7", (400, 5, "This IP address is already in allowlist")),
        (REMOVE, "203.0.113.9", (400, 5, "IP address 203.0.113.9 is not in the allowlist")),
        (ADD, "here", (400, 0, "Validation failed")),
        (ADD, "203.0.113.0/24", (400, 0, "Validation failed")),
        (REMOVE, "", (400, 0, "Validation failed")),
    ],
)
def test_addresses_that_are_refused(
    path: str, ip: str, expected: tuple[object, ...], sandbox: Sandbox, client: Open
) -> None:
    before = stored(sandbox)
    assert refused(client().call(path, apiKeyId=client().id_of("bot"), ip=ip)) == expected
    assert stored(sandbox) == before


def test_at_most_50_addresses(client: Open) -> None:
    one = client()
    bot = one.id_of("bot")
    for number in range(48):
        assert one.call(ADD, apiKeyId=bot, ip=f"198.51.100.{number}").status_code == 201
    answer = one.call(ADD, apiKeyId=bot, ip="198.51.100.99")
    assert refused(answer) == (400, 5, "You have reached the maximum number of allowed IPs: 50")


@pytest.mark.parametrize("restricts", [True, False])
def test_whether_the_first_address_puts_the_list_in_force(
    restricts: bool, sandbox: Sandbox, client: Open
) -> None:
    """Where it does not, nothing that the API shows tells that the key is still open."""
    sandbox.load(world(first_address_restricts=restricts))
    one = client()
    one.call(ADD, apiKeyId=one.id_of("free"), ip="203.0.113.9")
    assert one.call(IPS, apiKeyId=one.id_of("free")).json() == {"data": ["203.0.113.9"]}
    assert client("free").call(BALANCE).status_code == (401 if restricts else 200)
    assert stored(sandbox, "free")["enabled"] is not restricts
    place = {"exchange": "whitebit", "account": "main", "sub_account": "desk", "key": "free", "action": "set"}
    sandbox.website({**place, "set": {"ip_whitelist": ["203.0.113.9"], "enabled": True}})
    assert client("free").call(BALANCE).status_code == 401, "a person sees the switch"


# --- making ---


@pytest.mark.parametrize(("kind", "rights"), [(1, ["all-endpoints"]), (2, ["all-endpoints", "type-2"])])
def test_a_new_key_is_open_to_everything_and_its_secret_shown_once(
    kind: int, rights: list[str], sandbox: Sandbox, client: Open
) -> None:
    made = client().call(CREATE, subAccountId=SUB_ID, type=kind, title="new").json()
    assert (made["restrictAccess"], made["type"]) == (False, kind)
    after = stored(sandbox, "new")
    assert (after["permissions"], after["ip_whitelist"]) == (rights, None)
    assert made["apiSecret"] not in str(sandbox.state()) + str(client().call(KEYS).json())


@pytest.mark.parametrize("change", [{"type": 3}, {"type": True}, {"title": ""}, {"subAccountId": "nobody"}])
def test_keys_that_cannot_be_made(change: dict[str, object], client: Open) -> None:
    given = {"subAccountId": SUB_ID, "type": 1, "title": "new", **change}
    assert refused(client().call(CREATE, **given))[:2] == (400, 0)


def test_at_most_50_keys(sandbox: Sandbox, client: Open) -> None:
    given = world()
    desk = given["exchanges"]["whitebit"]["accounts"][0]["sub_accounts"][0]
    desk["keys"] += [key(f"more{number}", [BALANCE], None) for number in range(47)]
    sandbox.load(given)
    answer = client().call(CREATE, subAccountId=SUB_ID, type=1, title="new")
    assert refused(answer) == (400, 5, "Limit of API keys is reached. Maximum allowed: 50")


def test_a_deleted_key_is_gone(client: Open) -> None:
    assert client().call(DELETE, apiKeyId=client().id_of("bot")).json() == {}
    assert "bot" not in [row["title"] for row in client().call(KEYS).json()["data"]]


# --- the website ---


def by_hand(sandbox: Sandbox, name: str, wanted: dict[str, object], sub: str | None = "desk") -> Any:
    place = {"exchange": "whitebit", "account": "main", "key": name, "action": "set", "set": wanted}
    return sandbox.website({**place, **({"sub_account": sub} if sub else {})})["key"]


def test_a_person_sets_what_the_api_cannot(sandbox: Sandbox) -> None:
    assert by_hand(sandbox, "free", {"permissions": [BALANCE]})["permissions"] == [BALANCE]
    assert by_hand(sandbox, "bot", {"permissions": ["all-endpoints"], "enabled": False})["enabled"] is False
    assert by_hand(sandbox, "reader", {"permissions": [f"{SUB}/list"]}, None)["permissions"] == [
        f"{SUB}/list"
    ]


@pytest.mark.parametrize(
    ("name", "wanted", "sub", "why"),
    [
        ("bot", {"permissions": [BALANCE, "type-2"]}, "desk", "chosen when it is made"),
        ("treasury", {"permissions": [BALANCE]}, "desk", "chosen when it is made"),
        ("bot", {"permissions": [WITHDRAW]}, "desk", "for info and trading cannot have"),
        ("bot", {"permissions": [f"{SUB}/list"]}, "desk", "no such endpoint"),
        ("bot", {"permissions": ["/api/v4/teleport"]}, "desk", "no such endpoint"),
        ("bot", {"app": "Gridbot"}, "desk", "not linked to applications"),
        ("reader", {"ip_whitelist": ["203.0.113.0/24"]}, None, "networks are not accepted"),
        ("reader", {"ip_whitelist": [f"198.51.100.{n}" for n in range(51)]}, None, "at most 50"),
    ],
)
def test_what_the_website_refuses(
    name: str, wanted: dict[str, object], sub: str | None, why: str, sandbox: Sandbox
) -> None:
    before = stored(sandbox, name)
    with pytest.raises(WorldError, match=why):
        by_hand(sandbox, name, wanted, sub)
    assert stored(sandbox, name) == before


# --- limits and trouble ---


def test_a_thousand_calls_of_one_kind_in_ten_seconds(
    sandbox: Sandbox, client: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted are all that come from one address, signed or not."""
    one, path = client(), f"{SUB}/list"
    monkeypatch.setattr("accesscfg.sandbox.app.tick_ms", lambda: 5)
    first = {one.http.post(one.url + path).status_code for _ in range(1000)}
    assert (first, one.call(path).status_code) == ({401}, 429)
    assert one.call(KEYS).status_code == 200, "each call has its own"
    monkeypatch.setattr("accesscfg.sandbox.app.tick_ms", lambda: 10_005)
    assert one.call(path).status_code == 200


def test_faults_answer_with_a_status_alone(sandbox: Sandbox, client: Open) -> None:
    sandbox.fault(Fault("whitebit", "*", "429", 1, 1000))
    assert (client().call(FEE).status_code, client().call(FEE).status_code) == (429, 200)
    sandbox.fault(Fault("whitebit", "*", "5xx", 1))
    assert client().call(FEE).status_code == 500
