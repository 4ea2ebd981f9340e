"""One child process that handles secrets: what it is given, how it is ended, and what it cannot leak.

It gets a scrubbed environment, no terminal (a session of its own), a closed or piped standard input, and a
time limit at which its whole process group is killed: sops starts gpg, plugins and SOPS_AGE_KEY_CMD, which
outlive it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from accesscfg.secrets.value import Secret

_KEEP = frozenset(
    [
        "PATH",
        "HOME",
        "XDG_CONFIG_HOME",
        "GNUPGHOME",
        "TMPDIR",
        "USER",
        "LOGNAME",
        "SSL_CERT_FILE",
        "HTTPS_PROXY",
        "NO_PROXY",
    ]
)
_KEEP_PREFIXES = ("SOPS_", "AWS_", "GOOGLE_", "CLOUDSDK_", "AZURE_", "VAULT_")
# These would change whom a file is encrypted for, which rules hold, or who is asked for the keys.
_DROP = frozenset(
    [
        "SOPS_EDITOR",
        "SOPS_CONFIG",
        "SOPS_AGE_RECIPIENTS",
        "SOPS_PGP_FP",
        "SOPS_KMS_ARN",
        "SOPS_GCP_KMS_IDS",
        "SOPS_VAULT_URIS",
        "SOPS_AZURE_KEYVAULT_URLS",
        "SOPS_KEYSERVICE",
        "SOPS_ENABLE_LOCAL_KEYSERVICE",
    ]
)
_PR_SET_DUMPABLE = 4


@cache
def harden() -> None:
    """Keep secrets in this process's memory out of core dumps and, on Linux, away from the user's other
    processes.

    Children inherit the core limit; each becomes readable to the same user again when it starts its program.
    A debugger that traces this process keeps working.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux" and sys.gettrace() is None:
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def child_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What of the environment sops gets: its own settings and identity, and nothing of anybody else's."""
    env = {
        name: value
        for name, value in environ.items()
        if name not in _DROP and (name in _KEEP or name.startswith(_KEEP_PREFIXES))
    }
    if key_file := env.get("SOPS_AGE_KEY_FILE"):
        env["SOPS_AGE_KEY_FILE"] = os.path.abspath(key_file)  # the child starts in another folder
    # A file's metadata, which anybody who edits it can change, names the Vault that sops sends its token to.
    env["SOPS_HC_VAULT_ALLOWLIST"] = env.get("SOPS_HC_VAULT_ALLOWLIST") or env.get("VAULT_ADDR") or "none"
    env["SOPS_DISABLE_VERSION_CHECK"] = "true"
    return env


@contextlib.contextmanager
def identity_off_environment(env: dict[str, str]) -> Iterator[tuple[int, ...]]:
    """Move SOPS_AGE_KEY from `env` into memory that only the child can open; gives the descriptors to pass
    on.

    Other processes of the user can read a child's environment, and gpg and plugins inherit it. Stays as it is
    where the system has no memfd, and where SOPS_AGE_KEY_FILE is set too: sops would look at both.
    """
    if "SOPS_AGE_KEY" not in env or "SOPS_AGE_KEY_FILE" in env or sys.platform != "linux":
        yield ()
        return
    # Not a pipe: sops opens the file once for every recipient.
    descriptor = os.memfd_create("age")
    try:
        os.write(descriptor, _identity_lines(env.pop("SOPS_AGE_KEY")).encode())
        env["SOPS_AGE_KEY_FILE"] = f"/proc/self/fd/{descriptor}"
        yield (descriptor,)
    finally:
        os.close(descriptor)


def _identity_lines(text: str) -> str:
    """The variable may part several keys by blanks (sops 3.13); a file has one a line."""
    lines = text.splitlines()
    split = ("\n".join(line.split()) if line.lstrip().startswith("AGE-") else line for line in lines)
    return "\n".join(split) + "\n"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a child ended. Both texts may hold secrets: `err` is for matching only."""

    exit_code: int
    out: Secret
    err: Secret


class Child:
    """A running child in its own session. Raises OSError when the program cannot be started.

    `at_terminal`: it stays in ours, with our terminal to ask a person at. Its output and its messages are read by
    nobody but us all the same.
    """

    def __init__(
        self, argv: Sequence[str], *, folder: Path, wants_input: bool, at_terminal: bool = False
    ) -> None:
        harden()
        self._waited_for = False
        self._own_session = not at_terminal
        stdin = None if at_terminal else subprocess.PIPE if wants_input else subprocess.DEVNULL
        env = child_environment(os.environ)
        with identity_off_environment(env) as descriptors:
            self._popen = subprocess.Popen(
                argv,
                cwd=folder,
                env=env,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=self._own_session,
                pass_fds=descriptors,
            )

    def finish(self, given: Secret | None, timeout: float) -> Outcome | None:
        """Wait for the end; None when `timeout` seconds were not enough, and the group was killed."""
        self._waited_for = True
        try:
            out, err = self._popen.communicate(_bytes(given), timeout)
        except subprocess.TimeoutExpired:  # it carries what was printed so far: it must not travel on
            self._abandon()
            return None
        except BaseException:
            self._abandon()
            raise
        return Outcome(self._popen.returncode, _secret(out), _secret(err))

    def kill(self) -> None:
        """Kill the whole process group; harmless when it is gone."""
        self._kill_group()
        if not self._waited_for:  # else the thread that waits for it cleans up
            self._abandon()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._own_session:
                os.killpg(self._popen.pid, signal.SIGKILL)
            else:  # its group is ours
                self._popen.kill()

    def _abandon(self) -> None:
        self._kill_group()
        for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._popen.wait()


def _bytes(given: Secret | None) -> bytes | None:
    return None if given is None else given.reveal().encode()


def _secret(data: bytes) -> Secret:
    return Secret(data.decode("utf-8", "replace"))
