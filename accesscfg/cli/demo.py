"""`accesscfg demo`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from accesscfg.cli.context import Settings, words_of
from accesscfg.cli.output import result, wants_color

HELP = """Tell the whole story on a throw-away workspace.

Drift is found, removed by API, and the rest on the website. Real sops encryption and real sockets;
the exchanges are simulated on this machine. Nothing is left behind.

\b
  accesscfg demo
  accesscfg demo --keep my-demo      keep the workspace, to look around
"""


@click.command(help=HELP)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep the workspace there.",
)
@click.pass_context
def command(ctx: click.Context, keep: Path | None) -> None:
    """Tell it."""
    from accesscfg.demo import run

    settings = ctx.ensure_object(Settings)
    ctx.exit(run(keep, result, color=wants_color(settings, sys.stdout), words=words_of))
