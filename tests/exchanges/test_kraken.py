"""Kraken: a key's own answer in both casings, and what no other spelling is taken for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from accesscfg.config.permissions import map_permissions
from accesscfg.exchanges.base import KeyRef, Target
from accesscfg.exchanges.client import RETRIED
from accesscfg.exchanges.kraken.calls import INFO, Kraken
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.networks import Unrestricted
from accesscfg.model.observed import Facet, LiveKey, Observed, Unknown
from tests.exchanges.world import PROFILES, StandingClock, always, at, hmac_credential, live, run, value

PROFILE = PROFILES.provider("kraken").profile
KRAKEN = Kraken(PROFILE)
READING = {"query-funds", "query-open-trades", "query-closed-trades", "query-ledger", "export-data"}

# in the form that the exchange's documents have
INFO_REPLY: dict[str, Any] = {
    "error": [],
    "result": {
        "apiKeyName": "bot-a",
        "apiKey": "EXAMPLEKEY0000000000000000000000000000000000000000000000",
        "nonce": "1781000000000",
        "nonceWindow": 0,
        "permissions": ["query-funds", "query-open-trades", "modify-trades", "close-trades"],
        "iban": "AA88 N84G WOAK NMOI",
        "validUntil": "0",
        "queryFrom": "0",
        "queryTo": "0",
        "createdTime": "1767225600",
        "modifiedTime": "1772323200",
        "ipAllowlist": ["203.0.113.7", "198.51.100.0/24"],
        "lastUsed": "1781000000",
    },
}
# as an independent client's tests recorded it
RECORDED: dict[str, Any] = {
    "error": [],
    "result": {
        "api_key_name": "TestKey",
        "api_key": "123",
        "nonce": "123",
        "nonce_window": "15",
        "permissions": ["query-funds", "add-funds", "withdraw-funds", "modify-trades", "create-ws-token"],
        "iban": "123",
        "valid_until": "0",
        "query_from": "0",
        "query_to": "0",
        "created_time": "1522132642",
        "modified_time": "1618230358",
        "ip_allowlist": [""],
        "last_used": "1774350056",
    },
}


def camel(result: dict[str, Any]) -> dict[str, Any]:
    return result


def snake(result: dict[str, Any]) -> dict[str, Any]:
    return {re.sub("(?=[A-Z])", "_", name).lower(): one for name, one in result.items()}


casings = pytest.mark.parametrize("casing", [camel, snake])
Casing = Callable[[dict[str, Any]], dict[str, Any]]


def key(casing: Casing = camel, without: str = "", **changes: Any) -> LiveKey:
    """What is read of the documents' example with these changes."""
    result = {name: one for name, one in {**INFO_REPLY["result"], **changes}.items() if name != without}
    return run(KRAKEN.own_key(always({"error": [], "result": casing(result)}))).key


