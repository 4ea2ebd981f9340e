"""A small firm: its workspace with real sops files, the exchanges as it declares them, and the program itself.

Every secret carries the word MARKED, so that a leak can be searched for.
"""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accesscfg.sandbox import Fault, Sandbox

PROGRAM = Path(sys.executable).with_name("accesscfg")
HOSTS = ("203.0.113.10", "203.0.113.11")
UNLIMITED = {"rate_limits": False}

DECLARATION = """\
version: 1
secrets: ["secrets/*.sops.yaml"]
ip_pools:
  cluster: {file: pools/cluster.txt}
policies:
  require_ip_whitelist: trading
exchanges:
  binance-main:
    exchange: binance
    egress: {addresses: [203.0.113.10]}
    keys:
      manager: {permissions: [read, spot], ip_whitelist: [pool:cluster]}
      reporting: {permissions: [read], ip_whitelist: [203.0.113.10]}
    sub_accounts:
      grid:
        id: grid@example.com
        managed_by: manager
        keys:
          bot: {permissions: [read, spot], ip_whitelist: [pool:cluster], used_by: Gridbot}
  bybit-fund:
    exchange: bybit
    egress: {addresses: [203.0.113.10]}
    keys:
      manager: {permissions: [read, transfer], ip_whitelist: [pool:cluster]}
    sub_accounts:
      grid-1:
        id: "53888000"
        managed_by: manager
        keys:
          bot: {permissions: [read, spot], ip_whitelist: [pool:cluster]}
          watcher: {permissions: [read], ip_whitelist: [203.0.113.10]}
  okx-desk:
    exchange: okx
    egress: {addresses: [203.0.113.10]}
    keys:
      manager: {permissions: [read, trade, transfer], ip_whitelist: [pool:cluster]}
    sub_accounts:
      desk1:
        id: desk1eu
        managed_by: manager
        keys:
          quoter: {permissions: [read, trade, transfer], ip_whitelist: [pool:cluster]}
"""

# where each key stands in the world, and the rights it has there when nothing has drifted
RIGHTS: dict[str, tuple[str, ...]] = {
    "binance-main/manager": ("enableReading", "enableSpotAndMarginTrading"),
    "binance-main/reporting": ("enableReading",),
    "binance-main/grid/bot": ("canTrade",),
    "bybit-fund/manager": ("Wallet:AccountTransfer", "Wallet:SubMemberTransfer"),
    "bybit-fund/grid-1/bot": ("Spot:SpotTrade",),
    "bybit-fund/grid-1/watcher": ("ReadOnly",),
    "okx-desk/manager": ("read_only", "trade"),
    "okx-desk/desk1/quoter": ("read_only", "trade"),
}
EXCHANGES = {"binance-main": "binance", "bybit-fund": "bybit", "okx-desk": "okx"}
SUBS: dict[str, dict[str, str]] = {
    "binance-main": {"id": "grid", "uid": "912345678", "email": "grid@example.com"},
    "bybit-fund": {"id": "grid-1", "uid": "53888000"},
    "okx-desk": {"id": "desk1", "uid": "3400", "name": "desk1eu"},
}
SIGNED_WITH_A_PRIVATE_KEY = "binance-main/reporting"


@functools.cache
def private_key() -> Ed25519PrivateKey:
    """The private key of the one key that signs with one."""
    return Ed25519PrivateKey.generate()


def private_pem() -> str:
    """The same as its owner keeps it."""
    form = serialization.PrivateFormat.PKCS8
    key = private_key().private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return key.decode()


def public_pem() -> str:
    """Its public half, as the exchange knows it."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private_key().public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def api_key(path: str) -> str:
    """The public half of a key's credential."""
    return f"PublicHalfOf{path}".replace("/", "").replace("-", "")


def entries(account: str) -> dict[str, dict[str, str]]:
    """What the secrets file of an account holds."""
    return {path: _entry(path) for path in RIGHTS if path.startswith(f"{account}/")}


def _entry(path: str) -> dict[str, str]:
    if path == SIGNED_WITH_A_PRIVATE_KEY:
        return {"api_key": api_key(path), "private_key": private_pem()}
    entry = {"api_key": api_key(path), "api_secret": f"MARKED-SECRET-{path}"}
    if path.startswith("okx"):
        entry["passphrase"] = f"MARKED-Phrase-{path}"
        entry["totp_seed"] = f"MARKEDTOTP{path}"
    return entry


def world() -> dict[str, Any]:
    """The exchanges exactly as declared."""
    made: dict[str, Any] = {}
    for account, exchange in EXCHANGES.items():
        own = {path: _live(path) for path in RIGHTS if path.startswith(f"{account}/")}
        sub = [key for path, key in own.items() if path.count("/") == 2]
        main = [key for path, key in own.items() if path.count("/") == 1]
        fields = {"id": account, "uid": "4711", "seen_as": HOSTS[0], "keys": main}
        made[exchange] = {
            "options": UNLIMITED,
            "accounts": [{**fields, "sub_accounts": [{**SUBS[account], "keys": sub}]}],
        }
    return {"exchanges": made}


