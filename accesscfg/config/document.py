"""One YAML file as plain data that remembers where everything stands.

Read from the parser's events and not through a loader: every scalar stays text unless the schema wants a
boolean or a whole number there (YAML 1.1 would make 0123 the number 83), depth and aliases are bounded while
reading, and each place costs no more than a reference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from accesscfg.config.notes import Notes, shown
from accesscfg.config.schema import Shape
from accesscfg.config.syntax import note_syntax_error
from accesscfg.model.findings import Mark

DEEPEST = 24
MOST_BY_ALIAS = 200_000
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
# controls, marks without width, and those that turn the direction of the text around them
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DEFAULT_TAGS = frozenset({None, "!", *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))})


class Document:
    """`data` is the file's map; the methods say where its parts stand."""

    def __init__(self, file: str, data: dict[str, Any], marks: dict[int, Any], top: Any) -> None:
        self.file = file
        self.data = data
        self._marks = marks
        self._top = top

    def at(self, holder: dict[str, Any] | list[Any], name: str | int) -> Mark:
        """Where the value stands that a map or list of this document holds under a name or index."""
        mark = self._marks[id(holder)][name]
        return self._mark(mark[1] if isinstance(mark, tuple) else mark)

    def name_at(self, holder: dict[str, Any], name: str) -> Mark:
        """Where the name of a field stands."""
        return self._mark(self._marks[id(holder)][name][0])

    def mentions(self, holder: dict[str, Any], name: str) -> bool:
        """Whether a map of this document has the field in the file, taken out of the data or not."""
        return name in self._marks[id(holder)]

    def start(self) -> Mark:
        """Where the content begins."""
        return self._mark(self._top)

    def walk(self, path: Sequence[str | int]) -> tuple[Any, str | int | None]:
        """The holder of the value at a path from the top, and its name or index there (None for the top)."""
        holder: Any = self.data
        for step in list(path)[:-1]:
            holder = holder[step]
        return holder, path[-1] if path else None

    def _mark(self, mark: Any) -> Mark:
        return Mark(self.file, mark.line + 1, mark.column + 1)


def parse(text: str, file: str, shape: Shape | None, notes: Notes) -> Document | None:
    """The document; None, with findings, when it is no map or not even YAML."""
    reader = _Reader(file, shape, notes)
    try:
        loader = _LOADER(text)
        while reader.takes(loader.get_event()):
            pass
    except yaml.YAMLError as error:
        note_syntax_error(error, text, file, notes)
        return None
    except _Stop:
        return None
    return reader.document()


class _Stop(Exception):
    """Reading on makes no sense; the finding is noted."""


@dataclass(slots=True)
class _Frame:
    """A map or list being read. `name` is the field whose value comes next; `size` counts what it holds."""

    content: dict[str, Any] | list[Any]
    marks: Any
    shape: Shape | None
    anchor: str | None
    name: str | None = None
    name_mark: Any = None
    repeated: bool = False
    size: int = 1


@dataclass(frozen=True, slots=True)
class _Anchored:
    """What an anchor stands for: a container, or a scalar's text and whether it stood without quotes."""

    value: Any
    plain: bool
    size: int


