"""Through which proxy calls leave: the declared one, else the one that the environment names, none to this machine."""

from __future__ import annotations

import ipaddress
import os

import httpx

from accesscfg.model.desired import Egress
from accesscfg.model.errors import ExchangeError, Trouble


def proxy_to(host: str, egress: Egress) -> str | None:
    """The URL of the proxy for calls to this host. Raises ExchangeError for an environment's that cannot be used."""
    return None if _is_loopback(host) else egress.proxy or _of_environment(host)


def _is_loopback(host: str) -> bool:
    """Whether the host is this machine, which a proxy would take for itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _of_environment(host: str) -> str | None:
    """The proxy that the environment names for https, when no egress is declared.

    Raises ExchangeError for one that cannot be used, which is not quoted as it may hold a password.
    """
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    if not proxy:
        return None
    from urllib.request import proxy_bypass

    if proxy_bypass(host):
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    try:
        fits = httpx.URL(proxy).scheme in ("http", "https") and bool(httpx.URL(proxy).host)
    except httpx.InvalidURL:
        fits = False
    if not fits:
        raise ExchangeError(
            Trouble.NETWORK,
            "HTTPS_PROXY does not name an http or https proxy",
            fix="set it to http://HOST:PORT, or declare egress.proxy",
        )
    return proxy
