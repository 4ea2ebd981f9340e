"""Taking an entry out of a YAML text by its lines: whatever else stands there stays as people wrote it. Pure.

A text is edited and not written anew, as comments and layout are lost on the way through a parser. What comes out is to
be read and checked before it is relied on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from accesscfg.config.outline import Node, NotEditable, offset, outline, values

__all__ = ["NotEditable", "path_at", "without"]

_BETWEEN = re.compile(r"\s*,\s*")


def without(text: str, path: Sequence[str]) -> str:
    """The text without the entry that these names lead to, its comments included.

    A comment above the entry stays; the map that loses its last entry becomes `{}`. Raises NotEditable.
    """
    lines = text.splitlines(keepends=True)
    above, holder = None, outline(text)
    for name in path[:-1]:
        above = holder.pair(name)
        holder = above[1]
    pair = holder.pair(path[-1])
    if holder.flow:
        return _out_of_braces(lines, holder, pair)
    if len(holder.pairs) > 1:
        first, end = _extent(lines, holder, pair)
        return "".join((*lines[:first], *lines[end:]))
    if above is None:
        raise NotEditable("it is all that the file has; remove it by hand")
    return _emptied(lines, above[0], _extent(lines, holder, pair))


def path_at(text: str, line: int, column: int) -> tuple[str, ...] | None:
    """The names that lead to the value that begins there (counted from 1); None where none does."""
    return next((path for path, start in values(outline(text)) if start == (line - 1, column - 1)), None)


def _extent(lines: Sequence[str], holder: Node, pair: tuple[Node, Node]) -> tuple[int, int]:
    """The lines of an entry, the last one excluded: with the comments that are set in deeper than it, and without
    leaving two empty lines where there was one on each side."""
    first, column = pair[0].start
    if lines[first][:column].strip():
        raise NotEditable("it shares its line with something else; remove it by hand")
    later = [key.start[0] for key, _ in holder.pairs if key.start > pair[0].start]
    limit = later[0] if later else len(lines)
    end = max(pair[0].end[0], pair[1].end[0]) + 1
    for number in range(end, limit):
        indent = len(lines[number]) - len(lines[number].lstrip(" "))
        if lines[number].strip() and (indent <= column or not lines[number].lstrip().startswith("#")):
            break
        end = number + 1 if lines[number].strip() else end
    return _without_double_gap(lines, first, end)


def _without_double_gap(lines: Sequence[str], first: int, end: int) -> tuple[int, int]:
    """The same lines with the empty ones behind them where there are some before them, or nothing comes before."""
    empty_before = first > 0 and not lines[first - 1].strip()
    if first > 0 and not empty_before:
        return first, end
    while end < len(lines) and not lines[end].strip():
        end += 1
    while end == len(lines) and first > 0 and not lines[first - 1].strip():
        first -= 1
    return first, end


def _emptied(lines: list[str], name: Node, extent: tuple[int, int]) -> str:
    """The text in which the map under a name has nothing left."""
    number, column = name.end
    head, colon, rest = lines[number][:column], *_split(lines[number][column:])
    if rest.partition("#")[0].strip():
        raise NotEditable("the map that holds it stands on the line of its name; remove it by hand")
    opened = f"{head}{colon} {{}}{rest}"
    first, end = extent
    return "".join((*lines[:number], opened, *lines[number + 1 : first], *lines[end:]))


def _split(text: str) -> tuple[str, str]:
    before, colon, behind = text.partition(":")
    return before + colon, behind


def _out_of_braces(lines: Sequence[str], holder: Node, pair: tuple[Node, Node]) -> str:
    """Between `{` and `}` entries are told apart by commas; one goes with its entry."""
    text = "".join(lines)
    at = holder.pairs.index(pair)
    first, end = offset(lines, pair[0].start), max(offset(lines, part.end) for part in pair)
    if at + 1 < len(holder.pairs):
        following = offset(lines, holder.pairs[at + 1][0].start)
        _only_a_comma(text[end:following])
        return text[:first] + text[following:]
    if at:
        before = max(offset(lines, part.end) for part in holder.pairs[at - 1])
        _only_a_comma(text[before:first])
        return text[:before] + text[end:]
    return text[:first] + re.sub(r"\A\s*,", "", text[end:])


def _only_a_comma(text: str) -> None:
    if _BETWEEN.fullmatch(text) is None:
        raise NotEditable("a comment stands between the braces beside it; remove it by hand")
