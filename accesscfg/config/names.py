"""Names that a workspace gives to accounts, sub-accounts, keys and pools."""

from __future__ import annotations

import re
from collections.abc import Iterable

from accesscfg.config.notes import Notes, shown
from accesscfg.model.findings import Mark

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_ENDINGS = (
    "_encrypted",
    "_unencrypted",
)  # sops gives these a meaning in its files, where the names stand too


def check_names(names: Iterable[tuple[str, Mark]], notes: Notes) -> None:
    """Names that somebody chose, each with its place."""
    for name, where in names:
        check_name(name, where, notes)


def check_name(name: str, where: Mark, notes: Notes) -> None:
    """One name that somebody chose."""
    if name.endswith(_ENDINGS):
        message = f"the name {shown(name)} ends in a word that sops gives a meaning"
        notes.error("bad_name", message, where, "name it otherwise")
    elif not is_name(name):
        message = (
            f"{shown(name)} is not a name: up to 63 small letters, digits and `.-_`, a letter or digit first"
        )
        better = _possible(name)
        notes.error("bad_name", message, where, f"write {better}" if better else None)


def is_name(text: str) -> bool:
    """Whether the text can be the name of an account, a sub-account, a key or a pool."""
    return _NAME.fullmatch(text) is not None and not text.endswith(_ENDINGS)


def _possible(text: str) -> str | None:
    made = re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("._-")[:63]
    return made if made != text and is_name(made) else None
