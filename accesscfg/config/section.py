"""A map of a document together with its document: values and their places at hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accesscfg.config.document import Document
from accesscfg.model.findings import Mark


@dataclass(frozen=True, slots=True)
class Section:
    """One map of a document. Its values have the schema's types: what had not was noted and taken out."""

    document: Document
    data: dict[str, Any]

    def get(self, name: str) -> Any:
        """The value of a field; None when it is not there."""
        return self.data.get(name)

    def at(self, name: str) -> Mark:
        """Where the value of a field stands."""
        return self.document.at(self.data, name)

    def name_at(self, name: str) -> Mark:
        """Where the name of a field stands."""
        return self.document.name_at(self.data, name)

    def part(self, name: str) -> Section | None:
        """The map under a field; None when there is none."""
        data = self.data.get(name)
        return Section(self.document, data) if isinstance(data, dict) else None

    def names(self, name: str) -> Iterator[tuple[str, Mark]]:
        """The names in the map under a field, each with its place; none when there is no map."""
        data = self.data.get(name)
        if isinstance(data, dict):
            for inner in data:
                yield inner, self.document.name_at(data, inner)

    def parts(self, name: str) -> Iterator[tuple[str, Mark, Section]]:
        """The maps that the map under a field holds: name, where the name stands, map."""
        for inner, where in self.names(name):
            data = self.data[name][inner]
            if isinstance(data, dict):
                yield inner, where, Section(self.document, data)

    def entries(self, name: str) -> list[tuple[str, Mark]]:
        """The texts of the list under a field, each with its place; empty when there is none."""
        content = self.data.get(name)
        if not isinstance(content, list):
            return []
        return [
            (text, self.document.at(content, at)) for at, text in enumerate(content) if isinstance(text, str)
        ]

    def mentions(self, name: str) -> bool:
        """Whether the field stands in the file, even where its value was refused and taken out."""
        return self.document.mentions(self.data, name)
