"""`.sops.yaml`: whom files are encrypted for, and which part of them. Made by `init`, checked without a key.

sops takes the first `.sops.yaml` from a file's folder upwards, and in it the first rule whose path_regex
matches the file's path from that folder. It ignores an option that it does not know: a misspelt path_regex
matches every file, a misspelt encrypted_regex leaves fields in plain text. That is why each name is checked
here.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accesscfg.model.findings import Finding, Mark
from accesscfg.secrets.recipients import Groups, groups_of_rule

RULES_FILE = ".sops.yaml"
ENCRYPTED_REGEX = "^keys$"
PATH_REGEX = r"[^/]\.sops\.yaml$"  # with the first part, so that it does not mean the rules file itself

_TOP = ("creation_rules", "destination_rules", "stores")
_OPTIONS = [
    "path_regex",
    "kms",
    "aws_profile",
    "age",
    "pgp",
    "gcp_kms",
    "hckms",
    "azure_keyvault",
    "hc_vault_transit_uri",
    "key_groups",
    "shamir_threshold",
    "unencrypted_suffix",
    "encrypted_suffix",
    "unencrypted_regex",
    "encrypted_regex",
    "unencrypted_comment_regex",
    "encrypted_comment_regex",
    "mac_only_encrypted",
]
_OTHER_SELECTIONS = {name for name in _OPTIONS if name.startswith(("encrypted_", "unencrypted_"))}
_OTHER_SELECTIONS ^= {"encrypted_regex", "mac_only_encrypted"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One creation rule. `number` counts from 1; `groups` is whom it encrypts for.

    `selects_keys`: it encrypts all that stands under `keys`, by that one option and no other.
    """

    number: int
    path_regex: str | None
    groups: Groups
    selects_keys: bool

    def matches(self, relative: str) -> bool:
        """Whether the rule is for the file with this path from the rules file's folder."""
        return self.path_regex is None or re.search(self.path_regex, relative) is not None


@dataclass(frozen=True, slots=True)
class Rules:
    """A `.sops.yaml` that was read."""

    file: Path
    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...]

    def rule_for(self, file: Path) -> Rule | None:
        """The rule that sops would take for the file."""
        relative = file.resolve().relative_to(self.file.resolve().parent).as_posix()
        return next((rule for rule in self.rules if rule.matches(relative)), None)


def find_rules(file: Path) -> Path | None:
    """The `.sops.yaml` that holds for a file, or for what will be made there."""
    for folder in file.resolve().parents:
        if (folder / RULES_FILE).is_file():
            return folder / RULES_FILE
    return None


def sops_config(recipients: Sequence[str]) -> str:
    """The text of a `.sops.yaml` that encrypts secrets files for these age recipients (at least one)."""
    if not recipients:
        raise ValueError("a rule needs at least one recipient")
    return (
        "# Who can open the secrets files: age recipients, joined by commas.\n"
        "# After a change run: sops updatekeys FILE. Who is taken off can still open what git remembers.\n"
        "creation_rules:\n"
        f"    - path_regex: '{PATH_REGEX}'\n"
        f"      encrypted_regex: {ENCRYPTED_REGEX}\n"
        f"      age: {','.join(recipients)}\n"
    )


def load_rules(file: Path) -> Rules:
    """Read a `.sops.yaml`; all mistakes are in `findings`. It holds no secret, so they may quote it."""
    notes = _Notes(str(file))
    data = notes.read(file)
    notes.names(data, _TOP, "the file")
    raw = data.get("creation_rules") if isinstance(data, dict) else None
    if not isinstance(raw, list) or not raw:
        notes.error("bad_rules", "has no creation_rules, so sops does not know whom to encrypt for")
        raw = []
    rules = [_rule(number, item, notes) for number, item in enumerate(raw, 1)]
    return Rules(file, tuple(rule for rule in rules if rule is not None), tuple(notes.findings))


def check_rules(file: Path) -> list[Finding]:
    """Every mistake in a `.sops.yaml`, the misspelt names that sops ignores among them."""
    return list(load_rules(file).findings)


class _Notes:
    def __init__(self, where: str) -> None:
        self._where = where
        self.findings: list[Finding] = []

    def error(self, code: str, message: str, hint: str | None = None) -> None:
        self.findings.append(Finding("error", code, message, self._where, hint))

    def read(self, file: Path) -> Any:
        import yaml

        try:
            return yaml.safe_load(file.read_text("utf-8-sig"))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            where = Mark(str(file), mark.line + 1, mark.column + 1) if mark else str(file)
            self.findings.append(Finding("error", "bad_rules", "is not YAML", where))
        except (OSError, ValueError, yaml.YAMLError, RecursionError):
            self.error("bad_rules", "cannot be read as YAML")
        return None

    def names(self, data: Any, known: Sequence[str], place: str) -> None:
        for name in data if isinstance(data, dict) else ():
            if name in known:
                continue
            near = difflib.get_close_matches(str(name), known, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
            self.error("unknown_option", f"{place} has {name!r}, which sops ignores without a word", hint)


def _rule(number: int, item: Any, notes: _Notes) -> Rule | None:
    place = f"rule {number}"
    if not isinstance(item, dict):
        notes.error("bad_rules", f"{place} is no map")
        return None
    notes.names(item, _OPTIONS, place)
    pattern = _pattern(item, place, notes)
    groups = groups_of_rule(item)
    if not any(groups):
        notes.error("bad_rules", f"{place} names nobody to encrypt for", "age: age1…,age1…")
    return Rule(number, pattern, groups, _selects_keys(item))


def _pattern(item: Mapping[str, Any], place: str, notes: _Notes) -> str | None:
    pattern = item.get("path_regex")
    if pattern is None:
        return None
    try:
        re.compile(pattern)
    except (re.error, TypeError):
        notes.error("bad_rules", f"{place} has a path_regex that is no regular expression")
        return r"(?!)"
    return str(pattern)


def _selects_keys(item: Mapping[str, Any]) -> bool:
    return item.get("encrypted_regex") == ENCRYPTED_REGEX and not _OTHER_SELECTIONS & item.keys()
