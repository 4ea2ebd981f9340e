"""The annex of the firm: accounts on exchanges that show less of their keys, or change them on the website only.

As at the desk, every secret carries the word MARKED, as it is or encoded as the exchange does it.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from accesscfg.config import load
from accesscfg.exchanges.registry import Profiles
from accesscfg.rehearsal import world_of
from accesscfg.secrets import Credential, Secret
from tests.e2e.desk import UNLIMITED
from tests.support.rig import profile_of
from tests.support.sops import SopsRepo

DECLARATION = """\
version: 1
ip_pools:
  cluster: {file: pools/cluster.txt}
  charter: {file: pools/charter.txt, allocated_to: [kraken-main/bot, kraken-main/extra]}
exchanges:
  kraken-main:
    exchange: kraken
    egress: {addresses: [203.0.113.10]}
    keys:
      bot: {permissions: [read, spot, margin], ip_whitelist: [pool:charter, 203.0.113.10]}
      extra: {permissions: [read, spot, margin], ip_whitelist: [pool:charter], held: false, used_by: Charter}
      far: {permissions: [read], ip_whitelist: [198.51.100.7]}
    sub_accounts:
      grid:
        id: grid-by-name
        keys:
          watcher: {permissions: [read], ip_whitelist: [pool:cluster]}
  whitebit-main:
    exchange: whitebit
    egress: {addresses: [203.0.113.10]}
    keys:
      manager: {permissions: [subaccounts, "native:/api/v4/market/fee"], ip_whitelist: [pool:cluster]}
    sub_accounts:
      maker:
        id: 8e667b4a-0b71-4988-8af5-9474dbfa0001
        managed_by: manager
        keys:
          bot: {permissions: [read, spot], ip_whitelist: [pool:cluster]}
  cryptocom-main:
    exchange: cryptocom
    egress: {addresses: [203.0.113.10]}
    keys:
      desk: {permissions: [read, trade], ip_whitelist: [pool:cluster]}
    sub_accounts:
      arb:
        id: 22222222-2222-2222-2222-222222222222
        keys:
          watcher: {permissions: [read], ip_whitelist: [pool:cluster]}
  bitget-main:
    exchange: bitget
    egress: {addresses: [203.0.113.10]}
    keys:
      manager: {permissions: [read, transfer, subaccounts], ip_whitelist: [pool:cluster]}
    sub_accounts:
      arb:
        id: "53888000"
        managed_by: manager
        keys:
          bot: {permissions: [read, spot, margin, futures], ip_whitelist: [pool:cluster]}
"""
POOLS = {"cluster": "203.0.113.10, 203.0.113.11\n", "charter": "203.0.113.129\n203.0.113.130\n"}
EXCHANGES = {
    "kraken-main": "kraken",
    "whitebit-main": "whitebit",
    "cryptocom-main": "cryptocom",
    "bitget-main": "bitget",
}
HELD = (
    "kraken-main/bot",
    "kraken-main/far",
    "kraken-main/grid/watcher",
    "whitebit-main/manager",
    "whitebit-main/maker/bot",
    "cryptocom-main/desk",
    "cryptocom-main/arb/watcher",
    "bitget-main/manager",
    "bitget-main/arb/bot",
)
# every facet of a held: false key, and what the APIs of these exchanges do not show of the others
UNSEEN = {
    "kraken-main/extra": {"presence", "permissions", "ip_whitelist"},
    "kraken-main/far": {"presence", "permissions", "ip_whitelist"},
    "whitebit-main/manager": {"permissions", "ip_whitelist"},
    "cryptocom-main/desk": {"permissions", "ip_whitelist"},
    "cryptocom-main/arb/watcher": {"permissions", "ip_whitelist"},
}


def entry(path: str) -> dict[str, str]:
    """What the secrets file holds for a key."""
    name = path.replace("/", "").replace("-", "")
    secret = f"MARKED-SECRET-{path}"
    if path.startswith("kraken"):  # whose secrets are keys of bytes
        secret = base64.b64encode(secret.encode()).decode()
    made = {"api_key": f"PublicHalfOf{name}", "api_secret": secret}
    return {**made, "passphrase": f"MARKEDPhrase{name[-8:]}"} if path.startswith("bitget") else made


def write(repo: SopsRepo) -> None:
    """The workspace, as files."""
    (repo.folder / "exchanges.yaml").write_text(DECLARATION)
    (repo.folder / "pools").mkdir()
    for name, text in POOLS.items():
        (repo.folder / "pools" / f"{name}.txt").write_text(text)
    repo.write_rules()
    repo.write({path: entry(path) for path in HELD})


def world(folder: Path) -> dict[str, Any]:
    """The exchanges exactly as declared; Bitget's account is a Classic one."""
    declaration = load(folder / "exchanges.yaml", Profiles(), sandbox=True)
    made = world_of(declaration, {path: _credential(path) for path in HELD}, profile_of)
    for venue in made["exchanges"].values():
        venue["options"] = UNLIMITED
    return made


def _credential(path: str) -> Credential:
    fields = {name: Secret(text) for name, text in entry(path).items()}
    return Credential(fields["api_key"], api_secret=fields["api_secret"], passphrase=fields.get("passphrase"))
