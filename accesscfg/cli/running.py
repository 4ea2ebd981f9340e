"""Run asynchronous work from a command."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


def finished(work: Coroutine[Any, Any, _T]) -> _T:
    """What the work returns, or raises.

    The result does not pass through asyncio's runner: when that puts the handler of Ctrl-C back, the signal
    module makes a text of the main task with its result, and of a plan over a thousand keys that takes a
    tenth of a second.
    """
    results: list[_T] = []

    async def run() -> None:
        results.append(await work)

    asyncio.run(run())
    return results[0]
