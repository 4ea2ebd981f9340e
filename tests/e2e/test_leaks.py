"""No secret is anywhere but in the sops files, at the exchange and in memory: everything is run, and all is searched.

Every secret of the desk carries a mark. Searched are the arguments and the environment of every call of sops, all
files below HOME, TMPDIR and the workspace (while sops runs too, so that files that come and go are seen), and what
the program writes.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Run
from tests.e2e.desk import HOSTS, Desk, Ran, ended, private_pem, wait_for
from tests.support import agegen
from tests.support.hurry import hurried

pytestmark = pytest.mark.slow

BOT = "bybit-fund/grid-1/bot"
WATCHER = "bybit-fund/grid-1/watcher"
NEW = {"api_key": "PublicHalfOfNew", "api_secret": "MARKED-SECRET-new"}


def forms(text: str) -> list[str]:
    """How a text may look when something encodes it, cut where the encoding depends on what is around it."""
    raw = text.encode()
    coded = [base64.b64encode(raw[start:])[:-4].decode() for start in range(3)]
    return [text, raw.hex(), text[::-1], *(one for one in coded if len(one) > 8)]


@dataclass
class Search:
    """What must be found nowhere below the `roots`, but in the files that hold it by their nature."""

    roots: list[Path]
    marks: list[str]
    own: set[Path]
    written: list[str] = field(default_factory=list)

    def saw(self, ran: Ran) -> Ran:
        """Keep what a command wrote."""
        self.written += [ran.out, ran.err]
        return ran

    def hits(self) -> list[str]:
        """Where a mark was found."""
        mark = re.compile("|".join(map(re.escape, self.marks)))
        texts = {str(file): file.read_text("utf-8", "replace") for file in self.files()}
        texts |= {f"output {number}": text for number, text in enumerate(self.written)}
        return [f"{name}: {found[0]}" for name, text in texts.items() if (found := mark.search(text))]

    def files(self) -> list[Path]:
        """Every file, the notes about sops included."""
        every = (file for root in self.roots for file in root.rglob("*") if file.is_file())
        files = [file for file in every if file not in self.own]
        assert len(files) > 10
        return files


@pytest.fixture
def notes(desk: Desk, tmp_path: Path, home: Path, identity_file: Path) -> Path:
    """What each call of sops was given, and any file in plain text that lay around at that time."""
    folder = tmp_path / "notes"
    folder.mkdir()
    program = tmp_path / "watching-sops"
    look = f"grep -rlE 'MARKED|AGE-SECRET-KEY' {home} {desk.folder} --exclude={identity_file.name} --exclude=keys.txt"
    program.write_text(
        f'#!/bin/sh\nn={folder}/$$\ntr "\\0" "\\n" < /proc/$$/cmdline > $n.argv\n'
        f'tr "\\0" "\\n" < /proc/$$/environ > $n.environ\n'
        f"{look} | grep -v -e demo-identity.txt -e bot.pem > $n.plain\n"
        f'exec {desk.env["ACCESSCFG_SOPS"]} "$@"\n'
    )
    program.chmod(0o755)
    desk.env["ACCESSCFG_SOPS"] = str(program)
    return folder


@pytest.fixture
def search(
    desk: Desk, notes: Path, home: Path, tmp_path: Path, identity_file: Path, age_identity: tuple[str, str]
) -> Iterator[Search]:
    """Searched when the test is over."""
    body = private_pem().splitlines()[1]
    marks = [*forms("MARKED-SECRET"), *forms("MARKED-Phrase"), "MARKED", body, body[20:40]]
    marks += [*forms(age_identity[0]), age_identity[0][20:50], "AGE-SECRET-KEY-1"]
    found = Search([tmp_path, home], marks, {identity_file, tmp_path / "watching-sops"})
    yield found
    assert found.hits() == []
    assert list(notes.glob("*.argv"))
    assert list(notes.glob("*.environ"))
    assert [file.read_text() for file in notes.glob("*.plain") if file.read_text()] == []
    public = Search(found.roots, ["PublicHalfOf"], found.own, found.written)
    assert public.hits() == []


def drift(desk: Desk) -> None:
    """Something to plan, to apply and to do by hand."""
    desk.click(BOT, ip_whitelist=[*HOSTS, "198.51.100.9"])
    desk.click(WATCHER, ip_whitelist=[HOSTS[0], "198.51.100.9"])
    desk.click("bybit-fund/manager", ip_whitelist=[*HOSTS, "198.51.100.9"])
    desk.click("okx-desk/desk1/quoter", permissions=["read_only"])


@pytest.mark.slow
def test_everything_in_order(desk: Desk, search: Search) -> None:
    drift(desk)
    commands: list[tuple[int, tuple[str, ...]]] = [
        (0, ("validate",)),
        (0, ("validate", "--format", "json")),
        *((0, ("plan", "--format", form)) for form in ("text", "json", "markdown")),
        *((0, ("status", "--format", form)) for form in ("text", "json", "markdown")),
        (0, ("plan", "--out", "today.json", "--target", "okx-desk")),
        (0, ("apply", "today.json")),
        (2, ("apply", "--auto-approve", "--format", "json")),
        (2, ("apply", "--auto-approve", "--format", "markdown")),
        (0, ("secrets", "check")),
        (0, ("secrets", "list", "--format", "json")),
        (0, ("providers",)),
        (0, ("providers", "okx", "--format", "json")),
        (0, ("init", "fresh", "--exchange", "okx", "--pre-commit", "--ci", "github")),
        (0, ("demo", "--keep", "kept")),
    ]
    for code, argv in commands:
        verbose = search.saw(desk.run("-v", *argv))
        assert verbose.code == code, (argv, verbose)
    search.own.add(desk.folder / "kept" / "demo-identity.txt")
    assert len(desk.trail.read_text().splitlines()) > 6


@pytest.mark.slow
def test_exchanges_with_passphrases_and_keys_of_bytes(annex: Desk, search: Search) -> None:
    """Whose secrets travel in headers and bodies, and whose changes need the passphrase of the changed key."""
    annex.click("kraken-main/bot", ip_whitelist=[HOSTS[0]])
    annex.click("bitget-main/arb/bot", ip_whitelist=[HOSTS[0]])
    annex.click("whitebit-main/maker/bot", ip_whitelist=[*HOSTS, "198.51.100.9"])
    commands: list[tuple[int, tuple[str, ...]]] = [
        *((0, ("plan", "--format", form)) for form in ("text", "json", "markdown")),
        (2, ("apply", "--auto-approve", "--format", "json")),
        *((0, ("guide", "kraken-main/bot", "--format", form)) for form in ("text", "json", "markdown")),
        (0, ("guide", "kraken-main/bot", "--tick", "1")),
        (2, ("guide", "kraken-main/bot", "--verify")),
        (0, ("attest", "cryptocom-main/desk", "--by", "Alice")),
        (0, ("attest", "whitebit-main/manager", "--by", "Alice", "--format", "json")),
        (0, ("status", "--format", "json")),
    ]
    for code, argv in commands:
        ran = search.saw(annex.run("-v", *argv))
        assert ran.code == code, (argv, ran)
    for kind in ("5xx", "drop_after"):
        annex.fault("*", "*", kind, times=1)
        search.saw(annex.run("-v", "plan"))
    annex.click("bitget-main/manager", action="delete")
    assert search.saw(annex.run("-v", "plan")).code == 3
    assert (annex.folder / ".accesscfg" / "attestations.yaml").exists()


def test_putting_secrets_in(desk: Desk, search: Search) -> None:
    ran = search.saw(desk.run("-v", "secrets", "set", BOT, "--stdin", given=json.dumps(NEW)))
    assert ran.code == 0
    pem = desk.folder.parent / "bot.pem"
    pem.write_text(private_pem())
    search.own.add(pem)
    options = ["--stdin", "--private-key-file", str(pem)]
    mistakes: list[tuple[list[str], Any]] = [
        (["--stdin"], {"api_key": "PublicHalfOfNew", "MARKED-SECRET": "x"}),
        (["--stdin"], {"api_secret": "MARKED-SECRET", "api_key": 7}),
        (["--stdin"], ["MARKED-SECRET"]),
        (["--stdin"], {"api_key": "PublicHalfOfNew"}),
        (options, NEW),
        (["--stdin", "--file", "secrets/okx-desk.sops.yaml"], NEW),
        (["--nonsense"], NEW),
    ]
    for argv, given in mistakes:
        ran = search.saw(desk.run("-v", "secrets", "set", BOT, *argv, given=json.dumps(given)))
        assert ran.code in (64, 77), (argv, given, ran)
    search.saw(desk.run("-v", "secrets", "set", BOT, "--stdin", given='{"api_secret": "MARKED-SECRET'))
    options = ["--stdin", "--private-key-file", str(pem)]
    given = json.dumps({"api_key": "PublicHalfOfReporting"})
    assert search.saw(desk.run("secrets", "set", "binance-main/reporting", *options, given=given)).code == 0


def test_an_identity_in_the_environment(desk: Desk, search: Search, age_identity: tuple[str, str]) -> None:
    del desk.env["SOPS_AGE_KEY_FILE"]
    assert search.saw(desk.run("-v", "plan", SOPS_AGE_KEY=age_identity[0])).code == 0


def test_a_rehearsal(desk: Desk, search: Search) -> None:
    rehearse(desk, search)


def test_a_rehearsal_of_exchanges_with_passphrases_and_keys_of_bytes(annex: Desk, search: Search) -> None:
    rehearse(annex, search)


def rehearse(desk: Desk, search: Search) -> None:
    """Serve a world made from the workspace, and plan against it."""
    serving = desk.start("-v", "sandbox", "serve", "--from-workspace")
    assert serving.stdout is not None
    url = serving.stdout.readline().strip().partition("=")[2]
    assert search.saw(desk.run("-v", "plan", ACCESSCFG_SANDBOX=url)).code == 0
    serving.send_signal(signal.SIGINT)
    assert search.saw(ended(serving)).code == 0


def test_when_things_go_wrong(desk: Desk, search: Search, here: Run) -> None:
    stranger = desk.folder.parent / "stranger.txt"
    stranger.write_text(agegen.identity()[0])
    search.own.add(stranger)
    assert search.saw(here(desk, "-v", "plan", SOPS_AGE_KEY_FILE=str(stranger))).code == 77

    file = desk.folder / "secrets" / "okx-desk.sops.yaml"
    whole = file.read_text()
    for damaged in (
        whole.replace("ENC[AES256_GCM,data:", "ENC[AES256_GCM,data:AAAA", 1),
        re.sub(r"(api_secret: )ENC\[\S+\]", r"\1other", whole, count=1),
        re.sub(r"(mac: )ENC\[\S+\]", r"\1other", whole),
        whole.replace("\nsops:", "\n# sops:"),
        "<<<<<<< ours\n" + whole,
    ):
        file.write_text(damaged)
        assert search.saw(here(desk, "-v", "plan")).code == 3
        search.saw(here(desk, "-v", "secrets", "check"))
        search.saw(here(desk, "-v", "secrets", "set", "okx-desk/manager", "--stdin", given=json.dumps(NEW)))
        search.saw(here(desk, "-v", "sandbox", "serve", "--world", str(file)))
    file.write_text(whole)

    drift(desk)
    for kind in ("5xx", "429", "drop_before", "drop_after"):
        desk.fault("*", "*", kind, times=None)
        with hurried():
            assert search.saw(here(desk, "-v", "plan")).code == 3
            search.saw(here(desk, "-v", "apply", "--auto-approve"))
        desk.sandbox.clear_faults()
    desk.click("okx-desk/manager", action="delete")
    desk.click("bybit-fund/manager", enabled=False)
    assert search.saw(here(desk, "-v", "plan")).code == 3


def test_when_accesscfg_itself_is_wrong(
    desk: Desk, search: Search, here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors that nobody foresaw, with the secret in their text and in the values around them."""

    def stumble(*args: Any, **named: Any) -> Any:
        secret = "MARKED-SECRET-in-a-frame"
        raise ZeroDivisionError(f"1 / {secret}") from KeyError(secret)

    for target in (
        "accesscfg.workspace.Workspace.load",
        "accesscfg.engine.observe.Keyring.of",
        "accesscfg.engine.plan.make_plan",
        "accesscfg.engine.apply.apply",
        "accesscfg.secrets.opened.seal",
        "accesscfg.report.plan_to_text",
    ):
        with monkeypatch.context() as patch:
            patch.setattr(target, stumble)
            ran = search.saw(here(desk, "-v", "apply", "--auto-approve", bug=True))
        assert ran.code == 1
        assert "ZeroDivisionError" in ran.err
        assert "stumble" in ran.err
        assert "in-a-frame" not in ran.err
    with monkeypatch.context() as patch:
        patch.setattr("accesscfg.exchanges.client.ReadingCalls.get", stumble)
        assert search.saw(here(desk, "-v", "plan")).code == 3


def test_what_every_library_logs(
    desk: Desk, search: Search, here: Run, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody turns on all logging there is."""
    drift(desk)
    with caplog.at_level(logging.DEBUG):
        here(desk, "apply", "--auto-approve")
    assert any(record.name.startswith("httpcore") for record in caplog.records)
    assert not [text for text in caplog.messages if any(mark in text for mark in search.marks)]
    search.saw(here(desk, "status"))


def test_the_program_is_closed_to_the_users_other_programs(desk: Desk, search: Search) -> None:
    """Not even its own arguments and environment show a secret; its memory is closed."""
    desk.fault("bybit", "/v5/user/query-api", "latency", ms=1000)
    process = desk.start("plan")
    wait_for(lambda: len(desk.sandbox.world.faults) == 0)
    shown = (
        Path(f"/proc/{process.pid}/cmdline").read_bytes() + Path(f"/proc/{process.pid}/environ").read_bytes()
    )
    search.written.append(shown.decode())
    assert search.saw(ended(process)).code == 0
