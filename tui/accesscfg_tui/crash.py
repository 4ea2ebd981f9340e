"""A crash shows what kind of error and where, and no value of any variable: a local may hold a secret."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from rich.text import Text


def short_report() -> Text:
    """The error that is being handled: its type and the places it came through."""
    kind, _, trace = sys.exc_info()
    places = [
        f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(trace)
    ]
    name = "an error" if kind is None else kind.__name__
    lines = [
        f"accesscfg tui stopped at a fault of its own ({name}). A write under way is finished first.",
        *places[-8:],
        "Values are left out, they could hold secrets. The command line does everything the screen does.",
    ]
    return Text("\n".join(lines))
