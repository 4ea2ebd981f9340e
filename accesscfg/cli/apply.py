"""`accesscfg apply`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from accesscfg.cli import context
from accesscfg.cli.context import Settings, words_of
from accesscfg.cli.failures import INTERRUPTED
from accesscfg.cli.options import complete_consents, format_option, target_option
from accesscfg.cli.output import note, result
from accesscfg.model.errors import UsageError

if TYPE_CHECKING:
    from accesscfg.model.plan import ApplyResult, Plan
    from accesscfg.workspace import Workspace

HELP = """Remove the differences by API, read every change back, and say what is left for the website.

Without PLAN it plans, shows the plan and asks for the word yes. With PLAN (from `accesscfg plan
--out`) it applies exactly that: the differences are computed again, and a plan that differs is
refused.

A guard refuses what could lock somebody out or open a door, unless that one thing is allowed for
that one key. The plan prints the option to use. Ctrl-C ends between two calls and says where.

\b
  accesscfg apply
  accesscfg apply today.plan.json
  accesscfg apply --auto-approve --only revokes
  accesscfg apply --allow last-address=bybit-fund/grid-1/bot

Exit codes: 0 done, 2 manual steps remain, 3 something is unknown, 4 refused and nothing written, 5
partly applied, 6 locked by another run, 130 interrupted before any write.
"""


@dataclass(frozen=True, slots=True)
class Request:
    """The options of one apply."""

    saved: Mapping[str, object] | None
    ask: bool
    only: Literal["grants", "revokes"] | None
    allow: tuple[str, ...]
    targets: tuple[str, ...]
    form: str


@click.command(help=HELP)
@click.argument(
    "plan_file", metavar="[PLAN]", required=False, type=click.Path(path_type=Path, dir_okay=False)
)
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--only", type=click.Choice(["revokes", "grants"]), help="Make only changes of this direction.")
@click.option(
    "--allow",
    multiple=True,
    metavar="GUARD=KEY",
    shell_complete=complete_consents,
    help="Allow what a guard refuses, for one key. Repeatable.",
)
@target_option()
@format_option("text", "json", "markdown")
@click.pass_context
def command(
    ctx: click.Context,
    plan_file: Path | None,
    auto_approve: bool,
    only: Literal["grants", "revokes"] | None,
    allow: tuple[str, ...],
    targets: tuple[str, ...],
    form: str,
) -> None:
    """Plan or refit, ask, apply, print."""
    from accesscfg.cli.render import render_apply
    from accesscfg.model.plan import apply_exit_code
    from accesscfg.policy.guards import consents

    settings = ctx.ensure_object(Settings)
    consents(allow)  # what cannot be meant is said before anything is asked
    saved = None if plan_file is None else read_plan(plan_file, targets)
    ask = saved is None and not auto_approve
    if ask and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "apply has nobody to ask: there is no terminal",
            fix="give it a plan made by `accesscfg plan --out FILE`, or --auto-approve",
        )
    request = Request(saved, ask, only, allow, targets, form)
    workspace = context.open_workspace(settings)
    with workspace.locked("apply"):
        plan = make_plan(workspace, request, settings)
        show_plan(plan, workspace, request, settings)
        workspace.refuse(plan, allow, only)  # nobody is asked about what would be refused then
        if ask and would_write(plan, only) and not confirmed(plan, only):
            note("The answer was not yes. Nothing was written.")
            ctx.exit(INTERRUPTED)
        outcome = make_changes(workspace, plan, request, settings)
    if form == "text" and not would_write(plan, only):
        from accesscfg.report.outcome import outcome_counts

        result("\n".join(["Nothing to do by API.", *outcome_counts(outcome)]))
    else:
        result(render_apply(outcome, words_of(workspace), form, settings))
    ctx.exit(apply_exit_code(outcome))


def read_plan(file: Path, targets: tuple[str, ...]) -> Mapping[str, object]:
    """The JSON of a saved plan. Raises UsageError."""
    if targets:
        raise UsageError(
            "PLAN and --target do not go together", why="a saved plan says itself which keys it is for"
        )
    try:
        saved = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"the plan cannot be read ({error.strerror})", where=str(file)) from None
    except (ValueError, RecursionError):
        saved = None
    if not isinstance(saved, dict):
        raise UsageError("this is no saved plan", where=str(file), fix="make one: accesscfg plan --out FILE")
    return saved


def make_plan(workspace: Workspace, request: Request, settings: Settings) -> Plan:
    """The plan to apply: a new one, or the saved one computed again."""
    from accesscfg.cli.progress import Progress
    from accesscfg.cli.running import finished

    with Progress(settings) as progress:
        if request.saved is not None:
            return finished(workspace.refit(request.saved, on_event=progress))
        return finished(workspace.plan(request.targets, on_event=progress))


def show_plan(plan: Plan, workspace: Workspace, request: Request, settings: Settings) -> None:
    """The plan as text: part of a text result, else for the person who is asked.

    The steps on websites come with the result, where there will be one, so that the changes stay on the screen.
    """
    from accesscfg.cli.render import render_plan

    words, website = words_of(workspace), not would_write(plan, request.only)
    if request.form == "text":
        result(render_plan(plan, words, "text", settings, website=website))
    elif request.ask:
        sys.stderr.write(render_plan(plan, words, "text", settings, sys.stderr, website=website))


def would_write(plan: Plan, only: str | None) -> bool:
    """Whether applying the plan sends anything that writes."""
    return by_api(plan, only) > 0


def by_api(plan: Plan, only: str | None) -> int:
    """How many changes of the plan can be made by API, of one direction or of all."""
    from accesscfg.model.plan import Means

    return sum(
        change.means is Means.API and (only is None or change.direction == only) for change in plan.changes
    )


def confirmed(plan: Plan, only: str | None) -> bool:
    """Ask for the word yes, naming how much is about to be written; anything else, Enter too, is a no."""
    from accesscfg.report.words import count

    narrowed = f" (only {only})" if only else ""
    changes = f"{count(by_api(plan, only), 'change')} by API{narrowed}"
    sys.stderr.write(f"\nApply {changes}? Only the word yes is taken as consent: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == "yes"


def make_changes(workspace: Workspace, plan: Plan, request: Request, settings: Settings) -> ApplyResult:
    """Apply the plan; a signal ends it between two calls."""
    from accesscfg.cli.progress import Progress
    from accesscfg.cli.running import finished
    from accesscfg.cli.signals import stopped_by_signals

    async def run(progress: Progress) -> ApplyResult:
        with stopped_by_signals() as stop:
            return await workspace.apply(
                plan, allow=request.allow, only=request.only, on_event=progress, stop=stop
            )

    with Progress(settings) as progress:
        return finished(run(progress))
