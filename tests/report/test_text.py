"""The plan as text: what a person reads before saying yes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from accesscfg.model.findings import Finding
from accesscfg.model.networks import AppBound, Unrestricted
from accesscfg.model.observed import Facet, Observed, Partly, Unknown, Unobservable
from accesscfg.model.plan import ChangeValue, Direction, FacetState, Means, Partial, Plan
from accesscfg.report import plan_to_text
from tests.report.plans import AT, READ, SPOT, WORDS, change, drifted, ips, key, natives, plan, result

DRIFTED = """\
Plan for exchanges.yaml, read 2026-11-21 08:15 UTC

desk/grid/bot  North, used by Hummingbot
   1 - revokes  permissions    Withdrawals (canWithdraw)  [by API]
   2 + grants   IP whitelist   203.0.113.10  [by API, after 1]
   3 - revokes  IP whitelist   198.51.100.7  [by API, after 2]
   4 + grants   permissions    Spot Trading (canSpot)  [by API, after 1, 2, 3]

desk/trader  North
   5 - revokes  permissions    Spot Trading (canSpot)  [on the website]
                               North takes this on its website only

On the website of North
  https://north.example/keys
  accesscfg guide desk/trader

≈ consistent    IP whitelist of desk/trader: North shows only whether the key is restricted
next: a person looks by accesscfg guide KEY, and records it by accesscfg attest KEY --by NAME
? unknown       presence of desk/lost: no answer
! extend        desk/lost: ends 2026-11-30: as the exchange says

Live but not declared, 1 key; to manage, paste below exchanges.desk.keys
      old-bot:
        key_id: "abc123"
        label: "Old Bot"
        held: false  # true once its secret is in the secrets file
        permissions: [read, spot]
        ip_whitelist: unrestricted

Live but not declared, 1 sub-account; to manage, paste below exchanges.desk.sub_accounts
      side-desk:
        id: "777"
        keys:
          x:
            key_id: "abc123"
            label: x
            held: false  # true once its secret is in the secrets file
            permissions: [read]
            ip_whitelist: [192.0.2.1]

note: not looked for: keys of the website
exchanges.yaml:9:7: warning: 10.0.0.1 is private
unknown: sub-accounts of desk: time-out
refused: change 3 on desk/grid/bot by the guard last-address: none of the addresses allowed today
         would remain
         to allow just that: --allow last-address=desk/grid/bot

