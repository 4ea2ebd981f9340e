"""Binance: replies as the model says them, and the calls that a write becomes."""

from __future__ import annotations

from typing import Any

import pytest

from accesscfg.exchanges.base import KeyRef, Target
from accesscfg.exchanges.binance.calls import Binance
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist
from accesscfg.model.observed import Facet, LiveKey, Observed, Partly, Unknown, Unobservable
from tests.exchanges.world import PROFILES, Answers, always, at, live, run, value

PROFILE = PROFILES.get("binance")
assert PROFILE is not None
BINANCE = Binance(PROFILE)

# as the official SDK's unit tests have it
RESTRICTIONS = {
    "ipRestrict": False,
    "createTime": 1623840271000,
    "enableReading": True,
    "enableWithdrawals": False,
    "enableInternalTransfer": True,
    "enableMargin": False,
    "enableFutures": False,
    "permitsUniversalTransfer": True,
    "enableVanillaOptions": False,
    "enableFixApiTrade": False,
    "enableFixReadOnly": True,
    "enableSpotAndMarginTrading": False,
    "enablePortfolioMarginTrading": True,
}
SUB_KEY = "k5V49ldtn4tszj6W3hystegdfvmGbqDzjmkCtpTvC0G74WhK7yd4rfCTo4lShf"
ROW = {
    "email": "123@test.com",
    "apiName": "myKey",
    "apikey": SUB_KEY,
    "canTrade": True,
    "canMarginLoanRepay": False,
    "canFuturesTrade": False,
    "canUniversalTransfer": False,
    "canVanillaOptions": False,
    "timestamp": 1640000000000,
}
IPS = {
    "ipRestrict": "true",
    "ipList": ["69.210.67.14"],
    "updateTime": 1636371437000,
    "apiKey": SUB_KEY,
}
SUB = KeyRef(scope="sub", sub_id="sub1@example.com", key_id="k1", by_self=False)
REF = {"email": "sub1@example.com", "subAccountApiKey": "k1"}
PERMISSION = "/sapi/v1/sub-account/subAccountApiPermission"
POST_IPS = "/sapi/v2/sub-account/subAccountApi/ipRestriction"
GET_IPS = "/sapi/v1/sub-account/subAccountApi/ipRestriction"
DELETE_IPS = "/sapi/v1/sub-account/subAccountApi/ipRestriction/ipList"


def own(reply: Any, scope: Any = "own") -> LiveKey:
    return run(BINANCE.own_key(always(reply), scope)).key


class TestOwnKey:
    def test_the_official_example(self) -> None:
        key = own(RESTRICTIONS)
        assert value(key, Facet.PERMISSIONS) == {
            "enableReading",
            "enableInternalTransfer",
            "permitsUniversalTransfer",
            "enableFixReadOnly",
            "enablePortfolioMarginTrading",
        }
        assert value(key, Facet.IP_WHITELIST) == Unrestricted()
        assert key.created_at is not None
        assert key.created_at.isoformat() == "2021-06-16T10:44:31+00:00"
        assert (key.key_id, key.expires_at) == (None, None)
        assert Facet.LABEL not in key.facets

    @pytest.mark.parametrize("word", [True, "true"])
    def test_a_restricted_key_shows_only_that_it_is(self, word: Any) -> None:
        seen = own({**RESTRICTIONS, "ipRestrict": word}).facets[Facet.IP_WHITELIST]
        assert isinstance(seen, Partly)
        assert seen.restricted

    @pytest.mark.parametrize("value", [None, "maybe", 1, [], {}])
    def test_a_flag_that_cannot_be_read_hides_the_whitelist_only(self, value: Any) -> None:
        key = own({**RESTRICTIONS, "ipRestrict": value})
        assert key.facets[Facet.IP_WHITELIST] == Unknown(
            "the answer's ipRestrict is missing or not understood", Trouble.REPLY
        )
        assert isinstance(key.facets[Facet.PERMISSIONS], Observed)

    @pytest.mark.parametrize("name", [name for name in RESTRICTIONS if name[0] in "ep" and "Fix" not in name])
    def test_a_missing_flag_is_never_taken_as_off(self, name: str) -> None:
        seen = own({key: on for key, on in RESTRICTIONS.items() if key != name}).facets[Facet.PERMISSIONS]
        assert isinstance(seen, Unknown)
        assert name in seen.why

    def test_an_older_answer_has_no_fix_flags(self) -> None:
        older = {name: on for name, on in RESTRICTIONS.items() if "Fix" not in name}
        assert "enableFixReadOnly" not in value(own(older), Facet.PERMISSIONS)

    def test_a_right_that_we_do_not_know_is_kept_by_its_name(self) -> None:
        more = {"enableTeleport": True, "permitsOther": True, "enableOff": False, "enabledSince": 5}
        rights = value(own({**RESTRICTIONS, **more}), Facet.PERMISSIONS)
        assert {"enableTeleport", "permitsOther"} < rights
        assert not {"enableOff", "enabledSince"} & rights

    def test_the_old_trading_expiry_is_told(self) -> None:
        key = own({**RESTRICTIONS, "tradingAuthorityExpirationTime": 1798761600000})
        assert key.notes == ("spot and margin trading is switched off on 2027-01-01",)

    def test_a_sub_account_key_that_looks_at_itself_has_the_names_of_the_listing(self) -> None:
        key = own(
            {**RESTRICTIONS, "enableSpotAndMarginTrading": True, "enableInternalTransfer": False}, "sub"
        )
        rights = value(key, Facet.PERMISSIONS)
        assert {"enableReading", "canTrade", "canUniversalTransfer"} < rights
        assert "enableSpotAndMarginTrading" not in rights
        assert isinstance(key.facets[Facet.LABEL], Unobservable)

    @pytest.mark.parametrize("reply", [None, [], "x", 5])
    def test_a_reply_that_is_no_object(self, reply: Any) -> None:
        with pytest.raises(ExchangeError, match="answer's body"):
            own(reply)


