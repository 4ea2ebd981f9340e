"""The terminal UI as it is, with a watch on its event loop: `python tools/bench_tui_probe.py WORKSPACE FILE`.

Writes to FILE, at the end, by how many milliseconds each wake-up of the loop was late while exchanges were read after
the first paint, and how long that reading took: {"late_ms": [...], "seconds": N}.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path

from accesscfg.workspace import Workspace
from accesscfg_tui.app import AccesscfgApp
from accesscfg_tui.pauses import short_pauses

EVERY_S = 0.005


class Probed(AccesscfgApp):
    """Counts how late it wakes up."""

    late_ms: list[float]
    seconds = 0.0

    def on_ready(self) -> None:
        """Start to watch."""
        self.late_ms = []
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while self.board is None or not self.is_reading:
            await asyncio.sleep(EVERY_S)
        began = time.perf_counter()
        while self.is_reading:
            before = time.perf_counter()
            await asyncio.sleep(EVERY_S)
            now = time.perf_counter()
            self.late_ms.append((now - before - EVERY_S) * 1000)
            self.seconds = now - began


if __name__ == "__main__":
    app = Probed(Workspace.open(Path(sys.argv[1]), os.environ))
    with short_pauses() as imported:
        imported()
        app.run()
    Path(sys.argv[2]).write_text(json.dumps({"late_ms": app.late_ms, "seconds": app.seconds}))
