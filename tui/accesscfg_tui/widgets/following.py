"""Keeping a list's cursor in sight."""

from __future__ import annotations

from textual.scroll_view import ScrollView


def keep_in_sight(lines: ScrollView, place: int) -> None:
    """Scroll where the line at a place is out of sight: past an edge by a part of the height.

    Each line that moves is written anew, and over a slow line that is what a held key waits for.
    """
    height, top = lines.size.height, lines.scroll_offset.y
    if place < top:
        lines.scroll_to(y=place - height // 3, animate=False, force=True, immediate=True)
    elif place >= top + height:
        lines.scroll_to(y=place + 1 + height // 3 - height, animate=False, force=True, immediate=True)
