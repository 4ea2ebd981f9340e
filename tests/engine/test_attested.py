"""What attestations make of facets: attested where nobody can see, nothing anywhere else, and void at any change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accesscfg.engine.attested import binding
from accesscfg.engine.compare import compare, key_hash
from accesscfg.engine.plan import Context, make_plan
from accesscfg.model.attestation import Attestation
from accesscfg.model.desired import DesiredKey, Policies
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist
from accesscfg.model.observed import (
    Facet,
    KeyReading,
    LiveKey,
    Observation,
    Observed,
    Partly,
    Probed,
    Sighting,
    Unknown,
    Unobservable,
)
from accesscfg.model.paths import parse_key_path
from accesscfg.model.plan import FacetState
from tests.support.attest import (
    POLICIES,
    all_entries,
    declaration,
    entry,
    facets,
    register,
    remarks,
    with_entries,
)
from tests.support.build import NOW, addresses, desired, live, profile

LISTED = addresses("203.0.113.10", "203.0.113.11")
FLAG = Partly(True, "only a flag is shown", NOW)
HIDDEN = Unobservable("nothing is shown")


def key(**fields: object) -> DesiredKey:
    made = desired("main/bot", ["read", "spot"], LISTED)
    return replace(made, label="bot", **fields)  # type: ignore[arg-type]


def reading(whitelist: Observation = FLAG, **more: Observation) -> KeyReading:
    seen = {Facet(name): one for name, one in more.items()}
    shown = live(["read", "spot"], LISTED, label="bot")
    shown = replace(shown, facets={**shown.facets, Facet.IP_WHITELIST: whitelist, **seen})
    return KeyReading({Facet.PRESENCE: Observed(True, NOW), **shown.facets}, shown)


def whitelist_of(
    declared: DesiredKey,
    seen: KeyReading,
    *entries: Attestation,
    policies: Policies = POLICIES,
    key_id: str | None = "id-1",
    sandbox: bool = False,
) -> tuple[FacetState, str]:
    """The state of a key's whitelist, and why."""
    book = register(declaration(declared, policies=policies), entries, key_id, sandbox=sandbox)
    found = facets(book, declared, seen)[Facet.IP_WHITELIST]
    return found.state, found.why


def stated(declared: DesiredKey, key_id: str | None = "id-1", *, sandbox: bool = False) -> Attestation:
    """Alice's statement about the whitelist of a key, in a run of that kind."""
    book = register(declaration(declared), (), key_id, sandbox=sandbox)
    return entry(book, declared, Facet.IP_WHITELIST, declared.whitelist)


# -- what becomes attested -------------------------------------------------------------------------------------------

values = {
    Facet.PRESENCE: st.booleans(),
    Facet.LABEL: st.sampled_from(["bot", "other"]),
    Facet.PERMISSIONS: st.frozensets(st.sampled_from(["read", "spot", "withdraw"])),
    Facet.IP_WHITELIST: st.sampled_from(
        [LISTED, addresses("198.51.100.1"), Unrestricted(), AppBound("grid"), AppBound(None)]
    ),
}
names = st.sampled_from(["read", "spot", "withdraw"])


def observations(facet: Facet) -> st.SearchStrategy[Observation]:
    """Everything that can be seen of a facet."""
    some: list[st.SearchStrategy[Observation]] = [
        st.builds(Observed, values[facet], st.just(NOW)),
        st.just(HIDDEN),
        st.just(Unknown("no answer")),
    ]
    if facet is Facet.IP_WHITELIST:
        some.append(st.builds(Partly, st.booleans(), st.just("a flag"), st.just(NOW)))
    if facet is Facet.PERMISSIONS:
        sets = st.frozensets(names)
        some.append(st.builds(Probed, sets, sets, st.just("probed"), st.just(NOW)))
    return st.one_of(some)


@given(
    st.fixed_dictionaries({facet: observations(facet) for facet in values}),
    st.sampled_from([LISTED, Unrestricted(), AppBound("grid")]),
)
def test_whatever_is_stated_only_what_nobody_can_see_becomes_attested(
    seen: dict[Facet, Observation], whitelist: Whitelist
) -> None:
    declared = key(whitelist=whitelist)
    looked = KeyReading(seen, live(["read"], LISTED))
    book = register(declaration(declared))
    book = with_entries(book, all_entries(book, declared, looked))

    before = {one.facet: one for one in compare(declared, looked, profile())}
    after = facets(book, declared, looked)

    for facet, result in before.items():
        if result.state in (FacetState.CONSISTENT, FacetState.UNOBSERVABLE):
            assert after[facet].state is FacetState.ATTESTED
            assert after[facet].attestation is not None
        else:
            assert after[facet] == result


@pytest.mark.parametrize("seen", [FLAG, HIDDEN])
def test_a_standing_statement_is_shown_with_its_name_its_time_and_its_end(seen: Observation) -> None:
    declared = key()
    book = register(declaration(declared), [stated(declared)])
    found = facets(book, declared, reading(seen))[Facet.IP_WHITELIST]

    assert found.state is FacetState.ATTESTED
    assert found.attestation is not None
    assert (found.attestation.by, found.attestation.at) == ("Alice", NOW)
    assert found.attestation.until == NOW + timedelta(days=90)


