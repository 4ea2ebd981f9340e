"""Taking addresses out of the text of a pool file, and putting others in, in the format that the file has. Pure.

What comes out is to be read and checked before it is relied on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise, takewhile

from accesscfg.config.lines import joined, line_end
from accesscfg.config.poolfile import PoolWord, words_of
from accesscfg.model.networks import live_entry

_NUMBER = re.compile(r"(\s*)(\d{1,4})([.)]\s)")


def with_addresses(text: str, gone: Collection[str], new: Sequence[str]) -> str:
    """The text without the addresses of `gone`, and with new ones behind the last; both are canonical.

    A comment on a line goes with the last address of that line. New addresses come as the last one is written: on its
    line with the same signs between them where it shares it, else on lines of their own.
    """
    lines = (_more(text, new) if new else text).splitlines(keepends=True)
    words = list(words_of("".join(lines), ""))
    new_from = len(words) - len(new)
    left = [at >= new_from or live_entry(word.text) not in gone for at, word in enumerate(words)]
    for at in range(len(words) - 1, -1, -1):  # from the last one on, so that places before it stay
        if not left[at]:
            _take_out(lines, words, left, at)
    return "".join(lines)


def _take_out(lines: list[str], words: Sequence[PoolWord], left: Sequence[bool], at: int) -> None:
    """Take one word out of the lines; `left` says which of those behind it are still there."""
    word = words[at]
    number, (start, end) = word.where.line - 1, _span(word)
    line = lines[number]
    here = [n for n in _behind(words, at) if left[n]]
    if (
        here
    ):  # what was between them went with its word, so that the next one stands where the very next one stood
        lines[number] = line[:start] + line[_span(words[at + 1])[0] :]
    elif at and words[at - 1].where.line == word.where.line:
        lines[number] = line[: _span(words[at - 1])[1]] + line[end:]
    else:
        if at and not any(left[at + 1 :]):
            _end_like(lines, words[at - 1], line[end:])
        del lines[number]


def _behind(words: Sequence[PoolWord], at: int) -> Iterator[int]:
    """The words behind one on its line."""
    behind = range(at + 1, len(words))
    return takewhile(lambda n: words[n].where.line == words[at].where.line, behind)


def _span(word: PoolWord) -> tuple[int, int]:
    start = word.where.column - 1
    return start, start + len(word.written)


def _end_like(lines: list[str], word: PoolWord, tail: str) -> None:
    """Take the comma behind a word that comes last now away, where the last one before had none."""
    number, end = word.where.line - 1, _span(word)[1]
    has, had = (re.match(r"[\"'\s]*,", part) for part in (lines[number][end:], tail))
    if has and not had:
        lines[number] = lines[number][: end + has.end() - 1] + lines[number][end + has.end() :]


def _more(text: str, new: Sequence[str]) -> str:
    lines = text.splitlines(keepends=True)
    words = list(words_of(text, ""))
    last = words[-1]
    number, (start, end) = last.where.line - 1, _span(last)
    before = words[-2] if len(words) > 1 and words[-2].where.line == last.where.line else None
    line = lines[number]
    if before is not None:
        between = line[_span(before)[1] : start]
        lines[number] = line[:end] + "".join(between + one for one in new) + line[end:]
        return "".join(lines)
    head, tail = line[:start], re.sub(r"\s*(#|(?<=\s)//).*", "", line[end:].rstrip("\r\n"))
    comma = _comma_between(lines, words)
    if comma and not tail.lstrip("\"'").startswith(","):
        at = end + len(tail) - len(tail.lstrip("\"'"))
        lines[number] = line[:at] + comma + line[at:]
        tails = [*[tail + comma] * (len(new) - 1), tail]
    else:
        tails = [tail] * len(new)
    made = [f"{_counted(head, n)}{one}{tails[n - 1]}{line_end(lines)}" for n, one in enumerate(new, 1)]
    return joined(lines, number + 1, made)


def _comma_between(lines: Sequence[str], words: Sequence[PoolWord]) -> str:
    """The comma that ends lines of this file, if one does."""
    for one, other in pairwise(words):
        behind = lines[one.where.line - 1][_span(one)[1] :].lstrip("\"' ")
        if one.where.line != other.where.line and behind.startswith(","):
            return ","
    return ""


def _counted(head: str, by: int) -> str:
    """The beginning of a line, its number that much higher where it has one."""
    found = _NUMBER.match(head)
    if found is None:
        return head
    return f"{found[1]}{int(found[2]) + by}{found[3]}{head[found.end() :]}"
