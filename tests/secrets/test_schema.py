"""The schema of a decrypted secrets file says what the code says."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from accesscfg.resources import schema_path
from accesscfg.secrets import FIELDS, open_secrets
from tests.support.sops import SopsRepo, hmac_entry

SCHEMA: dict[str, Any] = json.loads(schema_path("secrets").read_text())
GOOD = {
    "a/one": hmac_entry(),
    "a/s/two": {"api_key": "k", "private_key": "p", "passphrase": "w", "totp_seed": "t"},
}
BAD: list[dict[str, Any]] = [
    {"one": hmac_entry()},
    {"a/b/c/d": hmac_entry()},
    {"A/b": hmac_entry()},
    {"a/b_encrypted": hmac_entry()},
    {"a_unencrypted/b": hmac_entry()},
    {"a/" + "b" * 64: hmac_entry()},
    {"a/b": {"api_key": "k"}},
    {"a/b": {"api_secret": "s"}},
    {"a/b": {**hmac_entry(), "private_key": "p"}},
    {"a/b": {**hmac_entry(), "note": "n"}},
    {"a/b": {**hmac_entry(), "passphrase": ""}},
    {"a/b": {**hmac_entry(), "passphrase": 83}},
    {"a/b": {**hmac_entry(), "passphrase": None}},
    {"a/b": []},
]


def fits(document: Any) -> bool:
    return Draft202012Validator(SCHEMA).is_valid(document)


def test_the_schema_is_one_and_describes_every_field() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    properties = SCHEMA["$defs"]["entry"]["properties"]
    assert tuple(properties) == FIELDS
    assert all(text["description"] for text in properties.values())


@pytest.mark.parametrize("entries", [{}, GOOD, *BAD])
def test_schema_and_code_agree(sops_repo: SopsRepo, entries: dict[str, Any]) -> None:
    opened = asyncio.run(open_secrets([sops_repo.write(entries)], None))
    assert fits({"version": 1, "keys": entries}) == (set(opened.credentials) == set(entries))
    assert not opened.problems


@pytest.mark.parametrize("document", [{}, {"keys": []}, {"version": 2, "keys": {}}, {"keys": {}, "more": 1}])
def test_other_documents_do_not_fit(document: Any) -> None:
    assert not fits(document)
