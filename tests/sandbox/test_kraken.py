"""What Kraken's simulator does: answers as documented and as recorded, nonces, lockouts and the counter of calls."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from accesscfg.sandbox import Fault, Sandbox, WorldError
from accesscfg.sandbox.kraken.wire import CEILING, LOCKOUT_AFTER
from accesscfg.sandbox.limits import Limits
from tests.sandbox.raw import now_ms
from tests.sandbox.shapes import has_shape
from tests.sandbox.worlds import ELSEWHERE, HERE, key

INFO = "/0/private/GetApiKeyInfo"
CREATED = "2026-01-01T00:00:00Z"
IIBAN = "AA88 N84G WOAK NMOI"

DOCUMENTED: dict[str, object] = {
    **dict.fromkeys(["apiKeyName", "apiKey", "nonce", "iban", "validUntil", "queryFrom", "queryTo"], "text"),
    **dict.fromkeys(["createdTime", "modifiedTime", "lastUsed"], "text"),
    "nonceWindow": "int",
    "permissions": ["text"],
    "ipAllowlist": ["text"],
}
RECORDED: dict[str, object] = {
    **dict.fromkeys(["api_key_name", "api_key", "nonce", "nonce_window", "iban", "valid_until"], "text"),
    **dict.fromkeys(["query_from", "query_to", "created_time", "modified_time", "last_used"], "text"),
    "permissions": ["text"],
    "ip_allowlist": ["text"],
}


def secret(name: str) -> str:
    return base64.b64encode(f"{name}Secret".encode()).decode()


def kraken_key(name: str, permissions: list[str], whitelist: list[str] | None, **more: Any) -> dict[str, Any]:
    made = key(name, permissions, whitelist, created_at=CREATED, **more)
    return {**made, "api_secret": secret(name)}


def world(**options: object) -> dict[str, Any]:
    keys = [
        kraken_key("manager", ["query-funds", "modify-trades"], [HERE, "198.51.100.0/24"]),
        kraken_key("open", ["query-funds"], None),
        kraken_key("blind", [], [HERE]),
        kraken_key("away", ["query-funds"], [ELSEWHERE]),
        kraken_key("over", ["query-funds"], [HERE], expires_at="2026-02-01T00:00:00Z"),
        kraken_key("idle", ["query-funds"], [HERE], enabled=False),
        kraken_key("odd", ["teleport", "query-funds"], [HERE]),
    ]
    sub = {"id": "grid", "uid": "AA11 N84G GRID GRID", "keys": [kraken_key("bot", ["close-trades"], [HERE])]}
    account = {"id": "main", "uid": IIBAN, "keys": keys, "sub_accounts": [sub]}
    return {"exchanges": {"kraken": {"options": options, "accounts": [account]}}}


@dataclass
class Client:
    """One key; `nonce` is that of its next request, made of the time where it is None."""

    http: httpx.Client
    url: str
    key: str = "manager"
    nonce: int | None = None

    def body(self, **fields: object) -> str:
        return urlencode({"nonce": now_ms() if self.nonce is None else self.nonce, **fields})

    def send(self, path: str, body: str, nonce: str | None = None, **headers: str) -> httpx.Response:
        """`nonce` is what is signed, that of a form where it is left out."""
        signed = nonce if nonce is not None else body.partition("nonce=")[2].partition("&")[0]
        payload = path.encode() + hashlib.sha256(f"{signed}{body}".encode()).digest()
        made = hmac.digest(base64.b64decode(secret(self.key)), payload, "sha512")
        common = {
            "API-Key": self.key,
            "API-Sign": base64.b64encode(made).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self.http.post(f"{self.url}{path}", content=body, headers={**common, **headers})

    def call(self, path: str = INFO) -> Any:
        return self.send(path, self.body()).json()

    def error(self, path: str = INFO) -> list[str]:
        found: list[str] = self.call(path)["error"]
        return found


Open = Callable[..., Client]


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    server.load(world())
    return server


@pytest.fixture
def client(sandbox: Sandbox, http: httpx.Client) -> Open:
    return lambda name="manager", **more: Client(http, f"{sandbox.url}/kraken", name, **more)


def test_an_answer_has_the_documented_form(client: Open) -> None:
    answer = client().call()
    assert answer["error"] == []
    assert has_shape(answer["result"], DOCUMENTED), answer
    assert answer["result"]["ipAllowlist"] == [HERE, "198.51.100.0/24"]
    assert answer["result"]["permissions"] == ["query-funds", "modify-trades"]
    assert (answer["result"]["createdTime"], answer["result"]["validUntil"]) == ("1767225600", "0")
    assert answer["result"]["iban"] == IIBAN


def test_an_answer_has_the_recorded_form_in_a_world_that_says_so(sandbox: Sandbox, client: Open) -> None:
    sandbox.load(world(casing="snake"))
    assert has_shape(client().call()["result"], RECORDED)


@pytest.mark.parametrize(("spelled", "shown"), [("[]", []), ('[""]', [""])])
@pytest.mark.parametrize(("casing", "name"), [("camel", "ipAllowlist"), ("snake", "ip_allowlist")])
def test_no_restriction_is_spelled_as_the_world_says(
    sandbox: Sandbox, client: Open, casing: str, name: str, spelled: str, shown: list[str]
) -> None:
    sandbox.load(world(casing=casing, unrestricted=spelled))
    assert client("open").call()["result"][name] == shown


def test_the_key_of_a_sub_account_says_whose_it_is(client: Open) -> None:
    assert client("bot").call()["result"]["iban"] == "AA11 N84G GRID GRID"


def test_an_expiration_is_shown_in_seconds(sandbox: Sandbox, client: Open) -> None:
    change = {"expires_at": "2126-01-01T00:00:00Z"}
    sandbox.website(
        {"exchange": "kraken", "account": "main", "key": "manager", "action": "set", "set": change}
    )
    assert client().call()["result"]["validUntil"] == "4922899200"


def test_a_right_that_is_not_known_is_shown(client: Open) -> None:
    assert client("odd").call()["result"]["permissions"] == ["query-funds", "teleport"]


def test_the_time(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.set_clock(1781000000000)
    answer = http.get(f"{sandbox.url}/kraken/0/public/Time").json()
    sandbox.set_clock(None)
    assert answer == {
        "error": [],
        "result": {"unixtime": 1781000000, "rfc1123": "Tue,  9 Jun 26 10:13:20 +0000"},
    }


# --- requests ---


def test_a_body_of_json_is_signed_as_it_is(client: Open) -> None:
    nonce = now_ms()
    for body in (f'{{"nonce": "{nonce}"}}', f'{{ "nonce":{nonce + 1} }}'):
        shown = str(json.loads(body)["nonce"])
        answer = client().send(INFO, body, shown, **{"Content-Type": "application/json"}).json()
        assert answer["error"] == []


@pytest.mark.parametrize("body", ["", "{", "[]", "null"])
def test_a_body_that_holds_no_nonce(client: Open, body: str) -> None:
    answer = client().send(INFO, body, "", **{"Content-Type": "application/json"}).json()
    assert answer["error"] in (["EAPI:Bad request"], ["EAPI:Invalid nonce"])


def test_a_signature_over_another_body_is_refused(client: Open) -> None:
    one = client()
    nonce = now_ms()
    signed = one.send(INFO, f"nonce={nonce}").request.headers["API-Sign"]
    answer = one.send(INFO, f"nonce={nonce + 1}", **{"API-Sign": signed}).json()
    assert answer == {"error": ["EAPI:Invalid signature"]}


def test_the_path_is_signed_too(client: Open) -> None:
    one = client()
    body = one.body()
    signed = one.send(INFO, body).request.headers["API-Sign"]
    assert one.send("/0/private/Balance", body, **{"API-Sign": signed}).json()["error"] == [
        "EAPI:Invalid signature"
    ]


@pytest.mark.parametrize("path", ["/0/private/Nothing", "/0/public/Nothing"])
def test_unknown_methods(client: Open, path: str) -> None:
    assert client().error(path) == ["EGeneral:Unknown method"]


def test_private_calls_are_posts(client: Open) -> None:
    one = client()
    assert one.http.get(f"{one.url}{INFO}").json()["error"] == ["EGeneral:Unknown method"]
    assert one.http.get(f"{one.url}/elsewhere").status_code == 404


# --- nonces ---


def test_a_nonce_rises_with_every_request(client: Open) -> None:
    assert [client(nonce=nonce).error() for nonce in (1000, 1001, 5000)] == [[], [], []]
    for stale in (5000, 4999, 1000, 0):
        assert client(nonce=stale).error() == ["EAPI:Invalid nonce"]
    assert client(nonce=5001).call()["result"]["nonce"] == "5001"


def test_a_program_with_finer_nonces_shuts_out_one_with_coarser_ones(client: Open) -> None:
    assert client(nonce=now_ms() * 1000).error() == []
    assert client().error() == ["EAPI:Invalid nonce"]


def test_each_key_has_a_counter_of_its_own(client: Open) -> None:
    assert client("manager", nonce=5000).error() == []
    assert client("open", nonce=4000).error() == []


def test_a_nonce_counts_only_where_the_signature_holds(client: Open) -> None:
    client().send(INFO, "nonce=9000", **{"API-Sign": "bm8="})
    assert client(nonce=8000).error() == []


def test_a_window_lets_late_requests_in_once(sandbox: Sandbox, client: Open) -> None:
    sandbox.load(world(nonce_window=15))
    ends = [client(nonce=nonce).error() for nonce in (1000, 1010, 1005, 1005, 995, 996, 1000)]
    invalid = ["EAPI:Invalid nonce"]
    assert ends == [[], [], [], invalid, invalid, [], invalid]


@pytest.mark.parametrize("nonce", ["", "-1", "1.5", "x", str(2**64)])
def test_a_nonce_is_a_whole_number_of_64_bits(client: Open, nonce: str) -> None:
    assert client().send(INFO, f"nonce={nonce}").json()["error"] == ["EAPI:Invalid nonce"]


# --- who may do what ---


@pytest.mark.parametrize(
    ("caller", "path", "error"),
    [
        ("blind", INFO, []),
        ("manager", "/0/private/Balance", []),
        ("blind", "/0/private/Balance", ["EGeneral:Permission denied"]),
        ("blind", "/0/private/BalanceEx", ["EGeneral:Permission denied"]),
        ("manager", "/0/private/OpenOrders", ["EGeneral:Permission denied"]),
        ("manager", "/0/private/ClosedOrders", ["EGeneral:Permission denied"]),
        ("away", INFO, ["EAPI:Invalid key"]),
        ("over", INFO, ["EAPI:Invalid key"]),
        ("idle", INFO, ["EAPI:Invalid key"]),
        ("nobody", INFO, ["EAPI:Invalid key"]),
    ],
)
def test_what_a_key_may_call(client: Open, caller: str, path: str, error: list[str]) -> None:
    assert client(caller).error(path) == error


def test_a_foreign_address_is_refused_as_the_world_says(sandbox: Sandbox, client: Open) -> None:
    sandbox.load(world(foreign="EGeneral:Permission denied"))
    assert client("away").error() == ["EGeneral:Permission denied"]


# --- lockouts and counters ---


def test_too_many_invalid_keys_in_a_row_lock_out_those_that_are_right(client: Open) -> None:
    for _ in range(LOCKOUT_AFTER):
        assert client("nobody").error() == ["EAPI:Invalid key"]
    assert client().error() == ["EGeneral:Temporary lockout"]


def test_a_call_that_is_accepted_ends_the_row(client: Open) -> None:
    for _ in range(3):
        for _ in range(LOCKOUT_AFTER - 1):
            assert client("nobody").error() == ["EAPI:Invalid key"]
        assert client().error() == []


def test_calls_from_a_foreign_address_count_as_invalid_keys(client: Open) -> None:
    for _ in range(LOCKOUT_AFTER):
        client("away").error()
    assert client().error() == ["EGeneral:Temporary lockout"]


def test_the_counter_of_a_key_has_a_ceiling(client: Open) -> None:
    ends = [client(nonce=nonce).error() for nonce in range(1, CEILING + 2)]
    assert ends[:CEILING] == [[]] * CEILING
    assert ends[CEILING] == ["EAPI:Rate limit exceeded"]
    assert client("open").error() == [], "another key has a counter of its own"


def test_a_counter_falls_with_time() -> None:
    limits = Limits(enabled=True)
    used = [limits.falling("k", most=2, falls_every_ms=2000, now_ms=now) for now in (0, 0, 0, 1000, 2000)]
    assert [usage.allowed for usage in used] == [True, True, False, False, True]
    assert (used[2].wait_ms, used[3].wait_ms) == (2000, 1000)


def test_a_world_without_limits_locks_nobody_out(sandbox: Sandbox, client: Open) -> None:
    sandbox.load(world(rate_limits=False))
    assert {tuple(client("nobody").error()) for _ in range(9)} == {("EAPI:Invalid key",)}
    assert [client(nonce=nonce).error() for nonce in range(1, 30)] == [[]] * 29


def test_over_the_limit_and_broken(sandbox: Sandbox, client: Open) -> None:
    sandbox.fault(Fault("kraken", "*", "429", 1, 1000))
    assert client().error() == ["EAPI:Rate limit exceeded"]
    sandbox.fault(Fault("kraken", "*", "5xx", 1))
    one = client()
    assert one.send(INFO, one.body()).status_code == 502


# --- the website ---


def at(name: str = "manager", action: str = "set", /, **wanted: object) -> dict[str, object]:
    return {"exchange": "kraken", "account": "main", "key": name, "action": action, "set": wanted}


def test_a_person_changes_everything_in_one_form(sandbox: Sandbox, client: Open) -> None:
    wanted = {
        "label": "grid",
        "permissions": ["query-funds", "query-ledger"],
        "ip_whitelist": [HERE, "2001:db8::/32"],
        "expires_at": "2126-01-01T00:00:00Z",
    }
    sandbox.website(at(**wanted))
    shown = client().call()["result"]
    assert (shown["apiKeyName"], shown["permissions"]) == ("grid", ["query-funds", "query-ledger"])
    assert (shown["ipAllowlist"], shown["validUntil"]) == ([HERE, "2001:db8::/32"], "4922899200")
    assert int(shown["modifiedTime"]) > int(shown["createdTime"])


def test_saving_addresses_leaves_the_expiration_as_it_is(sandbox: Sandbox, client: Open) -> None:
    sandbox.website(at(expires_at="2126-01-01T00:00:00Z"))
    sandbox.website(at(ip_whitelist=[HERE]))
    assert client().call()["result"]["validUntil"] == "4922899200"


def test_a_key_that_a_person_makes_works(sandbox: Sandbox, http: httpx.Client) -> None:
    made = sandbox.website(at("new", "create", permissions=["query-funds"], ip_whitelist=[HERE]))
    assert len(base64.b64decode(made["api_secret"])) == 64
    assert sandbox.website(at("new", "delete")) == {}


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"label": "open"}, "already there"),
        ({"permissions": ["fly"]}, "no such permission: fly"),
        ({"app": "Platform"}, "no key is bound to an application"),
        ({"enabled": False}, "no switch"),
        ({"ip_whitelist": ["here"]}, "not an IP address"),
        ({"ip_whitelist": []}, "the list is empty"),
    ],
)
def test_what_the_website_refuses(sandbox: Sandbox, wanted: dict[str, object], why: str) -> None:
    before = sandbox.state()
    with pytest.raises(WorldError, match=why):
        sandbox.website(at(**wanted))
    assert sandbox.state() == before


def test_a_right_that_only_the_key_knows_stays(sandbox: Sandbox) -> None:
    assert sandbox.website(at("odd", label="odder"))["key"]["permissions"] == ["teleport", "query-funds"]


def test_a_sub_account_may_use_a_name_again(sandbox: Sandbox) -> None:
    place = {"exchange": "kraken", "account": "main", "sub_account": "grid", "key": "bot", "action": "set"}
    assert sandbox.website({**place, "set": {"label": "manager"}})["key"]["label"] == "manager"
