"""The text of a pool file, as it was pasted from a website or a mail, taken apart into addresses with their places.

Whatever stands between addresses on web pages is no part of them: commas, semicolons, blanks, quotes, brackets, bars,
bullets. Every other word is handed on, to be an address or a finding; nothing is dropped but a port, which is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from accesscfg.model.findings import Mark

_BETWEEN = r"\s,;|\"'`´“”„‘’‚«»‹›()\[\]{}<>"
_WORD = re.compile(
    # an IPv6 address with a port is the one thing whose brackets mean something
    rf"\[(?P<v6>[0-9A-Fa-f:.]+)\](?P<v6_port>:\d{{1,5}})(?=[{_BETWEEN}]|$)"
    rf"|(?P<word>[^{_BETWEEN}]+)"
)
_COMMENT = re.compile(r"#|(?:^|(?<=\s))//")
_BULLET = re.compile(r"\s*(?:[-*+•·‣▪–—]|\d{1,4}[.)])(?=\s+\S)")
_V4_PORT = re.compile(r"(?P<address>\d{1,3}(?:\.\d{1,3}){3})(?P<port>:\d{1,5})")
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class PoolWord:
    """One word of a pool file: what should be an address or network, where, and whether a port stood behind it.

    `written` is all that stands there, the port too.
    """

    text: str
    where: Mark
    has_port: bool = False
    written: str = ""


def words_of(text: str, file: str) -> Iterator[PoolWord]:
    """Every word of the text of a pool file that is no comment, in order."""
    for number, line in enumerate(text.splitlines(), 1):
        comment = _COMMENT.search(line)
        end = len(line) if comment is None else comment.start()
        bullet = _BULLET.match(line, 0, end)
        for found in _WORD.finditer(line, 0 if bullet is None else bullet.end(), end):
            yield _word(found, Mark(file, number, found.start() + 1))


def _word(found: re.Match[str], where: Mark) -> PoolWord:
    if found["word"] is None:
        return _with_port(found.group(), found["v6"], found["v6_port"], where)
    v4 = _V4_PORT.fullmatch(found["word"])
    if v4 is None:
        return PoolWord(found["word"], where, written=found["word"])
    return _with_port(v4.group(), v4["address"], v4["port"], where)


def _with_port(whole: str, address: str, port: str, where: Mark) -> PoolWord:
    """The address before the port; the whole where the number is none that a port can have."""
    if 0 < int(port[1:]) <= _LAST_PORT:
        return PoolWord(address, where, has_port=True, written=whole)
    return PoolWord(whole, where, written=whole)
