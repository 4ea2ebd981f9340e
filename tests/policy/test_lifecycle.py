"""The lifecycle word of a key: from the exchange's own dates first, then from its fixed clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from accesscfg.model.desired import Policies
from accesscfg.model.networks import AppBound, Whitelist
from accesscfg.model.observed import Facet, KeyReading, LiveKey, Partly
from accesscfg.model.plan import Lifecycle
from accesscfg.model.profile import AppShown, Clock, Profile
from accesscfg.policy.lifecycle import lifecycle
from tests.support.build import NOW, SOURCE, addresses, desired, live, profile, reading

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
