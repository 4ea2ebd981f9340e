"""The quick answer whether a document fits its schema is the library's answer, for every schema of documents."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from accesscfg.config.fits import Schema, fits
from accesscfg.config.schema import file_schema
from tests.config.test_meaning import WHOLE

Path = tuple[str | int, ...]

SCHEMAS: dict[str, Schema] = {
    "workspace": file_schema(),
    "included": file_schema("included"),
    "attestations": file_schema(file="attestations"),
}
ATTESTED: dict[str, Any] = {
    "version": 1,
    "attestations": [
        {
            "key": "main/bot",
            "facet": "ip_whitelist",
            "says": ["203.0.113.7"],
            "hash": "sha256:" + "0" * 64,
            "fingerprint": "id:" + "0" * 32,
            "by": "Ada",
            "at": "2026-11-01T10:00:00Z",
        }
    ],
}
INCLUDED = {name: WHOLE[name] for name in ("ip_pools", "exchanges")}
WHOLE_ONES: dict[str, dict[str, Any]] = {"workspace": WHOLE, "included": INCLUDED, "attestations": ATTESTED}
THOROUGH = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def subschemas(schema: Schema) -> Iterator[Schema]:
    """The schema and every schema in it."""
    yield schema
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    inner += [
        schema[word] for word in ("items", "additionalProperties") if isinstance(schema.get(word), dict)
    ]
    for one in inner:
        yield from subschemas(one)


@cache
def parts() -> tuple[Schema, ...]:
    """Every schema of all, each once."""
    found = {repr(one): one for schema in SCHEMAS.values() for one in subschemas(schema)}
    return tuple(found.values())


def library_agrees(schema: Schema, value: object) -> bool:
    """Whether the library says of the value what the quick answer says."""
    return fits(schema)(value) is Draft202012Validator(schema).is_valid(value)


FIELDS = sorted({name for one in parts() for name in one.get("properties", {})})
WORDS = sorted({one["const"] for one in parts() if isinstance(one.get("const"), str)})
FORMS = ("", "x", "native:", "native:odd", "180d", "0d", "2027-01-01", "2027-01-01\n", "0" * 64, "10.0.0.0/8")
SCALARS = st.sampled_from((*WORDS, *FORMS)) | st.integers(-2, 130) | st.booleans() | st.text(max_size=4)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text("ab", max_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


def places(value: object, path: Path = ()) -> Iterator[Path]:
    """Every place in a document, as a path from its top."""
    yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in steps:
        yield from places(inner, (*path, name))


def changed(value: Any, path: Path, to: object) -> Any:
    """The document with another value in a place; with none there for `...`."""
    if not path:
        return to
    if isinstance(value, list):
        entries = [changed(one, path[1:], to) if at == path[0] else one for at, one in enumerate(value)]
        return [one for one in entries if one is not ...]
    fields = {name: changed(one, path[1:], to) if name == path[0] else one for name, one in value.items()}
    return {name: one for name, one in fields.items() if one is not ...}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_good_document_fits(name: str) -> None:
    assert fits(SCHEMAS[name])(WHOLE_ONES[name])
    assert library_agrees(SCHEMAS[name], WHOLE_ONES[name])


@THOROUGH
@given(data=st.data())
def test_a_good_document_with_anything_in_any_place(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SCHEMAS)))
    path = data.draw(st.sampled_from(list(places(WHOLE_ONES[name]))))
    to = data.draw(TREES | st.just(...))
    assume(path or to is not ...)
    assert library_agrees(SCHEMAS[name], changed(WHOLE_ONES[name], path, to))


@THOROUGH
@given(data=st.data())
def test_a_good_document_with_a_field_more(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SCHEMAS)))
    path = data.draw(st.sampled_from(list(places(WHOLE_ONES[name]))))
    field = data.draw(st.sampled_from(FIELDS))
    to = {field: data.draw(TREES)}
    assert library_agrees(SCHEMAS[name], _with_more(WHOLE_ONES[name], path, to))


def _with_more(value: Any, path: Path, more: dict[str, object]) -> Any:
    if path:
        if isinstance(value, list):
            return [_with_more(one, path[1:], more) if at == path[0] else one for at, one in enumerate(value)]
        return {
            name: _with_more(one, path[1:], more) if name == path[0] else one for name, one in value.items()
        }
    return {**value, **more} if isinstance(value, dict) else value


@THOROUGH
@given(schema=st.sampled_from(parts()), value=TREES)
def test_any_value_for_any_part_of_a_schema(schema: Schema, value: object) -> None:
    assert library_agrees(schema, value)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "maxLength": 3},
        {"type": "number"},
        {"type": ["string", "boolean"]},
        {"not": {"const": "x"}},
        {"type": "string", "minItems": 1},
        {"type": "array", "items": {"enum": ["x"]}},
        {"$ref": "#/$defs/key"},
    ],
)
def test_nothing_fits_a_schema_that_is_not_wholly_read(schema: Schema) -> None:
    values: tuple[object, ...] = ("x", "", 1, True, [], ["x"], {})
    assert not any(fits(schema)(value) for value in values)
