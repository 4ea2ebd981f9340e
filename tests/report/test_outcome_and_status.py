"""Results and states as text."""

from __future__ import annotations

import pytest

from accesscfg.model.observed import Facet, Observed, Unknown, Unobservable
from accesscfg.model.plan import ApplyResult, FacetState, Outcome, Plan
from accesscfg.report import apply_to_text, status_to_markdown, status_to_text
from tests.report.plans import AT, WORDS, applied, drifted, key, plan, result

RESULT = """\
Result of applying exchanges.yaml

desk/grid/bot  North, used by Hummingbot
   1 done       - revokes  permissions    Withdrawals (canWithdraw)
   2 failed     + grants   IP whitelist   203.0.113.10
                                          because of change 1 (failed)
   3 skipped    - revokes  IP whitelist   198.51.100.7
                                          because of change 1 (skipped)
   4 unknown    + grants   permissions    Spot Trading (canSpot)
                                          because of change 1 (unknown)

desk/trader  North
   5 to do      - revokes  permissions    Spot Trading (canSpot)
                                          because of change 1 (manual)

On the website of North
  https://north.example/keys
  accesscfg guide desk/trader

Apply: 1 done, 1 failed, 1 with an unknown outcome, 1 skipped, 1 to do on the website. 2 writing
requests sent.
1 facet could not be asked; nothing is promised about what is unknown.
"""

STATUS = """\
Status of exchanges.yaml, read 2026-11-21 08:15 UTC

key            presence        permissions     IP whitelist    lifecycle
desk/grid/bot  ✓ in sync       ≠ drift         ≠ drift         ok
desk/trader    ✓ in sync       ≠ drift         ≈ consistent    ok
desk/lost      ? unknown       -               -               extend

≠ drift         permissions of desk/grid/bot: declared Read (canRead), Spot Trading (canSpot); live
                Read (canRead), Withdrawals (canWithdraw)
≠ drift         IP whitelist of desk/grid/bot: declared 203.0.113.10; live 198.51.100.7
"""


def test_a_result_reads_like_this() -> None:
    outcomes = (Outcome.DONE, Outcome.FAILED, Outcome.SKIPPED, Outcome.UNKNOWN, Outcome.MANUAL)
    assert apply_to_text(applied(*outcomes), WORDS) == RESULT


def test_a_stopped_run_says_where() -> None:
    text = apply_to_text(
        applied(
            Outcome.DONE,
            *[Outcome.NOT_TRIED] * 3,
            Outcome.MANUAL,
            interrupted=True,
            stopped_at="before c2 on desk/grid/bot",
        ),
        WORDS,
    )
    assert "Stopped by a person before change 2 on desk/grid/bot." in text
    assert "1 done, 3 not tried" in text


def test_nothing_to_change_is_said() -> None:
    text = apply_to_text(ApplyResult(plan([key("desk/a")]), (), 0), WORDS)
    assert "Apply: there was nothing to change. 0 writing requests sent." in text


def test_a_status_reads_like_this() -> None:
    text = status_to_text(drifted(), WORDS)
    assert text.startswith(STATUS)
    assert text.endswith("3 keys. 2 facets in sync, 3 in drift, 1 consistent, 1 unknown.\n")


def all_facets(name: str = "bybit-main/grid-1/bot") -> Plan:
    """A key of which every facet is shown, and one of which none can be."""
    seen = [result(facet, FacetState.IN_SYNC, True, Observed(True, AT)) for facet in Facet]
    hidden = [
        result(facet, FacetState.UNOBSERVABLE, True, Unobservable("hidden"), "hidden") for facet in Facet
    ]
    return plan([key(name, *seen), key("bybit-main/copier", *hidden)])


@pytest.mark.parametrize("width", [50, 60, 70, 80, 100, 120])
@pytest.mark.parametrize(
    "made", [drifted(), all_facets(), all_facets("a/" + "b" * 30)], ids=["few", "all", "long"]
)
def test_a_status_is_never_wider_than_the_page(made: Plan, width: int) -> None:
    table = status_to_text(made, WORDS, width=width).split("\n\n")[1]
    assert all(len(line) <= width for line in table.splitlines())
    for one in made.keys:
        assert str(one.path) in table


def test_columns_close_up_before_keys_get_lines_of_their_own() -> None:
    keys = [key("desk/a", *(result(facet, FacetState.IN_SYNC, True) for facet in Facet))]
    close = status_to_text(plan(keys), WORDS, width=90).splitlines()
    assert close[2:4] == [
        "key     presence   label      permissions  IP whitelist  expiry     enabled    lifecycle",
        "desk/a  ✓ in sync  ✓ in sync  ✓ in sync    ✓ in sync     ✓ in sync  ✓ in sync  ok",
    ]


def test_on_a_narrow_page_each_key_has_lines_of_its_own() -> None:
    text = status_to_text(drifted(), WORDS, width=60)
    assert text.splitlines()[2:5] == [
        "desk/grid/bot  lifecycle ok",
        "  ✓ in sync       presence",
        "  ≠ drift         permissions, IP whitelist",
    ]


def test_a_key_that_was_not_seen_has_no_lifecycle_to_be_called_ok() -> None:
    lost = result(Facet.PRESENCE, FacetState.UNKNOWN, True, Unknown("time-out"), "time-out")
    unseen = key("desk/a", lost, lifecycle=None)
    seen = key("desk/b", result(Facet.PRESENCE, FacetState.IN_SYNC, True, Observed(True, AT)))
    for text in (
        status_to_text(plan([unseen, seen]), WORDS),
        status_to_markdown(plan([unseen, seen]), WORDS),
    ):
        rows = [line.rstrip(" |") for line in text.splitlines()]
        assert any("desk/a" in row and row.endswith(" -") for row in rows)
        assert any("desk/b" in row and row.endswith(" ok") for row in rows)


def test_states_are_words_with_signs_so_that_colour_says_nothing_alone() -> None:
    colored = status_to_text(drifted(), WORDS, color=True)
    assert "\x1b[32m✓ in sync" in colored
    assert "\x1b[1;31m≠ drift" in colored
