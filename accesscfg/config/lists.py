"""Putting entries into a list of a YAML text and taking others out; those that stay keep their place, their quotes and
their comments. Pure.

What comes out is to be read and checked before it is relied on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from accesscfg.config.fields import holder_of, scalar, with_field
from accesscfg.config.lines import joined, line_end, replaced
from accesscfg.config.outline import Node, NotEditable, offset, outline

_BY_HAND = "edit it by hand"
_REST = re.compile(r"\s*,?[ \t]*(#.*)?\s*")  # what may stand behind an entry that has a line to itself
_COMMA = re.compile(r"\s*,\s*")


def entries_at(text: str, path: Sequence[str]) -> tuple[str, ...] | None:
    """The entries of the list that these names lead to; None where there is no list. Raises NotEditable."""
    node = holder_of(text, path)
    if node.text is not None or node.pairs:
        return None
    return tuple(_texts(node))


def with_entries(text: str, path: Sequence[str], gone: Collection[str], new: Sequence[str]) -> str:
    """The text in which that list has lost the entries of `gone` (as they are written) and got new ones at its end.

    Raises NotEditable.
    """
    node = holder_of(text, path)
    _texts(node)
    if not node.items:
        return with_field(text, path, f"[{', '.join(map(scalar, new))}]") if new else text
    if not new and set(_texts(node)) <= set(gone):
        return with_field(text, path, "[]")
    # the list alone, as it is read anew after each step
    lines = text.splitlines(keepends=True)
    first, last = (node.start, node.end) if node.flow else ((node.start[0], 0), (node.end[0] + 1, 0))
    start, end = offset(lines, first), offset(lines, last)
    own = text[start:end]
    added = _more(own, outline(own), new) if new else own
    return text[:start] + _less(added, gone, len(node.items)) + text[end:]


def _texts(node: Node) -> list[str]:
    texts = []
    for item in node.items:
        if item.text is None or item.anchored:
            raise NotEditable(f"the list has an entry that is no plain text, or an alias; {_BY_HAND}")
        texts.append(item.text)
    return texts


def _less(text: str, gone: Collection[str], first: int) -> str:
    """The list without those of its first entries."""
    for at in range(first - 1, -1, -1):
        node = outline(text)
        if node.items[at].text in gone:
            text = _without(text, node, at)
    return text


def _without(text: str, node: Node, at: int) -> str:
    lines = text.splitlines(keepends=True)
    item = node.items[at]
    if not node.flow:
        if lines[item.start[0]][: item.start[1]].strip() != "-":
            raise NotEditable(f"an entry of the list shares its line with something else; {_BY_HAND}")
        return "".join((*lines[: item.start[0]], *lines[item.end[0] + 1 :]))
    if _has_line(lines, item):
        return "".join((*lines[: item.start[0]], *lines[item.end[0] + 1 :]))
    if at + 1 < len(node.items):
        return _cut_out(lines, item.start, item.end, node.items[at + 1].start, after=True)
    if at:
        return _cut_out(lines, item.start, item.end, node.items[at - 1].end, after=False)
    return replaced(lines, item.start, item.end, "")


def _has_line(lines: Sequence[str], item: Node) -> bool:
    before, behind = lines[item.start[0]][: item.start[1]], lines[item.end[0]][item.end[1] :]
    return not before.strip() and _REST.fullmatch(behind) is not None


def _cut_out(
    lines: Sequence[str], start: tuple[int, int], end: tuple[int, int], other: tuple[int, int], *, after: bool
) -> str:
    """The text without an entry and the comma between it and the next one, or the one before."""
    first, last = (end, other) if after else (other, start)
    between = "".join(lines[first[0] : last[0] + 1])
    between = between[first[1] : len(between) - len(lines[last[0]]) + last[1]]
    if _COMMA.fullmatch(between) is None:
        raise NotEditable(f"a comment stands between two entries of the list; {_BY_HAND}")
    return replaced(lines, start, other, "") if after else replaced(lines, other, end, "")


def _more(text: str, node: Node, new: Sequence[str]) -> str:
    lines = text.splitlines(keepends=True)
    last, end = node.items[-1], line_end(lines)
    if not node.flow:
        dash = lines[last.start[0]][: last.start[1]]
        if dash.strip() != "-":
            raise NotEditable(f"an entry of the list shares its line with something else; {_BY_HAND}")
        return joined(lines, last.end[0] + 1, [f"{dash}{scalar(one)}{end}" for one in new])
    if not _has_line(lines, last):
        return replaced(lines, last.end, last.end, "".join(f", {scalar(one)}" for one in new))
    indent = lines[last.start[0]][: last.start[1]]
    behind = lines[last.end[0]][last.end[1] :]
    has_comma = behind.lstrip().startswith(",")
    written = [f"{indent}{scalar(one)}," for one in new]
    if not has_comma:
        written[-1] = written[-1].removesuffix(",")
        lines[last.end[0]] = f"{lines[last.end[0]][: last.end[1]]},{behind}"
    return joined(lines, last.end[0] + 1, [f"{line}{end}" for line in written])
