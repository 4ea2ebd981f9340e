"""The changes of one key: every state on the way keeps principle 3."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accesscfg.engine.compare import compare
from accesscfg.engine.steps import Signer, Subject, changes_of
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist
from accesscfg.model.observed import Facet, LiveKey, Observed, Partly, Unknown
from accesscfg.model.plan import Change, Direction, Means
from accesscfg.model.profile import Profile
from tests.support.build import NOW, addresses, desired, live, profile, reading

IPS = [f"198.51.100.{n}" for n in range(1, 9)]
EVERYWHERE = "everywhere else"
RIGHTS = ["read", "spot", "futures", "transfer", "withdraw"]
MANAGER = Signer("main/manager", "manager", None)

rights = st.frozensets(st.sampled_from(RIGHTS))
limits = st.integers(min_value=2, max_value=6)


def whitelists(most: int) -> st.SearchStrategy[Whitelist]:
    lists = st.frozensets(st.sampled_from(IPS), min_size=1, max_size=most).map(Addresses)
    return st.one_of(lists, st.just(Unrestricted()))


def plan_of(
    before: LiveKey, wanted: frozenset[str], whitelist: Whitelist, toy: Profile
) -> tuple[Change, ...]:
    key = desired("main/sub/bot", sorted(wanted), whitelist)
    return changes_of(Subject(key, compare(key, reading(before), toy), before, toy, MANAGER))


def pairs(permissions: frozenset[str], whitelist: Whitelist) -> set[tuple[str, str]]:
    places = whitelist.entries if isinstance(whitelist, Addresses) else {*IPS, EVERYWHERE}
    return {(right, place) for right in permissions for place in places}


@given(st.data(), rights, rights, limits, st.booleans())
def test_every_state_on_the_way_holds_only_pairs_of_before_or_after_and_all_of_both(
    data: st.DataObject, held: frozenset[str], wanted: frozenset[str], most: int, together: bool
) -> None:
    now, then = data.draw(whitelists(most)), data.draw(whitelists(most))
    changes = plan_of(live(held, now), wanted, then, profile(most=most, together=together))
    before, after = pairs(held, now), pairs(wanted, then)

    permissions, whitelist = held, now
    for change in changes:
        if change.facet is Facet.PERMISSIONS:
            assert change.before == permissions
            permissions = change.after  # type: ignore[assignment]
        else:
            assert change.before == whitelist
            whitelist = change.after  # type: ignore[assignment]
            assert whitelist != Addresses(frozenset())
            if isinstance(whitelist, Addresses) and not together:
                assert len(whitelist.entries) <= most
        state = pairs(permissions, whitelist)
        assert state <= before | after
        assert state >= before & after
    assert (permissions, whitelist) == (wanted, then)


@given(st.data(), rights, rights, limits)
def test_any_set_of_changes_that_waits_for_allows_keeps_the_principle(
    data: st.DataObject, held: frozenset[str], wanted: frozenset[str], most: int
) -> None:
    """A manual step may stay undone; whatever does not wait for it may still be made."""
    now, then = data.draw(whitelists(most)), data.draw(whitelists(most))
    changes = plan_of(live(held, now), wanted, then, profile(most=most, together=False))
    undone = data.draw(st.frozensets(st.sampled_from([c.id for c in changes]))) if changes else frozenset()

    permissions, whitelist = held, now
    done: set[str] = set()
    before, after = pairs(held, now), pairs(wanted, then)
    for change in changes:
        if change.id in undone or not set(change.waits_for) <= done:
            continue
        done.add(change.id)
        if change.facet is Facet.PERMISSIONS:
            permissions = (permissions - change.gone) | change.new
        else:
            whitelist = change.after  # type: ignore[assignment]
        state = pairs(permissions, whitelist)
        assert state <= before | after
        assert state >= before & after


def test_a_right_that_is_revoked_and_one_that_is_granted_are_two_changes_the_revoke_first() -> None:
    changes = plan_of(
        live(["read", "spot"], addresses(IPS[0])),
        frozenset({"read", "futures"}),
        addresses(IPS[0]),
        profile(),
    )

    assert [(c.direction, c.gone, c.new) for c in changes] == [
        (Direction.REVOKES, {"spot"}, frozenset()),
        (Direction.GRANTS, frozenset(), {"futures"}),
    ]
    assert changes[0].after == changes[1].before == frozenset({"read"})


def test_an_api_that_cannot_change_one_right_leaves_that_right_to_the_website() -> None:
    changes = plan_of(
        live(["read", "options"], addresses(IPS[0])),
        frozenset({"read", "spot"}),
        addresses(IPS[0]),
        profile(),
    )

    assert [(c.means, c.direction) for c in changes] == [
        (Means.MANUAL, Direction.REVOKES),
        (Means.API, Direction.GRANTS),
    ]
    assert changes[1].waits_for == (changes[0].id,)


def test_an_unknown_right_is_drift_that_only_a_change_naming_it_removes() -> None:
    changes = plan_of(
        live(["read", "teleport"], addresses(IPS[0])), frozenset({"read"}), addresses(IPS[0]), profile()
    )

    assert [(c.means, c.gone) for c in changes] == [(Means.MANUAL, frozenset({"teleport"}))]


def test_what_comes_with_a_declared_right_is_no_drift_and_alone_it_is() -> None:
    toy = profile()
    beside = plan_of(
        live(["read", "futures", "extra"], addresses(IPS[0])),
        frozenset({"read", "futures"}),
        addresses(IPS[0]),
        toy,
    )
    alone = plan_of(live(["read", "extra"], addresses(IPS[0])), frozenset({"read"}), addresses(IPS[0]), toy)

    assert beside == ()
    assert [c.gone for c in alone] == [{"extra"}]


def test_the_flag_alone_can_show_drift_but_never_sync() -> None:
    toy = profile()
    seen = live(["read"], addresses(IPS[0]))
    flag = replace(seen, facets={**seen.facets, Facet.IP_WHITELIST: Partly(True, "only a flag", NOW)})
    key = desired("main/sub/bot", ["read"], addresses(IPS[0]))
    opened = desired("main/sub/bot", ["read"], Unrestricted())

    assert [r.state.value for r in compare(key, reading(flag), toy) if r.facet is Facet.IP_WHITELIST] == [
        "consistent"
    ]
    assert [r.state.value for r in compare(opened, reading(flag), toy) if r.facet is Facet.IP_WHITELIST] == [
        "drift"
    ]


def test_a_write_that_must_carry_what_could_not_be_read_is_blocked() -> None:
    seen = live(["read", "spot"], addresses(IPS[0]))
    seen = replace(seen, facets={**seen.facets, Facet.IP_WHITELIST: Unknown("not in the answer")})
    together = plan_of(seen, frozenset({"read"}), addresses(IPS[0]), profile(together=True))
    apart = plan_of(seen, frozenset({"read"}), addresses(IPS[0]), profile(together=False))

    assert [(c.means, c.facet) for c in together] == [(Means.BLOCKED, Facet.PERMISSIONS)]
    assert [(c.means, c.facet) for c in apart] == [(Means.API, Facet.PERMISSIONS)]


def test_a_managing_key_without_the_right_it_needs_blocks_and_says_what_it_lacks() -> None:
    toy = profile(needs_all=["transfer"])
    weak = Signer("main/manager", "manager", live(["read"], addresses(IPS[0])))
    key = desired("main/sub/bot", ["read"], addresses(IPS[0]))
    seen = live(["read", "spot"], addresses(IPS[0]))
    changes = changes_of(Subject(key, compare(key, reading(seen), toy), seen, toy, weak))

    assert [c.means for c in changes] == [Means.BLOCKED]
    assert "main/manager lacks transfer" in changes[0].reason


def test_a_key_that_does_not_exist_is_blocked_and_nothing_else_of_it_is_compared() -> None:
    key = desired("main/sub/bot", ["read"], addresses(IPS[0]))
    missing = replace(
        reading(live([], Unrestricted())), live=None, facets={Facet.PRESENCE: Observed(False, NOW)}
    )
    results = compare(key, missing, profile())
    changes = changes_of(Subject(key, results, None, profile(), MANAGER))

    assert [r.facet for r in results] == [Facet.PRESENCE]
    assert [(c.means, c.reason) for c in changes] == [
        (Means.BLOCKED, "this version does not create or delete keys by API")
    ]


@pytest.mark.parametrize("whitelist", [addresses(IPS[0]), Unrestricted()])
def test_a_key_bound_to_an_application_is_drift_unless_declared_so(whitelist: Whitelist) -> None:
    bound = live(["read"], AppBound("Gridbot"))

    assert [c.means for c in plan_of(bound, frozenset({"read"}), whitelist, profile())] == [Means.MANUAL]
    assert plan_of(bound, frozenset({"read"}), AppBound("Gridbot"), profile()) == ()
