"""What a guide tells to do, and in which order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accesscfg.model.guide import Guide, Purpose, StepKind
from accesscfg.model.networks import AppBound, Unrestricted
from accesscfg.model.observed import Facet, KeyReading, Observed, Partly, Probed, Unknown, Unobservable
from accesscfg.model.plan import Guard, Refusal
from accesscfg.model.profile import Caution
from accesscfg.report.guide_markdown import guide_to_markdown
from accesscfg.report.guide_text import guide_to_text
from tests.guides.toy import APART, cautioned, group, guide, ips, kinds, seen, toy, visits, website
from tests.support.build import NOW, desired, permission
from tests.support.venues import PROFILES

K = StepKind
HIDDEN = Unobservable("it is not shown")


def texts(made: Guide, *wanted: StepKind) -> list[str]:
    return [step.text for step in made.steps if step.kind in wanted]


# -- what cannot be had ---


@pytest.mark.parametrize("new", [False, True])
@pytest.mark.parametrize(
    ("names", "said"), [(("read", "spot"), "write spot, margin, futures"), (("native:stow",), "stow")]
)
def test_what_no_key_of_the_account_can_have_is_corrected_first_and_no_step_leads_into_a_wrong_state(
    names: tuple[str, ...], said: str, new: bool
) -> None:
    """Nothing is wanted then as far as the account's mode goes, and to untick everything would be followed."""
    bitget = PROFILES.get("bitget")
    assert bitget is not None
    key = replace(desired("main/bot", ["stor", "stow"], ips("1", "2")), declared_permissions=names)
    made = guide(key, seen(["uta_read", "uta_trade"], ips("1"), mode="unified"), bitget, new=new)

    assert (made.purpose, made.new, made.steps, made.wanted.rights) == (Purpose.DECLARE, False, (), ())
    assert said in made.notes[0]
    assert made.notes[0].endswith("correct the permissions of main/bot in the declaration, then ask again")
    assert "change the declaration first" in guide_to_text(made)
    assert "change the declaration first" in guide_to_markdown(made)


def test_a_key_that_is_to_go_can_be_deleted_whatever_it_was_declared_with() -> None:
    bitget = PROFILES.get("bitget")
    key = replace(desired("main/bot", ["stow"], ips("1")), declared_permissions=("native:stow",), absent=True)
    made = guide(key, seen(["uta_read"], ips("1"), mode="unified"), bitget)
    assert made.purpose is Purpose.DELETE
    assert made.steps


# -- order ---------------------------------------------------------------------------------------------------------


def test_a_form_that_saves_rights_and_addresses_together_is_one_visit_and_trading_comes_after_the_addresses() -> (
    None
):
    key = desired("main/bot", ["read", "spot"], ips("1", "2"))
    made = guide(key, seen(["read", "withdraw"], ips("1", "3")))
    assert visits(made) == [[K.UNTICK, K.PASTE, K.REMOVE, K.TICK, K.SAVE]]


def test_forms_of_their_own_are_visited_to_revoke_then_for_addresses_then_to_grant() -> None:
    key = desired("main/bot", ["read", "spot"], ips("1", "2"))
    made = guide(key, seen(["read", "withdraw"], ips("1", "3")), toy(website(APART)))
    assert visits(made) == [[K.UNTICK, K.SAVE], [K.PASTE, K.REMOVE, K.SAVE], [K.TICK, K.SAVE]]


def test_without_a_change_of_addresses_rights_are_one_visit() -> None:
    key = desired("main/bot", ["read", "spot"], ips("1"))
    made = guide(key, seen(["read", "withdraw"], ips("1")), toy(website(APART)))
    assert visits(made) == [[K.UNTICK, K.TICK, K.SAVE]]


@pytest.mark.parametrize(("enabled", "order"), [(True, [K.UNTICK, K.SAVE, K.ENABLE]), (False, [K.DISABLE])])
def test_a_key_is_enabled_last_and_disabled_first(enabled: bool, order: list[StepKind]) -> None:
    key = desired("main/bot", ["read"], ips("1"), enabled=enabled)
    profile = toy(website(enable="Switch the key on.", disable="Switch the key off."))
    live = seen(["read", "withdraw"], ips("1"), enabled=Observed(not enabled, NOW))
    assert kinds(guide(key, live, profile))[: len(order)] == order


