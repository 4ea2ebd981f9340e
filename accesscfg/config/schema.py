"""The JSON Schemas of files at run time: where they want no text, and what of a document departs from them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from accesscfg.config.fits import ANNOTATIONS, Fits, Schema, fits
from accesscfg.resources import schema_path

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError


@dataclass(frozen=True, slots=True)
class Shape:
    """What reading scalars needs of a schema: where a boolean or a whole number is wanted and not a text."""

    boolean: bool
    integer: bool
    fields: Mapping[str, Shape | None]
    rest: Shape | None
    items: Shape | None

    def of(self, name: str) -> Shape | None:
        """The shape of a field's value."""
        return self.fields.get(name, self.rest)


@cache
def file_schema(part: str | None = None, file: str = "workspace") -> Schema:
    """The schema of the workspace file or another one, or a named part of it, with its references written out."""
    whole = json.loads(schema_path(file).read_text(encoding="utf-8"))
    schema = whole if part is None else whole["$defs"][part]
    own = {name: value for name, value in schema.items() if name != "$defs"}
    written_out: Schema = _written_out(own, whole["$defs"])
    return written_out


def _written_out(schema: Any, parts: Schema) -> Any:
    """The schema without references, and without what later checks say in better words: the form of names,
    and which of two fields is needed."""
    if isinstance(schema, list):
        return [_written_out(one, parts) for one in schema]
    if not isinstance(schema, dict):
        return schema
    own = {
        name: value if name in ANNOTATIONS else _written_out(value, parts)
        for name, value in schema.items()
        if name not in ("$ref", "propertyNames", "$id", "$schema")
        and not (name == "oneOf" and _only_requires(value))
    }
    if str(own.get("pattern", "")).endswith("$"):
        # in JSON Schema $ is the end of the text; in Python it also stands before a last line break
        own["pattern"] = own["pattern"][:-1] + r"\Z"
    if "$ref" not in schema:
        return own
    return {**_written_out(parts[schema["$ref"].removeprefix("#/$defs/")], parts), **own}


def _only_requires(branches: Any) -> bool:
    return isinstance(branches, list) and all(set(branch) == {"required"} for branch in branches)


def shape_of(schema: Schema) -> Shape | None:
    """The shape; None where everything stays text."""
    branches = [schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    fields = {name: shape_of(sub) for one in branches for name, sub in one.get("properties", {}).items()}
    rest = _first_shape(one.get("additionalProperties") for one in branches)
    items = _first_shape(one.get("items") for one in branches)
    types = {one.get("type") for one in branches}
    shape = Shape("boolean" in types, "integer" in types, fields, rest, items)
    wants = shape.boolean or shape.integer or rest or items or any(fields.values())
    return shape if wants else None


def _first_shape(schemas: Any) -> Shape | None:
    return next((shape for one in schemas if isinstance(one, dict) and (shape := shape_of(one))), None)


@dataclass(frozen=True, slots=True)
class Validator:
    """Judges documents by the schema of the workspace file or another one, or by a named part of it."""

    part: str | None = None
    file: str = "workspace"

    def iter_errors(self, instance: object) -> Iterator[ValidationError]:
        """Every error of the instance, as the library words it; it is not even imported where there is none."""
        if not _fits(self.part, self.file)(instance):
            yield from _library(self.part, self.file).iter_errors(instance)


@cache
def _fits(part: str | None, file: str) -> Fits:
    return fits(file_schema(part, file))


@cache
def _library(part: str | None, file: str) -> Draft202012Validator:
    """The library's validator. It never fetches anything, and looks at no list twice that fits: lists are the bulk of
    a large workspace."""
    from jsonschema import Draft202012Validator, validators
    from referencing import Registry

    library_items = Draft202012Validator.VALIDATORS["items"]
    known: dict[int, Fits] = {}

    def items(checker: Any, schema: Any, instance: Any, parent: Any) -> Iterator[ValidationError]:
        entry = known.get(id(schema)) or known.setdefault(id(schema), fits(schema))
        if not (isinstance(instance, list) and all(map(entry, instance))):
            yield from library_items(checker, schema, instance, parent)

    extend: Any = validators.extend
    extended = extend(Draft202012Validator, {"items": items})
    made: Draft202012Validator = extended(file_schema(part, file), registry=Registry())
    return made
