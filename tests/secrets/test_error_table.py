"""Each way in which a secrets file cannot be opened, with the real sops, and what the person is told."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from accesscfg.model.errors import SecretsError
from accesscfg.secrets import open_secrets
from tests.support import agegen
from tests.support.sops import SopsRepo, hmac_entry

MARK = "MARKED-SECRET"


def problem(file: Path) -> SecretsError:
    """Why the file cannot be opened; checks what holds for every such error."""
    opened = asyncio.run(open_secrets([file], None))
    assert opened.credentials == {}
    error = opened.problems[file]
    assert error.exit_code == 77
    assert str(file) in str(error)
    assert error.fix
    assert MARK not in str(error)
    assert not re.search(r"[0-9a-fA-F]{32}", error.why or ""), "a hash of plain text"
    return error


@pytest.fixture
def file(sops_repo: SopsRepo) -> Path:
    return sops_repo.write({"a/one": hmac_entry("1"), "a/two": hmac_entry("2")})


def edit(file: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, file.read_text(), count=1, flags=re.DOTALL)
    assert count == 1
    file.write_text(text)


def test_an_identity_that_the_file_is_not_for_names_those_it_is_for(
    file: Path, sops_repo: SopsRepo, identity_file: Path
) -> None:
    identity_file.write_text(agegen.identity()[0])
    error = problem(file)
    assert error.code == "wrong_identity"
    assert sops_repo.recipient in str(error)


def test_no_identity_at_all(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOPS_AGE_KEY_FILE")
    error = problem(file)
    assert error.code == "no_identity"
    assert "SOPS_AGE_KEY_FILE" in str(error)


@pytest.mark.parametrize("content", ["AGE-SECRET-KEY-1NONSENSE", "some words"])
def test_a_damaged_identity(file: Path, identity_file: Path, content: str) -> None:
    identity_file.write_text(content)
    assert problem(file).code == "bad_identity"


def test_an_identity_file_that_is_not_there(file: Path, identity_file: Path) -> None:
    identity_file.unlink()
    assert problem(file).code == "bad_identity"


def test_an_identity_command_that_fails(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOPS_AGE_KEY_FILE")
    monkeypatch.setenv("SOPS_AGE_KEY_CMD", "false")
    assert problem(file).code == "bad_identity"


def test_an_identity_with_a_passphrase_asks_nobody(file: Path, identity_file: Path) -> None:
    # The head of an identity that `age -p` protects; sops asks before it looks further.
    body = "A" * 43
    identity_file.write_text(
        f"age-encryption.org/v1\n-> scrypt {'A' * 22} 10\n{body}\n--- {body}\n{'x' * 64}"
    )
    assert problem(file).code == "needs_terminal"


def test_too_few_key_groups(sops_repo: SopsRepo) -> None:
    groups = [{"age": [sops_repo.recipient]}, {"age": [agegen.identity()[1]]}]
    sops_repo.write_rules(age=None, key_groups=groups, shamir_threshold=2)
    assert problem(sops_repo.write({"a/one": hmac_entry()})).code == "quorum"


def test_a_backend_that_cannot_help(file: Path) -> None:
    edit(file, r"    age:\n.*?(?=    encrypted_regex)", PGP)
    assert problem(file).code == "no_data_key"


PGP = """\
    pgp:
        - created_at: "2026-01-01T00:00:00Z"
          enc: |
            -----BEGIN PGP MESSAGE-----

            AAAA
            -----END PGP MESSAGE-----
          fp: 0000000000000000000000000000000000000000