def test_a_name_goes_along_with_the_form_that_holds_it() -> None:
    key = desired("main/bot", ["read", "spot"], ips("1"), label="two")
    (form,) = toy().manual.forms
    profile = toy(website((replace(form, changes=form.changes | {Facet.LABEL}),), rename="Change the name."))
    made = guide(key, seen(["read"], ips("1")), profile)
    assert visits(made) == [[K.RENAME, K.TICK, K.SAVE]]
    assert [step.copy for step in made.steps if step.kind is K.RENAME] == ["two"]


def test_a_name_that_is_only_looked_at_is_looked_at_once_the_key_is_found() -> None:
    key = desired("main/bot", ["read"], ips("1"), label="two")
    reading = KeyReading(dict.fromkeys(seen(HIDDEN, HIDDEN).facets, HIDDEN))
    looked = [
        step.kind for step in guide(key, reading).steps if "its name" in step.text or step.kind is K.OPEN
    ]
    assert looked[-1] is K.CHECK


def test_what_the_website_cannot_change_is_said_and_not_guided() -> None:
    key = desired("main/bot", ["read"], ips("1"), label="two")
    made = guide(key, seen(["read"], ips("1")))
    assert made.steps == ()
    assert "no way is known to change the name" in made.beyond[0]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (("1",), "See that the list holds 198.51.100.1 alone; remove every other address."),
        (
            ("1", "2"),
            "See that the list holds exactly these 2: 198.51.100.1, 198.51.100.2; remove every other address.",
        ),
    ],
)
def test_no_reader_takes_the_wanted_addresses_for_those_to_be_removed(
    wanted: tuple[str, ...], said: str
) -> None:
    made = guide(desired("main/bot", ["read"], ips(*wanted)), seen(["read"], HIDDEN))
    assert texts(made, K.REMOVE_OTHERS) == [said]


# -- permissions ---------------------------------------------------------------------------------------------------


def test_only_differences_are_ticked_and_the_whole_list_is_looked_over() -> None:
    made = guide(desired("main/bot", ["read", "spot"], ips("1")), seen(["read", "futures"], ips("1")))
    assert texts(made, K.UNTICK, K.TICK, K.CHECK) == [
        'Untick "Futures" (futures).',
        'Tick "Spot" (spot).',
        'Look over the whole list: ticked are "Read" (read), "Spot" (spot), and nothing else.',
    ]
    assert all(step.certain for step in made.steps)


def test_a_right_nobody_knows_is_unticked_by_its_native_name() -> None:
    made = guide(desired("main/bot", ["read"], ips("1")), seen(["read", "teleport"], ips("1")))
    (text,) = texts(made, K.UNTICK)
    assert "teleport" in text
    assert "this version does not know it" in text


def test_a_right_that_comes_with_a_wanted_one_may_be_either_way() -> None:
    key = desired("main/bot", ["read", "futures"], ips("1"))
    made = guide(key, seen(["read", "extra"], ips("1")))
    assert texts(made, K.UNTICK) == []
    assert next(right.wanted for right in made.wanted.rights if right.native == "extra") is None


@pytest.mark.parametrize(
    ("live", "wanted", "said"),
    [
        ([], ["a", "b"], 'Tick all of the group "Grouped": a, b.'),
        (["a"], ["a", "b"], 'Tick all of the group "Grouped": b.'),
        ([], ["a"], 'In the group "Grouped" tick just these: a.'),
        (["a", "b"], [], 'Untick all of the group "Grouped": a, b.'),
        (["a", "b"], ["a"], 'In the group "Grouped" untick just these: b.'),
    ],
)
def test_a_group_is_one_step_and_whole_where_all_of_it_is_meant(
    live: list[str], wanted: list[str], said: str
) -> None:
    profile = toy(None, *group("Grouped", "a", "b"))
    made = guide(desired("main/bot", ["read", *wanted], ips("1")), seen(["read", *live], ips("1")), profile)
    assert texts(made, K.TICK, K.UNTICK) == [said]


def test_what_is_not_seen_is_gone_through_as_a_whole() -> None:
    made = guide(desired("main/bot", ["read", "spot"], ips("1", "2")), seen(HIDDEN, HIDDEN))
    assert made.purpose is Purpose.COMPARE
    assert kinds(made) == [K.UNTICK_OTHERS, K.RESTRICT, K.PASTE, K.REMOVE_OTHERS, K.TICK, K.TICK, K.SAVE]
    assert [step.certain for step in made.steps if step.facet is not None] == [False] * 6


