"""A saved plan: exactly that is applied, once, and only while it still fits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from accesscfg.resources import schema_path
from tests.e2e.conftest import Run
from tests.e2e.desk import HOSTS, Desk

pytestmark = pytest.mark.slow

BOT = "bybit-fund/grid-1/bot"
WATCHER = "bybit-fund/grid-1/watcher"


@pytest.fixture
def saved(desk: Desk, here: Run) -> Path:
    """A plan with one change by API."""
    desk.click(BOT, ip_whitelist=[*HOSTS, "198.51.100.9"])
    assert here(desk, "plan", "--out", "today.json").code == 0
    return desk.folder / "today.json"


def test_it_is_applied_without_asking(desk: Desk, here: Run, saved: Path) -> None:
    ran = here(desk, "apply", saved)
    assert ran.code == 0, ran.err
    assert desk.live(BOT)["ip_whitelist"] == list(HOSTS)
    assert len(desk.writes()) == 1


def test_it_is_for_its_owner_only_and_holds_no_secret(desk: Desk, saved: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600
    assert "MARKED" not in saved.read_text()


def test_it_is_the_plan_that_was_shown(desk: Desk, here: Run) -> None:
    desk.click(BOT, ip_whitelist=[*HOSTS, "198.51.100.9"])
    shown = here(desk, "plan", "--out", "today.json", "--format", "json")
    assert json.loads(shown.out) == json.loads((desk.folder / "today.json").read_text())
    assert "accesscfg apply today.json" in shown.err


def test_it_fits_the_schema_and_so_does_the_result(desk: Desk, here: Run, saved: Path) -> None:
    desk.click("bybit-fund/grid-1/stranger", "create", permissions=["Spot:SpotTrade"], ip_whitelist=None)
    desk.click("binance-main/reporting", permissions=["enableReading", "enableWithdrawals"])
    schema = json.loads(schema_path("plan").read_text())
    check = jsonschema.Draft202012Validator(schema)
    check.validate(json.loads(saved.read_text()))
    plan = json.loads(here(desk, "plan", "--format", "json").out)
    check.validate(plan)
    assert {change["means"] for change in plan["changes"]} == {"api", "manual"}
    assert len(plan["undeclared"]["keys"]) == 1
    check.validate(json.loads(here(desk, "status", "--format", "json").out))
    result = json.loads(here(desk, "apply", "--auto-approve", "--format", "json").out)
    check.validate(result["plan"])
    assert result["outcomes"]["done"] == 1


def test_it_is_used_once(desk: Desk, here: Run, saved: Path) -> None:
    assert here(desk, "apply", saved).code == 0
    desk.click(BOT, ip_whitelist=[*HOSTS, "198.51.100.9"])  # the same difference once more
    ran = here(desk, "apply", saved)
    assert ran.code == 4
    assert "a plan is used once" in ran.err
    assert len(desk.writes()) == 1


def test_a_declaration_that_changed_is_refused(desk: Desk, here: Run, saved: Path) -> None:
    desk.declare("watcher: {permissions: [read]", "watcher: {permissions: [read, spot]")
    ran = here(desk, "apply", saved)
    assert ran.code == 4
    assert "the declaration has changed" in ran.err
    assert desk.writes() == []


def test_a_pool_that_changed_is_refused(desk: Desk, here: Run, saved: Path) -> None:
    (desk.folder / "pools" / "cluster.txt").write_text("203.0.113.10\n")
    assert here(desk, "apply", saved).code == 4
    assert desk.writes() == []


def test_comments_and_order_are_no_change(desk: Desk, here: Run, saved: Path) -> None:
    desk.declare("    exchange: bybit\n", "    # ours since spring\n    exchange: bybit\n")
    desk.declare("{permissions: [read, transfer], ip_", "{label: manager, permissions: [transfer, read], ip_")
    desk.declare("label: manager, ", "")
    assert here(desk, "apply", saved).code == 0


@pytest.mark.parametrize(
    "live",
    [
        {"ip_whitelist": [*HOSTS, "198.51.100.9", "198.51.100.10"]},
        {"ip_whitelist": list(HOSTS)},
        {"permissions": ["Spot:SpotTrade", "ContractTrade:Order"]},
    ],
    ids=["drifted further", "somebody was faster", "drifted elsewhere"],
)
def test_an_exchange_that_changed_is_refused(
    desk: Desk, here: Run, saved: Path, live: dict[str, Any]
) -> None:
    desk.click(BOT, **live)
    ran = here(desk, "apply", saved)
    assert ran.code == 4
    assert "the plan no longer fits what the exchanges show" in ran.err
    assert desk.writes() == []


def test_a_key_that_the_plan_does_not_change_may_drift_by_hand_but_not_by_api(
    desk: Desk, here: Run, saved: Path
) -> None:
    desk.click(WATCHER, ip_whitelist=[HOSTS[0], "198.51.100.9"])
    ran = here(desk, "apply", saved)
    assert ran.code == 4
    assert "which was not reviewed" in ran.err


def test_it_keeps_its_targets(desk: Desk, here: Run) -> None:
    desk.click(BOT, ip_whitelist=[*HOSTS, "198.51.100.9"])
    desk.click(WATCHER, ip_whitelist=[HOSTS[0], "198.51.100.9"])
    here(desk, "plan", "--out", "one.json", "--target", WATCHER)
    assert here(desk, "apply", "one.json").code == 0
    assert desk.live(WATCHER)["ip_whitelist"] == [HOSTS[0]]
    assert "198.51.100.9" in desk.live(BOT)["ip_whitelist"]


def test_a_plan_of_another_workspace_is_refused(desk: Desk, here: Run, saved: Path) -> None:
    text = saved.read_text()
    data = json.loads(text)
    data["declaration_hash"] = "0" * 64
    saved.write_text(json.dumps(data))
    assert here(desk, "apply", saved).code == 4


@pytest.mark.parametrize("edit", ["change", "allow everything"])
def test_what_an_edited_plan_says_is_not_believed(desk: Desk, here: Run, saved: Path, edit: str) -> None:
    """The changes are those computed again; a plan cannot name others, nor lift a guard."""
    desk.click(BOT, ip_whitelist=["198.51.100.9"])
    assert here(desk, "plan", "--out", "today.json").code == 0
    data = json.loads(saved.read_text())
    data["refusals"] = []
    if edit == "change":
        data["changes"][0]["after"] = {"addresses": ["198.51.100.66"]}
        data["changes"][0]["new"] = ["198.51.100.66"]
    saved.write_text(json.dumps(data))
    ran = here(desk, "apply", saved)
    assert ran.code == 4
    assert "last-address" in ran.err
    assert desk.writes() == []
    assert here(desk, "apply", saved, "--allow", f"last-address={BOT}").code == 0
    assert desk.live(BOT)["ip_whitelist"] == list(HOSTS)


BROKEN = {
    "empty": lambda text: "",
    "cut short": lambda text: text[: len(text) // 2],
    "not JSON": lambda text: "version: 1\n",
    "a list": lambda text: "[]",
    "a number": lambda text: "1",
    "no UTF-8": lambda text: b"\xff\xfe{}",
    "another version": lambda text: text.replace('"format_version": 1', '"format_version": 2'),
    "no version": lambda text: "{}",
    "no changes": lambda text: _without(text, "changes"),
    "no keys": lambda text: _without(text, "keys"),
    "no id": lambda text: _without(text, "id"),
    "an id that is a path": lambda text: _with(text, id="../../../tmp/x"),
    "an empty id": lambda text: _with(text, id=""),
    "an id that is a number": lambda text: _with(text, id=7),
    "an endless id": lambda text: _with(text, id="p" * 100_000),
    "targets that are a text": lambda text: _with(text, targets="bybit-fund"),
    "targets that are numbers": lambda text: _with(text, targets=[1]),
    "changes that are texts": lambda text: _with(text, changes=["c1"]),
    "changes that are a map": lambda text: _with(text, changes={"a": 1}),
    "keys that are null": lambda text: _with(text, keys=None),
    "nested too deep": lambda text: "[" * 100_000,
    "a huge number": lambda text: "1" * 10_000,
}


def _without(text: str, name: str) -> str:
    data = json.loads(text)
    del data[name]
    return json.dumps(data)


def _with(text: str, **fields: Any) -> str:
    return json.dumps({**json.loads(text), **fields})


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_no_plan_is_refused_in_words(desk: Desk, here: Run, saved: Path, name: str) -> None:
    content = BROKEN[name](saved.read_text())
    saved.write_bytes(content if isinstance(content, bytes) else content.encode())
    ran = here(desk, "apply", saved)
    assert ran.code == 64, ran
    assert "plan" in ran.err
    assert desk.writes() == []


def test_a_file_that_is_not_there_is_refused_in_words(desk: Desk, here: Run) -> None:
    assert here(desk, "apply", "nowhere.json").code == 64
    assert here(desk, "apply", "pools").code == 64


def test_a_plan_file_that_cannot_be_written_is_an_error(desk: Desk, here: Run) -> None:
    ran = here(desk, "plan", "--out", "nowhere/plan.json")
    assert ran.code == 1
    assert "cannot be written" in ran.err


def test_no_plan_is_saved_where_a_policy_is_broken(desk: Desk, here: Run) -> None:
    desk.declare("ip_whitelist: [pool:cluster], used_by: Gridbot", "ip_whitelist: unrestricted")
    ran = here(desk, "plan", "--out", "plan.json")
    assert ran.code == 4
    assert not (desk.folder / "plan.json").exists()
