"""Bitget: replies of both modes as the model says them, how a mode is found out, and the calls that a write becomes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accesscfg.exchanges.base import KeyRef, Target
from accesscfg.exchanges.bitget.calls import Bitget
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist
from accesscfg.model.observed import Facet, LiveKey, Observed, OwnKey, Probed, Unknown, Unobservable
from accesscfg.secrets import Secret
from tests.exchanges.world import PROFILES, Answers, always, at, live, run, value

PROFILE = PROFILES.get("bitget")
assert PROFILE is not None
BITGET = Bitget(PROFILE)

# as an independent client's tests have them
CLASSIC = {
    "userId": "123456789",
    "inviterId": "987654321",
    "ips": "127.0.0.1",
    "authorities": ["trade", "readonly"],
    "parentId": 1,
    "traderType": "trader",
    "channelCode": "XXX",
    "channel": "YYY",
    "regisTime": "1246566789345",
}
UNIFIED = {
    "userId": "123456789",
    "inviterId": "987654321",
    "parentId": "",
    "channelCode": "6258",
    "channel": "official",
    "ips": "192.168.1.1,192.168.1.2",
    "permType": "read-and-write",
    "permissions": ["uta_mgt", "uta_trade", "withdraw", "copy_futures_position", "copy_futures_order"],
    "regisTime": "1704067200000",
}
# as the exchange's documents have them
CLASSIC_ROW = {
    "subAccountUid": "1",
    "label": "1682396356594",
    "subAccountApiKey": "xx_xxx",
    "permList": ["spot_trade", "margin_trade", "contract_trade"],
    "ipList": ["127.0.0.1"],
}
UNIFIED_ROW = {
    "apiKey": "bg_1",
    "note": "xxxx",
    "type": "read_only",
    "permissions": ["uta_trade"],
    "ips": ["127.0.0.1"],
    "ts": "1740129303268",
}
OWN, SETTINGS = "/api/v3/account/info", "/api/v3/account/settings"
KEYS, SUBS = "/api/v3/user/sub-api-list", "/api/v3/user/sub-list"
CLASSIC_OWN = "/api/v2/spot/account/info"
CLASSIC_KEYS = "/api/v2/user/virtual-subaccount-apikey-list"
CLASSIC_SUBS = "/api/v2/user/virtual-subaccount-list"
SUB = KeyRef("sub", "1000000001", "bg_1", by_self=False, passphrase=Secret("phrase12"))


def enveloped(data: Any) -> dict[str, Any]:
    return {"code": "00000", "msg": "success", "requestTime": 1695808949356, "data": data}


def refusal(code: str, status: int = 400) -> ExchangeError:
    """As the wire makes it of the exchange's answer."""
    error = BITGET.failure(status, {}, json.dumps({"code": code, "msg": "", "data": None}).encode())
    assert error is not None
    return error


def answers(by_path: dict[str, Any]) -> Answers:
    """Each path has its answer; any other is a mistake of the test."""
    return Answers(lambda method, path, given: by_path[path])


def asked(calls: Answers) -> list[str]:
    return [path for _, path, _ in calls.sent]


def own_unified(scope: Any = "own", **changes: Any) -> OwnKey:
    return run(BITGET.own_key(always(enveloped({**UNIFIED, **changes})), scope))


def own_classic(scope: Any = "own", **changes: Any) -> OwnKey:
    calls = answers({OWN: refusal("40084"), CLASSIC_OWN: enveloped({**CLASSIC, **changes})})
    return run(BITGET.own_key(calls, scope))


def listed(mode: str, *rows: Any) -> list[LiveKey]:
    pages = {
        KEYS: enveloped({"items": list(rows), "hasNext": False, "cursor": "1"}),
        CLASSIC_KEYS: enveloped(list(rows)),
    }
    calls = answers(pages)
    calls.memo["mode"] = mode
    return run(BITGET.sub_keys(calls, "1", None))


