"""`accesscfg secrets`: nothing secret in arguments, on the screen or in a message."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click.termui
import pytest

from accesscfg.cli.options import complete_consents, complete_keys
from accesscfg.model.findings import Finding
from tests.cli.conftest import Run
from tests.cli.stub import StubWorkspace
from tests.report.plans import NORTH

SECRET = "s3cr3t-v4lue"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The fields that were asked for without echo."""
    prompts: list[str] = []

    def ask(prompt: str) -> str:
        prompts.append(prompt.strip().rstrip(":"))
        return f" {SECRET}-{len(prompts)} "

    monkeypatch.setattr(click.termui, "hidden_prompt_func", ask)
    return prompts


def test_on_a_terminal_each_field_is_asked_for_without_echo(
    run: Run, workspace: StubWorkspace, asked: list[str]
) -> None:
    workspace.profile = replace(NORTH, needs_passphrase=True)
    ran = run("secrets", "set", "desk/trader", typed="")
    assert ran.code == 0
    assert asked == ["api_key", "api_secret", "passphrase"]
    fields = {"api_key": f"{SECRET}-1", "api_secret": f"{SECRET}-2", "passphrase": f"{SECRET}-3"}
    assert workspace.called("secrets_set") == [("desk/trader", fields, None)]
    assert SECRET not in ran.out + ran.err
    assert "What you type is not shown." in ran.err
    assert "Stored api_key, api_secret, passphrase of desk/trader in secrets.sops.yaml." in ran.err


def test_a_private_key_comes_from_a_file(
    run: Run, workspace: StubWorkspace, asked: list[str], tmp_path: Path
) -> None:
    pem = tmp_path / "bot.pem"
    pem.write_text("-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n")
    assert run("secrets", "set", "desk/trader", "--private-key-file", str(pem), typed="").code == 64
    workspace.profile = replace(NORTH, credential_kinds=frozenset({"ed25519"}))
    assert run("secrets", "set", "desk/trader", typed="").code == 64
    assert run("secrets", "set", "desk/trader", "--private-key-file", str(pem), typed="").code == 0
    fields = {"api_key": f"{SECRET}-1", "private_key": pem.read_text()}
    assert workspace.called("secrets_set") == [("desk/trader", fields, None)]
    assert asked == ["api_key"]


def test_in_a_script_one_json_object_is_read(run: Run, workspace: StubWorkspace, tmp_path: Path) -> None:
    fields = {"api_key": "k", "api_secret": SECRET}
    file = tmp_path / "team.sops.yaml"
    ran = run("secrets", "set", "desk/trader", "--stdin", "--file", str(file), piped=json.dumps(fields))
    assert ran.code == 0
    assert workspace.called("secrets_set") == [("desk/trader", fields, file)]
    assert SECRET not in ran.out + ran.err


@pytest.mark.parametrize(
    "piped",
    [
        "",
        SECRET,
        f'["{SECRET}"]',
        "{}",
        f'{{"{SECRET}": "x"}}',
        f'{{"api_key": ["{SECRET}"]}}',
        f'{{"api_key": "", "api_secret": "{SECRET}"}}',
    ],
)
def test_anything_else_is_wrong_usage_and_is_not_repeated(
    run: Run, workspace: StubWorkspace, piped: str
) -> None:
    ran = run("-v", "secrets", "set", "desk/trader", "--stdin", piped=piped)
    assert ran.code == 64
    assert SECRET not in ran.out + ran.err
    assert workspace.called("secrets_set") == []


def test_without_a_terminal_nothing_is_asked(run: Run, workspace: StubWorkspace) -> None:
    ran = run("secrets", "set", "desk/trader")
    assert ran.code == 64
    assert "--stdin" in ran.err


def test_a_key_that_is_not_declared_gets_the_nearest_path(run: Run, workspace: StubWorkspace) -> None:
    ran = run("secrets", "set", "desk/tradr", "--stdin", piped="{}")
    assert ran.code == 64
    assert "did you mean desk/trader?" in ran.err


def test_an_invalid_declaration_is_said_first(run: Run, workspace: StubWorkspace) -> None:
    workspace.findings = (Finding("error", "x", "it is broken"),)
    assert run("secrets", "set", "desk/trader", "--stdin", piped="{}").code == 65


def test_check_gives_findings(run: Run, workspace: StubWorkspace) -> None:
    assert run("secrets", "check").out == "the secrets files are as they should be\n"
    workspace.findings = (Finding("error", "missing", "desk/trader has no entry"),)
    ran = run("secrets", "check")
    assert ran.code == 65
    assert ran.out == "error: desk/trader has no entry\n1 error, 0 warnings\n"
    assert json.loads(run("secrets", "check", "--format", "json").out)["valid"] is False


def test_list_shows_names_only(run: Run, workspace: StubWorkspace) -> None:
    assert run("secrets", "list").out == (
        "desk/trader  api_key, api_secret  secrets.sops.yaml\n"
        "desk/old     api_key              secrets.sops.yaml  (no such key is declared)\n"
    )
    assert json.loads(run("secrets", "list", "--format", "json").out)[1] == {
        "key": "desk/old",
        "fields": ["api_key"],
        "file": "secrets.sops.yaml",
        "declared": False,
    }


def test_the_shell_completes_consents_guard_first(workspace: StubWorkspace) -> None:
    ctx, option = click.Context(click.Command("x")), click.Option(["--allow"])
    assert complete_consents(ctx, option, "l") == ["last-address=", "lift-restriction="]
    assert complete_consents(ctx, option, "last-address=desk/t") == ["last-address=desk/trader"]
    assert "last-address=desk" not in complete_consents(ctx, option, "last-address=")


def test_the_shell_completes_paths_of_declared_keys(workspace: StubWorkspace) -> None:
    ctx = click.Context(click.Command("x"))
    option = click.Option(["--target"])
    assert complete_keys(ctx, option, "desk/t") == ["desk/trader"]
    assert complete_keys(ctx, option, "d") == ["desk", "desk/trader", "desk/lost"]
    workspace.findings = (Finding("error", "x", "it is broken"),)
    assert complete_keys(ctx, option, "d") == []
