"""Opening an exchange's page in the user's browser, where there is one in front of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

_OPEN = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"
_AT_MOST_S = 5.0


def has_browser(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a browser would open in front of the user: not over SSH, and on Linux only beside a display."""
    if any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")):
        return False
    if platform in ("darwin", "win32") or environ.get("WSL_DISTRO_NAME") or environ.get("WSL_INTEROP"):
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def is_page(url: str) -> bool:
    """Whether it is the address of a page that may be opened: https, and a host."""
    parts = urlsplit(url)
    return parts.scheme == "https" and bool(parts.hostname) and url.isprintable()


def open_page(url: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Open a page; False where that did not work. May take seconds.

    In a process of its own, without a terminal: a browser that prints, or that lives in the terminal, would draw over
    the screen.
    """
    if not is_page(url) or not has_browser(environ):
        return False
    env = {name: value for name, value in environ.items() if not name.startswith(("SOPS_", "ACCESSCFG_"))}
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", _OPEN, url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=env,
            start_new_session=True,
        )
        return process.wait(_AT_MOST_S) == 0
    except subprocess.TimeoutExpired:
        return True  # it is still there: some browsers stay in front of what started them
    except OSError:
        return False
