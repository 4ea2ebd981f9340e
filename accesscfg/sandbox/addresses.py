"""Whitelists: what an exchange takes into one, and whom a list lets in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class AddressRule:
    """What one exchange takes: at most `most` entries (None: no limit is known), networks or not, IPv6 or
    not.
    """

    most: int | None
    networks: bool
    ipv6: bool

    def read(self, entries: Iterable[str]) -> tuple[str, ...]:
        """The entries in canonical form, each once, in the order given. Raises ValueError saying what is
        refused.
        """
        found = dict.fromkeys(self._entry(entry.strip()) for entry in entries)
        if self.most is not None and len(found) > self.most:
            raise ValueError(f"{len(found)} addresses, at most {self.most} are allowed")
        return tuple(found)

    def _entry(self, text: str) -> str:
        if "/" in text and not self.networks:
            raise ValueError(f"{text!r}: networks are not accepted, only single addresses")
        network = _network(text)
        if network.version == 6 and not self.ipv6:
            raise ValueError(f"{text!r}: IPv6 is not accepted")
        if network.prefixlen == network.max_prefixlen:
            return str(network.network_address)
        return str(network)


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError(f"{text!r} is not an IP address") from None


@lru_cache(maxsize=4096)
def _networks(whitelist: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(entry) for entry in whitelist)


def lets_in(whitelist: tuple[str, ...] | None, address: str) -> bool:
    """Whether a key with this whitelist may be used from this address."""
    if whitelist is None:
        return True
    if address in whitelist:
        return True
    caller = ip_address(address)
    return any(caller.version == network.version and caller in network for network in _networks(whitelist))
