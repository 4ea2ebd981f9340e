"""The check that needs no key: every planted fault is found, at its line, without its value; a sound file is
clean.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from accesscfg.model.errors import SecretsError
from accesscfg.model.findings import Finding, Mark
from accesscfg.secrets import check_file, list_entries
from tests.support import agegen
from tests.support.sops import SopsRepo, hmac_entry

MARK = "MARKED-SECRET-PLAIN"


@pytest.fixture
def file(sops_repo: SopsRepo, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sound file; from here on there is neither a key nor a sops."""
    path = sops_repo.write({"a/one": hmac_entry("1"), "a/sub/two": {"api_key": "k", "private_key": "p"}})
    monkeypatch.delenv("SOPS_AGE_KEY_FILE")
    monkeypatch.setenv("ACCESSCFG_SOPS", "/nowhere")
    return path


def findings(file: Path) -> list[tuple[str, int]]:
    """Code and line of each finding; none may show a value."""
    found = check_file(file)
    assert not [str(finding) for finding in found if "MARKED" in str(finding)]
    return [(finding.code, finding.where.line if isinstance(finding.where, Mark) else 0) for finding in found]


def edit(file: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, file.read_text(), count=1, flags=re.DOTALL)
    assert count == 1
    file.write_text(text)


def sops_line(file: Path) -> int:
    return file.read_text().splitlines().index("sops:") + 2


def test_a_sound_file_is_clean(file: Path) -> None:
    assert findings(file) == []


def test_comments_that_sops_encrypted_and_those_outside_of_keys_are_fine(sops_repo: SopsRepo) -> None:
    text = "# about the file\nversion: 1\n# about keys\nkeys:\n    # secret thought\n    a/one:\n"
    text += '        # another\n        api_key: "k" # inline\n        api_secret: "s"\n    # the last\n'
    file = sops_repo.encrypt(text)
    assert "secret thought" not in file.read_text()
    assert findings(file) == []


def test_windows_line_ends_and_a_byte_order_mark_are_fine(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert findings(file) == []


@pytest.mark.parametrize(
    "plain",
    [
        MARK,
        f'"{MARK}"',
        "12345678",
        f"ENC[{MARK}]",
        f"|\n            {MARK}\n            {MARK}",
        f"ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str] {MARK}",
        "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA]",
        "ENC[AES256_GCM,data:,iv:AAAA,tag:AAAA,type:str]",
    ],
)
def test_a_value_in_plain_text(file: Path, plain: str) -> None:
    edit(file, r"api_secret: \S+", f"api_secret: {plain}")
    (finding,) = check_file(file)
    assert isinstance(finding.where, Mark)
    assert (finding.code, finding.where.line) == ("plaintext", 5)
    assert "a/one: api_secret" in finding.message
    assert finding.hint is not None
    assert "leaked" in finding.hint
    assert "MARKED" not in str(finding)


@pytest.mark.parametrize("kind", ["int", "float", "bool", "bytes", "time", "comment"])
def test_a_value_that_yaml_took_for_something_else(file: Path, kind: str) -> None:
    edit(file, r"(api_secret: \S+)type:str\]", rf"\1type:{kind}]")
    assert findings(file) == [("retyped", 5)]


@pytest.mark.parametrize("empty", ['""', "''", "null", "~", ""])
def test_an_empty_value(file: Path, empty: str) -> None:
    edit(file, r"api_secret: \S+", f"api_secret: {empty}")
    assert findings(file) == [("empty", 5)]


@pytest.mark.parametrize(
    ("pattern", "replacement", "found"),
    [
        ("api_secret:", "secret:", [("bad_fields", 3)]),
        (r"\n        api_secret: \S+", "", [("bad_fields", 3)]),
        ("a/one:", "one:", [("bad_id", 3)]),
        ("a/one:", "a/b/c/d:", [("bad_id", 3)]),
        ("a/one:", "a/one_unencrypted:", [("bad_id", 3)]),
        ("a/one:", "a/sub/two:", [("duplicate", 6)]),
        ("        api_secret:", "        api_key:", [("bad_fields", 3), ("duplicate", 5)]),
        ("a/one:", "<<:", [("bad_name", 3)]),
        ("a/one:", "[a, b]:", [("bad_name", 3)]),
        ("version: 1", "version: 2", [("bad_version", 1)]),
        ("version: 1", f"note: {MARK}", [("outside_keys", 1)]),
        ("keys:", "key:", [("no_keys", 1), ("outside_keys", 2)]),
        (r"    a/one:\n.*?(?=    a/sub)", f"    a/one: {MARK}\n", [("bad_entry", 3), ("plaintext", 3)]),
        (r"    a/one:\n.*?(?=    a/sub)", f"    a/one: [{MARK}]\n", [("bad_entry", 3), ("plaintext", 3)]),
        (r"keys:\n.*?\nsops:", "keys: []\nsops:", [("bad_entry", 2)]),
        (r"    a/one:", f"    # {MARK}\n    a/one:", [("comment", 3)]),
        (r"(api_key: \S+)", rf"\1 # {MARK}", [("comment", 4)]),
        (r"\nsops:", f"\n    # {MARK}\nsops:", [("comment", 9)]),
    ],
)
def test_a_wrong_shape(file: Path, pattern: str, replacement: str, found: list[tuple[str, int]]) -> None:
    edit(file, pattern, replacement)
    assert findings(file) == found


@pytest.mark.parametrize(
    ("pattern", "replacement", "codes"),
    [
        ("encrypted_regex: .keys.", "encrypted_regex: ^api_secret$", ["wrong_regex"]),
        ("    encrypted_regex: .keys.\n", "", ["wrong_regex"]),
        ("    encrypted_regex: .keys.\n", "    unencrypted_suffix: _x\n", ["wrong_regex", "wrong_regex"]),
        ("    mac: ", "    mac_only_encrypted: true\n    mac: ", ["wrong_regex"]),
        ("    mac: ", "    magic_store: []\n    mac: ", ["unknown_backend"]),
        (r"    mac: \S+\n", "", ["not_encrypted"]),
        (r"    mac: \S+\n", '    mac: ""\n', ["not_encrypted"]),
    ],
)
def test_metadata_that_does_not_protect(file: Path, pattern: str, replacement: str, codes: list[str]) -> None:
    edit(file, pattern, replacement)
    assert findings(file) == [(code, sops_line(file)) for code in codes]


def test_a_file_that_was_never_encrypted(file: Path) -> None:
    file.write_text(f"keys:\n    a/one:\n        api_key: {MARK}\n        api_secret: {MARK}\n")
    assert findings(file) == [("not_encrypted", 1), ("plaintext", 3), ("plaintext", 4)]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        ("", "not_encrypted", 1),
        ("# nothing\n", "not_encrypted", 1),
        (f"- {MARK}\n", "not_yaml", 1),
        (MARK, "not_yaml", 1),
        (f"keys:\n  a: [{MARK}\n", "not_yaml", 3),
        (f"keys:\n\ta: {MARK}\n", "not_yaml", 2),
        (f"keys: *{MARK}\n", "not_yaml", 1),
        (f"keys: {{}}\n---\nkeys: {MARK}\n", "not_yaml", 2),
        ("keys: &a {}\nmore: *a\n", "alias", 1),
        (f"keys: 1\n<<<<<<< HEAD\nx: {MARK}\n=======\n>>>>>>> other\n", "conflict", 2),
        ("[" * 5000, "not_yaml", 2),
    ],
)
def test_no_secrets_file_at_all(file: Path, content: str, code: str, line: int) -> None:
    file.write_text(content)
    assert findings(file) == [(code, line)]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"keys: \x00\n", b"keys: \xe9\n"])