def test_the_hash_of_a_key_and_its_changes_are_the_same_with_and_without_attestations() -> None:
    """A plan that was saved before an attestation can still be applied."""
    declared = key(permissions=frozenset({"read"}))
    looked = reading()
    made = []
    for entries in ((), (stated(declared),)):
        book = register(declaration(declared), entries)
        context = Context(lambda _: profile(), lambda *_: None, lambda _: False, "test", NOW, register=book)
        sighting = Sighting({"main/bot": looked})
        made.append(make_plan(declaration(declared), {declared.path}, sighting, context))
    without, with_one = made

    assert without.keys[0].states != with_one.keys[0].states
    assert without.keys[0].hash == with_one.keys[0].hash == key_hash(compare(declared, looked, profile()))
    assert without.changes == with_one.changes != ()


# -- what voids it ---------------------------------------------------------------------------------------------------


@given(
    st.frozensets(st.sampled_from([f"203.0.113.{n}" for n in range(8, 14)]), min_size=1),
    st.frozensets(st.sampled_from([f"203.0.113.{n}" for n in range(8, 14)]), min_size=1),
)
def test_it_counts_exactly_while_the_declared_list_is_the_same(
    then: frozenset[str], now: frozenset[str]
) -> None:
    entries = [stated(key(whitelist=Addresses(then)))]
    state, why = whitelist_of(key(whitelist=Addresses(now)), reading(), *entries)

    assert (state is FacetState.ATTESTED) == (then == now)
    assert ("what is declared has changed since" in why) == (then != now)


@given(st.sampled_from([None, "id-1", "id-2"]), st.sampled_from([None, "id-1", "id-2"]))
def test_it_counts_exactly_while_the_key_has_the_same_id_or_none(then: str | None, now: str | None) -> None:
    declared, unseen = key(), KeyReading({Facet.IP_WHITELIST: HIDDEN})
    state, why = whitelist_of(declared, unseen, stated(declared, key_id=then), key_id=now)

    assert (state is FacetState.ATTESTED) == (then == now)
    assert ("no longer counts" in why) == (then != now)


@pytest.mark.parametrize(
    ("then", "now", "why"),
    [
        (None, "id-1", "the key's id was not known then, and is now"),
        ("id-1", None, "the key's id was known then, and is not now"),
        ("id-1", "id-2", "it is another key now"),
    ],
)
def test_that_it_is_another_key_is_said_in_words(then: str | None, now: str | None, why: str) -> None:
    declared, unseen = key(), KeyReading({Facet.IP_WHITELIST: HIDDEN})
    state = whitelist_of(declared, unseen, stated(declared, key_id=then), key_id=now)

    assert state == (
        FacetState.UNOBSERVABLE,
        f"nothing is shown; what Alice attested on 2026-11-21 no longer counts: {why};"
        f" look again, then: accesscfg attest {declared.path} --by NAME",
    )


@given(st.integers(1, 400), st.integers(0, 400))
def test_it_counts_for_as_many_days_as_the_policy_allows(allowed: int, days: int) -> None:
    declared = key()
    entries = [replace(stated(declared), at=NOW - timedelta(days=days))]
    state, why = whitelist_of(
        declared, reading(), *entries, policies=Policies(attestation_max_age_days=allowed)
    )

    assert (state is FacetState.ATTESTED) == (days < allowed)
    assert (f"older than the {allowed} days of attestation_max_age" in why) == (days >= allowed)


def test_without_the_policy_it_has_no_end() -> None:
    declared = key()
    old = replace(stated(declared), at=NOW - timedelta(days=4000))
    assert whitelist_of(declared, reading(), old, policies=Policies())[0] is FacetState.ATTESTED


def test_it_is_about_one_facet_of_one_key() -> None:
    declared, other = key(), key(path=parse_key_path("main/other"))
    of_other = stated(other)
    moved = replace(of_other, key="main/bot")
    of_label = replace(stated(declared), facet=Facet.LABEL)

    assert whitelist_of(declared, reading(), of_other)[0] is FacetState.CONSISTENT
    assert whitelist_of(declared, reading(), of_label)[0] is FacetState.CONSISTENT
    assert "has changed since" in whitelist_of(declared, reading(), moved)[1]
    hidden = reading(label=HIDDEN)
    assert facets(register(declaration(declared), [of_label]), declared, hidden)[Facet.LABEL].state is (
        FacetState.UNOBSERVABLE
    )


