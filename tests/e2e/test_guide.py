"""The guided fix of a key, as a person at a terminal goes through it."""

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

MANAGER = "bybit-fund/manager"
STRANGER = "198.51.100.9"
VALID = jsonschema.Draft202012Validator(json.loads(schema_path("guide").read_text()))


def drifted(desk: Desk) -> None:
    """A right too many and an address too many, on a key whose addresses are changed on the website only."""
    rights = ["Wallet:AccountTransfer", "Wallet:SubMemberTransfer", "Spot:SpotTrade"]
    desk.click(MANAGER, permissions=rights, ip_whitelist=[*HOSTS, STRANGER])


def mended(desk: Desk) -> None:
    """What the guide says was done."""
    desk.click(
        MANAGER,
        permissions=["Wallet:AccountTransfer", "Wallet:SubMemberTransfer"],
        ip_whitelist=list(HOSTS),
    )


def guide(desk: Desk, here: Run, key: str = MANAGER, *options: str) -> dict[str, Any]:
    """The guide as data, which its schema allows."""
    ran = here(desk, "guide", key, "--format", "json", *options)
    assert ran.code == 0, ran.err
    read: dict[str, Any] = json.loads(ran.out)
    assert list(VALID.iter_errors(read)) == []
    return read


def test_a_fix_from_the_first_look_to_verified(desk: Desk, here: Run) -> None:
    drifted(desk)
    first = here(desk, "guide", MANAGER)
    different = here(desk, "guide", MANAGER, "--verify")
    mended(desk)
    verified = here(desk, "guide", MANAGER, "--verify")

    assert first.code == 0
    assert 'Untick "SPOT: Trade" (Spot:SpotTrade).' in first.out
    assert f"Remove {STRANGER}." in first.out
    assert different.code == 2
    assert "still different" in different.out
    assert STRANGER in different.out
    assert (verified.code, verified.out) == (0, f"verified: {MANAGER}: the key is as declared\n")
    assert "nothing: the key is as declared" in here(desk, "guide", MANAGER).out


def test_what_nobody_can_see_is_to_be_attested_with_the_command_that_does(desk: Desk, here: Run) -> None:
    ran = here(desk, "guide", "binance-main/manager", "--verify")
    assert ran.code == 2
    assert ran.out.startswith("attest: binance-main/manager")
    assert "next: accesscfg attest binance-main/manager --facet ip_whitelist --by YOUR-NAME" in ran.out


def test_what_cannot_be_asked_is_unknown_and_still_guided(desk: Desk, here: Run) -> None:
    drifted(desk)
    desk.fault("bybit", "*", "5xx", times=1000)
    ran, verified = here(desk, "guide", MANAGER), here(desk, "guide", MANAGER, "--verify")

    assert ran.code == 0
    assert "Untick everything but these" in ran.out
    assert "\n203.0.113.10,203.0.113.11\n" in ran.out
    assert "not seen:" in ran.out
    assert verified.code == 3
    assert verified.out.startswith("unknown: ")


def test_without_an_identity_the_whole_declared_state_is_guided(desk: Desk, here: Run) -> None:
    ran = here(desk, "guide", MANAGER, SOPS_AGE_KEY_FILE="/nowhere")
    assert ran.code == 0
    assert "compare, as not all of it can be seen from here" in ran.out
    assert "\n203.0.113.10,203.0.113.11\n" in ran.out


def test_it_asks_about_that_key_alone(desk: Desk, here: Run) -> None:
    here(desk, "guide", "bybit-fund/grid-1/watcher")
    assert {one["path"] for one in desk.requests()} == {"/v5/user/sub-apikeys"}


def test_ticks_stay_until_their_step_is_no_more_needed(desk: Desk, here: Run) -> None:
    drifted(desk)
    here(desk, "guide", MANAGER, "--tick", "1", "--tick", "3")
    again = guide(desk, here)
    assert [step["kind"] for step in again["steps"] if step["done"]] == ["open", "untick"]
    assert again["current"] == again["steps"][1]["id"]

    here(desk, "guide", MANAGER, "--untick", again["steps"][0]["id"])
    assert [step["kind"] for step in guide(desk, here)["steps"] if step["done"]] == ["untick"]

    mended(desk)
    assert guide(desk, here)["steps"] == []
    drifted(desk)
    assert not any(step["done"] for step in guide(desk, here)["steps"])


