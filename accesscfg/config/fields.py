"""Giving a field of a YAML text another value: the rest of the text stays byte for byte. Pure.

What comes out is to be read and checked before it is relied on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from accesscfg.config.lines import joined, line_end, replaced
from accesscfg.config.outline import Node, NotEditable, offset, outline

# what every reader of YAML takes for this text, without quotes, between brackets too
_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*|\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?|\d{4}-\d\d-\d\d")
_OTHERWISE = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_BY_HAND = "edit it by hand"


def scalar(text: str) -> str:
    """The text as a YAML scalar on one line; in quotes unless it is certainly text without them."""
    if _BARE.fullmatch(text) and text.lower() not in _OTHERWISE:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in quoted)


def holder_of(text: str, path: Sequence[str]) -> Node:
    """The map or list that these names lead to, written where it stands and for itself. Raises NotEditable."""
    node = outline(text)
    for name in path:
        pair = node.find(name)
        if pair is None:
            raise NotEditable(f"{name} does not stand there as a field of its own; {_BY_HAND}")
        node = pair[1]
        refuse_shared(node, name)
    return node


def refuse_shared(node: Node, name: str) -> None:
    """Raise NotEditable for what an alias stands for, or what aliases elsewhere stand for."""
    if node.anchored:
        raise NotEditable(
            f"{name} is an anchor or an alias, so that an edit would change other places too; {_BY_HAND}"
        )


def with_field(text: str, path: Sequence[str], written: str) -> str:
    """The text with the last name of the path having this value, written as YAML on one line.

    A field that is not there yet comes last in its map. Raises NotEditable.
    """
    *above, name = path
    holder = holder_of(text, above)
    pair = holder.find(name)
    if pair is None:
        return _added(text, holder, name, written)
    refuse_shared(pair[1], name)
    if pair[1].flow or not pair[1].items:
        return _replaced(text, pair[1], name, written)
    return _instead_of_block(text, pair, written)


def _added(text: str, holder: Node, name: str, written: str) -> str:
    if not holder.pairs:
        raise NotEditable(f"the map for {name} has no other field; {_BY_HAND}")
    lines = text.splitlines(keepends=True)
    last = max(place for pair in holder.pairs for place in (pair[0].end, pair[1].end))
    if holder.flow:
        return replaced(lines, last, last, f", {name}: {written}")
    column = holder.pairs[-1][0].start[1]
    if lines[holder.pairs[-1][0].start[0]][:column].strip():
        raise NotEditable(f"the map for {name} shares its line with something else; {_BY_HAND}")
    return joined(lines, last[0] + 1, [f"{' ' * column}{name}: {written}{line_end(lines)}"])


def _replaced(text: str, value: Node, name: str, written: str) -> str:
    lines = text.splitlines(keepends=True)
    if value.pairs or value.start == value.end or value.end[1] > len(lines[value.end[0]]):
        raise NotEditable(f"{name} is not written as one value on a line; {_BY_HAND}")
    if "#" in _between(lines, value):
        raise NotEditable(f"comments stand inside {name}; {_BY_HAND}")
    return replaced(lines, value.start, value.end, written)


def _between(lines: Sequence[str], value: Node) -> str:
    """What stands in a list besides its entries; nothing for any other value."""
    text, parts, at = "".join(lines), [], offset(lines, value.start)
    for item in value.items:
        parts.append(text[at : offset(lines, item.start)])
        at = offset(lines, item.end)
    return "".join((*parts, text[at : offset(lines, value.end)])) if value.items else ""


def _instead_of_block(text: str, pair: tuple[Node, Node], written: str) -> str:
    """A value on the line of its name, in place of a list below it."""
    lines = text.splitlines(keepends=True)
    name, value = pair
    head, colon, rest = lines[name.end[0]][: name.end[1]], *_cut(lines[name.end[0]][name.end[1] :])
    if rest.partition("#")[0].strip() or value.start[0] == name.end[0]:
        raise NotEditable(f"the list of {name.text} begins on the line of its name; {_BY_HAND}")
    below = lines[name.end[0] + 1 : value.end[0] + 1]
    if any(line.lstrip().startswith("#") for line in below):
        raise NotEditable(f"comments stand inside {name.text}; {_BY_HAND}")
    return "".join((*lines[: name.end[0]], f"{head}{colon} {written}{rest}", *lines[value.end[0] + 1 :]))


def _cut(text: str) -> tuple[str, str]:
    before, colon, behind = text.partition(":")
    return before + colon, behind
