"""`accesscfg validate`."""

from __future__ import annotations

import click

from accesscfg.cli import context
from accesscfg.cli.context import Settings
from accesscfg.cli.options import format_option
from accesscfg.cli.output import result

HELP = """Check the declaration, offline and without any secret.

Schema, meaning, policies and the exchanges' own limits. Every finding of a run is shown as
file:line:column: message, with a suggestion.

\b
  accesscfg validate
  accesscfg -c infra/exchanges.yaml validate --format json

Exit codes: 0 valid, 65 not valid, 4 valid but against a policy.
"""


@click.command(help=HELP)
@format_option("text", "json")
@click.pass_context
def command(ctx: click.Context, form: str) -> None:
    """Print the findings."""
    from accesscfg.cli.render import findings_exit_code, render_findings
    from accesscfg.report.words import count

    settings = ctx.ensure_object(Settings)
    workspace = context.open_workspace(settings)
    validation = workspace.validate()
    declaration = validation.declaration
    keys = (
        0 if declaration is None else sum(1 for account in declaration.accounts for _ in account.all_keys())
    )
    result(
        render_findings(validation.findings, form, f"{workspace.file.name} is valid: {count(keys, 'key')}")
    )
    ctx.exit(findings_exit_code(validation.findings))
