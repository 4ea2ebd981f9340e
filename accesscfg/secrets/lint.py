"""The check of secrets files that needs no key: nothing in plain text, nothing retyped, the right recipients.

It works from the file as YAML nodes, so each finding has its line; it never decrypts and never shows a value.
sops' own `filestatus` only looks whether metadata and a MAC are there: a file with a plain value inside
passes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from accesscfg.model.errors import SecretsError
from accesscfg.model.findings import Finding, Mark
from accesscfg.secrets.entries import fields_fault, id_fault
from accesscfg.secrets.failures import LEAKED
from accesscfg.secrets.nodes import FileNodes, is_empty, load, sops_metadata
from accesscfg.secrets.recipients import UNCOMPARED, Groups, groups_of_file, unknown_backends
from accesscfg.secrets.rules import ENCRYPTED_REGEX, RULES_FILE, find_rules, load_rules

_ENCRYPTED = re.compile(
    r"ENC\[AES256_GCM,data:[A-Za-z0-9+/]+=*,iv:[A-Za-z0-9+/]+=*,tag:[A-Za-z0-9+/]+=*,"
    r"type:(str|int|float|bool|bytes|time|comment)\]"
)
_PLAIN_COMMENT = re.compile(r"(?:^|\s)#(?!ENC\[)")
_OTHER_SELECTIONS = [
    "unencrypted_suffix",
    "encrypted_suffix",
    "unencrypted_regex",
    "unencrypted_comment_regex",
    "encrypted_comment_regex",
    "mac_only_encrypted",
]


def check_file(file: Path, *, text: str | None = None) -> list[Finding]:
    """Everything wrong with one secrets file, in file order, and with the rule it is encrypted by.

    `text` is checked instead of what the file holds now: what will be written there, or what is staged.
    Raises nothing; a file that cannot be read is a finding too.
    """
    try:
        nodes = load(file, text)
    except SecretsError as error:
        return [Finding("error", error.code, error.what, str(file), error.fix)]
    if file.suffix not in (".yaml", ".yml", ".json"):
        nodes.error(
            "file_name", "sops takes a file of this name for binary data", None, "name it *.sops.yaml"
        )
    if nodes.top:
        _check_top(nodes)
        _check_entries(nodes)
        _check_comments(nodes)
        metadata = sops_metadata(nodes)
        _check_metadata(nodes, metadata)
        if metadata:
            _check_recipients(nodes, groups_of_file(metadata))
    return sorted(nodes.findings, key=_place)


def _place(finding: Finding) -> tuple[int, int]:
    return (finding.where.line, finding.where.column) if isinstance(finding.where, Mark) else (0, 0)


def _check_top(nodes: FileNodes) -> None:
    for name, (key, value) in nodes.top.items():
        if name == "version" and isinstance(value, yaml.ScalarNode) and value.value == "1":
            continue
        if name == "version":
            nodes.error("bad_version", "this version of accesscfg reads secrets files of `version: 1`", key)
        elif name not in ("keys", "sops"):
            nodes.error(
                "outside_keys",
                f"{name!r} stands outside of `keys`, so sops leaves it in plain text",
                key,
                LEAKED,
            )
    if "keys" not in nodes.top:
        nodes.error("no_keys", "the file has no `keys`", None)


def _check_entries(nodes: FileNodes) -> None:
    keys = nodes.value("keys")
    if keys is not None and not isinstance(keys, yaml.MappingNode):
        _check_value(nodes, keys, "keys")
        nodes.error("bad_entry", "`keys` is no map of key paths", keys)
    for entry, key, value in nodes.pairs(keys, "keys"):
        if fault := id_fault(entry):
            nodes.error("bad_id", f"the entry {entry!r} {fault}", key)
        if isinstance(value, yaml.MappingNode):
            _check_fields(nodes, entry, key, value)
        else:
            nodes.error("bad_entry", f"the entry {entry!r} is no map of fields", key)
            _check_value(nodes, value, entry)


def _check_fields(nodes: FileNodes, entry: str, key: yaml.Node, value: yaml.MappingNode) -> None:
    names = []
    for name, _, part in nodes.pairs(value, entry):
        names.append(name)
        if not isinstance(part, yaml.ScalarNode):
            nodes.error("bad_entry", f"{entry}: {name} is no text", part)
        _check_value(nodes, part, f"{entry}: {name}")
    if fault := fields_fault(names):
        nodes.error("bad_fields", f"the entry {entry!r} {fault}", key)


def _check_value(nodes: FileNodes, node: yaml.Node, name: str) -> None:
    """Every leaf below a value must be ciphertext of a text."""
    if isinstance(node, yaml.MappingNode):
        for part, _, value in nodes.pairs(node, name):
            _check_value(nodes, value, f"{name}: {part}")
        return
    if isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _check_value(nodes, value, name)
        return
    match = _ENCRYPTED.fullmatch(node.value)
    if is_empty(node):
        nodes.error(
            "empty", f"{name} is empty, which sops neither encrypts nor protects", node, "leave it out"
        )
    elif match is None:
        nodes.error("plaintext", f"{name} is not encrypted, or its ciphertext is damaged", node, LEAKED)
    elif match[1] != "str":
        nodes.error(
            "retyped",
            f"{name} was encrypted as {match[1]}: YAML took the text for something else",
            node,
            "what was meant is lost; enter it again: accesscfg secrets set KEY",
        )


def _check_comments(nodes: FileNodes) -> None:
    """Nodes know no comments, so the lines of `keys` are searched; ciphertext holds no `#`."""
    if "keys" not in nodes.top:
        return
    first, last = nodes.top["keys"][0].start_mark.line, nodes.top["keys"][1].end_mark.line
    for number, line in enumerate(nodes.text.splitlines()[first:last], first + 1):
        if _PLAIN_COMMENT.search(line):
            nodes.error(
                "comment", "a comment under `keys` is in plain text", number, "remove it, or move it to git"
            )


def _check_metadata(nodes: FileNodes, metadata: Mapping[str, Any]) -> None:
    at = nodes.value("sops")
    if not metadata.get("mac"):
        what = "the file has no `sops` section with a MAC: it is not encrypted"
        nodes.error("not_encrypted", what, at, f"sops encrypt --in-place {nodes.file.name}; {LEAKED}")
        return
    if metadata.get("encrypted_regex") != ENCRYPTED_REGEX:
        what = f"it was not encrypted with encrypted_regex: {ENCRYPTED_REGEX}, so fields can stay plain"
        nodes.error("wrong_regex", what, at, f"correct {RULES_FILE}, and make the file anew")
    for name in _OTHER_SELECTIONS:
        if metadata.get(name) not in (None, "false"):
            nodes.error("wrong_regex", f"the file has {name}, which leaves parts of it unprotected", at)
    for name in unknown_backends(metadata):
        nodes.error("unknown_backend", f"its `sops` section has {name!r}, which is not known here", at)


def _check_recipients(nodes: FileNodes, stored: Groups) -> None:
    path = find_rules(nodes.file)
    if path is None:
        what = f"no {RULES_FILE} is beside it or above, so its recipients cannot be checked"
        nodes.findings.append(
            Finding("warning", "no_rules", what, str(nodes.file), "accesscfg init makes one")
        )
        return
    rules = load_rules(path)
    rule = rules.rule_for(nodes.file)
    at = nodes.value("sops")
    if rule is None:
        hint = "give a rule a path_regex that matches the file's name"
        nodes.error("no_rule", f"no rule of {path} is for this file", at, hint)
        return
    if not rule.selects_keys:
        what = f"its rule, number {rule.number} of {path}, must say encrypted_regex: {ENCRYPTED_REGEX} alone"
        nodes.error("wrong_regex", what, at, "else a file made anew keeps fields in plain text")
    if sorted(map(sorted, stored)) != sorted(map(sorted, rule.groups)):
        _differ(nodes, stored, rule.groups, path)
    for backend in UNCOMPARED & {name.partition(":")[0] for group in stored for name in group}:
        what = f"recipients of {backend} are not compared with {RULES_FILE}"
        nodes.findings.append(
            Finding("warning", "not_compared", what, nodes.mark(at), "sops updatekeys tells")
        )


def _differ(nodes: FileNodes, stored: Groups, wanted: Groups, rules: Path) -> None:
    has, should = frozenset().union(*stored), frozenset().union(*wanted)
    parts = [
        f"{words} {', '.join(sorted(names))}"
        for words, names in (("it can be opened by", has - should), ("it lacks", should - has))
        if names
    ]
    what = "; ".join(parts) or "the same recipients stand in other key groups"
    nodes.error(
        "recipients",
        f"its recipients are not those of {rules}: {what}",
        nodes.value("sops"),
        f"if {RULES_FILE} is right: sops updatekeys {nodes.file.name}",
    )
