"""Whether the entries of the secrets files fit the declaration: by ids alone, so without any key."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from accesscfg.model.errors import SecretsError
from accesscfg.model.findings import Finding, Mark
from accesscfg.secrets.entries import StoredEntry
from accesscfg.secrets.nodes import list_entries

_Stored = dict[str, list[StoredEntry]]


def check_coverage(
    files: Sequence[Path],
    *,
    held: Collection[str],
    declared: Collection[str],
    previously: Mapping[str, str] | None = None,
    passphrases: Collection[str] = (),
    unasked: Collection[str] = (),
) -> list[Finding]:
    """Whether each held key has one entry, and each entry a key.

    `held` are the paths of declared keys whose secret the team holds, `declared` the paths of all keys,
    `previously` the former path of a key by its present one, `passphrases` the held keys whose exchange wants their
    own passphrase, `unasked` the keys of exchanges of which nothing can be asked: those may have an entry and need
    none. Files that cannot be read are left to `check_file`.
    """
    stored = _stored(files)
    before = dict(previously or {})
    former = {old: new for new, old in before.items() if old not in declared}
    needed = sorted(path for path in held if path not in unasked)
    findings = [_missing(path, before.get(path), stored) for path in needed if path not in stored]
    for path, entries in stored.items():
        places = [entry.where for entry in entries]
        findings += [
            _no_passphrase(one) for one in entries if path in passphrases and not _has_passphrase(one)
        ]
        if len(places) > 1:
            findings.append(_double(path, places))
        if path in former:
            findings += [_left_over(path, former[path], places[0])] if former[path] in stored else []
        elif path not in declared:
            what = f"the entry {path!r} belongs to no declared key"
            hint = f"declare the key, or {_removing(path)}"
            findings.append(Finding("warning", "undeclared_entry", what, places[0], hint))
        elif path not in held:
            what = f"the entry {path!r} belongs to a key that is declared with held: false"
            findings.append(
                Finding("warning", "not_held", what, places[0], f"{_removing(path)}; or remove `held: false`")
            )
    return findings


def _removing(path: str) -> str:
    return f'remove the entry: sops unset FILE \'["keys"]["{path}"]\''


def _stored(files: Sequence[Path]) -> _Stored:
    stored: _Stored = {}
    for file in files:
        try:
            entries = list_entries(file)
        except SecretsError:
            continue
        for entry in entries:
            stored.setdefault(entry.path, []).append(entry)
    return stored


def _missing(path: str, old: str | None, stored: _Stored) -> Finding:
    if old is not None and old in stored:
        what = f"the secret of {path} still stands under its former name {old}"
        hint = f"enter it under the new name: accesscfg secrets set {path}; then {_removing(old)}"
        return Finding("warning", "move", what, stored[old][0].where, hint)
    what = f"{path} is declared and held, but no secrets file has an entry for it"
    hint = f"accesscfg secrets set {path}, or declare it with held: false"
    return Finding("error", "missing_entry", what, path, hint)


def _has_passphrase(entry: StoredEntry) -> bool:
    return "passphrase" in entry.fields


def _no_passphrase(entry: StoredEntry) -> Finding:
    what = f"the entry {entry.path!r} has no passphrase, which its exchange wants of this key"
    hint = f"enter it again with its passphrase: accesscfg secrets set {entry.path}"
    return Finding("error", "no_passphrase", what, entry.where, hint)


def _double(path: str, places: Sequence[Mark]) -> Finding:
    others = ", ".join(str(place) for place in places[1:])
    what = f"the entry {path!r} stands {len(places)} times, also in {others}"
    return Finding("error", "double_entry", what, places[0], "keep one of them")


def _left_over(path: str, new: str, place: Mark) -> Finding:
    what = f"the entry {path!r} is left over: its key is now {new}, which has an entry"
    return Finding("warning", "left_over", what, place, f"{_removing(path)}; then `previously`")
