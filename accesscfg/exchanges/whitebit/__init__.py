"""WhiteBIT: keys of sub-accounts are read and changed through a key of the main account, whose own is not shown."""

from __future__ import annotations

from accesscfg.exchanges.base import Provider
from accesscfg.exchanges.whitebit.calls import Whitebit
from accesscfg.model.profile import Profile


def provider(profile: Profile) -> Provider:
    """The code that goes with the profile."""
    return Whitebit(profile)
