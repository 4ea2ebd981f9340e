"""A key that should be bound to an application, by what its exchange tells of such keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accesscfg.engine.compare import compare
from accesscfg.model.networks import AppBound, Unrestricted, Whitelist
from accesscfg.model.observed import Facet, Observation, Observed, Partly, Unknown
from accesscfg.model.plan import FacetResult, FacetState
from accesscfg.model.profile import AppShown
from tests.support.build import NOW, addresses, desired, live, profile, reading

GRIDBOT = AppBound("Gridbot")
SHOWN: tuple[AppShown, ...] = ("named", "bound", "restricted", "hidden")


def judged(seen: Observation, shown: AppShown, wanted: Whitelist = GRIDBOT) -> FacetResult:
    toy = profile()
    rules = {scope: replace(rule, app=shown) for scope, rule in toy.ip_rules.items()}
    key = live(["read"], Unrestricted())
    key = replace(key, facets={**key.facets, Facet.IP_WHITELIST: seen})
    results = compare(desired("main/sub/bot", ["read"], wanted), reading(key), replace(toy, ip_rules=rules))
    return next(result for result in results if result.facet is Facet.IP_WHITELIST)


def state(value: Whitelist, shown: AppShown, wanted: Whitelist = GRIDBOT) -> FacetState:
    return judged(Observed(value, NOW), shown, wanted).state


@pytest.mark.parametrize("shown", SHOWN)
def test_a_name_that_is_shown_decides(shown: AppShown) -> None:
    assert state(AppBound("Gridbot"), shown) is FacetState.IN_SYNC
    assert state(AppBound("Otherbot"), shown) is FacetState.DRIFT


@pytest.mark.parametrize("shown", SHOWN)
def test_a_binding_without_a_name_is_consistent_and_says_what_is_not_known(shown: AppShown) -> None:
    result = judged(Observed(AppBound(None), NOW), shown)
    assert result.state is FacetState.CONSISTENT
    assert result.why == "bound to an application; the exchange does not say which"


@pytest.mark.parametrize("shown", SHOWN)
def test_a_flag_that_says_restricted_is_consistent_and_one_that_says_not_is_drift(shown: AppShown) -> None:
    assert judged(Partly(True, "only a flag", NOW), shown).state is FacetState.CONSISTENT
    assert judged(Partly(False, "only a flag", NOW), shown).state is FacetState.DRIFT


@pytest.mark.parametrize(
    ("shown", "unrestricted", "listed"),
    [
        ("named", FacetState.DRIFT, FacetState.DRIFT),
        ("bound", FacetState.DRIFT, FacetState.DRIFT),
        ("restricted", FacetState.DRIFT, FacetState.UNOBSERVABLE),
        ("hidden", FacetState.UNOBSERVABLE, FacetState.UNOBSERVABLE),
    ],
)
def test_a_key_that_shows_no_binding_is_drift_where_the_exchange_would_show_one(
    shown: AppShown, unrestricted: FacetState, listed: FacetState
) -> None:
    assert state(Unrestricted(), shown) is unrestricted
    assert state(addresses("203.0.113.1"), shown) is listed


def test_where_a_binding_cannot_be_told_the_reason_says_what_was_seen() -> None:
    result = judged(Observed(Unrestricted(), NOW), "hidden")
    assert (
        result.why
        == "shown as unrestricted; Toy does not tell keys that are bound to an application from others"
    )


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("wanted", [Unrestricted(), addresses("203.0.113.1")])
def test_a_binding_that_nobody_declared_is_drift(wanted: Whitelist, shown: AppShown) -> None:
    assert state(AppBound("Gridbot"), shown, wanted) is FacetState.DRIFT
    assert state(AppBound(None), shown, wanted) is FacetState.DRIFT


@pytest.mark.parametrize("shown", SHOWN)
def test_what_could_not_be_asked_stays_unknown(shown: AppShown) -> None:
    assert judged(Unknown("time-out"), shown).state is FacetState.UNKNOWN
