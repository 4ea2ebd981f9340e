"""`accesscfg plan`, `status` and `validate`."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from accesscfg.model.errors import AccesscfgError
from accesscfg.model.findings import Finding, Mark
from accesscfg.model.observed import Facet, Partly
from accesscfg.model.plan import FacetState, Plan
from accesscfg.report import plan_to_text, status_to_text
from accesscfg.workspace.private import write_private
from tests.cli.conftest import Run
from tests.cli.stub import StubWorkspace
from tests.report.plans import AT, WORDS, drifted, ips, key, plan, result
from tests.report.test_text import DRIFTED

BROKEN = Finding("error", "forbid", "desk/a may withdraw", kind="policy")


def test_a_plan_goes_to_standard_output_plain_when_piped(run: Run, workspace: StubWorkspace) -> None:
    ran = run("plan")
    assert (ran.out, ran.err) == (DRIFTED, "")
    assert ran.code == 3


def flagged() -> Plan:
    """All but one facet in sync, that one consistent."""
    facet = result(
        Facet.IP_WHITELIST, FacetState.CONSISTENT, ips("192.0.2.1"), Partly(True, "a flag only", AT)
    )
    return plan([key("desk/a", facet)])


@pytest.mark.parametrize(
    ("made", "argv", "code"),
    [
        (plan([key("desk/a")]), [], 0),
        (plan([key("desk/a")]), ["--detailed-exitcode"], 0),
        (flagged(), [], 0),
        (flagged(), ["--detailed-exitcode"], 2),
        (drifted(), [], 3),
        (replace(flagged(), violations=(BROKEN,)), [], 4),
    ],
)
def test_the_exit_code_says_what_was_found(
    run: Run, workspace: StubWorkspace, made: Plan, argv: list[str], code: int
) -> None:
    workspace.plan_ = made
    assert run("plan", *argv).code == code


def test_status_judges_facets_and_not_policies(run: Run, workspace: StubWorkspace) -> None:
    workspace.plan_ = replace(flagged(), violations=(BROKEN,))
    assert run("status").code == 0
    assert run("status", "--detailed-exitcode").code == 2
    assert run("status").out == status_to_text(workspace.plan_, WORDS)


@pytest.mark.parametrize("command", ["plan", "status"])
def test_targets_narrow_the_run(run: Run, workspace: StubWorkspace, command: str) -> None:
    run(command, "--target", "desk/*", "--target", "used_by=Bitsgap")
    assert workspace.called("plan") == [("desk/*", "used_by=Bitsgap")]


@pytest.mark.parametrize("command", ["plan", "status"])
def test_json_and_markdown_are_the_whole_of_standard_output(
    run: Run, workspace: StubWorkspace, command: str
) -> None:
    assert json.loads(run(command, "--format", "json").out)["format_version"] == 1
    assert run(command, "--format", "markdown").out.startswith("### accesscfg")


def test_a_saved_plan_is_for_its_owner_only_and_no_half_of_it_is_ever_seen(
    run: Run, workspace: StubWorkspace, tmp_path: Path
) -> None:
    file = tmp_path / "today.plan.json"
    file.write_text("old")
    file.chmod(0o644)
    ran = run("plan", "--out", str(file))
    assert json.loads(file.read_text())["id"] == workspace.plan_.id
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    assert f"accesscfg apply {file}" in ran.err
    assert ran.out == DRIFTED


def test_a_plan_against_a_policy_is_not_saved(run: Run, workspace: StubWorkspace, tmp_path: Path) -> None:
    workspace.plan_ = replace(drifted(), violations=(BROKEN,))
    ran = run("plan", "--out", str(tmp_path / "x"))
    assert ran.code == 4
    assert list(tmp_path.iterdir()) == []
    assert "was not written" in ran.err


def test_a_file_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(AccesscfgError, match="cannot be written"):
        write_private(tmp_path / "missing" / "x", "text")
    (tmp_path / "folder").mkdir()
    with pytest.raises(AccesscfgError, match="cannot be written"):
        write_private(tmp_path / "folder", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_on_a_terminal_progress_is_one_line_on_standard_error_and_erased(
    run: Run, workspace: StubWorkspace
) -> None:
    ran = run("plan", typed="")
    assert "\r\x1b[2KRead 1 of 3 keys: desk/trader" in ran.err
    assert "desk waits 2.5 s: rate limit" in ran.err
    assert ran.err.endswith("\r\x1b[2K")
    assert "\n" not in ran.err
    assert ran.out == DRIFTED


def test_progress_is_erased_when_the_run_fails(run: Run, workspace: StubWorkspace) -> None:
    workspace.error = AccesscfgError("it broke")
    assert run("plan", typed="").err.endswith("\r\x1b[2Kerror: it broke\n")


def test_verbose_logs_the_same_as_lines(run: Run, workspace: StubWorkspace) -> None:
    ran = run("-v", "plan", typed="")
    assert "\x1b" not in ran.err
    assert "accesscfg.run desk waits 2.5 s: rate limit\n" in ran.err


@pytest.mark.parametrize(
    ("argv", "environ", "colored"),
    [
        ([], {}, True),
        (["--no-color"], {}, False),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"NO_COLOR": ""}, True),
        ([], {"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    run: Run,
    workspace: StubWorkspace,
    monkeypatch: pytest.MonkeyPatch,
    argv: list[str],
    environ: dict[str, str],
    colored: bool,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "100")
    ran = run(*argv, "plan")
    assert ran.out == plan_to_text(drifted(), WORDS, color=colored)


WARNING = Finding("warning", "private", "10.0.0.1 is private", Mark("exchanges.yaml", 9, 7))
ERROR = Finding("error", "spelling", "permision is no field", Mark("exchanges.yaml", 7, 5), "permissions")


@pytest.mark.parametrize(
    ("findings", "code", "last"),
    [
        ((), 0, "exchanges.yaml is valid: 2 keys"),
        ((WARNING,), 0, "exchanges.yaml is valid: 2 keys; 0 errors, 1 warning"),
        ((WARNING, BROKEN), 4, "1 error, 1 warning"),
        ((WARNING, BROKEN, ERROR), 65, "2 errors, 1 warning"),
    ],
)
def test_validate_shows_findings_and_says_what_they_mean(
    run: Run, workspace: StubWorkspace, findings: tuple[Finding, ...], code: int, last: str
) -> None:
    workspace.findings = findings
    ran = run("validate")
    assert ran.code == code
    assert ran.out.splitlines() == [*map(str, findings), last]
    assert ran.err == ""


def test_validate_gives_json(run: Run, workspace: StubWorkspace) -> None:
    workspace.findings = (ERROR,)
    document = json.loads(run("validate", "--format", "json").out)
    assert document["valid"] is False
    assert document["findings"][0]["where"] == {"file": "exchanges.yaml", "line": 7, "column": 5}
