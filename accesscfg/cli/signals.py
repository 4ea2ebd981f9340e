"""Signals: each that asks to end is taken as Ctrl-C; making changes, that waits for the call under way."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from accesscfg.cli.output import note

if TYPE_CHECKING:
    import asyncio

LIKE_CTRL_C = (signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """Take SIGTERM and SIGHUP as Ctrl-C for as long as the block lasts, unless who started this ignores them.

    By default they end the process on the spot: without a word, temporary files left and children running.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread can handle signals
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *LIKE_CTRL_C)}
    for number in LIKE_CTRL_C:
        if before[number] == signal.SIG_DFL:
            signal.signal(number, _as_ctrl_c)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _as_ctrl_c(*_: object) -> None:
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # a shell starts background jobs so
        raise KeyboardInterrupt
    signal.raise_signal(signal.SIGINT)


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[asyncio.Event]:
    """An event that Ctrl-C sets, for as long as the block lasts. To be entered in a running event loop.

    The call under way is finished and read back, then the run ends. Ctrl-C after the block does nothing: what
    is left is the report, and without that nobody would know what was written.
    """
    import asyncio

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        if stop.is_set():
            note(
                "\nIt is ending: the call that is under way is finished and read back first;"
                " else nobody could tell whether it took effect."
            )
        else:
            note("\nEnding after the call that is under way.")
            stop.set()

    loop.add_signal_handler(signal.SIGINT, end)
    try:
        yield stop
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, lambda *_: None)
