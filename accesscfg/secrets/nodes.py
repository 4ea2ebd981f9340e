"""A secrets file as YAML nodes: all that can be known about it without a key, with line numbers.

Names and structure of a sops file are plain text. Values are looked at only to tell whether they are
encrypted; no function here gives one out, and no message quotes one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from accesscfg.model.errors import SecretsError
from accesscfg.model.findings import Finding, Mark
from accesscfg.secrets.entries import StoredEntry
from accesscfg.secrets.failures import CONFLICT_MARKERS, failure
from accesscfg.secrets.recipients import groups_of_file

_LARGEST = 32 * 1024 * 1024  # 5,000 keys take 4 MB
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "tag:yaml.org,2002:merge"
_NULL = "tag:yaml.org,2002:null"


@dataclass(slots=True)
class FileNodes:
    """The top of a secrets file. `findings` has what makes it no YAML file that sops could have written."""

    file: Path
    text: str = ""
    top: dict[str, tuple[yaml.ScalarNode, yaml.Node]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def error(self, code: str, message: str, at: yaml.Node | int | None, hint: str | None = None) -> None:
        """Note an error at a node, or at a line counted from 1."""
        self.findings.append(Finding("error", code, message, self.mark(at), hint))

    def mark(self, at: yaml.Node | int | None) -> Mark:
        """The place of a node or a line; the file's first one if there is none."""
        if isinstance(at, yaml.Node):
            return Mark(str(self.file), at.start_mark.line + 1, at.start_mark.column + 1)
        return Mark(str(self.file), at or 1, 1)

    def value(self, name: str) -> yaml.Node | None:
        """The value of a top-level name."""
        return self.top[name][1] if name in self.top else None

    def pairs(self, node: yaml.Node | None, path: str) -> Iterator[tuple[str, yaml.ScalarNode, yaml.Node]]:
        """Name, its node, and the value of each pair of a map; notes doubles, merges and odd names."""
        seen: set[str] = set()
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                self.error("bad_name", f"a name in {path} is no plain text, or a merge key (<<)", key)
            elif key.value in seen:
                self.error("duplicate", f"{key.value!r} stands twice in {path}", key)
            else:
                seen.add(key.value)
                yield key.value, key, value


def is_empty(node: yaml.Node) -> bool:
    """Whether a scalar is null or the empty text."""
    return isinstance(node, yaml.ScalarNode) and (node.value == "" or node.tag == _NULL)


def load(file: Path, text: str | None = None) -> FileNodes:
    """The nodes of the file, or of `text` in its place. What makes it no YAML map is in `findings`.

    Raises SecretsError only when the file cannot be read.
    """
    nodes = FileNodes(file, _read(file) if text is None else text)
    root = _compose(nodes)
    if root is None:
        return nodes
    if not isinstance(root, yaml.MappingNode):
        nodes.error("not_yaml", "a secrets file is a map with the names `keys` and `sops`", root)
        return nodes
    if _has_aliases(root):
        nodes.error(
            "alias", "anchors and aliases (&, *) have no place in a secrets file; sops resolves them", root
        )
        return nodes
    nodes.top = {name: (key, value) for name, key, value in nodes.pairs(root, "the file")}
    return nodes


def list_entries(file: Path) -> tuple[StoredEntry, ...]:
    """The entries of a secrets file by id and fields, in file order, without any key.

    Raises SecretsError when it cannot be read as YAML.
    """
    nodes = load(file)
    if not nodes.top:
        code = nodes.findings[0].code if nodes.findings else "not_encrypted"
        raise failure(code if code in ("conflict", "not_encrypted") else "not_yaml", file)
    return tuple(
        StoredEntry(name, tuple(field for field, _, _ in nodes.pairs(value, name)), nodes.mark(key))
        for name, key, value in nodes.pairs(nodes.value("keys"), "keys")
    )


def sops_metadata(nodes: FileNodes) -> dict[str, Any]:
    """The `sops` section as maps, lists and texts; empty when there is none. It holds no secret."""
    data = _texts(nodes.value("sops"))
    return data if isinstance(data, dict) else {}


def recipients_of(file: Path) -> tuple[str, ...]:
    """Whom the file says it is encrypted for; nobody when it cannot be read."""
    try:
        groups = groups_of_file(sops_metadata(load(file)))
    except SecretsError:
        return ()
    return tuple(sorted(name.removeprefix("age:") for group in groups for name in group))


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            raise failure("unreadable", file, why="it is larger than 32 MB")
        return file.read_text("utf-8-sig")
    except FileNotFoundError:
        raise failure("missing_file", file) from None
    except OSError as error:
        raise failure("unreadable", file, why=f"the system says: {error.strerror}") from None
    except ValueError:
        pass  # outside of this block: the error holds the file's bytes
    raise failure("unreadable", file, why="it is not UTF-8 text")


def _texts(node: yaml.Node | None) -> Any:
    """Every scalar as it is written: a constructor would stumble over what is no date or number."""
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _texts(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_texts(item) for item in node.value]
    return None if node is None or is_empty(node) else node.value


def _compose(nodes: FileNodes) -> yaml.Node | None:
    lines = enumerate(nodes.text.splitlines(), 1)
    if marker := next((number for number, line in lines if line.startswith(CONFLICT_MARKERS)), None):
        nodes.error("conflict", "the file has the conflict markers of a merge", marker, "take one side whole")
        return None
    try:
        node: yaml.Node | None = yaml.compose(nodes.text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        # Not its words: they may quote what stands there.
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        nodes.error("not_yaml", "the file is not one YAML document; here it stops making sense", line)
        return None
    except (yaml.YAMLError, RecursionError):
        nodes.error("not_yaml", "the file is not YAML", None)
        return None
    if node is None:
        nodes.error(
            "not_encrypted", "the file is empty", None, "remove it; accesscfg secrets set KEY makes one"
        )
    return node


def _has_aliases(root: yaml.Node) -> bool:
    seen: set[int] = set()
    waiting: list[yaml.Node] = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            return True
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            waiting.extend(part for pair in node.value for part in pair)
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
    return False
