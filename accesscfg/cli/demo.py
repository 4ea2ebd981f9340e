"""`accesscfg demo`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from accesscfg.cli.context import Settings, words_of
from accesscfg.cli.output import result, wants_color

HELP = """See it all work on a throw-away workspace.

On a terminal the terminal UI opens on it. Elsewhere, or with --story, the whole story is told as text:
drift is found, removed by API, and the rest on the website. Real sops encryption and real sockets; the
exchanges are simulated on this machine. Nothing is left behind.

\b
  accesscfg demo
  accesscfg demo --story             as text, to read or to pipe
  accesscfg demo --keep my-demo      keep the workspace, to look around
"""


@click.command(help=HELP)
@click.option("--story", is_flag=True, help="Tell the story as text, as is done where no terminal is.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep the workspace there.",
)
@click.pass_context
def command(ctx: click.Context, story: bool, keep: Path | None) -> None:
    """Play it, or tell it."""
    settings = ctx.ensure_object(Settings)
    if not story and _at_a_terminal():
        ctx.exit(_play(settings, keep))
    from accesscfg.demo import run

    ctx.exit(run(keep, result, color=wants_color(settings, sys.stdout), words=words_of))


def _at_a_terminal() -> bool:
    """Whether somebody is there who can play."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return all(stream.isatty() for stream in streams) and os.environ.get("TERM", "dumb") != "dumb"


def _play(settings: Settings, keep: Path | None) -> int:
    """Run a session on the stage; gives its exit code."""
    from accesscfg.cli.tui import Looks, run
    from accesscfg.demo import how_to_go_on, practice

    colorless = settings.no_color or bool(os.environ.get("NO_COLOR"))
    with practice(keep) as played:
        result(played.welcome())
        looks = Looks(read_only=False, ascii=False, mouse=True, colorless=colorless)
        code = run(played.workspace, looks, played.enter)
        if keep is not None:
            result("\n".join(how_to_go_on(played.workspace.root)))
        return code
