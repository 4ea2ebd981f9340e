"""Bybit: own keys are read and take rights by API, keys of sub-accounts are read and changed wholly."""

from __future__ import annotations

from accesscfg.exchanges.base import Provider
from accesscfg.exchanges.bybit.calls import Bybit
from accesscfg.model.profile import Profile


def provider(profile: Profile) -> Provider:
    """The code that goes with the profile."""
    return Bybit(profile)
