"""The workspace's JSON Schema: valid, strict, described for editors, documented, and never fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from accesscfg.config import load
from accesscfg.model.desired import NEUTRAL
from accesscfg.resources import schema_path
from tests.config.workspaces import EXCHANGES, key, write

SCHEMA: dict[str, Any] = json.loads(schema_path("workspace").read_text(encoding="utf-8"))
DOCUMENTATION = (Path(__file__).parents[2] / "docs" / "workspace.md").read_text(encoding="utf-8")


def subschemas(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the schema that is a schema, by its path."""
    if isinstance(schema, dict):
        yield path, schema
        for word in ("properties", "$defs"):
            for name, inner in schema.get(word, {}).items():
                yield from subschemas(inner, f"{path}/{word}/{name}")
        for word in ("items", "additionalProperties"):
            yield from subschemas(schema.get(word), f"{path}/{word}")
        for word in ("anyOf", "oneOf"):
            for at, inner in enumerate(schema.get(word, ())):
                yield from subschemas(inner, f"{path}/{word}/{at}")


ALL = dict(subschemas(SCHEMA))
FIELDS = {
    path: schema
    for path, schema in ALL.items()
    if "/properties/" in path and path.split("/")[-2] == "properties"
}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with what its reference says, its own words first."""
    if "$ref" not in schema:
        return schema
    return {**resolved(SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]), **schema}


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", [path for path, schema in ALL.items() if "properties" in schema])
def test_no_field_is_allowed_that_is_not_named(path: str) -> None:
    assert ALL[path]["additionalProperties"] is False


@pytest.mark.parametrize("path", FIELDS)
def test_every_field_is_described_for_editors(path: str) -> None:
    field = resolved(FIELDS[path])
    assert field["description"].endswith(".")
    says_what_to_write = "examples" in field or "default" in field or "oneOf" in field
    assert says_what_to_write or "properties" in field, path


@pytest.mark.parametrize("path", [path for path, schema in ALL.items() if "const" in schema])
def test_every_allowed_word_has_its_hover_text(path: str) -> None:
    assert ALL[path]["description"].endswith(".")


@pytest.mark.parametrize("path", FIELDS)
def test_examples_and_defaults_are_what_the_schema_allows(path: str) -> None:
    field = resolved(FIELDS[path])
    validator = Draft202012Validator({**field, "$defs": SCHEMA["$defs"]})
    for example in [*field.get("examples", ()), *([field["default"]] if "default" in field else ())]:
        assert list(validator.iter_errors(example)) == []


@pytest.mark.parametrize("path", FIELDS)
def test_every_field_is_in_the_reference(path: str) -> None:
    assert f"`{path.split('/')[-1]}`" in DOCUMENTATION


def test_the_reference_and_the_schema_name_the_same_permissions() -> None:
    words = {one["const"] for one in SCHEMA["$defs"]["permission"]["oneOf"] if "const" in one}
    assert words == {*NEUTRAL, "trade"}
    assert all(f"| `{word}` |" in DOCUMENTATION for word in words)


def test_the_defaults_in_the_reference_are_those_of_the_schema() -> None:
    for path, field in FIELDS.items():
        default = resolved(field).get("default")
        if default is not None:
            said = str(default).lower() if isinstance(default, bool) else str(default)
            assert re.search(rf"`{path.split('/')[-1]}`.*`{re.escape(said)}`", DOCUMENTATION), path


def test_the_examples_of_the_reference_are_valid_in_form() -> None:
    parts = {name: {"$ref": f"#/$defs/{name}"} for name in ("keys", "exchanges", "policies", "ip_pools")}
    properties = {**SCHEMA["properties"], **parts}
    validator = Draft202012Validator(
        {"$defs": SCHEMA["$defs"], "properties": properties, "additionalProperties": False}
    )
    of_the_declaration, _, _ = DOCUMENTATION.partition(
        "\n## Attestations\n"
    )  # these have a schema of their own
    examples = re.findall(r"```yaml\n(.*?)```", of_the_declaration, re.DOTALL)
    assert len(examples) >= 6
    for example in examples:
        # texts as accesscfg reads them: a date stays a text
        value = yaml.load(example, Loader=_Reading)
        assert list(validator.iter_errors(value)) == [], example


class _Reading(yaml.SafeLoader):
    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [pair for pair in pairs if not pair[0].endswith(":timestamp")]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def test_a_key_needs_one_of_two_fields_in_editors_too() -> None:
    validator = Draft202012Validator({"$ref": "#/$defs/key", "$defs": SCHEMA["$defs"]})
    assert validator.is_valid({"permissions": ["read"], "app": "x"})
    assert not validator.is_valid({"permissions": ["read"]})
    assert not validator.is_valid({"permissions": ["read"], "app": "x", "ip_whitelist": ["203.0.113.7"]})


def test_reading_fetches_no_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("something is fetched")

    monkeypatch.setattr("socket.socket.connect", no_network)
    monkeypatch.setattr("urllib.request.urlopen", no_network)
    file = write(tmp_path, key("permissions: [read]\nip_whitelist: [203.0.113.7]"))
    load(file, EXCHANGES, sandbox=True)
