"""Lines of text for a terminal. Everything passes through here, so nothing can forget to clean or to wrap."""

from __future__ import annotations

import textwrap
from enum import StrEnum

from accesscfg.report.clean import plain

WIDTH = 100


class Style(StrEnum):
    """What a piece of text is; the value is its SGR code."""

    PLAIN = ""
    STRONG = "1"
    FAINT = "2"
    BAD = "1;31"
    GOOD = "32"
    GRANTS = "1;33"
    REVOKES = "36"


class Page:
    """Collects lines. With `color` False there is no escape sequence in the result."""

    def __init__(self, width: int = WIDTH, *, color: bool = False) -> None:
        self._width = max(width, 40)
        self._color = color
        self._lines: list[str] = []

    def paint(self, text: str, style: Style) -> str:
        """The cleaned text in a style."""
        clean = plain(text)
        if not self._color or not style.value or not clean.strip():
            return clean
        return f"\x1b[{style.value}m{clean}\x1b[0m"

    def line(self, text: str, style: Style = Style.PLAIN) -> None:
        """One line as it is, however long: for what a person copies."""
        self._lines.append(self.paint(text, style))

    def pieces(self, *pieces: tuple[str, Style]) -> None:
        """One line of several styles."""
        self._lines.append("".join(self.paint(text, style) for text, style in pieces).rstrip())

    def item(
        self, lead: str, body: str, lead_style: Style = Style.PLAIN, body_style: Style = Style.PLAIN
    ) -> None:
        """A wrapped paragraph that hangs below its lead."""
        hang = len(plain(lead))
        wrapped = textwrap.wrap(
            plain(body), max(self._width - hang, 30), break_long_words=False, break_on_hyphens=False
        )
        first, rest = (wrapped[0], wrapped[1:]) if wrapped else ("", [])
        self._lines.append((self.paint(lead, lead_style) + self.paint(first, body_style)).rstrip())
        self._lines += [" " * hang + self.paint(text, body_style) for text in rest]

    def gap(self) -> None:
        """An empty line between sections; never two, never at the top."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def text(self) -> str:
        """The page, ending with a line end."""
        return "\n".join(self._lines).rstrip("\n") + "\n"
