"""age identities: the same as another implementation makes, readable to sops, and never written over."""

from __future__ import annotations

import asyncio
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accesscfg.model.errors import SecretsError
from accesscfg.secrets import default_identity_path, new_identity, open_secrets, recipient_of, write_identity
from tests.support import agegen
from tests.support.sops import SopsRepo, hmac_entry

# RFC 7748, section 5.2: the first round of its repeated multiplication starts at the base point.
PRIVATE = (9).to_bytes(32, "little")
PUBLIC = bytes.fromhex("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")


def test_the_tests_own_curve_is_that_of_the_rfc() -> None:
    assert agegen.public_key(PRIVATE) == PUBLIC


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.binary(min_size=32, max_size=32))
def test_recipients_are_those_of_an_independent_implementation(key: bytes, tmp_path: Path) -> None:
    secret, recipient = agegen.identity(key)
    file = tmp_path / "keys.txt"
    file.write_text(f"# a comment\n\n{secret}\n")
    assert recipient_of(file) == recipient


def test_sops_opens_with_the_secret_what_it_encrypted_for_the_recipient(
    sops_repo: SopsRepo, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = write_identity(home / "made.txt")
    sops_repo.write_rules(age=identity.recipient)
    file = sops_repo.write({"a/one": hmac_entry()})
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", str(home / "made.txt"))
    assert set(asyncio.run(open_secrets([file], None)).credentials) == {"a/one"}


def test_sops_finds_an_identity_at_the_default_place(
    sops_repo: SopsRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOPS_AGE_KEY_FILE")
    identity = write_identity(default_identity_path())
    sops_repo.write_rules(age=identity.recipient)
    file = sops_repo.write({"a/one": hmac_entry()})
    assert asyncio.run(open_secrets([file], None)).problems == {}


def test_each_identity_is_new_and_hides_its_secret() -> None:
    one, two = new_identity(), new_identity()
    assert one.recipient != two.recipient
    assert one.secret != two.secret
    assert one.recipient.startswith("age1")
    assert "AGE-SECRET" not in repr(one)


def test_the_file_is_its_owners_alone_and_names_the_recipient(tmp_path: Path) -> None:
    path = tmp_path / "sops" / "age" / "keys.txt"
    identity = write_identity(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert f"# public key: {identity.recipient}\n{identity.secret.reveal()}\n" in path.read_text()
    assert recipient_of(path) == identity.recipient


def test_an_identity_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "keys.txt"
    path.write_text("mine")
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "elsewhere.txt")
    for taken in (path, link):
        with pytest.raises(SecretsError) as caught:
            write_identity(taken)
        assert caught.value.code == "identity_exists"
    assert path.read_text() == "mine"
    assert not (tmp_path / "elsewhere.txt").exists()


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SecretsError) as caught:
        write_identity(tmp_path / "file" / "keys.txt")
    assert caught.value.code == "identity_not_written"


def test_where_the_identity_is_looked_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = "Library/Application Support" if sys.platform == "darwin" else ".config"
    assert default_identity_path() == home / config / "sops/age/keys.txt"
    monkeypatch.setenv("XDG_CONFIG_HOME", "/etc/mine")
    assert default_identity_path() == Path("/etc/mine/sops/age/keys.txt")
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", "relative.txt")
    assert default_identity_path() == Path.cwd() / "relative.txt"


SECRET, RECIPIENT = agegen.identity(PRIVATE)
OTHER, _ = agegen.identity()


@pytest.mark.parametrize("form", [SECRET, SECRET.lower(), f"  {SECRET}  ", f"{SECRET}\r\n{OTHER}"])
def test_forms_of_an_identity_that_are_read(tmp_path: Path, form: str) -> None:
    file = tmp_path / "keys.txt"
    file.write_text(form)
    assert recipient_of(file) == RECIPIENT


@pytest.mark.parametrize(
    "content",
    [
        "",
        "# only a comment",
        RECIPIENT,
        SECRET[:-1],
        SECRET[:-1] + ("Q" if SECRET[-1] != "Q" else "P"),
        SECRET.capitalize(),
        SECRET.replace("1", "1B", 1),
        agegen.bech32("age-secret-key-", PRIVATE[:31]).upper(),
        agegen.bech32("age-secret-key-", PRIVATE + b"\0").upper(),
        agegen.bech32_of_values("age-secret-key-", [0] * 51 + [1]).upper(),  # bits beyond the 32 bytes
        "AGE-SECRET-KEY-PQ-1QQQQ",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "\u00e9",
    ],
)
def test_what_is_no_identity(tmp_path: Path, content: str) -> None:
    file = tmp_path / "keys.txt"
    file.write_text(content)
    with pytest.raises(SecretsError) as caught:
        recipient_of(file)
    assert caught.value.code == "bad_identity"
    assert "AGE-SECRET-KEY-1Q" not in str(caught.value)


def test_no_identity_file(tmp_path: Path) -> None:
    with pytest.raises(SecretsError):
        recipient_of(tmp_path / "absent")
