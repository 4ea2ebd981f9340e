"""OKX: own keys are read, keys of sub-accounts are read and changed through a key of the main account."""

from __future__ import annotations

from accesscfg.exchanges.base import Provider
from accesscfg.exchanges.okx.calls import Okx
from accesscfg.model.profile import Profile


def provider(profile: Profile) -> Provider:
    """The code that goes with the profile."""
    return Okx(profile)
