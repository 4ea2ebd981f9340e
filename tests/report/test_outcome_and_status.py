"""Results and states as text."""

from __future__ import annotations

from accesscfg.model.observed import Facet, Observed, Unknown
from accesscfg.model.plan import ApplyResult, FacetState, Outcome
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
