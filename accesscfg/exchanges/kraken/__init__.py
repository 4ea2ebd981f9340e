"""Kraken's spot API: each key is read with itself; everything is changed on the website."""

from __future__ import annotations

from accesscfg.exchanges.base import Provider
from accesscfg.exchanges.kraken.calls import Kraken
from accesscfg.model.profile import Profile


def provider(profile: Profile) -> Provider:
    """The code that goes with the profile."""
    return Kraken(profile)
