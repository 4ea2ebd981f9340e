"""The credentials one run needs, out of the secrets files: only the files that can hold them are decrypted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from accesscfg.engine.keyring import Keyring, needed_credentials
from accesscfg.model.desired import Declaration, DesiredKey
from accesscfg.model.errors import SecretsError
from accesscfg.model.events import Listener, Opening
from accesscfg.model.paths import KeyPath
from accesscfg.secrets import Kept, Opened, list_entries, open_at_terminal, open_secrets


async def unlock(
    declaration: Declaration, selected: Collection[KeyPath], on_event: Listener, kept: Kept | None = None
) -> Keyring:
    """The credentials that a run over these keys signs with or matches by, and those that stand beside them.

    What was `kept` is not decrypted again, as long as the files are as they were.

    What the opened files hold for other keys tells whether one credential stands under two names.
    Raises SecretsError when no file could be opened; where only some could, the keys in the others have a problem.
    """
    needed = needed_credentials(declaration, selected)
    wanted = {name for key in needed for name in key.secret_ids}
    files = _files_with(wanted, declaration.secrets_files)
    if not needed or not files:
        return Keyring({})
    on_event(Opening(len(files)))
    if kept is not None and kept.fits(files):
        opened = kept.opened
    else:
        opened = await open_secrets(
            files, {name for key in declaration.all_keys() for name in key.secret_ids}
        )
    if all(file in opened.problems for file in files):
        raise next(iter(opened.problems.values()))
    return Keyring(opened.credentials, _problems(opened, needed))


def unlock_at_terminal(declaration: Declaration) -> Kept:
    """Open every secrets file that is there, letting sops ask at the terminal. Raises SecretsError where none opens."""
    files = [file for file in declaration.secrets_files if file.exists()]
    opened = open_at_terminal(files)
    if files and len(opened.problems) == len(files):
        raise next(iter(opened.problems.values()))
    return Kept.of(opened, files)


def _files_with(wanted: Collection[str], files: Sequence[Path]) -> list[Path]:
    """The files that can hold one of the entries; a lone file is opened without looking."""
    if len(files) == 1:
        return list(files)
    return [file for file in files if (held := _ids_in(file)) is None or not held.isdisjoint(wanted)]


def _ids_in(file: Path) -> frozenset[str] | None:
    """The ids in a secrets file, which are in plain text; None where it cannot be read."""
    try:
        return frozenset(entry.path for entry in list_entries(file))
    except SecretsError:
        return None


def _problems(opened: Opened, needed: Sequence[DesiredKey]) -> Mapping[str, str]:
    """Why a key's credential could not be had, by key path."""
    problems: dict[str, str] = {}
    for file, error in opened.problems.items():
        held = _ids_in(file)
        for key in needed:
            if held is None or not held.isdisjoint(key.secret_ids):
                problems[str(key.path)] = str(error)
    for key in needed:
        for name in key.secret_ids:
            if name in opened.faults:
                problems[str(key.path)] = str(opened.faults[name])
    return problems
