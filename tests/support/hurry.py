"""The client without its waits: what tests of outcomes, not of timing, run under.

Published rate limits and pauses stay as they are in the product; here nothing waits, and a world switches its own
limits off (`UNLIMITED`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import httpx
import pytest

from accesscfg.exchanges.limits import Limiter

UNLIMITED = {"rate_limits": False}


@contextmanager
def hurried(timeout_s: float | None = None) -> Iterator[None]:
    """No pause between tries, none until a write settles, no rate limit; requests time out after `timeout_s`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accesscfg.exchanges.client.asyncio", SimpleNamespace(sleep=_no_pause))
        patch.setattr("accesscfg.exchanges.client.Limiter", lambda limits: Limiter(()))
        patch.setattr("accesscfg.engine.apply.SETTLE_S", (0.0, 0.0))
        if timeout_s is not None:
            extensions = {"timeout": httpx.Timeout(timeout_s).as_dict()}
            patch.setattr("accesscfg.exchanges.client.EXTENSIONS", extensions)
        yield


async def _no_pause(seconds: float) -> None:
    await asyncio.sleep(0)
