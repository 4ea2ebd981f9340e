"""Key paths, and the selectors that pick some of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from accesscfg.model.errors import UsageError


@dataclass(frozen=True, slots=True, order=True)
class KeyPath:
    """`account/key` or `account/sub/key`."""

    account: str
    sub: str | None
    key: str

    def __str__(self) -> str:
        middle = f"{self.sub}/" if self.sub is not None else ""
        return f"{self.account}/{middle}{self.key}"

    @property
    def parent(self) -> str:
        """The path of the account or sub-account that holds the key."""
        return self.account if self.sub is None else f"{self.account}/{self.sub}"


def parse_key_path(text: str) -> KeyPath:
    """Raises ValueError when the text is not two or three names joined by `/`."""
    parts = text.split("/")
    if not all(parts) or len(parts) not in (2, 3):
        raise ValueError("a key's path is account/key or account/sub-account/key")
    if len(parts) == 2:
        return KeyPath(parts[0], None, parts[1])
    return KeyPath(parts[0], parts[1], parts[2])


@lru_cache(maxsize=256)
def _glob(pattern: str) -> re.Pattern[str]:
    pieces = re.split(r"(\*\*|\*|\?)", pattern)
    words = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    written = "".join(words.get(piece, re.escape(piece)) for piece in pieces)
    last = pattern.rpartition("/")[2]
    holds_keys = "/" not in pattern or not re.search(r"[*?]", last)  # an account or sub-account: all below
    return re.compile(f"{written}(?:/.*)?" if holds_keys else written)


@dataclass(frozen=True, slots=True)
class Selector:
    """`used_by=NAME`, `exchange=NAME`, or a glob over key paths; an account's or sub-account's path means
    all below it, and `account/*` the keys of the account itself.
    """

    text: str

    def matches(self, path: KeyPath, exchange: str, used_by: str | None) -> bool:
        """Whether the selector picks this key."""
        field, equals, value = self.text.partition("=")
        if equals and field == "used_by":
            return used_by == value
        if equals and field == "exchange":
            return exchange == value
        return _glob(self.text).fullmatch(str(path)) is not None


def parse_selectors(texts: Iterable[str]) -> tuple[Selector, ...]:
    """Selectors from the command line. Raises UsageError for a field that there is not."""
    selectors = []
    for text in texts:
        field, equals, value = text.partition("=")
        if not text or (equals and (field not in ("used_by", "exchange") or not value)):
            raise UsageError(
                f"--target {text!r} selects nothing that there is",
                fix="write a glob over key paths (binance-main/*), used_by=NAME or exchange=NAME",
            )
        selectors.append(Selector(text))
    return tuple(selectors)
