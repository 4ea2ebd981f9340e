"""Ctrl-C, SIGTERM and kill -9 at a real apply: it says where it stopped, and the next run picks up from there."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accesscfg.audit import verify
from tests.e2e.conftest import Run
from tests.e2e.desk import HOSTS, PROGRAM, Desk, ended, wait_for

pytestmark = pytest.mark.slow

ENDINGS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
UPDATE = "/v5/user/update-sub-api"
LISTING = "/v5/user/sub-apikeys"
BOT = "bybit-fund/grid-1/bot"
WATCHER = "bybit-fund/grid-1/watcher"
LEAVING = "198.51.100.9"


def drift(desk: Desk) -> None:
    """Two keys of one account to change, one call each."""
    desk.click(BOT, ip_whitelist=[*HOSTS, LEAVING])
    desk.click(WATCHER, ip_whitelist=[HOSTS[0], LEAVING])


def under_way(desk: Desk) -> Callable[[], bool]:
    """Whether the request that a latency was ordered for is at the exchange."""
    return lambda: len(desk.sandbox.world.faults) == 0


def trail(desk: Desk) -> list[dict[str, Any]]:
    """The audit trail, which must hold."""
    assert verify(desk.trail) == []
    return [json.loads(line) for line in desk.trail.read_text().splitlines()]


def nothing_is_left_to_do(desk: Desk, here: Run) -> None:
    """Planning works, another apply ends what was begun, and a third has nothing to do."""
    plan = here(desk, "plan", "--format", "json")
    assert plan.code == 0, plan.err
    left = len(json.loads(plan.out)["changes"])
    again = here(desk, "apply", "--auto-approve", "--format", "json")
    assert again.code == 0, again.err
    assert json.loads(again.out)["outcomes"]["done"] == left
    writes = len(desk.writes())
    assert here(desk, "apply", "--auto-approve").code == 0
    assert len(desk.writes()) == writes
    assert verify(desk.trail) == []


# -- before any write ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ENDINGS)
def test_ended_while_it_plans(desk: Desk, number: int) -> None:
    drift(desk)
    desk.fault("bybit", LISTING, "latency", ms=500)
    process = desk.start("apply", "--auto-approve")
    wait_for(under_way(desk))
    process.send_signal(number)
    ran = ended(process)
    assert ran.code == 130
    assert ran.err.strip() == "Interrupted."
    assert ran.out == ""
    assert desk.writes() == []


@pytest.mark.parametrize("number", ENDINGS)
def test_ended_during_a_plan(desk: Desk, number: int) -> None:
    desk.fault("bybit", LISTING, "latency", ms=500)
    process = desk.start("plan")
    wait_for(under_way(desk))
    process.send_signal(number)
    assert ended(process).code == 130


@pytest.mark.parametrize("number", ENDINGS)
def test_ended_at_the_re_read_before_the_first_write(desk: Desk, here: Run, number: int) -> None:
    drift(desk)
    desk.fault("bybit", LISTING, "latency", ms=400, skip=1)
    process = desk.start("apply", "--auto-approve")
    wait_for(under_way(desk))
    process.send_signal(number)
    ran = ended(process)
    assert ran.code == 130, ran
    assert "Ending after the call that is under way." in ran.err
    assert desk.writes() == []
    assert [line["event"] for line in trail(desk)] == ["begin", "end"]
    nothing_is_left_to_do(desk, here)


def test_ended_while_sops_waits_for_somebody(desk: Desk, tmp_path: Path) -> None:
    """A hardware key that nobody touches: sops is ended too."""
    program, note = tmp_path / "waiting-sops", tmp_path / "pid"
    program.write_text(
        f'#!/bin/sh\ncase "$1" in decrypt) echo $$ > {note}; exec sleep 60;; esac\n'
        f'exec {desk.env["ACCESSCFG_SOPS"]} "$@"\n'
    )
    program.chmod(0o755)
    for number in (signal.SIGINT, signal.SIGTERM):
        note.unlink(missing_ok=True)
        process = desk.start("plan", "--target", "okx-desk", ACCESSCFG_SOPS=str(program))
        wait_for(lambda: note.exists() and note.read_text().endswith("\n"))
        process.send_signal(number)
        assert ended(process).code == 130
        wait_for(lambda: not Path(f"/proc/{note.read_text().strip()}/cmdline").exists())


# -- after a write -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ENDINGS)
@pytest.mark.parametrize("times", [1, 2])
def test_ended_during_a_write_it_finishes_that_and_says_where_it_stopped(
    desk: Desk, here: Run, number: int, times: int
) -> None:
    drift(desk)
    desk.fault("bybit", UPDATE, "latency", ms=500)
    process = desk.start("apply", "--auto-approve")
    wait_for(under_way(desk))
    for _ in range(times):
        process.send_signal(number)
    ran = ended(process)
    assert ran.code == 5
    assert "Stopped by a person" in ran.out
    assert f"on {WATCHER}" in ran.out
    assert "1 done" in ran.out
    assert len(desk.writes()) == 1
    assert desk.live(BOT)["ip_whitelist"] == list(HOSTS)
    assert LEAVING in desk.live(WATCHER)["ip_whitelist"]
    events = [(line["event"], line.get("outcome")) for line in trail(desk)]
    assert events == [("begin", None), ("intent", None), ("outcome", "done"), ("end", None)]
    nothing_is_left_to_do(desk, here)


def test_the_second_signal_is_answered_and_changes_nothing(desk: Desk) -> None:
    drift(desk)
    desk.fault("bybit", UPDATE, "latency", ms=1500)
    process = desk.start("apply", "--auto-approve")
    wait_for(under_way(desk))
    assert process.stderr is not None
    process.send_signal(signal.SIGINT)
    assert process.stderr.readline() == "\n"
    assert "Ending after the call that is under way." in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    ran = ended(process)
    assert "the call that is under way is finished and read back first" in ran.err
    assert ran.code == 5
    assert desk.live(BOT)["ip_whitelist"] == list(HOSTS)


def test_a_key_that_moved_under_a_running_apply_is_left_alone(desk: Desk) -> None:
    drift(desk)
    desk.fault("bybit", UPDATE, "latency", ms=500)
    process = desk.start("apply", "--auto-approve")
    wait_for(under_way(desk))
    desk.click(WATCHER, ip_whitelist=[HOSTS[0], LEAVING, "198.51.100.77"])
    ran = ended(process)
    assert ran.code == 5
    assert "the key has changed since the plan was made; plan again" in ran.out
    assert desk.live(WATCHER)["ip_whitelist"] == [HOSTS[0], LEAVING, "198.51.100.77"]


def test_without_a_record_nothing_is_written(desk: Desk, here: Run) -> None:
    """The disk fills up between the first line of the trail and the second."""
    drift(desk)
    here(desk, "apply", "--auto-approve")
    drift(desk)
    before = len(desk.writes())
    begin = len(desk.trail.read_text().splitlines()[0]) + 1
    most = desk.trail.stat().st_size + begin + 100
    done = subprocess.run(
        [PROGRAM, "apply", "--auto-approve"],
        cwd=desk.folder,
        env=desk.env,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in (1, 5), done
    assert "the audit trail cannot be written" in done.stdout + done.stderr
    assert len(desk.writes()) == before
    assert here(desk, "apply", "--auto-approve").code == 0
    assert [problem.what for problem in verify(desk.trail)] == ["cut short"]


# -- kill -9 -------------------------------------------------------------------------------------------------------

# every write of an apply over `drift_everywhere`, as exchange, path and how many of the same came before
WRITES = [
    ("binance", "/sapi/v1/sub-account/subAccountApiPermission", 0),
    ("binance", "/sapi/v2/sub-account/subAccountApi/ipRestriction", 0),
    ("binance", "/sapi/v1/sub-account/subAccountApi/ipRestriction/ipList", 0),
    ("binance", "/sapi/v1/sub-account/subAccountApiPermission", 1),
    ("bybit", UPDATE, 0),
    ("bybit", UPDATE, 1),
    ("okx", "/api/v5/users/subaccount/modify-apikey", 0),
]


def drift_everywhere(desk: Desk) -> None:
    """Every key of a sub-account drifts in all it can."""
    futures = ["ContractTrade:Order", "ContractTrade:Position"]
    desk.click("binance-main/grid/bot", permissions=["canFuturesTrade"], ip_whitelist=[HOSTS[0], LEAVING])
    desk.click(BOT, permissions=futures, ip_whitelist=[HOSTS[0], LEAVING])
    desk.click(WATCHER, ip_whitelist=[HOSTS[0], LEAVING])
    desk.click("okx-desk/desk1/quoter", permissions=["read_only"], ip_whitelist=[HOSTS[0], LEAVING])


def effective(desk: Desk) -> list[tuple[str, str]]:
    """The writes that took effect, as exchange and path."""
    return sorted((one["exchange"], one["path"]) for one in desk.writes() if one["code"] == "0")


def test_the_writes_that_are_killed_below_are_all_there_are(desk: Desk, here: Run) -> None:
    drift_everywhere(desk)
    assert here(desk, "apply", "--auto-approve").code == 0
    assert effective(desk) == sorted((exchange, path) for exchange, path, _ in WRITES)


@pytest.mark.slow
@pytest.mark.parametrize("takes_effect", [True, False], ids=["arrives", "is lost"])
@pytest.mark.parametrize(("exchange", "path", "earlier"), WRITES)
def test_killed_at_a_write(
    desk: Desk, here: Run, exchange: str, path: str, earlier: int, takes_effect: bool
) -> None:
    drift_everywhere(desk)
    desk.fault(exchange, path, "latency", ms=300, skip=earlier)
    if not takes_effect:
        desk.fault(exchange, path, "drop_before", skip=earlier)
    process = desk.start("apply", "--auto-approve", "--target", f"exchange={exchange}")
    wait_for(under_way(desk))
    process.kill()
    process.wait()
    # the exchange is done with the request that nobody waits for
    wait_for(
        lambda: sum((one["exchange"], one["path"]) == (exchange, path) for one in desk.writes()) > earlier
    )

    assert trail(desk)[-1]["event"] == "intent"
    assert len(effective(desk)) == WRITES.index((exchange, path, earlier)) - first_of(exchange) + takes_effect
    nothing_is_left_to_do(desk, here)
    # not one write more than an apply that nobody killed
    assert effective(desk) == sorted((exchange, path) for exchange, path, _ in WRITES)


def first_of(exchange: str) -> int:
    """Where an exchange's writes begin."""
    return next(place for place, write in enumerate(WRITES) if write[0] == exchange)
