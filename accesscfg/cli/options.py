"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from accesscfg.cli import context
from accesscfg.cli.context import Settings
from accesscfg.model.errors import AccesscfgError

_F = TypeVar("_F", bound=Callable[..., Any])


def format_option(*formats: str) -> Callable[[_F], _F]:
    """`--format`; the first one is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How the result is written.",
    )


def target_option() -> Callable[[_F], _F]:
    """`--target`, which narrows a run."""
    return click.option(
        "--target",
        "targets",
        multiple=True,
        metavar="SELECTOR",
        shell_complete=complete_keys,
        help="Only these keys: a path or glob (binance-main/*), used_by=NAME or exchange=NAME. Repeatable.",
    )


def detailed_option() -> Callable[[_F], _F]:
    """`--detailed-exitcode`, for pipelines."""
    return click.option(
        "--detailed-exitcode",
        "detailed",
        is_flag=True,
        help="Exit 2 unless every facet is in sync or attested.",
    )


def complete_consents(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """`GUARD=KEY` for the shell: the guards first, then the keys behind the one that was chosen."""
    from accesscfg.model.plan import Guard

    guard, equals, path = incomplete.partition("=")
    if not equals:
        return [f"{one.value}=" for one in Guard if one.value.startswith(guard)]
    return [f"{guard}={name}" for name in complete_keys(ctx, param, path) if "/" in name]


def complete_keys(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Paths of declared keys and accounts, for the shell; nothing where the declaration is not valid."""
    path = ctx.find_root().params.get("path")
    try:
        declaration = context.open_workspace(Settings(path=path)).validate().declaration
    except AccesscfgError:
        return []
    if declaration is None:
        return []
    found = [key.path for account in declaration.accounts for key in account.all_keys()]
    names = dict.fromkeys([*(path.parent for path in found), *map(str, found)])
    return [name for name in names if name.startswith(incomplete)]
