"""`accesscfg sandbox serve`, and that nothing but a sandbox on this machine is ever taken for one."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import time
import urllib.request
from pathlib import Path

import pytest
import yaml

from accesscfg.resources import examples_path
from accesscfg.sandbox import Fault
from tests.e2e.conftest import Run
from tests.e2e.desk import HOSTS, Desk, ended, world

pytestmark = pytest.mark.slow

EXAMPLE = examples_path()
SEVEN = {"binance", "bitget", "bybit", "cryptocom", "kraken", "okx", "whitebit"}


def serving(desk: Desk, *argv: str | Path, **env: str) -> str:
    """Start a sandbox in a process of its own; its address."""
    process = desk.start("sandbox", "serve", *argv, **env)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("export ACCESSCFG_SANDBOX=http://127.0.0.1:"), (line, process.stderr)
    return line.strip().partition("=")[2]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_rehearsal_of_the_example_with_its_seven_exchanges_is_in_sync_and_ends_cleanly(
    desk: Desk, here: Run, number: int
) -> None:
    identity = {"SOPS_AGE_KEY_FILE": str(EXAMPLE / "THROWAWAY-age-identity.txt")}
    example = desk.folder.parent / "example"
    shutil.copytree(EXAMPLE, example, ignore=shutil.ignore_patterns(".accesscfg"))
    process = desk.start("-c", example, "sandbox", "serve", "--from-workspace", **identity)
    assert process.stdout is not None
    url = process.stdout.readline().strip().partition("=")[2]
    ran = here(desk, "-c", example, "plan", "--format", "json", ACCESSCFG_SANDBOX=url, **identity)
    assert ran.code == 0, ran
    plan = json.loads(ran.out)
    assert plan["changes"] == []
    assert plan["undeclared"] == {"keys": [], "sub_accounts": []}
    assert {key["exchange"] for key in plan["keys"]} == SEVEN
    found = plan["summary"]["facets"]
    assert {state for state, number in found.items() if number} == {"in_sync", "consistent", "unobservable"}
    assert found["in_sync"] > 50
    process.send_signal(number)
    done = ended(process)
    assert done.code == 0
    assert done.err == "Serving until Ctrl-C. That line sends the traffic of accesscfg here.\n"


def test_a_change_is_rehearsed(desk: Desk, here: Run) -> None:
    """The world is as declared when it starts; then the declaration changes, and apply finds what to do."""
    url = serving(desk, "--from-workspace")
    desk.declare("watcher: {permissions: [read]", "watcher: {permissions: [read, spot]")
    ran = here(desk, "apply", "--auto-approve", ACCESSCFG_SANDBOX=url)
    assert ran.code == 0, ran
    assert "1 done" in ran.out
    assert here(desk, "apply", "--auto-approve", ACCESSCFG_SANDBOX=url).code == 0
    assert desk.writes() == []  # it went to the other sandbox


def test_a_rehearsal_writes_nothing_down(desk: Desk) -> None:
    before = sorted(path for path in desk.folder.rglob("*"))
    serving(desk, "--from-workspace")
    assert sorted(path for path in desk.folder.rglob("*")) == before
    assert list(Path(desk.env["TMPDIR"]).iterdir()) == []


def test_a_world_from_a_file(desk: Desk, here: Run) -> None:
    made = world()
    made["exchanges"]["bybit"]["accounts"][0]["keys"][0]["ip_whitelist"] = [*HOSTS, "198.51.100.9"]
    file = desk.folder.parent / "world.yaml"
    file.write_text(yaml.safe_dump(made))
    url = serving(desk, "--world", file)
    ran = here(desk, "plan", "--detailed-exitcode", "--target", "bybit-fund", ACCESSCFG_SANDBOX=url)
    assert ran.code == 2
    assert "198.51.100.9" in ran.out


def test_latency(desk: Desk) -> None:
    url = serving(desk, "--latency", "150")
    before = time.monotonic()
    urllib.request.urlopen(f"{url}/okx/api/v5/public/time").read()
    assert time.monotonic() - before > 0.15


def test_a_port_of_ones_own_and_one_that_is_taken(desk: Desk, here: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = here(desk, "sandbox", "serve", "--from-workspace", "--port", port)
        assert ran.code == 1
        assert f"port {port} cannot be used" in ran.err
        assert ran.out == ""
    assert serving(desk, "--port", port).endswith(f":{port}")


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_cannot_be(desk: Desk, here: Run, port: str) -> None:
    assert here(desk, "sandbox", "serve", "--port", port).code == 64


@pytest.mark.parametrize(
    "text",
    [
        "exchanges: [",
        "exchanges: {atlantis: {}}",
        "exchanges: {okx: {accounts: [{id: a, keys: [{ip_whitelist: [fish]}]}]}}",
        "\x00",
        "- 1",
    ],
)
def test_a_world_that_cannot_be(desk: Desk, here: Run, text: str) -> None:
    file = desk.folder / "world.yaml"
    file.write_text(text)
    ran = here(desk, "sandbox", "serve", "--world", "world.yaml")
    assert ran.code == 1
    assert "world.yaml" in ran.err
    file.write_bytes(b"\xff")
    assert here(desk, "sandbox", "serve", "--world", "world.yaml").code == 1
    assert here(desk, "sandbox", "serve", "--world", "nowhere.yaml").code == 64


ELSEWHERE = [
    "http://203.0.113.5:8400",
    "http://example.com",
    "https://api.binance.com",
    "http://localhost.example.com:1",
    "http://127.0.0.1.example.com:1",
    "http://127.0.0.1@203.0.113.5:80",
    "http://203.0.113.5#@127.0.0.1:80",
    "http://0.0.0.0:80",
    "http://[::ffff:203.0.113.5]:80",
    "http://2130706433:80",
    "https://127.0.0.1:8400",
    "file:///etc/passwd",
    "127.0.0.1:8400",
    "http://127.0.0.1:8400/elsewhere",
    "http://127.0.0.1:99999",
    "http://127.0.0.1:port",
    "http://[127.0.0.1",
    "http://127.0.0.1:80\nHost: x",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_65_for_a_sandbox_that_is_not_on_this_machine(desk: Desk, here: Run, url: str) -> None:
    for argv in (["validate"], ["plan"], ["apply", "--auto-approve"], ["secrets", "list"]):
        ran = here(desk, *argv, ACCESSCFG_SANDBOX=url)
        assert ran.code == 65, (argv, ran)
        assert "ACCESSCFG_SANDBOX must be the address of a sandbox on this machine" in ran.err


@pytest.mark.parametrize("url", ELSEWHERE)
def test_65_for_an_endpoint_that_is_not_on_this_machine(desk: Desk, here: Run, url: str) -> None:
    if url == "https://127.0.0.1:8400" or url.endswith("/elsewhere"):
        return  # an endpoint may be any service of this machine
    desk.declare("    exchange: okx\n", f"    exchange: okx\n    endpoint: {json.dumps(url)}\n")
    ran = here(desk, "plan", ACCESSCFG_SANDBOX="")
    assert ran.code == 65
    assert "exchanges.yaml:34:15: error:" in ran.err
    assert desk.sandbox.log() == []


def test_an_endpoint_on_this_machine_is_called(desk: Desk, here: Run) -> None:
    desk.declare("    exchange: okx\n", f"    exchange: okx\n    endpoint: {desk.sandbox.url}/okx\n")
    assert here(desk, "plan", "--target", "okx-desk", ACCESSCFG_SANDBOX="").code == 0
    assert {request["exchange"] for request in desk.requests()} == {"okx"}


def test_a_sandbox_that_is_not_there_is_no_answer_from_an_exchange(desk: Desk, here: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    ran = here(desk, "plan", "--target", "okx-desk", ACCESSCFG_SANDBOX=f"http://127.0.0.1:{port}")
    assert ran.code == 3
    assert "no answer from 127.0.0.1" in ran.out


def test_somebody_at_the_simulated_website_does_what_a_guide_says(desk: Desk, here: Run) -> None:
    desk.click("bybit-fund/manager", permissions=["Spot:SpotTrade"], ip_whitelist=[*HOSTS, "198.51.100.9"])
    ran = here(desk, "sandbox", "website", "bybit-fund/manager")
    assert ran.code == 0, ran
    assert "steps done at the simulated Bybit." in ran.out
    assert here(desk, "guide", "bybit-fund/manager", "--verify").code == 0
    again = here(desk, "sandbox", "website", "bybit-fund/manager")
    assert again.out == "Nothing to do: bybit-fund/manager is as declared.\n"


def test_a_key_of_another_name_that_nothing_shows_is_found_by_its_declared_id(desk: Desk, here: Run) -> None:
    desk.click("okx-desk/desk1/quoter", label="renamed", permissions=["read_only"])
    desk.sandbox.fault(Fault("okx", "*", "5xx", None))
    ran = here(desk, "sandbox", "website", "okx-desk/desk1/quoter")
    assert ran.code == 1
    assert "no key called quoter" in ran.err
    assert 'keys there: "renamed"' in ran.err

    wanted = "quoter: {permissions: [read, trade, transfer]"
    key_id = desk.sandbox.state()["exchanges"]["okx"]["accounts"][0]["sub_accounts"][0]["keys"][0]["api_key"]
    desk.declare(wanted, f"quoter: {{key_id: {key_id}, permissions: [read, trade, transfer]")
    ran = here(desk, "sandbox", "website", "okx-desk/desk1/quoter")
    assert ran.code == 0, ran


def test_the_website_shows_the_secret_of_a_key_that_is_made_there(desk: Desk, here: Run) -> None:
    wanted = "reporting: {permissions: [read], ip_whitelist: [203.0.113.10]}"
    desk.declare(
        wanted, f"{wanted}\n      fresh: {{permissions: [read, spot], ip_whitelist: [pool:cluster]}}"
    )
    ran = here(desk, "sandbox", "website", "binance-main/fresh")
    assert ran.code == 0, ran
    assert "The new key, shown this once: " in ran.out
    assert desk.live("binance-main/fresh")["ip_whitelist"] == list(HOSTS)


def test_there_is_no_website_to_play_without_a_sandbox_nor_in_a_world_without_the_account(
    desk: Desk, here: Run
) -> None:
    assert here(desk, "sandbox", "website", "bybit-fund/manager", ACCESSCFG_SANDBOX="").code == 64
    made = world()
    account = made["exchanges"]["bybit"]["accounts"][0]
    account["id"], account["keys"][0]["permissions"] = "another", ["Spot:SpotTrade"]
    desk.sandbox.load(made)
    ran = here(desk, "sandbox", "website", "bybit-fund/manager")
    assert (ran.code, "has no account bybit-fund" in ran.err) == (1, True), ran
