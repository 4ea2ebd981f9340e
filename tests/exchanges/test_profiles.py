"""The profiles as data: of the right form, every fact with a source, and true to what the code does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import accesscfg.exchanges
from accesscfg.model.observed import Facet
from accesscfg.model.profile import Profile
from accesscfg.resources import schema_path
from tests.exchanges.world import EXCHANGES, PROFILES, WITHOUT_CODE

FOLDER = Path(accesscfg.exchanges.__file__).parent
SCHEMA = json.loads(schema_path("profile").read_text())
ALL = tuple(sorted((*EXCHANGES, *WITHOUT_CODE)))


def data(exchange: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / exchange / "profile.yaml").read_text())
    return loaded


def profile(exchange: str) -> Profile:
    found = PROFILES.get(exchange)
    assert found is not None
    return found


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from objects(one)


def test_every_folder_is_tested() -> None:
    assert tuple(sorted(path.parent.name for path in FOLDER.glob("*/profile.yaml"))) == ALL


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("exchange", ALL)
def test_the_form(exchange: str) -> None:
    errors = list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(data(exchange)))
    assert [(list(error.path), error.message) for error in errors] == []


@pytest.mark.parametrize(
    ("where", "change"),
    [
        (["facets", "own", "label"], {"write": False}),  # an unquoted no
        (["permissions", 0], {"gives": ["reed"]}),
        (["clocks", 0], {"source": ""}),
        (["endpoints", "production"], {"url": "http://example.test"}),
        ([], {"sorces": {}}),
    ],
)
def test_the_schema_finds_slips(where: list[Any], change: dict[str, Any]) -> None:
    slipped = data("binance")
    place: Any = slipped
    for step in where:
        place = place[step]
    place.update(change)
    assert list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(slipped))


@pytest.mark.parametrize("exchange", ALL)
def test_every_fact_has_a_source_and_every_source_a_fact(exchange: str) -> None:
    facts = data(exchange)
    for kind in ("permissions", "clocks", "limits", "usage_headers"):
        assert all(entry.get("source") for entry in facts.get(kind, ()))
    named = {entry["source"] for entry in objects(facts) if isinstance(entry.get("source"), str)}
    assert named == set(facts["sources"])
    assert all(date <= facts["checked"] for date in (entry["date"] for entry in facts["sources"].values()))


@pytest.mark.parametrize("exchange", ALL)
def test_what_no_official_document_says_is_marked_and_told(exchange: str) -> None:
    found = profile(exchange)
    assert found.unverified
    assert any(not source.verified for source in found.sources)
    assert all(isinstance(clock.source.verified, bool) for clock in found.clocks)


@pytest.mark.parametrize("exchange", ALL)
class TestConsistency:
    def test_names(self, exchange: str) -> None:
        found = profile(exchange)
        assert found.exchange == exchange
        assert "production" in found.endpoints

    @pytest.mark.parametrize("scope", ["own", "sub"])
    def test_a_right_stands_once_in_a_scope(self, exchange: str, scope: Any) -> None:
        natives = [entry.native for entry in profile(exchange).in_scope(scope)]
        assert len(natives) == len(set(natives))
        assert all(profile(exchange).permission(native, scope) is not None for native in natives)

    def test_natives_that_rules_name_exist(self, exchange: str) -> None:
        found = profile(exchange)
        natives = {entry.native for entry in found.permissions}
        for clock in found.clocks:
            assert clock.with_any <= natives
        for rule in found.writes.values():
            assert rule.needs_any | rule.needs_all <= natives
        for entry in found.permissions:
            assert entry.comes_with <= natives
            assert set(entry.write) >= entry.scopes

    def test_what_the_api_writes_has_a_rule(self, exchange: str) -> None:
        found = profile(exchange)
        for scope, facets in found.facets.items():
            assert set(facets) == set(Facet)
            by_api = {facet for facet, rule in facets.items() if rule.write == "api"}
            assert bool(by_api) == (scope in found.writes)
            writable = any(entry.write.get(scope) == "api" for entry in found.in_scope(scope))
            assert writable == (Facet.PERMISSIONS in by_api)

    def test_what_cannot_be_done_says_why(self, exchange: str) -> None:
        for facets in profile(exchange).facets.values():
            for rule in facets.values():
                assert rule.why or rule.read == "no_such_thing" or (rule.read, rule.write) == ("full", "api")

    def test_limits_count_calls_that_there_are(self, exchange: str) -> None:
        found = profile(exchange)
        calls = {f"{method} {path}" for method, path in found.reads | found.write_calls}
        for limit in found.limits:
            assert set(limit.costs) <= calls
            assert all(cost <= limit.amount for cost in limit.costs.values())
        assert len({limit.name for limit in found.limits}) == len(found.limits)

    def test_reads_only_read_and_writes_only_write(self, exchange: str) -> None:
        found = profile(exchange)
        assert found.reads.isdisjoint(found.write_calls)
        assert "GET" not in {method for method, _ in found.write_calls}
        assert found.time_path is None or ("GET", found.time_path) in found.reads


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_the_gate_lets_exactly_the_calls_of_the_code_pass(exchange: str) -> None:
    found, module = profile(exchange), import_module(f"accesscfg.exchanges.{exchange}.calls")
    used = {one for name, one in vars(module).items() if name.isupper() and isinstance(one, str)}
    listed = {path for _, path in found.reads | found.write_calls}
    assert listed == {path for path in used if path.startswith("/")} | {found.time_path} - {None}


def test_an_exchange_without_code_is_asked_nothing_and_one_with_code_is_not_retired() -> None:
    for exchange in WITHOUT_CODE:
        found = profile(exchange)
        assert (found.reads, found.write_calls, found.time_path) == (frozenset(), frozenset(), None)
        assert {rule.read for facets in found.facets.values() for rule in facets.values()} <= {
            "no",
            "no_such_thing",
        }
    assert [exchange for exchange in EXCHANGES if profile(exchange).retired] == []


def test_a_retired_exchange_says_since_when_and_how_sure_that_is() -> None:
    found = profile("bittrex")
    assert found.retired is not None
    assert "2023-12-04" in found.retired
    assert any("announcement" in source.source and not source.verified for source in found.sources)


def test_nothing_creates_or_deletes_keys() -> None:
    paths = {path for exchange in EXCHANGES for _, path in profile(exchange).write_calls}
    paths -= {path for path in paths if "/ip-address/" in path}
    assert not {
        path for path in paths if re.search(r"create|delete-|subAccountApi$|subaccount/apikey$", path)
    }


@pytest.mark.parametrize(
    ("exchange", "good", "bad"),
    [
        ("binance", "sub+1@example.com", ["sub1", "a@b", "a b@c.test", ""]),
        ("bitget", "1000000001", ["0", "bots", "10 01", ""]),
        ("bybit", "53888000", ["0", "grid-1", "5388 8000", ""]),
        ("kraken", "AA12 N84G BCDE FGHI", ["", " grid", "g" * 65]),
        ("okx", "grid01", ["grid", "grid-01", "g" * 21, ""]),
        ("whitebit", "8e667b4a-0b71-4988-8af5-9474dbfa0001", ["desk01", "8E667B4A", "8e667b4a" * 4, ""]),
        ("cryptocom", "2b0c1de5-7a90-4c11-9ef0-0123456789ab", ["desk01", "2B0C1DE5", "2b0c1de5" * 4, ""]),
    ],
)
def test_ids_of_sub_accounts(exchange: str, good: str, bad: list[str]) -> None:
    form = profile(exchange).sub_id_form
    assert re.fullmatch(form, good)
    assert not any(re.fullmatch(form, one) for one in bad)


class TestReach:
    def test_okx_trade_manages_sub_accounts_only_from_the_main_account(self) -> None:
        assert "subaccounts" in profile("okx").reach(["trade"], "own")
        assert "subaccounts" not in profile("okx").reach(["trade"], "sub")
        assert "subaccounts" in profile("okx").reach(["trade"])

    def test_bybits_wallet_rights_do_so_too(self) -> None:
        for native in ("Wallet:AccountTransfer", "Wallet:SubMemberTransfer", "Wallet:Withdraw"):
            assert "subaccounts" in profile("bybit").reach([native], "own")
        for native in ("Wallet:AccountTransfer", "Wallet:SubMemberTransferList"):
            assert profile("bybit").reach([native], "sub") == {"transfer"}

    def test_how_it_is_written_is_known_from_either_entry(self) -> None:
        trade = profile("okx").permission("trade")
        assert trade is not None
        assert trade.write == {"own": "manual", "sub": "api"}

    def test_reading_goes_without_saying_for_a_binance_sub_account_only(self) -> None:
        own, sub = (profile("binance").permission("enableReading", scope) for scope in ("own", "sub"))
        assert own is not None
        assert sub is not None
        assert (own.always, sub.always) == (False, True)


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_each_package_gives_its_provider(exchange: str) -> None:
    module = import_module(f"accesscfg.exchanges.{exchange}")
    assert module.provider(profile(exchange)).profile is profile(exchange)
