"""The workspace and the simulated exchanges that the tests of the terminal UI play on: a little of everything."""

from __future__ import annotations

from typing import Any

HOST = "203.0.113.10"

DECLARATION = """\
version: 1

ip_pools:
  cluster: [203.0.113.10, 203.0.113.11]
  platform: {file: pools/platform.txt}

exchanges:
  okx-desk:
    exchange: okx
    egress: {addresses: [203.0.113.10]}
    managed_by: manager
    keys:
      manager: {permissions: [read, trade, transfer], ip_whitelist: [pool:cluster]}
    sub_accounts:
      desk1:
        id: desk1eu
        keys:
          quoter:                      # its owner is on call
            label: quoter
            used_by: market maker
            permissions: [read, trade, transfer]
            ip_whitelist: [pool:cluster, 198.51.100.4]
          watcher: {permissions: [read], ip_whitelist: [pool:cluster]}

  bybit-fund:
    exchange: bybit
    egress: {addresses: [203.0.113.10]}
    managed_by: manager
    keys:
      manager: {permissions: [read, transfer], ip_whitelist: [pool:cluster]}
    sub_accounts:
      grid-1:
        id: "53888000"
        keys:
          bot: {permissions: [read, spot, futures], ip_whitelist: [pool:cluster], used_by: Gridbot}

  kraken-main:
    exchange: kraken
    egress: {addresses: [203.0.113.10]}
    keys:
      charter:
        used_by: Charter
        permissions: [read, spot, margin]
        ip_whitelist: [pool:platform, 203.0.113.10]

  cryptocom-main:
    exchange: cryptocom
    egress: {addresses: [203.0.113.10]}
    keys:
      desk: {permissions: [read, trade], ip_whitelist: [pool:cluster]}
"""
POOL = "203.0.113.129, 203.0.113.130\n203.0.113.131\n"

SECRETS: dict[str, dict[str, str]] = {
    "okx-desk/manager": {
        "api_key": "42dd0f3d-d842-3aed-bb2a-7192163ae7f1",
        "api_secret": "9C22E8C491A40335BE18A7F3454BCE26",
        "passphrase": "Sandbox-only-2JUEK5-1",
    },
    "okx-desk/desk1/quoter": {
        "api_key": "b51fb49a-0929-b376-e2fb-290193f5b4ed",
        "api_secret": "7EA0309551A28FF9906BF567B9C5B42E",
        "passphrase": "Sandbox-only-IhFXV2-1",
    },
    "okx-desk/desk1/watcher": {
        "api_key": "6cf7a3f2-0d1e-4a55-9a0c-5d0b8e0f3a11",
        "api_secret": "1F0A7C35E2B94D868C1D3A57F0E2B964",
        "passphrase": "Sandbox-only-pQ7mRv-1",
    },
    "bybit-fund/manager": {
        "api_key": "nY03Ia1Lp6O4mlKPQk",
        "api_secret": "GY4tnhtii2VeFSlfb4JZ5VnVqJTRVfOBzmin",
    },
    "bybit-fund/grid-1/bot": {
        "api_key": "duPZaISpSmZPWeC6pe",
        "api_secret": "M6f1wKxRQDi63LnBuxNYDqE64TM8r0ghM3lQ",
    },
    "kraken-main/charter": {
        "api_key": "LhShfEX06YQBa9HdxNrjzp5QCIfYCIJgBbFf8cdUu9GPQKnzZ8ABeVVY",
        "api_secret": "JkKExeqRKGZknMQxtUpryf3WQHCitWiHOFkrh3daWXQKAc13SxPrD3Fw"
        "I5WQWWUiW3B7ughVdAmVJjLs05SwVQ==",
    },
    "cryptocom-main/desk": {
        "api_key": "52y5I3PB0NzPrzxQ0g7s0l",
        "api_secret": "REHVXtcyycxYSqoln0sGDB",
    },
}


def world() -> dict[str, Any]:
    """The live side: one key by the API in drift, one on the website, one that nobody sees, the others as declared."""
    return {
        "exchanges": {
            "okx": {"accounts": [_okx()]},
            "bybit": {"accounts": [_bybit()]},
            "kraken": {"accounts": [_kraken()]},
            "cryptocom": {"accounts": [_cryptocom()]},
        }
    }


def _key(path: str, label: str, permissions: list[str], ips: list[str] | None, **more: Any) -> dict[str, Any]:
    made = {"label": label, "permissions": permissions, "ip_whitelist": ips}
    return {**SECRETS[path], **made, "created_at": "2026-09-01T08:00:00Z", **more}


def _okx() -> dict[str, Any]:
    both = ["203.0.113.10", "203.0.113.11"]
    quoter = _key("okx-desk/desk1/quoter", "quoter", ["read_only", "trade"], [HOST, "192.0.2.77"])
    watcher = _key("okx-desk/desk1/watcher", "watcher", ["read_only"], both)
    return {
        "id": "okx-desk",
        "uid": "44705892343619584",
        "seen_as": HOST,
        "keys": [_key("okx-desk/manager", "manager", ["read_only", "trade"], both)],
        "sub_accounts": [
            {"id": "desk1", "uid": "340000000000007413", "name": "desk1eu", "keys": [quoter, watcher]}
        ],
    }


def _bybit() -> dict[str, Any]:
    both = ["203.0.113.10", "203.0.113.11"]
    wallet = ["Wallet:AccountTransfer", "Wallet:SubMemberTransfer"]
    trading = ["Spot:SpotTrade", "ContractTrade:Order", "ContractTrade:Position"]
    bot = _key("bybit-fund/grid-1/bot", "bot", trading, both)
    return {
        "id": "bybit-fund",
        "uid": "1448939",
        "seen_as": HOST,
        "keys": [_key("bybit-fund/manager", "manager", wallet, both)],
        "sub_accounts": [{"id": "grid-1", "uid": "53888000", "name": "grid1fund", "keys": [bot]}],
    }


def _kraken() -> dict[str, Any]:
    reading = ["query-funds", "query-open-trades", "query-closed-trades", "query-ledger", "export-data"]
    trading = ["modify-trades", "close-trades"]
    ips = [HOST, "203.0.113.129", "203.0.113.130", "203.0.113.99"]
    charter = _key("kraken-main/charter", "charter", [*reading, *trading, "withdraw-funds"], ips)
    return {"id": "kraken-main", "uid": "AA47N84GQZX6", "seen_as": HOST, "keys": [charter]}


def _cryptocom() -> dict[str, Any]:
    desk = _key("cryptocom-main/desk", "desk", ["trading"], ["203.0.113.10", "203.0.113.11"])
    uuid = "ebe3064c-621f-437a-8b47-adff39222e99"
    return {"id": "cryptocom-main", "uuid": uuid, "seen_as": HOST, "keys": [desk]}