Plan: 5 changes on 2 keys: 4 by API, 1 on the website; 2 grants, 3 revokes.
2 facets in sync, 3 in drift, 1 consistent, 1 unknown.
Live but not declared: 1 key, 1 sub-account.
In the way of applying: 1 refusal by a guard.
"""


def test_a_plan_reads_like_this() -> None:
    assert plan_to_text(drifted(), WORDS) == DRIFTED


def test_a_plan_without_changes_says_that_all_is_as_declared() -> None:
    assert plan_to_text(plan([key("desk/a"), key("desk/b")], targets=("desk/*",)), WORDS) == (
        "Plan for exchanges.yaml, read 2026-11-21 08:15 UTC\n"
        "Only desk/*\n"
        "\n"
        "Plan: no changes; 2 keys are as declared.\n"
        "2 facets in sync, 0 unknown.\n"
    )


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        (FacetState.CONSISTENT, Partly(True, "a flag only", AT)),
        (FacetState.UNOBSERVABLE, Unobservable("not callable from here")),
        (FacetState.UNKNOWN, Unknown("time-out")),
    ],
)
def test_what_was_not_wholly_seen_is_never_as_declared(
    state: FacetState, seen: Partly | Unobservable | Unknown
) -> None:
    text = plan_to_text(
        plan([key("desk/a", result(Facet.IP_WHITELIST, state, ips("203.0.113.1"), seen, seen.why))]), WORDS
    )
    partly = " to what could be read; not everything could be" if state is FacetState.UNKNOWN else ""
    assert f"Plan: no changes{partly}.\n" in text
    assert "as declared" not in text
    assert f"IP whitelist of desk/a: {seen.why}" in text


def test_keys_with_the_same_trouble_are_told_together() -> None:
    lost = result(Facet.PRESENCE, FacetState.UNKNOWN, True, Unknown("time-out"), "time-out")
    text = plan_to_text(plan([key("desk/a", lost), key("desk/b", lost)]), WORDS)
    assert "? unknown       presence of desk/a, desk/b: time-out\n" in text


def test_drift_that_no_change_is_about_is_shown() -> None:
    odd = result(Facet.LABEL, FacetState.DRIFT, "wanted", Observed("live", AT), "names cannot be changed")
    text = plan_to_text(plan([key("desk/a", odd)]), WORDS)
    assert '≠ drift         label of desk/a: declared "wanted"; live "live" (names cannot be changed)' in text


def one_change(
    facet: Facet, before: ChangeValue, after: ChangeValue, direction: Direction = Direction.GRANTS
) -> Plan:
    return plan([key("desk/a")], [change("c1", "desk/a", facet, before, after, direction)])


@pytest.mark.parametrize(
    ("facet", "before", "after", "said"),
    [
        (
            Facet.IP_WHITELIST,
            ips("192.0.2.9"),
            ips("2001:db8::1", "192.0.2.10", "192.0.2.9"),
            "192.0.2.10, 2001:db8::1",
        ),
        (Facet.IP_WHITELIST, Unrestricted(), ips("192.0.2.1"), "from unrestricted to 192.0.2.1"),
        (
            Facet.IP_WHITELIST,
            Partial(True),
            Unrestricted(),
            "from restricted to addresses that are not shown to unrestricted",
        ),
        (
            Facet.IP_WHITELIST,
            AppBound("Bitsgap"),
            AppBound(None),
            "from bound to the application Bitsgap to bound to an application",
        ),
        (Facet.PERMISSIONS, READ, natives("canSpot"), "Spot Trading (canSpot); takes away Read (canRead)"),
        (Facet.PERMISSIONS, READ, natives("canRead", "unheardOf"), "unheardOf"),
        (Facet.LABEL, "old", "new", 'from "old" to "new"'),
        (Facet.LABEL, None, "new", 'from not set to "new"'),
        (Facet.EXPIRY, "2027-01-31", "never", "from 2027-01-31 to never"),
        (Facet.ENABLED, True, False, "from enabled to disabled"),
        (Facet.PRESENCE, False, True, "from does not exist to exists"),
    ],
)
def test_a_change_says_what_exactly(facet: Facet, before: ChangeValue, after: ChangeValue, said: str) -> None:
    assert f"{said}  [by API]" in plan_to_text(one_change(facet, before, after), WORDS, width=150)


def test_lifting_a_restriction_says_that_the_key_becomes_unrestricted() -> None:
    text = plan_to_text(one_change(Facet.IP_WHITELIST, ips("192.0.2.9"), Unrestricted()), WORDS)
    assert "from 192.0.2.9 to unrestricted" in text


def test_a_list_that_a_person_pastes_is_whole_unbroken_and_in_the_exchanges_format() -> None:
    before = ips("203.0.113.1")
    after = ips(*(f"203.0.113.{last}" for last in range(1, 26)))
    for path, separator in (("desk/a", ","), ("desk/sub/a", " ")):
        grow = change(
            "c1", path, Facet.IP_WHITELIST, before, after, Direction.GRANTS, Means.MANUAL, "by hand"
        )
        lines = plan_to_text(plan([key(path)], [grow]), WORDS, width=60).splitlines()
        assert f"    {separator.join(f'203.0.113.{last}' for last in range(1, 26))}" in lines


def test_lines_keep_to_the_width() -> None:
    after = ips(*(f"203.0.113.{last}" for last in range(1, 60)))
    wide = plan(
        [key("desk/a")],
        [change("c1", "desk/a", Facet.IP_WHITELIST, ips("203.0.113.1"), after, Direction.GRANTS)],
    )
    for width in (60, 80, 120):
        assert max(map(len, plan_to_text(wide, WORDS, width=width).splitlines())) <= width


def test_colour_adds_escape_sequences_and_nothing_else() -> None:
    colored = plan_to_text(drifted(), WORDS, color=True)
    assert "\x1b[1;33m   2 + grants" in colored
    assert "\x1b[36m   1 - revokes" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == DRIFTED


def test_without_colour_there_is_no_escape_sequence() -> None:
    assert "\x1b" not in plan_to_text(drifted(), WORDS)


def test_the_reason_of_a_blocked_change_is_given_once_for_a_run_of_changes() -> None:
    why = "this version does not create or delete keys"
    changes = [
        change(f"c{n}", "desk/a", Facet.PERMISSIONS, SPOT, READ, Direction.REVOKES, Means.BLOCKED, why)
        for n in range(2)
    ]
    text = plan_to_text(plan([key("desk/a")], changes), WORDS)
    assert text.count("[blocked]") == 2
    assert text.count(why) == 1
    assert "Plan: 2 changes on 1 key: 2 blocked; 2 revokes." in text


def test_a_broken_policy_stands_out_and_is_counted() -> None:
    broken = Finding("error", "forbid", "desk/a may withdraw", kind="policy")
    text = plan_to_text(plan([key("desk/a")], violations=(broken,)), WORDS)
    assert "policy: error: desk/a may withdraw" in text
    assert "In the way of applying: 1 policy violation." in text


@pytest.mark.parametrize(
    "evil", ["\x1b[2J\x1b[H", "\x1b]0;title\x07", "\x9b31m", "\r", "\n", "\u202e", "\x00"]
)
def test_nothing_an_exchange_wrote_controls_the_terminal(evil: str) -> None:
    why = f"odd{evil}reply"
    lost = result(Facet.PRESENCE, FacetState.UNKNOWN, True, Unknown(why), why)
    made = plan(
        [key("desk/a", lost, notes=(why,)), key("desk/b", used_by=why)],
        [
            change("c1", "desk/b", Facet.LABEL, why, "x", Direction.NEUTRAL, reason=why),
            change("c2", "desk/b", Facet.PERMISSIONS, natives(why), READ, Direction.REVOKES),
        ],
        unknown=(why,),
        notes=(why,),
    )
    calm = replace(made, undeclared_keys=())
    for color in (False, True):
        text = re.sub(r"\x1b\[[0-9;]*m", "", plan_to_text(calm, WORDS, color=color))
        assert all(line.isprintable() for line in text.splitlines())
        assert "reply" in text


def test_a_thousand_warnings_of_one_kind_do_not_bury_one_of_another() -> None:
    many = [Finding("warning", "unknown_address", f"address {n} is in no pool") for n in range(1000)]
    other = Finding("warning", "weak_manager", "desk/manager manages other keys")
    text = plan_to_text(replace(drifted(), warnings=(*many, other)), WORDS)

    assert "address 9 is in no pool" in text
    assert "address 10 is in no pool" not in text
    assert "desk/manager manages other keys" in text
    assert "990 more warnings of these kinds: accesscfg validate shows them" in text


def test_as_many_warnings_as_can_be_read_are_all_shown() -> None:
    ten = tuple(Finding("warning", "odd", f"oddity {n}") for n in range(10))
    text = plan_to_text(replace(drifted(), warnings=ten), WORDS)

    assert all(f"oddity {n}" in text for n in range(10))
    assert "more warning" not in text