def test_what_is_known_of_some_rights_comes_first() -> None:
    probed = Probed(frozenset({"withdraw"}), frozenset({"spot"}), "two were tried", NOW)
    made = guide(desired("main/bot", ["read", "spot"], ips("1")), seen(probed, ips("1")))
    assert made.purpose is Purpose.CHANGE
    assert [(step.kind, step.natives) for step in made.steps if step.facet is not None] == [
        (K.UNTICK, ("withdraw",)),
        (K.UNTICK_OTHERS, ("read", "spot")),
        (K.TICK, ("spot",)),
        (K.TICK, ("read",)),
    ]


def test_where_the_mode_of_an_account_is_not_known_both_lists_are_shown_under_its_name() -> None:
    rows = (
        replace(permission("old", ["earn"]), mode="classic"),
        replace(permission("new", ["earn"]), mode="uta"),
    )
    profile = replace(toy(None, *rows), modes={"classic": "Classic", "uta": "Unified"})
    key = replace(desired("main/bot", ["read"], ips("1")), declared_permissions=("read", "earn"))
    unsure = guide(key, seen(HIDDEN, ips("1")), profile)
    sure = guide(key, seen(HIDDEN, ips("1"), mode="uta"), profile)

    ticks = [(step.mode, step.natives) for step in unsure.steps if step.kind is K.TICK]
    assert ("classic", ("old",)) in ticks
    assert ("uta", ("new",)) in ticks
    assert any(text.startswith("If the account is in Unified mode: tick") for text in texts(unsure, K.TICK))
    assert {step.natives for step in sure.steps if step.kind is K.TICK} == {("read",), ("new",)}
    assert {step.mode for step in sure.steps} == {None}


def test_what_a_wider_right_gave_is_ticked_while_that_is_unticked() -> None:
    """Else the key would be cut off until the third form is saved."""
    rows = (permission("all", []), permission("part", ["earn"], comes_with=["all"]))
    profile = toy(website(APART), *rows)
    made = guide(desired("main/bot", ["read", "part"], ips("2")), seen(["read", "all"], ips("1")), profile)
    assert visits(made)[0] == [K.UNTICK, K.TICK, K.SAVE]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (["read"], ["read", "spot"], ["More."]),
        (["read", "spot"], ["read"], ["Read."]),
        (["read", "spot"], ["read", "futures"], []),
    ],
)
def test_the_choice_between_reading_and_writing_is_told_where_it_changes(
    before: list[str], after: list[str], said: list[str]
) -> None:
    profile = toy(website(read_only="Read.", read_write="More."))
    made = guide(desired("main/bot", after, ips("1")), seen(before, ips("1")), profile)
    assert texts(made, K.READ_ONLY, K.READ_WRITE) == said


# -- addresses -----------------------------------------------------------------------------------------------------


def test_one_after_the_other_new_ones_go_in_before_old_ones_go() -> None:
    key = desired("main/bot", ["read"], ips("1", "2"))
    made = guide(key, seen(["read"], ips("1", "3")), toy(entry=("one",)))
    assert [(step.kind, step.addresses) for step in made.steps if step.addresses] == [
        (K.ADD, ("198.51.100.2",)),
        (K.REMOVE, ("198.51.100.3",)),
    ]


def test_where_the_list_would_be_too_long_leaving_ones_go_first_and_are_named() -> None:
    key = desired("main/bot", ["read"], ips("1", "2", "3"))
    profile = toy(entry=("one",), most=4)
    made = guide(key, seen(["read"], ips("1", "4", "5")), profile)
    assert [(step.kind, step.addresses[0][-1]) for step in made.steps if step.addresses] == [
        (K.REMOVE, "4"),
        (K.ADD, "2"),
        (K.ADD, "3"),
        (K.REMOVE, "5"),
    ]
    assert "first, as the list takes 4" in texts(made, K.REMOVE)[0]


def test_an_address_in_both_lists_is_never_touched() -> None:
    for way in ("comma", "one"):
        made = guide(
            desired("main/bot", ["read"], ips("1", "2")),
            seen(["read"], ips("1", "3")),
            toy(most=2),
            entry=way,
        )
        assert not any("198.51.100.1" in step.addresses for step in made.steps if step.kind is K.REMOVE)