@dataclass(slots=True)
class _Reader:
    file: str
    shape: Shape | None
    notes: Notes
    stack: list[_Frame] = field(default_factory=list)
    marks: dict[int, Any] = field(default_factory=dict)
    anchors: dict[str, _Anchored | None] = field(default_factory=dict)
    by_alias: int = 0
    documents: int = 0
    top: Any = None
    top_mark: Any = None

    def takes(self, event: Any) -> bool:
        """Take one event; False at the end."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent:
            self._start(event, {}, {})
        elif kind is yaml.SequenceStartEvent:
            self._start(event, [], [])
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._end()
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            return self._begin(event)
        return kind is not yaml.StreamEndEvent

    def document(self) -> Document | None:
        """What was read, if it is a map."""
        if self.documents == 0 or (self.top == "" and self.top_mark is not None):
            self.notes.error("empty", "the file is empty", Mark(self.file, 1, 1), "write `version: 1` first")
            return None
        if not isinstance(self.top, dict):
            kind = "a list" if isinstance(self.top, list) else "a single text"
            where = Mark(self.file, self.top_mark.line + 1, self.top_mark.column + 1)
            self.notes.error(
                "not_a_map", f"the file is {kind}, not a map of fields", where, "write `version: 1` first"
            )
            return None
        return Document(self.file, self.top, self.marks, self.top_mark)

    def _begin(self, event: Any) -> bool:
        self.documents += 1
        if self.documents > 1:
            self._error(
                "documents",
                "the file holds a second document",
                event.start_mark,
                "keep one; remove the `---`",
            )
            return False
        return True

    def _error(self, code: str, message: str, mark: Any, hint: str | None = None) -> None:
        self.notes.error(code, message, Mark(self.file, mark.line + 1, mark.column + 1), hint)

    def _start(self, event: Any, content: dict[str, Any] | list[Any], marks: Any) -> None:
        self._check_tag(event)
        if len(self.stack) >= DEEPEST:
            self._error("nesting", f"nested deeper than {DEEPEST} levels", event.start_mark)
            raise _Stop
        if self._wants_name():
            self._error("field_name", "the name of a field is a text", event.start_mark, "write NAME: VALUE")
            raise _Stop
        shape = self._shape_here()
        self._put(content, event.start_mark)
        self.marks[id(content)] = marks
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.stack.append(_Frame(content, marks, shape, event.anchor))

    def _end(self) -> None:
        frame = self.stack.pop()
        if frame.anchor is not None:
            self.anchors[frame.anchor] = _Anchored(frame.content, False, frame.size)
        if self.stack:
            self.stack[-1].size += frame.size

    def _scalar(self, event: Any) -> None:
        self._check_tag(event)
        hidden = _HIDDEN.search(event.value)
        if hidden is not None:
            message = f"the text holds {shown(hidden.group())}, which nobody who reviews it can see"
            self._error("hidden_character", message, event.start_mark, "remove it")
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(event.value, event.implicit[0], 1)
        if self._wants_name():
            self._name(event.value, event.start_mark, event.implicit[0])
        else:
            self._put(_read(event.value, event.implicit[0], self._shape_here()), event.start_mark)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            hint = "quote a text that begins with *"
            self._error("alias", f"there is no anchor {shown('&' + event.anchor)}", event.start_mark, hint)
            raise _Stop
        target = self.anchors[event.anchor]
        if target is None:
            self._error(
                "alias", f"{shown('*' + event.anchor)} stands inside what it stands for", event.start_mark
            )
            raise _Stop
        self.by_alias += target.size
        if self.by_alias > MOST_BY_ALIAS:
            self._error(
                "alias",
                f"aliases repeat more than {MOST_BY_ALIAS} values",
                event.start_mark,
                "write them out",
            )
            raise _Stop
        if self._wants_name():
            self._name(str(target.value), event.start_mark, plain=False)
            return
        if self.stack:
            self.stack[-1].size += target.size
        value = target.value
        self._put(
            _read(value, target.plain, self._shape_here()) if type(value) is str else value, event.start_mark
        )

    def _wants_name(self) -> bool:
        return bool(self.stack) and type(self.stack[-1].content) is dict and self.stack[-1].name is None

    def _name(self, name: str, mark: Any, plain: bool) -> None:
        frame = self.stack[-1]
        if name == "<<" and plain:
            hint = "write the fields out, or use an alias for a whole value"
            self._error("merge", "merge keys (`<<`) are not read", mark, hint)
        frame.name, frame.name_mark = name, mark
        frame.repeated = name in frame.content
        if frame.repeated:
            first = frame.marks[name][0]
            self._error(
                "duplicate",
                f"{shown(name)} stands here twice; first at {self.file}:{first.line + 1}:{first.column + 1}",
                mark,
                "keep one of them",
            )

    def _shape_here(self) -> Shape | None:
        if not self.stack:
            return self.shape
        frame = self.stack[-1]
        if frame.shape is None:
            return None
        return frame.shape.items if frame.name is None else frame.shape.of(frame.name)

    def _put(self, value: Any, mark: Any) -> None:
        if not self.stack:
            self.top, self.top_mark = value, mark
            return
        frame = self.stack[-1]
        frame.size += 1
        if isinstance(frame.content, list):
            frame.content.append(value)
            frame.marks.append(mark)
            return
        if frame.name is not None and not frame.repeated and frame.name != "<<":
            frame.content[frame.name] = value
            frame.marks[frame.name] = (frame.name_mark, mark)
        frame.name = None

    def _check_tag(self, event: Any) -> None:
        if event.tag not in _DEFAULT_TAGS:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._error("tag", f"tags such as {shown(tag)} are not read", event.start_mark, "remove the tag")


def _read(text: str, plain: bool, shape: Shape | None) -> Any:
    """The scalar as the schema wants it: text, unless it stands without quotes where another type belongs."""
    if shape is None or not plain:
        return text
    if shape.boolean and text in ("true", "false"):
        return text == "true"
    if shape.integer and _WHOLE.fullmatch(text):
        return int(text)
    return text