class TestUnifiedKeys:
    def test_the_documented_example(self) -> None:
        answer = own_unified()
        assert (answer.uid, answer.scope, answer.sub_id) == ("123456789", "own", None)
        assert (answer.key.key_id, answer.key.mode) == (None, "unified")
        assert value(answer.key, Facet.PERMISSIONS) == {"uta_read", *UNIFIED["permissions"]}
        assert value(answer.key, Facet.IP_WHITELIST) == at("192.168.1.1", "192.168.1.2")
        assert Facet.LABEL not in answer.key.facets

    def test_the_tables_name_of_the_uid(self) -> None:
        named = {name: one for name, one in UNIFIED.items() if name != "userId"}
        assert run(BITGET.own_key(always(enveloped({**named, "uid": "5"})), "own")).uid == "5"

    def test_a_sub_accounts_key_names_both_accounts_and_is_not_shown_its_note(self) -> None:
        answer = own_unified("sub", parentId="42")
        assert (answer.uid, answer.main_uid, answer.scope) == ("123456789", "42", "sub")
        assert answer.sub_id == "123456789"
        assert isinstance(answer.key.facets[Facet.LABEL], Unobservable)

    @pytest.mark.parametrize("kind", ["read-and-write", "read_write", "read_and_write"])
    def test_every_spelling_of_read_write(self, kind: str) -> None:
        assert value(own_unified(permType=kind).key, Facet.PERMISSIONS) >= {"uta_trade"}

    @pytest.mark.parametrize("kind", ["read-only", "read_only", "readonly"])
    def test_a_read_only_key_only_reads_whatever_is_ticked(self, kind: str) -> None:
        key = own_unified(permType=kind, permissions=["uta_trade", "withdraw"]).key
        assert value(key, Facet.PERMISSIONS) == {"uta_read"}
        assert key.notes == ("it is read-only; ticked are uta_trade, withdraw",)

    @pytest.mark.parametrize("kind", ["read-only", "read-and-write"])
    def test_an_item_that_we_do_not_know_is_kept_by_its_name(self, kind: str) -> None:
        key = own_unified(permType=kind, permissions=["uta_mgt", "teleport"]).key
        assert value(key, Facet.PERMISSIONS) >= {"uta_read", "teleport"}

    @pytest.mark.parametrize("kind", [None, "", "admin", 1, []])
    def test_a_type_that_cannot_be_read(self, kind: Any) -> None:
        key = own_unified(permType=kind).key
        assert isinstance(key.facets[Facet.PERMISSIONS], Unknown)
        assert isinstance(key.facets[Facet.IP_WHITELIST], Observed)

    def test_the_documented_row_of_a_sub_account(self) -> None:
        (key,) = listed("unified", UNIFIED_ROW)
        assert (key.key_id, key.label, key.masked, key.mode) == ("bg_1", "xxxx", False, "unified")
        assert value(key, Facet.PERMISSIONS) == {"uta_read"}
        assert value(key, Facet.IP_WHITELIST) == at("127.0.0.1")
        assert key.created_at is not None

    def test_the_documents_mask_the_id(self) -> None:
        (key,) = listed("unified", {**UNIFIED_ROW, "apiKey": "*" * 35})
        assert key.masked

    def test_the_other_spelling_of_the_id(self) -> None:
        row = {name: one for name, one in UNIFIED_ROW.items() if name != "apiKey"}
        assert listed("unified", {**row, "apikey": "bg_2"})[0].key_id == "bg_2"


