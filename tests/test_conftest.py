"""The walls around the tests themselves."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.support.network import NetworkClosed


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "example.com"])
def test_no_test_leaves_this_machine(address: str) -> None:
    with pytest.raises(NetworkClosed):
        socket.create_connection((address, 443), timeout=1)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as client, pytest.raises(NetworkClosed):
        client.connect((address, 443))
    with socket.socket(family) as client, pytest.raises(NetworkClosed):
        client.connect_ex((address, 443))
    with pytest.raises(NetworkClosed):
        socket.getaddrinfo(address, 443)


def test_loopback_stays_open() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_each_test_has_an_empty_home_and_no_settings_of_the_developer(home: Path) -> None:
    assert Path.home() == home
    assert list(home.iterdir()) == []
    assert not [name for name in os.environ if name.startswith(("SOPS_AGE", "XDG_", "VAULT_", "GNUPG"))]
