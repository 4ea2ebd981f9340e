"""`accesscfg secrets set`, `check` and `list`."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from accesscfg.cli import context
from accesscfg.cli.context import Settings
from accesscfg.cli.options import complete_keys, format_option
from accesscfg.cli.output import note, result
from accesscfg.model.errors import InvalidDeclaration, UsageError

if TYPE_CHECKING:
    from accesscfg.model.profile import Profile
    from accesscfg.workspace import SecretEntry, Workspace

FIELDS = ("api_key", "api_secret", "private_key", "passphrase", "totp_seed")
HELP = """Put credentials into the sops file, check and list them.

A secret is typed without echo, or piped in; it is never an argument, and never shown.
"""
SET_HELP = """Put the credential of one declared key into the sops file.

On a terminal each field is asked for without echo. In a script, one JSON object comes on standard
input.

\b
  accesscfg secrets set binance-main/reporting
  accesscfg secrets set binance-main/bot --private-key-file bot.pem
  vault-cli get manager | accesscfg secrets set bybit-fund/manager --stdin
      {"api_key": "…", "api_secret": "…"}
"""
CHECK_HELP = """Check the secrets files without opening them.

Each declared key whose secret is held has an entry, nothing is in plain text, the recipients fit. No
identity is needed, so this runs anywhere.

Exit codes: 0 as they should be, 65 not.
"""


@click.group(help=HELP)
def command() -> None:
    """The group of commands about secrets."""


@command.command("set", help=SET_HELP)
@click.argument("key", shell_complete=complete_keys)
@click.option("--stdin", "piped", is_flag=True, help="Read one JSON object of fields from standard input.")
@click.option(
    "--private-key-file",
    "pem",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="The private key in PEM, of an RSA or Ed25519 key; in place of a secret.",
)
@click.option(
    "--file",
    "secrets_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Which secrets file, where there are several.",
)
@click.pass_context
def set_command(
    ctx: click.Context, key: str, piped: bool, pem: Path | None, secrets_file: Path | None
) -> None:
    """Ask for the fields and store them."""
    workspace = context.open_workspace(ctx.ensure_object(Settings))
    profile = profile_of(workspace, key)
    if piped:
        fields = read_fields()
    elif sys.stdin.isatty():
        note(f"The credential of {key} at {profile.name}.")
        fields = ask_fields(profile, pem)
    else:
        raise UsageError(
            "there is no terminal to ask for the secret on",
            fix='pipe {"api_key": …, "api_secret": …} in and add --stdin',
        )
    if pem is not None:
        fields = {**fields, "private_key": read_private_key(pem)}
    file = workspace.secrets_set(key, fields, secrets_file)
    note(f"Stored {', '.join(fields)} of {key} in {file}.")
    if (warning := workspace.secret_in_vain(key)) is not None:
        note(f"warning: {warning}")


def profile_of(workspace: Workspace, key: str) -> Profile:
    """The profile of a declared key's exchange. Raises InvalidDeclaration, or UsageError."""
    validation = workspace.validate()
    if validation.declaration is None:
        raise InvalidDeclaration(validation.findings)
    accounts = validation.declaration.accounts
    exchanges = {str(one.path): one.exchange for account in accounts for one in account.all_keys()}
    profile = workspace.profiles.get(exchanges[key]) if key in exchanges else None
    if profile is None:
        near = difflib.get_close_matches(key, exchanges, n=1)
        raise UsageError(
            f"no key {key} is declared",
            fix=f"did you mean {near[0]}?" if near else "declare it first; a path is account/key",
        )
    return profile


def ask_fields(profile: Profile, pem: Path | None) -> dict[str, str]:
    """Ask for the fields that a key of this exchange has, without echo."""
    names = ["api_key"]
    if pem is None:
        if "hmac" not in profile.credential_kinds:
            raise UsageError(
                f"keys of {profile.name} sign with a private key", fix="add --private-key-file FILE"
            )
        names.append("api_secret")
    elif profile.credential_kinds <= {"hmac"}:
        raise UsageError(f"keys of {profile.name} sign with a secret, not with a private key")
    if profile.needs_passphrase:
        names.append("passphrase")
    note("What you type is not shown.")
    return {name: click.prompt(name, hide_input=True, err=True, type=str).strip() for name in names}


def read_private_key(file: Path) -> str:
    """The text of the file. Raises UsageError, which never quotes it."""
    try:
        return file.read_text(encoding="ascii")
    except OSError as error:
        why = error.strerror
    except UnicodeDecodeError:  # it holds the file's bytes
        why = "it is no PEM text"
    raise UsageError(f"the private key cannot be read ({why})", where=str(file))


def read_fields() -> dict[str, str]:
    """The JSON object on standard input. Raises UsageError, which never quotes what came."""
    try:
        fields = json.load(sys.stdin)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, Mapping) or not fields:
        raise UsageError("standard input is no JSON object", fix=f"its fields are {', '.join(FIELDS)}")
    strange = len(set(fields) - set(FIELDS))
    if strange:
        from accesscfg.report.words import count

        raise UsageError(
            f"standard input has {count(strange, 'field')} that a credential does not have",
            fix=f"its fields are {', '.join(FIELDS)}",
        )
    empty = [name for name, value in fields.items() if not isinstance(value, str) or not value.strip()]
    if empty:
        raise UsageError(f"{', '.join(empty)} must be text that is not empty")
    return dict(fields)


@command.command("check", help=CHECK_HELP)
@format_option("text", "json")
@click.pass_context
def check_command(ctx: click.Context, form: str) -> None:
    """Print the findings."""
    from accesscfg.cli.render import findings_exit_code, render_findings

    findings = context.open_workspace(ctx.ensure_object(Settings)).secrets_check()
    result(render_findings(findings, form, "the secrets files are as they should be"))
    ctx.exit(findings_exit_code(findings))


@command.command("list", help="List the entries of the secrets files, by name.\n\nNothing is opened.")
@format_option("text", "json")
@click.pass_context
def list_command(ctx: click.Context, form: str) -> None:
    """Print the entries."""
    entries = context.open_workspace(ctx.ensure_object(Settings)).secrets_list()
    result(entries_json(entries) if form == "json" else entries_text(entries))


def entries_json(entries: list[SecretEntry]) -> str:
    """The entries as JSON."""
    return json.dumps(
        [
            {"key": one.path, "fields": list(one.fields), "file": str(one.file), "declared": one.declared}
            for one in entries
        ],
        indent=2,
    )


def entries_text(entries: list[SecretEntry]) -> str:
    """The entries one a line: key path, names of its fields, file."""
    from accesscfg.report.clean import plain

    if not entries:
        return "no entries"
    widest = max(len(one.path) for one in entries)
    longest = max(len(", ".join(one.fields)) for one in entries)
    lines = []
    for one in entries:
        strange = "" if one.declared else "  (no such key is declared)"
        fields = ", ".join(one.fields)
        lines.append(plain(f"{one.path:<{widest}}  {fields:<{longest}}  {one.file}{strange}"))
    return "\n".join(lines)
