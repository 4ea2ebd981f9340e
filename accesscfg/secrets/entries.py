"""What an entry of a secrets file must be, for reading, writing and the key-less check alike.

Texts here name ids and fields, and never show a value.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from accesscfg.model.findings import Mark

FIELDS = ("api_key", "api_secret", "private_key", "passphrase", "totp_seed")
"""The fields that an entry may have, in the order in which they are written and asked for."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
# sops would leave out, or look for, whole subtrees by these endings.
_SUFFIXES = ("_encrypted", "_unencrypted")


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One entry of a secrets file by its names: the key's path, its fields in file order, and where it
    stands.
    """

    path: str
    fields: tuple[str, ...]
    where: Mark


def id_fault(entry: str) -> str | None:
    """Why this cannot be the id of an entry; None when it can: a key's path of two or three names."""
    parts = entry.split("/")
    if len(parts) not in (2, 3):
        return "is no key path (account/key or account/sub-account/key)"
    for part in parts:
        if not _NAME.fullmatch(part):
            return f"holds {part!r}, which is no name (lower-case letters, digits and . _ - after the first)"
        if part.endswith(_SUFFIXES):
            return f"holds {part!r}: names may not end in _encrypted or _unencrypted, as sops acts on that"
    return None


def fields_fault(fields: Collection[str]) -> str | None:
    """Why these fields make no credential; None when they do."""
    unknown = sorted(name for name in fields if name not in FIELDS)
    if unknown:
        return f"has the field {unknown[0]!r}, which is none of {', '.join(FIELDS)}"
    if "api_key" not in fields:
        return "has no api_key"
    if "api_secret" in fields and "private_key" in fields:
        return "has both api_secret and private_key; a key signs with one of them"
    if "api_secret" not in fields and "private_key" not in fields:
        return "has neither api_secret nor private_key"
    return None
