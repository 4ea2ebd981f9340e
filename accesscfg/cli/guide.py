"""`accesscfg guide`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from accesscfg.cli import context
from accesscfg.cli.context import Settings, words_of
from accesscfg.cli.options import complete_keys, format_option
from accesscfg.cli.output import note, result, wants_color, width_of
from accesscfg.model.errors import UsageError

if TYPE_CHECKING:
    from accesscfg.model.guide import Guide, Verification
    from accesscfg.model.profile import Entry
    from accesscfg.workspace import Workspace

HELP = """Guide the manual fix of one key on its exchange's website: the page, the steps in the
exchange's words, what to tick, the addresses ready to paste, and what is verified afterwards.

Reads that key alone. Where it cannot be seen the guide goes through the whole declared state.
Steps can be ticked off, and a fix can be left and resumed.

\b
  accesscfg guide binance-main/bitsgap
  accesscfg guide binance-main/bitsgap --copy            the addresses of the current step
  accesscfg guide binance-main/bitsgap --tick 1 --tick 2
  accesscfg guide kraken-main/bot --entry one            addresses one after the other
  accesscfg guide binance-main/bitsgap --verify          look again, and say what is left
  accesscfg guide binance-main/bitsgap --new             guide the making of a new key

Exit codes: 0 done; with --verify 0 verified, 2 still different or to be attested, 3 unknown.
"""


@click.command(help=HELP)
@click.argument("key", shell_complete=complete_keys)
@format_option("text", "markdown", "json")
@click.option(
    "--entry",
    type=click.Choice(["comma", "lines", "blanks", "one"]),
    help="How the page takes addresses.  [default: as far as is known of the exchange]",
)
@click.option("--new", is_flag=True, help="Guide the making of a new key.")
@click.option("--verify", is_flag=True, help="Look at the key and say whether it is as declared now.")
@click.option("--copy", is_flag=True, help="Copy what the current step wants pasted to the clipboard.")
@click.option(
    "--tick", "ticks", multiple=True, metavar="STEP", help="Tick a step off, by number or id. Repeatable."
)
@click.option("--untick", "unticks", multiple=True, metavar="STEP", help="Take a tick away. Repeatable.")
@click.option("--start-over", is_flag=True, help="Take all ticks away.")
@click.pass_context
def command(
    ctx: click.Context,
    key: str,
    form: str,
    entry: Entry | None,
    new: bool,
    verify: bool,
    copy: bool,
    ticks: tuple[str, ...],
    unticks: tuple[str, ...],
    start_over: bool,
) -> None:
    """Read, tick, print."""
    from accesscfg.cli.progress import Progress
    from accesscfg.cli.running import finished

    settings = ctx.ensure_object(Settings)
    workspace = context.open_workspace(settings)
    if verify and (new or copy or ticks or unticks or start_over or entry):
        raise UsageError("--verify looks at the key and takes no option but --format")
    if verify:
        with Progress(settings) as progress:
            verification = finished(workspace.verify(key, on_event=progress))
        result(_rendered(verification.guide, verification, workspace, form, settings))
        ctx.exit(verification.exit_code)
    if start_over:
        workspace.start_over(key)
    with Progress(settings) as progress:
        guide = finished(workspace.guide(key, entry=entry, new=new, on_event=progress))
    if ticks or unticks:
        workspace.tick(key, [_step_id(guide, one) for one in ticks])
        workspace.tick(key, [_step_id(guide, one) for one in unticks], done=False)
        guide = workspace.with_ticks(guide)
    result(_rendered(guide, None, workspace, form, settings))
    if copy:
        _copy(guide)


def _rendered(
    guide: Guide, verification: Verification | None, workspace: Workspace, form: str, settings: Settings
) -> str:
    from accesscfg.report import guide_markdown, guide_text
    from accesscfg.report.document import dumps
    from accesscfg.report.guide_document import guide_to_json

    if form == "json":
        return dumps(guide_to_json(guide, verification))
    words = words_of(workspace)
    if form == "markdown":
        if verification is None:
            return guide_markdown.guide_to_markdown(guide)
        return guide_markdown.verification_to_markdown(verification, words)
    width, color = width_of(sys.stdout), wants_color(settings, sys.stdout)
    if verification is None:
        return guide_text.guide_to_text(guide, width=width, color=color)
    return guide_text.verification_to_text(verification, words, width=width, color=color)


def _step_id(guide: Guide, given: str) -> str:
    """The id of a step that is named by its number or id. Raises UsageError where there is none."""
    by_number = {str(place): step.id for place, step in enumerate(guide.steps, 1)}
    if given in by_number:
        return by_number[given]
    if any(step.id == given for step in guide.steps):
        return given
    raise UsageError(
        f"this guide has no step {given!r}", fix="name a step by its number, or by its id in the JSON"
    )


def _copy(guide: Guide) -> None:
    from accesscfg import clipboard

    left = [(place, step) for place, step in enumerate(guide.steps, 1) if step.done is None]
    place, step = next(((place, step) for place, step in left if step.addresses and step.copy), (0, None))
    if step is None:
        note("Nothing copied: no step that is left has addresses to paste.")
        return
    done = clipboard.copy(step.copy or "", os.environ, sys.stderr)
    what = step.addresses[0] if len(step.addresses) == 1 else f"{len(step.addresses)} addresses"
    note(f"Step {place}, {what}: {done.why}.")
