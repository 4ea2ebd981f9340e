"""The lifecycle word of a key: from the exchange's own dates or its fixed clocks, and from the workspace's policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accesscfg.model.desired import Declaration, DesiredAccount, DesiredKey, Egress, Policies
from accesscfg.model.findings import Mark
from accesscfg.model.networks import AppBound, Whitelist
from accesscfg.model.observed import Facet, KeyReading, LiveKey, Partly
from accesscfg.model.plan import Lifecycle
from accesscfg.model.profile import AppShown, Clock, Profile
from accesscfg.policy.lifecycle import lifecycle, unjudged_ages
from tests.support.build import NOW, SOURCE, addresses, desired, live, profile, reading

MARK = Mark("exchanges.yaml", 1, 1)
OPEN, CLOSED = addresses(), addresses("203.0.113.1")
FIXED = Clock("fixed", 90, True, frozenset(), "the key expires", SOURCE)
IDLE = Clock("inactivity", 14, True, frozenset({"spot"}), "the key is deleted after 14 idle days", SOURCE)


def days(number: float) -> datetime:
    return NOW + timedelta(days=number)


def word(
    seen: LiveKey, *clocks: Clock, wanted: Whitelist = OPEN, policies: Policies | None = None
) -> tuple[Lifecycle, str]:
    exchange: Profile = replace(profile(), clocks=clocks)
    key = desired("main/sub/bot", ["read"], wanted)
    found = lifecycle(key, reading(seen), exchange, policies or Policies(), NOW)
    assert found is not None
    return found.word, found.why


@pytest.mark.parametrize(
    ("ends", "expected"),
    [(-1, Lifecycle.RENEW), (0, Lifecycle.RENEW), (13, Lifecycle.EXTEND), (15, Lifecycle.OK)],
)
def test_a_date_that_the_exchange_shows_decides(ends: float, expected: Lifecycle) -> None:
    assert word(replace(live(["read"], OPEN), expires_at=days(ends)))[0] is expected


def test_how_soon_is_soon_is_a_policy() -> None:
    seen = replace(live(["read"], OPEN), expires_at=days(20))

    assert word(seen)[0] is Lifecycle.OK
    assert word(seen, policies=Policies(warn_before_expiry_days=30))[0] is Lifecycle.EXTEND


@pytest.mark.parametrize(
    ("age", "whitelist", "expected"),
    [
        (80, OPEN, Lifecycle.EXTEND),
        (91, OPEN, Lifecycle.RENEW),
        (10, OPEN, Lifecycle.OK),
        (91, CLOSED, Lifecycle.OK),
    ],
)
def test_a_fixed_clock_counts_from_creation_while_the_key_is_unrestricted(
    age: float, whitelist: Whitelist, expected: Lifecycle
) -> None:
    assert word(replace(live(["read"], whitelist), created_at=days(-age)), FIXED)[0] is expected


def test_a_fixed_clock_says_nothing_of_a_key_whose_age_is_not_shown() -> None:
    assert word(live(["read"], OPEN), FIXED)[0] is Lifecycle.OK


def test_trusted_ips_are_missing_where_the_declaration_has_some() -> None:
    assert word(live(["read"], OPEN), wanted=CLOSED)[0] is Lifecycle.FIX


def test_trusted_ips_are_missing_where_the_exchange_deletes_idle_keys_without() -> None:
    assert word(live(["read", "spot"], OPEN), IDLE) == (
        Lifecycle.FIX,
        "no trusted IPs: the key is deleted after 14 idle days",
    )
    assert word(live(["read"], OPEN), IDLE)[0] is Lifecycle.OK
    assert word(live(["read", "spot"], CLOSED), IDLE)[0] is Lifecycle.OK


def test_the_flag_alone_tells_whether_the_clock_runs() -> None:
    seen = replace(live(["read"], OPEN), created_at=days(-91))
    flag = {**seen.facets, Facet.IP_WHITELIST: Partly(True, "only a flag", NOW)}

    assert word(replace(seen, facets=flag), FIXED)[0] is Lifecycle.OK


def test_a_key_that_was_not_seen_has_no_clock() -> None:
    key = desired("main/sub/bot", ["read"], OPEN)

    assert lifecycle(key, KeyReading({}), profile(), Policies(), NOW) is None


def app_word(seen: LiveKey, *clocks: Clock, shown: AppShown) -> tuple[Lifecycle, str] | None:
    """The word of a key that is declared with an application."""
    toy = profile()
    rules = {scope: replace(rule, app=shown) for scope, rule in toy.ip_rules.items()}
    key = desired("main/sub/bot", ["read"], AppBound("Gridbot"))
    found = lifecycle(key, reading(seen), replace(toy, clocks=clocks, ip_rules=rules), Policies(), NOW)
    return None if found is None else (found.word, found.why)


def test_the_clocks_of_unrestricted_keys_do_not_run_for_a_key_bound_to_an_application() -> None:
    bound = replace(live(["read", "spot"], AppBound(None)), created_at=days(-91))

    assert app_word(bound, FIXED, IDLE, shown="bound") == (Lifecycle.OK, "")
    assert word(bound, FIXED, IDLE)[0] is Lifecycle.OK  # declared otherwise, that is drift and no clock


def test_a_key_that_is_not_bound_as_declared_has_no_trusted_ips() -> None:
    assert app_word(live(["read"], OPEN), shown="bound") == (
        Lifecycle.FIX,
        "no trusted IPs: it is not bound to Gridbot",
    )


def test_where_a_binding_is_hidden_nothing_vouches_for_the_clocks_of_an_unrestricted_key() -> None:
    old = replace(live(["read", "spot"], OPEN), created_at=days(-91))

    assert app_word(old, FIXED, IDLE, shown="hidden") is None
    assert app_word(replace(old, expires_at=days(3)), FIXED, shown="hidden") == (
        Lifecycle.EXTEND,
        "ends 2026-11-24: as the exchange says",
    )
    assert app_word(live(["read"], CLOSED), FIXED, IDLE, shown="hidden") == (Lifecycle.OK, "")


YEAR = Policies(max_key_age_days=365)


@pytest.mark.parametrize(
    ("age", "expected", "why"),
    [
        (366, Lifecycle.RENEW, "too old since 2026-11-20: made 2025-11-20, and `max_key_age` is 365 days"),
        (365, Lifecycle.RENEW, "too old since 2026-11-21: "),
        (352, Lifecycle.EXTEND, "too old on 2026-12-04: "),
        (350, Lifecycle.OK, "made 2025-12-06, "),
    ],
)
def test_a_key_must_not_get_older_than_the_policy_allows(age: float, expected: Lifecycle, why: str) -> None:
    found = word(replace(live(["read"], CLOSED), created_at=days(-age)), wanted=CLOSED, policies=YEAR)
    assert found[0] is expected
    assert found[1].startswith(why)


def test_a_key_of_any_age_is_ok_without_that_policy() -> None:
    assert word(replace(live(["read"], CLOSED), created_at=days(-4000)), wanted=CLOSED)[0] is Lifecycle.OK


def test_the_sooner_of_expiry_and_age_decides() -> None:
    seen = replace(live(["read"], CLOSED), created_at=days(-360))

    ends_first = word(replace(seen, expires_at=days(2)), wanted=CLOSED, policies=YEAR)
    assert ends_first == (Lifecycle.EXTEND, "ends 2026-11-23: as the exchange says")
    old_first = word(replace(seen, expires_at=days(9)), wanted=CLOSED, policies=YEAR)
    assert old_first[1].startswith("too old on 2026-11-26: ")


def test_an_old_key_is_to_be_replaced_also_where_its_other_clocks_cannot_be_told() -> None:
    bound = desired("main/sub/bot", ["read"], AppBound("Gridbot"))
    seen = replace(live(["read"], OPEN), created_at=days(-400))
    found = lifecycle(bound, reading(seen), profile(), YEAR, NOW)
    assert found is not None
    assert found.word is Lifecycle.RENEW


def test_a_key_that_is_to_be_absent_has_no_age_to_keep() -> None:
    gone = desired("main/sub/bot", ["read"], CLOSED, absent=True)
    found = lifecycle(
        gone, reading(replace(live(["read"], CLOSED), created_at=days(-400))), profile(), YEAR, NOW
    )
    assert found is not None
    assert found.word is Lifecycle.OK


def test_a_day_beyond_the_calendar_ends_nothing() -> None:
    seen = replace(live(["read"], OPEN), created_at=datetime(9999, 12, 1, tzinfo=UTC))
    assert word(seen, FIXED, policies=YEAR)[0] is Lifecycle.OK


def notes(policies: Policies, *keys: DesiredKey, readings: dict[str, KeyReading]) -> tuple[str, ...]:
    account = DesiredAccount("main", "toy", MARK, "production", Egress(), None, keys, ())
    declared = Declaration(Path(), Path("exchanges.yaml"), (account,), policies, {}, (), "")
    selected = {key.path for key in keys if key.path.key != "elsewhere"}
    return unjudged_ages(declared, selected, readings, lambda _: profile())


def test_keys_whose_age_is_not_known_are_named_where_the_policy_asks_for_it() -> None:
    keys = [
        desired(f"main/{name}", ["read"], CLOSED, absent=name == "gone")
        for name in ("dated", "one", "two", "lost", "gone", "elsewhere")
    ]
    undated = live(["read"], CLOSED)
    readings = {str(key.path): reading(undated) for key in keys if key.path.key != "elsewhere"}
    readings["main/dated"] = reading(replace(undated, created_at=NOW))
    readings["main/lost"] = KeyReading({})

    assert notes(YEAR, *keys, readings=readings) == (
        "`max_key_age` was not judged for main/one, main/two: Toy does not show the day on which they were made",
        "`max_key_age` was not judged for main/lost: nothing was seen that tells when it was made",
    )
    assert notes(Policies(), *keys, readings=readings) == ()
