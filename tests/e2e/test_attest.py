"""Attestations through the program: recorded, shown as such, and void as soon as what they bind has changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Run
from tests.e2e.desk import Desk

KEY = "binance-main/manager"
ONLY = ("--target", KEY)


def attested(desk: Desk, here: Run, *more: str) -> None:
    ran = here(desk, "attest", KEY, "--by", "Alice", *more)
    assert ran.code == 0, ran.err


def file(desk: Desk) -> Path:
    """In the sandbox attestations stay on the machine."""
    return desk.folder / ".accesscfg" / "attestations.yaml"


def facets(desk: Desk, here: Run, key: str = KEY) -> dict[str, Any]:
    """The facets of one key in the JSON of a plan, by name."""
    plan = json.loads(here(desk, "plan", "--format", "json", "--target", key).out)
    (found,) = [one for one in plan["keys"] if one["path"] == key]
    return {facet["facet"]: facet for facet in found["facets"]}


def test_a_whitelist_of_which_only_a_flag_is_shown(desk: Desk, here: Run) -> None:
    assert here(desk, "plan", "--detailed-exitcode", *ONLY).code == 2

    ran = here(desk, "attest", KEY, "--by", "Alice", "--note", "ticket 7")
    assert ran.code == 0
    assert f"✎ attested      IP whitelist of {KEY}: 203.0.113.10, 203.0.113.11" in ran.out

    for command in ("plan", "status"):
        ran = here(desk, command, "--detailed-exitcode", *ONLY)
        assert ran.code == 0, ran.out
        assert f"✎ attested      IP whitelist of {KEY}: by Alice, today: ticket 7" in ran.out

    desk.declare("{file: pools/cluster.txt}", "[203.0.113.10, 203.0.113.12]")
    for command in ("plan", "status"):
        ran = here(desk, command, "--detailed-exitcode", *ONLY)
        assert ran.code == 2
        assert "no longer counts: what is declared has changed since" in " ".join(ran.out.split())
    assert facets(desk, here)["ip_whitelist"]["state"] == "consistent"
