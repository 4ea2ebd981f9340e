"""`accesscfg providers`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from accesscfg.cli.context import Settings
from accesscfg.cli.options import format_option
from accesscfg.cli.output import result, wants_color, width_of

if TYPE_CHECKING:
    from accesscfg.model.profile import Profile

HELP = """Show what each exchange can do: what is shown of a key, and how it is changed.

With NAME all about one exchange: permissions, limits, clocks, the way through its website, sources,
and what is not verified.

\b
  accesscfg providers
  accesscfg providers okx
  accesscfg providers okx --format markdown
  accesscfg providers --format json

The JSON is {"format_version": 1, "exchanges": {NAME: ...}}, see schemas/providers.schema.json.
"""


@click.command(help=HELP)
@click.argument("name", required=False)
@format_option("text", "markdown", "json")
@click.pass_context
def command(ctx: click.Context, name: str | None, form: str) -> None:
    """Print what the profiles say."""
    from accesscfg.exchanges.registry import Profiles
    from accesscfg.model.errors import UsageError
    from accesscfg.report.document import dumps
    from accesscfg.report.providers_json import providers_to_json

    settings = ctx.ensure_object(Settings)
    known = Profiles()
    names = known.names() if name is None else (name,)
    profiles = [profile for one in names if (profile := known.get(one)) is not None]
    if not profiles:
        raise UsageError(f"there is no exchange {name!r}", fix=f"it is one of {', '.join(known.names())}")
    if form == "json":
        result(dumps(providers_to_json(profiles)))
    else:
        result(_told(profiles, name is None, form, settings))


def _told(profiles: Sequence[Profile], overview: bool, form: str, settings: Settings) -> str:
    from accesscfg.report import providers

    if form == "markdown":
        return (
            providers.providers_to_markdown(profiles)
            if overview
            else providers.provider_to_markdown(profiles[0])
        )
    width, color = width_of(sys.stdout), wants_color(settings, sys.stdout)
    if overview:
        return providers.providers_to_text(profiles, width=width, color=color)
    return providers.provider_to_text(profiles[0], width=width, color=color)
