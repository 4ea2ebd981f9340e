"""Long work in threads of their own, so that no key press waits for the network, for sops or for a long file.

Each piece of work runs an event loop of its own: the workspace's calls are asynchronous, and its parsing is not.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Work(Generic[T]):
    """One piece of work. `done` is called in its thread with the answer, or with what went wrong.

    The process does not end before work that `writes` has ended.
    """

    def __init__(
        self,
        name: str,
        do: Callable[[asyncio.Event], Awaitable[T]],
        done: Callable[[T | None, BaseException | None], None],
        *,
        writes: bool = False,
    ) -> None:
        self.name = name
        self._do = do
        self._done = done
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[T] | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=not writes)

    def start(self) -> Work[T]:
        """Begin."""
        self._thread.start()
        return self

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Ask it to end between two calls; only what looks at its event does."""
        if self._loop is not None and self._stop is not None and self.is_running:
            self._loop.call_soon_threadsafe(self._stop.set)

    def cancel(self) -> None:
        """End it at its next wait; never for work that writes."""
        if self._loop is not None and self._task is not None and self.is_running:
            self._loop.call_soon_threadsafe(self._task.cancel)

    def join(self, seconds: float) -> None:
        """Wait for its end."""
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            answer = asyncio.run(self._main())
        except BaseException as error:  # noqa: BLE001 (whatever it is, the app shows it; a thread has nobody else)
            self._done(None, error)
        else:
            self._done(answer, None)

    async def _main(self) -> T:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self._body(self._stop))
        return await self._task

    async def _body(self, stop: asyncio.Event) -> T:
        return await self._do(stop)
