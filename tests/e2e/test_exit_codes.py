"""Every exit code, as a script sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from accesscfg.workspace import Workspace
from tests.e2e.conftest import Run
from tests.e2e.desk import HOSTS, Desk, world
from tests.support import agegen
from tests.support.hurry import hurried

pytestmark = pytest.mark.slow

UPDATE = "/v5/user/update-sub-api"
LISTING = "/v5/user/sub-apikeys"


def drift_by_api(desk: Desk, path: str = "bybit-fund/grid-1/bot") -> None:
    """A difference that apply can remove: an address too many."""
    desk.click(path, ip_whitelist=[*HOSTS, "198.51.100.9"])


def drift_by_hand(desk: Desk) -> None:
    """A difference that only the website can remove."""
    desk.click("bybit-fund/manager", ip_whitelist=[*HOSTS, "198.51.100.9"])


def wrong_secret(desk: Desk) -> None:
    """A key that cannot be asked: it was made anew at the exchange under the same name."""
    desk.click("okx-desk/manager", action="delete")


# -- 0 and 2 -------------------------------------------------------------------------------------------------------


def test_0_when_all_that_was_asked_is_in_sync(desk: Desk, here: Run) -> None:
    for command in ("plan", "status"):
        ran = here(desk, command, "--detailed-exitcode", "--target", "bybit-fund", "--target", "okx-desk")
        assert ran.code == 0, ran.out


def test_0_for_a_plan_with_differences_when_nobody_asked_for_detail(desk: Desk, here: Run) -> None:
    drift_by_api(desk)
    assert here(desk, "plan").code == here(desk, "status").code == 0


def test_2_for_drift(desk: Desk, here: Run) -> None:
    drift_by_api(desk)
    for command in ("plan", "status"):
        assert here(desk, command, "--detailed-exitcode", "--target", "bybit-fund").code == 2


def test_2_for_what_an_exchange_shows_in_part(desk: Desk, here: Run) -> None:
    for command in ("plan", "status"):
        ran = here(desk, command, "--detailed-exitcode", "--target", "binance-main/manager")
        assert ran.code == 2
        assert "consistent" in ran.out


def test_2_for_what_no_exchange_shows(desk: Desk, here: Run) -> None:
    desk.declare(
        "      manager: {permissions: [read, transfer], ip_whitelist: [pool:cluster]}\n",
        "      manager: {permissions: [read, transfer], ip_whitelist: [pool:cluster]}\n"
        "      platform: {permissions: [read, spot], ip_whitelist: [198.51.100.4], held: false}\n",
    )
    for command in ("plan", "status"):
        ran = here(desk, command, "--detailed-exitcode", "--target", "bybit-fund/platform")
        assert ran.code == 2
        assert "unobservable" in ran.out


def test_2_when_manual_steps_remain_after_an_apply(desk: Desk, here: Run) -> None:
    drift_by_api(desk)
    drift_by_hand(desk)
    ran = here(desk, "apply", "--auto-approve")
    assert ran.code == 2
    assert "1 done, 1 to do on the website" in ran.out
    assert desk.live("bybit-fund/grid-1/bot")["ip_whitelist"] == list(HOSTS)


def test_0_for_an_apply_that_did_it_all(desk: Desk, here: Run) -> None:
    drift_by_api(desk)
    assert here(desk, "apply", "--auto-approve").code == 0
    assert here(desk, "apply", "--auto-approve").code == 0
    assert len(desk.writes()) == 1


# -- 3 -------------------------------------------------------------------------------------------------------------


def test_3_when_a_key_could_not_be_asked_with_the_flag_and_without(desk: Desk, here: Run) -> None:
    wrong_secret(desk)
    for argv in (["plan"], ["status"], ["plan", "--detailed-exitcode"], ["status", "--detailed-exitcode"]):
        ran = here(desk, *argv, "--target", "okx-desk/manager")
        assert ran.code == 3
        assert "unknown" in ran.out


def test_not_3_for_a_run_soon_after_another_it_waits_until_the_exchange_answers_again(
    desk: Desk, here: Run
) -> None:
    """OKX answers this call five times in two seconds, and says no word about how long to wait."""
    limited = world()
    del limited["exchanges"]["okx"]["options"]
    desk.sandbox.load(limited)
    assert [here(desk, "plan", "--target", "okx-desk/manager").code for _ in range(6)] == [0] * 6
    assert "429" in {str(request["status"]) for request in desk.requests()}


def test_3_beats_2(desk: Desk, here: Run) -> None:
    wrong_secret(desk)
    drift_by_hand(desk)
    assert here(desk, "plan", "--detailed-exitcode").code == 3
    assert here(desk, "apply", "--auto-approve").code == 3


def test_3_when_an_exchange_is_down_and_the_others_are_known(desk: Desk, here: Run) -> None:
    desk.fault("okx", "*", "5xx", times=None)
    with hurried():
        ran = here(desk, "plan")
    assert ran.code == 3
    assert "16 facets in sync, 2 consistent, 6 unknown" in ran.out


def test_3_when_only_some_secrets_files_open_and_the_others_keys_are_known(desk: Desk, here: Run) -> None:
    file = desk.folder / "secrets" / "okx-desk.sops.yaml"
    file.write_text(file.read_text().replace("ENC[", "ENC[x", 1))
    ran = here(desk, "plan")
    assert ran.code == 3
    assert "16 facets in sync, 2 consistent, 6 unknown" in ran.out
    assert "of okx-desk/manager" in ran.out
    assert "okx-desk.sops.yaml" in ran.out


# -- 4 -------------------------------------------------------------------------------------------------------------


def test_4_for_a_guard_and_nothing_is_written(desk: Desk, here: Run) -> None:
    desk.click("bybit-fund/grid-1/bot", ip_whitelist=["198.51.100.9"])
    drift_by_api(desk, "okx-desk/desk1/quoter")
    ran = here(desk, "apply", "--auto-approve")
    assert ran.code == 4
    assert "--allow last-address=bybit-fund/grid-1/bot" in ran.err
    assert desk.writes() == []


def test_4_for_a_policy_offline_and_live_and_nothing_is_written(desk: Desk, here: Run) -> None:
    desk.declare("ip_whitelist: [pool:cluster], used_by: Gridbot", "ip_whitelist: unrestricted")
    drift_by_api(desk)
    for argv in (["validate"], ["plan"], ["apply", "--auto-approve"]):
        ran = here(desk, *argv)
        assert ran.code == 4, argv
        assert "binance-main/grid/bot has no IP whitelist" in ran.out + ran.err
    assert desk.writes() == []
    assert here(desk, "status").code == 0


def test_4_for_a_policy_about_what_nobody_declared(desk: Desk, here: Run) -> None:
    desk.declare("policies:\n", "policies:\n  undeclared_keys: fail\n")
    assert here(desk, "plan").code == 0
    desk.click("bybit-fund/grid-1/stranger", "create", permissions=["Spot:SpotTrade"], ip_whitelist=None)
    assert here(desk, "validate").code == 0
    for argv in (["plan"], ["apply", "--auto-approve"]):
        ran = here(desk, *argv)
        assert ran.code == 4
        assert "a key nobody declared" in ran.out + ran.err


# -- 5 -------------------------------------------------------------------------------------------------------------


def test_5_when_a_change_failed_and_the_others_were_made(desk: Desk, here: Run) -> None:
    drift_by_api(desk)
    drift_by_api(desk, "okx-desk/desk1/quoter")
    drift_by_hand(desk)
    desk.fault("bybit", UPDATE, "429")
    ran = here(desk, "apply", "--auto-approve")
    assert ran.code == 5
    assert "1 done, 1 failed, 1 to do on the website" in ran.out
    assert desk.live("okx-desk/desk1/quoter")["ip_whitelist"] == list(HOSTS)


def test_5_when_nothing_can_say_what_became_of_a_change(desk: Desk, here: Run) -> None:
    drift_by_api(desk)
    desk.fault("bybit", UPDATE, "drop_after")
    desk.fault("bybit", LISTING, "5xx", skip=2, times=None)  # after those of the plan and the re-read
    with hurried():
        ran = here(desk, "apply", "--auto-approve")
    assert ran.code == 5
    assert "what became of it could not be read" in ran.out
    assert desk.live("bybit-fund/grid-1/bot")["ip_whitelist"] == list(HOSTS)


def test_5_beats_3(desk: Desk, here: Run) -> None:
    wrong_secret(desk)
    drift_by_api(desk)
    desk.fault("bybit", UPDATE, "429")
    assert here(desk, "apply", "--auto-approve").code == 5


# -- 6, 64, 65, 77 -------------------------------------------------------------------------------------------------


def test_6_while_another_run_holds_the_workspace(desk: Desk, here: Run) -> None:
    drift_by_api(desk)
    with Workspace.open(desk.folder, desk.env).locked():
        ran = here(desk, "apply", "--auto-approve")
        assert ran.code == 6
        assert "locked by another run" in ran.err
        assert here(desk, "plan").code == 0  # reading needs no lock
    assert here(desk, "apply", "--auto-approve").code == 0


@pytest.mark.parametrize(
    "argv",
    [
        ["no-such-command"],
        ["plan", "--no-such-option"],
        ["plan", "--format", "xml"],
        ["plan", "--target", "nowhere/*"],
        ["apply"],
        ["apply", "--format", "json"],
        ["apply", "--auto-approve", "--only", "both"],
        ["apply", "--auto-approve", "--allow", "everything=bybit-fund/manager"],
        ["apply", "--auto-approve", "--allow", "last-address=bybit-fund/grid-1/bott"],
        ["secrets", "set", "bybit-fund/nobody", "--stdin"],
        ["secrets", "set", "bybit-fund/manager"],
        ["providers", "atlantis"],
        ["sandbox", "serve", "--from-workspace", "--world", "exchanges.yaml"],
        ["init", "elsewhere", "--exchange", "atlantis"],
    ],
    ids=" ".join,
)
def test_64_for_what_makes_no_sense(desk: Desk, here: Run, argv: list[str]) -> None:
    ran = here(desk, *argv, given="{}")
    assert ran.code == 64
    assert ran.err
    assert ran.out == "" or argv[0] == "apply"
    assert desk.writes() == []


def test_64_where_there_is_no_workspace(desk: Desk, here: Run) -> None:
    (desk.folder / "empty").mkdir()
    ran = here(desk, "-c", "empty", "plan")
    assert ran.code == 64
    assert "accesscfg init" in ran.err


def test_65_for_a_declaration_that_is_not_valid_whatever_the_command(desk: Desk, here: Run) -> None:
    desk.declare("permissions: [read, transfer]", "permissions: [read, tranfser]")
    for argv in (
        ["validate"],
        ["plan"],
        ["status"],
        ["apply", "--auto-approve"],
        ["secrets", "check"],
        ["secrets", "list"],
        ["sandbox", "serve", "--from-workspace"],
    ):
        ran = here(desk, *argv)
        assert ran.code == 65, argv
        assert "exchanges.yaml:24:37: error: there is no permission `tranfser`" in ran.out + ran.err
    assert desk.requests() == []


def test_77_when_no_secrets_file_opens(desk: Desk, here: Run, tmp_path: Path) -> None:
    stranger = tmp_path / "identity.txt"
    stranger.write_text(agegen.identity()[0] + "\n")
    for argv in (["plan"], ["status"], ["apply", "--auto-approve"], ["sandbox", "serve", "--from-workspace"]):
        ran = here(desk, *argv, SOPS_AGE_KEY_FILE=str(stranger))
        assert ran.code == 77, argv
        assert "the file is not encrypted for it" in ran.err
        assert ran.out == ""
    assert desk.requests() == []
    for argv in (["validate"], ["secrets", "check"], ["secrets", "list"]):
        assert here(desk, *argv, SOPS_AGE_KEY_FILE=str(stranger)).code == 0


def test_77_without_sops(desk: Desk, here: Run) -> None:
    ran = here(desk, "plan", ACCESSCFG_SOPS="/nowhere/sops")
    assert ran.code == 77
    assert "ACCESSCFG_SOPS names /nowhere/sops" in ran.err


def test_codes_leave_the_process_as_they_are(desk: Desk) -> None:
    assert desk.run("validate").code == 0
    assert desk.run("plan", "--detailed-exitcode").code == 2
    assert desk.run("apply").code == 64
    assert desk.run("plan", ACCESSCFG_SOPS="/nowhere/sops").code == 77
