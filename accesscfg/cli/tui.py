"""`accesscfg tui`."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accesscfg.cli import context
from accesscfg.cli.context import Settings
from accesscfg.cli.output import note
from accesscfg.model.errors import UsageError

if TYPE_CHECKING:
    from accesscfg.workspace import Workspace
    from accesscfg_tui.outline import Outline

HELP = """The terminal UI: every key on one board, how it stands, and the way to mend it.

Shows the last known state at once and reads the exchanges then. Nothing is changed before a plan is
looked at and confirmed. Press ? anywhere for the keys that work there.

\b
  accesscfg tui
  accesscfg tui --read-only            look, and change nothing
  accesscfg tui --screenshot board.svg --size 140x40   a picture instead of a session
"""


@dataclass(frozen=True, slots=True)
class Looks:
    """How the session looks and what it may do."""

    read_only: bool
    ascii: bool
    mouse: bool
    colorless: bool


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
    colorless = settings.no_color or bool(os.environ.get("NO_COLOR"))
    looks = Looks(read_only, ascii_only, mouse=not no_mouse, colorless=colorless)
    if screenshot is not None:
        _save(settings, looks, screenshot, _cells(size))
        return
    _refuse_without_terminal()
    with contextlib.ExitStack() as kept:
        outline = kept.enter_context(_outline(settings, looks))
        entrances: list[str] = []
        workspace = _workspace(settings, looks, kept, entrances)
        if workspace is not None:
            ctx.exit(run(workspace, looks, "".join(entrances), outline))


def run(workspace: Workspace, looks: Looks, second_terminal: str = "", outline: Outline | None = None) -> int:
    """Run a session on a workspace until it is left.

    `second_terminal` leads another shell to its simulated websites; `outline` stands on the terminal until then.
    Returns its exit code.
    """
    from accesscfg_tui.pauses import short_pauses

    with short_pauses() as imported:
        from accesscfg_tui.app import AccesscfgApp
        from accesscfg_tui.settings import settings_file

        app = AccesscfgApp(
            workspace,
            read_only=looks.read_only,
            ascii=looks.ascii,
            colorless=looks.colorless,
            settings=settings_file(),
        )
        app.second_terminal = second_terminal
        if outline is not None and outline.lines:
            app.stand_on(outline)
            app.read_files_first()
        imported()
        app.run(mouse=looks.mouse)
        return app.return_code or 0


def _outline(settings: Settings, looks: Looks) -> contextlib.AbstractContextManager[Outline]:
    from accesscfg_tui.outline import Fit, shown

    path = settings.path or Path()
    columns, lines = shutil.get_terminal_size()
    sandbox = bool(os.environ.get("ACCESSCFG_SANDBOX"))
    fit = Fit(columns, lines, looks.read_only, looks.ascii, looks.colorless, sandbox)
    return shown(path / "exchanges.yaml" if path.is_dir() else path, fit)


def _save(settings: Settings, looks: Looks, file: Path, cells: tuple[int, int]) -> None:
    workspace = context.open_workspace(settings)
    from accesscfg_tui.app import AccesscfgApp
    from accesscfg_tui.picture import save_picture

    app = AccesscfgApp(workspace, read_only=True, ascii=looks.ascii, colorless=looks.colorless)
    save_picture(app, file, cells)
    note(f"Saved {file}.")


def _workspace(
    settings: Settings, looks: Looks, kept: contextlib.ExitStack, entrances: list[str]
) -> Workspace | None:
    """The workspace that the options name, or the one that a person finds a way to; None where they leave.

    To `entrances` comes the line that leads another shell into a workspace for practice.
    """
    try:
        return context.open_workspace(settings)
    except UsageError:
        folder = settings.path or Path.cwd()
    from accesscfg_tui.screens.welcome import Ways, WelcomeApp
    from accesscfg_tui.settings import DEFAULT_THEME

    def opened(path: Path) -> Workspace:
        return context.open_workspace(replace(settings, path=path))

    made: list[str] = []

    def starter(at: Path) -> Workspace:
        from accesscfg.cli.init import report_text
        from accesscfg.workspace_init import init_workspace

        report = init_workspace(at, exchange=None, pre_commit=False, ci=None)
        made[:] = [report_text(report, None)]
        return opened(at)

    def practice() -> Workspace:
        from accesscfg import demo

        played = kept.enter_context(demo.practice(None))
        entrances.append(played.enter)
        return played.workspace

    app = WelcomeApp(
        Ways(starter, practice, opened, lambda: "".join(made)),
        folder if not folder.suffix else folder.parent,
        read_only=looks.read_only,
        theme=DEFAULT_THEME,
        colorless=looks.colorless,
    )
    found = app.run(mouse=looks.mouse)
    if app.return_code:
        raise SystemExit(app.return_code)
    return found


def _refuse_without_terminal() -> None:
    terminal = sys.stdin.isatty() and sys.stderr.isatty()
    if not terminal or os.environ.get("TERM", "dumb") == "dumb":
        raise UsageError(
            "the terminal UI needs a terminal",
            why="standard input or error is none, or TERM is dumb",
            fix="accesscfg status shows the same as text, accesscfg plan what differs",
        )


def _cells(size: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{2,3})x(\d{2,3})", size)
    if found is None:
        raise UsageError(f"--size {size!r} is no size", fix="write columns x lines, as 140x40")
    return int(found[1]), int(found[2])
