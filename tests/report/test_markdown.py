"""Plans as Markdown: fit for a comment however large, and nothing in it is anybody's markup."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accesscfg.model.findings import Finding
from accesscfg.model.observed import Facet, Observed, UndeclaredKey, Unknown
from accesscfg.model.paths import parse_key_path
from accesscfg.model.plan import (
    ApplyResult,
    ChangeResult,
    Direction,
    FacetState,
    Guard,
    Means,
    Outcome,
    Plan,
    Refusal,
)
from accesscfg.report import apply_to_markdown, plan_to_markdown, status_to_markdown
from accesscfg.report.clean import html, markdown, markdown_code
from tests.report.plans import (
    AT,
    READ,
    SPOT,
    WORDS,
    applied,
    change,
    drifted,
    ips,
    key,
    live,
    plan,
    result,
)

COMMENT = 65_536


def test_a_comment_reads_like_this() -> None:
    text = plan_to_markdown(drifted(), WORDS)
    assert text.startswith(
        "### accesscfg plan: 5 changes, 2 of them grant access\n"
        "\n"
        "Plan: 5 changes on 2 keys: 4 by API, 1 on the website; 2 grants, 3 revokes.  \n"
        "2 facets in sync, 3 in drift, 1 consistent, 1 unknown.  \n"
    )
    assert (
        "<summary><b>desk/grid/bot</b> North, used by Hummingbot: grants 2, revokes 2</summary>\n"
        "\n"
        "- 1: `- revokes` permissions: Withdrawals (canWithdraw) (by API)\n"
        "- 2: **`+ grants`** IP whitelist: 203.0.113.10 (by API, after 1)\n"
    ) in text
    assert "to allow just that: `--allow last-address=desk/grid/bot`" in text
    assert text.count("<details") == text.count("</details>")
    assert "Left out" not in text


def test_a_result_says_what_was_not_done() -> None:
    text = apply_to_markdown(
        applied(Outcome.DONE, Outcome.FAILED, Outcome.SKIPPED, Outcome.SKIPPED, Outcome.MANUAL), WORDS
    )
    assert "Apply: 1 done, 1 failed, 2 skipped, 1 to do on the website. 2 writing requests sent." in text
    assert "**Not done (3)**\n\n- desk/grid/bot: failed: because of change 1 (failed)\n" in text
    assert "On the website of North" in text


def test_a_status_is_a_table() -> None:
    text = status_to_markdown(drifted(), WORDS)
    assert "| key | presence | permissions | IP whitelist | lifecycle |" in text
    assert "| `desk/trader` | ✓ in sync | ≠ drift | ≈ consistent | ok |" in text


def large(keys: int, addresses: int, warnings: int, why: str = "no answer") -> Plan:
    """A plan with much of everything."""
    lost = result(Facet.LABEL, FacetState.UNKNOWN, "x", Unknown(why), why)
    some = ips(*(f"203.{n // 250}.113.{n % 250}" for n in range(addresses)))
    paths = [f"desk/key-{n}" for n in range(keys)]
    finding = [Finding("warning", "odd", f"{why} {n}") for n in range(warnings)]
    grow = [
        change(f"c{n}", path, Facet.IP_WHITELIST, ips("192.0.2.1"), some, Direction.GRANTS, Means.MANUAL, why)
        for n, path in enumerate(paths)
    ]
    return plan(
        [
            key(path, lost, result(Facet.PERMISSIONS, FacetState.DRIFT, READ, Observed(SPOT, AT)))
            for path in paths
        ],
        grow,
        undeclared_keys=tuple(UndeclaredKey("desk", None, None, live(why, SPOT, some)) for _ in paths),
        notes=(why,) * warnings,
        unknown=(why,) * warnings,
        violations=tuple(finding),
        warnings=tuple(finding),
        refusals=tuple(
            Refusal(Guard.LAST_ADDRESS, parse_key_path(path), f"c{n}", why) for n, path in enumerate(paths)
        ),
    )


HEAVY = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@HEAVY
@given(
    keys=st.integers(0, 250),
    addresses=st.integers(1, 60),
    warnings=st.integers(0, 1500),
    why=st.text(max_size=40) | st.sampled_from(["<&>" * 300, "@all" * 200, "€" * 900, "`" * 50]),
)
def test_every_rendering_fits_a_comment_and_keeps_its_counts(
    keys: int, addresses: int, warnings: int, why: str
) -> None:
    made = large(keys, addresses, warnings, why)
    outcome = ApplyResult(made, tuple(ChangeResult(one, Outcome.FAILED, why) for one in made.changes), 0)
    for text in (plan_to_markdown(made, WORDS), status_to_markdown(made, WORDS)):
        assert len(text.encode()) < COMMENT
        for title, entries in (
            ("Policy violations", made.violations),
            ("Refused by guards", made.refusals),
            ("Unknown", made.unknown),
            ("Warnings", made.warnings),
        ):
            assert not entries or f"**{title} ({len(entries):,})**" in text
    result_text = apply_to_markdown(outcome, WORDS)
    assert len(result_text.encode()) < COMMENT
    assert not keys or f"**Not done ({keys:,})**" in result_text
    assert not keys or f"{keys:,} failed" in result_text or f"{keys} failed" in result_text


def test_detail_gives_way_in_the_stated_order_and_the_text_says_so() -> None:
    dropped = []
    for keys in (15, 60, 200, 1000):
        text = plan_to_markdown(large(keys, 30, 2), WORDS)
        dropped.append(text.partition("_Left out to fit: ")[2].partition("._")[0].split("; "))
        assert "warning: no answer 0" in text
    for fewer, more in pairwise(dropped):
        assert more[: len(fewer)] == fewer or fewer == [""]
    assert dropped[-1][:3] == [
        "the steps and lists for the websites",
        "the YAML of what is live and not declared",
        "notes and lifecycles",
    ]
    assert "the single changes" in dropped[-1]


def test_when_even_the_warnings_are_too_many_all_are_counted_and_as_many_shown_as_fit() -> None:
    made = plan([key("desk/a")], warnings=[Finding("warning", "odd", f"oddity {n}") for n in range(9000)])
    text = plan_to_markdown(made, WORDS)
    assert "**Warnings (9,000)**" in text
    shown = text.count("- warning: oddity")
    assert f"- and {9000 - shown:,} more\n" in text
    assert 60_000 < len(text.encode()) < COMMENT


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words, 203.0.113.0/29 (canSpot)", "plain words, 203.0.113.0/29 (canSpot)"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("*b* _i_ `c`", "\\*b\\* \\_i\\_ \\`c\\`"),
        ("[a](http://x)", "\\[a\\](http\\://x)"),
        ("www.example.com", "www\\.example.com"),
        ("# title", "\\# title"),
        ("1. item", "1\\. item"),
        ("- item", "\\- item"),
        ("a|b", "a\\|b"),
        ("see @all and #12", "see @\u200ball and #\u200b12"),
        ("&lt;", "&amp;lt;"),
        ("a\nb", "a b"),
        ("back\\slash", "back\\\\slash"),
    ],
)
def test_text_is_shown_as_words(text: str, shown: str) -> None:
    assert markdown(text) == shown


def test_code_spans_hold_every_text() -> None:
    assert markdown_code("a`b") == "``a`b``"
    assert markdown_code("`a`") == "`` `a` ``"
    assert markdown_code("a|b") == "`a¦b`"


def test_summaries_hold_no_markup() -> None:
    assert html("<b>@all & more</b>") == "&lt;b&gt;@\u200ball &amp; more&lt;/b&gt;"
    text = plan_to_markdown(plan([key("desk/a", used_by="</summary><script>")], one_change()), WORDS)
    assert "<script>" not in text


def one_change() -> list:
    return [change("c1", "desk/a", Facet.LABEL, "```\n# x", "y", Direction.NEUTRAL, reason="</details>")]


def test_nothing_in_a_change_closes_its_block() -> None:
    text = plan_to_markdown(plan([key("desk/a")], one_change()), WORDS)
    assert text.count("</details>") == text.count("<details") == 1


def test_a_fence_is_longer_than_any_in_what_it_holds() -> None:
    odd = UndeclaredKey("desk", None, None, live("```", READ, ips("`````")))
    text = plan_to_markdown(plan([key("desk/a")], undeclared_keys=(odd,)), WORDS)
    assert "``````yaml\n" in text
