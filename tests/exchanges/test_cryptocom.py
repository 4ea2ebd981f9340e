"""Crypto.com: what harmless calls tell of a key, never more; what each refusal says; and whose a key is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from accesscfg.exchanges.base import KeyRef, Target
from accesscfg.exchanges.cryptocom.calls import ACCOUNTS, WITHDRAWALS, CryptoCom
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.networks import Unrestricted
from accesscfg.model.observed import Facet, OwnKey, Probed, Unknown
from tests.exchanges.world import PROFILES, Answers, always, live, run

PROFILE = PROFILES.get("cryptocom")
assert PROFILE is not None
CRYPTOCOM = CryptoCom(PROFILE)

MASTER, SUB = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
# the forms of the specification's example of private/get-accounts, with made-up values
MASTER_ROW = {
    "uuid": MASTER,
    "hierarchy": "MASTER",
    "enabled": True,
    "tradable": True,
    "name": "",
    "email": "ops@example.com",
    "margin_access": "DEFAULT",
    "derivatives_access": "DISABLED",
    "create_time": 1620962543792,
    "update_time": 1622019525960,
    "two_fa_enabled": True,
    "kyc_level": "ADVANCED",
    "suspended": False,
    "terminated": False,
}
SUB_ROW = {
    **MASTER_ROW,
    "uuid": SUB,
    "hierarchy": "SUB_ACCOUNT",
    "master_account_uuid": MASTER,
    "margin_account_uuid": "33333333-3333-3333-3333-333333333333",
    "label": "desk01",
    "email": "desk01@example.com",
}
RESULT = {
    "this_account": {"uuid": MASTER, "hierarchy": "MASTER"},
    "master_account": MASTER_ROW,
    "sub_account_list": [SUB_ROW],
}
NO_WITHDRAWALS: dict[str, Any] = {"withdrawal_list": []}


def enveloped(result: Any, *, as_text: bool = False) -> dict[str, Any]:
    written = str if as_text else int
    return {"id": written(12), "method": "private/get-accounts", "code": written(0), "result": result}


def refused(code: str, trouble: Trouble = Trouble.SIGNATURE) -> ExchangeError:
    return ExchangeError(trouble, "refused", code=code)


def answering(accounts: Any = RESULT, withdrawals: Any = NO_WITHDRAWALS) -> Answers:
    def answer(method: str, path: str, given: Mapping[str, Any]) -> Any:
        reply = accounts if path == ACCOUNTS else withdrawals
        return reply if isinstance(reply, Exception) else enveloped(reply)

    return Answers(answer)


def own(accounts: Any = RESULT, withdrawals: Any = NO_WITHDRAWALS) -> OwnKey:
    return run(CRYPTOCOM.own_key(answering(accounts, withdrawals)))


class TestRights:
    def test_a_key_that_may_see_withdrawals_reads_and_withdraws_and_nothing_is_said_of_trading(self) -> None:
        rights = own().key.facets[Facet.PERMISSIONS]
        assert isinstance(rights, Probed)
        assert rights.present == {"read", "withdrawal"}
        assert rights.absent == frozenset()
        assert "Enable Trading" in rights.why

    @pytest.mark.parametrize("code", ["40101", "10002"])
    def test_a_key_that_is_accepted_and_then_refused_withdrawals_has_no_such_right(self, code: str) -> None:
        rights = own(withdrawals=refused(code)).key.facets[Facet.PERMISSIONS]
        assert isinstance(rights, Probed)
        assert rights.present == {"read"}
        assert rights.absent == {"withdrawal"}

    @pytest.mark.parametrize(
        ("code", "trouble"),
        [
            ("40103", Trouble.ADDRESS),
            ("40104", Trouble.PERMISSION),
            ("42901", Trouble.RATE_LIMIT),
            ("50001", Trouble.SERVER),
            ("40004", Trouble.REQUEST),
        ],
    )
    def test_any_other_refusal_leaves_the_rights_unknown(self, code: str, trouble: Trouble) -> None:
        answer = own(withdrawals=refused(code, trouble))
        rights = answer.key.facets[Facet.PERMISSIONS]
        assert isinstance(rights, Unknown)
        assert rights.trouble is trouble
        assert answer.uid == MASTER

    @pytest.mark.parametrize("code", ["40101", "40103", "42901"])
    def test_a_key_that_is_refused_at_first_is_not_asked_about_withdrawals(self, code: str) -> None:
        calls = answering(accounts=refused(code))
        with pytest.raises(ExchangeError):
            run(CRYPTOCOM.own_key(calls))
        assert [path for _, path, _ in calls.sent] == [ACCOUNTS]

    def test_the_probes_ask_for_as_little_as_there_can_be_and_in_texts(self) -> None:
        calls = answering()
        run(CRYPTOCOM.own_key(calls))
        assert calls.sent == [
            ("POST", ACCOUNTS, {"page": "0", "page_size": "20"}),
            ("POST", WITHDRAWALS, {"page": "0", "page_size": "1"}),
        ]

    def test_nothing_is_said_of_what_no_call_shows(self) -> None:
        key = own().key
        assert set(key.facets) == {Facet.PERMISSIONS}
        assert (key.key_id, key.label, key.expires_at) == (None, None, None)

    def test_the_evidence_claims_no_more_than_was_seen(self) -> None:
        can, cannot = own().key.notes, own(withdrawals=refused("40101")).key.notes
        for notes in (can, cannot):
            assert notes[0].startswith("called from here and accepted")
            assert "by its list, without one, or by an application's" in notes[0]
        assert "Enable Withdrawal is on" in can[1]
        assert "taken to be off" in cannot[1]


class TestWhose:
    def test_a_key_of_the_main_account(self) -> None:
        answer = own()
        assert (answer.uid, answer.main_uid) == (MASTER, MASTER)
        assert (answer.scope, answer.sub_id) == ("own", None)

    def test_a_key_of_a_sub_account(self) -> None:
        answer = own({**RESULT, "this_account": {"uuid": SUB, "hierarchy": "SUB_ACCOUNT"}})
        assert (answer.uid, answer.main_uid) == (SUB, MASTER)
        assert (answer.scope, answer.sub_id) == ("sub", SUB)

    def test_its_main_account_is_found_in_its_row_where_it_is_not_shown(self) -> None:
        this = {"uuid": SUB, "hierarchy": "SUB_ACCOUNT"}
        assert own({"this_account": this, "sub_account_list": [SUB_ROW]}).main_uid == MASTER
        assert own({"this_account": this, "sub_account_list": []}).main_uid is None

    @pytest.mark.parametrize(
        "this", [None, {}, {"uuid": 5}, {"uuid": ""}, "MASTER", {"hierarchy": "OTHER"}, {"hierarchy": []}]
    )
    def test_an_answer_that_does_not_say_whose_it_is_is_not_guessed_at(self, this: Any) -> None:
        answer = own({**RESULT, "this_account": this})
        assert (answer.uid, answer.scope, answer.sub_id) == (None, None, None)
        assert isinstance(answer.key.facets[Facet.PERMISSIONS], Probed)

    @pytest.mark.parametrize("reply", [None, [], {}, {"result": None}, {"result": []}])
    def test_an_answer_without_a_result(self, reply: Any) -> None:
        with pytest.raises(ExchangeError, match="answer's"):
            run(CRYPTOCOM.own_key(always(reply)))


class TestSubAccounts:
    def test_they_are_addressed_by_uuid_and_named_by_their_label(self) -> None:
        (sub,) = run(CRYPTOCOM.sub_accounts(answering()))
        assert (sub.id, sub.name) == (SUB, "desk01")

    @pytest.mark.parametrize("count", [0, 1, 19, 20, 21, 40, 45])
    def test_every_page_is_read(self, count: int) -> None:
        rows = [{**SUB_ROW, "uuid": f"uuid{n}"} for n in range(count)]

        def answer(method: str, path: str, given: Mapping[str, Any]) -> Any:
            start = int(given["page"]) * int(given["page_size"])
            return enveloped({**RESULT, "sub_account_list": rows[start : start + int(given["page_size"])]})

        calls = Answers(answer)
        assert [sub.id for sub in run(CRYPTOCOM.sub_accounts(calls))] == [row["uuid"] for row in rows]
        assert len(calls.sent) == count // 20 + 1

    def test_pages_that_do_not_turn_are_refused(self) -> None:
        rows = [{**SUB_ROW, "uuid": f"uuid{n}"} for n in range(20)]
        with pytest.raises(ExchangeError, match="end of the list"):
            run(CRYPTOCOM.sub_accounts(answering({**RESULT, "sub_account_list": rows})))

    @pytest.mark.parametrize("row", [5, None, {}, {"uuid": ""}, {"uuid": 7, "label": "x"}])
    def test_a_sub_account_is_never_dropped(self, row: Any) -> None:
        with pytest.raises(ExchangeError):
            run(CRYPTOCOM.sub_accounts(answering({**RESULT, "sub_account_list": [SUB_ROW, row]})))


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "code", "trouble", "said"),
        [
            (401, 40101, Trouble.SIGNATURE, "does not say which"),
            (401, 10002, Trouble.SIGNATURE, "does not say which"),
            (400, 40102, Trouble.CLOCK, "more than 60 seconds off"),
            (400, 10007, Trouble.CLOCK, "more than 60 seconds off"),
            (401, 40103, Trouble.ADDRESS, "not on the key's whitelist"),
            (401, 10003, Trouble.ADDRESS, "not on the key's whitelist"),
            (401, 40104, Trouble.PERMISSION, "tier"),
            (400, 202, Trouble.KEY, "suspended"),
            (400, 401, Trouble.KEY, "does not exist"),
            (400, 40004, Trouble.REQUEST, "parameter"),
            (200, 40401, Trouble.REQUEST, "not found"),
            (429, 42901, Trouble.RATE_LIMIT, "too many"),
            (429, 10006, Trouble.RATE_LIMIT, "too many"),
            (408, 40801, Trouble.SERVER, "timed out"),
            (400, 50001, Trouble.SERVER, "error inside"),
            (200, 9010001, Trouble.SERVER, "maintenance"),
        ],
    )
    @pytest.mark.parametrize("as_text", [False, True], ids=["number", "text"])
    def test_each_is_told_apart_as_far_as_the_exchange_does(
        self, status: int, code: int, trouble: Trouble, said: str, as_text: bool
    ) -> None:
        body = {"id": 12, "code": str(code) if as_text else code, "message": "MARKED", "original": "MARKED"}
        error = CRYPTOCOM.failure(status, {}, json.dumps(body).encode())
        assert error is not None
        assert (error.trouble, error.code) == (trouble, str(code))
        assert said in error.what
        assert "MARKED" not in str(error)

    @pytest.mark.parametrize("as_text", [False, True], ids=["number", "text"])
    def test_success_is_code_0_as_a_number_or_as_text(self, as_text: bool) -> None:
        body = json.dumps(enveloped(RESULT, as_text=as_text)).encode()
        assert CRYPTOCOM.failure(200, {}, body) is None

    @pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]", b'{"code":null}', b'{"code":"x"}'])
    def test_an_answer_without_a_code_is_no_success(self, body: bytes) -> None:
        error = CRYPTOCOM.failure(200, {}, body)
        assert error is not None
        assert error.trouble is Trouble.REPLY

    @pytest.mark.parametrize("status", [400, 401, 500])
    def test_code_0_with_another_status_is_no_success(self, status: int) -> None:
        assert CRYPTOCOM.failure(status, {}, b'{"code":0}') is not None

    def test_what_stands_before_the_api_is_not_taken_for_the_keys_whitelist(self) -> None:
        error = CRYPTOCOM.failure(403, {}, b"<html>")
        assert error is not None
        assert error.trouble is Trouble.REQUEST


def test_nothing_lists_or_writes_keys() -> None:
    calls = always({})
    target = Target(frozenset({"read"}), Unrestricted(), None)
    key = KeyRef("own", None, "k1", by_self=True)
    with pytest.raises(ExchangeError, match="nothing was sent"):
        run(CRYPTOCOM.write(calls, key, live({"read"}, Unrestricted()), target))
    with pytest.raises(ExchangeError, match="website only"):
        run(CRYPTOCOM.sub_keys(calls, SUB, None))
    with pytest.raises(ExchangeError):
        CRYPTOCOM.server_time_ms({})
    assert calls.sent == []