class TestClassicKeys:
    def test_the_documented_example_keeps_words_that_no_table_has(self) -> None:
        answer = own_classic()
        assert (answer.uid, answer.main_uid, answer.key.mode) == ("123456789", "1", "classic")
        assert value(answer.key, Facet.PERMISSIONS) == {"trade", "readonly"}
        assert value(answer.key, Facet.IP_WHITELIST) == at("127.0.0.1")

    @pytest.mark.parametrize("codes", [["stow", "cpow"], ["stor", "stow", "cpor", "cpow"]])
    def test_who_may_write_may_read(self, codes: list[str]) -> None:
        assert value(own_classic(authorities=codes).key, Facet.PERMISSIONS) == {
            "stor",
            "stow",
            "cpor",
            "cpow",
        }

    @pytest.mark.parametrize("code", ["p2p", "p2pw"])
    def test_both_spellings_of_p2p(self, code: str) -> None:
        assert value(own_classic(authorities=[code]).key, Facet.PERMISSIONS) == {"p2p", "p2pr"}

    def test_a_key_without_spot_answers_and_certainly_lacks_spot(self) -> None:
        calls = answers({OWN: refusal("40084"), CLASSIC_OWN: refusal("40014")})
        key = run(BITGET.own_key(calls)).key
        rights, addresses = key.facets[Facet.PERMISSIONS], key.facets[Facet.IP_WHITELIST]

        assert isinstance(rights, Probed)
        assert (set(rights.present), set(rights.absent)) == (set(), {"stor", "stow"})
        assert isinstance(addresses, Unobservable)
        assert "Spot (read)" in rights.why
        assert rights.why == addresses.why
        assert key.mode == "classic"

    def test_a_sub_accounts_key_is_shown_other_words_which_tell_some_of_its_rights(self) -> None:
        key = own_classic("sub", authorities=["stor", "stow", "coow", "cpow", "wwow"]).key
        rights = key.facets[Facet.PERMISSIONS]

        assert isinstance(rights, Probed)
        assert rights.present == {"spot_trade", "contract_trade", "wallet_withdraw"}
        assert rights.absent == {"margin_trade", "transfer", "copytrading_trade"}

    def test_half_of_the_futures_codes_says_nothing_certain_about_futures(self) -> None:
        rights = own_classic("sub", authorities=["coow"]).key.facets[Facet.PERMISSIONS]
        assert isinstance(rights, Probed)
        assert "contract_trade" not in rights.present | rights.absent

    def test_nothing_is_certainly_absent_where_a_word_is_strange(self) -> None:
        rights = own_classic("sub", authorities=["trade", "readonly"]).key.facets[Facet.PERMISSIONS]
        assert isinstance(rights, Probed)
        assert (set(rights.present), set(rights.absent)) == ({"trade", "readonly"}, set())

    def test_the_documented_row_of_a_sub_account(self) -> None:
        (key,) = listed("classic", CLASSIC_ROW)
        assert (key.key_id, key.label, key.mode) == ("xx_xxx", "1682396356594", "classic")
        assert value(key, Facet.PERMISSIONS) == {"spot_trade", "margin_trade", "contract_trade"}
        assert value(key, Facet.IP_WHITELIST) == at("127.0.0.1")

    def test_a_listing_with_the_key_of_another_sub_account_is_not_understood(self) -> None:
        """Else a key of the same name there could be taken for the declared one."""
        with pytest.raises(ExchangeError) as refused:
            listed("classic", CLASSIC_ROW, {**CLASSIC_ROW, "subAccountUid": "2"})
        assert refused.value.trouble is Trouble.REPLY
        assert len(listed("classic", {**CLASSIC_ROW, "subAccountUid": 1})) == 1

    def test_a_key_without_any_right_has_none(self) -> None:
        assert value(listed("classic", {**CLASSIC_ROW, "permList": []})[0], Facet.PERMISSIONS) == set()

    @pytest.mark.parametrize("words", [None, "spot_trade", [5], ["spot_trade", None], [""]])
    def test_rights_that_cannot_be_read(self, words: Any) -> None:
        (key,) = listed("classic", {**CLASSIC_ROW, "permList": words})
        assert isinstance(key.facets[Facet.PERMISSIONS], Unknown)


class TestLists:
    def test_an_empty_list_is_taken_for_no_restriction(self) -> None:
        assert value(own_unified(ips="").key, Facet.IP_WHITELIST) == Unrestricted()
        assert value(own_classic(ips="").key, Facet.IP_WHITELIST) == Unrestricted()
        assert value(listed("unified", {**UNIFIED_ROW, "ips": []})[0], Facet.IP_WHITELIST) == Unrestricted()

    @pytest.mark.parametrize("ips", [None, " ", ",", "1.1.1.1,,", 0, {}, [""], [None]])
    def test_nothing_else_is(self, ips: Any) -> None:
        assert isinstance(own_unified(ips=ips).key.facets[Facet.IP_WHITELIST], Unknown)
        (key,) = listed("classic", {**CLASSIC_ROW, "ipList": ips})
        assert isinstance(key.facets[Facet.IP_WHITELIST], Unknown)

    def test_a_missing_list_is_unknown(self) -> None:
        for mode, row, field in (("unified", UNIFIED_ROW, "ips"), ("classic", CLASSIC_ROW, "ipList")):
            without = {name: one for name, one in row.items() if name != field}
            assert isinstance(listed(mode, without)[0].facets[Facet.IP_WHITELIST], Unknown)

    @pytest.mark.parametrize("mode", ["unified", "classic"])
    def test_a_row_that_cannot_be_read_is_still_a_key(self, mode: str) -> None:
        (key,) = listed(mode, "junk")
        assert key.key_id is None
        assert all(isinstance(seen, Unknown) for seen in key.facets.values())