def listing(*rows: Any, ips: Any = IPS, name: str = "rows") -> Answers:
    def answer(method: str, path: str, given: dict[str, Any]) -> Any:
        if path == GET_IPS:
            return ips(given) if callable(ips) else ips
        start = (int(given["page"]) - 1) * int(given["size"])
        return {"total": len(rows), name: list(rows[start : start + int(given["size"])])}

    return Answers(answer)


def keys_of(calls: Answers, whole: Any = None) -> list[LiveKey]:
    return run(BINANCE.sub_keys(calls, "sub1@example.com", whole))


class TestSubKeys:
    @pytest.mark.parametrize("name", ["rows", "list"])
    @pytest.mark.parametrize("spelling", ["apikey", "apiKey"])
    def test_the_official_examples(self, name: str, spelling: str) -> None:
        row: dict[str, Any] = {key: on for key, on in ROW.items() if key != "apikey"}
        (key,) = keys_of(listing({**row, spelling: SUB_KEY}, name=name))
        assert (key.key_id, key.masked, key.label) == (SUB_KEY, False, "myKey")
        assert value(key, Facet.LABEL) == "myKey"
        assert value(key, Facet.PERMISSIONS) == {"enableReading", "canTrade"}
        assert value(key, Facet.IP_WHITELIST) == at("69.210.67.14")

    def test_all_pages_are_read(self) -> None:
        calls = listing(*({**ROW, "apikey": f"key{n}"} for n in range(250)))
        assert [key.key_id for key in keys_of(calls, whole=[])] == [f"key{n}" for n in range(250)]
        assert [given["page"] for _, _, given in calls.sent] == ["1", "2", "3"]

    def test_a_listing_shorter_than_its_total_is_refused(self) -> None:
        with pytest.raises(ExchangeError, match="fewer than its total"):
            keys_of(Answers(lambda *_: {"total": 3, "rows": []}))

    def test_addresses_are_read_for_the_named_keys_only(self) -> None:
        calls = listing({**ROW, "apikey": "a"}, {**ROW, "apikey": "b"})
        first, second = keys_of(calls, whole={"b"})
        assert Facet.IP_WHITELIST not in first.facets
        assert value(second, Facet.IP_WHITELIST) == at("69.210.67.14")
        assert [given["subAccountApiKey"] for _, path, given in calls.sent if path == GET_IPS] == ["b"]

    @pytest.mark.parametrize("word", ["false", False])
    def test_no_restriction(self, word: Any) -> None:
        (key,) = keys_of(listing(ROW, ips={"ipRestrict": word, "apiKey": SUB_KEY}))
        assert value(key, Facet.IP_WHITELIST) == Unrestricted()

    @pytest.mark.parametrize("listed", [["Gridbot"], ["69.210.67.14", "Gridbot"]])
    def test_a_word_that_is_no_address_is_the_third_party_that_the_key_is_bound_to(
        self, listed: list[str]
    ) -> None:
        (key,) = keys_of(listing(ROW, ips={"ipRestrict": "true", "ipList": listed}))
        assert value(key, Facet.IP_WHITELIST) == AppBound("Gridbot")

    def test_several_words_that_are_no_addresses_are_not_understood(self) -> None:
        (key,) = keys_of(listing(ROW, ips={"ipRestrict": "true", "ipList": ["Gridbot", "Otherbot"]}))
        assert isinstance(key.facets[Facet.IP_WHITELIST], Unknown)

    @pytest.mark.parametrize("ips", [None, [], "", {}, [""], [None], "69.210.67.14"])
    def test_a_restriction_without_a_list_is_unknown(self, ips: Any) -> None:
        for reply in ({"ipRestrict": "true", "ipList": ips}, {"ipRestrict": "true"}):
            (key,) = keys_of(listing(ROW, ips=reply))
            assert isinstance(key.facets[Facet.IP_WHITELIST], Unknown)

    def test_a_failure_on_one_key_leaves_the_others(self) -> None:
        def ips(given: dict[str, Any]) -> Any:
            bad = given["subAccountApiKey"] == "a"
            return ExchangeError(Trouble.SERVER, "a server error") if bad else IPS

        first, second = keys_of(listing({**ROW, "apikey": "a"}, {**ROW, "apikey": "b"}, ips=ips))
        assert first.facets[Facet.IP_WHITELIST] == Unknown("a server error", Trouble.SERVER)
        assert value(first, Facet.PERMISSIONS) == {"enableReading", "canTrade"}
        assert value(second, Facet.IP_WHITELIST) == at("69.210.67.14")

    def test_a_masked_key_cannot_be_asked_for_its_addresses(self) -> None:
        calls = listing({**ROW, "apikey": "k5V4***Shf"})
        (key,) = keys_of(calls)
        assert key.masked
        assert isinstance(key.facets[Facet.IP_WHITELIST], Unknown)
        assert len(calls.sent) == 1

    def test_a_row_that_cannot_be_read_is_still_a_key(self) -> None:
        (key,) = keys_of(listing("junk"))
        assert key.key_id is None
        assert all(isinstance(seen, Unknown) for seen in key.facets.values())

    def test_an_unknown_flag_is_kept(self) -> None:
        (key,) = keys_of(listing({**ROW, "canFixApiTrading": True}))
        assert "canFixApiTrading" in value(key, Facet.PERMISSIONS)