class TestReading:
    def test_the_documented_example(self) -> None:
        calls = always(INFO_REPLY)
        answer = run(KRAKEN.own_key(calls))
        assert [(method, path) for method, path, _ in calls.sent] == [("POST", INFO)]
        assert answer.uid == "AA88 N84G WOAK NMOI"
        assert answer.key.key_id == INFO_REPLY["result"]["apiKey"]
        assert (answer.key.label, answer.key.masked, answer.key.notes) == ("bot-a", False, ())
        assert value(answer.key, Facet.LABEL) == "bot-a"
        assert value(answer.key, Facet.PERMISSIONS) == set(INFO_REPLY["result"]["permissions"])
        assert value(answer.key, Facet.IP_WHITELIST) == at("203.0.113.7", "198.51.100.0/24")
        assert value(answer.key, Facet.EXPIRY) == "never"
        assert answer.key.expires_at is None
        assert answer.key.created_at == datetime(2026, 1, 1, tzinfo=UTC)
        assert answer.key.last_used_at == datetime.fromtimestamp(1781000000, UTC)

    def test_the_recorded_answer_of_a_key_without_restriction(self) -> None:
        found = run(KRAKEN.own_key(always(RECORDED))).key
        assert (found.key_id, found.label) == ("123", "TestKey")
        assert value(found, Facet.PERMISSIONS) == set(RECORDED["result"]["permissions"])
        assert value(found, Facet.IP_WHITELIST) == Unrestricted()
        assert value(found, Facet.EXPIRY) == "never"
        assert found.created_at == datetime.fromtimestamp(1522132642, UTC)

    @casings
    @pytest.mark.parametrize("number", [str, int])
    def test_an_expiry_in_text_or_a_number(self, number: type, casing: Casing) -> None:
        found = key(casing, validUntil=number(1798761599))
        assert value(found, Facet.EXPIRY) == "2026-12-31"
        assert found.expires_at == datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)

    @casings
    @pytest.mark.parametrize("never", ["0", 0])
    def test_zero_is_never(self, never: object, casing: Casing) -> None:
        found = key(casing, validUntil=never)
        assert value(found, Facet.EXPIRY) == "never"
        assert found.expires_at is None

    @casings
    @pytest.mark.parametrize("odd", [None, "", "never", -1, 1.5, True, [], "1781000000000000", "2026-12-31"])
    def test_no_other_spelling_is_a_date_or_never(self, odd: object, casing: Casing) -> None:
        for found in (key(casing, validUntil=odd), key(casing, without="validUntil")):
            assert isinstance(found.facets[Facet.EXPIRY], Unknown)
            assert found.expires_at is None

    def test_a_key_that_was_never_used(self) -> None:
        assert key(lastUsed=None).last_used_at is None

    @casings
    @pytest.mark.parametrize("spelled", [[], [""]])
    def test_both_spellings_of_no_restriction(self, spelled: list[str], casing: Casing) -> None:
        assert value(key(casing, ipAllowlist=spelled), Facet.IP_WHITELIST) == Unrestricted()

    @casings
    @pytest.mark.parametrize(
        "odd",
        [None, "", "*", "203.0.113.7", {}, 0, False, ["", ""], ["", "203.0.113.7"], [" "], [None], [[]]],
    )
    def test_what_could_not_be_read_is_never_no_restriction(self, odd: object, casing: Casing) -> None:
        for found in (key(casing, ipAllowlist=odd), key(casing, without="ipAllowlist")):
            assert isinstance(found.facets[Facet.IP_WHITELIST], Unknown)
            assert isinstance(found.facets[Facet.PERMISSIONS], Observed)

    @pytest.mark.parametrize("wide", ["*", "0.0.0.0/0", "::/0"])
    def test_a_list_that_lets_everybody_in_is_a_list_all_the_same(self, wide: str) -> None:
        assert value(key(ipAllowlist=[wide]), Facet.IP_WHITELIST) == at(wide)

    def test_addresses_are_compared_in_one_form(self) -> None:
        found = key(ipAllowlist=["2001:DB8::1", " 203.0.113.7/32"])
        assert value(found, Facet.IP_WHITELIST) == at("2001:db8::1", "203.0.113.7")

    def test_an_empty_list_of_rights_is_a_key_without_rights(self) -> None:
        assert value(key(permissions=[]), Facet.PERMISSIONS) == frozenset()

    def test_a_right_that_we_do_not_know_is_kept_by_its_name(self) -> None:
        assert value(key(permissions=["teleport"]), Facet.PERMISSIONS) == {"teleport"}

    @pytest.mark.parametrize("odd", [None, "", "query-funds", {}, [""], [None], ["query-funds", 5]])
    def test_rights_that_cannot_be_read(self, odd: object) -> None:
        for found in (key(permissions=odd), key(without="permissions")):
            assert isinstance(found.facets[Facet.PERMISSIONS], Unknown)
            assert isinstance(found.facets[Facet.IP_WHITELIST], Observed)

    def test_both_casings_at_once_are_read_where_they_agree_only(self) -> None:
        assert value(key(ip_allowlist=INFO_REPLY["result"]["ipAllowlist"]), Facet.IP_WHITELIST)
        assert isinstance(key(ip_allowlist=[]).facets[Facet.IP_WHITELIST], Unknown)
        assert isinstance(key(ip_allowlist=None).facets[Facet.IP_WHITELIST], Unknown)

    def test_a_window_that_queries_are_held_to_is_told(self) -> None:
        (note,) = key(queryFrom="1767225600", queryTo="0").notes
        assert note == "it sees history from 2026-01-01 00:00 UTC only"

    @pytest.mark.parametrize(
        "reply", [None, [], {}, {"error": []}, {"error": [], "result": None}, {"error": [], "result": []}]
    )
    def test_an_answer_without_a_result(self, reply: object) -> None:
        with pytest.raises(ExchangeError, match="answer's"):
            run(KRAKEN.own_key(always(reply)))

    def test_an_answer_that_shows_nothing_is_a_key_of_which_nothing_is_known(self) -> None:
        found = run(KRAKEN.own_key(always({"error": [], "result": {}}))).key
        assert all(isinstance(seen, Unknown) for seen in found.facets.values())


def test_nothing_is_listed_and_nothing_is_written() -> None:
    calls = always({})
    ref = KeyRef("own", None, "k1", by_self=True)
    target = Target(frozenset(), Unrestricted(), None)
    for asked in (
        KRAKEN.sub_accounts(calls),
        KRAKEN.sub_keys(calls, "grid", None),
        KRAKEN.write(calls, ref, live(set(), Unrestricted()), target),
    ):
        with pytest.raises(ExchangeError, match="website only") as caught:
            run(asked)
        assert caught.value.trouble is Trouble.WEBSITE_ONLY
    assert calls.sent == []


def sent(body: bytes | None, ms: int = 1616492376594) -> httpx.Request:
    signer = KRAKEN.signer(hmac_credential("key", "c2VjcmV0"), StandingClock(ms), "")
    return next(signer.sync_auth_flow(httpx.Request("POST", f"https://kraken.test{INFO}", content=body)))


