"""The top of the command line: global options, and commands that are imported only when they are used."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from accesscfg import __version__
from accesscfg.cli.context import Settings
from accesscfg.cli.failures import exit_code_of
from accesscfg.cli.output import open_streams
from accesscfg.cli.signals import ended_like_ctrl_c

# each command's module below accesscfg.cli, and its line in the top-level help
COMMANDS = {
    "init": "Make a new workspace.",
    "validate": "Check the declaration, offline.",
    "secrets": "Put credentials into the sops file, check and list them.",
    "plan": "Show what differs between the declaration and the live exchanges.",
    "apply": "Remove the differences by API, and say what is left for the website.",
    "guide": "Guide the manual fix of one key on its exchange's website, and verify it.",
    "attest": "Record that a person found what no exchange shows as declared.",
    "adopt": "Take over into the declaration what is live of one key.",
    "status": "Show the state of each key.",
    "tui": "Open the terminal UI: every key on one board.",
    "providers": "Show what each exchange can do.",
    "sandbox": "Serve simulators of the exchanges.",
    "demo": "See it all work on a throw-away workspace.",
}

HELP = """Access configuration as code for crypto exchanges.

A git repository declares which API keys exist, what each may do, and from which addresses. Secrets
are encrypted by sops in the same repository. accesscfg shows where the live exchanges differ,
removes the differences by API where there is one, and tells exactly what to do on the website where
there is none.

\b
  accesscfg demo                         see it all work, without an account
  accesscfg init                         make a workspace in this folder
  accesscfg validate                     check the declaration, offline
  accesscfg secrets set binance-main/bot put a credential into the sops file
  accesscfg plan                         what differs? (reads only)
  accesscfg apply                        remove the differences, after asking
"""
EPILOG = """Exit codes: 0 done, 1 error, 2 differences or manual steps remain, 3 something is unknown, 4
refused, 5 partly applied, 6 locked, 64 wrong usage, 65 invalid declaration, 77 secrets, 130
interrupted.

Shell completion, also of key paths: put one of these where your shell starts.

\b
  eval "$(_ACCESSCFG_COMPLETE=bash_source accesscfg)"
  eval "$(_ACCESSCFG_COMPLETE=zsh_source accesscfg)"
  _ACCESSCFG_COMPLETE=fish_source accesscfg | source
"""


class LazyGroup(click.Group):
    """Knows its commands by name and imports one when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of a user's day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"accesscfg.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called, or a usage error with the nearest name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            close = get_close_matches(args[0], COMMANDS, n=1)
            meant = f" Did you mean {close[0]}?" if close else f" There are: {', '.join(COMMANDS)}."
            ctx.fail(f"No such command {args[0]!r}.{meant}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup, help=HELP, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "-c",
    "--config",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE_OR_FOLDER",
    help="The declaration, or the folder that holds exchanges.yaml.  [default: this folder]",
)
@click.option("--no-color", is_flag=True, help="No colours; the variable NO_COLOR says the same.")
@click.option("-v", "--verbose", is_flag=True, help="Tell on standard error what is asked and waited for.")
@click.version_option(__version__, prog_name="accesscfg", message="%(prog)s %(version)s")
@click.pass_context
def group(ctx: click.Context, path: Path | None, no_color: bool, verbose: bool) -> None:
    """The global options; they become the Settings that every command gets."""
    if verbose:
        from accesscfg.cli.logs import log_to_stderr

        log_to_stderr()
    ctx.obj = Settings(path=path, no_color=no_color, verbose=verbose)


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command; every error becomes a message on standard error and an exit code."""
    open_streams()
    with exit_code_of() as ending, ended_like_ctrl_c():
        code = group.main(
            args=None if argv is None else list(argv), prog_name="accesscfg", standalone_mode=False
        )
        ending.code = code if isinstance(code, int) else 0
    return ending.code
