"""Where everything stands in a YAML text: names, values, entries of lists. Nothing is interpreted. Pure.

Edits of a text by its lines are made with it, as comments and layout are lost on the way through a loader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
Place = tuple[int, int]  # line and column, counted from 0


class NotEditable(Exception):
    """The text is written in a way that is not edited here; the message says what to do by hand."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it stands; `end` is behind its last character, whatever comments follow.

    A map has `pairs`, a list `items`. `text` is that of a scalar, None of an alias too. `anchored`: aliases elsewhere
    may stand for it, so that an edit of it would be one of them too.
    """

    start: Place
    end: Place
    text: str | None = None
    flow: bool = False
    pairs: tuple[tuple[Node, Node], ...] = ()
    items: tuple[Node, ...] = ()
    anchored: bool = False

    def find(self, name: str) -> tuple[Node, Node] | None:
        """The name and the value of an entry; None where there is none."""
        return next((pair for pair in self.pairs if pair[0].text == name), None)

    def pair(self, name: str) -> tuple[Node, Node]:
        """The name and the value of an entry. Raises NotEditable where there is none."""
        pair = self.find(name)
        if pair is None:
            raise NotEditable(f"{name} does not stand here as a field of its own; remove it by hand")
        return pair


def outline(text: str) -> Node:
    """The value that a text holds. Raises NotEditable."""
    try:
        events = iter(yaml.parse(text, Loader=_LOADER))
        next(events), next(events)  # of the stream, of the document
        node = _node(events, next(events))
    except (yaml.YAMLError, StopIteration):
        raise NotEditable("the file is not YAML") from None
    return node


def values(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Every value below maps: the names that lead to it, and where it begins."""
    for key, value in node.pairs:
        here = (*path, key.text or "")
        yield here, value.start
        yield from values(value, here)


def offset(lines: Sequence[str], place: Place) -> int:
    """How many characters stand before a place."""
    return sum(map(len, lines[: place[0]])) + place[1]


def _node(events: Iterator[Any], event: Any) -> Node:
    start, end = _place(event.start_mark), _place(event.end_mark)
    anchored = getattr(event, "anchor", None) is not None
    if isinstance(event, yaml.ScalarEvent):
        if end[1] == 0 and end[0] > start[0]:  # a block of text ends where the next line begins
            end = (end[0] - 1, 1_000_000)
        return Node(start, end, event.value, anchored=anchored)
    if not isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
        return Node(start, end, anchored=anchored)
    parts: list[Node] = []
    closing = next(events)
    while not isinstance(closing, yaml.MappingEndEvent | yaml.SequenceEndEvent):
        parts.append(_node(events, closing))
        closing = next(events)
    is_map = isinstance(event, yaml.MappingStartEvent)
    pairs = tuple(zip(parts[::2], parts[1::2], strict=True)) if is_map else ()
    if event.flow_style:
        end = _place(closing.end_mark)
    elif parts:
        end = max(part.end for part in parts)
    items = () if is_map else tuple(parts)
    return Node(start, end, flow=bool(event.flow_style), pairs=pairs, items=items, anchored=anchored)


def _place(mark: Any) -> Place:
    return mark.line, mark.column