def test_a_list_that_does_not_fit_the_field_goes_in_in_pieces_that_each_fit() -> None:
    key = desired("main/bot", ["read"], ips(*"123456789"))
    profile = toy(longest=40)
    made = guide(key, seen(["read"], Unrestricted()), profile)
    pieces = [step.copy or "" for step in made.steps if step.kind is K.PASTE]
    assert [len(piece) for piece in pieces] == [38, 38, 38]
    assert ",".join(pieces).split(",") == [f"198.51.100.{n}" for n in range(1, 10)]
    assert texts(made, K.PASTE)[1].startswith("Paste part 2 of 3 of all 9 addresses")


def test_an_unrestricted_key_is_restricted_and_a_restricted_one_is_freed() -> None:
    key = desired("main/bot", ["read"], ips("1"))
    free = desired("main/bot", ["read"], Unrestricted())
    assert kinds(guide(key, seen(["read"], Unrestricted()))) == [K.RESTRICT, K.PASTE, K.SAVE]
    assert kinds(guide(free, seen(["read"], ips("1")))) == [K.LIFT, K.SAVE]
    assert kinds(guide(free, seen(["read"], Partly(True, "a flag", NOW)))) == [K.LIFT, K.SAVE]


def test_of_a_list_that_is_only_known_to_be_there_exactly_the_wanted_is_kept() -> None:
    made = guide(desired("main/bot", ["read"], ips("1")), seen(["read"], Partly(True, "a flag", NOW)))
    assert made.purpose is Purpose.COMPARE
    assert kinds(made) == [K.RESTRICT, K.PASTE, K.REMOVE_OTHERS, K.SAVE]
    assert made.attests == (Facet.IP_WHITELIST,)


def test_every_address_says_which_pool_it_comes_from() -> None:
    key = desired("main/bot", ["read"], ips("1", "2"), origins={"198.51.100.1": "cluster"})
    made = guide(key, seen(["read"], ips("2", "3")))
    assert [(one.entry[-1], one.origin, one.live) for one in made.wanted.addresses] == [
        ("1", "cluster", False),
        ("2", None, True),
    ]
    assert made.wanted.leaving == ("198.51.100.3",)


# -- new keys, and old ones ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "live"),
    [(AppBound("Platform"), ips("1")), (ips("1"), AppBound(None)), (ips("1"), AppBound("A"))],
)
def test_a_key_of_an_application_cannot_be_edited_so_a_new_one_is_made_and_the_old_one_deleted_last(
    wanted: AppBound, live: AppBound
) -> None:
    made = guide(desired("main/bot", ["read"], wanted), seen(["read"], live), toy(app="bound"))
    assert (made.purpose, made.new) == (Purpose.CREATE, True)
    assert kinds(made)[-1] is K.DELETE
    assert kinds(made).index(K.STORE) < kinds(made).index(K.DELETE)
    assert (K.BIND in kinds(made)) == isinstance(wanted, AppBound)


def test_a_right_that_no_form_changes_takes_a_new_key() -> None:
    kind = replace(permission("wide", []), write={"own": "no", "sub": "no"})
    made = guide(desired("main/bot", ["read"], ips("1")), seen(["read", "wide"], ips("1")), toy(None, kind))
    assert (made.purpose, made.new) == (Purpose.CREATE, True)
    assert any("a new key is needed, as no form changes: Wide" in note for note in made.notes)


def test_a_key_that_is_not_there_is_made_with_its_addresses_before_its_rights() -> None:
    missing = KeyReading({Facet.PRESENCE: Observed(False, NOW)})
    made = guide(desired("main/bot", ["read", "spot"], ips("1"), label="Bot"), missing)
    assert (made.purpose, made.new) == (Purpose.CREATE, False)
    assert kinds(made) == [K.RENAME, K.CREATE, K.RESTRICT, K.PASTE, K.TICK, K.TICK, K.SAVE, K.STORE]
    assert [step.copy for step in made.steps if step.kind is K.RENAME] == ["Bot"]
    assert "accesscfg secrets set main/bot" in texts(made, K.STORE)[0]


