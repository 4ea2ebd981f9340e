"""Bybit: replies as the model says them, and the calls that a write becomes."""

from __future__ import annotations

from typing import Any

import pytest

from accesscfg.exchanges.base import KeyRef, Target
from accesscfg.exchanges.bybit.calls import Bybit
from accesscfg.exchanges.bybit.convert import live_key
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist
from accesscfg.model.observed import Facet, LiveKey, Observed, OwnKey, Unknown
from tests.exchanges.world import PROFILES, Answers, always, at, run, value

PROFILE = PROFILES.get("bybit")
assert PROFILE is not None
BYBIT = Bybit(PROFILE)

# as the exchange's documents have them, with readOnly 0
OWN: dict[str, Any] = {
    "id": "2208369",
    "note": "testnet",
    "apiKey": "XXXXXXXX",
    "readOnly": 0,
    "secret": "",
    "permissions": {
        "ContractTrade": ["Order", "Position"],
        "Spot": ["SpotTrade"],
        "Wallet": ["AccountTransfer", "SubMemberTransfer"],
        "Options": [],
        "Derivatives": ["DerivativesTrade"],
        "CopyTrading": [],
        "Exchange": ["ExchangeHistory"],
        "FiatP2P": ["FiatP2POrder", "Advertising"],
        "FiatGlobalPay": [],
        "FiatBitPay": ["FaitPayOrder"],
    },
    "ips": ["18.181.170.164", "13.212.45.47"],
    "type": 1,
    "deadlineDay": -2,
    "expiredAt": "1970-01-01T00:00:00Z",
    "createdAt": "2025-10-13T03:20:45Z",
    "userID": 1448939,
    "isMaster": True,
    "parentUid": "0",
}
SUB_ROW: dict[str, Any] = {
    "id": "24828209",
    "ips": ["*"],
    "apiKey": "XXXXXX",
    "note": "UTA",
    "status": 3,
    "expiredAt": "2023-12-01T02:36:06Z",
    "createdAt": "2023-08-25T06:42:39Z",
    "type": 1,
    "permissions": {
        "ContractTrade": ["Order", "Position"],
        "Spot": ["SpotTrade"],
        "Wallet": ["AccountTransfer", "SubMemberTransferList"],
        "Options": ["OptionsTrade"],
        "Derivatives": ["DerivativesTrade"],
        "CopyTrading": [],
        "Earn": [],
    },
    "secret": "******",
    "readOnly": False,
    "deadlineDay": 21,
    "flag": "hmac",
}
ORDERS = {"ContractTrade:Order", "ContractTrade:Position"}
UPDATE_OWN, UPDATE_SUB = "/v5/user/update-api", "/v5/user/update-sub-api"
MANAGED = KeyRef(scope="sub", sub_id="53888000", key_id="k1", by_self=False)
ITSELF = KeyRef(scope="own", sub_id=None, key_id="k1", by_self=True)


def enveloped(result: Any) -> dict[str, Any]:
    return {"retCode": 0, "retMsg": "", "result": result, "retExtInfo": {}, "time": 1776149990532}


def own(**changes: Any) -> OwnKey:
    return run(BYBIT.own_key(always(enveloped({**OWN, **changes}))))


def row(**changes: Any) -> LiveKey:
    return live_key({**SUB_ROW, "apiKey": "k1", **changes})


def without(name: str) -> LiveKey:
    return live_key({key: one for key, one in SUB_ROW.items() if key != name})


