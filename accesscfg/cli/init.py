"""`accesscfg init`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from accesscfg.cli.output import result

if TYPE_CHECKING:
    from accesscfg.workspace_init import InitReport

HELP = """Make a new workspace.

An example declaration, .sops.yaml, an age identity where none is there, and editor settings.
Nothing that is there is overwritten.

\b
  accesscfg init
  accesscfg init infra/exchanges --exchange bybit --pre-commit --ci github
"""


@click.command(help=HELP)
@click.argument("folder", required=False, default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--exchange", metavar="NAME", help="Start with an account of this exchange (accesscfg providers)."
)
@click.option("--pre-commit", is_flag=True, help="Add checks that run before each commit.")
@click.option(
    "--ci", type=click.Choice(["github", "gitlab"]), help="Add jobs: plan on a request, apply on main."
)
def command(
    folder: Path, exchange: str | None, pre_commit: bool, ci: Literal["github", "gitlab"] | None
) -> None:
    """Make it, and say what was made."""
    from accesscfg.exchanges.registry import Profiles
    from accesscfg.model.errors import UsageError
    from accesscfg.workspace_init import init_workspace

    if exchange is not None and exchange not in Profiles().names():
        raise UsageError(
            f"there is no exchange {exchange!r}", fix=f"it is one of {', '.join(Profiles().names())}"
        )
    report = init_workspace(folder, exchange=exchange, pre_commit=pre_commit, ci=ci)
    result(report_text(report, None if folder.resolve() == Path.cwd() else folder))


def report_text(report: InitReport, elsewhere: Path | None) -> str:
    """What was made, where the identity is and that it must be backed up, and what to do next."""
    lines = ["Made:"] if report.files else ["Everything was there already."]
    widest = max((len(str(path)) for path, _ in report.files), default=0)
    lines += [f"  {path!s:<{widest}}  {what}" for path, what in report.files]
    made = (
        "A new age identity was made" if report.identity_made else "The age identity that was there is used"
    )
    lines += [
        "",
        f"{made}: {report.identity}",
        f"  its public half: {report.recipient}",
        "  Back it up somewhere safe and apart from the repository: without it nobody can open the secrets.",
    ]
    if report.next_steps:
        steps = ([] if elsewhere is None else [f"cd {elsewhere}"]) + list(report.next_steps)
        lines += ["", "Next:", *(f"  {step}" for step in steps)]
    return "\n".join(lines)