@pytest.mark.parametrize("field", ["fingerprint", "hash", "says", "facet"])
def test_an_entry_whose_parts_do_not_belong_together_counts_for_nothing(field: str) -> None:
    declared = key()
    others = {
        "fingerprint": "id:" + "0" * 32,
        "hash": "sha256:" + "0" * 64,
        "says": ("203.0.113.10",),
        "facet": Facet.IP_WHITELIST,
    }
    other = entry(register(declaration(declared)), declared, Facet.LABEL, "bot")
    base = other if field == "facet" else stated(declared)
    edited = replace(base, **{field: others[field]})  # type: ignore[arg-type]
    assert whitelist_of(declared, reading(), edited)[0] is FacetState.CONSISTENT


def test_the_fingerprint_of_a_new_key_cannot_be_put_into_an_old_entry() -> None:
    declared, unseen = key(), KeyReading({Facet.IP_WHITELIST: HIDDEN})
    old, new = stated(declared, "id-1"), stated(declared, "id-2")
    state, _ = whitelist_of(declared, unseen, replace(old, fingerprint=new.fingerprint), key_id="id-2")
    assert state is FacetState.UNOBSERVABLE


def test_each_part_of_what_is_bound_changes_the_hash() -> None:
    parts = [
        ("main/bot", Facet.PRESENCE, True, "id:1"),
        ("main/cat", Facet.PRESENCE, True, "id:1"),
        ("main/bot", Facet.ENABLED, True, "id:1"),
        ("main/bot", Facet.PRESENCE, False, "id:1"),
        ("main/bot", Facet.PRESENCE, True, "id:2"),
    ]
    assert len({binding(*one) for one in parts}) == len(parts)


def test_what_was_stated_in_the_sandbox_counts_there_only() -> None:
    declared = key()
    rehearsed = stated(declared, sandbox=True)
    assert whitelist_of(declared, reading(), rehearsed, sandbox=True)[0] is FacetState.ATTESTED
    assert whitelist_of(declared, reading(), rehearsed)[0] is FacetState.CONSISTENT
    assert whitelist_of(declared, reading(), stated(declared), sandbox=True)[0] is FacetState.CONSISTENT


def test_the_former_name_of_a_key_is_followed_and_the_present_one_comes_first() -> None:
    old = key(path=parse_key_path("main/robot"))
    renamed = key(previously=parse_key_path("main/robot"))
    assert whitelist_of(renamed, reading(), stated(old))[0] is FacetState.ATTESTED
    assert whitelist_of(key(), reading(), stated(old))[0] is FacetState.CONSISTENT

    void = replace(stated(renamed), at=NOW - timedelta(days=100))
    assert whitelist_of(renamed, reading(), stated(old), void)[0] is FacetState.CONSISTENT


# -- which key it is -------------------------------------------------------------------------------------------------


def unseen_sub_key(**fields: object) -> DesiredKey:
    return replace(desired("main/sub/bot", ["read"], LISTED), **fields)  # type: ignore[arg-type]


def print_of(
    declared: DesiredKey, shown: LiveKey | None, key_id: str | None = None, sub_id: str = "s-1"
) -> str:
    return register(declaration(declared, sub_id=sub_id), key_id=key_id).fingerprint(declared, shown)


def test_an_id_is_the_same_from_wherever_it_is_known() -> None:
    declared = unseen_sub_key()
    assert print_of(declared, None, "abc") == print_of(declared, live(["read"], LISTED, key_id="abc"))
    assert print_of(declared, None, "abc").startswith("id:")
    assert "abc" not in print_of(declared, None, "abc")


def test_the_visible_part_of_a_masked_id_tells_keys_apart() -> None:
    declared = unseen_sub_key()
    first, second = (replace(live(["read"], LISTED, key_id=f"ab***{n}"), masked=True) for n in (1, 2))
    blank = replace(first, key_id="*****")
    assert print_of(declared, first).startswith("part:")
    assert print_of(declared, first) != print_of(declared, second)
    assert print_of(declared, blank) == print_of(declared, None)


def test_where_no_id_is_known_the_entry_says_so_and_binds_the_sub_account() -> None:
    declared = unseen_sub_key()
    assert print_of(declared, None).startswith("no-id:")
    assert print_of(declared, None) != print_of(declared, None, sub_id="s-2")


# -- what is said ----------------------------------------------------------------------------------------------------


def test_the_exchange_showing_that_it_differs_is_drift_and_names_the_statement() -> None:
    declared = key()
    book = register(declaration(declared), [stated(declared)])
    looked = reading(Observed(Unrestricted(), NOW))

    assert facets(book, declared, looked)[Facet.IP_WHITELIST].state is FacetState.DRIFT
    (note,) = remarks(book, declared, looked)
    assert "Alice attested on 2026-11-21 that its ip_whitelist is as declared" in note


@pytest.mark.parametrize(("days", "said"), [(75, False), (76, True), (89, True)])
def test_the_end_is_announced_as_long_before_as_for_keys(days: int, said: bool) -> None:
    declared = key()
    old = replace(stated(declared), at=NOW - timedelta(days=days))
    book = register(declaration(declared), [old])
    notes = remarks(book, declared, reading())

    assert bool(notes) == said
    assert all("accesscfg attest main/bot --facet ip_whitelist --by NAME" in note for note in notes)