class TestSubAccounts:
    def test_all_pages_are_read(self) -> None:
        emails = [f"sub{n}@example.com" for n in range(450)]

        def answer(method: str, path: str, given: dict[str, Any]) -> Any:
            start = (int(given["page"]) - 1) * int(given["limit"])
            page = emails[start : start + int(given["limit"])]
            return {"subAccounts": [{"email": email, "remark": "bots"} for email in page]}

        calls = Answers(answer)
        assert [sub.id for sub in run(BINANCE.sub_accounts(calls))] == emails
        assert len(calls.sent) == 3

    def test_a_page_that_comes_again_is_refused(self) -> None:
        same = {"subAccounts": [{"email": f"sub{n}@example.com"} for n in range(200)]}
        with pytest.raises(ExchangeError, match="next page"):
            run(BINANCE.sub_accounts(always(same)))

    @pytest.mark.parametrize(
        "reply", [{}, {"subAccounts": None}, {"subAccounts": [{}]}, {"subAccounts": [5]}]
    )
    def test_a_sub_account_is_never_dropped(self, reply: Any) -> None:
        with pytest.raises(ExchangeError):
            run(BINANCE.sub_accounts(always(reply)))


def write(before: LiveKey, rights: set[str], whitelist: Whitelist | None, shown: Any = None) -> Answers:
    calls = Answers(lambda method, path, given: shown if method == "GET" else {})
    run(BINANCE.write(calls, SUB, before, Target(frozenset(rights), whitelist, "bot")))
    return calls


