"""What the demo plays on: a temporary workspace, made from the example with a fresh age identity, and its sandbox.

Real sops, real sockets; the exchanges are simulated on a free loopback port.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from accesscfg.model.errors import AccesscfgError
from accesscfg.resources import examples_path
from accesscfg.sandbox import Sandbox, World
from accesscfg.secrets import Credential, open_secrets, sops_config, update_secrets, write_identity

SECRETS = "secrets.sops.yaml"
IDENTITY = "demo-identity.txt"
THROWAWAY_IDENTITY = "THROWAWAY-age-identity.txt"
NOT_COPIED = (SECRETS, ".sops.yaml", ".accesscfg", THROWAWAY_IDENTITY, "sandbox-world.yaml", "README.md")


@dataclass(frozen=True, slots=True)
class Stage:
    """The throw-away workspace, its sandbox, and the public halves of its keys by their paths."""

    folder: Path
    sandbox: Sandbox
    key_ids: Mapping[str, str]


@contextlib.contextmanager
def workspace_folder(keep: Path | None) -> Iterator[Path]:
    """The folder to keep, or one that is removed in the end. Raises AccesscfgError unless it is new or empty."""
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
def stage(folder: Path) -> Iterator[Stage]:
    """Everything in place in `folder`, and the sandbox running."""
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


def how_to_go_on(folder: Path) -> tuple[str, ...]:
    """Lines that say what to type to play with a workspace that stays."""
    return (
        f"The workspace stays in {folder}. To go on playing:",
        f"  cd {shlex.quote(str(folder))}",
        f"  export SOPS_AGE_KEY_FILE=$PWD/{IDENTITY}",
        "  accesscfg sandbox serve --from-workspace &     # prints its address",
        "  export ACCESSCFG_SANDBOX=http://127.0.0.1:PORT",
        "  accesscfg status",
    )


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
