"""Putting entries into the text of an attestations file. Other entries, comments and line ends stay as they are. Pure.

The file is edited by its lines and not written anew, because people review and comment it. The caller reads the
result back and compares before it relies on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from accesscfg.config.attestations import TIME
from accesscfg.model.attestation import Attestation
from accesscfg.model.observed import Facet

HEAD = """\
# What people have stated about API keys that no exchange fully shows. `accesscfg attest` writes it; commit it.
# An entry counts for as long as the declared value and the key are the same, and as the policy allows.
version: 1
"""
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# what every reader of YAML takes for this text, without quotes
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/+-]|:(?=[A-Za-z0-9])| (?=[A-Za-z0-9]))*")
_OTHERWISE = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_COMMENT = re.compile(r"(?:^|\s)(#.*)$")
_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_TOKENS = (yaml.ScalarEvent, yaml.AliasEvent)

Slot = tuple[str, Facet]


class NotEditable(Exception):
    """The file is written in a way that this module does not edit; the text says what to write instead."""


def edited(text: str, new: Sequence[Attestation], gone: Collection[Slot]) -> str:
    """The text with these entries about one key in it, the entries of `gone` (by key path and facet) taken out.

    A new entry takes the place of the one about the same facet; the others come last. `text` is a file that was read
    without error, or empty. Raises NotEditable.
    """
    layout = _layout(text or HEAD)
    end = "\r\n" if layout.lines[0].endswith("\r\n") else "\n"
    made: list[str] = []
    left, at = list(new), 0
    for item, slot in zip(layout.items, layout.slots, strict=True):
        made += layout.lines[at : item.first]
        at = item.last + 1
        if slot in gone:
            one = next((entry for entry in left if entry.facet is slot[1]), None)
            left = [entry for entry in left if entry is not one]
            kept = [" " * layout.indent + comment for comment in _comments(layout.lines, item)]
            made += [line + end for line in (*kept, *([] if one is None else _written(one, layout.indent)))]
        else:
            made += layout.lines[item.first : at]
    rest = [line + end for entry in left for line in _written(entry, layout.indent)]
    if layout.items or not rest:
        return _joined(made, rest, layout.lines[at:], end)
    return _begun(layout, rest, end)


def _begun(layout: _Layout, rest: list[str], end: str) -> str:
    """The text with the first entries of its list."""
    if layout.empty is None:
        return _joined(layout.lines, [f"attestations:{end}", *rest], (), end)
    number, column, after = layout.empty
    line = layout.lines[number]
    opened = line[:column].rstrip(" ") + line[after:]
    return _joined((*layout.lines[:number], opened), rest, layout.lines[number + 1 :], end)


def _joined(before: Sequence[str], made: Sequence[str], behind: Sequence[str], end: str) -> str:
    text = "".join(before)
    return text + (end if made and not text.endswith(("\n", "\r")) else "") + "".join((*made, *behind))


@dataclass(frozen=True, slots=True)
class _Item:
    """One entry: its lines, counted from 0, and what the parser found on them."""

    first: int
    last: int
    events: Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a file is laid out: its lines, its entries with what each is about, and where dashes stand.

    `empty`: where `[]` stands for the list (line, column, column after it).
    """

    lines: tuple[str, ...]
    items: tuple[_Item, ...]
    slots: tuple[Slot, ...]
    indent: int
    empty: tuple[int, int, int] | None


def _layout(text: str) -> _Layout:
    lines = tuple(text.splitlines(keepends=True))
    events: list[Any] = list(yaml.parse(text, Loader=_LOADER))
    if events[2].flow_style:
        raise NotEditable("write each field of the file on a line of its own, without braces")
    start = _list_start(events)
    if start is None:
        return _Layout(lines, (), (), 2, None)
    opening = events[start].start_mark
    groups = list(_groups(events, start + 1))
    if events[start].flow_style:
        if groups:
            raise NotEditable("write each entry on lines of its own, after a dash, without square brackets")
        return _Layout(lines, (), (), 2, (opening.line, opening.column, _end(events, start)))
    items = tuple(_item(group, lines, opening.column) for group in groups)
    return _Layout(lines, items, tuple(map(_slot, groups)), opening.column, None)


