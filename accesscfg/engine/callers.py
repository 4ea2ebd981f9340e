"""Which keys must not be called from here, for it could harm those who use them. Pure."""

from __future__ import annotations

from accesscfg.model.desired import DesiredAccount, DesiredKey
from accesscfg.model.networks import Addresses, allows
from accesscfg.model.profile import Profile


def not_callable(account: DesiredAccount, key: DesiredKey, profile: Profile) -> str | None:
    """Why this key must sign no call from here, neither to read nor to write; None where it may."""
    name = profile.name
    if profile.foreign_call_disables and not _is_at_home(account, key):
        return (
            f"not called: {name} disables a key that is called from an address off its list; declare"
            " egress.addresses and have them on the key's IP whitelist"
        )
    if is_foreign(account, key) and not profile.foreign_call_harmless:
        return f"not callable from here, and {name} may harm a key that is called from a foreign address"
    return None


def is_foreign(account: DesiredAccount, key: DesiredKey) -> bool:
    """Whether the wanted list is known not to hold the address this key is called from."""
    addresses = account.egress_of(key).addresses
    return bool(addresses) and not any(allows(key.whitelist, address) for address in addresses)


def _is_at_home(account: DesiredAccount, key: DesiredKey) -> bool:
    """Whether every address this key is called from is declared and on its wanted list."""
    addresses = account.egress_of(key).addresses
    listed = isinstance(key.whitelist, Addresses)
    return listed and bool(addresses) and all(allows(key.whitelist, address) for address in addresses)
