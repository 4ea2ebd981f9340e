"""The whole story on a throw-away workspace and a sandbox: drift is found, removed by API, the rest on the website.

Everything is made in a temporary folder: a copy of the example, a fresh age identity, the secrets encrypted for it.
Real sops, real sockets; the exchanges are simulated on a free loopback port.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml

from accesscfg.model.canonical import encode
from accesscfg.model.errors import AccesscfgError
from accesscfg.model.networks import Addresses
from accesscfg.model.observed import Facet, UndeclaredKey
from accesscfg.model.plan import Change, Means, Plan, plan_exit_code
from accesscfg.report.outcome import apply_to_text
from accesscfg.report.text import plan_to_text
from accesscfg.report.words import Words
from accesscfg.resources import examples_path
from accesscfg.sandbox import Sandbox, World
from accesscfg.secrets import Credential, open_secrets, sops_config, update_secrets, write_identity
from accesscfg.workspace import SANDBOX_VARIABLE, Workspace

Out = Callable[[str], None]
SECRETS = "secrets.sops.yaml"
IDENTITY = "demo-identity.txt"
THROWAWAY_IDENTITY = "THROWAWAY-age-identity.txt"
NOT_COPIED = (SECRETS, ".sops.yaml", THROWAWAY_IDENTITY, "sandbox-world.yaml", "README.md")


@dataclass(frozen=True, slots=True)
class Stage:
    """The throw-away workspace, its sandbox, and the ids of its keys."""

    folder: Path
    sandbox: Sandbox
    key_ids: Mapping[str, str]


def run(keep: Path | None, out: Out, *, color: bool, words: Callable[[Workspace], Words]) -> int:
    """Tell the story; the exit code is that of the last plan. With `keep` the workspace stays in that folder."""
    with _folder(keep) as folder, _stage(folder) as stage:
        workspace = Workspace.open(folder, {SANDBOX_VARIABLE: stage.sandbox.url})
        return asyncio.run(
            _tell(workspace, stage, _Voice(out, color, words(workspace)), kept=keep is not None)
        )


@dataclass(frozen=True, slots=True)
class _Voice:
    out: Out
    color: bool
    words: Words

    def say(self, *lines: str) -> None:
        for line in lines:
            self.out(line)

    def command(self, text: str) -> None:
        self.say("", f"\x1b[1m$ {text}\x1b[0m" if self.color else f"$ {text}", "")


async def _tell(workspace: Workspace, stage: Stage, voice: _Voice, *, kept: bool) -> int:
    voice.say(
        f"A throw-away workspace in {stage.folder}, its secrets encrypted by sops for an identity made just now,",
        f"and simulators of Binance, Bybit and OKX on {stage.sandbox.url}. Somebody has been clicking on websites.",
    )
    voice.command("accesscfg plan")
    plan = await workspace.plan()
    voice.say(plan_to_text(plan, voice.words, color=voice.color))

    voice.command("accesscfg apply --auto-approve")
    with workspace.locked():
        result = await workspace.apply(plan)
    voice.say(apply_to_text(result, voice.words, color=voice.color))

    voice.say("", "What is left, no API can do. In the demo the sandbox plays the person at the website:", "")
    left = await workspace.plan()
    for change in left.changes:
        if change.means is Means.MANUAL:
            voice.say(f"  {_on_the_website(stage, change, left)}")
    for stranger in left.undeclared_keys:
        voice.say(f"  {_delete(stage, stranger, left)}")

    voice.command("accesscfg plan")
    last = await workspace.plan()
    voice.say(plan_to_text(last, voice.words, color=voice.color))
    if last.changes or last.undeclared_keys:
        raise AccesscfgError("the demo did not end in sync; this is a fault in accesscfg")
    if kept:
        _how_to_go_on(voice, stage)
    return plan_exit_code(last, detailed=False)


def _on_the_website(stage: Stage, change: Change, plan: Plan) -> str:
    """Do one manual change the way a person would; returns what was done in words."""
    field = {Facet.PERMISSIONS: "permissions", Facet.IP_WHITELIST: "ip_whitelist"}.get(
        change.facet, change.facet.value
    )
    after = encode(change.after)
    wanted = after["addresses"] if isinstance(change.after, Addresses) else after
    _website(
        stage,
        change.key.account,
        change.key.sub,
        stage.key_ids[str(change.key)],
        plan,
        {"set": {field: wanted}},
    )
    return f"{change.key}: {field} set as declared"


def _delete(stage: Stage, stranger: UndeclaredKey, plan: Plan) -> str:
    _website(stage, stranger.account, stranger.sub, stranger.live.key_id or "", plan, {"action": "delete"})
    return f"{stranger.account}/{stranger.sub}: the key nobody declared ({stranger.live.label}) deleted"


def _website(
    stage: Stage, account: str, sub: str | None, key: str, plan: Plan, what: Mapping[str, Any]
) -> None:
    exchange = next(result.exchange for result in plan.keys if result.path.account == account)
    call = {"exchange": exchange, "account": account, "sub_account": sub, "key": key, "action": "set", **what}
    reply = httpx.post(f"{stage.sandbox.url}/_sandbox/website", json=call, trust_env=False)
    if reply.status_code != 200:
        raise AccesscfgError(
            f"the sandbox's website refused: {reply.json().get('error')}", where=f"{account}/{sub}"
        )


def _how_to_go_on(voice: _Voice, stage: Stage) -> None:
    voice.say(
        "",
        f"The workspace stays in {stage.folder}. To go on playing:",
        f"  cd {shlex.quote(str(stage.folder))}",
        f"  export SOPS_AGE_KEY_FILE=$PWD/{IDENTITY}",
        "  accesscfg sandbox serve --from-workspace &     # prints its address",
        f"  export {SANDBOX_VARIABLE}=http://127.0.0.1:PORT",
        "  accesscfg status",
    )


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="accesscfg-demo-") as name:
            yield Path(name)
        return
    try:
        keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        empty = not any(keep.iterdir())
    except OSError as error:
        raise AccesscfgError(
            f"the folder cannot be made ({error.strerror})", where=str(keep), fix="name a new folder"
        ) from None
    if not empty:
        raise AccesscfgError("the folder is not empty", where=str(keep), fix="name a new folder")
    yield keep.resolve()


@contextlib.contextmanager
def _stage(folder: Path) -> Iterator[Stage]:
    example = examples_path()
    shutil.copytree(example, folder, dirs_exist_ok=True, ignore=lambda _, names: set(names) & set(NOT_COPIED))
    for copied in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        copied.chmod(0o700)  # not the mode of the installed example, which may be read-only
    credentials = asyncio.run(_example_credentials(example))
    identity = write_identity(folder / IDENTITY)
    (folder / ".sops.yaml").write_text(sops_config([identity.recipient]))
    (folder / ".gitignore").write_text(f".accesscfg/\n.accesscfg.lock\n{IDENTITY}\n")
    with _identity(folder / IDENTITY):
        update_secrets(folder / SECRETS, {path: _fields(one) for path, one in credentials.items()})
        with Sandbox(_world(example / "sandbox-world.yaml")) as sandbox:
            ids = {path: one.api_key.reveal() for path, one in credentials.items()}
            yield Stage(folder, sandbox, ids)


async def _example_credentials(example: Path) -> Mapping[str, Credential]:
    with _identity(example / THROWAWAY_IDENTITY):
        opened = await open_secrets([example / SECRETS], None)
    for error in opened.problems.values():
        raise error
    return opened.credentials


def _fields(one: Credential) -> dict[str, str]:
    fields = {
        "api_key": one.api_key,
        "api_secret": one.api_secret,
        "private_key": one.private_key,
        "passphrase": one.passphrase,
    }
    return {name: value.reveal() for name, value in fields.items() if value is not None}


@contextlib.contextmanager
def _identity(path: Path) -> Iterator[None]:
    """Let sops use this age identity and no other of the machine's."""
    before = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("SOPS_")}
    os.environ["SOPS_AGE_KEY_FILE"] = str(path)
    try:
        yield
    finally:
        del os.environ["SOPS_AGE_KEY_FILE"]
        os.environ.update(before)


def _world(file: Path) -> World:
    """The example's world, with the age of one key counted from today so that it is about to end."""
    world = yaml.safe_load(file.read_text())
    bybit = world["exchanges"]["bybit"]["accounts"][0]
    bot = next(key for key in bybit["sub_accounts"][0]["keys"] if key["label"] == "bot")
    bot["created_at"] = (datetime.now(UTC) - timedelta(days=80)).isoformat(timespec="seconds")
    return World.from_yaml(world)