def test_a_fix_that_is_resumed_goes_on_in_the_format_and_for_the_new_key_that_were_asked_for(
    desk: Desk, here: Run
) -> None:
    desk.click(MANAGER, ip_whitelist=[HOSTS[0]])
    here(desk, "guide", MANAGER, "--entry", "one", "--tick", "3")
    resumed = guide(desk, here)
    assert (resumed["entry"], [step["kind"] for step in resumed["steps"] if step["done"]]) == ("one", ["add"])
    here(desk, "guide", MANAGER, "--start-over")
    assert guide(desk, here)["entry"] == "comma"

    here(desk, "guide", MANAGER, "--new", "--tick", "1")
    assert guide(desk, here)["new"]
    mended(desk)
    assert here(desk, "guide", MANAGER, "--verify").code == 0
    assert guide(desk, here)["steps"] == []


def test_ticks_are_kept_for_nobody_else_to_read_and_start_over_forgets_them(desk: Desk, here: Run) -> None:
    drifted(desk)
    here(desk, "guide", MANAGER, "--tick", "1")
    (file,) = (desk.folder / ".accesscfg" / "ticks").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert not any(step["done"] for step in guide(desk, here, MANAGER, "--start-over")["steps"])
    assert not file.exists()


def test_ticks_that_cannot_be_read_are_told_with_the_way_out(desk: Desk, here: Run) -> None:
    drifted(desk)
    here(desk, "guide", MANAGER, "--tick", "1")
    (file,) = (desk.folder / ".accesscfg" / "ticks").iterdir()
    file.write_text("[]")
    ran = here(desk, "guide", MANAGER)
    assert ran.code == 1
    assert f"accesscfg guide {MANAGER} --start-over" in ran.err
    assert here(desk, "guide", MANAGER, "--start-over").code == 0


def test_ticks_follow_no_link(desk: Desk, here: Run, tmp_path: Path) -> None:
    drifted(desk)
    (desk.folder / ".accesscfg").mkdir(exist_ok=True)
    (desk.folder / ".accesscfg" / "ticks").symlink_to(tmp_path)
    ran = here(desk, "guide", MANAGER, "--tick", "1")
    assert ran.code == 1
    assert "is a link" in ran.err
    assert list(tmp_path.glob("*.json")) == []


def test_guards_and_policies_warn_before_a_person_does_it(desk: Desk, here: Run) -> None:
    desk.declare("require_ip_whitelist: trading", "require_ip_whitelist: trading\n  forbid: [withdraw]")
    desk.declare(
        "manager: {permissions: [read, transfer],", "manager: {permissions: [read, transfer, withdraw],"
    )
    desk.click("bybit-fund/grid-1/bot", ip_whitelist=[STRANGER])
    said = {one["guard"]: one["text"] for one in guide(desk, here)["warnings"]}
    assert set(said) == {"grant-withdraw", None}
    assert "`forbid` rules out" in said[None]
    bot = guide(desk, here, "bybit-fund/grid-1/bot")
    assert [one["guard"] for one in bot["warnings"]] == ["last-address"]
    assert len(bot["by_api"]) == len(bot["changes"]) > 0


def test_a_visit_that_was_ticked_off_and_did_not_take_effect_is_to_be_done_again(
    desk: Desk, here: Run
) -> None:
    drifted(desk)
    steps = guide(desk, here)["steps"]
    first = [step["id"] for step in steps if step["visit"] == 0]
    here(desk, "guide", MANAGER, *[word for name in first for word in ("--tick", name)])
    assert here(desk, "guide", MANAGER, "--verify").code == 2
    assert not any(step["done"] for step in guide(desk, here)["steps"])


def test_the_addresses_come_as_the_page_takes_them(desk: Desk, here: Run) -> None:
    desk.click(MANAGER, ip_whitelist=[HOSTS[0]])
    copies = {
        way: [
            step["copy"] for step in guide(desk, here, MANAGER, "--entry", way)["steps"] if step["addresses"]
        ]
        for way in ("comma", "lines", "blanks", "one")
    }
    both = "203.0.113.10", "203.0.113.11"
    assert copies == {
        "comma": [",".join(both)],
        "lines": ["\n".join(both)],
        "blanks": [" ".join(both)],
        "one": [HOSTS[1]],
    }


def test_a_copy_says_what_it_did_and_what_came_of_it(desk: Desk, here: Run) -> None:
    desk.click(MANAGER, ip_whitelist=[HOSTS[0]])
    ran = here(desk, "guide", MANAGER, "--copy")
    assert "Step 3, 2 addresses: not copied" in ran.err  # there is neither a terminal nor a clipboard here
    mended(desk)
    assert "Nothing copied" in here(desk, "guide", MANAGER, "--copy").err


