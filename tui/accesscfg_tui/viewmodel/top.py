"""The line at the top: which workspace, in which mode, and how its keys stand, as far as there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from accesscfg.report.words import count
from accesscfg_tui.glyphs import FACES, Standing
from accesscfg_tui.viewmodel.lines import Line, cut, line

Counts = Sequence[tuple[Standing, int, str]]  # the worst first
Pieces = list[tuple[str, str]]
MODES = {"SANDBOX": "told", "READ-ONLY": "warn"}
CALM = (Standing.IN_SYNC, Standing.ATTESTED, Standing.CLOSED)
GAP = "  "


def top_line(title: str, counts: Counts | None, width: int, *, ascii: bool) -> Line:
    """The title on the left, the counts on the right; what matters least gives way. None: there is no board yet."""
    left = _title(cut(title, width))
    room = width - _length(left) - len(GAP) - 1
    ways = () if counts is None else _ways(counts, ascii=ascii) if counts else ([("no key", "faint")],)
    right = next((one for one in ways if _length(one) <= room), [])
    if not right:
        return line(*left)
    gap = " " * (width - _length(left) - _length(right) - 1)
    return line(*left, gap, *right, " ")


def _title(title: str) -> Pieces:
    """The program's name first, the modes in colours."""
    name, *rest = title.split(GAP)
    return [(name, "strong"), *((f"{GAP}{part}", MODES.get(part, "")) for part in rest)]


def _ways(counts: Counts, *, ascii: bool) -> Iterator[Pieces]:
    """The counts at ever smaller length: without their sum, without what is in order, then the worst alone."""
    total = count(sum(number for _, number, _ in counts), "key")
    yield [(f"{total}{GAP}", "faint"), *_pieces(counts, ascii=ascii)]
    yield _pieces(counts, ascii=ascii)
    pressing = [one for one in counts if one[0] not in CALM]
    for number in range(len(pressing), 0, -1):
        rest = [("…", "faint")] if number < len(pressing) else []
        parted = [(GAP, "")] if rest else []
        yield [*_pieces(pressing[:number], ascii=ascii), *parted, *rest]


def _pieces(counts: Counts, *, ascii: bool) -> Pieces:
    pieces: Pieces = []
    for standing, number, word in counts:
        face = FACES[standing]
        was = word != face.word
        glyph = face.ascii if ascii else face.glyph
        pieces += [(GAP, "")] if pieces else []
        pieces.append((f"{glyph} {number} {word}", "faint" if was else face.style))
    return pieces


def _length(pieces: Pieces) -> int:
    return sum(cell_len(text) for text, _ in pieces)
