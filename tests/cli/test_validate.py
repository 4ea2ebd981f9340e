"""`accesscfg validate --remove-retired`: shown, asked for, and only made where what is left is valid."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

TEXT = """\
version: 1
ip_pools:
  home: [8.8.4.4]
exchanges:
  # closed long ago
  bittrex-old:
    exchange: bittrex
    keys:
      bot: {permissions: [read, spot], ip_whitelist: [pool:home]}

  desk:  # the one we use
    exchange: okx
    keys:
      bot: {permissions: [read], ip_whitelist: [pool:home]}
"""
LEFT = TEXT[: TEXT.index("  bittrex-old:")] + TEXT[TEXT.index("\n  desk:") :]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "exchanges.yaml"
    path.write_text(TEXT)
    return path


def test_a_retired_exchange_is_an_error_that_says_since_when_and_what_to_do(run: Run, file: Path) -> None:
    ran = run("-c", str(file), "validate")
    assert ran.code == 65
    assert f"{file}:7:15: error: Bittrex: closed" in ran.out
    assert "2023-12-04" in ran.out
    assert "accesscfg validate --remove-retired" in ran.out


def test_the_edit_is_shown_and_made_after_a_yes(run: Run, file: Path) -> None:
    ran = run("-c", str(file), "validate", "--remove-retired", typed="yes\n")
    assert ran.code == 0
    assert "\n-    exchange: bittrex\n" in ran.out
    assert "+  " not in ran.out
    assert "exchanges.yaml is valid: 1 key" in ran.out
    assert "Remove bittrex-old? Only the word yes" in ran.err
    assert file.read_text() == LEFT


@pytest.mark.parametrize("typed", ["", "\n", "y\n", "no\n", "YES\n"])
def test_anything_else_is_a_no(run: Run, file: Path, typed: str) -> None:
    ran = run("-c", str(file), "validate", "--remove-retired", typed=typed)
    assert (ran.code, file.read_text()) == (130, TEXT)
    assert "Nothing was written" in ran.err


def test_without_a_terminal_it_is_shown_and_not_made(run: Run, file: Path) -> None:
    ran = run("-c", str(file), "validate", "--remove-retired")
    assert (ran.code, file.read_text()) == (64, TEXT)
    assert "-  bittrex-old:" in ran.out
    assert "--yes" in ran.err


def test_yes_asks_nobody(run: Run, file: Path) -> None:
    ran = run("-c", str(file), "validate", "--remove-retired", "--yes")
    assert (ran.code, file.read_text()) == (0, LEFT)
    assert "Removed bittrex-old." in ran.err


def test_nothing_is_written_where_what_is_left_is_not_valid(run: Run, file: Path) -> None:
    pool = "home: {file: home.txt, allocated_to: [bittrex-old/bot, desk/bot]}"
    text = TEXT.replace("home: [8.8.4.4]", pool)
    file.write_text(text)
    (file.parent / "home.txt").write_text("8.8.4.4\n")
    ran = run("-c", str(file), "validate", "--remove-retired", "--yes")
    assert (ran.code, file.read_text()) == (65, text)
    assert f"{file}:3:41: error: there is no key `bittrex-old/bot`" in ran.out
    assert "Nothing was written" in ran.err


def test_what_is_left_of_it_elsewhere_is_told(run: Run, file: Path) -> None:
    exception = "{key: bittrex-old/*, policy: forbid, permission: spot, reason: x, until: 2027-03-31}"
    file.write_text(TEXT + f"policies:\n  exceptions:\n    - {exception}\n")
    ran = run("-c", str(file), "validate", "--remove-retired", "--yes")
    assert ran.code == 0
    assert "the exception for `bittrex-old/*` selects no declared key" in ran.out


def test_a_secret_that_is_still_stored_is_told_with_the_command_that_removes_it(run: Run, file: Path) -> None:
    secrets = file.parent / "secrets.sops.yaml"
    secrets.write_text(
        'version: 1\nkeys:\n  "bittrex-old/bot": {api_key: "ENC[x]", api_secret: "ENC[x]"}\nsops: {}\n'
    )
    ran = run("-c", str(file), "validate", "--remove-retired", "--yes")
    assert f'sops unset {secrets} \'["keys"]["bittrex-old/bot"]\'' in ran.err


def test_without_a_retired_exchange_it_only_checks(run: Run, file: Path) -> None:
    file.write_text(LEFT)
    ran = run("-c", str(file), "validate", "--remove-retired", "--yes")
    assert (ran.code, file.read_text()) == (0, LEFT)
    assert "No account of a retired exchange" in ran.err


@pytest.mark.parametrize("wrong", [["--yes"], ["--remove-retired", "--format", "json"]])
def test_options_that_do_not_go_together(run: Run, file: Path, wrong: list[str]) -> None:
    assert run("-c", str(file), "validate", *wrong).code == 64
    assert file.read_text() == TEXT


def test_nothing_that_a_terminal_obeys_comes_out_of_the_edit(run: Run, file: Path) -> None:
    file.write_text(
        TEXT.replace("spot]", 'spot, "native:\\e[31mred"]').replace("closed long", "\u202eclosed")
    )
    ran = run("-c", str(file), "validate", "--remove-retired")
    assert "\u202e" not in ran.out
    assert "\x1b" not in ran.out