class TestRequests:
    def test_the_body_becomes_a_form_with_the_nonce_first(self) -> None:
        request = sent(b'{"pair":"XBT/USD","volume":"1 000"}')
        fields = [("nonce", "1616492376594"), ("pair", "XBT/USD"), ("volume", "1 000")]
        assert parse_qsl(request.content.decode()) == fields
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert request.headers["Content-Length"] == str(len(request.content))

    @pytest.mark.parametrize("body", [b"{}", b"", None])
    def test_an_empty_body_holds_the_nonce(self, body: bytes | None) -> None:
        assert sent(body).content == b"nonce=1616492376594"

    @pytest.mark.parametrize("secret", ["MARKEDsecret!", "MARKEDs", "äöü", "=", " "])
    def test_a_secret_that_is_no_base64_is_told_before_anything_is_sent(self, secret: str) -> None:
        with pytest.raises(ExchangeError, match="not Base64") as caught:
            KRAKEN.signer(hmac_credential("key", secret), StandingClock(0), "")
        assert caught.value.trouble is Trouble.SECRETS
        assert "MARKED" not in str(caught.value)


def refused(*errors: Any, status: int = 200) -> ExchangeError:
    error = KRAKEN.failure(status, {}, json.dumps({"error": list(errors)}).encode())
    assert error is not None
    return error


class TestRefusals:
    @pytest.mark.parametrize("code", sorted(PROFILE.errors))
    def test_each_documented_code(self, code: str) -> None:
        error = refused(code)
        assert (error.trouble, error.code) == (PROFILE.errors[code].trouble, code)
        assert code in error.what

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("EService: Throttled: 1781000000", "EService: Throttled"),
            ("EGeneral:Invalid arguments:MARKED", "EGeneral:Invalid arguments"),
        ],
    )
    def test_what_follows_a_code_is_not_told(self, text: str, code: str) -> None:
        error = refused(text)
        assert error.code == code
        assert "MARKED" not in str(error)

    @pytest.mark.parametrize(
        "text", ["EMARKED:New", "MARKED", "", 5, None, ["EAPI:Invalid key"], {"MARKED": 1}]
    )
    def test_an_error_that_we_do_not_know_is_a_refusal_all_the_same(self, text: Any) -> None:
        error = refused(text)
        assert (error.trouble, error.code, error.ambiguous) == (Trouble.REQUEST, None, False)
        assert "MARKED" not in str(error)

    def test_the_code_counts_whatever_the_status(self) -> None:
        assert refused("EAPI:Invalid key", status=403).trouble is Trouble.KEY

    def test_a_warning_is_no_failure(self) -> None:
        assert KRAKEN.failure(200, {}, b'{"error":["WGeneral:Danger"],"result":{}}') is None
        assert refused("WGeneral:Danger", "EAPI:Invalid key").trouble is Trouble.KEY

    def test_an_invalid_nonce_says_what_to_do(self) -> None:
        error = refused("EAPI:Invalid nonce")
        assert "another program uses this key" in error.what
        assert "clock is behind" in error.what

    @pytest.mark.parametrize(
        "code",
        ["EAPI:Invalid key", "EAPI:Invalid nonce", "EAPI:Invalid signature", "EGeneral:Temporary lockout"],
    )
    def test_what_may_lock_a_key_out_is_never_tried_again(self, code: str) -> None:
        assert refused(code).trouble not in RETRIED

    def test_a_lockout_ends_the_calls_of_an_account(self) -> None:
        assert refused("EGeneral:Temporary lockout").locks_out
        assert not refused("EAPI:Invalid key").locks_out


class TestDeclaring:
    def natives(self, *declared: str) -> frozenset[str]:
        mapped = map_permissions(declared, PROFILE, "own")
        assert mapped.problems == ()
        return mapped.natives

    def test_read_is_everything_that_queries_or_exports(self) -> None:
        assert self.natives("read") == READING

    def test_a_narrower_key_is_declared_by_native_names(self) -> None:
        assert self.natives("native:query-funds") == {"query-funds"}

    def test_trading_takes_orders_and_cancelling_them(self) -> None:
        assert self.natives("read", "spot", "margin") == READING | {"modify-trades", "close-trades"}

    @pytest.mark.parametrize("one", ["spot", "margin"])
    def test_spot_without_margin_is_refused_with_what_to_write(self, one: str) -> None:
        (problem,) = map_permissions(("read", one), PROFILE, "own").problems
        assert (problem.severity, problem.hint) == ("error", "write spot, margin")

    def test_withdrawing_does_not_bring_the_management_of_addresses_along(self) -> None:
        assert self.natives("withdraw") == {"withdraw-funds"}

    @pytest.mark.parametrize("native", ["withdraw-funds", "add-withdraw-address", "update-withdraw-address"])
    def test_whoever_forbids_withdrawals_forbids_what_leads_to_them(self, native: str) -> None:
        for scope in ("own", "sub"):
            assert "withdraw" in PROFILE.reach([native], scope)

    def test_futures_are_another_exchange(self) -> None:
        assert map_permissions(("futures",), PROFILE, "own").problems
