"""How sure one must be before a plan is applied, and what is said before one is asked."""

from __future__ import annotations

from dataclasses import replace

from accesscfg.model.networks import Unrestricted
from accesscfg.model.observed import Facet
from accesscfg.model.paths import parse_key_path
from accesscfg.model.plan import Change, Direction, Guard, Plan, Refusal
from accesscfg_tui.viewmodel.question import Question, question, scope_lines
from accesscfg_tui.viewmodel.sheet import Sheet
from tests.report.plans import WORDS, change, drifted, ips, key, natives, plan

NARROWS = change("c1", "desk/grid/bot", Facet.PERMISSIONS, natives("r", "w"), natives("r"), Direction.REVOKES)


def sheet(made: Plan) -> Sheet:
    return Sheet(made, WORDS, made.declaration_hash)


def of(*changes: Change, refusals: tuple[Refusal, ...] = ()) -> Sheet:
    paths = dict.fromkeys(str(one.key) for one in changes)
    return sheet(plan([key(path) for path in paths], changes, refusals=refusals))


def expected(asked: Question) -> list[str]:
    return [one.expected for one in asked.answers]


def scope(one: Sheet) -> str:
    return "\n".join(line.text for line in scope_lines(one, 90))


def test_rights_that_are_only_taken_away_need_no_typing() -> None:
    assert question(of(NARROWS)).answers == ()


def test_who_wants_to_type_before_every_apply_does_and_nobody_types_less() -> None:
    assert expected(question(of(NARROWS), always=True)) == ["bot"]
    asked = question(sheet(drifted()))
    assert question(sheet(drifted()), always=True) == asked


def test_shutting_out_widening_and_lifting_ask_for_the_keys_name() -> None:
    both, one = ips("203.0.113.10", "203.0.113.11"), ips("203.0.113.10")
    risky = (
        change("c1", "desk/grid/bot", Facet.IP_WHITELIST, both, one, Direction.REVOKES),
        change("c1", "desk/grid/bot", Facet.IP_WHITELIST, one, both, Direction.GRANTS),
        change("c1", "desk/grid/bot", Facet.IP_WHITELIST, one, Unrestricted(), Direction.GRANTS),
        change("c1", "desk/grid/bot", Facet.IP_WHITELIST, Unrestricted(), one, Direction.REVOKES),
        change("c1", "desk/grid/bot", Facet.PERMISSIONS, natives("r"), natives("r", "w"), Direction.GRANTS),
        change("c1", "desk/grid/bot", Facet.ENABLED, True, False, Direction.REVOKES),
    )
    for one_change in risky:
        assert expected(question(of(one_change))) == ["bot"], one_change


def test_several_keys_ask_for_their_number() -> None:
    first = change("c1", "desk/a", Facet.IP_WHITELIST, ips("192.0.2.1"), Unrestricted(), Direction.GRANTS)
    assert expected(question(of(first, replace(first, id="c2", key=parse_key_path("desk/b"))))) == ["2"]


def test_a_guard_is_lifted_by_typing_it_with_its_key_before_the_word() -> None:
    asked = question(sheet(drifted()))
    assert expected(asked) == ["last-address=desk/grid/bot", "bot"]
    assert asked.allow == ("last-address=desk/grid/bot",)
    assert asked.answers[0].why == "none of the addresses allowed today would remain"


def test_a_guard_on_narrowing_asks_for_both_too() -> None:
    refusal = Refusal(
        Guard.MANAGING_KEY, parse_key_path("desk/grid/bot"), "c1", "2 keys are managed through it"
    )
    assert expected(question(of(NARROWS, refusals=(refusal,)))) == ["managing-key=desk/grid/bot", "bot"]


def test_only_the_exact_text_is_an_answer() -> None:
    answer = question(sheet(drifted())).answers[0]
    assert answer.is_given(" last-address=desk/grid/bot ")
    for typed in ("", "y", "last-address", "last-address=desk/grid/bo", "LAST-ADDRESS=desk/grid/bot"):
        assert not answer.is_given(typed)


def test_live_and_sandbox_are_in_the_title() -> None:
    assert question(sheet(drifted())).title == "Apply to 1 key on LIVE exchanges?"
    asked = question(sheet(replace(drifted(), sandbox=True)))
    assert (asked.title, asked.live) == ("Apply to 1 key on the SANDBOX?", False)


def test_the_scope_names_exchange_keys_losers_and_what_is_not_touched() -> None:
    said = scope(sheet(drifted()))
    for part in (
        "4 changes on 1 key",
        "shut out: 198.51.100.7",
        "who loses something: Hummingbot (desk/grid/bot)",
        "not touched: 1 key with changes by hand, 1 key not readable",
        "North",
        "  desk/grid/bot  used by Hummingbot",
        "    - permissions: Withdrawals (canWithdraw)",
        "    + IP whitelist: 203.0.113.10",
    ):
        assert part in said, part
    assert "desk/trader" not in said


def test_whoever_is_not_on_the_new_list_is_said_to_be_shut_out() -> None:
    closes = change(
        "c1", "desk/a", Facet.IP_WHITELIST, Unrestricted(), ips("203.0.113.10"), Direction.REVOKES
    )
    assert "shut out of desk/a: everybody but 203.0.113.10" in scope(of(closes))
    opens = change("c1", "desk/a", Facet.IP_WHITELIST, ips("203.0.113.10"), Unrestricted(), Direction.GRANTS)
    assert "desk/a can be used from ANYWHERE then" in scope(of(opens))
