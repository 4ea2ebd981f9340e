"""The `sops` program: which one is used, and how it is called.

Nothing that sops prints on standard error leaves this module; see `failures`. File names are made absolute,
and the working folder is the file's own: sops looks for `.sops.yaml` from there upwards, and takes the
indentation from it.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from accesscfg.model.errors import SecretsError
from accesscfg.secrets.failures import explain, failure
from accesscfg.secrets.nodes import recipients_of
from accesscfg.secrets.process import Child, Outcome
from accesscfg.secrets.value import Secret

Version = tuple[int, int, int]

OLDEST: Version = (3, 11, 0)  # the first with `set --value-stdin`
RECOMMENDED = "3.13.3"
BROKEN: dict[Version, str] = {
    (3, 13, 2): "it computes a wrong MAC where a list holds a comment (issue 2243 of getsops/sops)"
}
TIMEOUT_S = 60.0  # a hardware key or a login may have to wait for a person
ASKING_TIMEOUT_S = 300.0  # somebody looks for a passphrase
_VERSION_TIMEOUT_S = 20.0
_GET_IT = (
    f"install sops {RECOMMENDED} (brew install sops, nix profile install nixpkgs#sops, or the releases of "
    "getsops/sops on GitHub), or name the program in ACCESSCFG_SOPS"
)


@dataclass(frozen=True, slots=True)
class Sops:
    """A sops that was found fit for use. Get it with `find()`."""

    executable: Path
    version: Version

    @classmethod
    def find(cls) -> Sops:
        """The program that $ACCESSCFG_SOPS names, else the first `sops` on $PATH.

        Its version is asked for once per process. Raises SecretsError (`no_sops`, `wrong_sops`, `old_sops`,
        `broken_sops`, `bad_sops`) that says how to get a fit one.
        """
        named = os.environ.get("ACCESSCFG_SOPS")
        found = shutil.which(named or "sops")
        if found is None:
            what = f"ACCESSCFG_SOPS names {named}, which is no program" if named else "sops is not installed"
            raise SecretsError("no_sops", what, fix=_GET_IT)
        executable = Path(found).absolute()
        return cls(executable, _fit_version(executable))

    def run(self, *args: str, about: Path, given: Secret | None = None, timeout: float = TIMEOUT_S) -> Secret:
        """Call sops with `given` on its standard input, in the folder of `about`, and return what it printed.

        `args` hold absolute file names and never a secret. Errors name `about`. Raises SecretsError.
        """
        child = self._start(args, about, wants_input=given is not None)
        return _result(child.finish(given, timeout), about)

    def decrypt(self, file: Path, *, about: Path | None = None) -> Secret:
        """The decrypted file as JSON text; `about` is the file that errors name. Raises SecretsError."""
        return self.run(*_decrypt(file), about=about or file)

    async def decrypt_async(self, file: Path, *, timeout: float = TIMEOUT_S) -> Secret:
        """The same without blocking the event loop; a cancelled call ends sops too."""
        child = self._start(_decrypt(file), file, wants_input=False)
        try:
            outcome = await asyncio.to_thread(child.finish, None, timeout)
        except BaseException:
            child.kill()
            raise
        return _result(outcome, file)

    def decrypt_at_terminal(self, file: Path, *, timeout: float = ASKING_TIMEOUT_S) -> Secret:
        """The same with the terminal for sops, gpg or a plugin to ask a person at. Raises SecretsError."""
        child = self._start(_decrypt(file), file, wants_input=False, at_terminal=True)
        return _result(child.finish(None, timeout), file)

    def _start(
        self, args: tuple[str, ...], about: Path, *, wants_input: bool, at_terminal: bool = False
    ) -> Child:
        folder = about.resolve().parent
        if not folder.is_dir():
            raise failure("missing_file", about)
        try:
            argv = (str(self.executable), *args)
            return Child(argv, folder=folder, wants_input=wants_input, at_terminal=at_terminal)
        except OSError as error:
            raise _not_startable(self.executable, error) from None


def _decrypt(file: Path) -> tuple[str, ...]:
    # JSON, for sops' YAML output has strings that a YAML 1.1 reader takes for numbers (0x0123…).
    return ("decrypt", "--output-type", "json", str(file.resolve()))


def _result(outcome: Outcome | None, about: Path) -> Secret:
    if outcome is None:
        raise failure("timeout", about)
    if outcome.exit_code != 0:
        raise explain(outcome.exit_code, outcome.err.reveal(), about, recipients_of(about))
    return outcome.out


def _not_startable(executable: Path, error: OSError) -> SecretsError:
    why = f"the system says: {error.strerror}"
    return SecretsError("bad_sops", "sops cannot be started", where=str(executable), why=why, fix=_GET_IT)


@lru_cache(maxsize=8)
def _fit_version(executable: Path) -> Version:
    where = str(executable)
    version = _ask_version(executable)
    if version is None and _is_python_script(executable):
        raise SecretsError(
            "wrong_sops",
            "this is the Python script that the abandoned package `sops` on PyPI installs, not the real sops",
            where=where,
            fix=f"pip uninstall sops; {_GET_IT}",
        )
    if version is None:
        what = "this program does not say its version as sops does"
        raise SecretsError("bad_sops", what, where=where, fix=_GET_IT)
    shown = ".".join(map(str, version))
    if version in BROKEN:
        raise SecretsError(
            "broken_sops", f"sops {shown} is not used", where=where, why=BROKEN[version], fix=_GET_IT
        )
    if version < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise SecretsError(
            "old_sops", f"sops {shown} is too old; {wanted} is needed", where=where, fix=_GET_IT
        )
    return version


def _ask_version(executable: Path) -> Version | None:
    # Without the option sops asks github.com for the newest version.
    argv = (str(executable), "--disable-version-check", "--version")
    try:
        child = Child(argv, folder=executable.parent, wants_input=False)
    except OSError as error:
        raise _not_startable(executable, error) from None
    outcome = child.finish(None, _VERSION_TIMEOUT_S)
    text = "" if outcome is None else outcome.out.reveal()
    match = re.match(r"sops (\d+)\.(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _is_python_script(executable: Path) -> bool:
    with executable.open("rb") as file:
        head = file.read(2000)
    return head.startswith(b"#!") and b"python" in head
