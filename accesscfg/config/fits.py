"""Whether a value fits a JSON Schema, by the keywords that our schemas use: only yes or no.

Nearly every file that is read is in good form, and to see that needs no library. What is wrong where something is,
the library says; importing it alone takes longer than reading hundreds of keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from math import inf
from typing import Any

Fits = Callable[[Any], bool]
Schema = Mapping[str, Any]

ANNOTATIONS = frozenset({"title", "description", "examples", "default"})
# the keywords that are read of a schema of each type
_OF_TYPE: Mapping[str, frozenset[str]] = {
    "object": frozenset({"type", "properties", "additionalProperties", "required", "minProperties"}),
    "array": frozenset({"type", "items", "minItems"}),
    "string": frozenset({"type", "pattern", "minLength"}),
    "integer": frozenset({"type", "minimum", "maximum"}),
    "boolean": frozenset({"type"}),
}


class _NotReadError(Exception):
    """A keyword that this module does not know."""


def fits(schema: Schema) -> Fits:
    """The question whether a value of a document fits this schema, in which no reference is left.

    Values are as `document.parse` gives them: maps, lists, texts, whole numbers and booleans. Nothing fits a schema
    with a keyword that is not known here, so that the library is asked.
    """
    try:
        return _fits(schema)
    except _NotReadError:
        return _never


def _fits(schema: Schema) -> Fits:
    kind = str(schema.get("type"))
    if not schema.keys() <= ANNOTATIONS | _CHOICE.keys() | _OF_TYPE.get(kind, frozenset()):
        raise _NotReadError
    tests = [make(schema[word]) for word, make in _CHOICE.items() if word in schema]
    if kind in _TYPE:
        tests.append(_TYPE[kind](schema))
    return tests[0] if len(tests) == 1 else lambda value: all(test(value) for test in tests)


def _always(_: Any) -> bool:
    return True


def _never(_: Any) -> bool:
    return False


def _const(wanted: Any) -> Fits:
    kind = type(wanted)
    return lambda value: type(value) is kind and value == wanted


def _any_of(branches: Iterable[Schema]) -> Fits:
    tests = [_fits(branch) for branch in branches]
    return lambda value: any(test(value) for test in tests)


def _one_of(branches: Iterable[Schema]) -> Fits:
    tests = [_fits(branch) for branch in branches]

    def fit(value: Any) -> bool:
        return sum(test(value) for test in tests) == 1

    text_fits = lru_cache(fit)  # the same few words come again and again
    return lambda value: text_fits(value) if type(value) is str else fit(value)


def _object(schema: Schema) -> Fits:
    named = {name: _fits(inner) for name, inner in schema.get("properties", {}).items()}
    more = schema.get("additionalProperties", True)
    rest = (_always if more else _never) if isinstance(more, bool) else _fits(more)
    needed = frozenset(schema.get("required", ()))
    least = schema.get("minProperties", 0)
    return lambda value: (
        type(value) is dict
        and len(value) >= least
        and needed <= value.keys()
        and all(named.get(name, rest)(inner) for name, inner in value.items())
    )


def _array(schema: Schema) -> Fits:
    entry = _fits(schema["items"]) if "items" in schema else _always
    least = schema.get("minItems", 0)
    return lambda value: type(value) is list and len(value) >= least and all(map(entry, value))


def _string(schema: Schema) -> Fits:
    least = schema.get("minLength", 0)
    if "pattern" not in schema:
        return lambda value: type(value) is str and len(value) >= least
    search = re.compile(schema["pattern"]).search
    return lambda value: type(value) is str and len(value) >= least and search(value) is not None


def _integer(schema: Schema) -> Fits:
    least, most = schema.get("minimum", -inf), schema.get("maximum", inf)
    return lambda value: type(value) is int and least <= value <= most


def _boolean(_: Schema) -> Fits:
    return lambda value: type(value) is bool


_CHOICE = {"const": _const, "anyOf": _any_of, "oneOf": _one_of}
_TYPE = {"object": _object, "array": _array, "string": _string, "integer": _integer, "boolean": _boolean}
