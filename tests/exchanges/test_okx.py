"""OKX: replies as the model says them, and the calls that a write becomes."""

from __future__ import annotations

from typing import Any

import pytest

from accesscfg.exchanges.base import KeyRef, Target
from accesscfg.exchanges.okx.calls import Okx
from accesscfg.model.errors import ExchangeError
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist
from accesscfg.model.observed import Facet, LiveKey, Observed, OwnKey, Unknown
from tests.exchanges.world import PROFILES, Answers, always, at, live, run, value

PROFILE = PROFILES.get("okx")
assert PROFILE is not None
OKX = Okx(PROFILE)

# as an independent client's tests have it
CONFIG = {
    "acctLv": "3",
    "uid": "44705892343619584",
    "label": "V5 Test",
    "ip": "120.255.24.182,49.245.196.13",
    "perm": "read_only,withdraw,trade",
    "mainUid": "444810535339712570",
}
# as the exchange's documents have it
ROW = {
    "label": "v5",
    "apiKey": "******",
    "perm": "read_only,trade",
    "ip": "1.1.1.1,2.2.2.2",
    "ts": "1597026383085",
}
SUB = KeyRef(scope="sub", sub_id="grid01", key_id="k1", by_self=False)
MODIFY = "/api/v5/users/subaccount/modify-apikey"


def enveloped(*data: Any) -> dict[str, Any]:
    return {"code": "0", "msg": "", "data": list(data)}


def own(**changes: Any) -> OwnKey:
    return run(OKX.own_key(always(enveloped({**CONFIG, **changes}))))


def listed(*rows: Any) -> list[LiveKey]:
    return run(OKX.sub_keys(always(enveloped(*rows)), "grid01", None))


class TestReading:
    def test_the_official_example_of_an_own_key(self) -> None:
        answer = own()
        assert (answer.uid, answer.main_uid) == ("44705892343619584", "444810535339712570")
        assert (answer.key.key_id, answer.key.label) == (None, "V5 Test")
        assert value(answer.key, Facet.LABEL) == "V5 Test"
        assert value(answer.key, Facet.PERMISSIONS) == {"read_only", "withdraw", "trade"}
        assert value(answer.key, Facet.IP_WHITELIST) == at("120.255.24.182", "49.245.196.13")
        assert Facet.EXPIRY not in answer.key.facets

    def test_the_documents_mask_the_id(self) -> None:
        (key,) = listed(ROW)
        assert key.masked
        assert value(key, Facet.PERMISSIONS) == {"read_only", "trade"}
        assert value(key, Facet.IP_WHITELIST) == at("1.1.1.1", "2.2.2.2")
        assert key.created_at is not None
        assert key.created_at.isoformat() == "2020-08-10T02:26:23.085000+00:00"

    def test_an_id_in_full(self) -> None:
        (key,) = listed({**ROW, "apiKey": "arg13sdfgs"})
        assert (key.key_id, key.masked) == ("arg13sdfgs", False)

    @pytest.mark.parametrize("perm", ["read,trade", "trade,read_only", " read_only , trade "])
    def test_both_spellings_of_read_in_any_order(self, perm: str) -> None:
        assert value(own(perm=perm).key, Facet.PERMISSIONS) == {"read_only", "trade"}

    def test_a_right_that_we_do_not_know_is_kept_by_its_name(self) -> None:
        assert value(own(perm="read_only,teleport").key, Facet.PERMISSIONS) == {"read_only", "teleport"}

    @pytest.mark.parametrize("perm", [None, "", ",", 5, [], "read_only,,trade"])
    def test_rights_that_cannot_be_read(self, perm: Any) -> None:
        key = own(perm=perm).key
        assert isinstance(key.facets[Facet.PERMISSIONS], Unknown)
        assert isinstance(key.facets[Facet.IP_WHITELIST], Observed)

    def test_empty_text_is_the_documented_word_for_no_list(self) -> None:
        assert value(own(ip="").key, Facet.IP_WHITELIST) == Unrestricted()

    @pytest.mark.parametrize("ip", [None, ",", " ", [], {}, 0, "1.1.1.1,,"])
    def test_no_other_spelling_is_taken_for_no_list(self, ip: Any) -> None:
        assert isinstance(own(ip=ip).key.facets[Facet.IP_WHITELIST], Unknown)
        missing = {name: one for name, one in ROW.items() if name != "ip"}
        assert isinstance(listed(missing)[0].facets[Facet.IP_WHITELIST], Unknown)

    def test_networks_and_ipv6(self) -> None:
        key = own(ip="203.0.113.0/29,2001:DB8::1").key
        assert value(key, Facet.IP_WHITELIST) == at("203.0.113.0/29", "2001:db8::1")

    def test_a_row_that_cannot_be_read_is_still_a_key(self) -> None:
        (key,) = listed("junk")
        assert key.key_id is None
        assert all(isinstance(seen, Unknown) for seen in key.facets.values())

    @pytest.mark.parametrize(
        "reply", [None, [], {}, {"data": None}, enveloped(), enveloped(1), enveloped({}, {})]
    )
    def test_an_answer_without_the_key(self, reply: Any) -> None:
        with pytest.raises(ExchangeError, match="answer's"):
            run(OKX.own_key(always(reply)))


