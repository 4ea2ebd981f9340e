"""What reading a declaration needs to know about exchanges."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from accesscfg.model.profile import Profile


class ProfileSource(Protocol):
    """Where profiles of exchanges come from."""

    def names(self) -> Collection[str]:
        """Every exchange there is."""

    def get(self, name: str) -> Profile | None:
        """The profile of that exchange; None when there is none."""