def _list_start(events: Sequence[Any]) -> int | None:
    """The event that opens the list of entries."""
    depth = 0
    for place, event in enumerate(events):
        named = depth == 1 and isinstance(event, yaml.ScalarEvent) and event.value == "attestations"
        if named and isinstance(events[place + 1], yaml.SequenceStartEvent):
            return place + 1
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
    return None


def _end(events: Sequence[Any], start: int) -> int:
    """The column after an empty list in brackets; they stand on one line, or it is not edited."""
    opening, closing = events[start].start_mark, events[start + 1].end_mark
    if opening.line != closing.line:
        raise NotEditable("write the empty list as [] on one line")
    return int(closing.column)


def _groups(events: Sequence[Any], start: int) -> Iterator[list[Any]]:
    """The events of each entry of the list whose first entry begins at `start`."""
    depth, group = 0, []
    for event in events[start:]:
        if depth == 0 and isinstance(event, yaml.SequenceEndEvent):
            return
        group.append(event)
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        if depth == 0:
            yield group
            group = []


def _slot(group: Sequence[Any]) -> Slot:
    """What an entry is about. Aliases stand for texts somewhere else: such an entry is not ours to edit."""
    texts: dict[str, Any] = {}
    depth = 0
    for event, after in zip(group, [*group[1:], None], strict=True):
        if depth == 1 and isinstance(event, yaml.ScalarEvent) and event.value in ("key", "facet"):
            texts.setdefault(event.value, getattr(after, "value", None))
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
    try:
        return str(texts["key"]), Facet(texts["facet"])
    except (KeyError, ValueError):
        raise NotEditable("write the key and the facet of each entry out, without aliases") from None


def _item(group: Sequence[Any], lines: Sequence[str], indent: int) -> _Item:
    first = group[0].start_mark.line
    while lines[first][:indent].strip() or lines[first][indent : indent + 1] != "-":
        first -= 1
    return _Item(first, max(_last_line(event) for event in group), tuple(group))


def _last_line(event: Any) -> int:
    """The last line on which something of the event stands; where blocks end, the parser marks what follows."""
    start, end = event.start_mark, event.end_mark
    if isinstance(event, _CLOSING) and (start.line, start.column) == (end.line, end.column):
        return 0
    return int(end.line) - 1 if end.column == 0 and end.line > start.line else int(end.line)


def _comments(lines: Sequence[str], item: _Item) -> Iterator[str]:
    """The comments between and behind the fields of an entry."""
    tokens: list[Any] = [event for event in item.events if isinstance(event, _TOKENS)]
    for number in range(item.first, item.last + 1):
        if any(token.start_mark.line < number < token.end_mark.line for token in tokens):
            continue
        ends = [token.end_mark.column for token in tokens if token.end_mark.line == number]
        found = _COMMENT.search(lines[number][max(ends, default=0) :].rstrip("\r\n"))
        if found is not None:
            yield found[1]


def _written(entry: Attestation, indent: int) -> Iterator[str]:
    fields = [("key", entry.key), ("facet", entry.facet.value), ("says", entry.says)]
    fields += [("fingerprint", entry.fingerprint), ("hash", entry.hash), ("by", entry.by)]
    fields += [("at", f"{entry.at:{TIME}}"), *([] if entry.note is None else [("note", entry.note)])]
    lead = " " * indent + "- "
    for name, value in fields:
        if isinstance(value, tuple) and value:
            yield f"{lead}{name}:"
            yield from (f"{' ' * indent}    - {_scalar(word)}" for word in value)
        else:
            yield f"{lead}{name}: {_scalar(value) if isinstance(value, str) else '[]'}"
        lead = " " * indent + "  "


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _OTHERWISE:
        return text
    return json.dumps(text, ensure_ascii=False)
