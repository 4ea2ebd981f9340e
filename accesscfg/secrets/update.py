"""Writing entries into a secrets file, so that neither a crash nor a second writer can lose one.

`sops set` cuts the file it is given to nothing before it writes, and keeps no lock. So it works on a copy
beside the file; the copy is decrypted and compared with what was wanted, brought to disk, and renamed over
the file, all under a lock. What is left of a killed run is such a copy: it holds ciphertext only, and the
next run removes it.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from accesscfg.model.errors import Locked, SecretsError
from accesscfg.secrets.document import Sealed, entries_of, seal, unseal
from accesscfg.secrets.entries import fields_fault, id_fault
from accesscfg.secrets.failures import failure
from accesscfg.secrets.lint import check_file
from accesscfg.secrets.rules import ENCRYPTED_REGEX, find_rules, load_rules
from accesscfg.secrets.sops import Sops
from accesscfg.secrets.value import Secret

LOCK_NAME = ".accesscfg.lock"
COPY_PREFIX = ".accesscfg-"
LOCK_TIMEOUT_S = 60.0

# What is wrong with an entry, but no reason not to enter it again: that is how it is mended.
_MENDABLE = frozenset({"retyped", "empty", "bad_fields", "bad_entry"})

_Wanted = dict[str, dict[str, Secret] | None]


def update_secrets(
    path: Path,
    entries: Mapping[str, Mapping[str, str | Secret] | None],
    *,
    lock_timeout: float = LOCK_TIMEOUT_S,
) -> bool:
    """Put whole entries into a secrets file, or take them out (None); make the file when there is none.

    `entries` maps a key's path to its fields. Returns whether the file changed. The ciphertext of other
    entries and the comments stay as they are. Either all entries are written or none.

    Raises SecretsError, among others when the check without key finds an error, or the recipients are not
    those of `.sops.yaml`; Locked when another run holds the folder for `lock_timeout` seconds.
    """
    wanted = _wrapped(entries)
    del entries  # a traceback from here on shows no plain text
    _check(wanted)
    target = path.resolve()  # a symbolic link stays one
    if not target.parent.is_dir():
        what, fix = "the folder of the secrets file does not exist", f"mkdir -p {target.parent}"
        raise SecretsError("no_folder", what, where=str(path), fix=fix)
    sops = Sops.find()
    try:
        with _locked(target.parent, lock_timeout):
            _sweep(target.parent)
            if target.exists():
                return _change(sops, target, wanted)
            _create(sops, target, wanted)
            return True
    except OSError as error:
        why = f"the system says: {error.strerror}"
    raise SecretsError("not_written", "the secrets file cannot be written", where=str(path), why=why)


def _wrapped(entries: Mapping[str, Mapping[str, str | Secret] | None]) -> _Wanted:
    return {
        entry: None
        if fields is None
        else {name: part if isinstance(part, Secret) else Secret(part) for name, part in fields.items()}
        for entry, fields in entries.items()
    }


def _check(wanted: _Wanted) -> None:
    for entry, fields in wanted.items():
        fault = id_fault(entry)
        if fault is None and fields is not None:
            empty = sorted(name for name, part in fields.items() if part == Secret(""))
            fault = f"has an empty {empty[0]}; leave out what there is not" if empty else fields_fault(fields)
        if fault is not None:
            raise SecretsError("bad_entry", f"the entry {entry!r} {fault}")


@contextlib.contextmanager
def _locked(folder: Path, timeout: float) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK_NAME, timeout=timeout, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise Locked(
            "another run writes to the secrets files here",
            where=str(folder / LOCK_NAME),
            fix="wait until it is done, then try again",
        ) from None
    try:
        yield
    finally:
        lock.release()


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{COPY_PREFIX}*.sops.*"):
        left.unlink(missing_ok=True)


def _change(sops: Sops, target: Path, wanted: _Wanted) -> bool:
    original = target.read_bytes()
    _refuse_unsound(target, None)
    with _copy(target, original) as copy:
        document = seal(sops.decrypt(copy, about=target), target)
        stored = entries_of(document, target)
        for entry, fields in wanted.items():
            _set(sops, target, copy, stored, entry, fields)
        _verify(sops, target, copy, document)
        if copy.read_bytes() == original:
            return False
        copy.chmod(stat.S_IMODE(target.stat().st_mode))
        _to_disk(copy)
        if target.read_bytes() != original:  # by an editor, or a merge: nobody who knows the lock
            raise SecretsError(
                "changed_meanwhile",
                "another program changed the file during the update; it was left as that program wrote it",
                where=str(target),
                fix="try again",
            )
        os.replace(copy, target)
    _to_disk(target.parent)
    return True


def _set(
    sops: Sops,
    target: Path,
    copy: Path,
    stored: dict[str, Sealed],
    entry: str,
    fields: dict[str, Secret] | None,
) -> None:
    """One entry, in the copy and in what the copy is then expected to hold."""
    place = f'["keys"]["{entry}"]'
    if fields is not None:
        new: dict[str, Sealed] = dict(fields)
        sops.run("set", "--idempotent", "--value-stdin", str(copy), place, about=target, given=unseal(new))
        stored[entry] = new
        return
    if entry not in stored:
        what = f"the file has no entry {entry!r} to remove"
        raise SecretsError(
            "no_such_entry", what, where=str(target), fix="accesscfg secrets list shows its entries"
        )
    sops.run("unset", str(copy), place, about=target)
    del stored[entry]


def _create(sops: Sops, target: Path, wanted: _Wanted) -> None:
    entries: dict[str, Sealed] = {}
    for entry, fields in wanted.items():
        if fields is None:
            raise failure("missing_file", target)
        entries[entry] = dict(fields)
    document: dict[str, Sealed] = {
        "version": seal(Secret('{"version": 1}'), target)["version"],
        "keys": entries,
    }
    _refuse_unsound_rules(target)
    kind = "json" if target.suffix == ".json" else "yaml"
    override = ("--filename-override", str(target))
    made = sops.run(
        "encrypt",
        "--input-type",
        "json",
        "--output-type",
        kind,
        *override,
        about=target,
        given=unseal(document),
    )
    with _copy(target, made.reveal().encode()) as copy:
        _verify(sops, target, copy, document)
        _to_disk(copy)
        try:
            os.link(copy, target)  # unlike a rename, never over a file that somebody made meanwhile
        except FileExistsError:
            what = "the file was made by another program meanwhile"
            raise SecretsError("changed_meanwhile", what, where=str(target), fix="try again") from None
    _to_disk(target.parent)


@contextlib.contextmanager
def _copy(target: Path, content: bytes) -> Iterator[Path]:
    """A file of mode 0600 beside the target, of the same kind by its name; gone in the end unless renamed."""
    descriptor, name = tempfile.mkstemp(prefix=COPY_PREFIX, suffix=f".sops{target.suffix}", dir=target.parent)
    copy = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _verify(sops: Sops, target: Path, copy: Path, document: dict[str, Sealed]) -> None:
    """sops can succeed and do something else: an odd path component is stored elsewhere, or in plain text."""
    _refuse_unsound(target, copy.read_text("utf-8-sig"))
    if seal(sops.decrypt(copy, about=target), target) != document:
        raise SecretsError(
            "not_kept",
            "sops reported success, but what it stored is not what was given; the file was left as it was",
            where=str(target),
            why="a value may hold something that is no valid Unicode text",
        )


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_unsound(target: Path, text: str | None) -> None:
    errors = [
        finding
        for finding in check_file(target, text=text)
        if finding.severity == "error" and finding.code not in _MENDABLE
    ]
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise SecretsError(
            errors[0].code,
            f"{errors[0].message}{more}; the file was not touched",
            where=str(errors[0].where),
            fix=errors[0].hint or "accesscfg secrets check",
        )


def _refuse_unsound_rules(target: Path) -> None:
    """Before a file is made: sops takes its rule from `.sops.yaml`, and forgives what is misspelt there."""
    path = find_rules(target)
    if path is None:
        raise failure("no_config", target)
    rules = load_rules(path)
    for finding in rules.findings:
        raise SecretsError("bad_config", finding.message, where=str(finding.where), fix=finding.hint)
    rule = rules.rule_for(target)
    if rule is None:
        raise failure("no_rule", target)
    if not rule.selects_keys:
        what = f"rule {rule.number}, for {target.name}, must say encrypted_regex: {ENCRYPTED_REGEX} alone"
        raise SecretsError("wrong_regex", what, where=str(path), fix="else fields would stay in plain text")
