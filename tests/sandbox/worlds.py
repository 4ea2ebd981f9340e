"""The world that the tests of the sandbox start from."""

from __future__ import annotations

from typing import Any

HERE = "127.0.0.1"
ELSEWHERE = "127.0.0.9"
BINANCE_SUB = "sub+1@example.com"
BINANCE_SECOND = "second@example.com"
BYBIT_SUB = "53888000"
OKX_SUB = "desk1eu"
PASSPHRASE = "Sandbox-only-1"


def key(name: str, permissions: list[str], whitelist: list[str] | None, **more: Any) -> dict[str, Any]:
    """A key whose id is its label and whose secret is the label with `Secret` behind it."""
    return {
        "api_key": name,
        "api_secret": f"{name}Secret",
        "label": name,
        "permissions": permissions,
        "ip_whitelist": whitelist,
        **more,
    }


def binance() -> dict[str, Any]:
    reading, trading = "enableReading", "enableSpotAndMarginTrading"
    return {
        "accounts": [
            {
                "id": "main",
                "uid": "1001",
                "keys": [
                    key("manager", [reading, trading], [HERE]),
                    key("reader", [reading], None),
                    key("away", [reading, trading], [ELSEWHERE]),
                ],
                "sub_accounts": [
                    {
                        "id": "bots",
                        "uid": "1002",
                        "email": BINANCE_SUB,
                        "keys": [
                            key("bot", ["canTrade"], ["203.0.113.7", "203.0.113.8"]),
                            key("local", ["canTrade", "canFuturesTrade"], [HERE]),
                        ],
                    },
                    {
                        "id": "second",
                        "uid": "1003",
                        "email": BINANCE_SECOND,
                        "keys": [key("spare", ["canTrade"], ["203.0.113.7", "203.0.113.8"])],
                    },
                ],
            }
        ]
    }


def bybit() -> dict[str, Any]:
    spot, transfer = "Spot:SpotTrade", "Wallet:AccountTransfer"
    return {
        "accounts": [
            {
                "id": "main",
                "uid": "2001",
                "keys": [
                    key("manager", [spot, transfer], [HERE]),
                    key("trader", [spot], [HERE]),
                    key("viewer", [spot, transfer, "ReadOnly"], [HERE]),
                    key("treasury", [transfer, "Wallet:Withdraw", "FiatP2P:FiatP2POrder"], [HERE]),
                    key("away", [spot], [ELSEWHERE]),
                ],
                "sub_accounts": [
                    {
                        "id": "bots",
                        "uid": BYBIT_SUB,
                        "keys": [
                            key("bot", [spot, "ContractTrade:Order"], ["203.0.113.7", "203.0.113.8"]),
                            key("local", [spot, transfer], [HERE]),
                        ],
                    },
                    {"id": "second", "uid": "53888001"},
                ],
            }
        ]
    }


def okx() -> dict[str, Any]:
    def okx_key(name: str, permissions: list[str], whitelist: list[str] | None) -> dict[str, Any]:
        return key(name, permissions, whitelist, passphrase=PASSPHRASE)

    return {
        "accounts": [
            {
                "id": "main",
                "uid": "3001",
                "keys": [
                    okx_key("manager", ["read_only", "trade"], [HERE]),
                    okx_key("reader", ["read_only"], [HERE]),
                    okx_key("unbound", ["read_only", "trade"], None),
                    okx_key("blind", ["trade"], [HERE]),
                    okx_key("away", ["read_only"], [ELSEWHERE]),
                ],
                "sub_accounts": [
                    {
                        "id": "desk",
                        "uid": "3002",
                        "name": OKX_SUB,
                        "keys": [
                            okx_key("bot", ["trade", "read_only"], ["203.0.113.7", "203.0.113.8"]),
                            okx_key("local", ["read_only", "trade"], [HERE]),
                        ],
                    },
                    {"id": "second", "uid": "3003", "name": "second"},
                ],
            }
        ]
    }


def world(**options: dict[str, object]) -> dict[str, Any]:
    """All three exchanges; `options` are those of the exchange named."""
    exchanges: dict[str, dict[str, Any]] = {"binance": binance(), "bybit": bybit(), "okx": okx()}
    for name, given in options.items():
        exchanges[name]["options"] = given
    return {"seed": 7, "exchanges": exchanges}
