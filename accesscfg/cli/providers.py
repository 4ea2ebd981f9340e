"""`accesscfg providers`."""

from __future__ import annotations

import sys

import click

from accesscfg.cli.context import Settings
from accesscfg.cli.options import format_option
from accesscfg.cli.output import result, wants_color, width_of

HELP = """Show what each exchange can do: what is shown of a key, and how it is changed.

With NAME all about one exchange: permissions, limits, clocks, the way through its website, sources,
and what is not verified.

\b
  accesscfg providers
  accesscfg providers okx
  accesscfg providers --format json
"""


@click.command(help=HELP)
@click.argument("name", required=False)
@format_option("text", "json")
@click.pass_context
def command(ctx: click.Context, name: str | None, form: str) -> None:
    """Print what the profiles say."""
    from accesscfg.exchanges.registry import Profiles
    from accesscfg.model.errors import UsageError
    from accesscfg.report.document import dumps
    from accesscfg.report.providers import profile_to_json, provider_to_text, providers_to_text

    settings = ctx.ensure_object(Settings)
    known = Profiles()
    names = known.names() if name is None else (name,)
    profiles = [profile for one in names if (profile := known.get(one)) is not None]
    if not profiles:
        raise UsageError(f"there is no exchange {name!r}", fix=f"it is one of {', '.join(known.names())}")
    width, color = width_of(sys.stdout), wants_color(settings, sys.stdout)
    if form == "json":
        result(dumps({profile.exchange: profile_to_json(profile) for profile in profiles}))
    elif name is None:
        result(providers_to_text(profiles, width=width, color=color))
    else:
        result(provider_to_text(profiles[0], width=width, color=color))
