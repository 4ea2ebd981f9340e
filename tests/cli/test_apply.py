"""`accesscfg apply`: nothing is written without consent, and the result says what became of each change."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from accesscfg.model.errors import Refused
from accesscfg.model.plan import Means
from accesscfg.report import plan_to_text
from tests.cli.conftest import Run
from tests.cli.stub import StubWorkspace
from tests.report.plans import WORDS, drifted, key, plan


def known() -> StubWorkspace:
    """What can be applied with nothing unknown."""
    made = drifted()
    return StubWorkspace(replace(made, keys=made.keys[:2], unknown=()))


@pytest.fixture(autouse=True)
def _nothing_unknown(workspace: StubWorkspace) -> None:
    workspace.plan_ = known().plan_


def test_without_anybody_to_ask_it_is_wrong_usage(run: Run, workspace: StubWorkspace) -> None:
    ran = run("apply")
    assert ran.code == 64
    assert "--auto-approve" in ran.err
    assert workspace.calls == []


def test_only_the_word_yes_is_consent(run: Run, workspace: StubWorkspace) -> None:
    ran = run("apply", typed="yes\n")
    assert ran.code == 2
    assert ran.out.index("Plan for exchanges.yaml") < ran.out.index("Result of applying exchanges.yaml")
    assert "Apply 4 changes by API? Only the word yes is taken as consent:" in ran.err
    assert len(workspace.called("apply")) == 1


@pytest.mark.parametrize("typed", ["\n", "", "y\n", "YES\n", "no\n", "yes please\n"])
def test_anything_else_writes_nothing(run: Run, workspace: StubWorkspace, typed: str) -> None:
    ran = run("apply", typed=typed)
    assert ran.code == 130
    assert "The answer was not yes. Nothing was written." in ran.err
    assert "Interrupted" not in ran.err
    assert workspace.called("apply") == []
    assert not workspace.holding


def test_the_question_says_when_only_a_part_is_to_be_done(run: Run, workspace: StubWorkspace) -> None:
    ran = run("apply", "--only", "revokes", typed="no\n")
    assert "Apply 2 changes by API (only revokes)?" in ran.err


def test_approved_beforehand_it_does_not_ask(run: Run, workspace: StubWorkspace) -> None:
    ran = run("apply", "--auto-approve", "--only", "revokes", "--allow", "last-address=desk/grid/bot")
    assert ran.code == 2
    assert "taken as consent" not in ran.err
    assert workspace.called("apply") == [(workspace.plan_.id, ("last-address=desk/grid/bot",), "revokes")]
    assert "   1 done       - revokes  permissions    Withdrawals (canWithdraw)\n" in ran.out
    assert "Apply: 4 done, 1 to do on the website. 4 writing requests sent." in ran.out


def test_a_saved_plan_is_applied_without_asking(run: Run, workspace: StubWorkspace, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text('{"id": "p1"}')
    assert run("apply", str(file)).code == 2
    assert workspace.called("refit") == [{"id": "p1"}]
    assert workspace.called("plan") == []
    assert len(workspace.called("apply")) == 1


@pytest.mark.parametrize("text", ["", "not json", "[]", "\udce9"])
def test_what_is_no_saved_plan_is_wrong_usage(
    run: Run, workspace: StubWorkspace, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(text.encode(errors="surrogateescape"))
    ran = run("apply", str(file))
    assert (ran.code, workspace.calls) == (64, [])
    assert "this is no saved plan" in ran.err
    assert run("apply", str(tmp_path / "missing")).code == 64


def test_a_saved_plan_cannot_be_narrowed(run: Run, workspace: StubWorkspace, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}")
    assert run("apply", str(tmp_path / "plan.json"), "--target", "desk/*").code == 64


def test_a_malformed_consent_is_refused_before_anything_is_asked(run: Run, workspace: StubWorkspace) -> None:
    for allow in ("withdraw", "grant-withdraw=", "nonsense=desk/a"):
        assert run("apply", "--auto-approve", "--allow", allow).code == 64
    assert workspace.calls == []


def test_nobody_is_asked_about_what_is_refused(run: Run, workspace: StubWorkspace) -> None:
    workspace.refusal = Refused("desk/trader: last-address: none would remain", fix="--allow …")
    ran = run("apply", typed="yes\n")
    assert ran.code == 4
    assert "taken as consent" not in ran.err
    assert [name for name, _ in workspace.calls] == ["plan"]


def test_with_nothing_to_write_it_asks_nothing_and_says_what_is_left(
    run: Run, workspace: StubWorkspace
) -> None:
    manual = replace(
        workspace.plan_, changes=tuple(c for c in workspace.plan_.changes if c.means is Means.MANUAL)
    )
    workspace.plan_ = manual
    ran = run("apply", typed="")
    assert ran.code == 2
    assert "taken as consent" not in ran.err
    assert "accesscfg guide desk/trader" in ran.out
    assert ran.out.endswith(
        "Nothing to do by API.\nApply: 1 to do on the website. 0 writing requests sent.\n"
    )


def test_with_no_changes_it_is_done(run: Run, workspace: StubWorkspace) -> None:
    workspace.plan_ = plan([key("desk/a")])
    ran = run("apply", "--auto-approve")
    assert ran.code == 0
    assert "there was nothing to change" in ran.out


def test_json_is_the_whole_of_standard_output_and_the_plan_is_shown_to_who_is_asked(
    run: Run, workspace: StubWorkspace
) -> None:
    ran = run("apply", "--format", "json", typed="yes\n")
    assert json.loads(ran.out)["outcomes"]["done"] == 4
    assert "Withdrawals (canWithdraw)" in ran.err
    quiet = run("apply", "--format", "json", "--auto-approve")
    assert json.loads(quiet.out)["writes"] == 4
    assert quiet.err == ""


def test_markdown_is_for_a_comment(run: Run, workspace: StubWorkspace) -> None:
    assert run("apply", "--auto-approve", "--format", "markdown").out.startswith("### accesscfg apply")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_between_two_calls(run: Run, workspace: StubWorkspace, number: int) -> None:
    async def applying(stop: asyncio.Event) -> None:
        os.kill(os.getpid(), number)
        await asyncio.wait_for(stop.wait(), 5)
        os.kill(os.getpid(), number)
        await asyncio.sleep(0.05)

    workspace.applying = applying
    ran = run("apply", "--auto-approve")
    assert ran.code == 5
    assert "Ending after the call that is under way." in ran.err
    assert "It is ending: the call that is under way is finished and read back first" in ran.err
    assert "Stopped by a person" in ran.out


def test_the_exit_code_is_that_of_the_result(run: Run, workspace: StubWorkspace) -> None:
    workspace.plan_ = drifted()
    assert run("apply", "--auto-approve").code == 3
    said = run("apply", "--auto-approve").out
    assert plan_to_text(drifted(), WORDS, website=False) in said
    assert said.count("On the website of") == 1
