"""Writes the pictures of docs/images: `make pictures`.

Each is of a screen of the terminal UI on the demo's workspace, over its sandbox. They hold no font of elsewhere.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from accesscfg.demo import practice
from accesscfg.workspace import Workspace
from accesscfg_tui.app import AccesscfgApp
from accesscfg_tui.widgets.board_list import BoardList

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
SIZE, LOW = (
    (126, 38),
    (126, 30),
)  # in cells; a low one where the rest of the screen is empty, or tells of a folder
GUIDED, CHANGED = "kraken-main/charter", "binance-main/grid/bot"
STEPS = 1200  # of 50 ms
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)

Way = Callable[[AccesscfgApp, Pilot[int]], Awaitable[None]]


async def _board(app: AccesscfgApp, pilot: Pilot[int]) -> None:
    await _at(app, pilot, CHANGED)


async def _plan(app: AccesscfgApp, pilot: Pilot[int]) -> None:
    await pilot.press("p")
    await _until(pilot, lambda: app.sheet is not None and not app.awaits_plan)


async def _guide(app: AccesscfgApp, pilot: Pilot[int]) -> None:
    await _at(app, pilot, GUIDED)
    await pilot.press("m")
    await _until(pilot, lambda: app.is_at("guide") and "Paste all" in _shown(app))


WAYS: dict[str, tuple[Way, tuple[int, int]]] = {
    "board": (_board, SIZE),
    "plan": (_plan, SIZE),
    "guide": (_guide, LOW),
}


async def _at(app: AccesscfgApp, pilot: Pilot[int], path: str) -> None:
    app.screen.query_one(BoardList).place_cursor(path)
    await pilot.pause(0.3)  # the pane beside it follows


async def _until(pilot: Pilot[int], fact: Callable[[], bool]) -> None:
    for _ in range(STEPS):
        await pilot.pause(0.05)
        if fact():
            return
    raise TimeoutError("the screen did not come")


def _shown(app: AccesscfgApp) -> str:
    return app.export_screenshot().replace("&#160;", " ")


async def _picture(workspace: Workspace, way: Way, size: tuple[int, int]) -> str:
    app = AccesscfgApp(workspace)
    async with app.run_test(size=size) as pilot:
        await _until(pilot, lambda: app.is_settled)
        await way(app, pilot)
        await pilot.pause(0.3)
        return _FONTS.sub("", app.export_screenshot(title="accesscfg"))


def main() -> None:
    """Draw them all. Raises ValueError where one tells of the folder that the workspace is in."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with practice(None) as played:
        for name, (way, size) in WAYS.items():
            drawn = asyncio.run(_picture(played.workspace, way, size))
            if tempfile.gettempdir() in drawn or str(Path.home()) in drawn:
                raise ValueError(f"the picture {name} holds a path of this machine")
            (FOLDER / f"{name}.svg").write_text(drawn, encoding="utf-8")
            print(f"wrote {name}.svg")


if __name__ == "__main__":
    main()
