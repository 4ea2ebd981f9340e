"""Makes what the benchmark runs over: `python tools/bench_workspaces.py FOLDER`.

A program of its own, so that the process that measures stays small: Linux counts the memory of the process that
starts a program as the program's own peak until it has grown beyond that.

- `validate/`: a declaration of 1,000 keys, each with 20 addresses of its own
- `all/`: 1,000 keys in 100 accounts, the secret of each in a file that sops really encrypted
- `managers/`: the same, but only the 100 managing keys' secrets are held
- `in-sync.yaml`, `drifted.yaml`: sandbox worlds for them; in the second every tenth key differs
- `board/`, `board.yaml`: 600 keys in 60 accounts and the world that matches
- `many/`: 10,000 keys that are others', at an exchange that lists none: a plan of them calls nobody
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from accesscfg.secrets import Sops, write_identity
from accesscfg.workspace import Workspace

ACCOUNTS, SUBS, KEYS_A_SUB = 100, 3, 3
BOARD_ACCOUNTS, MANY_ACCOUNTS = 60, 1000
SECRETS, IDENTITY = "secrets.sops.yaml", "age.key"
HERE, ELSEWHERE = "203.0.113.10", "192.0.2.44"
EXCHANGES = ("binance", "bybit", "okx")

# what a key that manages, and one that trades, is declared with
MANAGES = {"binance": ["read", "spot"], "bybit": ["read", "transfer"], "okx": ["read", "trade", "transfer"]}
TRADES = {"binance": ["read", "spot"], "bybit": ["read", "spot"], "okx": ["read", "trade", "transfer"]}
# a right that the drifted world's keys hold beyond that, or for lack of another, do without
ADDED = {"binance": "canFuturesTrade", "bybit": "Options:OptionsTrade"}
TAKEN = {"okx": "trade"}

Fields = dict[str, Any]


def addresses(number: int, count: int) -> list[str]:
    """As many addresses as asked for that no other key has."""
    first = 0x22000000 + number * count  # 34.0.0.0: public, so nothing is warned of
    return [".".join(map(str, (first + n).to_bytes(4, "big"))) for n in range(count)]


def accounts(own_addresses: int, *, held: bool = True, count: int = ACCOUNTS) -> dict[str, Fields]:
    """The accounts of a declaration, a third of them at each exchange: one managing key and nine that trade."""
    made: dict[str, Fields] = {}
    for number in range(count):
        exchange = EXCHANGES[number % len(EXCHANGES)]
        lists = [[HERE, *addresses(number * 10 + key, own_addresses - 1)] for key in range(10)]
        trading = [
            {
                "label": f"bot-{(key - 1) % KEYS_A_SUB}",
                "permissions": list(TRADES[exchange]),  # a list of its own, or the YAML would have aliases
                "ip_whitelist": lists[key],
                **({} if held else {"held": False}),
            }
            for key in range(1, 10)
        ]
        made[f"{exchange}-{number:03}"] = {
            "exchange": exchange,
            "egress": {"addresses": [HERE]},
            "managed_by": "manager",
            "keys": {
                "manager": {"permissions": list(MANAGES[exchange]), "ip_whitelist": lists[0]},
            },
            "sub_accounts": {
                f"sub-{sub}": {
                    "id": _sub_id(exchange, number, sub),
                    "keys": {f"bot-{n}": trading[sub * KEYS_A_SUB + n] for n in range(KEYS_A_SUB)},
                }
                for sub in range(SUBS)
            },
        }
    return made


def accounts_of_others() -> dict[str, Fields]:
    """Ten keys each, whose secrets somebody else holds."""
    return {
        f"desk-{number:04}": {
            "exchange": "kraken",
            "keys": {
                f"bot-{key}": {
                    "held": False,
                    "used_by": f"platform {key}",
                    "permissions": ["read", "spot", "margin"],
                    "ip_whitelist": addresses(number * 10 + key, 4),
                }
                for key in range(10)
            },
        }
        for number in range(MANY_ACCOUNTS)
    }


def _sub_id(exchange: str, account: int, sub: int) -> str:
    number = account * SUBS + sub
    return {"binance": f"desk{number}@example.com", "bybit": str(53_000_000 + number)}.get(
        exchange, f"desk{number:04}"
    )


def key_paths(declared: dict[str, Fields]) -> Iterator[tuple[str, str]]:
    """Every key's path with its exchange."""
    for name, account in declared.items():
        yield from ((f"{name}/{key}", account["exchange"]) for key in account["keys"])
        for sub, fields in account["sub_accounts"].items():
            yield from ((f"{name}/{sub}/{key}", account["exchange"]) for key in fields["keys"])