class TestModes:
    def test_a_unified_account_is_asked_once(self) -> None:
        calls = answers({OWN: enveloped(UNIFIED), KEYS: enveloped({"items": [], "hasNext": False})})
        run(BITGET.own_key(calls))
        run(BITGET.sub_keys(calls, "1", None))
        assert asked(calls) == [OWN, KEYS]

    def test_a_classic_account_refuses_once_and_is_not_tried_again(self) -> None:
        calls = answers(
            {OWN: refusal("40084"), CLASSIC_OWN: enveloped(CLASSIC), CLASSIC_KEYS: enveloped([CLASSIC_ROW])}
        )
        run(BITGET.own_key(calls))
        run(BITGET.own_key(calls))
        run(BITGET.sub_keys(calls, "1", None))
        assert asked(calls) == [OWN, CLASSIC_OWN, CLASSIC_OWN, CLASSIC_KEYS]

    @pytest.mark.parametrize("code", ["40014", "40017", "40404", "99999"])
    def test_whatever_the_unified_call_is_refused_with_a_classic_answer_counts(self, code: str) -> None:
        calls = answers({OWN: refusal(code), CLASSIC_OWN: enveloped(CLASSIC)})
        assert run(BITGET.own_key(calls)).key.mode == "classic"

    @pytest.mark.parametrize("body", [None, {}, {**UNIFIED, "permissions": [], "permType": ""}])
    @pytest.mark.parametrize("mode", ["classic", None, 5])
    def test_an_answer_that_names_no_unified_item_is_not_believed_alone(self, body: Any, mode: Any) -> None:
        settings = enveloped({"accountMode": mode})
        calls = answers({OWN: enveloped(body), SETTINGS: settings, CLASSIC_OWN: enveloped(CLASSIC)})
        assert run(BITGET.own_key(calls)).key.mode == "classic"

    @pytest.mark.parametrize("mode", ["unified", "hybrid"])
    def test_it_is_believed_where_the_account_says_its_mode(self, mode: str) -> None:
        bare = enveloped({**UNIFIED, "permissions": ["withdraw"]})
        calls = answers({OWN: bare, SETTINGS: enveloped({"accountMode": mode})})
        assert value(run(BITGET.own_key(calls)).key, Facet.PERMISSIONS) == {"uta_read", "withdraw"}
        assert asked(calls) == [OWN, SETTINGS]

    def test_an_empty_unified_listing_of_a_classic_account_is_never_taken_for_no_keys(self) -> None:
        none = enveloped({"items": [], "list": [], "hasNext": False})
        subs = enveloped({"subAccountList": [{"subAccountUid": "7"}], "endId": 1})
        calls = {KEYS: none, SUBS: none, SETTINGS: enveloped({"accountMode": "classic"})}
        calls |= {CLASSIC_KEYS: enveloped([CLASSIC_ROW]), CLASSIC_SUBS: subs}

        assert len(run(BITGET.sub_keys(answers(calls), "1", None))) == 1
        assert [sub.id for sub in run(BITGET.sub_accounts(answers(calls)))] == ["7"]

    def test_a_mode_that_changed_meanwhile_is_found_out_again(self) -> None:
        calls = answers({CLASSIC_OWN: refusal("40085"), OWN: enveloped(UNIFIED)})
        calls.memo["mode"] = "classic"
        assert run(BITGET.own_key(calls)).key.mode == "unified"
        assert calls.memo["mode"] == "unified"

    def test_what_the_unified_call_lacks_is_told_where_the_account_is_unified(self) -> None:
        calls = answers({KEYS: refusal("40014"), CLASSIC_KEYS: refusal("40085")})
        with pytest.raises(ExchangeError) as caught:
            run(BITGET.sub_keys(calls, "1", None))
        assert caught.value.trouble is Trouble.PERMISSION

    def test_what_the_classic_call_is_refused_for_is_told_of_a_classic_account(self) -> None:
        calls = answers({KEYS: refusal("40084"), CLASSIC_KEYS: refusal("40018")})
        with pytest.raises(ExchangeError) as caught:
            run(BITGET.sub_keys(calls, "1", None))
        assert caught.value.trouble is Trouble.ADDRESS

    @pytest.mark.parametrize("code", ["40006", "40009", "40012", "40018", "40008", "429", "40010", "40013"])
    def test_a_refusal_of_the_key_says_nothing_about_the_mode(self, code: str) -> None:
        calls = answers({OWN: refusal(code)})
        with pytest.raises(ExchangeError):
            run(BITGET.own_key(calls))
        assert asked(calls) == [OWN]
        assert calls.memo == {}


