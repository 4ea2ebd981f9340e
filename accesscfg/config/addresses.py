"""Declared addresses: read once each, and warned about where they cannot be a key's user."""

from __future__ import annotations

import ipaddress
import re

from accesscfg.config.notes import Notes, shown
from accesscfg.model.findings import Mark
from accesscfg.model.networks import Network, as_network, parse_entry

_MOST_NETWORKS = 8
_SANDBOX_KINDS = frozenset({"documentation", "loopback"})
# IANA's registries of special-purpose addresses: no exchange sees a caller from any of these.
# https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry, read 2026-11-21
_SPECIAL = {
    "0.0.0.0/8": "this-network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "carrier-internal",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved",
    "192.0.2.0/24": "documentation",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    "::/128": "unspecified",
    "::1/128": "loopback",
    "::ffff:0:0/96": "IPv4-mapped",
    "64:ff9b:1::/48": "private",
    "100::/64": "discard-only",
    "2001:db8::/32": "documentation",
    "3fff::/20": "documentation",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "ff00::/8": "multicast",
}


def _by_first_byte() -> dict[tuple[int, int], list[tuple[Network, str]]]:
    """The special networks by version and first byte, so that most addresses need no arithmetic."""
    table: dict[tuple[int, int], list[tuple[Network, str]]] = {}
    for text, kind in _SPECIAL.items():
        network = ipaddress.ip_network(text)
        for first in range(network.network_address.packed[0], network.broadcast_address.packed[0] + 1):
            table.setdefault((network.version, first), []).append((network, kind))
    return table


class AddressBook:
    """The addresses of one run; each is parsed, and warned about, at the first place where it stands."""

    def __init__(self, notes: Notes, *, sandbox: bool) -> None:
        self._notes = notes
        self._unmentioned = _SANDBOX_KINDS if sandbox else frozenset[str]()
        self._special = _by_first_byte()
        self._read: dict[str, str] = {}

    def entry(self, text: str, where: Mark) -> str | None:
        """The canonical form; None, with a finding, when it is no address or network."""
        known = self._read.get(text)
        if known is not None:
            return known
        try:
            entry = parse_entry(text)
        except ValueError as error:
            self._notes.error("bad_address", f"{shown(text)}: {error}", where, _hint(text))
            return None
        if entry not in self._read:
            self._warn(entry, where)
        self._read[text] = self._read[entry] = entry
        return entry

    def _warn(self, entry: str, where: Mark) -> None:
        kind = self._kind(entry)
        if kind is not None and kind not in self._unmentioned:
            article = "an" if kind[0] in "aeiouI" else "a"
            message = f"{entry} is {article} {kind} address: no exchange sees a caller from it"
            self._notes.warning(
                "special_address", message, where, "use the public address that the exchange sees"
            )

    def _kind(self, entry: str) -> str | None:
        first, dot, _ = entry.partition(".")
        if dot and first.isdigit() and (4, int(first)) not in self._special:
            return None
        network = as_network(entry)
        if network is None:
            return None
        for special, kind in self._special.get((network.version, network.network_address.packed[0]), ()):
            if special.version == network.version and network.subnet_of(special):  # type: ignore[arg-type]
                return kind
        return None


def _hint(text: str) -> str | None:
    """What may have been meant by text that is no address."""
    if not text.isprintable():
        return "a character that cannot be seen stands in it: type it anew"
    networks = _of_range(text)
    if networks:
        more = f" and {len(networks) - _MOST_NETWORKS} more" if len(networks) > _MOST_NETWORKS else ""
        return f"a range is written as {', '.join(networks[:_MOST_NETWORKS])}{more}"
    return "one address an entry" if re.search(r"[,;\s]", text.strip()) else None


def _of_range(text: str) -> list[str]:
    """The entries that make up the IPv4 range `FIRST-LAST`; none for other text."""
    first, dash, last = text.partition("-")
    try:
        start, end = ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
        if not dash or isinstance(start, ipaddress.IPv6Address) or isinstance(end, ipaddress.IPv6Address):
            return []
        return [parse_entry(str(network)) for network in ipaddress.summarize_address_range(start, end)]
    except ValueError:  # no addresses, the last before the first, or the whole internet
        return []