def _live(path: str) -> dict[str, Any]:
    one = HOSTS[:1] if path in (SIGNED_WITH_A_PRIVATE_KEY, "bybit-fund/grid-1/watcher") else HOSTS
    made: dict[str, Any] = {"label": path.rpartition("/")[2], "permissions": list(RIGHTS[path])}
    made |= {"ip_whitelist": list(one), "api_key": api_key(path)}
    if path == SIGNED_WITH_A_PRIVATE_KEY:
        return {**made, "public_key": public_pem()}
    secret = {name: text for name, text in _entry(path).items() if name in ("api_secret", "passphrase")}
    return {**made, **secret}


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass
class Desk:
    """One workspace and its exchanges, those of the accounts by name. `env` is the whole environment of the program."""

    folder: Path
    sandbox: Sandbox
    env: dict[str, str]
    exchanges: Mapping[str, str] = field(default_factory=lambda: EXCHANGES)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    # -- the exchanges ---------------------------------------------------------------------------------------------

    def click(self, path: str, action: str = "set", **changes: Any) -> None:
        """Change a key as a person does on the exchange's website."""
        account, *rest = path.split("/")
        request = {"exchange": self.exchanges[account], "account": account, "key": rest[-1], "action": action}
        if len(rest) == 2:
            request["sub_account"] = rest[0]
        self.sandbox.website({**request, "set": changes} if changes else request)

    def live(self, path: str) -> dict[str, Any]:
        """A key as it is at its exchange."""
        account, *rest = path.split("/")
        found = next(
            one
            for one in self.sandbox.state()["exchanges"][self.exchanges[account]]["accounts"]
            if one["id"] == account
        )
        if len(rest) == 2:
            found = next(one for one in found["sub_accounts"] if one["id"] == rest[0])
        return next(key for key in found["keys"] if key["label"] == rest[-1])

    def fault(self, exchange: str, path: str, kind: str, **fields: Any) -> None:
        """Let requests to an exchange fail."""
        self.sandbox.fault(Fault(exchange, path, kind, **fields))

    def requests(self) -> list[dict[str, Any]]:
        """What the exchanges were asked, the time of day left out."""
        return [one for one in self.sandbox.log() if "time" not in one["path"]]

    def writes(self) -> list[dict[str, Any]]:
        """The writing requests among them that were accepted."""
        return [one for one in self.sandbox.log() if one["write"]]

    # -- the workspace ---------------------------------------------------------------------------------------------

    @property
    def file(self) -> Path:
        """The declaration."""
        return self.folder / "exchanges.yaml"

    def declare(self, old: str, new: str) -> None:
        """Edit the declaration."""
        text = self.file.read_text()
        assert old in text
        self.file.write_text(text.replace(old, new))

    @property
    def trail(self) -> Path:
        """The audit trail."""
        return self.folder / ".accesscfg" / "audit.jsonl"

    # -- the program -----------------------------------------------------------------------------------------------

    def run(self, *argv: str | Path, given: str = "", **env: str) -> Ran:
        """The program in a process of its own, on this workspace."""
        done = subprocess.run(
            [PROGRAM, *map(str, argv)],
            cwd=self.folder,
            env={**self.env, **env},
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *argv: str | Path, **env: str) -> subprocess.Popen[str]:
        """The same, left running; it is ended with the test."""
        process = subprocess.Popen(
            [PROGRAM, *map(str, argv)],
            cwd=self.folder,
            env={**self.env, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def close(self) -> None:
        """End whatever still runs."""
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.communicate(timeout=10)


def ended(process: subprocess.Popen[str]) -> Ran:
    """Wait for a program that was left running."""
    out, err = process.communicate(timeout=30)
    assert "Traceback" not in err, err
    return Ran(process.returncode, out, err)


def wait_for(what: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


def program_environment(home: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """What the program gets of the environment: a path, an empty home, a folder for temporary files."""
    scratch = home / "tmp"
    scratch.mkdir(exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "ACCESSCFG_SOPS") if name in os.environ}
    return {**kept, "HOME": str(home), "TMPDIR": str(scratch), "LANG": "C.UTF-8", **extra}


def copy_workspace(master: Path, folder: Path) -> Path:
    """A workspace of its own for a test."""
    shutil.copytree(master, folder)
    return folder


def paths(changes: Sequence[Mapping[str, Any]]) -> list[str]:
    """The keys of requests in the sandbox's log: account and label."""
    return [f"{one['account']}/{one['key_label']}" for one in changes]
