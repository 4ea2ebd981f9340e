"""How calls leave this machine, as declared."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from accesscfg.config.addresses import AddressBook
from accesscfg.config.notes import Notes, did_you_mean, shown
from accesscfg.config.section import Section
from accesscfg.model.desired import Egress
from accesscfg.model.findings import Mark
from accesscfg.model.profile import Profile

DEFAULT_ENDPOINT = "production"


def read_egress(section: Section | None, book: AddressBook, notes: Notes) -> Egress | None:
    """The declared egress; None when there is none."""
    if section is None:
        return None
    proxy, local = section.get("proxy"), section.get("local_address")
    if proxy is not None and local is not None:
        notes.error(
            "bad_egress", "egress has `proxy` or `local_address`, not both", section.name_at("local_address")
        )
    if proxy is not None:
        _check_proxy(proxy, section.at("proxy"), notes)
    if local is not None:
        local = _single(local, section.at("local_address"), notes)
    addresses = set()
    for text, where in section.entries("addresses"):
        entry = book.entry(text, where)
        if entry is not None and "/" in entry:
            notes.error("bad_address", f"{entry} is a network; calls come from single addresses", where)
        elif entry is not None:
            addresses.add(entry)
    return Egress(proxy, local, frozenset(addresses))


def _single(text: str, where: Mark, notes: Notes) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        notes.error("bad_address", f"{shown(text)} is not an IPv4 or IPv6 address of this machine", where)
        return None


def _check_proxy(url: str, where: Mark, notes: Notes) -> None:
    try:
        parts = urlsplit(url)
        has_port_in_range = parts.port is None or parts.port > 0
    except ValueError:
        parts, has_port_in_range = urlsplit(""), False
    if "@" in url:
        # not quoted: what stands before the @ may be a password
        notes.error(
            "bad_proxy",
            "a proxy's user and password do not belong into this file",
            where,
            "let the proxy know this machine by its address, or run a local one that holds the password",
        )
    elif (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or not has_port_in_range
        or not url.isprintable()
    ):
        hint = "write http://HOST:PORT"
        notes.error("bad_proxy", f"{shown(url)} is not the URL of an http or https proxy", where, hint)
    elif parts.path.strip("/") or parts.query or parts.fragment or " " in url:
        notes.error(
            "bad_proxy", f"{shown(url)} has more than scheme, host and port", where, "write http://HOST:PORT"
        )


def read_endpoint(account: Section, profile: Profile | None, notes: Notes) -> str:
    """The endpoint's name, or a loopback URL.

    Any other URL is refused: whoever can change this file must not be able to send credentials elsewhere.
    """
    endpoint: str | None = account.get("endpoint")
    if endpoint is None:
        return DEFAULT_ENDPOINT
    known = {} if profile is None else profile.endpoints
    if "/" in endpoint or ":" in endpoint:
        if not _is_loopback(endpoint):
            notes.error(
                "bad_endpoint",
                "a URL is no endpoint unless it is a loopback address",
                account.at("endpoint"),
                did_you_mean(endpoint, known, "write one of"),
            )
    elif profile is not None and endpoint not in known:
        message = f"{profile.name} has no endpoint {shown(endpoint)}"
        notes.error(
            "unknown_endpoint", message, account.at("endpoint"), did_you_mean(endpoint, known, "it has")
        )
    return endpoint


def _is_loopback(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        plain = parts.scheme in ("http", "https") and "@" not in url and "\\" not in url and url.isprintable()
        return (
            plain
            and (parts.port or 1) > 0
            and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
        )
    except ValueError:
        return False
