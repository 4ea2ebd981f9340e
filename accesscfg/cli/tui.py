"""`accesscfg tui`."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import click

from accesscfg.cli import context
from accesscfg.cli.context import Settings
from accesscfg.cli.output import note
from accesscfg.model.errors import UsageError

HELP = """The terminal UI: every key on one board, how it stands, and the way to mend it.

Shows the last known state at once and reads the exchanges then. Nothing is changed before a plan is
looked at and confirmed. Press ? anywhere for the keys that work there.

\b
  accesscfg tui
  accesscfg tui --read-only            look, and change nothing
  accesscfg tui --screenshot board.svg --size 140x40   a picture instead of a session
"""


@click.command(help=HELP)
@click.option("--read-only", is_flag=True, help="Refuse every action that would change something.")
@click.option(
    "--ascii", "ascii_only", is_flag=True, help="Plain characters instead of signs such as ✓ and ≠."
)
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal, to select text with it.")
@click.option(
    "--screenshot",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Read once, save a picture of the board as SVG, and end; needs no terminal.",
)
@click.option(
    "--size", default="140x40", show_default=True, metavar="WxH", help="The picture's size in cells."
)
@click.pass_context
def command(
    ctx: click.Context,
    read_only: bool,
    ascii_only: bool,
    no_mouse: bool,
    screenshot: Path | None,
    size: str,
) -> None:
    """Run it."""
    settings = ctx.ensure_object(Settings)
    if screenshot is None:
        _refuse_without_terminal()
    cells = _cells(size)
    workspace = context.open_workspace(settings)
    from accesscfg_tui.app import AccesscfgApp

    colorless = settings.no_color or bool(os.environ.get("NO_COLOR"))
    app = AccesscfgApp(workspace, read_only=read_only, ascii=ascii_only, colorless=colorless)
    if screenshot is not None:
        from accesscfg_tui.picture import save_picture

        save_picture(app, screenshot, cells)
        note(f"Saved {screenshot}.")
        return
    app.run(mouse=not no_mouse)
    ctx.exit(app.return_code or 0)


def _refuse_without_terminal() -> None:
    terminal = sys.stdin.isatty() and sys.stderr.isatty()
    if not terminal or os.environ.get("TERM", "dumb") == "dumb":
        raise UsageError(
            "the terminal UI needs a terminal",
            why="standard input or output is none, or TERM is dumb",
            fix="accesscfg status shows the same as text, accesscfg plan what differs",
        )


def _cells(size: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{2,3})x(\d{2,3})", size)
    if found is None:
        raise UsageError(f"--size {size!r} is no size", fix="write columns x lines, as 140x40")
    return int(found[1]), int(found[2])
