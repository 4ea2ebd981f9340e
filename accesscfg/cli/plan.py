"""`accesscfg plan`."""

from __future__ import annotations

from pathlib import Path

import click

from accesscfg.cli import context
from accesscfg.cli.context import Settings, words_of
from accesscfg.cli.options import detailed_option, format_option, target_option
from accesscfg.cli.output import note, result

HELP = """Show what differs between the declaration and the live exchanges, and what would change it.

Only reads: the client it uses has no way to write. What an exchange does not show is never called
in sync.

\b
  accesscfg plan
  accesscfg plan --target 'binance-main/*' --target used_by=Bitsgap
  accesscfg plan --out today.plan.json  then: accesscfg apply today.plan.json
  accesscfg plan --format markdown      for a comment on a pull request
  accesscfg plan --detailed-exitcode    0 in sync, 2 not, 3 partly unknown

Exit codes: 0 done, whatever differs; 2 not all is in sync or attested, with --detailed-exitcode; 3
something is unknown; 4 a policy is broken.
"""


@click.command(help=HELP)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Save the plan, so that exactly it can be reviewed and applied.",
)
@format_option("text", "json", "markdown")
@detailed_option()
@target_option()
@click.pass_context
def command(
    ctx: click.Context, out: Path | None, form: str, detailed: bool, targets: tuple[str, ...]
) -> None:
    """Read, compare, print."""
    from accesscfg.cli.progress import Progress
    from accesscfg.cli.render import render_plan
    from accesscfg.cli.running import finished
    from accesscfg.model.plan import plan_exit_code
    from accesscfg.report.document import dumps, plan_to_json
    from accesscfg.workspace.private import write_private

    settings = ctx.ensure_object(Settings)
    workspace = context.open_workspace(settings)
    with Progress(settings) as progress:
        plan = finished(workspace.plan(targets, on_event=progress))
    result(render_plan(plan, words_of(workspace), form, settings))
    if out is not None and plan.violations:
        note(f"{out} was not written: a policy is broken.")
    elif out is not None:
        write_private(out, dumps(plan_to_json(plan)))
        note(f"Saved. To apply exactly this: accesscfg apply {out}")
    ctx.exit(plan_exit_code(plan, detailed=detailed))