class TestWrites:
    BEFORE = live({"enableReading", "canTrade"}, at("192.0.2.1", "192.0.2.2"))

    def test_permissions_are_sent_whole(self) -> None:
        calls = write(self.BEFORE, {"enableReading", "canFuturesTrade"}, self.BEFORE.whitelist())
        flags = {
            "canTrade": "false",
            "canMarginLoanRepay": "false",
            "canFuturesTrade": "true",
            "canVanillaOptions": "false",
            "canUniversalTransfer": "false",
        }
        assert calls.sent == [("POST", PERMISSION, {**REF, **flags})]

    def test_an_unknown_right_is_sent_as_last_read(self) -> None:
        before = live({"enableReading", "canTeleport"}, Unrestricted())
        calls = write(before, {"enableReading", "canTeleport", "canTrade"}, Unrestricted())
        ((_, _, given),) = calls.sent
        assert (given["canTeleport"], given["canTrade"]) == ("true", "true")

    def test_rights_that_were_not_read_are_not_touched(self) -> None:
        assert write(live(None, Unrestricted()), set(), Unrestricted()).sent == []

    def test_adding_posts_the_whole_list(self) -> None:
        """Right whether a POST replaces or adds."""
        calls = write(self.BEFORE, {"enableReading", "canTrade"}, at("192.0.2.1", "192.0.2.2", "192.0.2.30"))
        whole = {**REF, "status": "2", "ipAddress": "192.0.2.1,192.0.2.2,192.0.2.30"}
        assert calls.sent == [("POST", POST_IPS, whole)]

    def test_removing_deletes_what_goes(self) -> None:
        calls = write(self.BEFORE, {"enableReading", "canTrade"}, at("192.0.2.2"))
        assert calls.sent == [("DELETE", DELETE_IPS, {**REF, "ipAddress": "192.0.2.1"})]

    @pytest.mark.parametrize("adds", [True, False])
    def test_replacing_looks_at_what_the_post_did(self, adds: bool) -> None:
        shown = ["192.0.2.9", "192.0.2.1", "192.0.2.2"] if adds else ["192.0.2.9"]
        calls = write(
            self.BEFORE,
            {"enableReading", "canTrade"},
            at("192.0.2.9"),
            {"ipRestrict": "true", "ipList": shown},
        )
        posted = ("POST", POST_IPS, {**REF, "status": "2", "ipAddress": "192.0.2.9"})
        deleted = ("DELETE", DELETE_IPS, {**REF, "ipAddress": "192.0.2.1,192.0.2.2"})
        assert calls.sent == [posted, ("GET", GET_IPS, REF), *([deleted] if adds else [])]

    def test_a_post_without_effect_is_not_followed_by_a_delete_of_everything(self) -> None:
        shown = {"ipRestrict": "true", "ipList": ["192.0.2.1", "192.0.2.2"]}
        calls = write(self.BEFORE, {"enableReading", "canTrade"}, at("192.0.2.9"), shown)
        assert [method for method, _, _ in calls.sent] == ["POST", "GET"]

    def test_lifting_the_restriction(self) -> None:
        calls = write(self.BEFORE, {"enableReading", "canTrade"}, Unrestricted())
        assert calls.sent == [("POST", POST_IPS, {**REF, "status": "1"})]

    def test_restricting_an_open_key(self) -> None:
        shown = {"ipRestrict": "true", "ipList": ["192.0.2.1"]}
        calls = write(live({"enableReading"}, Unrestricted()), {"enableReading"}, at("192.0.2.1"), shown)
        assert calls.writes == [("POST", POST_IPS, {**REF, "status": "2", "ipAddress": "192.0.2.1"})]

    @pytest.mark.parametrize("whitelist", [Addresses(frozenset()), AppBound(None)])
    def test_a_list_that_cannot_be_written_is_never_sent(self, whitelist: Whitelist) -> None:
        calls = always({})
        with pytest.raises(ExchangeError, match="nothing was sent"):
            run(
                BINANCE.write(
                    calls, SUB, self.BEFORE, Target(self.BEFORE.permissions() or frozenset(), whitelist, None)
                )
            )
        assert calls.sent == []

    @pytest.mark.parametrize(
        ("key", "masked"),
        [
            (KeyRef("own", None, "k1", by_self=True), False),
            (KeyRef("sub", "a@b.test", None, by_self=False), False),
            (KeyRef("sub", "a@b.test", "k***1", by_self=False), True),
        ],
    )
    def test_only_whole_ids_of_sub_account_keys_are_written(self, key: KeyRef, masked: bool) -> None:
        calls = always({})
        before = live({"enableReading"}, Unrestricted(), masked=masked)
        with pytest.raises(ExchangeError, match="nothing was sent"):
            run(BINANCE.write(calls, key, before, Target(frozenset(), at("192.0.2.1"), None)))
        assert calls.sent == []


def test_the_time() -> None:
    assert BINANCE.server_time_ms({"serverTime": 1499827319559}) == 1499827319559
    for reply in ({}, None, {"serverTime": None}, {"serverTime": True}, {"serverTime": -1}):
        with pytest.raises(ExchangeError, match="answer's"):
            BINANCE.server_time_ms(reply)