class TestPages:
    def test_unified_listings_follow_the_cursor(self) -> None:
        rows = [{**UNIFIED_ROW, "apiKey": f"bg_{n}"} for n in range(250)]

        def answer(method: str, path: str, given: dict[str, Any]) -> Any:
            start = int(given.get("cursor", "0"))
            end = start + int(given["limit"])
            more = {"hasNext": end < len(rows), "cursor": str(end)}
            return enveloped({"items": rows[start:end], **more})

        calls = Answers(answer)
        assert [key.key_id for key in run(BITGET.sub_keys(calls, "1", None))] == [r["apiKey"] for r in rows]
        assert len(calls.sent) == 3

    @pytest.mark.parametrize(
        "more", [{"hasNext": True}, {"hasNext": True, "cursor": "7"}, {}, {"hasNext": 1}]
    )
    def test_a_listing_that_does_not_say_how_it_goes_on_is_refused(self, more: dict[str, Any]) -> None:
        calls = answers({KEYS: enveloped({"items": [UNIFIED_ROW], **more})})
        calls.memo["mode"] = "unified"
        with pytest.raises(ExchangeError, match="hasNext or cursor"):
            run(BITGET.sub_keys(calls, "1", None))

    def test_classic_sub_accounts_go_on_below_the_last_id(self) -> None:
        def answer(method: str, path: str, given: dict[str, Any]) -> Any:
            below = int(given.get("idLessThan", "251"))
            page = list(range(below - 1, max(below - 1 - int(given["limit"]), 0), -1))
            subs = [{"subAccountUid": str(n), "subAccountName": f"s{n}", "status": "normal"} for n in page]
            return enveloped({"subAccountList": subs, "endId": page[-1] if page else None})

        calls = Answers(answer)
        calls.memo["mode"] = "classic"
        assert len(run(BITGET.sub_accounts(calls))) == 250
        assert len(calls.sent) == 3

    def test_a_full_page_without_an_id_to_go_on_from_is_refused(self) -> None:
        subs = [{"subAccountUid": str(n)} for n in range(1, 101)]
        calls = always(enveloped({"subAccountList": subs}))
        calls.memo["mode"] = "classic"
        with pytest.raises(ExchangeError, match="end of the list"):
            run(BITGET.sub_accounts(calls))

    def test_deleted_sub_accounts_are_no_sub_accounts(self) -> None:
        rows = [{"subAccountUid": "1", "status": "del"}, {"subAccountUid": "2", "status": "freeze"}]
        calls = always(enveloped({"subAccountList": rows}))
        calls.memo["mode"] = "classic"
        assert [sub.id for sub in run(BITGET.sub_accounts(calls))] == ["2"]


def sent(rights: set[str], whitelist: Whitelist | None, label: str | None = "bot", **more: Any) -> Any:
    calls = always(enveloped({}))
    before = live({"read"}, Unrestricted(), **more)
    run(BITGET.write(calls, SUB, before, Target(frozenset(rights), whitelist, label)))
    ((_, path, body),) = calls.sent
    return path, body


ASLEEP = {"type": "read_only", "permissions": ["uta_mgt", "uta_trade"]}
AWAKE = {"type": "read_write", "permissions": ["uta_trade"]}


