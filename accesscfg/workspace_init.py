"""A new workspace that works at once. What is there already is never overwritten; the declaration is written last."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from accesscfg.model.errors import AccesscfgError
from accesscfg.resources import ci_path, schema_path
from accesscfg.secrets import default_identity_path, recipient_of, sops_config, update_secrets, write_identity

SECRETS = "secrets.sops.yaml"
SCHEMA = ".vscode/accesscfg-workspace.schema.json"
ATTESTATIONS_SCHEMA = ".vscode/accesscfg-attestations.schema.json"
IGNORED = (
    ".accesscfg/",
    ".accesscfg.lock",
    ".accesscfg-*.sops.yaml",
    ".accesscfg-*.attestations.yaml",
    "*.agekey",
    "keys.txt",
    "*.dec.*",
)

DECLARATION = """\
# yaml-language-server: $schema={schema}
#
# Which API keys exist, what each may do, and from where. `accesscfg validate` checks this file offline,
# `accesscfg plan` compares it with the live exchanges.
version: 1

policies:
  forbid: [withdraw]                 # no key may move funds off an exchange
  require_ip_whitelist: trading      # a key that can trade is usable from declared addresses only

exchanges:{body}
"""

ACCOUNT = """
  {exchange}-main:
    exchange: {exchange}
    keys:
      reporting:
        permissions: [read]
        ip_whitelist: [203.0.113.10]   # a documentation address: put your own here
"""

EXAMPLE = """ {}
#  binance-main:
#    exchange: binance               # `accesscfg providers` lists them
#    keys:
#      reporting:
#        permissions: [read]
#        ip_whitelist: [203.0.113.10]
"""

PRE_COMMIT = """\
repos:
  - repo: local
    hooks:
      - id: accesscfg-validate
        name: accesscfg validate
        entry: accesscfg validate
        language: system
        pass_filenames: false
      - id: accesscfg-secrets
        name: accesscfg secrets check
        entry: accesscfg secrets check
        language: system
        pass_filenames: false
"""


@dataclass(frozen=True, slots=True)
class InitReport:
    """What was made. `files`: path and what it is; `identity` opens the secrets and must be backed up."""

    files: tuple[tuple[Path, str], ...]
    identity: Path
    identity_made: bool
    recipient: str
    next_steps: tuple[str, ...]


def init_workspace(
    folder: Path, *, exchange: str | None, pre_commit: bool, ci: Literal["github", "gitlab"] | None
) -> InitReport:
    """Make a workspace in the folder. Raises AccesscfgError when there is one already."""
    declaration = folder / "exchanges.yaml"
    if declaration.exists():
        raise AccesscfgError(
            "there is a workspace already", where=str(declaration), fix="run init in another folder"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _make(folder, declaration, exchange, pre_commit, ci)
    except OSError as error:
        raise AccesscfgError(
            f"a file cannot be written ({error.strerror})",
            where=str(error.filename or folder),
            fix="make the folder writable, then run init again; it goes on where it stopped",
        ) from None


def _make(
    folder: Path,
    declaration: Path,
    exchange: str | None,
    pre_commit: bool,
    ci: Literal["github", "gitlab"] | None,
) -> InitReport:
    made: list[tuple[Path, str]] = []

    def put(name: str, text: str, what: str) -> None:
        path = folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            made.append((path, what))

    identity, new, recipient = _identity()
    put(".sops.yaml", sops_config([recipient]), "who can open the secrets")
    if not (folder / SECRETS).exists():
        update_secrets(folder / SECRETS, {})
        made.append((folder / SECRETS, "the credentials, encrypted; empty so far"))
    _ignore(folder, made)
    put(SCHEMA, schema_path("workspace").read_text(), "completion and hovers for editors")
    put(ATTESTATIONS_SCHEMA, schema_path("attestations").read_text(), "the same for attestations.yaml")
    schemas = {SCHEMA: "exchanges.yaml", ATTESTATIONS_SCHEMA: "attestations.yaml"}
    put(".vscode/settings.json", json.dumps({"yaml.schemas": schemas}, indent=2) + "\n", "editor settings")
    if pre_commit:
        put(".pre-commit-config.yaml", PRE_COMMIT, "checks before each commit")
    if ci is not None:
        _ci(folder, ci, put)
    body = EXAMPLE if exchange is None else ACCOUNT.format(exchange=exchange)
    put("exchanges.yaml", DECLARATION.format(schema=SCHEMA, body=body.rstrip("\n")), "the declaration")
    return InitReport(tuple(made), identity, new, recipient, _next_steps(exchange))


def _identity() -> tuple[Path, bool, str]:
    """The age identity that sops will find: the one that is there, or a new one of mode 0600."""
    path = default_identity_path()
    if path.exists():
        return path, False, recipient_of(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path, True, write_identity(path).recipient


def _ignore(folder: Path, made: list[tuple[Path, str]]) -> None:
    path = folder / ".gitignore"
    lines = path.read_text().splitlines() if path.exists() else []
    missing = [line for line in IGNORED if line not in lines]
    if missing:
        path.write_text("\n".join([*lines, *missing]) + "\n")
        made.append((path, "keeps local files and identities out of git"))


def _ci(folder: Path, ci: Literal["github", "gitlab"], put: Callable[[str, str, str], None]) -> None:
    source = ci_path()
    name = ".github/workflows/accesscfg.yml" if ci == "github" else ".gitlab-ci.yml"
    put(
        name,
        (source / f"{ci}.yml").read_text(),
        "plan on a pull request, apply on main; docs/ci.md tells how to set it up",
    )
    put("ci/accesscfg/install.sh", (source / "install.sh").read_text(), "installs accesscfg and sops in CI")
    (folder / "ci/accesscfg/install.sh").chmod(0o755)


def _next_steps(exchange: str | None) -> tuple[str, ...]:
    if exchange is None:
        return (
            "declare your keys in exchanges.yaml",
            "accesscfg validate",
            "accesscfg secrets set ACCOUNT/KEY",
        )
    return (
        "put your addresses and keys into exchanges.yaml",
        "accesscfg validate",
        f"accesscfg secrets set {exchange}-main/reporting",
        "accesscfg plan",
    )
