"""`accesscfg attest`."""

from __future__ import annotations

import sys

import click

from accesscfg.cli import context
from accesscfg.cli.context import Settings
from accesscfg.cli.options import complete_keys, format_option
from accesscfg.cli.output import result, wants_color, width_of
from accesscfg.model.observed import Facet

HELP = """Record that you looked at a key on the exchange's website and found it as declared.

For what no exchange shows in full: the addresses of a Binance key, the keys that a platform holds,
keys that cannot be called from here. The key is read first; what the exchange shows is not
attested, and what differs is refused.

The statement goes into attestations.yaml beside the declaration, to be committed. It counts until
what is declared or the key itself changes, or it is older than attestation_max_age.

\b
  accesscfg guide binance-main/bitsgap
  accesscfg attest binance-main/bitsgap --by Alice
  accesscfg attest binance-main/bitsgap --facet ip_whitelist --by Alice --note "ticket 4711"

Exit codes: 0 recorded, or nothing to record; 3 something could not be asked this time; 4 refused:
it differs, or can be seen.
"""


@click.command(help=HELP)
@click.argument("key", shell_complete=complete_keys)
@click.option(
    "--facet",
    "facets",
    multiple=True,
    type=click.Choice([facet.value for facet in Facet]),
    help="Only this facet. Repeatable.  [default: all that cannot be fully seen]",
)
@click.option("--by", required=True, metavar="NAME", help="Who looked.")
@click.option("--note", metavar="TEXT", help="Anything to add, such as a ticket.")
@format_option("text", "json")
@click.pass_context
def command(
    ctx: click.Context, key: str, facets: tuple[str, ...], by: str, note: str | None, form: str
) -> None:
    """Read, record, print."""
    from accesscfg.cli.progress import Progress
    from accesscfg.cli.running import finished
    from accesscfg.model.attestation import attest_exit_code
    from accesscfg.report.attested import attest_to_json, attest_to_text
    from accesscfg.report.document import dumps

    settings = ctx.ensure_object(Settings)
    workspace = context.open_workspace(settings)
    with workspace.locked("attest"), Progress(settings) as progress:
        done = finished(workspace.attest(key, facets, by=by, note=note, on_event=progress))
    if form == "json":
        result(dumps(attest_to_json(done)))
    else:
        color = wants_color(settings, sys.stdout)
        result(attest_to_text(done, width=width_of(sys.stdout), color=color))
    ctx.exit(attest_exit_code(done))
