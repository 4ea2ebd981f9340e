"""What applying a plan would do to access, counted from the changes that would really be made."""

from __future__ import annotations

from collections.abc import Sequence

from accesscfg.model.networks import Unrestricted
from accesscfg.model.observed import Facet
from accesscfg.model.paths import KeyPath, parse_key_path
from accesscfg.model.plan import Change, Direction, FacetState, Guard, Means, Partial, Plan, Refusal
from accesscfg_tui.viewmodel.blast import blast, blast_lines, made_by_api, settled_keys, unread_keys
from tests.report.plans import change, drifted, ips, key, natives, plan, result

BOT = "desk/grid/bot"
GRANTS, REVOKES = Direction.GRANTS, Direction.REVOKES


def of(*changes: Change, refusals: Sequence[Refusal] = (), signed_by: str = "desk/manager") -> Plan:
    paths = dict.fromkeys(str(one.key) for one in changes)
    signer = parse_key_path(signed_by)
    keys = [key(path, used_by="Gridbot", signed_by=signer) for path in paths]
    return plan(keys, changes, refusals=tuple(refusals))


def addresses(
    name: str, path: str, before: object, after: object, direction: Direction, **more: object
) -> Change:
    return change(name, path, Facet.IP_WHITELIST, before, after, direction, **more)  # type: ignore[arg-type]


def pairs(found: frozenset[tuple[KeyPath, str]]) -> set[tuple[str, str]]:
    return {(str(path), one) for path, one in found}


def text(made: Plan, width: int = 60) -> str:
    return "\n".join(one.text for one in blast_lines(blast(made), made, width))


def test_addresses_and_rights_are_counted_with_their_keys() -> None:
    reach = blast(drifted())

    assert pairs(reach.let_in) == {(BOT, "203.0.113.10")}
    assert pairs(reach.shut_out) == {(BOT, "198.51.100.7")}
    assert pairs(reach.widened) == {(BOT, "canSpot")}
    assert pairs(reach.narrowed) == {(BOT, "canWithdraw")}
    assert [str(path) for path in reach.keys] == [BOT]
    assert not reach.only_narrows_rights


def test_what_is_made_by_hand_is_not_part_of_it() -> None:
    assert [one.id for one in blast(drifted()).changes] == ["c1", "c2", "c3", "c4"]


def test_what_waits_for_something_not_made_is_not_made_either() -> None:
    website = change("c1", "desk/a", Facet.ENABLED, True, False, REVOKES, Means.MANUAL)
    made = of(
        website,
        change(
            "c2", "desk/b", Facet.PERMISSIONS, natives("r", "w"), natives("r"), REVOKES, waits_for=("c1",)
        ),
        change(
            "c3", "desk/c", Facet.PERMISSIONS, natives("r", "w"), natives("r"), REVOKES, waits_for=("c2",)
        ),
        change("c4", "desk/d", Facet.PERMISSIONS, natives("r", "w"), natives("r"), REVOKES),
    )
    assert [one.id for one in made_by_api(made)] == ["c4"]


def test_a_key_that_is_left_out_takes_along_what_waits_for_it() -> None:
    made = of(
        change("c1", "desk/a", Facet.PERMISSIONS, natives("r", "w"), natives("r"), REVOKES),
        change(
            "c2", "desk/b", Facet.PERMISSIONS, natives("r", "w"), natives("r"), REVOKES, waits_for=("c1",)
        ),
    )
    assert made_by_api(made, {parse_key_path("desk/a")}) == ()
    assert [one.id for one in made_by_api(made, {parse_key_path("desk/b")})] == ["c1"]


def test_a_restriction_that_is_put_on_shuts_everybody_else_out() -> None:
    for before in (Unrestricted(), Partial(restricted=False)):
        reach = blast(of(addresses("c1", "desk/a", before, ips("203.0.113.10"), REVOKES)))
        assert [str(path) for path in reach.closed] == ["desk/a"]
        assert not reach.only_narrows_rights
        assert reach.losing


def test_a_restriction_that_is_lifted_opens_the_key() -> None:
    made = of(addresses("c1", "desk/a", ips("203.0.113.10"), Unrestricted(), GRANTS))
    assert [str(path) for path in blast(made).opened] == ["desk/a"]
    assert "open to everywhere    1" in text(made)


def test_a_list_that_is_not_shown_is_said_to_be_changed_otherwise() -> None:
    reach = blast(of(addresses("c1", "desk/a", Partial(restricted=True), ips("203.0.113.10"), REVOKES)))
    assert [str(path) for path in reach.other] == ["desk/a"]
    assert not reach.only_narrows_rights


def test_rights_that_go_and_names_that_change_are_all_that_needs_little_thought() -> None:
    made = of(
        change("c1", "desk/a", Facet.PERMISSIONS, natives("r", "w"), natives("r"), REVOKES),
        change("c2", "desk/a", Facet.LABEL, "old", "new", Direction.NEUTRAL),
    )
    assert blast(made).only_narrows_rights
    assert not blast(of(change("c1", "desk/a", Facet.ENABLED, True, False, REVOKES))).only_narrows_rights


def test_this_machine_stays_in_where_no_guard_doubts_it() -> None:
    narrowed = addresses("c1", "desk/manager", ips("203.0.113.10", "192.0.2.7"), ips("203.0.113.10"), REVOKES)
    assert (blast(of(narrowed)).own, blast(of(narrowed)).own_safe) == ("this machine stays in", True)

    refusal = Refusal(Guard.OWN_ADDRESS, parse_key_path("desk/manager"), "c1", "the address is not known")
    doubted = blast(of(narrowed, refusals=[refusal]))
    assert (doubted.own, doubted.own_safe) == ("this machine may lose desk/manager", False)


def test_refusals_of_keys_that_are_left_out_no_longer_count() -> None:
    assert [one.guard for one in blast(drifted()).refusals] == [Guard.LAST_ADDRESS]
    assert blast(drifted(), {parse_key_path(BOT)}).refusals == ()


def test_whoever_loses_something_is_named_with_the_keys() -> None:
    assert "loses something: Hummingbot (desk/grid/bot)" in text(drifted())


def test_keys_that_could_not_be_read_are_never_among_those_that_need_nothing() -> None:
    made = plan(
        [
            key("desk/calm"),
            key("desk/lost", result(Facet.PRESENCE, FacetState.UNKNOWN, True)),
            key("desk/half", result(Facet.PRESENCE, FacetState.CONSISTENT, True)),
        ]
    )
    assert [str(one.path) for one in settled_keys(made)] == ["desk/calm"]
    assert [str(one.path) for one in unread_keys(made)] == ["desk/lost"]
    assert "keys not readable     1" in text(made)


def test_lines_fit_their_width() -> None:
    for width in (30, 40, 56):
        assert all(len(line) <= width for line in text(drifted(), width).splitlines())


def test_of_many_keys_the_first_are_named_and_the_others_counted() -> None:
    many = [
        addresses(f"c{n}", f"desk/key-{n:02}", ips("192.0.2.1"), ips("192.0.2.1", "192.0.2.2"), GRANTS)
        for n in range(20)
    ]
    said = " ".join(text(of(*many)).split())
    assert "desk/key-07 and 12 more" in said
    assert "desk/key-08" not in said
