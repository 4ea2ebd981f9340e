"""`accesscfg validate`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from accesscfg.cli import context
from accesscfg.cli.context import Settings
from accesscfg.cli.failures import INTERRUPTED
from accesscfg.cli.options import format_option
from accesscfg.cli.output import note, result
from accesscfg.model.errors import UsageError

if TYPE_CHECKING:
    from accesscfg.config.retired import Removal
    from accesscfg.model.edit import FileEdit
    from accesscfg.workspace import Workspace

HELP = """Check the declaration, offline and without any secret.

Schema, meaning, policies and the exchanges' own limits. Every finding of a run is shown as
file:line:column: message, with a suggestion.

With --remove-retired the accounts of exchanges that have closed are taken out of the files: the edit is
shown, and made when it was confirmed and the declaration is valid without them.

\b
  accesscfg validate
  accesscfg -c infra/exchanges.yaml validate --format json
  accesscfg validate --remove-retired

Exit codes: 0 valid, 65 not valid, 4 valid but against a policy, 130 an edit was not confirmed.
"""


@click.command(help=HELP)
@click.option("--remove-retired", "remove", is_flag=True, help="Take out accounts of closed exchanges.")
@click.option("--yes", "agreed", is_flag=True, help="Make that edit without asking.")
@format_option("text", "json")
@click.pass_context
def command(ctx: click.Context, remove: bool, agreed: bool, form: str) -> None:
    """Print the findings."""
    if agreed and not remove:
        raise UsageError("--yes belongs to --remove-retired")
    if remove and form == "json":
        raise UsageError("--remove-retired shows an edit, which has no JSON", fix="leave --format out")
    workspace = context.open_workspace(ctx.ensure_object(Settings))
    if remove:
        remove_retired(ctx, workspace, agreed=agreed)
    ctx.exit(show_findings(workspace, form))


def show_findings(workspace: Workspace, form: str) -> int:
    """Print every finding of the declaration; the exit code that they mean."""
    from accesscfg.cli.render import findings_exit_code, render_findings
    from accesscfg.report.words import count

    validation = workspace.validate()
    declaration = validation.declaration
    keys = (
        0 if declaration is None else sum(1 for account in declaration.accounts for _ in account.all_keys())
    )
    result(
        render_findings(validation.findings, form, f"{workspace.file.name} is valid: {count(keys, 'key')}")
    )
    return findings_exit_code(validation.findings)


def remove_retired(ctx: click.Context, workspace: Workspace, *, agreed: bool) -> None:
    """Show the edit and make it; ends the run where it is not made."""
    removal = workspace.without_retired()
    if removal is None:
        note("No account of a retired exchange is declared.")
        return
    result("".join(map(diff, removal.edits)))
    if not removal.valid:
        refuse(ctx, removal)
    if not agreed and not confirmed(removal.accounts):
        note("The answer was not yes. Nothing was written.")
        ctx.exit(INTERRUPTED)
    workspace.write_edits(removal.edits)
    note(f"Removed {', '.join(removal.accounts)}.")
    for line in left_secrets(workspace, removal.accounts):
        note(line)


def diff(edit: FileEdit) -> str:
    """What one file loses, as a unified diff."""
    import difflib

    from accesscfg.report.clean import plain

    before, after = (text.decode("utf-8-sig").splitlines() for text in (edit.before, edit.after))
    lines = difflib.unified_diff(before, after, str(edit.file), str(edit.file), lineterm="")
    return "".join(f"{plain(line)}\n" for line in lines)


def refuse(ctx: click.Context, removal: Removal) -> None:
    """Say what keeps the declaration from being valid without these accounts, and end."""
    from accesscfg.cli.render import findings_exit_code, render_findings

    result(render_findings(removal.findings, "text", ""))
    names = ", ".join(removal.accounts)
    note(
        f"Nothing was written: this would be left without the account {names}, at the lines that it would have then."
        " Correct it first, then run the same again."
    )
    ctx.exit(findings_exit_code(removal.findings))


def confirmed(accounts: Sequence[str]) -> bool:
    """Ask for the word yes; anything else, Enter too, is a no. Raises UsageError without a terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("there is no terminal to ask on, so nothing was written", fix="add --yes")
    sys.stderr.write(f"\nRemove {', '.join(accounts)}? Only the word yes is taken as consent: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == "yes"


def left_secrets(workspace: Workspace, accounts: Sequence[str]) -> list[str]:
    """How to remove what the secrets files still hold for keys of these accounts."""
    from accesscfg.model.errors import AccesscfgError

    try:
        entries = workspace.secrets_list()
    except AccesscfgError:
        return ["The secrets files could not be looked into: accesscfg secrets check says why."]
    return [
        f'Its secret is still stored: sops unset {one.file} \'["keys"]["{one.path}"]\''
        for one in entries
        if not one.declared and one.path.partition("/")[0] in accounts
    ]
