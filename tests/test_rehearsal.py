"""A rehearsal's world is what the declaration says, also where an account's mode decides what its keys can have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accesscfg.config import load
from accesscfg.exchanges.registry import Profiles
from accesscfg.model.profile import Profile
from accesscfg.rehearsal import world_of
from accesscfg.sandbox import Sandbox

PROFILES = Profiles()
SUB = """
    sub_accounts:
      grid:
        id: "53888000"
        managed_by: manager
        keys:
          bot: {permissions: [read, spot, margin, futures], ip_whitelist: [198.51.100.7]}
"""


def profile_of(exchange: str) -> Profile:
    found = PROFILES.get(exchange)
    assert found is not None
    return found


def account(folder: Path, permissions: str, more: str = "") -> dict[str, Any]:
    """The one account of the world that is made for a declaration of a managing key with these permissions."""
    file = folder / "exchanges.yaml"
    key = f"manager: {{permissions: [{permissions}], ip_whitelist: [198.51.100.7]}}"
    file.write_text(f"version: 1\nexchanges:\n  fund:\n    exchange: bitget\n    keys:\n      {key}{more}")
    world = world_of(load(file, PROFILES, sandbox=True), {}, profile_of)
    Sandbox(world)  # it is a world that the sandbox takes
    found: dict[str, Any] = world["exchanges"]["bitget"]["accounts"][0]
    return found


@pytest.mark.parametrize(
    ("permissions", "mode", "rights"),
    [
        ("read, subaccounts", "classic", {"stor", "chow"}),
        ("read, native:coor", "classic", {"stor", "coor"}),
        ("read, native:uta_trade", "unified", {"uta_read", "uta_trade"}),
        ("read, transfer, native:teleport", "classic", {"stor", "wtow", "teleport"}),
    ],
)
def test_an_account_is_in_the_mode_that_its_declaration_fits(
    tmp_path: Path, permissions: str, mode: str, rights: set[str]
) -> None:
    made = account(tmp_path, permissions)
    assert (made["mode"], set(made["keys"][0]["permissions"])) == (mode, rights)


def test_the_keys_of_its_sub_accounts_have_the_rights_of_that_mode(tmp_path: Path) -> None:
    made = account(tmp_path, "read, subaccounts", SUB)
    (bot,) = made["sub_accounts"][0]["keys"]
    assert set(bot["permissions"]) == {"read", "spot_trade", "margin_trade", "contract_trade"}
    assert bot["passphrase"]
