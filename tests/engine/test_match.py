"""Which live key is which declared key; never a guess."""

from __future__ import annotations

from dataclasses import replace

from accesscfg.engine.match import Unsure, match
from accesscfg.model.networks import Unrestricted
from accesscfg.model.observed import LiveKey
from tests.support.build import desired, live

A = desired("main/sub/a", ["read"], Unrestricted())
B = desired("main/sub/b", ["read"], Unrestricted())


def one(key_id: str | None, label: str = "", *, masked: bool = False) -> LiveKey:
    return replace(live(["read"], Unrestricted()), key_id=key_id, label=label or None, masked=masked)


def test_a_full_id_decides_whatever_the_labels_say() -> None:
    right, wrong = one("AAAA", "b"), one("BBBB", "a")
    matched = match([A, B], {A.path: "AAAA", B.path: "BBBB"}, [wrong, right])

    assert matched.found == {A.path: right, B.path: wrong}
    assert matched.rest == ()


def test_a_live_key_without_an_id_is_not_taken_for_a_declared_one_whose_id_is_not_known() -> None:
    nameless = one("", "x")
    matched = match([A], {}, [nameless, one("BBBB", "y")])

    assert isinstance(matched.found[A.path], Unsure)
    assert matched.rest == ()


def test_the_visible_part_of_a_masked_id_decides_when_only_one_fits() -> None:
    first, second = one("AA***11", masked=True), one("BB***22", masked=True)
    matched = match([A, B], {A.path: "AAxyz11", B.path: "BBxyz22"}, [second, first])

    assert matched.found == {A.path: first, B.path: second}


def test_two_masked_ids_that_both_fit_are_unsure_and_never_undeclared() -> None:
    twins = [one("AA***", "x", masked=True), one("A***", "y", masked=True)]
    matched = match([A], {A.path: "AAxyz"}, twins)

    assert isinstance(matched.found[A.path], Unsure)
    assert matched.rest == ()


def test_a_wholly_masked_id_falls_back_to_a_label_that_is_unique_on_both_sides() -> None:
    key = replace(A, label="quoter")
    seen = one("******", "quoter", masked=True)

    assert match([key], {key.path: "full"}, [seen]).found[key.path] is seen
    both = [seen, one("******", "quoter", masked=True)]
    assert isinstance(match([key], {key.path: "full"}, both).found[key.path], Unsure)


def test_a_label_never_overrules_a_full_id_that_differs() -> None:
    key = replace(A, label="quoter")
    stranger = one("ZZZZ", "quoter")
    matched = match([key], {key.path: "AAAA"}, [stranger])

    assert matched.found[key.path] is None
    assert matched.rest == (stranger,)


def test_without_id_and_label_a_key_is_unknown_while_any_live_key_might_be_it() -> None:
    seen = one("AAAA", "x")

    unsure = match([A], {}, [seen]).found[A.path]
    assert isinstance(unsure, Unsure)
    assert "'x'" in unsure.candidates[0]
    assert match([A], {}, []).found[A.path] is None


def test_the_order_of_the_listing_and_of_the_declaration_does_not_matter() -> None:
    first, second, extra = one("AAAA", "a"), one("BBBB", "b"), one("CCCC", "c")
    ids = {A.path: "AAAA", B.path: "BBBB"}

    one_way, other_way = (
        match([A, B], ids, [first, second, extra]),
        match([B, A], ids, [extra, second, first]),
    )
    assert one_way.found == other_way.found
    assert one_way.rest == other_way.rest == (extra,)
