"""A picture of the board without a terminal: the app runs unseen, reads once, and is drawn."""

from __future__ import annotations

import asyncio
from pathlib import Path

from accesscfg_tui.app import AccesscfgApp

STEPS = 1200  # of 50 ms: a reading that takes longer than a minute is drawn as far as it is


def save_picture(app: AccesscfgApp, file: Path, cells: tuple[int, int]) -> None:
    """Save the board as SVG once everything was read. The file is overwritten."""
    file.write_text(asyncio.run(_picture(app, cells)), encoding="utf-8")


async def _picture(app: AccesscfgApp, cells: tuple[int, int]) -> str:
    async with app.run_test(size=cells) as pilot:
        for _ in range(STEPS):
            await pilot.pause(0.05)
            if app.is_settled:
                break
        await pilot.pause()
        return app.export_screenshot(title="accesscfg")
