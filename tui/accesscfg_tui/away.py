"""Away from the screen for a while: the terminal is free, and ctrl+c belongs to what runs on it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from textual.app import App


@contextmanager
def away(app: App[Any], *, interrupted: bool) -> Iterator[None]:
    """Leave the screen. Raises SuspendNotSupported.

    Where the app were told of a ctrl+c there, it would end with it. Who wants it to be `interrupted` gets a
    KeyboardInterrupt; else only the program in front is, as it has the terminal: it knows what ctrl+c means to it.
    """
    failed: BaseException | None = None
    with app.suspend():
        before = signal.getsignal(signal.SIGINT)
        # no SIG_IGN: a program that is started would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler if interrupted else lambda *_: None)
        try:
            yield
        except BaseException as error:  # noqa: BLE001 (raised below: passing `suspend` it would not come back)
            failed = error
        finally:
            signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
    if failed is not None:
        raise failed