def test_a_secret_that_a_platform_holds_goes_there_and_nowhere_else() -> None:
    missing = KeyReading({Facet.PRESENCE: Observed(False, NOW)})
    made = guide(desired("main/bot", ["read"], ips("1"), held=False, used_by="Bitsgap"), missing)
    assert "Give key and secret to Bitsgap" in texts(made, K.STORE)[0]
    assert "secrets set" not in texts(made, K.STORE)[0]


def test_a_key_that_is_to_be_absent_is_deleted_unless_it_is_gone() -> None:
    key = desired("main/bot", ["read"], ips("1"), absent=True)
    gone = KeyReading({Facet.PRESENCE: Observed(False, NOW)})
    assert kinds(guide(key, seen(["read"], ips("1")))) == [K.DELETE]
    assert guide(key, gone).purpose is Purpose.NOTHING


# -- beside the steps ----------------------------------------------------------------------------------------------


def test_cautions_are_said_when_they_apply() -> None:
    profile = cautioned(
        Caution(frozenset({"always"}), "always"),
        Caution(frozenset({"permissions"}), "permissions"),
        Caution(frozenset({"ip_whitelist"}), "ip_whitelist"),
        Caution(frozenset({"unrestricted"}), "unrestricted"),
        Caution(frozenset({"create"}), "create"),
    )
    rights = guide(desired("main/bot", ["read"], ips("1")), seen(["read", "spot"], ips("1")), profile)
    lifted = guide(desired("main/bot", ["read"], Unrestricted()), seen(["read"], ips("1")), profile)
    nothing = guide(desired("main/bot", ["read"], ips("1")), seen(["read"], ips("1")), profile)
    assert rights.cautions == ("always", "permissions")
    assert lifted.cautions == ("always", "ip_whitelist", "unrestricted")
    assert nothing.cautions == ()


def test_what_a_guard_would_refuse_is_a_warning_whether_or_not_it_was_seen() -> None:
    key = desired("main/bot", ["read", "withdraw"], ips("1"))
    refusal = Refusal(Guard.LAST_ADDRESS, key.path, "c1", "nobody is left")
    made = guide(key, seen(HIDDEN, HIDDEN), refusals=[refusal])
    assert {one.guard for one in made.warnings} == {Guard.LAST_ADDRESS, Guard.GRANT_WITHDRAW}
    free = guide(desired("main/bot", ["read"], Unrestricted()), seen(["read"], HIDDEN))
    assert {one.guard for one in free.warnings} == {Guard.LIFT_RESTRICTION}


def test_steps_name_the_changes_of_the_plan_that_they_cover() -> None:
    made = guide(desired("main/bot", ["read", "spot"], ips("2")), seen(["read", "withdraw"], ips("1")))
    by_kind = {step.kind: step.changes for step in made.steps}
    assert len(made.changes) == 4
    assert {len(by_kind[kind]) for kind in (K.UNTICK, K.TICK, K.REMOVE, K.PASTE)} == {1}
    assert set(by_kind[K.SAVE]) == set(made.changes)


def test_ids_stay_while_a_step_stays_and_a_save_is_another_when_it_saves_something_else() -> None:
    key = desired("main/bot", ["read", "spot"], ips("1"))
    first = guide(key, seen(["read", "withdraw"], ips("1")))
    again = guide(key, seen(["read", "withdraw"], ips("1")))
    later = guide(key, seen(["read", "spot", "withdraw"], ips("1")))
    ids = {(step.kind, step.natives): step.id for step in first.steps}
    assert [step.id for step in again.steps] == [step.id for step in first.steps]
    assert len({step.id for step in first.steps}) == len(first.steps)
    assert {(step.kind, step.natives): step.id for step in later.steps}[K.UNTICK, ("withdraw",)] == ids[
        K.UNTICK, ("withdraw",)
    ]
    assert {step.id for step in later.steps if step.kind is K.SAVE}.isdisjoint(ids.values())


def test_where_nothing_could_be_asked_the_guide_is_whole() -> None:
    unknown = Unknown("no connection")
    made = guide(desired("main/bot", ["read"], ips("1")), KeyReading(dict.fromkeys(Facet, unknown)))
    assert made.purpose is Purpose.COMPARE
    assert K.UNTICK_OTHERS in kinds(made)
    assert K.REMOVE_OTHERS in kinds(made)
    assert "not seen: no connection" in made.notes
