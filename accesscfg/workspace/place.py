"""Where a workspace is: its folder, what is local to this machine, the lock, and what is known of exchanges."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from accesscfg.model.errors import (
    AccesscfgError,
    InvalidDeclaration,
    Locked,
    Refused,
    UsageError,
)
from accesscfg.model.findings import Finding

if TYPE_CHECKING:
    from accesscfg.exchanges.registry import Profiles
    from accesscfg.model.holder import Holder
    from accesscfg.model.profile import Profile


SANDBOX_VARIABLE = "ACCESSCFG_SANDBOX"


Method = TypeVar("Method", bound=Callable[..., object])


def writes(method: Method) -> Method:
    """A method that changes something at an exchange, in the workspace or in what is kept of it on this machine."""

    @wraps(method)
    def gated(self: Place, *args: object, **options: object) -> object:
        if self.reads_only:
            raise Refused(
                "this session only reads",
                where=str(self.root),
                why="it was started with --read-only; nothing was written",
                fix="start one without it",
            )
        return method(self, *args, **options)

    gated.__dict__["writes"] = True
    return cast("Method", gated)


class Place:
    """One workspace on this machine, before anything of it is read.

    `reads_only`: whatever would write raises Refused, whoever calls it.
    """

    reads_only = False

    def __init__(self, file: Path, environ: Mapping[str, str]) -> None:
        self.file = file
        self.root = file.parent
        self.sandbox_url = _loopback_url(environ.get(SANDBOX_VARIABLE) or None)

    @cached_property
    def profiles(self) -> Profiles:
        """What is known about the exchanges."""
        from accesscfg.exchanges.registry import Profiles

        return Profiles()

    def profile_of(self, exchange: str) -> Profile:
        """The profile of an exchange that a declaration names."""
        profile = self.profiles.get(exchange)
        if profile is None:
            raise UsageError(f"there is no exchange {exchange!r}")
        return profile

    @cached_property
    def local(self) -> Path:
        """`.accesscfg/`: local to this machine, mode 0700, ignored by git."""
        folder = self.root / ".accesscfg"
        if folder.is_symlink():  # it could come with a pull request and lead anywhere
            raise AccesscfgError(
                "the folder for the lock and the audit trail is a link",
                where=str(folder),
                fix="remove it; accesscfg makes a folder of its own",
            )
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)
            ignore = folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n")
        except OSError as error:
            raise AccesscfgError(
                f"the folder for the lock and the audit trail cannot be made ({error.strerror})",
                where=str(folder),
                fix="make the workspace's folder writable",
            ) from None
        return folder

    @writes
    @contextlib.contextmanager
    def locked(self, what: str = "") -> Iterator[None]:
        """Hold the workspace on this machine, for `what`; others are told. Raises Locked when another run does."""
        from filelock import FileLock, Timeout

        from accesscfg.holder import holding, read_holder

        lock = FileLock(self.local / "lock", timeout=0, mode=0o600)
        try:
            lock.acquire()
        except Timeout:
            holder = read_holder(self.local)
            raise Locked(
                "the workspace is locked by another run of accesscfg",
                where=str(self.root.resolve()),
                why="" if holder is None else f"held by {holder}",
                fix="wait for it to end, or stop it",
            ) from None
        except OSError as error:
            raise AccesscfgError(
                f"the lock cannot be made ({error.strerror})",
                where=lock.lock_file,
                fix="remove what is there, or make the folder writable",
            ) from None
        try:
            with holding(self.local, what):
                yield
        finally:
            lock.release()

    def holder(self) -> Holder | None:
        """Which other run holds the workspace on this machine; None where none does. Asks the disk only."""
        from accesscfg.holder import other_holder

        return other_holder(self.root / ".accesscfg")


def _loopback_url(url: str | None) -> str | None:
    """The sandbox's URL. Raises InvalidDeclaration unless it is plain http to a loopback address."""
    if url is None:
        return None
    import ipaddress
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
        fits = loopback and url.isprintable() and f"http://{parts.netloc}" == url.rstrip("/")
        fits = fits and "@" not in url and parts.port != 0
    except ValueError:  # also for a port that is none
        fits = False
    if not fits:
        raise InvalidDeclaration(
            [
                Finding(
                    "error",
                    "sandbox-url",
                    f"{SANDBOX_VARIABLE} must be the address of a sandbox on this machine",
                    where=SANDBOX_VARIABLE,
                    hint="write http://127.0.0.1:PORT, as `accesscfg sandbox serve` prints it",
                )
            ]
        )
    return url.rstrip("/")
