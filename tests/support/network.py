"""The network, closed to everything but this machine's loopback."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class NetworkClosed(RuntimeError):
    """A test tried to reach the outside. Not an OSError, which code under test may well handle."""


@contextmanager
def only_loopback() -> Iterator[None]:
    """Connections and look-ups of other hosts raise NetworkClosed instead of leaving the machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded_connect(getattr(socket.socket, name)))
        for name in (
            "getaddrinfo",
            "gethostbyname",
            "gethostbyname_ex",
            "gethostbyaddr",
            "create_connection",
        ):
            patch.setattr(socket, name, _guarded_lookup(getattr(socket, name)))
        yield


def is_loopback(host: object) -> bool:
    """Whether a host, as `socket` takes it, is this machine; None and "" mean any address of its own."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guarded_connect(real: Callable[..., Any]) -> Callable[..., Any]:
    def connect(self: socket.socket, address: Any) -> Any:
        inside = self.family not in (socket.AF_INET, socket.AF_INET6)
        if not inside and not is_loopback(address[0]):
            raise NetworkClosed(f"a test connects to {address[0]}")
        return real(self, address)

    return connect


def _guarded_lookup(real: Callable[..., Any]) -> Callable[..., Any]:
    def look_up(host: Any, *args: Any, **named: Any) -> Any:
        name = host[0] if isinstance(host, tuple) else host
        # Servers look up what they bind to, and ask for no connection by it.
        if not is_loopback(name) and name not in ("0.0.0.0", "::"):
            raise NetworkClosed(f"a test looks up {name}")
        return real(host, *args, **named)

    return look_up
