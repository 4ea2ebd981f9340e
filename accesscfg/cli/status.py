"""`accesscfg status`."""

from __future__ import annotations

import click

from accesscfg.cli import context
from accesscfg.cli.context import Settings, words_of
from accesscfg.cli.options import detailed_option, format_option, target_option
from accesscfg.cli.output import result

HELP = """Show the state of each key: every facet, and its lifecycle. Reads the live exchanges.

\b
  in sync       as declared
  drift         differs from the declaration
  consistent    agrees as far as the exchange shows it
  attested      a person has stated that it is as declared
  unobservable  the exchange does not show it
  unknown       it could not be asked this time

\b
  accesscfg status
  accesscfg status --target exchange=okx --format json
  accesscfg status --detailed-exitcode

Exit codes: 0 done, whatever differs; 2 not all is in sync or attested, with --detailed-exitcode; 3
something is unknown.
"""


@click.command(help=HELP)
@format_option("text", "json", "markdown")
@detailed_option()
@target_option()
@click.pass_context
def command(ctx: click.Context, form: str, detailed: bool, targets: tuple[str, ...]) -> None:
    """Read and print."""
    from accesscfg.cli.progress import Progress
    from accesscfg.cli.render import render_status
    from accesscfg.cli.running import finished
    from accesscfg.model.plan import plan_exit_code

    settings = ctx.ensure_object(Settings)
    workspace = context.open_workspace(settings)
    with Progress(settings) as progress:
        plan = finished(workspace.plan(targets, on_event=progress))
    result(render_status(plan, words_of(workspace), form, settings))
    ctx.exit(plan_exit_code(plan, detailed=detailed, status=True))
