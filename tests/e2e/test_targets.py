"""A targeted run opens only the files that hold what it needs, and calls nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import Run
from tests.e2e.desk import HOSTS, Desk, world

pytestmark = pytest.mark.slow

# the calls of one plan over one account, without the one that asks for the time
WHOLE = {
    "binance-main": ["apiRestrictions", "apiRestrictions", "subAccountApi", "ipRestriction", "list"],
    "bybit-fund": ["query-api", "sub-apikeys", "submembers"],
    "okx-desk": ["config", "apikey", "list"],
}


@pytest.fixture
def decrypted(desk: Desk, tmp_path: Path) -> Path:
    """A file that names each file which sops decrypted."""
    notes = tmp_path / "decrypted"
    notes.write_text("")
    program = tmp_path / "counting-sops"
    program.write_text(
        f'#!/bin/sh\ncase "$1" in decrypt) for last; do :; done; basename "$last" >> {notes};; esac\n'
        f'exec {desk.env["ACCESSCFG_SOPS"]} "$@"\n'
    )
    program.chmod(0o755)
    desk.env["ACCESSCFG_SOPS"] = str(program)
    return notes


def calls(desk: Desk) -> list[str]:
    """The last word of each call's path."""
    return [request["path"].rpartition("/")[2] for request in desk.requests()]


def opened(notes: Path) -> list[str]:
    """The accounts whose file was decrypted."""
    return sorted(name.removesuffix(".sops.yaml") for name in notes.read_text().split())


def test_a_whole_run_opens_each_file_once_and_asks_each_thing_once(
    desk: Desk, here: Run, decrypted: Path
) -> None:
    assert here(desk, "plan").code == 0
    assert opened(decrypted) == ["binance-main", "bybit-fund", "okx-desk"]
    assert sorted(calls(desk)) == sorted(word for words in WHOLE.values() for word in words)


@pytest.mark.parametrize(
    ("target", "files", "asked"),
    [
        ("okx-desk", ["okx-desk"], ["config", "apikey"]),
        ("okx-desk/manager", ["okx-desk"], ["config"]),
        ("okx-desk/desk1/quoter", ["okx-desk"], ["apikey"]),
        ("bybit-fund/grid-1/*", ["bybit-fund"], ["sub-apikeys"]),
        ("bybit-fund/grid-1", ["bybit-fund"], ["sub-apikeys"]),
        ("bybit-fund/*", ["bybit-fund"], ["query-api"]),
        ("bybit-fund/**", ["bybit-fund"], ["query-api", "sub-apikeys"]),
        ("bybit-*", ["bybit-fund"], ["query-api", "sub-apikeys"]),
        ("binance-main/reporting", ["binance-main"], ["apiRestrictions"]),
        ("used_by=Gridbot", ["binance-main"], ["subAccountApi", "ipRestriction"]),
        ("exchange=bybit", ["bybit-fund"], ["query-api", "sub-apikeys"]),
        ("*/manager", ["binance-main", "bybit-fund", "okx-desk"], ["apiRestrictions", "query-api", "config"]),
    ],
)
def test_a_targeted_run_opens_and_asks_what_it_needs(
    desk: Desk, here: Run, decrypted: Path, target: str, files: list[str], asked: list[str]
) -> None:
    for command in ("plan", "status"):
        decrypted.write_text("")
        desk.sandbox.load(world())  # with an empty log
        assert here(desk, command, "--target", target).code == 0
        assert opened(decrypted) == files
        assert sorted(calls(desk)) == sorted(asked)


def test_an_apply_decrypts_each_file_once(desk: Desk, here: Run, decrypted: Path) -> None:
    desk.click("okx-desk/desk1/quoter", ip_whitelist=[*HOSTS, "198.51.100.9"])
    desk.click("bybit-fund/grid-1/bot", ip_whitelist=[*HOSTS, "198.51.100.9"])
    assert here(desk, "apply", "--auto-approve").code == 0
    assert opened(decrypted) == ["binance-main", "bybit-fund", "okx-desk"]


def test_a_targeted_apply_touches_nothing_else(desk: Desk, here: Run, decrypted: Path) -> None:
    desk.click("okx-desk/desk1/quoter", ip_whitelist=[*HOSTS, "198.51.100.9"])
    desk.click("bybit-fund/grid-1/bot", ip_whitelist=[*HOSTS, "198.51.100.9"])
    assert here(desk, "apply", "--auto-approve", "--target", "okx-desk").code == 0
    assert opened(decrypted) == ["okx-desk"]
    assert {request["exchange"] for request in desk.requests()} == {"okx"}
    assert "198.51.100.9" in desk.live("bybit-fund/grid-1/bot")["ip_whitelist"]


@pytest.mark.parametrize(
    "argv", [["validate"], ["secrets", "check"], ["secrets", "list"], ["providers"], ["providers", "okx"]]
)
def test_offline_commands_open_nothing_and_call_nobody(
    desk: Desk, here: Run, decrypted: Path, argv: list[str]
) -> None:
    assert here(desk, *argv).code == 0
    assert opened(decrypted) == []
    assert desk.sandbox.log() == []


def test_a_key_of_a_platform_needs_no_secret(desk: Desk, here: Run, decrypted: Path) -> None:
    desk.declare(
        "      manager: {permissions: [read, transfer], ip_whitelist: [pool:cluster]}\n",
        "      manager: {permissions: [read, transfer], ip_whitelist: [pool:cluster]}\n"
        "      platform: {permissions: [read, spot], ip_whitelist: [198.51.100.4], held: false}\n",
    )
    assert here(desk, "plan", "--target", "bybit-fund/platform").code == 0
    assert opened(decrypted) == []
    assert desk.sandbox.log() == []
