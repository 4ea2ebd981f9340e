"""WhiteBIT: replies as the model says them, refusals known by their words, and the calls that a write becomes."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from accesscfg.exchanges.base import KeyRef, Target
from accesscfg.exchanges.whitebit.calls import Whitebit
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist
from accesscfg.model.observed import Facet, LiveKey, Observed, Probed, Unknown, Unobservable
from accesscfg.model.profile import Profile
from tests.exchanges.world import (
    PROFILES,
    Answers,
    StandingClock,
    always,
    at,
    hmac_credential,
    live,
    run,
    value,
)


def _profile() -> Profile:
    found = PROFILES.get("whitebit")
    assert found is not None
    return found


PROFILE = _profile()
WHITEBIT = Whitebit(PROFILE)
SUB_ID = "8e667b4a-0b71-4988-8af5-9474dbfaeb51"
ROOT = "/api/v4/sub-account/api-key"
KEYS, EDIT, LIST = f"{ROOT}/list", f"{ROOT}/edit", f"{ROOT}/ip-address/list"
ADD, REMOVE = f"{ROOT}/ip-address/create", f"{ROOT}/ip-address/delete"
BALANCE, ORDER, WITHDRAW = (
    "/api/v4/main-account/balance",
    "/api/v4/order/new",
    "/api/v4/main-account/withdraw",
)
BOT = KeyRef(scope="sub", sub_id=SUB_ID, key_id="k1", by_self=False)

# with the fields and types of the documents' example
ROW: dict[str, Any] = {
    "subAccountId": SUB_ID,
    "id": "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
    "title": "Trading Bot Key",
    "isEnabled": True,
    "apiKey": "pub-key-abc123",
    "apiSecret": "",
    "type": "1",
    "lastActivity": 1641081600,
    "restrictAccess": True,
    "accessEndpoints": [{"name": BALANCE, "title": "Get Balance"}],
}
IPS = {"data": ["203.0.113.10", "2001:DB8::1"]}


def keys(*rows: Any, plain: bool = False, ips: Any = IPS, whole: list[str] | None = None) -> list[LiveKey]:
    page = list(rows) if plain else {"limit": 100, "offset": 0, "data": list(rows)}
    answers = Answers(lambda method, path, given: page if path == KEYS else ips)
    return run(WHITEBIT.sub_keys(answers, SUB_ID, whole))


def one(**changes: Any) -> LiveKey:
    (key,) = keys({**ROW, **changes})
    return key


class TestReadingKeysOfSubAccounts:
    @pytest.mark.parametrize("plain", [False, True])
    def test_the_documents_example_in_either_form_of_the_list(self, plain: bool) -> None:
        (key,) = keys(ROW, plain=plain)
        assert (key.key_id, key.label, key.masked) == ("pub-key-abc123", "Trading Bot Key", False)
        assert key.carry == {"id": ROW["id"]}
        assert value(key, Facet.LABEL) == "Trading Bot Key"
        assert value(key, Facet.ENABLED) is True
        assert value(key, Facet.PERMISSIONS) == {BALANCE}
        assert value(key, Facet.IP_WHITELIST) == at("203.0.113.10", "2001:db8::1")
        assert key.last_used_at is not None
        assert key.last_used_at.isoformat() == "2022-01-02T00:00:00+00:00"
        assert Facet.EXPIRY not in key.facets

    @pytest.mark.parametrize("kind", [1, "1", "trade"])
    def test_the_first_kind_of_key_in_each_spelling(self, kind: Any) -> None:
        assert value(one(type=kind), Facet.PERMISSIONS) == {BALANCE}

    @pytest.mark.parametrize("kind", [2, "2"])
    def test_the_second_kind_is_a_right_of_its_own(self, kind: Any) -> None:
        assert value(one(type=kind), Facet.PERMISSIONS) == {BALANCE, "type-2"}

    @pytest.mark.parametrize("kind", [None, 3, "3", True, "withdraw", [], {}, 1.5])
    def test_a_kind_that_is_not_known_leaves_the_rights_unknown(self, kind: Any) -> None:
        """What else it may do cannot be told."""
        assert isinstance(one(type=kind).facets[Facet.PERMISSIONS], Unknown)

    @pytest.mark.parametrize("kind", ["1", "2"])
    def test_a_key_whose_endpoints_are_not_restricted_has_every_one_of_its_kind(self, kind: str) -> None:
        rights = value(one(type=kind, restrictAccess=False), Facet.PERMISSIONS)
        assert {"all-endpoints", BALANCE, ORDER} <= rights
        assert ({WITHDRAW, "type-2"} <= rights) == (kind == "2")
        assert (WITHDRAW in rights) == (kind == "2")
        assert not any(native.startswith("/api/v4/sub-account/") for native in rights)
        reach = PROFILE.reach(rights, "sub")
        assert {"read", "spot", "margin", "futures", "transfer", "withdraw"} <= reach

    def test_an_endpoint_that_we_do_not_know_is_kept_by_its_path(self) -> None:
        more = [*ROW["accessEndpoints"], {"name": "/api/v4/new/thing", "title": "New"}]
        assert value(one(accessEndpoints=more), Facet.PERMISSIONS) == {BALANCE, "/api/v4/new/thing"}

    @pytest.mark.parametrize(
        "listed", [None, "all", {}, [5], [{"title": "x"}], [{"name": ""}], [{"name": 1}]]
    )
    def test_endpoints_that_cannot_be_read(self, listed: Any) -> None:
        key = one(accessEndpoints=listed)
        assert isinstance(key.facets[Facet.PERMISSIONS], Unknown)
        assert isinstance(key.facets[Facet.IP_WHITELIST], Observed)

    @pytest.mark.parametrize("restricted", [None, 0, 1, "yes", []])
    def test_a_restriction_that_cannot_be_read(self, restricted: Any) -> None:
        assert isinstance(one(restrictAccess=restricted).facets[Facet.PERMISSIONS], Unknown)

    def test_a_disabled_key_is_seen_as_such(self) -> None:
        assert value(one(isEnabled=False), Facet.ENABLED) is False
        assert isinstance(one(isEnabled=None).facets[Facet.ENABLED], Unknown)

    def test_an_empty_list_of_addresses_is_no_restriction(self) -> None:
        (key,) = keys(ROW, ips={"data": []})
        assert value(key, Facet.IP_WHITELIST) == Unrestricted()

    @pytest.mark.parametrize("ips", [None, [], {}, {"data": None}, {"data": "203.0.113.7"}, {"data": [5]}])
    def test_no_other_answer_is_taken_for_no_restriction(self, ips: Any) -> None:
        (key,) = keys(ROW, ips=ips)
        assert isinstance(key.facets[Facet.IP_WHITELIST], Unknown)

    def test_only_the_keys_that_are_asked_for_have_their_addresses_asked_for(self) -> None:
        rows = [{**ROW, "apiKey": name, "id": f"id-{name}"} for name in ("a", "b")]
        answers = Answers(lambda method, path, given: {"data": rows} if path == KEYS else IPS)
        found = run(WHITEBIT.sub_keys(answers, SUB_ID, ["b"]))
        assert [Facet.IP_WHITELIST in key.facets for key in found] == [False, True]
        assert [given for _, path, given in answers.sent if path == LIST] == [{"apiKeyId": "id-b"}]

    def test_a_key_without_an_id_has_no_addresses_and_nothing_is_asked(self) -> None:
        answers = Answers(lambda method, path, given: {"data": [{**ROW, "id": None}]})
        (key,) = run(WHITEBIT.sub_keys(answers, SUB_ID, None))
        assert isinstance(key.facets[Facet.IP_WHITELIST], Unknown)
        assert len(answers.sent) == 1

    def test_a_listing_with_the_key_of_another_sub_account_is_not_understood(self) -> None:
        """Else a key of the same name there could be taken for the declared one."""
        with pytest.raises(ExchangeError) as refused:
            keys(ROW, {**ROW, "apiKey": "other", "subAccountId": "11111111-0b71-4988-8af5-9474dbfaeb51"})
        assert refused.value.trouble is Trouble.REPLY
        assert len(keys({**ROW, "subAccountId": SUB_ID.upper()})) == 1

    def test_a_row_that_cannot_be_read_is_still_a_key(self) -> None:
        (key,) = keys("junk")
        assert key.key_id is None
        assert all(isinstance(seen, Unknown) for seen in key.facets.values())

    @pytest.mark.parametrize("reply", [None, {}, {"data": None}, {"data": {}}, "x"])
    def test_an_answer_without_a_list(self, reply: Any) -> None:
        with pytest.raises(ExchangeError, match="answer's"):
            run(WHITEBIT.sub_keys(always(reply), SUB_ID, None))


class TestPages:
    @pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
    def test_a_page_shorter_than_asked_for_is_the_last(self, count: int) -> None:
        subs = [{"id": f"sub{n}", "alias": f"s{n}"} for n in range(count)]

        def answer(method: str, path: str, given: dict[str, Any]) -> Any:
            return {"data": subs[given["offset"] : given["offset"] + given["limit"]]}

        calls = Answers(answer)
        assert [(sub.id, sub.name) for sub in run(WHITEBIT.sub_accounts(calls))] == [
            (sub["id"], sub["alias"]) for sub in subs
        ]
        assert len(calls.sent) == count // 100 + 1

    def test_one_that_is_made_meanwhile_loses_none(self) -> None:
        subs = [{"id": f"sub{n}"} for n in range(150)]

        def answer(method: str, path: str, given: dict[str, Any]) -> Any:
            page = subs[given["offset"] : given["offset"] + given["limit"]]
            subs.insert(0, {"id": "new"})
            return {"data": page}

        assert {sub.id for sub in run(WHITEBIT.sub_accounts(Answers(answer)))} >= {
            f"sub{n}" for n in range(150)
        }

    def test_pages_that_do_not_end_are_refused(self) -> None:
        same = {"data": [{"id": f"sub{n}"} for n in range(100)]}
        with pytest.raises(ExchangeError, match="end of the list"):
            run(WHITEBIT.sub_accounts(always(same)))

    @pytest.mark.parametrize("row", [5, {}, {"id": ""}, {"id": 7}])
    def test_a_sub_account_is_never_dropped(self, row: Any) -> None:
        with pytest.raises(ExchangeError):
            run(WHITEBIT.sub_accounts(always({"data": [row]})))


class TestAMainAccountsKey:
    FEE = "/api/v4/market/fee"

    def own(self, answer: Any) -> LiveKey:
        calls = always(answer)
        found = run(WHITEBIT.own_key(calls))
        assert [(method, path) for method, path, _ in calls.sent] == [("POST", self.FEE)]
        assert (found.uid, found.main_uid) == (None, None)
        return found.key

    def test_an_answer_shows_that_it_works_and_one_right(self) -> None:
        key = self.own({"taker": "0.1"})
        seen = key.facets[Facet.PERMISSIONS]
        assert isinstance(seen, Probed)
        assert (seen.present, seen.absent) == (frozenset({self.FEE}), frozenset())
        assert value(key, Facet.ENABLED) is True
        assert "may be used from here, and it may call" in key.notes[0]

    def test_a_refused_right_shows_that_it_works_without_it(self) -> None:
        key = self.own(ExchangeError(Trouble.PERMISSION, "no right"))
        seen = key.facets[Facet.PERMISSIONS]
        assert isinstance(seen, Probed)
        assert (seen.present, seen.absent) == (frozenset(), frozenset({self.FEE}))
        assert "it may not call" in key.notes[0]

    def test_name_and_addresses_are_never_shown(self) -> None:
        key = self.own({})
        for facet in (Facet.LABEL, Facet.IP_WHITELIST):
            assert isinstance(key.facets[facet], Unobservable)
        assert key.key_id is None

    @pytest.mark.parametrize("trouble", [Trouble.DENIED, Trouble.SIGNATURE, Trouble.CLOCK, Trouble.SERVER])
    def test_every_other_refusal_shows_nothing(self, trouble: Trouble) -> None:
        with pytest.raises(ExchangeError):
            run(WHITEBIT.own_key(always(ExchangeError(trouble, "no"))))


def sent(before: LiveKey, target: Target) -> list[tuple[str, dict[str, Any]]]:
    calls = always({})
    run(WHITEBIT.write(calls, BOT, before, target))
    assert {method for method, _, _ in calls.sent} == {"POST"}
    return [(path, body) for _, path, body in calls.sent]


def held(rights: set[str] | None, whitelist: Whitelist | None, label: str | None = "bot") -> LiveKey:
    return live(rights, whitelist, label=label, carry={"id": "id-1"})


class TestWrites:
    def test_an_edit_names_every_endpoint_that_is_on_or_is_to_be(self) -> None:
        ips = at("203.0.113.7")
        before = held({BALANCE, ORDER, "/api/v4/new/thing", "type-2"}, ips)
        target = Target(frozenset({BALANCE, WITHDRAW, "/api/v4/new/thing", "type-2"}), ips, "bot")
        assert sent(before, target) == [
            (
                EDIT,
                {
                    "apiKeyId": "id-1",
                    "title": "bot",
                    "urls": [
                        {"url": BALANCE, "enable": True},
                        {"url": WITHDRAW, "enable": True},
                        {"url": "/api/v4/new/thing", "enable": True},
                        {"url": ORDER, "enable": False},
                    ],
                },
            )
        ]

    def test_a_new_name_is_sent_with_the_rights_as_last_read(self) -> None:
        ips = at("203.0.113.7")
        ((path, body),) = sent(held({BALANCE}, ips), Target(frozenset({BALANCE}), ips, "grid"))
        assert (path, body["title"], body["urls"]) == (EDIT, "grid", [{"url": BALANCE, "enable": True}])

    def test_addresses_go_in_one_by_one_before_others_go_out(self) -> None:
        before = held({BALANCE}, at("203.0.113.1", "203.0.113.2"))
        target = Target(frozenset({BALANCE}), at("203.0.113.2", "203.0.113.4", "203.0.113.3"), "bot")
        assert sent(before, target) == [
            (ADD, {"apiKeyId": "id-1", "ip": "203.0.113.3"}),
            (ADD, {"apiKeyId": "id-1", "ip": "203.0.113.4"}),
            (REMOVE, {"apiKeyId": "id-1", "ip": "203.0.113.1"}),
        ]

    def test_from_and_to_unrestricted(self) -> None:
        rights = frozenset({BALANCE})
        assert sent(held({BALANCE}, Unrestricted()), Target(rights, at("203.0.113.1"), "bot")) == [
            (ADD, {"apiKeyId": "id-1", "ip": "203.0.113.1"})
        ]
        assert sent(held({BALANCE}, at("203.0.113.1")), Target(rights, Unrestricted(), "bot")) == [
            (REMOVE, {"apiKeyId": "id-1", "ip": "203.0.113.1"})
        ]

    IPS = at("203.0.113.1")

    @pytest.mark.parametrize(
        ("before", "target"),
        [
            (held({BALANCE}, IPS), Target(frozenset(), IPS, "bot")),
            (held({BALANCE}, IPS), Target(frozenset({"type-2"}), IPS, "bot")),
            (held(None, IPS), Target(frozenset({BALANCE}), IPS, "bot")),
            (held({BALANCE}, IPS, None), Target(frozenset({ORDER}), IPS, None)),
            (held({BALANCE, "all-endpoints"}, IPS), Target(frozenset({BALANCE}), IPS, "bot")),
            (held({BALANCE}, IPS), Target(frozenset({BALANCE, "all-endpoints"}), IPS, "bot")),
            (held({BALANCE}, IPS), Target(frozenset({BALANCE}), Addresses(frozenset()), "bot")),
            (held({BALANCE}, IPS), Target(frozenset({BALANCE}), AppBound(None), "bot")),
            (held({BALANCE}, None), Target(frozenset({BALANCE}), IPS, "bot")),
        ],
        ids=[
            "no right left",
            "no endpoint left",
            "rights not read",
            "name not read",
            "endpoints not restricted",
            "restriction to be lifted",
            "an empty list",
            "an application",
            "addresses not read",
        ],
    )
    def test_what_would_put_the_key_at_risk_is_not_sent(self, before: LiveKey, target: Target) -> None:
        calls = always({})
        with pytest.raises(ExchangeError, match="nothing was sent"):
            run(WHITEBIT.write(calls, BOT, before, target))
        assert calls.sent == []

    @pytest.mark.parametrize(
        ("key", "more"),
        [
            (KeyRef("own", None, "k1", by_self=True), {"carry": {"id": "id-1"}}),
            (KeyRef("sub", SUB_ID, "k1", by_self=True), {"carry": {"id": "id-1"}}),
            (BOT, {"carry": {}}),
            (BOT, {"carry": {"id": "id-1"}, "masked": True}),
        ],
    )
    def test_only_whole_ids_of_sub_account_keys_are_written(self, key: KeyRef, more: dict[str, Any]) -> None:
        calls = always({})
        before = live({BALANCE}, self.IPS, label="bot", **more)
        with pytest.raises(ExchangeError, match="nothing was sent"):
            run(WHITEBIT.write(calls, key, before, Target(frozenset({ORDER}), self.IPS, "bot")))
        assert calls.sent == []


def refusal(status: int, body: Any) -> ExchangeError:
    error = WHITEBIT.failure(status, {}, json.dumps(body).encode())
    assert error is not None
    return error


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "code", "message", "trouble"),
        [
            (401, 10, "Unauthorized request.", Trouble.SIGNATURE),
            (400, 9, "Invalid payload.", Trouble.REQUEST),
            (401, None, "Payload not provided.", Trouble.REQUEST),
            (401, 2, "This action is unauthorized. Enable your key in API settings", Trouble.DENIED),
            (401, 0, "This action is unauthorized.", Trouble.DENIED),
            (401, 4, "This API Key is not authorized to perform this action.", Trouble.PERMISSION),
            (403, None, "You don't have permission to use this endpoint.", Trouble.PERMISSION),
            (401, 0, "You don't have permission to use this endpoint.", Trouble.PERMISSION),
            (400, 0, "Validation failed", Trouble.REQUEST),
            (404, None, "API key not found", Trouble.REQUEST),
            (400, 5, "IP address 203.0.113.10 is not in the allowlist", Trouble.REQUEST),
            (400, 5, "You have reached the maximum number of allowed IPs: 50", Trouble.REQUEST),
        ],
    )
    def test_are_known_by_their_words_and_number(
        self, status: int, code: int | None, message: str, trouble: Trouble
    ) -> None:
        body = {"message": message} if code is None else {"code": code, "message": message}
        error = refusal(status, body)
        assert error.trouble is trouble
        assert not error.ambiguous
        assert "without a reason" not in error.what
        assert "203.0.113.10" not in str(error)

    def test_a_used_nonce_is_no_rate_limit_although_it_says_so(self) -> None:
        """As clients of 2023 and 2025 saw it."""
        body = {"code": 0, "errors": {}, "message": "Too many requests."}
        for status in (401, 429):
            assert refusal(status, body).trouble is Trouble.CLOCK
        assert refusal(429, {}).trouble is Trouble.RATE_LIMIT

    def test_a_number_alone_means_nothing(self) -> None:
        """2, 5, 9 and 10 have other meanings at other calls."""
        for code in (2, 5, 9, 10):
            error = refusal(422, {"code": code, "message": "Inner validation failed"})
            assert (error.trouble, error.code) == (Trouble.REQUEST, str(code))
        assert refusal(401, {"code": 3, "message": "Unauthorized request."}).trouble is Trouble.DENIED

    @pytest.mark.parametrize("message", [[["Unauthorized request."]], ["Unauthorized request."]])
    def test_the_old_form_of_errors_is_understood(self, message: Any) -> None:
        error = refusal(200, {"success": False, "message": message, "result": []})
        assert error.trouble is Trouble.SIGNATURE

    @pytest.mark.parametrize("message", ["MARKED", ["MARKED"], {"a": "MARKED"}, [[]], None, 5])
    def test_words_that_are_not_known_are_not_told(self, message: Any) -> None:
        assert "MARKED" not in str(refusal(400, {"code": 7, "message": message}))

    @pytest.mark.parametrize(("status", "body"), [(200, {}), (201, {"data": ["203.0.113.7"]}), (200, [])])
    def test_a_successful_reply_is_no_failure(self, status: int, body: Any) -> None:
        assert WHITEBIT.failure(status, {}, json.dumps(body).encode()) is None


def test_the_time_is_never_earlier_than_it_is_and_two_seconds_late_at_most() -> None:
    """It is told in whole seconds; a nonce is good within five."""
    assert WHITEBIT.server_time_ms({"time": 1700000000}) == 1700000002000
    replies: list[Any] = [{}, None, [], {"time": ""}, {"time": "x"}, {"time": -1}]
    for reply in replies:
        with pytest.raises(ExchangeError, match="answer's"):
            WHITEBIT.server_time_ms(reply)


@pytest.mark.parametrize("body", [None, b'{"limit":100,"offset":0}'])
def test_a_signed_body_is_compact_and_says_how_its_nonce_is_to_be_taken(body: bytes | None) -> None:
    request = httpx.Request("POST", "http://127.0.0.1:9/whitebit/api/v4/sub-account/list", content=body)
    signer = WHITEBIT.signer(hmac_credential("key", "secret"), StandingClock(1700000000000), "/whitebit")
    made = next(signer.sync_auth_flow(request))
    assert made.content.startswith(
        b'{"request":"/api/v4/sub-account/list","nonce":1700000000000,"nonceWindow":true'
    )
    assert json.loads(made.content) == {
        "request": "/api/v4/sub-account/list",
        "nonce": 1700000000000,
        "nonceWindow": True,
        **json.loads(body or b"{}"),
    }
    assert made.headers["Content-Length"] == str(len(made.content))
