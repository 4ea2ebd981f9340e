"""Bitget: own keys are read, keys of sub-accounts are read and changed through a key of the main account; all in
either mode of an account."""

from __future__ import annotations

from accesscfg.exchanges.base import Provider
from accesscfg.exchanges.bitget.calls import Bitget
from accesscfg.model.profile import Profile


def provider(profile: Profile) -> Provider:
    """The code that goes with the profile."""
    return Bitget(profile)
