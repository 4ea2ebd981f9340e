"""The demo tells the whole story anywhere, and leaves nothing."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accesscfg.cli.context import words_of
from accesscfg.demo.stage import stage
from accesscfg.demo.story import Story
from accesscfg.model.networks import Addresses
from accesscfg.model.paths import parse_key_path
from tests.e2e.desk import PROGRAM, Desk, Ran, ended, program_environment, wait_for

pytestmark = pytest.mark.slow

STORY = (
    "$ accesscfg plan\n",
    "Live but not declared, 1 key",
    "$ accesscfg apply --auto-approve",
    "14 done, 11 to do on the website",
    "$ accesscfg guide kraken-main/charter\n",
    'Untick "Funds: Withdraw"',
    "$ accesscfg guide kraken-main/charter --verify\n",
    "verified: kraken-main/charter: the key is as declared",
    "bybit-fund/grid-1/gridbot",
    "steps, then verified",
    "cryptocom-main/desk",
    "steps, then to be attested",
    "intern-test, which nobody declared, is deleted",
    "$ accesscfg attest kraken-main/charter-extra --by Robin\n",
    "IP whitelist of kraken-main/charter-extra: 203.0.113.129, 203.0.113.130",
    "$ accesscfg plan --detailed-exitcode\n",
    "Plan: no changes",
    "Exit code 0: every facet is in sync or attested.",
)


def demo(home: Path, folder: Path, *argv: str, **env: str) -> Ran:
    """The demo with nothing of the surroundings but a path and a home."""
    done = subprocess.run(
        [PROGRAM, "demo", *argv],
        cwd=folder,
        env=program_environment(home, env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def of_this_test(home: Path) -> list[int]:
    """Processes that were started with this home."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environ = (process / "environ").read_bytes()
        except OSError:
            continue
        if f"HOME={home}".encode() in environ.split(b"\0"):
            found.append(int(process.name))
    return found


@pytest.mark.slow
def test_it_ends_in_sync_and_leaves_nothing_behind_in_a_folder_that_cannot_be_written(
    home: Path, tmp_path: Path
) -> None:
    before = sorted(home.rglob("*"))
    tmp_path.chmod(0o555)
    ran = demo(home, tmp_path)
    assert ran.code == 0, ran
    assert ran.err == ""
    assert sorted(home.rglob("*")) == [*before, home / "tmp"]
    assert list(tmp_path.iterdir()) == []
    assert of_this_test(home) == []
    assert re.search(".*".join(map(re.escape, STORY)), ran.out, re.DOTALL), ran.out
    assert re.search(r"^\d+ facets in sync, \d+ attested, 0 unknown\.$", ran.out, re.MULTILINE)
    assert "\x1b" not in ran.out


@pytest.mark.slow
def test_what_is_attested_is_true_at_the_exchanges(sops_bin: str, tmp_path: Path) -> None:
    """What no API shows was put right on the website before somebody said so."""
    printed: list[str] = []
    with stage(tmp_path) as scene:
        story = Story.on(scene, printed.append, color=False, words=words_of)
        assert asyncio.run(story.tell()) == 0
        declared = {key.path: key for key in story.workspace.load().all_keys()}
        live = dict(keys_of(scene.sandbox.state()))

    for text in ("kraken-main/charter-extra", "whitebit-main/manager", "cryptocom-main/desk"):
        key = declared[parse_key_path(text)]
        assert isinstance(key.whitelist, Addresses)
        assert set(live[text]["ip_whitelist"]) == key.whitelist.entries, text
        assert set(live[text]["permissions"]) == key.permissions, text
    assert "okx-desk/desk1/pilot" not in live
    assert "binance-main/grid/intern-test" not in live
    assert live["bybit-fund/grid-1/copier"]["app"] == "Copydesk"


def keys_of(state: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The live keys by account and label."""
    for account in (one for venue in state["exchanges"].values() for one in venue["accounts"]):
        below = ((sub, f"{account['id']}/{sub['id']}") for sub in account["sub_accounts"])
        for holder, path in ((account, account["id"]), *below):
            yield from ((f"{path}/{key['label']}", key) for key in holder["keys"])


@pytest.mark.slow
def test_it_is_not_led_astray_by_what_is_around(home: Path, tmp_path: Path) -> None:
    """Somebody's own settings of sops, another sandbox, and a proxy."""
    ran = demo(
        home,
        tmp_path,
        SOPS_AGE_KEY_FILE="/nowhere/identity",
        SOPS_AGE_KEY="AGE-SECRET-KEY-1NONSENSE",
        ACCESSCFG_SANDBOX="http://127.0.0.1:9",
        HTTPS_PROXY="http://127.0.0.1:9",
        HTTP_PROXY="http://127.0.0.1:9",
        ALL_PROXY="http://127.0.0.1:9",
    )
    assert ran.code == 0, ran


@pytest.mark.slow
def test_what_it_keeps_works_by_the_instructions_it_prints(home: Path, tmp_path: Path) -> None:
    ran = demo(home, tmp_path, "--keep", "my demo")
    assert ran.code == 0, ran
    lines = ran.out[ran.out.index("To go on playing:") :].splitlines()[1:]
    script = "\n".join(line.strip() for line in lines)
    assert "sandbox serve --from-workspace &" in script
    # as a person would: the address is that which the sandbox prints
    script = script.replace(
        "accesscfg sandbox serve --from-workspace &",
        "accesscfg sandbox serve --from-workspace > url & serving=$!",
    )
    script = script.replace(
        "export ACCESSCFG_SANDBOX=http://127.0.0.1:PORT",
        "while ! test -s url; do sleep 0.05; done; . ./url; rm url",
    )
    script = f"set -eu\n{script}\naccesscfg plan --detailed-exitcode\nkill $serving\nwait $serving"
    environment = program_environment(home, {"PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"})
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, (script, done)
    assert "Plan: no changes" in done.stdout
    assert of_this_test(home) == []
    kept = tmp_path / "my demo"
    assert kept.stat().st_mode & 0o777 == 0o700
    assert (kept / "demo-identity.txt").stat().st_mode & 0o777 == 0o600
    assert "demo-identity.txt" in (kept / ".gitignore").read_text()


def test_a_folder_that_is_not_empty_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    for keep in (".", "mine", "mine/deeper"):
        ran = demo(home, tmp_path, "--keep", keep)
        assert ran.code in (1, 64), ran
        assert "Traceback" not in ran.err
        assert "this is a bug" not in ran.err
        assert ran.out == ""
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ended_in_the_middle_it_leaves_nothing_either(desk: Desk, number: int) -> None:
    temporary = Path(desk.env["TMPDIR"])
    process = desk.start("demo")
    wait_for(
        lambda: any(path.is_dir() for path in temporary.iterdir())
    )  # Python tries the place with a file first
    process.send_signal(number)
    assert ended(process).code == 130
    assert list(temporary.iterdir()) == []
    assert of_this_test(Path(desk.env["HOME"])) == []