"""


def test_changed_metadata(file: Path) -> None:
    edit(file, r'lastmodified: "\d{4}', 'lastmodified: "1999')
    assert problem(file).code == "tampered_metadata"


def test_an_entry_taken_out_by_hand(file: Path) -> None:
    edit(file, r"    a/one:\n.*?(?=    a/two)", "")
    assert problem(file).code == "mac_mismatch"


def test_two_fields_swapped_by_hand(file: Path) -> None:
    edit(file, r"(        api_key: [^\n]*\n)(        api_secret: [^\n]*\n)", r"\2\1")
    assert problem(file).code == "mac_mismatch"


@pytest.mark.parametrize("plain", [f"{MARK}-PLAIN", '"12345678"'])
def test_a_value_in_plain_text_is_to_be_taken_as_leaked(file: Path, plain: str) -> None:
    edit(file, r"api_secret: ENC\S*", f"api_secret: {plain}")
    error = problem(file)
    assert error.code == "plaintext_in_file"
    assert "leaked" in str(error)


def test_an_entry_renamed_by_hand(file: Path) -> None:
    edit(file, "a/one:", "a/three:")
    assert problem(file).code == "tampered_value"


def test_a_value_from_another_place(file: Path) -> None:
    values = re.findall(r"ENC\S*", file.read_text())
    edit(file, re.escape(values[0]), values[1])
    assert problem(file).code == "tampered_value"


def test_no_file(sops_repo: SopsRepo) -> None:
    assert problem(sops_repo.file).code == "missing_file"


def test_no_folder(sops_repo: SopsRepo) -> None:
    assert problem(sops_repo.folder / "nowhere" / "secrets.sops.yaml").code == "missing_file"


def test_a_folder_in_its_place(sops_repo: SopsRepo) -> None:
    sops_repo.file.mkdir()
    assert problem(sops_repo.file).code == "unreadable"


@pytest.mark.parametrize("text", ["", f"keys:\n  a/one: {{api_key: {MARK}, api_secret: {MARK}}}\n"])
def test_a_file_that_was_never_encrypted(sops_repo: SopsRepo, text: str) -> None:
    sops_repo.file.write_text(text)
    assert problem(sops_repo.file).code == "not_encrypted"


def test_a_sops_section_that_was_cut_off(file: Path) -> None:
    edit(file, r"\nsops:.*", "\n")
    assert problem(file).code == "not_encrypted"


@pytest.mark.parametrize("rules", ["creation_rules: [", "- 1\n- 2\n", "creation_rules: 7"])
def test_a_rules_file_that_is_not_valid(file: Path, sops_repo: SopsRepo, rules: str) -> None:
    sops_repo.rules.write_text(rules)
    assert problem(file).code == "bad_config"


@pytest.mark.parametrize("text", [f"keys: [{MARK}\n", "\tkeys: 1\n", f"{MARK}: '\n"])
def test_no_yaml(sops_repo: SopsRepo, text: str) -> None:
    sops_repo.file.write_text(text)
    assert problem(sops_repo.file).code == "not_yaml"


def test_a_merge_that_was_not_finished(file: Path) -> None:
    edit(file, r"(    mac: [^\n]*\n)", r"<<<<<<< HEAD\n\1=======\n\1>>>>>>> other\n")
    error = problem(file)
    assert error.code == "conflict"
    assert "git checkout --ours secrets.sops.yaml" in str(error)


def test_a_decrypted_file_that_is_not_ours(sops_repo: SopsRepo) -> None:
    for document in (
        {"keys": ["list"]},
        {"other": 1, "keys": None},
        {"version": 2, "keys": {"a/b": hmac_entry()}},
    ):
        error = problem(sops_repo.encrypt(document))
        assert error.code == "bad_shape"


def test_one_bad_file_does_not_hide_the_others(file: Path, sops_repo: SopsRepo) -> None:
    bad = sops_repo.folder / "bad.sops.yaml"
    bad.write_text("nothing: here\n")
    opened = asyncio.run(open_secrets([bad, file], None))
    assert set(opened.credentials) == {"a/one", "a/two"}
    assert list(opened.problems) == [bad]


def test_the_code_does_not_depend_on_how_sops_breaks_its_lines() -> None:
    from accesscfg.secrets.failures import classify

    wrapped = (
        "  - | Failed to get the data key\n    | failed to load age identities. Did\n    | not find keys in"
    )
    assert classify(128, wrapped) == "no_identity"
    # Seen with encrypt and set only, which are never called in such a way.
    assert classify(203, "The file contains a top-level entry called 'sops'") == "already_encrypted"
    assert classify(77, json.dumps({"unknown": MARK})) == "sops_failed"
    assert classify(-9, "") == "killed"
