"""Crypto.com Exchange: nothing of a key can be read; harmless calls tell whether it works, and may withdraw."""

from __future__ import annotations

from accesscfg.exchanges.base import Provider
from accesscfg.exchanges.cryptocom.calls import CryptoCom
from accesscfg.model.profile import Profile


def provider(profile: Profile) -> Provider:
    """The code that goes with the profile."""
    return CryptoCom(profile)