class TestReading:
    def test_the_official_example_of_an_own_key(self) -> None:
        answer = own()
        key = answer.key
        assert (answer.uid, answer.main_uid) == ("1448939", "1448939")
        assert (key.key_id, key.masked, key.label) == ("XXXXXXXX", False, "testnet")
        assert value(key, Facet.PERMISSIONS) == {
            "read",
            *ORDERS,
            "Spot:SpotTrade",
            "Wallet:AccountTransfer",
            "Wallet:SubMemberTransfer",
            "Derivatives:DerivativesTrade",
            "Exchange:ExchangeHistory",
            "FiatP2P:FiatP2POrder",
            "FiatP2P:Advertising",
            "FiatBitPay:FaitPayOrder",
        }
        assert value(key, Facet.IP_WHITELIST) == at("18.181.170.164", "13.212.45.47")
        assert value(key, Facet.EXPIRY) == "never"
        assert key.created_at is not None
        assert key.created_at.isoformat() == "2025-10-13T03:20:45+00:00"

    def test_a_sub_account_key_that_asks_names_its_main_account(self) -> None:
        answer = own(isMaster=False, parentUid="1000", userID=53888000)
        assert (answer.uid, answer.main_uid) == ("53888000", "1000")

    def test_the_official_example_of_a_listed_key(self) -> None:
        (key,) = run(
            BYBIT.sub_keys(always(enveloped({"result": [SUB_ROW], "nextPageCursor": ""})), "5", None)
        )
        assert value(key, Facet.LABEL) == "UTA"
        assert "Wallet:SubMemberTransferList" in value(key, Facet.PERMISSIONS)
        assert value(key, Facet.IP_WHITELIST) == Unrestricted()
        assert value(key, Facet.EXPIRY) == "2023-12-01"
        assert key.expires_at is not None

    @pytest.mark.parametrize("flag", [1, True])
    def test_a_read_only_key_has_nothing_but_reading(self, flag: Any) -> None:
        """The groups that it lists are asleep: told, kept for the next write, and no right."""
        key = row(readOnly=flag, permissions={"Spot": ["SpotTrade"], "Earn": []})
        assert value(key, Facet.PERMISSIONS) == {"read"}
        assert key.carry == {"readOnly": True, "groups": {"Spot": ["SpotTrade"]}}
        assert any("Spot:SpotTrade" in note for note in key.notes)

    @pytest.mark.parametrize(("field", "named"), [("readOnly", "readOnly"), ("permissions", "permissions")])
    def test_rights_need_both_fields(self, field: str, named: str) -> None:
        for key in (without(field), row(**{field: "x"}), row(**{field: None}), row(**{field: 2})):
            seen = key.facets[Facet.PERMISSIONS]
            assert isinstance(seen, Unknown)
            assert named in seen.why
            assert key.carry == {}
            assert isinstance(key.facets[Facet.IP_WHITELIST], Observed)

    @pytest.mark.parametrize("values", ["SpotTrade", [5], [""], None, {}])
    def test_a_group_that_cannot_be_read_hides_all_rights(self, values: Any) -> None:
        assert isinstance(row(permissions={"Spot": values}).facets[Facet.PERMISSIONS], Unknown)

    def test_a_group_that_we_do_not_know_is_kept_by_its_name(self) -> None:
        assert "NewThing:Do" in value(row(permissions={"NewThing": ["Do"]}), Facet.PERMISSIONS)

    @pytest.mark.parametrize("ips", [["*"], "*"])
    def test_the_documented_word_for_no_list(self, ips: Any) -> None:
        assert value(row(ips=ips), Facet.IP_WHITELIST) == Unrestricted()

    @pytest.mark.parametrize("ips", [[], "", [""], None, ["*", "192.0.2.1"], {}, [5], 0])
    def test_no_other_spelling_is_taken_for_no_list(self, ips: Any) -> None:
        seen = row(ips=ips).facets[Facet.IP_WHITELIST]
        assert isinstance(seen, Unknown)
        assert "ips" in seen.why
        assert isinstance(without("ips").facets[Facet.IP_WHITELIST], Unknown)

    def test_a_list_as_text(self) -> None:
        assert value(row(ips="192.0.2.1, 192.0.2.2"), Facet.IP_WHITELIST) == at("192.0.2.1", "192.0.2.2")

    def test_a_key_of_an_application_has_the_applications_list(self) -> None:
        assert value(row(type=2, ips=["192.0.2.1"]), Facet.IP_WHITELIST) == AppBound(None)

    @pytest.mark.parametrize("kind", [None, 0, 3, "1", True])
    def test_without_the_kind_of_key_nobody_knows_whose_list_it_is(self, kind: Any) -> None:
        seen = row(type=kind, ips=["192.0.2.1"]).facets[Facet.IP_WHITELIST]
        assert isinstance(seen, Unknown)

    def test_an_expired_key_says_so(self) -> None:
        key = row(status=2)
        assert any("expired" in note for note in key.notes)
        assert Facet.ENABLED not in key.facets

    @pytest.mark.parametrize("when", [None, "", "soon", 5, "2027-01-01T00:00:00", "99999-01-01T00:00:00Z"])
    def test_an_expiry_that_cannot_be_read(self, when: Any) -> None:
        assert isinstance(row(expiredAt=when).facets[Facet.EXPIRY], Unknown)

    def test_the_epoch_means_never_only_with_a_list(self) -> None:
        epoch = "1970-01-01T00:00:00Z"
        assert value(row(expiredAt=epoch, ips=["192.0.2.1"]), Facet.EXPIRY) == "never"
        assert isinstance(row(expiredAt=epoch).facets[Facet.EXPIRY], Unknown)

    def test_a_row_that_cannot_be_read_is_still_a_key(self) -> None:
        key = live_key("junk")
        assert key.key_id is None
        assert all(isinstance(seen, Unknown) for seen in key.facets.values())