class TestSubAccounts:
    def test_pages_do_not_lose_those_of_one_millisecond(self) -> None:
        subs = [
            {"subAcct": f"sub{n:04}", "label": "x", "ts": str(2_000_000_000_000 - n // 30)}
            for n in range(250)
        ]

        def answer(method: str, path: str, given: dict[str, Any]) -> Any:
            before = int(given.get("after", "9" * 13))
            return enveloped(*[sub for sub in subs if int(sub["ts"]) < before][: int(given["limit"])])

        calls = Answers(answer)
        assert [sub.id for sub in run(OKX.sub_accounts(calls))] == [sub["subAcct"] for sub in subs]
        assert len(calls.sent) == 3

    def test_pages_that_do_not_end_are_refused(self) -> None:
        same = enveloped(*({"subAcct": f"sub{n:04}", "ts": "2000000000000"} for n in range(100)))
        with pytest.raises(ExchangeError, match="end of the list"):
            run(OKX.sub_accounts(always(same)))

    @pytest.mark.parametrize("row", [5, {}, {"subAcct": "grid01"}, {"subAcct": "", "ts": "5"}])
    def test_a_sub_account_is_never_dropped(self, row: Any) -> None:
        with pytest.raises(ExchangeError):
            run(OKX.sub_accounts(always(enveloped(row))))


def sent(rights: set[str], whitelist: Whitelist | None, label: str | None = "bot") -> Any:
    calls = always(enveloped({}))
    before = live({"read_only"}, Unrestricted())
    run(OKX.write(calls, SUB, before, Target(frozenset(rights), whitelist, label)))
    ((_, path, body),) = calls.sent
    assert path == MODIFY
    return body


class TestWrites:
    def test_everything_is_sent_whole(self) -> None:
        body = sent({"trade", "read_only"}, at("203.0.113.8", "203.0.113.7", "203.0.113.16/29"))
        assert body == {
            "subAcct": "grid01",
            "apiKey": "k1",
            "label": "bot",
            "perm": "read_only,trade",
            "ip": "203.0.113.7,203.0.113.8,203.0.113.16/29",
        }

    def test_unrestricted_has_its_word(self) -> None:
        assert sent({"read_only"}, Unrestricted())["ip"] == ""

    def test_a_label_that_could_not_be_read_stays(self) -> None:
        """A field that is left out is not changed."""
        assert "label" not in sent({"read_only"}, Unrestricted(), None)

    def test_a_right_that_we_do_not_know_is_sent_as_last_read(self) -> None:
        assert sent({"teleport", "trade"}, Unrestricted())["perm"] == "trade,teleport"

    @pytest.mark.parametrize("whitelist", [None, Addresses(frozenset()), AppBound(None)])
    def test_a_list_that_cannot_be_written_is_never_sent(self, whitelist: Whitelist | None) -> None:
        """Empty text would open the key to the world."""
        calls = always({})
        before = live({"read_only"}, Unrestricted())
        with pytest.raises(ExchangeError, match="nothing was sent"):
            run(OKX.write(calls, SUB, before, Target(frozenset({"trade"}), whitelist, None)))
        assert calls.sent == []

    def test_a_key_keeps_one_right(self) -> None:
        with pytest.raises(ExchangeError, match="one right at least"):
            sent(set(), Unrestricted())

    @pytest.mark.parametrize(
        ("key", "masked"),
        [
            (KeyRef("own", None, "k1", by_self=True), False),
            (KeyRef("sub", "grid01", "k1", by_self=True), False),
            (KeyRef("sub", "grid01", None, by_self=False), False),
            (KeyRef("sub", "grid01", "******", by_self=False), True),
        ],
    )
    def test_only_whole_ids_of_sub_account_keys_are_written(self, key: KeyRef, masked: bool) -> None:
        calls = always({})
        before = live({"read_only"}, Unrestricted(), masked=masked)
        with pytest.raises(ExchangeError, match="nothing was sent"):
            run(OKX.write(calls, key, before, Target(frozenset({"trade"}), Unrestricted(), None)))
        assert calls.sent == []


def test_the_time() -> None:
    assert OKX.server_time_ms(enveloped({"ts": "1597026383085"})) == 1597026383085
    for reply in ({}, None, enveloped(), enveloped({}), enveloped({"ts": ""})):
        with pytest.raises(ExchangeError, match="answer's"):
            OKX.server_time_ms(reply)
