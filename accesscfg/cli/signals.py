"""Ctrl-C and SIGTERM during an apply: the call under way is finished and read back, then the run ends."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator

from accesscfg.cli.output import note

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[asyncio.Event]:
    """An event that a signal sets, for as long as the block lasts. To be entered in a running event loop."""
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

    for number in SIGNALS:
        loop.add_signal_handler(number, end)
    try:
        yield stop
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
