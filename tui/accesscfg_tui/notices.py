"""Notices that are shown for a while."""

from __future__ import annotations

from dataclasses import dataclass

from textual.notifications import Notification

LEAST_S = 0.05


@dataclass
class Notice(Notification):
    """A notification whose time left is never over while it is put on a screen.

    Textual 8.2 sets a timer for the time that is left, and one for less than nothing never ends: `Timer._run` then
    counts backwards for good, and the app answers no more. It comes to that where a notice runs out between the look
    whether it has and the timer, as it may when another screen comes in front.
    """

    @property
    def time_left(self) -> float:
        """Seconds until it goes."""
        return max(LEAST_S, super().time_left)

    @property
    def has_expired(self) -> bool:
        """Whether it is to be shown no more."""
        return super().time_left <= 0
