"""Secret values, wrapped so that they do not show where they were not meant to."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import NoReturn


class Secret:
    """A text that shows as `Secret(***)`; `reveal()` gives it.

    Equal only to another Secret of the same text, so a comparison with plain text is never true by accident.
    Cannot be pickled, copied into JSON, hashed or joined to a string.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The plain text. Call it where the text is used, and keep no name for the result."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, theirs = (text.encode("utf-8", "surrogatepass") for text in (self._text, other._text))
        return hmac.compare_digest(mine, theirs)

    __hash__ = None  # type: ignore[assignment]  # a hash of a secret in a set's repr or a log would be a leak

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret cannot be pickled or copied")


@dataclass(frozen=True, slots=True)
class Credential:
    """What signs the calls of one key: `api_key` with either `api_secret` or `private_key` (PEM)."""

    api_key: Secret
    api_secret: Secret | None = None
    private_key: Secret | None = None
    passphrase: Secret | None = None
    totp_seed: Secret | None = None
