"""`accesscfg sandbox serve` and `accesscfg sandbox website`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from accesscfg.cli import context
from accesscfg.cli.context import Settings
from accesscfg.cli.options import complete_keys
from accesscfg.cli.output import note, result
from accesscfg.model.errors import AccesscfgError, UsageError

if TYPE_CHECKING:
    from accesscfg.sandbox import World

SERVE_HELP = """Serve simulators of the exchanges on this machine, until Ctrl-C.

Each exchange is below http://127.0.0.1:PORT/<exchange>, with its real paths. They check signatures,
addresses, permissions, clocks and rate limits as the exchange does. Point accesscfg at them with
the line that is printed.

\b
  accesscfg sandbox serve                   the example's world, with drift
  accesscfg sandbox serve --from-workspace  a world like your declaration
  accesscfg sandbox serve --world world.yaml --port 8400 --latency 50

It stays in front: run it in one terminal, and paste the printed line into another.
"""


WEBSITE_HELP = """Do on the sandbox's website what the guide of a key says, as a person would.

For trying guided fixes: the guide in one terminal, this in another. What the website refuses is
told. ACCESSCFG_SANDBOX names the sandbox.

\b
  accesscfg guide kraken-main/bot              what is to be done
  accesscfg sandbox website kraken-main/bot    somebody does it
  accesscfg guide kraken-main/bot --verify
"""


@click.group(help="Serve simulators of the exchanges.")
def command() -> None:
    """The group of commands about the sandbox."""


@command.command("serve", help=SERVE_HELP)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="The port.  [default: a free one]"
)
@click.option(
    "--world",
    "world_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="The world to serve, in YAML.",
)
@click.option(
    "--from-workspace", is_flag=True, help="Serve a world, made in memory, that matches the declaration."
)
@click.option(
    "--latency", type=click.FloatRange(min=0), default=0, metavar="MS", help="Wait before each answer."
)
@click.pass_context
def serve_command(
    ctx: click.Context, port: int, world_file: Path | None, from_workspace: bool, latency: float
) -> None:
    """Make the world and serve it."""
    from accesscfg.sandbox import serve

    if from_workspace and world_file is not None:
        raise UsageError("two worlds are named", fix="--from-workspace, or --world FILE")
    if not from_workspace and world_file is None:
        from accesscfg.resources import examples_path

        world_file = examples_path() / "sandbox-world.yaml"
    world = read_world(ctx.ensure_object(Settings), world_file)
    try:
        serve(world, port, latency, ready=told)
    except OSError as error:
        raise AccesscfgError(
            f"port {port} cannot be used ({error.strerror})", fix="name another port, or none for a free one"
        ) from None


@command.command("website", help=WEBSITE_HELP)
@click.argument("key", shell_complete=complete_keys)
@click.pass_context
def website_command(ctx: click.Context, key: str) -> None:
    """Look at the key, and do its steps."""
    from accesscfg.cli.progress import Progress
    from accesscfg.cli.running import finished
    from accesscfg.demo.person import Person

    settings = ctx.ensure_object(Settings)
    workspace = context.open_workspace(settings)
    if workspace.sandbox_url is None:
        raise UsageError(
            "there is no sandbox to do it in", fix="accesscfg sandbox serve prints the line that names one"
        )
    declaration = workspace.load()
    exchanges = {account.name: account.exchange for account in declaration.accounts}
    key_ids = {str(key.path): key.key_id for key in declaration.all_keys() if key.key_id is not None}
    with Progress(settings) as progress:
        guide = finished(workspace.guide(key, on_event=progress))
    made = Person(workspace.sandbox_url, exchanges, key_ids).follow(guide)
    done = f"{len(guide.steps)} steps done at the simulated {guide.exchange_name}."
    result(done if guide.steps else f"Nothing to do: {key} is as declared.")
    for one in made:
        passphrase = f", passphrase {one['passphrase']}" if "passphrase" in one else ""
        result(
            f"The new key, shown this once: {one['key']['api_key']}, secret {one['api_secret']}{passphrase}"
        )


def told(url: str) -> None:
    """Say where the sandbox is."""
    result(f"export ACCESSCFG_SANDBOX={url}")
    note("Serving until Ctrl-C. That line sends the traffic of accesscfg here.")


def read_world(settings: Settings, file: Path | None) -> World:
    """The world of a file, or the one that matches the declaration. Raises AccesscfgError."""
    from accesscfg.cli.running import finished
    from accesscfg.sandbox import World, WorldError

    try:
        if file is None:
            return World.from_yaml(finished(context.open_workspace(settings).rehearsal_world()))
        return World.from_yaml(file.read_text(encoding="utf-8"))
    except WorldError as error:
        raise AccesscfgError(
            str(error), where="the declaration's world" if file is None else str(file)
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise AccesscfgError(f"the world cannot be read ({type(error).__name__})", where=str(file)) from None
