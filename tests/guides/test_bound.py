"""Keys that are bound to an application: they are looked at and replaced, never edited."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accesscfg.engine.compare import all_unobservable
from accesscfg.model.guide import Guide, Purpose, StepKind
from accesscfg.model.networks import AppBound
from accesscfg.model.observed import Facet, KeyReading, Observed, Unobservable
from accesscfg.model.profile import Profile
from tests.guides.toy import guide, ips, kinds, seen, toy
from tests.support.build import NOW, desired
from tests.support.venues import PROFILES

K = StepKind


def of(exchange: str) -> Profile:
    found = PROFILES.get(exchange)
    assert found is not None
    return found


BYBIT = of("bybit")
COPIER = desired("main/copier", ["read"], AppBound("Copydesk"), label="copier", held=False)
UNSEEN = KeyReading(all_unobservable(COPIER, BYBIT, "its secret is not held here and no other key lists it"))
ONLY_LOOKED = {K.OPEN, K.CHECK, K.DO}


def said(made: Guide, *wanted: StepKind) -> str:
    return "\n".join(step.text for step in made.steps if not wanted or step.kind in wanted)


def test_a_key_of_an_application_that_nobody_sees_is_looked_at_and_where_it_differs_made_anew() -> None:
    made = guide(COPIER, UNSEEN, BYBIT)
    assert made.purpose is Purpose.COMPARE
    assert {step.kind for step in made.steps} == ONLY_LOOKED
    assert made.steps[-1].text.endswith("Make a new one: accesscfg guide main/copier --new")
    for word in ("Edit", "Untick", "Tick ", "Submit"):
        assert word not in said(made)
    assert 'bound to the application "Copydesk"' in said(made, K.CHECK)
    assert made.needs == ()
    assert not any("Read-Write" in caution for caution in made.cautions)
    assert any("cannot be edited" in caution for caution in made.cautions)
    assert Facet.IP_WHITELIST in made.attests


def test_every_open_facet_of_it_is_looked_at_and_no_other() -> None:
    key = desired("main/bot", ["read"], AppBound("Platform"), label="bot")
    made = guide(key, seen(["read"], AppBound(None), label="bot"), toy(app="bound"))
    looked = [step.facet for step in made.steps if step.kind is K.CHECK]
    assert looked == [Facet.IP_WHITELIST]
    assert kinds(made) == [K.DO]


def test_a_key_of_an_application_whose_rights_differ_is_made_anew_where_nobody_sees_the_binding() -> None:
    hidden = Unobservable("it is not shown")
    made = guide(desired("main/bot", ["read"], AppBound("Platform")), seen(["read", "withdraw"], hidden))
    assert (made.purpose, made.new) == (Purpose.CREATE, True)


@pytest.mark.parametrize(
    ("exchange", "bound", "unbound"),
    [
        ("bybit", "Connect to Third-Party Applications", "API Transaction"),
        ("okx", "Linking third-party app", "API trading"),
    ],
)
def test_only_the_usage_that_is_right_is_told(exchange: str, bound: str, unbound: str) -> None:
    profile = of(exchange)
    of_app = said(guide(COPIER, UNSEEN, profile, new=True))
    assert bound in of_app
    assert unbound not in of_app
    own = said(guide(replace(COPIER, whitelist=ips("1")), UNSEEN, profile, new=True))
    assert unbound in own
    assert bound not in own


def test_what_may_not_be_there_is_deleted_only_where_it_is_and_told_apart() -> None:
    made = guide(COPIER, UNSEEN, BYBIT, new=True)
    look, last = made.steps[-2:]
    assert "Where it shows none, there is nothing to delete" in look.text
    assert last.text.startswith("Only where there is an older one: ")
    assert "another id than the new one and the earlier date" in last.text


def test_a_key_that_is_not_there_is_not_deleted() -> None:
    missing = KeyReading({Facet.PRESENCE: Observed(False, NOW)})
    assert K.DELETE not in kinds(guide(COPIER, missing, BYBIT, new=True))


def test_an_old_key_that_was_seen_is_told_by_its_id_else_by_its_date() -> None:
    reading = seen(["read"], ips("1"), label="copier")
    assert reading.live is not None
    made = guide(COPIER, reading, BYBIT)
    assert "with the id id-1, not the one" in made.steps[-1].text
    dated = replace(reading, live=replace(reading.live, key_id=None, created_at=NOW))
    assert f"made on {NOW:%Y-%m-%d}, not the one" in guide(COPIER, dated, BYBIT).steps[-1].text


def test_no_new_key_is_said_to_be_needed_that_only_was_asked_for() -> None:
    made = guide(COPIER, UNSEEN, BYBIT, new=True)
    assert not any("a new key is needed" in note for note in made.notes)