def test_bytes_that_are_no_text(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert len(findings(file)) == 1


def test_an_alias_bomb_ends_at_once(file: Path) -> None:
    lines = ["l0: &l0 [x, x]", *(f"l{n}: &l{n} [*l{n - 1}, *l{n - 1}, *l{n - 1}]" for n in range(1, 60))]
    file.write_text("\n".join(lines))
    assert findings(file) == [("alias", 1)]


def test_a_file_that_cannot_be_read(file: Path) -> None:
    file.unlink()
    assert findings(file) == [("missing_file", 0)]
    file.mkdir()
    assert findings(file) == [("unreadable", 0)]


def test_a_name_that_sops_takes_for_binary_data(file: Path) -> None:
    other = file.rename(file.with_name("secrets.sops"))
    assert "file_name" in [code for code, _ in findings(other)]


def test_other_content_can_be_checked_in_a_files_place(file: Path) -> None:
    staged = file.read_text().replace("a/one", "one")
    assert [finding.code for finding in check_file(file, text=staged)] == ["bad_id"]


# Recipients


def test_recipients_that_the_rule_does_not_name(file: Path, sops_repo: SopsRepo) -> None:
    other = agegen.identity()[1]
    sops_repo.write_rules(age=other)
    (finding,) = check_file(file)
    assert finding.code == "recipients"
    assert f"it can be opened by age:{sops_repo.recipient}; it lacks age:{other}" in finding.message
    assert "updatekeys" in str(finding.hint)


def test_a_planted_recipient(file: Path, sops_repo: SopsRepo) -> None:
    planted = agegen.identity()[1]
    edit(file, "    age:\n", f"    age:\n        - enc: x\n          recipient: {planted}\n")
    (finding,) = check_file(file)
    assert finding.code == "recipients"
    assert planted in finding.message
    assert sops_repo.recipient not in finding.message


def test_the_order_and_form_of_recipients_do_not_matter(sops_repo: SopsRepo) -> None:
    two = [sops_repo.recipient, agegen.identity()[1]]
    sops_repo.write_rules(age=",".join(two))
    file = sops_repo.write({"a/one": hmac_entry()})
    for form in ([*reversed(two)], f" {two[1]} ,\n {two[0]} ", two):
        sops_repo.write_rules(age=form)
        assert findings(file) == []


def test_key_groups_are_compared_group_by_group(sops_repo: SopsRepo) -> None:
    first, second = sops_repo.recipient, agegen.identity()[1]
    sops_repo.write_rules(age=None, key_groups=[{"age": [first]}, {"age": [second]}], shamir_threshold=2)
    file = sops_repo.write({"a/one": hmac_entry()})
    assert findings(file) == []
    sops_repo.write_rules(age=f"{first},{second}")
    assert [code for code, _ in findings(file)] == ["recipients"]


@pytest.mark.parametrize(
    ("stored", "rule", "same"),
    [
        ("pgp:\n        - fp: abcd EF01\n", {"pgp": "ABCDEF01"}, True),
        ("pgp:\n        - fp: ABCDEF02\n", {"pgp": "ABCDEF01"}, False),
        (
            "kms:\n        - arn: arn:aws:kms:x:1:k/2\n          role: r\n",
            {"kms": "arn:aws:kms:x:1:k/2+r"},
            True,
        ),
        ("kms:\n        - arn: arn:aws:kms:x:1:k/3\n", {"kms": "arn:aws:kms:x:1:k/2"}, False),
        ("gcp_kms:\n        - resource_id: projects/p\n", {"gcp_kms": "projects/p"}, True),
        (
            "hc_vault:\n        - vault_address: https://v.example:8200\n          engine_path: transit\n"
            "          key_name: k\n",
            {"hc_vault_transit_uri": "https://v.example:8200/v1/transit/keys/k"},
            True,
        ),
    ],
)
def test_other_backends_are_compared_too(
    file: Path, sops_repo: SopsRepo, stored: str, rule: dict[str, Any], same: bool
) -> None:
    sops_repo.write_rules(**rule)
    edit(file, r"\nsops:\n", f"\nsops:\n    {stored}")
    assert [code for code, _ in findings(file)] == ([] if same else ["recipients"])


def test_backends_that_cannot_be_compared_are_named(file: Path, sops_repo: SopsRepo) -> None:
    sops_repo.write_rules(azure_keyvault="https://v.example/keys/k/1")
    edit(
        file,
        r"\nsops:\n",
        "\nsops:\n    azure_kv:\n        - vault_url: https://v.example\n          name: k\n",
    )
    (finding,) = check_file(file)
    assert (finding.severity, finding.code) == ("warning", "not_compared")


def test_a_file_without_a_rule(file: Path, sops_repo: SopsRepo) -> None:
    sops_repo.write_rules(path_regex="^other$")
    assert [code for code, _ in findings(file)] == ["no_rule"]
    sops_repo.write_rules(encrypted_regex=None)
    assert [code for code, _ in findings(file)] == ["wrong_regex"]
    sops_repo.write_rules(unencrypted_suffix="_x")
    assert [code for code, _ in findings(file)] == ["wrong_regex"]
    sops_repo.rules.unlink()
    (finding,) = check_file(file)
    assert isinstance(finding, Finding)
    assert (finding.severity, finding.code) == ("warning", "no_rules")


def test_the_first_rule_that_matches_counts_as_with_sops(file: Path, sops_repo: SopsRepo) -> None:
    mine = {"path_regex": r"secrets\.sops\.yaml$", "encrypted_regex": "^keys$", "age": sops_repo.recipient}
    rest = {"age": agegen.identity()[1]}
    sops_repo.rules.write_text(json.dumps({"creation_rules": [mine, rest]}))
    assert findings(file) == []
    sops_repo.rules.write_text(json.dumps({"creation_rules": [rest, mine]}))
    assert [code for code, _ in findings(file)] == ["wrong_regex", "recipients"]


def test_rules_are_looked_for_upwards_from_the_file(sops_repo: SopsRepo) -> None:
    folder = sops_repo.folder / "envs" / "prod"
    folder.mkdir(parents=True)
    file = sops_repo.write({"a/one": hmac_entry()}).rename(folder / "secrets.sops.yaml")
    sops_repo.write_rules(path_regex=r"^envs/prod/[^/]+\.sops\.yaml$")
    assert findings(file) == []
    (folder / ".sops.yaml").write_text(json.dumps({"creation_rules": [{"path_regex": "^prod/"}]}))
    assert [code for code, _ in findings(file)] == ["no_rule"]


# Entries


def test_entries_are_listed_without_a_key(file: Path) -> None:
    listed = [(entry.path, entry.fields, str(entry.where)) for entry in list_entries(file)]
    assert listed == [
        ("a/one", ("api_key", "api_secret"), f"{file}:3:5"),
        ("a/sub/two", ("api_key", "private_key"), f"{file}:6:5"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [("", "not_encrypted"), ("- list", "not_yaml"), ("a: [", "not_yaml"), ("<<<<<<< HEAD\n", "conflict")],
)
def test_a_file_without_entries_to_list(file: Path, content: str, code: str) -> None:
    file.write_text(content)
    with pytest.raises(SecretsError) as caught:
        list_entries(file)
    assert caught.value.code == code