class TestWrites:
    def test_a_classic_key_is_sent_whole(self) -> None:
        """The list is emptied where it is left out."""
        path, body = sent({"spot_trade", "read"}, at("203.0.113.8", "203.0.113.7"), mode="classic")
        assert path == "/api/v2/user/modify-virtual-subaccount-apikey"
        assert body == {
            "subAccountUid": "1000000001",
            "subAccountApiKey": "bg_1",
            "passphrase": "phrase12",
            "label": "bot",
            "permList": ["read", "spot_trade"],
            "ipList": ["203.0.113.7", "203.0.113.8"],
        }

    def test_a_unified_key_is_sent_whole(self) -> None:
        rights = {"uta_read", "uta_trade", "uta_mgt"}
        path, body = sent(rights, at("203.0.113.7"), mode="unified", carry=AWAKE)
        assert path == "/api/v3/user/update-sub-api"
        assert body == {
            "apiKey": "bg_1",
            "passphrase": "phrase12",
            "type": "read_write",
            "permissions": ["uta_mgt", "uta_trade"],
            "ips": ["203.0.113.7"],
        }

    @pytest.mark.parametrize(("mode", "field"), [("classic", "ipList"), ("unified", "ips")])
    def test_unrestricted_is_an_empty_list(self, mode: str, field: str) -> None:
        assert sent({"read"}, Unrestricted(), mode=mode, carry=AWAKE)[1][field] == []

    def test_a_classic_key_may_lose_all_its_rights(self) -> None:
        assert sent(set(), Unrestricted(), mode="classic")[1]["permList"] == []

    @pytest.mark.parametrize(
        ("carry", "rights", "kind", "items"),
        [
            (ASLEEP, {"uta_read"}, "read_only", ["uta_mgt", "uta_trade"]),
            (ASLEEP, {"uta_read", "uta_trade"}, "read_write", ["uta_trade"]),
            (AWAKE, {"uta_read"}, "read_only", ["uta_trade"]),
            (AWAKE, {"uta_read", "teleport"}, "read_write", ["teleport"]),
            (
                {"type": "read_only", "permissions": ["teleport", "uta_mgt"]},
                {"uta_read", "teleport"},
                "read_only",
                ["teleport", "uta_mgt"],
            ),
        ],
    )
    def test_items_asleep_stay_asleep(
        self, carry: dict[str, Any], rights: set[str], kind: str, items: list[str]
    ) -> None:
        _, body = sent(rights, Unrestricted(), mode="unified", carry=carry)
        assert (body["type"], body["permissions"]) == (kind, items)

    def test_an_item_that_we_do_not_know_is_never_woken(self) -> None:
        asleep = {"type": "read_only", "permissions": ["teleport"]}
        with pytest.raises(ExchangeError, match=r"nothing was sent.*teleport"):
            sent({"uta_read", "uta_trade", "teleport"}, Unrestricted(), mode="unified", carry=asleep)

    @pytest.mark.parametrize("mode", ["classic", "unified"])
    @pytest.mark.parametrize("whitelist", [None, Addresses(frozenset()), AppBound(None)])
    def test_a_list_that_cannot_be_written_is_never_sent(
        self, whitelist: Whitelist | None, mode: str
    ) -> None:
        """An empty one would open the key to the world."""
        with pytest.raises(ExchangeError, match="nothing was sent"):
            sent({"read"}, whitelist, mode=mode, carry=AWAKE)

    def test_a_classic_note_that_could_not_be_read_cannot_be_sent_back(self) -> None:
        with pytest.raises(ExchangeError, match=r"nothing was sent.*note"):
            sent({"read"}, Unrestricted(), None, mode="classic")

    @pytest.mark.parametrize(
        ("key", "masked"),
        [
            (KeyRef("own", None, "k1", by_self=True, passphrase=Secret("p")), False),
            (KeyRef("sub", "1", "k1", by_self=True, passphrase=Secret("p")), False),
            (KeyRef("sub", "1", None, by_self=False, passphrase=Secret("p")), False),
            (KeyRef("sub", "1", "****", by_self=False, passphrase=Secret("p")), True),
            (KeyRef("sub", "1", "k1", by_self=False), False),
        ],
    )
    def test_only_whole_ids_of_sub_account_keys_with_their_passphrase_are_written(
        self, key: KeyRef, masked: bool
    ) -> None:
        calls = always({})
        before = live({"read"}, Unrestricted(), masked=masked)
        with pytest.raises(ExchangeError, match="nothing was sent"):
            run(BITGET.write(calls, key, before, Target(frozenset({"read"}), Unrestricted(), "bot")))
        assert calls.sent == []


@pytest.mark.parametrize("scope", ["own", "sub"])
def test_each_mode_has_rights_of_its_own(scope: Any) -> None:
    assert PROFILE is not None
    classic, unified = (PROFILE.in_mode(mode).in_scope(scope) for mode in ("classic", "unified"))
    assert not {one.native for one in classic} & {one.native for one in unified}
    assert {one.mode for one in PROFILE.in_scope(scope)} == {"classic", "unified"}


def test_the_time() -> None:
    assert BITGET.server_time_ms(enveloped({"serverTime": "1688008631614"})) == 1688008631614
    for reply in ({}, None, enveloped(None), enveloped({}), enveloped({"serverTime": ""})):
        with pytest.raises(ExchangeError, match="answer's"):
            BITGET.server_time_ms(reply)
