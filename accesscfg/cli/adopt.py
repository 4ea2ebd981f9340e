"""`accesscfg adopt`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from accesscfg.cli import context
from accesscfg.cli.context import Settings
from accesscfg.cli.failures import INTERRUPTED
from accesscfg.cli.options import complete_keys
from accesscfg.cli.output import note, result
from accesscfg.model.errors import UsageError
from accesscfg.model.observed import Facet

if TYPE_CHECKING:
    from accesscfg.model.adopt import Adoption

HELP = """Take over into the declaration what is live of one key.

The other way round to apply: where the exchange is right and the file is not. The key is read, the
lines of the file that change are shown, and after the word yes they are written; comments, order and
every other line stay. Nothing is sent to an exchange but reads.

Addresses come to the key's own list, never into a pool. An address that comes from a pool and is
not live stops the edit: --without-pools replaces that pool in this list by its other addresses.
What would not be valid, or breaks a policy, is told and not written.

\b
  accesscfg adopt okx-desk/desk1/quoter
  accesscfg adopt okx-desk/desk1/quoter --facet ip_whitelist --without-pools --yes

Exit codes: 0 written, or nothing in drift; 3 something could not be asked
this time; 4 refused; 6 locked; 130 not confirmed.
"""


@click.command(help=HELP)
@click.argument("key", shell_complete=complete_keys)
@click.option(
    "--facet",
    "facets",
    multiple=True,
    type=click.Choice([facet.value for facet in Facet]),
    help="Only this facet. Repeatable.  [default: all that are in drift]",
)
@click.option("--without-pools", is_flag=True, help="Replace pools in the way by their other addresses.")
@click.option("--yes", "agreed", is_flag=True, help="Write without asking.")
@click.pass_context
def command(ctx: click.Context, key: str, facets: tuple[str, ...], without_pools: bool, agreed: bool) -> None:
    """Read, show, ask, write."""
    from accesscfg.cli.progress import Progress
    from accesscfg.cli.running import finished
    from accesscfg.model.adopt import adopt_exit_code
    from accesscfg.report.clean import plain
    from accesscfg.report.words import count

    settings = ctx.ensure_object(Settings)
    workspace = context.open_workspace(settings)
    with Progress(settings) as progress:
        adoption = finished(workspace.adoption(key, facets, without_pools=without_pools, on_event=progress))
    told(adoption)
    proposal = None if adoption.edit is None else workspace.proposed(adoption.edit)
    if proposal is None or not proposal.edits:
        note("There is nothing to take over.")
        ctx.exit(adopt_exit_code(adoption))
    result("".join(f"{plain(line)}\n" for line in proposal.diff))
    if proposal.acceptable and not agreed and not confirmed():
        note("The answer was not yes. Nothing was written.")
        ctx.exit(INTERRUPTED)
    workspace.accept(proposal)
    note(f"Written: {proposal.edits[0].file}. Commit it.")
    if proposal.changes:
        note(f"A plan still holds {count(len(proposal.changes), 'change')} for this key.")
    ctx.exit(adopt_exit_code(adoption))


def told(adoption: Adoption) -> None:
    """Say what is not taken over."""
    for one in adoption.left:
        note(f"{one.facet} is not taken over: {one.why_not}.")
    for facet in adoption.unknown:
        note(f"{facet} could not be asked this time.")


def confirmed() -> bool:
    """Ask for the word yes; anything else, Enter too, is a no. Raises UsageError without a terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("there is no terminal to ask on, so nothing was written", fix="add --yes")
    sys.stderr.write("\nWrite it? Only the word yes is taken as consent: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == "yes"
