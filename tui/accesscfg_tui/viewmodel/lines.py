"""Lines of text for screens and panes: pieces with the names of their styles, cut and wrapped to a width in cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from accesscfg.report.clean import plain


@dataclass(frozen=True, slots=True)
class Line:
    """One line: pieces of text, each with the name of its style; an empty line parts sections."""

    pieces: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The line without styles."""
        return "".join(text for text, _ in self.pieces)


def line(*pieces: str | tuple[str, str]) -> Line:
    """A line of pieces; a bare text has no style."""
    return Line(tuple((piece, "") if isinstance(piece, str) else piece for piece in pieces))


def fit(text: str, width: int) -> str:
    """The text cleaned, cut with a mark or padded to a width in cells."""
    clean = plain(text)
    if len(clean) > width or not clean.isascii():
        sized = set_cell_size(clean, max(0, width))
        cut = sized.rstrip() != clean.rstrip() and width > 1
        return set_cell_size(clean, width - 1) + "…" if cut else sized
    return clean.ljust(width)


def cut(text: str, width: int) -> str:
    """The text cleaned and cut with a mark where it is longer than a width in cells."""
    return fit(text, width).rstrip() if cell_len(plain(text)) > width else plain(text)


def wrapped(
    text: str, width: int, *, first: str = "", rest: str | None = None, style: str = ""
) -> list[Line]:
    """The text in lines of at most `width` cells: the first begins with `first`, the others with `rest` (as many
    blanks where it is left out). Words are kept whole where they fit on a line."""
    hang = " " * cell_len(first) if rest is None else rest
    lines = []
    lead = first
    for part in _parts(plain(text), max(8, width - cell_len(first)), max(8, width - cell_len(hang))):
        lines.append(line((lead, ""), (part, style)) if lead else line((part, style)))
        lead = hang
    return lines or [line((first, ""))]


def _parts(text: str, first: int, rest: int) -> Iterator[str]:
    """The words of a text in lines of these widths."""
    room, now = first, ""
    for word in text.split():
        while cell_len(word) > room and not now:
            head, word = _split(word, room)
            yield head
            room = rest
        if not now:
            now = word
        elif cell_len(now) + 1 + cell_len(word) <= room:
            now = f"{now} {word}"
        else:
            yield now
            room, now = rest, ""
            while cell_len(word) > room:
                head, word = _split(word, room)
                yield head
            now = word
    if now:
        yield now


def _split(word: str, width: int) -> tuple[str, str]:
    """A word that is longer than a line, parted where the line ends."""
    used = 0
    for place, one in enumerate(word):
        used += cell_len(one)
        if used > width:
            return word[:place], word[place:]
    return word, ""
