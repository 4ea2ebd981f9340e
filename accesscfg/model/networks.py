"""Addresses, networks and whitelists, normalised once at the edge so that sets compare as sets.

An *entry* is canonical text: `203.0.113.7`, `203.0.113.0/29`, `2001:db8::1`. A network of one address is written
as the address.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# most entries are single IPv4 addresses: there are thousands in a large workspace, and each stands for itself
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_PLAIN_IPV4 = re.compile(rf"{_BYTE}(?:\.{_BYTE}){{3}}")


@dataclass(frozen=True, slots=True)
class Unrestricted:
    """The key may be used from anywhere."""

    def __str__(self) -> str:
        return "unrestricted"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The key may be used from these entries only; never empty for a declared key."""

    entries: frozenset[str]

    def __str__(self) -> str:
        return ", ".join(sorted_entries(self.entries)) or "no address"


@dataclass(frozen=True, slots=True)
class AppBound:
    """The whitelist belongs to a third-party application; `app` is None where the exchange does not name it."""

    app: str | None

    def __str__(self) -> str:
        return f"app {self.app}" if self.app else "an application"


Whitelist = Unrestricted | Addresses | AppBound


def parse_entry(text: str) -> str:
    """The canonical form of one declared address or network.

    Raises ValueError with a sentence for a person: what is wrong with it.
    """
    stripped = text.strip()
    if _PLAIN_IPV4.fullmatch(stripped):
        return stripped
    if "%" in stripped:
        raise ValueError("an address with a zone (the part after %) has no meaning outside one machine")
    try:
        network = ipaddress.ip_network(stripped, strict=True)
    except ValueError:
        raise ValueError(_what_is_wrong(stripped)) from None
    if network.prefixlen == 0:
        raise ValueError("a /0 network is the whole internet; the word for that is unrestricted")
    return _canonical(network)


def _what_is_wrong(text: str) -> str:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return "not an IPv4 or IPv6 address or network"
    return f"the network has host bits set; write {network} or the address {text.partition('/')[0]}"


def live_entry(text: str) -> str:
    """The canonical form of an entry that an exchange sent; text that is no address is kept as it came."""
    stripped = text.strip()
    if _PLAIN_IPV4.fullmatch(stripped):
        return stripped
    try:
        return _canonical(ipaddress.ip_network(stripped, strict=False))
    except ValueError:
        return stripped


def is_entry(text: str) -> bool:
    """Whether the text is an address or a network."""
    return _PLAIN_IPV4.fullmatch(text) is not None or as_network(text) is not None


def _canonical(network: Network) -> str:
    if network.prefixlen == network.max_prefixlen:
        return str(network.network_address)
    return str(network)


@lru_cache(maxsize=8192)
def as_network(entry: str) -> Network | None:
    """The entry as a network; None for text that is none."""
    try:
        return ipaddress.ip_network(entry)
    except ValueError:
        return None


@lru_cache(maxsize=8192)
def _order(entry: str) -> tuple[int, int, int, str]:
    if _PLAIN_IPV4.fullmatch(entry):
        return (4, int.from_bytes(map(int, entry.split(".")), "big"), 32, entry)
    network = as_network(entry)
    if network is None:
        return (9, 0, 0, entry)
    return (network.version, int(network.network_address), network.prefixlen, entry)


def sorted_entries(entries: Iterable[str]) -> list[str]:
    """Entries in the order of their numbers, IPv4 first."""
    return sorted(entries, key=_order)


def covers(entries: Iterable[str], address: str) -> bool:
    """Whether one of the entries is, or contains, the address or network."""
    entries = frozenset(entries)
    if address in entries:
        return True
    wanted = as_network(address)
    return wanted is not None and any(_contains(as_network(entry), wanted) for entry in entries)


def _contains(outer: Network | None, inner: Network) -> bool:
    return outer is not None and outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def overlap(left: Iterable[str], right: Iterable[str]) -> bool:
    """Whether any address is allowed by both lists."""
    right = list(right)
    return any(covers(right, entry) for entry in left) or any(covers(left, entry) for entry in right)


def allows(whitelist: Whitelist, address: str) -> bool:
    """Whether a call from the address passes; an app-bound list is not ours, so it never does."""
    match whitelist:
        case Unrestricted():
            return True
        case Addresses(entries):
            return covers(entries, address)
        case AppBound():
            return False
