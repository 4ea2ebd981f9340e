"""One key in full, as lines: everything is said, nothing is wider than the pane, nothing unseen looks settled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len

from accesscfg.exchanges.registry import Profiles
from accesscfg.model.attestation import Statement
from accesscfg.model.desired import DesiredKey
from accesscfg.model.errors import Trouble
from accesscfg.model.findings import Mark
from accesscfg.model.history import Record
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist
from accesscfg.model.observed import Facet, Observation, Observed, Probed, Unknown, Unobservable
from accesscfg.model.origins import Origin, Place
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import (
    Change,
    Direction,
    FacetResult,
    FacetState,
    Guard,
    KeyResult,
    Lifecycle,
    LifecycleWord,
    Means,
    Outcome,
    Refusal,
)
from accesscfg.report.words import Words
from accesscfg_tui.glyphs import FACES, Standing
from accesscfg_tui.viewmodel.detail import detail, facts, posture
from accesscfg_tui.viewmodel.looks import NOT_READ, Look, fresh_look, old_look
from accesscfg_tui.viewmodel.scene import Scene

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PROFILES = Profiles()
PATH = KeyPath("okx-desk", "desk1", "quoter")
KEY = DesiredKey(
    path=PATH,
    where=Mark("/somewhere/exchanges.yaml", 18, 11),
    exchange="okx",
    permissions=frozenset({"read_only", "trade"}),
    declared_permissions=("read", "trade", "transfer"),
    whitelist=Addresses(
        frozenset({"203.0.113.10", "203.0.113.11", "2001:db8:1234:5678:9abc:def0:1234:5678"})
    ),
    origins={"203.0.113.10": "cluster", "203.0.113.11": "cluster"},
    label="quoter",
    used_by="market maker",
    managed_by=KeyPath("okx-desk", None, "manager"),
)
WHY = "the exchange shows this to nobody, whatever right the key that asks has"


def result(
    seen_rights: Observation | None = None, seen_ips: Observation | None = None, **states: FacetState
) -> KeyResult:
    rights = seen_rights or Observed(frozenset({"read_only", "withdraw"}), NOW)
    ips = seen_ips or Observed(Addresses(frozenset({"203.0.113.10", "192.0.2.77", "198.51.100.9"})), NOW)
    facets = (
        FacetResult(Facet.PRESENCE, FacetState.IN_SYNC, True, Observed(True, NOW)),
        FacetResult(Facet.LABEL, states.get("label", FacetState.DRIFT), "quoter", Observed("other", NOW)),
        FacetResult(Facet.PERMISSIONS, states.get("rights", FacetState.DRIFT), KEY.permissions, rights),
        FacetResult(Facet.IP_WHITELIST, states.get("ips", FacetState.DRIFT), KEY.whitelist, ips),
    )
    return KeyResult(
        path=PATH,
        exchange="okx",
        scope="sub",
        used_by=None,
        signed_by=KeyPath("okx-desk", None, "manager"),
        facets=facets,
        lifecycle=LifecycleWord(Lifecycle.EXTEND, "ends soon, as the exchange says", NOW + timedelta(days=3)),
        hash="h",
        notes=("the listing that okx-desk/manager made has it",),
        origins={"198.51.100.9": Origin(known=(Place("pool", "office"),))},
    )


def change(**more: object) -> Change:
    base = Change(
        id="c1",
        step=0,
        key=PATH,
        facet=Facet.IP_WHITELIST,
        before=Addresses(frozenset({"192.0.2.77"})),
        after=Addresses(frozenset({"203.0.113.11"})),
        direction=Direction.GRANTS,
        means=Means.MANUAL,
        reason="the exchange changes it on its website only",
        gone=frozenset({"192.0.2.77"}),
        new=frozenset({"203.0.113.11"}),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def scene(look: Look, key: DesiredKey = KEY, **more: object) -> Scene:
    base = Scene(
        key=key,
        look=look,
        profile=PROFILES.get(key.exchange),
        words=Words(PROFILES.get),
        runner=frozenset({"203.0.113.10"}),
        now=NOW,
        place="exchanges.yaml:18",
        refusals=(Refusal(Guard.OWN_ADDRESS, PATH, "c1", "this machine would be cut off"),),
        records=(
            Record(
                3,
                NOW - timedelta(days=2),
                "ann@desk",
                "outcome",
                str(PATH),
                Facet.IP_WHITELIST,
                Direction.GRANTS,
                Addresses(frozenset()),
                Addresses(frozenset({"203.0.113.10"})),
                Outcome.DONE,
            ),
        ),
        source=(
            (18, "          quoter:"),
            (19, "            permissions: [read, trade, transfer]   # on call"),
        ),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def text(look: Look, width: int = 100, **more: object) -> str:
    return "\n".join(line.text for line in detail(scene(look, **more), width))  # type: ignore[arg-type]


FRESH = fresh_look(result(), (change(),), NOW)
UNSEEN = fresh_look(
    result(
        Unobservable(WHY),
        Unobservable(WHY),
        label=FacetState.IN_SYNC,
        rights=FacetState.UNOBSERVABLE,
        ips=FacetState.UNOBSERVABLE,
    ),
    (),
    NOW,
)


@pytest.mark.parametrize("width", range(40, 141))
@pytest.mark.parametrize("look", [FRESH, UNSEEN, NOT_READ], ids=["fresh", "unseen", "not read"])
def test_no_line_is_wider_than_its_pane(look: Look, width: int) -> None:
    for line in (*detail(scene(look), width), *facts(scene(look), width), *posture(scene(look), width)):
        assert cell_len(line.text.rstrip()) <= width, line.text


@pytest.mark.parametrize("width", [40, 80, 140])
def test_everything_is_said_at_every_width(width: int) -> None:
    said = " ".join(text(FRESH, width).split())

    for part in (
        "okx-desk/desk1/quoter",
        "OKX",
        "market maker",
        "exchanges.yaml:18",
        "okx-desk/manager",
        "read_only: read",
        "withdraw",
        "pool cluster",
        "this machine",
        "not declared",
        "known as pool office",
        "on the website",
        "own-address",
        "extend until 2026-11-24",
        "the listing that okx-desk/manager made has it",
        "permissions: [read,",
        "+203.0.113.10",
        "addresses",
    ):
        assert part in said, part


def test_the_list_of_addresses_is_one_with_signs_at_its_edge() -> None:
    lines = [line.text for line in facts(scene(FRESH), 100)]

    assert any(line.startswith("    203.0.113.10") and "both" in line for line in lines)
    assert any(line.startswith("  + 203.0.113.11") and "wanted" in line for line in lines)
    assert any(
        line.startswith("  - 192.0.2.77") and "live" in line and "not declared" in line for line in lines
    )
    assert any("want 3, live 3, +2 -2" in line for line in lines)


def test_a_right_that_is_live_and_not_wanted_is_marked() -> None:
    (row,) = [line for line in facts(scene(FRESH), 60) if line.text.strip().startswith("Withdraw")]

    assert row.text.split()[-2:] == ["–", "✓"]
    assert row.pieces[1][1] == "bad"


def test_what_cannot_be_seen_is_a_question_and_says_why() -> None:
    said = text(UNSEEN)

    assert WHY in said
    assert "○ unobservable" in said
    marks = [
        line for line in facts(scene(UNSEEN), 60) if line.pieces and line.pieces[-1][0].strip().endswith("?")
    ]
    assert marks
    assert all(line.pieces[-1][1] == "faint" for line in marks)
    assert "then attest" in said


def test_what_differs_is_not_explained_by_what_is_not_seen() -> None:
    partly = Probed(frozenset({"withdraw"}), frozenset(), "nothing tells whether Trade is on", NOW)
    found = fresh_look(result(partly), (), NOW)
    assert "drift: what is seen of it differs; nothing tells whether Trade is on" in text(found, width=140)


def test_an_edit_by_the_program_stands_in_the_history() -> None:
    says = ("-  permissions: [read]", "+  permissions: []")
    said = text(FRESH, records=(Record(4, NOW, "ann@desk", "edited", str(PATH), says=says),))
    assert "edits the declaration: - permissions: [read]; + permissions: []" in " ".join(said.split())


def test_who_attested_is_named_with_the_age_and_the_end() -> None:
    stated = Statement("Ann", NOW - timedelta(days=12), NOW + timedelta(days=78), "looked twice")
    whole = result(Unobservable(WHY), rights=FacetState.ATTESTED)
    facets = tuple(
        replace(one, attestation=stated) if one.facet is Facet.PERMISSIONS else one for one in whole.facets
    )

    said = text(fresh_look(replace(whole, facets=facets), (), NOW))

    assert "✎ attested" in said
    assert "attested by Ann 12d ago (2026-11-09), counts until 2027-02-07" in said
    assert "“looked twice”" in said


def test_what_was_read_before_is_never_as_if_it_were_read_now() -> None:
    from accesscfg.model.board import LastSeen

    seen = LastSeen(
        NOW - timedelta(hours=3), "w", {Facet.PRESENCE: FacetState.IN_SYNC}, Lifecycle.OK, 0, False
    )
    said = text(old_look(seen, "w", sandbox=False))

    assert "was in sync, read 3h ago" in said
    assert "not read in this session" in said
    assert "as declared" not in said


def test_no_answer_keeps_what_was_known_with_its_age() -> None:
    silent = result(Unknown("timed out", Trouble.NETWORK), rights=FacetState.UNKNOWN)

    look = fresh_look(silent, (), NOW, replace(FRESH, at=NOW - timedelta(minutes=22)))
    again = fresh_look(silent, (), NOW, look)

    assert look.standing is Standing.NO_ANSWER
    assert "the last answer, 22m ago: drift" in text(look)
    assert again.before is look.before
    assert "nothing is changed from what could not be read" in text(look)


def test_a_key_that_is_refused_is_unknown_and_not_silent() -> None:
    refused = result(Unknown("the key is not known", Trouble.KEY), rights=FacetState.UNKNOWN)

    assert fresh_look(refused, (), NOW).standing is Standing.UNKNOWN


@pytest.mark.parametrize(
    ("whitelist", "words"), [(Unrestricted(), "unrestricted"), (AppBound("Copydesk"), "application Copydesk")]
)
def test_a_key_without_a_list_says_what_is_wanted(whitelist: Whitelist, words: str) -> None:
    assert f"wanted: {words}" in text(FRESH, key=replace(KEY, whitelist=whitelist)) or words in text(
        FRESH, key=replace(KEY, whitelist=whitelist)
    )


def test_a_group_of_rights_of_which_the_same_is_to_be_said_is_one_line() -> None:
    profile = PROFILES.get("whitebit")
    assert profile is not None
    group = next(one.group for one in profile.in_scope("sub") if one.group is not None)
    natives = frozenset(one.native for one in profile.in_scope("sub") if one.group == group)
    key = replace(KEY, exchange="whitebit", permissions=natives)

    said = text(NOT_READ, key=key, profile=profile)

    assert f"{group}: {len(natives)} rights" in said


def test_plain_characters_are_enough() -> None:
    assert text(FRESH, ascii=True).isascii()


def test_every_state_has_a_sign_and_a_word_of_its_own() -> None:
    faces = list(FACES.values())

    assert set(FACES) == set(Standing)
    for part in ("glyph", "ascii", "word"):
        assert len({getattr(face, part) for face in faces}) == len(faces), part
    assert all(face.ascii.isascii() and len(face.ascii) == 1 for face in faces)
    assert all(cell_len(face.glyph) == 1 for face in faces)
