"""`accesscfg init`, `providers` and `sandbox serve`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accesscfg.cli.init import report_text
from accesscfg.exchanges.registry import Profiles
from accesscfg.workspace_init import InitReport
from tests.cli.conftest import Run
from tests.cli.stub import StubWorkspace


def test_init_says_what_was_made_and_that_the_identity_must_be_backed_up() -> None:
    report = InitReport(
        files=((Path("exchanges.yaml"), "the declaration"), (Path(".sops.yaml"), "who can open the secrets")),
        identity=Path("/home/me/keys.txt"),
        identity_made=True,
        recipient="age1xyz",
        next_steps=("accesscfg validate",),
    )
    assert report_text(report, None) == (
        "Made:\n"
        "  exchanges.yaml  the declaration\n"
        "  .sops.yaml      who can open the secrets\n"
        "\n"
        "A new age identity was made: /home/me/keys.txt\n"
        "  its public half: age1xyz\n"
        "  Back it up somewhere safe and apart from the repository: without it nobody can open the secrets.\n"
        "\n"
        "Next:\n"
        "  accesscfg validate"
    )


def test_init_knows_the_exchanges(run: Run, tmp_path: Path) -> None:
    ran = run("init", str(tmp_path / "new"), "--exchange", "nowhere")
    assert ran.code == 64
    assert "binance" in ran.err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", Profiles().names())
def test_providers_tells_about_each_exchange(run: Run, name: str) -> None:
    ran = run("providers", name)
    assert ran.code == 0
    assert "\nSources\n" in ran.out
    assert "\n## Sources\n" in run("providers", name, "--format", "markdown").out
    assert set(json.loads(run("providers", name, "--format", "json").out)["exchanges"]) == {name}


def test_providers_lists_them_all(run: Run) -> None:
    table = run("providers").out
    assert all(f"\n{name}  " in table for name in Profiles().names())
    assert run("providers", "--format", "markdown").out.startswith("| exchange |")
    assert set(json.loads(run("providers", "--format", "json").out)["exchanges"]) == set(Profiles().names())


def test_an_exchange_that_is_not_there_is_wrong_usage(run: Run) -> None:
    ran = run("providers", "nowhere")
    assert ran.code == 64
    assert "okx" in ran.err


def test_the_sandbox_serves_one_world(run: Run, workspace: StubWorkspace, tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text("exchanges: {}")
    assert run("sandbox", "serve", "--from-workspace", "--world", str(world)).code == 64


@pytest.mark.parametrize("text", ["exchanges: [", "exchanges: {nowhere: {accounts: []}}", "- a", "\x00"])
def test_a_world_that_cannot_be_is_an_error_that_names_the_file(run: Run, tmp_path: Path, text: str) -> None:
    world = tmp_path / "world.yaml"
    world.write_text(text)
    ran = run("sandbox", "serve", "--world", str(world))
    assert ran.code == 1
    assert ran.err.startswith(f"error: {world}: ")
