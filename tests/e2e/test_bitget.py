"""Bitget through the program: an account of each mode, and the passphrase of a key that only its manager signs for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accesscfg.sandbox import Sandbox
from tests.e2e.conftest import Run
from tests.e2e.desk import UNLIMITED, Desk, program_environment
from tests.support.sops import SopsRepo

pytestmark = pytest.mark.slow

HOST, OTHER = "203.0.113.10", "203.0.113.11"
PHRASE = "MARKEDphrase1"
ACCOUNT = """\
  {mode}:
    exchange: bitget
    egress: {{addresses: [203.0.113.10]}}
    keys:
      manager: {{permissions: [read, transfer, subaccounts], ip_whitelist: [203.0.113.10]}}
    sub_accounts:
      grid:
        id: "53888000"
        managed_by: manager
        keys:
          bot: {{permissions: [read, spot, margin, futures], ip_whitelist: [203.0.113.10, 203.0.113.11]}}
"""
# manager and bot as they live, the bot with less than is declared
RIGHTS = {
    "classic": (["stor", "wtow", "chow"], ["read", "spot_trade"]),
    "unified": (["uta_mgt"], ["uta_read"]),
}
BROUGHT_TO = {
    "classic": {"read", "spot_trade", "margin_trade", "contract_trade"},
    "unified": {"uta_trade"},
}


def api_key(path: str) -> str:
    """The public half of a key's credential."""
    return path.replace("/", "")


def entry(path: str) -> dict[str, str]:
    """What the secrets file holds for a key."""
    return {"api_key": api_key(path), "api_secret": f"MARKED-SECRET-{path}", "passphrase": PHRASE}


def live(path: str, permissions: list[str], ips: list[str]) -> dict[str, Any]:
    """A key as it lives."""
    label = path.rpartition("/")[2]
    return {**entry(path), "label": label, "permissions": permissions, "ip_whitelist": ips}


def account(mode: str, uid: str) -> dict[str, Any]:
    """An account as it lives, in drift."""
    manager, bot = RIGHTS[mode]
    sub = {"id": "grid", "uid": "53888000", "keys": [live(f"{mode}/grid/bot", bot, [HOST])]}
    return {
        "id": mode,
        "uid": uid,
        "mode": mode,
        "seen_as": HOST,
        "keys": [live(f"{mode}/manager", manager, [HOST])],
        "sub_accounts": [sub],
    }


@pytest.fixture
def desk(
    sandbox: Sandbox,
    tmp_path: Path,
    home: Path,
    identity_file: Path,
    sops_bin: str,
    age_identity: tuple[str, str],
) -> Iterator[Desk]:
    """A workspace over one account of each mode."""
    folder = tmp_path / "desk"
    folder.mkdir()
    accounts = "".join(ACCOUNT.format(mode=mode) for mode in RIGHTS)
    (folder / "exchanges.yaml").write_text(f"version: 1\nexchanges:\n{accounts}")
    repo = SopsRepo(folder, sops_bin, age_identity[1])
    repo.write_rules()
    paths = [f"{mode}/{name}" for mode in RIGHTS for name in ("manager", "grid/bot")]
    repo.write({path: entry(path) for path in paths})
    world = {"options": UNLIMITED, "accounts": [account("classic", "4711"), account("unified", "4712")]}
    sandbox.clear_faults()
    sandbox.load({"exchanges": {"bitget": world}})
    extra = {"ACCESSCFG_SANDBOX": sandbox.url, "SOPS_AGE_KEY_FILE": str(identity_file)}
    made = Desk(folder, sandbox, program_environment(home, extra))
    yield made
    made.close()


def bots(desk: Desk) -> dict[str, dict[str, Any]]:
    """The sub-accounts' keys as they are now, by mode."""
    accounts = desk.sandbox.state()["exchanges"]["bitget"]["accounts"]
    return {one["id"]: one["sub_accounts"][0]["keys"][0] for one in accounts}


def test_the_same_declaration_is_applied_in_both_modes(desk: Desk, here: Run) -> None:
    applied = here(desk, "-v", "apply", "--auto-approve")
    again = here(desk, "plan", "--detailed-exitcode")

    assert (applied.code, again.code) == (0, 0), applied.out + applied.err + again.out
    for mode, bot in bots(desk).items():
        assert set(bot["permissions"]) == BROUGHT_TO[mode]
        assert set(bot["ip_whitelist"]) == {HOST, OTHER}
    assert len(desk.writes()) == 2
    told = applied.out + applied.err + again.out + again.err + desk.trail.read_text()
    assert "MARKED" not in told


def test_an_entry_without_passphrase_is_found_makes_the_change_manual_and_is_mended(
    desk: Desk, here: Run, sops_bin: str
) -> None:
    path = "unified/grid/bot"
    here(desk, "apply", "--auto-approve", "--target", "classic/**")
    written = len(desk.writes())
    passphrase = f'["keys"]["{path}"]["passphrase"]'
    SopsRepo(desk.folder, sops_bin, "").call("unset", "secrets.sops.yaml", passphrase)

    checked = here(desk, "secrets", "check")
    planned = here(desk, "apply", "--auto-approve")
    assert checked.code == 65
    assert f"accesscfg secrets set {path}" in checked.out
    assert planned.code == 2
    assert f"accesscfg secrets set {path}" in " ".join(planned.out.split())
    assert len(desk.writes()) == written

    stored = here(desk, "secrets", "set", path, "--stdin", given=json.dumps(entry(path)))
    mended = here(desk, "apply", "--auto-approve")
    assert (stored.code, here(desk, "secrets", "check").code, mended.code) == (0, 0, 0)
    assert set(bots(desk)["unified"]["permissions"]) == BROUGHT_TO["unified"]
