"""A declaration's hash is that of its meaning: order, comments and files do not matter, everything else does."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from accesscfg.config import load
from tests.config.workspaces import EXCHANGES, declaration, write

WHOLE: dict[str, Any] = {
    "version": 1,
    "secrets": "secrets.sops.yaml",
    "ip_pools": {"cluster": ["203.0.113.10", "203.0.113.11"], "other": ["203.0.113.20"]},
    "policies": {
        "forbid": ["withdraw", "earn"],
        "widest_network": {"v4": 29, "v6": 64},
        "exceptions": [
            {
                "key": "main/bot",
                "policy": "forbid",
                "permission": "withdraw",
                "reason": "a",
                "until": "2027-01-01",
            },
            {"key": "main/bot", "policy": "widest_network", "reason": "b", "until": "2027-01-02"},
        ],
    },
    "exchanges": {
        "main": {
            "exchange": "toy",
            "egress": {"addresses": ["203.0.113.10", "203.0.113.11"]},
            "keys": {
                "bot": {
                    "permissions": ["read", "spot", "margin"],
                    "ip_whitelist": ["pool:cluster", "203.0.113.7"],
                },
                "manager": {
                    "permissions": ["read", "spot", "margin", "transfer"],
                    "ip_whitelist": ["203.0.113.8/29"],
                    "label": "m",
                },
            },
            "sub_accounts": {
                "a": {
                    "id": "1234",
                    "managed_by": "manager",
                    "keys": {"x": {"permissions": ["read"], "app": "A"}},
                },
                "b": {"id": "1235", "keys": {"y": {"permissions": ["read"], "ip_whitelist": "unrestricted"}}},
            },
        },
        "plain": {
            "exchange": "plain",
            "keys": {"bot": {"permissions": ["read"], "ip_whitelist": ["203.0.113.7"]}},
        },
    },
}


def shuffled(value: Any, dice: random.Random) -> Any:
    """The same meaning in another order."""
    if isinstance(value, dict):
        names = list(value)
        dice.shuffle(names)
        return {name: shuffled(value[name], dice) for name in names}
    if isinstance(value, list):
        entries = [shuffled(entry, dice) for entry in value]
        dice.shuffle(entries)
        return entries
    return value


def hash_of(folder: Path, value: Any, **style: Any) -> str:
    return declaration(folder, yaml.safe_dump(value, sort_keys=False, **style)).hash


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), flow=st.booleans())
def test_the_order_of_the_file_does_not_matter(
    seed: int, flow: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("order")
    other = shuffled(WHOLE, random.Random(seed))
    assert hash_of(folder, WHOLE) == hash_of(folder, other, default_flow_style=flow)


def test_comments_spellings_and_files_do_not_matter(tmp_path: Path) -> None:
    text = yaml.safe_dump(WHOLE)
    first = declaration(tmp_path / "a", text).hash
    respelt = text.replace("203.0.113.7\n", "203.0.113.7/32   # ours\n")
    assert declaration(tmp_path / "b", respelt).hash == first
    top = {name: value for name, value in WHOLE.items() if name != "ip_pools"}
    split = yaml.safe_dump({**top, "include": ["pools.yaml"]})
    files = {
        "pools.yaml": "ip_pools: {cluster: {file: cluster.txt}, other: [203.0.113.20]}",
        "cluster.txt": "203.0.113.11, 203.0.113.10",
    }
    assert declaration(tmp_path / "c", split, files).hash == first


def _changed(*path: str | int, to: Any) -> Any:
    """The workspace with one value changed."""
    value = copy.deepcopy(WHOLE)
    holder: Any = value
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = to
    return value


BOT = ("exchanges", "main", "keys", "bot")


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ((*BOT, "permissions"), ["read"]),
        ((*BOT, "ip_whitelist"), ["pool:cluster"]),
        ((*BOT, "ip_whitelist"), "unrestricted"),
        ((*BOT, "label"), "x"),
        ((*BOT, "used_by"), "x"),
        ((*BOT, "key_id"), "x"),
        ((*BOT, "held"), False),
        ((*BOT, "state"), "absent"),
        ((*BOT, "enabled"), False),
        ((*BOT, "expires"), "never"),
        ((*BOT, "previously"), "x"),
        (("ip_pools", "cluster"), ["203.0.113.10"]),
        (("exchanges", "main", "id"), "9"),
        (("exchanges", "main", "endpoint"), "eu"),
        (("exchanges", "main", "egress", "addresses"), ["203.0.113.10"]),
        (("exchanges", "main", "egress"), {"proxy": "http://p:1"}),
        (("exchanges", "main", "sub_accounts", "b", "id"), "9999"),
        (("exchanges", "main", "sub_accounts", "b", "managed_by"), "manager"),
        (("exchanges", "main", "sub_accounts", "b", "observed_by"), "manager"),
        (("exchanges", "main", "sub_accounts", "b", "egress"), {"local_address": "127.0.0.1"}),
        (("exchanges", "main", "sub_accounts", "a", "keys", "x", "app"), "B"),
        (("policies", "forbid"), ["withdraw"]),
        (("policies", "require_ip_whitelist"), "always"),
        (("policies", "widest_network", "v6"), 65),
        (("policies", "undeclared_keys"), "fail"),
        (("policies", "warn_before_expiry"), "3d"),
        (("policies", "exceptions", 0, "until"), "2027-01-03"),
        (("secrets",), ["secrets.sops.yaml", "more.sops.yaml"]),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_everything_that_is_declared_matters(path: tuple[str | int, ...], to: Any, tmp_path: Path) -> None:
    changed = load(write(tmp_path, yaml.safe_dump(_changed(*path, to=to))), EXCHANGES, sandbox=True)
    assert changed.hash != hash_of(tmp_path, WHOLE)


def test_where_the_workspace_lies_does_not_matter(tmp_path: Path) -> None:
    assert hash_of(tmp_path / "one", WHOLE) == hash_of(tmp_path / "two", WHOLE)