class TestListings:
    def test_all_keys_of_all_pages(self) -> None:
        rows = [{**SUB_ROW, "apiKey": f"key{n}"} for n in range(45)]

        def answer(method: str, path: str, given: dict[str, Any]) -> Any:
            start = int(given.get("cursor", "0"))
            following = start + int(given["limit"])
            more = str(following) if following < len(rows) else ""
            return enveloped({"result": rows[start:following], "nextPageCursor": more})

        calls = Answers(answer)
        found = run(BYBIT.sub_keys(calls, "53888000", None))
        assert [key.key_id for key in found] == [f"key{n}" for n in range(45)]
        assert len(calls.sent) == 3
        assert all(given["subMemberId"] == "53888000" for _, _, given in calls.sent)

    @pytest.mark.parametrize("cursor", [None, 5, "again"])
    def test_a_cursor_that_leads_nowhere_is_refused(self, cursor: Any) -> None:
        with pytest.raises(ExchangeError, match="nextPageCursor"):
            run(BYBIT.sub_keys(always(enveloped({"result": [], "nextPageCursor": cursor})), "5", None))

    def test_all_sub_accounts_of_all_pages(self) -> None:
        def answer(method: str, path: str, given: dict[str, Any]) -> Any:
            last = "nextCursor" in given
            subs = [{"uid": "106314366" if last else "106314365", "username": "xxxx02"}]
            return enveloped({"subMembers": subs, "nextCursor": "0" if last else "77"})

        subs = run(BYBIT.sub_accounts(Answers(answer)))
        assert [(sub.id, sub.name) for sub in subs] == [("106314365", "xxxx02"), ("106314366", "xxxx02")]

    @pytest.mark.parametrize(
        "result", [None, {}, {"subMembers": [{}], "nextCursor": "0"}, {"subMembers": []}]
    )
    def test_a_sub_account_is_never_dropped(self, result: Any) -> None:
        with pytest.raises(ExchangeError):
            run(BYBIT.sub_accounts(always(enveloped(result))))


def sent(before: LiveKey, rights: set[str], whitelist: Whitelist | None, key: KeyRef = MANAGED) -> Any:
    calls = always(enveloped({}))
    run(BYBIT.write(calls, key, before, Target(frozenset(rights), whitelist, "bot")))
    ((_, path, body),) = calls.sent
    return path, body


class TestSubAccountWrites:
    BEFORE = row(permissions={"Spot": ["SpotTrade"], "Earn": ["Earn"], "Options": []}, ips=["192.0.2.1"])

    def test_everything_is_sent_together(self) -> None:
        path, body = sent(self.BEFORE, {"read", "Spot:SpotTrade", *ORDERS}, at("192.0.2.2", "192.0.2.10"))
        assert path == UPDATE_SUB
        assert body == {
            "apikey": "k1",
            "readOnly": 0,
            "ips": "192.0.2.2,192.0.2.10",
            "permissions": {"Spot": ["SpotTrade"], "Earn": [], "ContractTrade": ["Order", "Position"]},
        }

    def test_a_key_that_edits_itself_does_not_name_itself(self) -> None:
        myself = KeyRef(scope="sub", sub_id="5", key_id="k1", by_self=True)
        _, body = sent(self.BEFORE, {"read", "Spot:SpotTrade"}, at("192.0.2.1"), myself)
        assert "apikey" not in body

    def test_addresses_change_and_rights_stay_as_read(self) -> None:
        for read_only in (False, True):
            before = row(permissions={"Spot": ["SpotTrade"]}, readOnly=read_only)
            _, body = sent(before, set(before.permissions() or ()), at("192.0.2.1"))
            assert body["readOnly"] == int(read_only)
            assert body["permissions"] == {"Spot": ["SpotTrade"]}

    def test_a_key_that_lists_no_group_sends_none(self) -> None:
        _, body = sent(row(permissions={}), {"read"}, at("192.0.2.1"))
        assert body == {"apikey": "k1", "readOnly": 0, "ips": "192.0.2.1"}

    def test_unrestricted_has_its_word(self) -> None:
        assert sent(self.BEFORE, {"read", "Spot:SpotTrade"}, Unrestricted())[1]["ips"] == "*"

    def test_nothing_but_reading_is_read_only_with_the_groups_as_read(self) -> None:
        _, body = sent(self.BEFORE, {"read"}, at("192.0.2.1"))
        assert (body["readOnly"], body["permissions"]) == (1, {"Spot": ["SpotTrade"], "Earn": ["Earn"]})

    def test_ending_read_only_wakes_only_what_is_wanted(self) -> None:
        asleep = {"Spot": ["SpotTrade"], "Wallet": ["AccountTransfer"], "NewThing": ["Do"]}
        _, body = sent(row(readOnly=True, permissions=asleep), {"read", "Spot:SpotTrade"}, at("192.0.2.1"))
        assert body["readOnly"] == 0
        assert body["permissions"] == {"Spot": ["SpotTrade"], "Wallet": [], "NewThing": []}

    def test_what_comes_with_a_right_is_sent_as_last_read(self) -> None:
        listed = {"ContractTrade": ["Order", "Position"], "Derivatives": ["DerivativesTrade"]}
        for read_only in (True, False):
            before = row(readOnly=read_only, permissions={**listed, "Earn": ["Earn"]})
            _, body = sent(before, {"read", *ORDERS}, at("192.0.2.1"))
            assert body["permissions"] == {**listed, "Earn": []}
        _, body = sent(row(permissions={**listed, "Earn": ["Earn"]}), {"read", "Earn:Earn"}, at("192.0.2.1"))
        assert body["permissions"] == {"ContractTrade": [], "Derivatives": [], "Earn": ["Earn"]}

    def test_a_right_that_we_do_not_know_is_sent_as_last_read(self) -> None:
        before = row(permissions={"NewThing": ["Do"], "Spot": ["SpotTrade"]})
        _, body = sent(before, {"read", "NewThing:Do", "Earn:Earn"}, at("192.0.2.1"))
        assert body["permissions"] == {"NewThing": ["Do"], "Spot": [], "Earn": ["Earn"]}

    @pytest.mark.parametrize("whitelist", [None, Addresses(frozenset()), AppBound(None)])
    def test_a_list_that_cannot_be_written_is_never_sent(self, whitelist: Whitelist | None) -> None:
        """Leaving `ips` out would open the key to the world."""
        calls = always({})
        with pytest.raises(ExchangeError, match="nothing was sent"):
            run(BYBIT.write(calls, MANAGED, self.BEFORE, Target(frozenset({"read"}), whitelist, None)))
        assert calls.sent == []

    def test_rights_that_were_not_read_stop_the_write(self) -> None:
        calls = always({})
        with pytest.raises(ExchangeError, match="could not be read"):
            run(
                BYBIT.write(
                    calls, MANAGED, without("permissions"), Target(frozenset(), at("192.0.2.1"), None)
                )
            )
        assert calls.sent == []

    def test_a_masked_key_cannot_be_named(self) -> None:
        calls = always({})
        with pytest.raises(ExchangeError, match="whole id"):
            run(
                BYBIT.write(
                    calls, MANAGED, row(apiKey="XX***"), Target(frozenset({"read"}), at("192.0.2.1"), None)
                )
            )
        assert calls.sent == []


