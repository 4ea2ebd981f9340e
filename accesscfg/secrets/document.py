"""The decrypted document with every value wrapped, so that no frame above this module holds plain text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from accesscfg.model.errors import SecretsError
from accesscfg.secrets.failures import failure
from accesscfg.secrets.value import Secret


@dataclass(frozen=True, slots=True)
class NotText:
    """A value that is no text: `kind` is its JSON kind, `json` what it is."""

    kind: str
    json: Secret


Sealed: TypeAlias = "Secret | NotText | list[Sealed] | dict[str, Sealed]"
"""A document whose leaves are wrapped. Comparing two compares their values."""


def seal(text: Secret, file: Path) -> dict[str, Sealed]:
    """The JSON that sops printed. Raises SecretsError (`bad_output`) when it is no JSON map."""
    document = _load(text)
    if not isinstance(document, dict):
        raise failure("bad_output", file)
    return document


def unseal(document: Sealed) -> Secret:
    """The document as JSON text again, in ASCII: to be piped into sops."""
    return Secret(json.dumps(_plain(document)))


def entries_of(document: dict[str, Sealed], file: Path) -> dict[str, Sealed]:
    """What stands under `keys`. Raises SecretsError (`bad_shape`) when the document is none of ours."""
    version = document.get("version")
    if version is not None and version != NotText("number", Secret("1")):
        raise SecretsError(
            "bad_shape",
            "the file has a `version` that is not 1",
            where=str(file),
            fix="use a newer accesscfg, or write version: 1",
        )
    keys = document.get("keys")
    if not isinstance(keys, dict):
        raise SecretsError(
            "bad_shape",
            "the decrypted file has no map `keys`",
            where=str(file),
            fix="it must look like  keys: {account/key: {api_key: …, api_secret: …}}",
        )
    return keys


def _load(text: Secret) -> Sealed | None:
    # The error of json.loads carries the whole document: nothing may be raised while it is handled.
    try:
        return _sealed(json.loads(text.reveal()))
    except (ValueError, RecursionError):
        return None


def _sealed(value: Any) -> Sealed:
    match value:
        case dict():
            return {name: _sealed(part) for name, part in value.items()}
        case list():
            return [_sealed(part) for part in value]
        case str():
            return Secret(value)
        case bool() | None:
            return NotText("true or false" if value is not None else "null", Secret(json.dumps(value)))
        case _:
            return NotText("number", Secret(json.dumps(value)))


def _plain(value: Sealed) -> Any:
    match value:
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case list():
            return [_plain(part) for part in value]
        case NotText():
            return json.loads(value.json.reveal())
        case _:
            return value.reveal()
