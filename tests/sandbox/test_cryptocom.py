"""What the simulated Crypto.com Exchange does: the documents' forms, and each refusal with its code."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from accesscfg.sandbox import Fault, Sandbox, WorldError
from tests.sandbox.raw import digest, now_ms
from tests.sandbox.shapes import has_shape
from tests.sandbox.worlds import ELSEWHERE, HERE, key

MASTER, DESK = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
ACCOUNTS, BALANCE = "private/get-accounts", "private/user-balance"
WITHDRAWALS, DEPOSITS, ADDRESS = (
    f"private/get-{what}" for what in ("withdrawal-history", "deposit-history", "deposit-address")
)
MINUTE_MS = 60_000


def world(**options: object) -> dict[str, Any]:
    """One main account with keys of every kind, and a sub-account with one."""
    main = {
        "id": "main",
        "uuid": MASTER,
        "email": "ops@example.com",
        "keys": [
            key("reader", [], [HERE]),
            key("trader", ["trading"], [HERE]),
            key("treasury", ["trading", "withdrawal"], [HERE]),
            key("open", ["trading"], None),
            key("bound", ["trading"], None, app="Gridbot"),
            key("away", [], [ELSEWHERE]),
            key("frozen", [], [HERE], enabled=False),
            key("over", [], [HERE], expires_at="2020-01-01"),
        ],
        "sub_accounts": [{"id": "desk", "uuid": DESK, "name": "desk01", "keys": [key("bot", [], [HERE])]}],
    }
    return {"seed": 7, "exchanges": {"cryptocom": {"options": options, "accounts": [main]}}}


@dataclass(frozen=True)
class Client:
    """Requests put together and signed by hand."""

    http: httpx.Client
    url: str
    key: str = "reader"
    secret: str | None = None
    shift_ms: int = 0
    changed: dict[str, Any] = field(default_factory=dict)

    def envelope(self, method: str, params: dict[str, str]) -> dict[str, Any]:
        stamp = now_ms() + self.shift_ms
        joined = "".join(f"{name}{params[name]}" for name in sorted(params))
        signed = f"{method}12{self.key}{joined}{stamp}"
        return {
            "id": 12,
            "method": method,
            "api_key": self.key,
            "params": params,
            "nonce": stamp,
            "sig": digest(self.secret or f"{self.key}Secret", signed).hex(),
        }

    def send(self, method: str, body: object) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.http.post(f"{self.url}/cryptocom/exchange/v1/{method}", content=content)

    def ask(self, method: str, **params: str) -> httpx.Response:
        """Signed whole; `changed` is changed afterwards, None taking a field out."""
        body = {**self.envelope(method, params), **self.changed}
        return self.send(method, {name: value for name, value in body.items() if value is not None})


def code(answer: httpx.Response) -> tuple[int, object]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    server.load(world())
    return server


@pytest.fixture
def client(sandbox: Sandbox, http: httpx.Client) -> Client:
    return Client(http, sandbox.url)


def of(client: Client, name: str, **more: Any) -> Client:
    return Client(client.http, client.url, name, **more)


ACCOUNT = {
    **dict.fromkeys(["uuid", "hierarchy", "name", "email", "margin_access", "derivatives_access"], "text"),
    **dict.fromkeys(["create_time", "update_time"], "int"),
    **dict.fromkeys(["enabled", "tradable", "two_fa_enabled", "suspended", "terminated"], "bool"),
    "kyc_level": "text",
}
OFFICIAL = {
    "this_account": {"uuid": "text", "hierarchy": "text"},
    "master_account": ACCOUNT,
    "sub_account_list": [
        {**ACCOUNT, "master_account_uuid": "text", "margin_account_uuid": "text", "label": "text"}
    ],
}


class TestAnswers:
    def test_the_accounts_have_the_form_of_the_official_example(self, client: Client) -> None:
        answer = client.ask(ACCOUNTS).json()
        assert {name: answer[name] for name in ("id", "method", "code")} == {
            "id": 12,
            "method": ACCOUNTS,
            "code": 0,
        }
        assert has_shape(answer["result"], OFFICIAL), answer["result"]

    @pytest.mark.parametrize(
        ("name", "uuid", "level"), [("reader", MASTER, "MASTER"), ("bot", DESK, "SUB_ACCOUNT")]
    )
    def test_they_say_whose_the_key_is(self, client: Client, name: str, uuid: str, level: str) -> None:
        this = of(client, name).ask(ACCOUNTS).json()["result"]["this_account"]
        assert this == {"uuid": uuid, "hierarchy": level}

    def test_pages(self, server: Sandbox, client: Client) -> None:
        many = world()
        subs = [{"id": f"s{n}", "uuid": f"uuid{n}"} for n in range(5)]
        many["exchanges"]["cryptocom"]["accounts"][0]["sub_accounts"] = subs
        server.load(many)

        def page(**params: str) -> list[str]:
            rows = client.ask(ACCOUNTS, **params).json()["result"]["sub_account_list"]
            return [row["uuid"] for row in rows]

        assert page() == [f"uuid{n}" for n in range(5)]
        assert page(page_size="2", page="1") == ["uuid2", "uuid3"]
        assert page(page_size="2", page="2") == ["uuid4"]

    def test_numbers_as_text(self, server: Sandbox, client: Client) -> None:
        server.load(world(numbers="text"))
        answer = client.ask(ACCOUNTS).json()
        assert (answer["id"], answer["code"]) == ("12", "0")
        assert of(client, "away").ask(ACCOUNTS).json()["code"] == "40103"

    def test_what_the_documents_leave_open_can_be_chosen(self, server: Sandbox, client: Client) -> None:
        server.load(world(sub_view="own", this_account=False))
        whole, own = (of(client, name).ask(ACCOUNTS).json()["result"] for name in ("reader", "bot"))
        assert set(whole) == {"master_account", "sub_account_list"}
        assert [row["master_account_uuid"] for row in own["sub_account_list"]] == [MASTER]
        assert "master_account" not in own


class TestRights:
    @pytest.mark.parametrize("name", ["reader", "trader", "treasury", "bot"])
    @pytest.mark.parametrize("method", [ACCOUNTS, BALANCE])
    def test_every_key_reads(self, client: Client, method: str, name: str) -> None:
        assert code(of(client, name).ask(method)) == (200, 0)

    @pytest.mark.parametrize("method", [WITHDRAWALS, DEPOSITS, ADDRESS])
    def test_the_wallets_calls_need_the_withdrawal_setting(self, client: Client, method: str) -> None:
        given = {"currency": "BTC"} if method == ADDRESS else {}
        assert code(of(client, "treasury").ask(method, **given)) == (200, 0)
        assert code(of(client, "trader").ask(method, **given)) == (401, 40101)


class TestRefusals:
    def test_a_wrong_secret_and_an_unknown_key_are_the_same(self, client: Client) -> None:
        assert code(of(client, "reader", secret="wrong").ask(ACCOUNTS)) == (401, 40101)
        assert code(of(client, "nobody").ask(ACCOUNTS)) == (401, 40101)
        assert code(of(client, "over").ask(ACCOUNTS)) == (401, 40101)

    @pytest.mark.parametrize("changed", [{"params": {"page": "1"}}, {"id": 13}, {"sig": "0" * 64}])
    def test_whatever_is_changed_after_signing(self, client: Client, changed: dict[str, Any]) -> None:
        assert code(of(client, "reader", changed=changed).ask(ACCOUNTS)) == (401, 40101)

    def test_a_nonce_that_is_not_the_signed_one(self, client: Client) -> None:
        body = client.envelope(ACCOUNTS, {})
        assert code(client.send(ACCOUNTS, {**body, "nonce": body["nonce"] + 1})) == (401, 40101)

    @pytest.mark.parametrize(("shift", "accepted"), [(-59, True), (59, True), (-61, False), (61, False)])
    def test_the_nonce_may_be_sixty_seconds_off(
        self, sandbox: Sandbox, client: Client, shift: int, accepted: bool
    ) -> None:
        sandbox.set_clock(now_ms())
        moved = of(client, "reader", shift_ms=shift * 1000)
        assert code(moved.ask(ACCOUNTS)) == ((200, 0) if accepted else (400, 40102))

    def test_a_nonce_need_not_rise(self, client: Client) -> None:
        sent = client.envelope(ACCOUNTS, {})
        assert [code(client.send(ACCOUNTS, sent)) for _ in range(2)] == [(200, 0)] * 2

    def test_an_address_off_the_list(self, client: Client) -> None:
        assert code(of(client, "away").ask(ACCOUNTS)) == (401, 40103)
        assert code(of(client, "open").ask(ACCOUNTS)) == (200, 0)

    def test_a_suspended_account(self, client: Client) -> None:
        assert code(of(client, "frozen").ask(ACCOUNTS)) == (400, 202)

    @pytest.mark.parametrize(
        ("changed", "refused"),
        [
            ({"params": None}, 40003),
            ({"method": BALANCE}, 40003),
            ({"sig": None}, 40004),
            ({"api_key": None}, 40004),
            ({"nonce": None}, 40004),
            ({"nonce": "soon"}, 40102),
        ],
    )
    def test_a_broken_envelope(self, client: Client, changed: dict[str, Any], refused: int) -> None:
        assert code(of(client, "reader", changed=changed).ask(ACCOUNTS)) == (400, refused)

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 5000])
    def test_what_is_no_envelope_at_all(self, client: Client, body: bytes) -> None:
        assert code(client.send(ACCOUNTS, body)) == (400, 40003)

    @pytest.mark.parametrize("page", ["-1", "x", ""])
    def test_a_page_that_is_no_number(self, client: Client, page: str) -> None:
        assert code(client.ask(ACCOUNTS, page=page)) == (400, 40004)

    def test_a_call_that_there_is_not(self, client: Client) -> None:
        assert code(client.ask("private/get-api-keys")) == (400, 40002)

    def test_three_calls_of_one_method_with_one_key_in_a_tenth_of_a_second(self, sandbox: Sandbox) -> None:
        """Counted at one moment: the requests of a test may be further apart."""
        limits = sandbox.world.venues["cryptocom"].limits
        seen = [limits.sliding("x", most=3, window_ms=100, now_ms=5).allowed for _ in range(4)]
        assert seen == [True, True, True, False]

    def test_over_the_limit_and_broken(self, sandbox: Sandbox, client: Client) -> None:
        for kind, expected in (("429", (429, 42901)), ("5xx", (500, 50001))):
            sandbox.fault(Fault("cryptocom", "*", kind, 1))
            assert code(client.ask(ACCOUNTS)) == expected

    @pytest.mark.parametrize(
        ("name", "more", "old"),
        [
            ("reader", {"secret": "wrong"}, 10002),
            ("away", {}, 10003),
            ("reader", {"shift_ms": 5 * MINUTE_MS}, 10007),
        ],
    )
    def test_the_old_numbering(
        self, server: Sandbox, client: Client, name: str, more: dict[str, Any], old: int
    ) -> None:
        server.load(world(codes="old"))
        assert code(of(client, name, **more).ask(ACCOUNTS))[1] == old


class TestWebsite:
    def save(self, sandbox: Sandbox, name: str, **fields: Any) -> dict[str, Any]:
        asked = {"exchange": "cryptocom", "account": "main", "key": name, "action": "set", "set": fields}
        shown: dict[str, Any] = sandbox.website(asked)["key"]
        return shown

    def test_anything_that_the_form_has_can_be_saved(self, sandbox: Sandbox) -> None:
        saved = self.save(
            sandbox,
            "reader",
            permissions=["trading", "withdrawal"],
            ip_whitelist=["203.0.113.7", "203.0.113.8"],
            label="new",
        )
        assert saved["permissions"] == ["read", "trading", "withdrawal"]
        assert (saved["ip_whitelist"], saved["label"]) == (["203.0.113.7", "203.0.113.8"], "new")
        assert self.save(sandbox, "new", ip_whitelist=None, permissions=[])["permissions"] == ["read"]

    @pytest.mark.parametrize(
        ("name", "fields", "why"),
        [
            ("reader", {"permissions": ["teleport"]}, "no such permission"),
            ("reader", {"app": "Gridbot"}, "when it is made"),
            ("bound", {"app": None}, "when it is made"),
            ("bound", {"ip_whitelist": ["203.0.113.7"]}, "are the application's"),
            ("reader", {"ip_whitelist": ["203.0.113.0/29"]}, "networks are not accepted"),
            ("reader", {"ip_whitelist": ["2001:db8::7"]}, "IPv6 is not accepted"),
            ("reader", {"enabled": False}, "nor a switch"),
            ("reader", {"expires_at": "2030-01-01"}, "nor a switch"),
        ],
    )
    def test_what_it_refuses(self, sandbox: Sandbox, name: str, fields: dict[str, Any], why: str) -> None:
        with pytest.raises(WorldError, match=why):
            self.save(sandbox, name, **fields)

    def test_a_key_is_made_and_deleted(self, sandbox: Sandbox, client: Client) -> None:
        asked = {"exchange": "cryptocom", "account": "main", "sub_account": "desk", "key": "new"}
        made = sandbox.website({**asked, "action": "create", "set": {"ip_whitelist": [HERE]}})
        fresh = of(client, made["key"]["api_key"], secret=made["api_secret"])
        assert code(fresh.ask(ACCOUNTS)) == (200, 0)
        sandbox.website({**asked, "action": "delete"})
        assert code(fresh.ask(ACCOUNTS)) == (401, 40101)


def test_the_log_names_the_key_and_no_request_is_a_write(sandbox: Sandbox, client: Client) -> None:
    client.ask(ACCOUNTS)
    of(client, "away").ask(ACCOUNTS)
    assert [(entry["key_label"], entry["code"], entry["write"]) for entry in sandbox.log()] == [
        ("reader", "0", False),
        ("away", "40103", False),
    ]