def test_a_new_key_is_guided_when_its_secret_is_not_there_yet(desk: Desk, here: Run) -> None:
    wanted = "reporting: {permissions: [read], ip_whitelist: [203.0.113.10]}"
    desk.declare(
        wanted, f"{wanted}\n      fresh: {{permissions: [read, spot], ip_whitelist: [pool:cluster]}}"
    )
    made = guide(desk, here, "binance-main/fresh")
    kinds = [step["kind"] for step in made["steps"]]
    assert (made["purpose"], made["new"]) == ("create", False)
    assert kinds.index("create") < kinds.index("paste") < kinds.index("tick") < kinds.index("save")
    assert "accesscfg secrets set binance-main/fresh" in made["steps"][-1]["text"]


def test_of_a_key_whose_secret_a_platform_holds_the_guide_says_where_it_goes(desk: Desk, here: Run) -> None:
    wanted = "reporting: {permissions: [read], ip_whitelist: [203.0.113.10]}"
    foreign = "{permissions: [read], ip_whitelist: [203.0.113.10], held: false, used_by: Bitsgap}"
    desk.declare(wanted, f"{wanted}\n      platform: {foreign}")
    seen = guide(desk, here, "binance-main/platform")
    made = guide(desk, here, "binance-main/platform", "--new")
    assert seen["purpose"] == "compare"
    assert "Give key and secret to Bitsgap" in next(
        step["text"] for step in made["steps"] if step["kind"] == "store"
    )


def declared_too(desk: Desk, line: str) -> None:
    """One more key of bybit-fund."""
    manager = "      manager: {permissions: [read, transfer], ip_whitelist: [pool:cluster]}\n"
    desk.declare(
        f"{manager}    sub_accounts:\n      grid-1:", f"{manager}{line}    sub_accounts:\n      grid-1:"
    )


def test_that_no_secret_is_stored_is_said_once_with_what_helps(desk: Desk, here: Run) -> None:
    declared_too(desk, "      fresh: {permissions: [read], ip_whitelist: [pool:cluster]}\n")
    for form in ("text", "markdown"):
        ran = here(desk, "guide", "bybit-fund/fresh", "--verify", "--format", form)
        said = " ".join(ran.out.split())
        assert ran.code == 3
        assert said.count("no entry for this key") == 1
        assert said.count("accesscfg secrets set bybit-fund/fresh") == 1
        assert "presence, permissions, IP whitelist: " in said
        assert "--verify" not in said


def test_no_secret_is_asked_for_of_a_key_that_is_to_go(desk: Desk, here: Run) -> None:
    declared_too(desk, "      old: {state: absent, permissions: [read], ip_whitelist: [pool:cluster]}\n")
    ran = here(desk, "plan", "--target", "bybit-fund/old")
    said = " ".join(ran.out.split())
    assert ran.code == 3
    assert "declare it with held: false" in said
    assert "accesscfg attest bybit-fund/old --by" in said
    assert "secrets set" not in said

    desk.declare("{state: absent,", "{state: absent, held: false,")
    assert here(desk, "attest", "bybit-fund/old", "--by", "Alice").code == 0
    assert here(desk, "plan", "--detailed-exitcode", "--target", "bybit-fund/old").code == 0


def test_markdown_is_a_task_list(desk: Desk, here: Run) -> None:
    drifted(desk)
    here(desk, "guide", MANAGER, "--tick", "1")
    ran = here(desk, "guide", MANAGER, "--format", "markdown")
    assert ran.code == 0
    assert ran.out.count("- [x] ") == 1
    assert "- [ ] Untick" in ran.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bybit-fund/nobody",), "is not declared"),
        (("bybit-fund/managerr",), "did you mean bybit-fund/manager?"),
        ((MANAGER, "--tick", "99"), "no step '99'"),
        ((MANAGER, "--verify", "--new"), "takes no option but --format"),
        ((MANAGER, "--entry", "semicolon"), "semicolon"),
    ],
)
def test_64_for_what_makes_no_sense(desk: Desk, here: Run, arguments: tuple[str, ...], said: str) -> None:
    ran = here(desk, "guide", *arguments)
    assert ran.code == 64
    assert said in ran.err


def test_no_secret_is_in_any_form_of_it(desk: Desk, here: Run) -> None:
    drifted(desk)
    for form in ("text", "markdown", "json"):
        ran = here(desk, "guide", MANAGER, "--format", form)
        assert "MARKED" not in ran.out + ran.err
