"""Opening secrets files: what comes out, how often sops is called, and which entries are refused."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from accesscfg.secrets import Opened, open_secrets
from tests.support.sops import SopsRepo, hmac_entry

PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----\n"
AWKWARD = [
    "0x0123456789abcdef0123456789abcdef",
    "0123",
    "1e400",
    "0o17",
    "1_000",
    "2026-01-01",
    "yes",
    "null",
    "~",
    "=",
    "<<",
    "*anchor",
    "- item",
    "key: value",
    "{}",
    "# no comment",
    " blanks ",
    "'\"\\",
    "line\r\nbreaks\n\n",
    "nul\0bell\a",
    "\u2028\u2029\x85\ufeff",
    "naïve ключ 鍵 🔑",
    "ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]",
    "x" * 100_000,
    PEM,
]


def opened(*files: Path, wanted: Any = None) -> Opened:
    return asyncio.run(open_secrets(files, wanted))


def test_every_text_comes_back_as_it_was(sops_repo: SopsRepo) -> None:
    file = sops_repo.write(
        {f"a/k{n}": {"api_key": text, "api_secret": text} for n, text in enumerate(AWKWARD)}
    )
    credentials = opened(file).credentials
    assert [one.api_key.reveal() for one in credentials.values()] == AWKWARD


def test_all_fields_of_an_entry(sops_repo: SopsRepo) -> None:
    fields = {"api_key": "k", "private_key": PEM, "passphrase": "p", "totp_seed": "t"}
    one = opened(sops_repo.write({"acc/sub/bot": fields})).credentials["acc/sub/bot"]
    assert one.api_secret is None
    assert one.private_key is not None
    assert one.private_key.reveal() == PEM
    assert one.passphrase is not None
    assert one.passphrase.reveal() == "p"
    assert one.totp_seed is not None
    assert one.totp_seed.reveal() == "t"


def test_only_wanted_entries_are_kept(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/one": hmac_entry(), "a/two": hmac_entry(), "a/bad": {"api_key": "k"}})
    found = opened(file, wanted={"a/one", "a/absent"})
    assert set(found.credentials) == {"a/one"}
    assert found.faults == {}
    assert "MARKED" not in repr(found)


def test_one_call_of_sops_for_each_file(
    sops_repo: SopsRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [sops_repo.write({f"a/k{n}": hmac_entry()}, f"{n}.sops.yaml") for n in range(5)]
    calls = counting_sops(tmp_path, sops_repo.sops, monkeypatch)
    assert len(opened(*files, files[0]).credentials) == 5
    made = [line for line in calls.read_text().splitlines() if "--version" not in line]
    assert sorted(made) == sorted(f"decrypt --output-type json {file}" for file in files)


def counting_sops(folder: Path, real: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sops that notes its arguments and then is the real one."""
    calls, script = folder / "calls", folder / "counting-sops"
    script.write_text(f'#!/bin/sh\necho "$@" >> {calls}\nexec {real} "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("ACCESSCFG_SOPS", str(script))
    return calls


def test_no_file_needs_no_sops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCESSCFG_SOPS", "/nowhere")
    assert opened() == Opened({})


def test_a_relative_name_from_another_folder(
    sops_repo: SopsRepo, identity_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sops_repo.write({"a/one": hmac_entry()})
    elsewhere = sops_repo.folder.parent / "else" / "where"
    elsewhere.mkdir(parents=True)
    # sops would stumble over this one if it were started here.
    (elsewhere / ".sops.yaml").write_text("creation_rules: [")
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", os.path.relpath(identity_file))
    file = Path("../../repo/secrets.sops.yaml")
    assert set(opened(file).credentials) == {"a/one"}


def test_a_symbolic_link_to_the_file(sops_repo: SopsRepo, tmp_path: Path) -> None:
    link = tmp_path / "link.sops.yaml"
    link.symlink_to(sops_repo.write({"a/one": hmac_entry()}))
    assert set(opened(link).credentials) == {"a/one"}


def test_a_name_that_looks_like_an_option(sops_repo: SopsRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    sops_repo.write({"a/one": hmac_entry()}).rename(sops_repo.folder / "--help.sops.yaml")
    monkeypatch.chdir(sops_repo.folder)
    assert set(opened(Path("--help.sops.yaml")).credentials) == {"a/one"}


def test_a_file_that_only_its_owner_may_read_stays_so(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/one": hmac_entry()})
    file.chmod(0o400)
    before = file.read_bytes()
    assert set(opened(file).credentials) == {"a/one"}
    assert file.read_bytes() == before
    assert stat.S_IMODE(file.stat().st_mode) == 0o400
    assert sorted(path.name for path in sops_repo.folder.iterdir()) == [".sops.yaml", "secrets.sops.yaml"]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("text", "no map"),
        (["list"], "no map"),
        ({}, "no api_key"),
        ({"api_key": "k"}, "neither api_secret nor private_key"),
        ({"api_secret": "s"}, "no api_key"),
        ({"api_key": "k", "api_secret": "s", "private_key": "p"}, "both"),
        ({"api_key": "k", "api_secret": "s", "secret": "s"}, "'secret'"),
        ({"api_key": "k", "api_secret": 98765}, "number"),
        ({"api_key": "k", "api_secret": True}, "true or false"),
        ({"api_key": "k", "api_secret": None}, "null"),
        ({"api_key": "k", "api_secret": ""}, "empty api_secret"),
        ({"api_key": "k", "api_secret": {"deep": "s"}}, "a map"),
    ],
)
def test_an_entry_that_makes_no_credential(sops_repo: SopsRepo, entry: Any, fault: str) -> None:
    file = sops_repo.write({"a/one": entry, "a/two": hmac_entry()})
    found = opened(file)
    assert set(found.credentials) == {"a/two"}
    error = found.faults["a/one"]
    assert error.code == "bad_entry"
    assert fault in error.what
    assert "'a/one'" in error.what
    assert str(file) in str(error)
    assert "98765" not in str(error)


@pytest.mark.parametrize(
    "entry",
    ["one", "a/b/c/d", "A/b", "a/", "a/b:c", "a/b_unencrypted", "x_encrypted/b", "a/" + "b" * 64, "a b/c"],
)
def test_an_id_that_is_no_key_path(sops_repo: SopsRepo, entry: str) -> None:
    found = opened(sops_repo.write({entry: hmac_entry()}))
    assert found.credentials == {}
    assert found.faults[entry].code == "bad_entry"


def test_an_id_in_two_files_is_used_from_neither(sops_repo: SopsRepo) -> None:
    first = sops_repo.write({"a/one": hmac_entry("1"), "a/two": hmac_entry()}, "1.sops.yaml")
    second = sops_repo.write({"a/one": hmac_entry("2")}, "2.sops.yaml")
    third = sops_repo.write({"a/one": hmac_entry("3")}, "3.sops.yaml")
    found = opened(first, second, third)
    assert set(found.credentials) == {"a/two"}
    error = found.faults["a/one"]
    assert error.code == "double_entry"
    assert str(first) in str(error)
    assert set(opened(second).credentials) == {"a/one"}


def test_a_thousand_keys_are_opened_at_once(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({f"acc-{n // 10}/k{n}": hmac_entry(str(n)) for n in range(1000)})
    assert len(opened(file, wanted=[f"acc-{n}/k{n * 10}" for n in range(100)]).credentials) == 100


def test_a_json_file(sops_repo: SopsRepo) -> None:
    sops_repo.write_rules(path_regex=None)
    document = json.dumps({"keys": {"a/one": hmac_entry()}})
    args = ("--input-type", "json", "--output-type", "json", "--filename-override", "s.json")
    file = sops_repo.folder / "s.sops.json"
    file.write_text(sops_repo.call("encrypt", *args, given=document))
    assert set(opened(file).credentials) == {"a/one"}
