"""Pieces of text put into lines that keep their ends. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from accesscfg.config.outline import Place, offset


def line_end(lines: Sequence[str]) -> str:
    """How the lines of a text end."""
    return "\r\n" if lines and lines[0].endswith("\r\n") else "\n"


def replaced(lines: Sequence[str], start: Place, end: Place, by: str) -> str:
    """The text with something else between two places."""
    text = "".join(lines)
    return text[: offset(lines, start)] + by + text[offset(lines, end) :]


def joined(lines: Sequence[str], at: int, new: Sequence[str]) -> str:
    """The text with more lines before the one of this number; where they come last, the text ends as it did."""
    before = "".join(lines[:at])
    if new and before and not before.endswith(("\n", "\r")):
        before += line_end(lines)
        new = [*new[:-1], new[-1].rstrip("\r\n")]
    return before + "".join(new) + "".join(lines[at:])
