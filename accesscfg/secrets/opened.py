"""Reading secrets: one decryption a file and run, side by side, and only the entries asked for are kept."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from accesscfg.model.errors import SecretsError
from accesscfg.secrets.document import NotText, Sealed, entries_of, seal
from accesscfg.secrets.entries import fields_fault, id_fault
from accesscfg.secrets.sops import TIMEOUT_S, Sops
from accesscfg.secrets.value import Credential, Secret

_Entries = dict[str, Credential | SecretsError]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a run holds of its secrets files.

    `problems` are the files that could not be opened; `faults` are entries, by id, that were found and make
    no credential: it has a wrong shape, or two files hold it. Both only of what was wanted.
    """

    credentials: dict[str, Credential]
    problems: dict[Path, SecretsError] = field(default_factory=dict)
    faults: dict[str, SecretsError] = field(default_factory=dict)


async def open_secrets(
    files: Sequence[Path], wanted: Collection[str] | None, *, timeout: float = TIMEOUT_S
) -> Opened:
    """Decrypt each file once and keep the credentials of the `wanted` ids (None: of all).

    At most one sops a processor runs at a time, each for `timeout` seconds at the most. Raises SecretsError
    only when there is no fit sops program; a file that cannot be opened is in the result's `problems`.
    """
    if not files:
        return Opened({})
    sops = await asyncio.to_thread(Sops.find)
    slots = asyncio.Semaphore(os.cpu_count() or 1)

    async def read(file: Path) -> _Entries | SecretsError:
        async with slots:
            try:
                return _entries(await sops.decrypt_async(file, timeout=timeout), file, wanted)
            except SecretsError as error:
                return error

    unique = list(dict.fromkeys(files))
    return _gathered(dict(zip(unique, await asyncio.gather(*map(read, unique)), strict=True)))


def open_at_terminal(files: Sequence[Path]) -> Opened:
    """Decrypt each file once, one after the other, with the terminal for sops to ask a person at; keep everything.

    Raises SecretsError only when there is no fit sops program.
    """
    sops = Sops.find()

    def read(file: Path) -> _Entries | SecretsError:
        try:
            return _entries(sops.decrypt_at_terminal(file), file, None)
        except SecretsError as error:
            return error

    return _gathered({file: read(file) for file in dict.fromkeys(files)})


def _gathered(results: Mapping[Path, _Entries | SecretsError]) -> Opened:
    opened = Opened({})
    holders: dict[str, Path] = {}
    for file, result in results.items():
        if isinstance(result, SecretsError):
            opened.problems[file] = result
        else:
            _add(opened, holders, file, result)
    return opened


def _entries(text: Secret, file: Path, wanted: Collection[str] | None) -> _Entries:
    stored = entries_of(seal(text, file), file)
    return {
        entry: _credential(entry, value, file)
        for entry, value in stored.items()
        if wanted is None or entry in wanted
    }


def _credential(entry: str, value: Sealed, file: Path) -> Credential | SecretsError:
    fields = value if isinstance(value, dict) else {}
    fault = id_fault(entry) or _shape_fault(value) or fields_fault(fields)
    if fault is not None:
        return SecretsError(
            "bad_entry",
            f"the entry {entry!r} {fault}",
            where=str(file),
            fix=f"enter it again: accesscfg secrets set {entry}",
        )
    return Credential(**{name: part for name, part in fields.items() if isinstance(part, Secret)})


def _shape_fault(value: Sealed) -> str | None:
    if not isinstance(value, dict):
        return "is no map of fields"
    for name, part in value.items():
        if isinstance(part, NotText):
            return f"has no text as its {name} but {part.kind}: it stood without quotes, and YAML changed it"
        if not isinstance(part, Secret):
            return f"has no text as its {name} but a list or a map"
        if part == Secret(""):
            return f"has an empty {name}; a field that there is not is left out"
    return None


def _add(opened: Opened, holders: dict[str, Path], file: Path, entries: _Entries) -> None:
    for entry, value in entries.items():
        if entry in holders:
            # Which one is right cannot be known, so neither is used.
            opened.credentials.pop(entry, None)
            opened.faults[entry] = SecretsError(
                "double_entry",
                f"the entry {entry!r} stands in two files",
                where=f"{holders[entry]} and {file}",
                fix="remove it from one of them",
            )
        elif isinstance(value, SecretsError):
            opened.faults[entry] = value
        else:
            opened.credentials[entry] = value
        holders.setdefault(entry, file)
