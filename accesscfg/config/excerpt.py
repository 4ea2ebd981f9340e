"""The lines of an entry, to be shown as people wrote them."""

from __future__ import annotations


def entry_lines(text: str, line: int) -> tuple[tuple[int, str], ...]:
    """The line (counted from 1) and those below that stand deeper, with their numbers; no blank ones at the end."""
    lines = text.splitlines()
    if not 0 < line <= len(lines):
        return ()
    depth = _depth(lines[line - 1])
    end = line
    while end < len(lines) and (not lines[end].strip() or _depth(lines[end]) > depth):
        end += 1
    while end > line and not lines[end - 1].strip():
        end -= 1
    return tuple((number, lines[number - 1]) for number in range(line, end + 1))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
