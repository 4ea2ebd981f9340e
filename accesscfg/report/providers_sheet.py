"""What a page on an exchange is made of: sections of paragraphs, tables and lists, which text and Markdown both render.

A fact is followed by the number of its source, and by "not verified" where no official document says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accesscfg.model.desired import Scope
from accesscfg.model.profile import Source
from accesscfg.report.words import listing

SCOPES: Mapping[Scope, str] = {"own": "keys of the account", "sub": "keys of sub-accounts"}


@dataclass(frozen=True, slots=True)
class Code:
    """What a machine takes as it stands: native names, a call, an address."""

    texts: tuple[str, ...]

    def __str__(self) -> str:
        return listing(self.texts)


Cell = str | Code


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. Every row has as many cells as the head; the last one may be long.

    `said`: what stands before each cell where a row is told as a sentence.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences, numbered or not."""

    texts: tuple[str, ...]
    numbered: bool = False


Part = str | tuple[Cell, ...] | Grid | Items


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part; a part of it that is text, or a tuple of pieces, is a paragraph."""

    title: str
    parts: tuple[Part, ...]


class Cite:
    """Numbers for sources, in the order of the list at the end."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._numbers = {(one.source, one.date): number for number, one in enumerate(sources, 1)}

    def __call__(self, source: Source | None) -> str:
        if source is None:
            return ""
        return f"[{self._numbers[source.source, source.date]}{'' if source.verified else ', not verified'}]"

    def all(self, sources: Iterable[Source | None]) -> str:
        """Each of them once."""
        return " ".join(dict.fromkeys(filter(None, map(self, sources))))


def joined(*parts: str | None, by: str = "; ") -> str:
    """The parts that there are."""
    return by.join(part for part in parts if part)