class TestOwnWrites:
    def test_only_rights_are_sent(self) -> None:
        before = own(permissions={"Wallet": ["AccountTransfer", "Withdraw"], "Spot": ["SpotTrade"]}).key
        target = {"read", "Wallet:AccountTransfer", "Wallet:Withdraw"}
        path, body = sent(before, target, before.whitelist(), ITSELF)
        assert path == UPDATE_OWN
        assert body == {
            "readOnly": 0,
            "permissions": {"Wallet": ["AccountTransfer", "Withdraw"], "Spot": []},
        }

    def test_addresses_are_left_to_the_website(self) -> None:
        calls = always({})
        with pytest.raises(ExchangeError) as caught:
            run(BYBIT.write(calls, ITSELF, own().key, Target(frozenset({"read"}), at("192.0.2.9"), None)))
        assert caught.value.trouble is Trouble.WEBSITE_ONLY
        assert calls.sent == []

    def test_a_sleeping_right_that_the_api_cannot_remove_is_not_woken(self) -> None:
        before = own(readOnly=1, permissions={"Wallet": ["Withdraw"]}).key
        calls = always({})
        target = Target(frozenset({"read", "Spot:SpotTrade"}), before.whitelist(), None)
        with pytest.raises(ExchangeError, match="Wallet:Withdraw") as caught:
            run(BYBIT.write(calls, ITSELF, before, target))
        assert caught.value.trouble is Trouble.WEBSITE_ONLY
        assert calls.sent == []

    def test_becoming_read_only_keeps_the_groups(self) -> None:
        before = own(permissions={"Wallet": ["Withdraw"], "Spot": ["SpotTrade"]}).key
        _, body = sent(before, {"read"}, before.whitelist(), ITSELF)
        assert body == {"readOnly": 1, "permissions": {"Wallet": ["Withdraw"], "Spot": ["SpotTrade"]}}


def test_the_time() -> None:
    result = {"timeSecond": "1688639403", "timeNano": "1688639403423213947"}
    assert BYBIT.server_time_ms(enveloped(result)) == 1688639403423
    for reply in ({}, None, enveloped(None), enveloped({}), enveloped({"timeNano": "soon"})):
        with pytest.raises(ExchangeError, match="answer's"):
            BYBIT.server_time_ms(reply)
