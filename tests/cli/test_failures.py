"""Errors: a message on standard error, the exit code of their kind, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from accesscfg.model.errors import (
    AccesscfgError,
    InvalidDeclaration,
    Locked,
    Refused,
    SecretsError,
    UsageError,
)
from accesscfg.model.findings import Finding, Mark
from tests.cli.conftest import Run
from tests.cli.stub import StubWorkspace


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AccesscfgError("it broke", where="here", why="so", fix="do"), 1),
        (Refused("it broke"), 4),
        (Locked("it broke"), 6),
        (UsageError("it broke"), 64),
        (SecretsError("no_identity", "it broke"), 77),
    ],
)
def test_each_error_has_its_exit_code(
    run: Run, workspace: StubWorkspace, error: AccesscfgError, code: int
) -> None:
    workspace.error = error
    ran = run("plan")
    assert (ran.code, ran.out) == (code, "")
    assert ran.err == f"error: {error}\n"


def test_an_invalid_declaration_shows_every_finding_with_its_place(
    run: Run, workspace: StubWorkspace
) -> None:
    workspace.error = InvalidDeclaration(
        [
            Finding(
                "error", "spelling", "permision is no field", Mark("exchanges.yaml", 7, 5), "permissions"
            ),
            Finding("warning", "private", "10.0.0.1 is private", Mark("exchanges.yaml", 9, 7)),
        ]
    )
    ran = run("plan")
    assert ran.code == 65
    assert ran.err == (
        "exchanges.yaml:7:5: error: permision is no field (permissions)\n"
        "exchanges.yaml:9:7: warning: 10.0.0.1 is private\n"
        "error: the declaration has 1 error\n"
    )


def test_what_nobody_foresaw_is_called_a_bug_and_shows_nothing_of_the_values(
    run: Run, workspace: StubWorkspace
) -> None:
    workspace.error = ValueError("SECRET-IN-A-MESSAGE")
    ran = run("plan")
    assert ran.code == 1
    assert "unexpected ValueError; this is a bug in accesscfg" in ran.err
    assert "Traceback" not in ran.err
    assert "SECRET" not in ran.err


def test_verbose_tells_where_it_happened_but_not_what_it_said(run: Run, workspace: StubWorkspace) -> None:
    workspace.error = ValueError("SECRET-IN-A-MESSAGE")
    ran = run("-v", "plan")
    assert ran.code == 1
    assert "stub.py:" in ran.err
    assert " in plan\n" in ran.err
    assert "SECRET" not in ran.err


def test_ctrl_c_before_any_write_exits_130(run: Run, workspace: StubWorkspace) -> None:
    workspace.error = KeyboardInterrupt()  # type: ignore[assignment]
    ran = run("plan")
    assert (ran.code, ran.out) == (130, "")
    assert "Interrupted." in ran.err


def test_messages_are_cleaned_of_control_characters(run: Run, workspace: StubWorkspace) -> None:
    workspace.error = AccesscfgError("odd\x1b[2Jreply\x07")
    assert run("plan").err == "error: oddreply\n"


def test_without_a_workspace_the_error_says_so(run: Run, tmp_path: Path) -> None:
    ran = run("-c", str(tmp_path), "validate")
    assert ran.code != 0
    assert "exchanges.yaml" in ran.err
    assert "bug" not in ran.err
