"""Attestations through the program: recorded, shown as such, and void as soon as what they bind has changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accesscfg.audit import verify
from accesscfg.workspace import Workspace
from tests.e2e.conftest import Run
from tests.e2e.desk import EXCHANGES, Desk, Ran, world

pytestmark = pytest.mark.slow

KEY = "binance-main/manager"
ONLY = ("--target", KEY)
PLATFORM = "bybit-fund/platform"
PLATFORM_KEY = (
    "      manager: {permissions: [read, transfer], ip_whitelist: [pool:cluster]}\n",
    "      manager: {permissions: [read, transfer], ip_whitelist: [pool:cluster]}\n"
    "      platform: {permissions: [read, spot], ip_whitelist: [198.51.100.4], held: false}\n",
)


def attest(desk: Desk, here: Run, key: str = KEY, *more: str) -> Ran:
    return here(desk, "attest", key, "--by", "Alice", *more)


def attestations(desk: Desk) -> Path:
    """The file; what is attested in the sandbox stays on the machine."""
    return desk.folder / ".accesscfg" / "attestations.yaml"


def facets(desk: Desk, here: Run, key: str = KEY) -> dict[str, Any]:
    """The facets of one key in the JSON of a plan, by name."""
    plan = json.loads(here(desk, "plan", "--format", "json", "--target", key).out)
    (found,) = [one for one in plan["keys"] if one["path"] == key]
    return {facet["facet"]: facet for facet in found["facets"]}


def flat(text: str) -> str:
    """The text without its line breaks."""
    return " ".join(text.split())


def test_a_whitelist_of_which_only_a_flag_is_shown_is_attested_until_an_address_changes(
    desk: Desk, here: Run
) -> None:
    assert here(desk, "plan", "--detailed-exitcode", *ONLY).code == 2

    ran = attest(desk, here, KEY, "--note", "ticket 7")
    assert ran.code == 0
    assert f"✎ attested      IP whitelist of {KEY}: 203.0.113.10, 203.0.113.11" in ran.out

    for command in ("plan", "status"):
        ran = here(desk, command, "--detailed-exitcode", *ONLY)
        assert ran.code == 0, ran.out
        assert f"✎ attested      IP whitelist of {KEY}: by Alice, today: ticket 7" in ran.out
        assert "1 attested" in ran.out
        ran = here(desk, command, "--format", "markdown", *ONLY)
        assert f"**attested**: IP whitelist of {KEY}: by Alice, today" in ran.out

    (desk.folder / "pools" / "cluster.txt").write_text("203.0.113.10, 203.0.113.12\n")
    for command in ("plan", "status"):
        ran = here(desk, command, "--detailed-exitcode", *ONLY)
        assert ran.code == 2
        said = "what Alice attested on"
        assert said in flat(ran.out)
        assert "no longer counts: what is declared has changed since" in flat(ran.out)
    assert facets(desk, here)["ip_whitelist"]["state"] == "consistent"
    assert facets(desk, here)["ip_whitelist"]["attestation"] is None


def test_the_guide_asks_for_it_and_takes_it_for_verified(desk: Desk, here: Run) -> None:
    ran = here(desk, "guide", KEY, "--verify")
    assert ran.code == 2
    asked = next(line for line in ran.out.splitlines() if "accesscfg attest" in line)
    argv = asked[asked.index("attest") :].replace("YOUR-NAME", "Alice").split()
    assert here(desk, *argv).code == 0
    assert here(desk, "guide", KEY, "--verify").code == 0


def test_the_policy_says_until_when_and_plans_say_it_too(desk: Desk, here: Run) -> None:
    desk.declare("policies:\n", "policies:\n  attestation_max_age: 90d\n")
    assert "counts until 20" in attest(desk, here).out
    assert "by Alice, today (until 20" in here(desk, "plan", *ONLY).out

    file = attestations(desk)
    old = file.read_text().replace(f"at: {_at(file)}", "at: 2020-01-01T00:00:00Z")
    file.write_text(old)
    for command in ("plan", "status"):
        ran = here(desk, command, "--detailed-exitcode", *ONLY)
        assert ran.code == 2
        assert "it is older than the 90 days of attestation_max_age" in flat(ran.out)
    assert "warning: what Alice attested of ip_whitelist of binance-main/manager no longer counts" in (
        here(desk, "validate").out
    )


def _at(file: Path) -> str:
    return file.read_text().partition("at: ")[2].partition("\n")[0]


def test_a_key_that_a_platform_holds_is_attested_as_a_whole(desk: Desk, here: Run) -> None:
    desk.declare(*PLATFORM_KEY)
    assert here(desk, "plan", "--detailed-exitcode", "--target", PLATFORM).code == 2
    ran = attest(desk, here, PLATFORM)
    assert ran.code == 0
    assert f"presence of {PLATFORM}: exists" in ran.out

    assert {facet["state"] for facet in facets(desk, here, PLATFORM).values()} == {"attested"}
    assert here(desk, "plan", "--detailed-exitcode", "--target", PLATFORM).code == 0
    assert "no-id:" in attestations(desk).read_text()

    desk.declare("held: false}", "held: false, key_id: PublicHalf}")
    ran = here(desk, "plan", "--detailed-exitcode", "--target", PLATFORM)
    assert ran.code == 2
    assert "the key's id was not known then, and is now" in flat(ran.out)
    assert "the key's id was not known then, and is now" in here(desk, "validate").out


def changed(desk: Desk, path: str, **fields: object) -> None:
    """The exchanges as declared but for some fields of one key of an account."""
    account, _, label = path.partition("/")
    made = world()
    keys = made["exchanges"][EXCHANGES[account]]["accounts"][0]["keys"]
    next(key for key in keys if key["label"] == label).update(fields)
    desk.sandbox.load(made)


def test_a_key_that_is_not_callable_from_here_is_attested_and_its_evidence_stays(
    desk: Desk, here: Run
) -> None:
    key = "bybit-fund/manager"
    desk.declare("transfer], ip_whitelist: [pool:cluster]}", "transfer], ip_whitelist: [198.51.100.4]}")
    changed(desk, key, ip_whitelist=["198.51.100.4"])
    ran = attest(desk, here, key)
    assert ran.code == 0
    assert "refused a call from here" in flat(ran.out)

    for command in ("plan", "status"):
        ran = here(desk, command, "--detailed-exitcode", "--target", key)
        assert ran.code == 0, ran.out
        assert "refused a call from here" in flat(ran.out)
        assert f"presence, permissions, IP whitelist of {key}: by Alice, today" in flat(ran.out)


def test_to_store_a_secret_of_a_key_whose_secret_is_not_held_is_warned_of(desk: Desk, here: Run) -> None:
    desk.declare(*PLATFORM_KEY)
    assert attest(desk, here, PLATFORM).code == 0
    given = json.dumps({"api_key": "PublicHalf", "api_secret": f"MARKED-SECRET-{PLATFORM}"})
    stored = here(desk, "secrets", "set", PLATFORM, "--stdin", given=given)
    ran = here(desk, "plan")

    assert stored.code == 0
    assert "is declared with held: false" in flat(stored.err)
    assert "no longer counts" in flat(stored.err)
    assert "accesscfg secrets check" in flat(stored.err)
    assert "the key's id was not known then, and is now" in flat(ran.out)
    assert f"look again, then: accesscfg attest {PLATFORM} --by NAME" in flat(ran.out)

    held = here(desk, "secrets", "set", KEY, "--stdin", given=given)
    assert "warning" not in held.err


def test_another_key_behind_the_same_name_voids_it(desk: Desk, here: Run) -> None:
    attest(desk, here)
    changed(desk, KEY, api_key="AnotherPublicHalf")
    given = json.dumps({"api_key": "AnotherPublicHalf", "api_secret": f"MARKED-SECRET-{KEY}"})
    assert here(desk, "secrets", "set", KEY, "--stdin", given=given).code == 0
    ran = here(desk, "plan", "--detailed-exitcode", *ONLY)
    assert ran.code == 2
    assert "no longer counts: it is another key now" in flat(ran.out)


def test_what_differs_or_can_be_seen_or_could_not_be_asked_is_not_attested(desk: Desk, here: Run) -> None:
    ran = attest(desk, here, KEY, "--facet", "permissions")
    assert ran.code == 4
    assert "permissions of binance-main/manager can be seen" in ran.err

    ran = attest(desk, here, "bybit-fund/grid-1/bot")
    assert ran.code == 0
    assert "Nothing was recorded: bybit-fund/grid-1/bot can be seen in full." in ran.out

    desk.click(KEY, ip_whitelist=None)
    ran = attest(desk, here)
    assert ran.code == 4
    assert "ip_whitelist of binance-main/manager differs from the declaration" in ran.err

    desk.click("okx-desk/manager", "delete")
    for more in ((), ("--facet", "permissions")):
        ran = attest(desk, here, "okx-desk/manager", *more)
        assert ran.code == 3
        assert "unknown" in ran.out
        assert "Nothing was recorded" in ran.out
    assert not attestations(desk).exists()


def test_drift_is_shown_and_names_the_statement_that_it_overtook(desk: Desk, here: Run) -> None:
    attest(desk, here)
    desk.click(KEY, ip_whitelist=None)
    for command in ("plan", "status"):
        ran = here(desk, command, "--detailed-exitcode", *ONLY)
        assert ran.code == 2
        assert "that its ip_whitelist is as declared; the exchange shows now that it is not" in flat(ran.out)
    assert facets(desk, here)["ip_whitelist"]["state"] == "drift"


def test_a_renamed_key_keeps_what_was_attested_of_it(desk: Desk, here: Run) -> None:
    desk.declare(*PLATFORM_KEY)
    attest(desk, here, PLATFORM)
    desk.declare("      platform: {", "      grid: {previously: platform, ")
    assert here(desk, "plan", "--detailed-exitcode", "--target", "bybit-fund/grid").code == 0
    assert "attest" not in here(desk, "validate").out

    assert attest(desk, here, "bybit-fund/grid").code == 0
    assert PLATFORM not in attestations(desk).read_text()


def test_a_saved_plan_can_be_applied_after_an_attestation(desk: Desk, here: Run) -> None:
    desk.click("binance-main/grid/bot", ip_whitelist=["203.0.113.10", "203.0.113.11", "198.51.100.9"])
    assert here(desk, "plan", "--out", "saved.json", "--target", "binance-main").code == 0
    attest(desk, here)
    assert here(desk, "apply", "saved.json").code == 0


def test_an_entry_that_says_something_else_than_it_binds_is_an_error_everywhere(
    desk: Desk, here: Run
) -> None:
    attest(desk, here)
    file = attestations(desk)
    file.write_text(file.read_text().replace("203.0.113.11", "203.0.113.12"))
    for argv in (["validate"], ["plan"], ["status"], ["attest", KEY, "--by", "Bob"]):
        ran = here(desk, *argv)
        assert ran.code == 65, argv
        assert (
            "attestations.yaml:5:5: error: `says` of ip_whitelist of binance-main/manager"
            in ran.out + ran.err
        )


@pytest.mark.parametrize("content", ["<<<<<<< HEAD\nversion: 1\n", "version: 1\nattestations: 3\n"])
def test_a_broken_file_is_an_error_everywhere_and_nothing_is_asked(
    desk: Desk, here: Run, content: str
) -> None:
    attestations(desk).parent.mkdir(exist_ok=True)
    attestations(desk).write_text(content)
    for argv in (
        ["validate"],
        ["plan"],
        ["status"],
        ["apply", "--auto-approve"],
        ["attest", KEY, "--by", "A"],
    ):
        ran = here(desk, *argv)
        assert ran.code == 65, argv
        assert "attestations.yaml:" in ran.out + ran.err
    assert desk.requests() == []


def test_entries_of_no_declared_key_and_of_nothing_to_attest_are_warned_of(desk: Desk, here: Run) -> None:
    attest(desk, here)
    file = attestations(desk)
    text = file.read_text()
    entry = text[text.index("  - key") :]
    file.write_text(text + entry.replace("manager", "manger") + entry.replace("ip_whitelist", "expiry"))
    ran = here(desk, "validate")
    assert ran.code == 0
    assert "there is no key `binance-main/manger` (did you mean `binance-main/manager`?)" in ran.out
    assert "expiry of binance-main/manager is not compared, so there is nothing to attest" in ran.out


@pytest.mark.parametrize(
    "argv",
    [
        [KEY],
        [KEY, "--by", " "],
        [KEY, "--by", "Al\u202eice"],
        [KEY, "--by", "A", "--note", "two\nlines"],
        [KEY, "--by", "A", "--facet", "whitelist"],
        [KEY, "--by", "A", "--facet", "expiry"],
        ["binance-main/manger", "--by", "A"],
        ["binance-main", "--by", "A"],
    ],
)
def test_64_for_what_makes_no_sense(desk: Desk, here: Run, argv: list[str]) -> None:
    ran = here(desk, "attest", *argv)
    assert ran.code == 64
    assert ran.err
    assert not attestations(desk).exists()


def test_the_lock_is_held_and_the_trail_says_who_attested_what(desk: Desk, here: Run) -> None:
    with Workspace.open(desk.folder, desk.env).locked():
        assert attest(desk, here).code == 6
    assert attest(desk, here).code == 0

    lines = [json.loads(line) for line in desk.trail.read_text().splitlines()]
    assert [line["event"] for line in lines] == ["attest", "attested"]
    assert lines[0]["key"], lines[0]["facet"] == (KEY, "ip_whitelist")
    assert lines[0]["says"] == ["203.0.113.10", "203.0.113.11"]
    assert lines[0]["by"] == "Alice"
    assert "@" in lines[0]["who"]
    assert verify(desk.trail) == []


def test_what_is_written_and_shown_holds_no_secret_and_no_key_id(desk: Desk, here: Run) -> None:
    ran = attest(desk, here, KEY, "--format", "json")
    written = [ran.out, ran.err, attestations(desk).read_text(), desk.trail.read_text()]
    key_id = desk.live(KEY)["api_key"]
    assert not [text for text in written if "MARKED" in text or key_id in text]

    shown = json.loads(ran.out)
    assert shown["attested"][0]["says"] == ["203.0.113.10", "203.0.113.11"]
    assert (shown["key"], shown["sandbox"], shown["unknown"]) == (KEY, True, [])


def test_in_the_sandbox_nothing_is_written_beside_the_declaration(desk: Desk, here: Run) -> None:
    ran = attest(desk, here)
    assert "It counts in the sandbox only." in ran.out
    assert not (desk.folder / "attestations.yaml").exists()
    live = {name: value for name, value in desk.env.items() if name != "ACCESSCFG_SANDBOX"}
    workspace = Workspace.open(desk.folder, live)
    assert workspace.attestations_file == desk.folder / "attestations.yaml"
    assert workspace.attestations(workspace.load()) == ((), ())