def credentials(declared: dict[str, Fields]) -> Fields:
    """A made-up credential for each key, in the length of its exchange's."""
    rng = random.Random(1)  # noqa: S311  they open nothing but the sandbox
    letters = string.ascii_letters + string.digits

    def text(length: int) -> str:
        return "".join(rng.choices(letters, k=length))

    made: Fields = {}
    for path, exchange in key_paths(declared):
        made[path] = {"api_key": text(64), "api_secret": text(64)}
        if exchange == "okx":
            made[path]["passphrase"] = text(16)
    return made


def write_workspace(folder: Path, declared: dict[str, Fields], document: Fields) -> None:
    """The declaration, and its secrets encrypted by sops for an identity made now."""
    folder.mkdir()
    write_yaml(folder / "exchanges.yaml", {"version": 1, "exchanges": declared})
    identity = write_identity(folder / IDENTITY)
    encrypted = subprocess.run(
        [
            str(Sops.find().executable),
            "encrypt",
            *("--age", identity.recipient, "--encrypted-regex", "^keys$"),
            *("--input-type", "yaml", "--output-type", "yaml", "--filename-override", SECRETS, "/dev/stdin"),
        ],
        input=json.dumps(document).encode(),
        cwd=folder,
        stdout=subprocess.PIPE,
        check=True,
    )
    (folder / SECRETS).write_bytes(encrypted.stdout)


def world_of(folder: Path) -> Fields:
    """The world that matches the workspace."""
    os.environ["SOPS_AGE_KEY_FILE"] = str(folder / IDENTITY)
    workspace = Workspace.open(folder, {"ACCESSCFG_SANDBOX": "http://127.0.0.1:1"})
    return asyncio.run(workspace.rehearsal_world())


def let_drift(world: Fields) -> None:
    """Change one of the ten keys of each account: its rights in one account, its addresses in the next."""
    number = 0
    for exchange, venue in world["exchanges"].items():
        for account in venue["accounts"]:
            key = account["sub_accounts"][1]["keys"][1]
            if number % 2:
                key["ip_whitelist"] = [*key["ip_whitelist"][1:], ELSEWHERE]
            elif exchange in ADDED:
                key["permissions"].append(ADDED[exchange])
            else:
                key["permissions"].remove(TAKEN[exchange])
            number += 1


def write_yaml(file: Path, data: Fields) -> None:
    """As a person would write it: blocks, with lists of texts on one line."""
    import yaml

    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    file.write_text(yaml.dump(data, Dumper=dumper, sort_keys=False, default_flow_style=None, width=110))


def main(folder: Path) -> None:
    """Make everything."""
    (folder / "validate").mkdir()
    write_yaml(folder / "validate" / "exchanges.yaml", {"version": 1, "exchanges": accounts(20)})
    held = accounts(5)
    document = {"version": 1, "keys": credentials(held)}
    write_workspace(folder / "all", held, document)
    write_workspace(folder / "managers", accounts(5, held=False), document)
    world = world_of(folder / "all")
    write_yaml(folder / "in-sync.yaml", world)
    let_drift(world)
    write_yaml(folder / "drifted.yaml", world)
    shown = accounts(5, count=BOARD_ACCOUNTS)
    write_workspace(folder / "board", shown, {"version": 1, "keys": credentials(shown)})
    write_yaml(folder / "board.yaml", world_of(folder / "board"))
    (folder / "many").mkdir()
    write_yaml(folder / "many" / "exchanges.yaml", {"version": 1, "exchanges": accounts_of_others()})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
