"""Writing entries: all or nothing, beside others, and only into files that are sound."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from accesscfg.model.errors import Locked, SecretsError
from accesscfg.secrets import Secret, check_file, update_secrets
from tests.secrets.test_open import AWKWARD
from tests.support import agegen
from tests.support.sops import SopsRepo, hmac_entry

ONE, TWO, THREE = (hmac_entry(mark) for mark in "123")


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".accesscfg-")]


def test_a_new_file_is_made_by_the_rule(sops_repo: SopsRepo) -> None:
    assert update_secrets(sops_repo.file, {"a/one": ONE}) is True
    assert sops_repo.decrypt() == {"version": 1, "keys": {"a/one": ONE}}
    assert check_file(sops_repo.file) == []
    assert "MARKED" not in sops_repo.file.read_text()
    assert leftovers(sops_repo.folder) == []


def test_a_new_file_may_be_empty_and_filled_later(sops_repo: SopsRepo) -> None:
    assert update_secrets(sops_repo.file, {}) is True
    assert sops_repo.decrypt() == {"version": 1, "keys": {}}
    assert update_secrets(sops_repo.file, {"a/one": ONE}) is True
    assert sops_repo.decrypt()["keys"] == {"a/one": ONE}


def test_entries_are_added_changed_and_taken_out_together(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/one": ONE, "a/two": TWO})
    changed = {"api_key": "k", "private_key": "-----BEGIN…\nEND\n", "passphrase": "p", "totp_seed": "t"}
    assert update_secrets(file, {"a/two": changed, "a/s/three": THREE, "a/one": None}) is True
    assert sops_repo.decrypt() == {"version": 1, "keys": {"a/two": changed, "a/s/three": THREE}}


def test_wrapped_values_are_taken_too(sops_repo: SopsRepo) -> None:
    update_secrets(sops_repo.file, {"a/one": {name: Secret(value) for name, value in ONE.items()}})
    assert sops_repo.decrypt()["keys"] == {"a/one": ONE}


def test_every_text_is_kept_as_it_was(sops_repo: SopsRepo) -> None:
    entries = {f"a/k{n}": {"api_key": text, "api_secret": text} for n, text in enumerate(AWKWARD)}
    update_secrets(sops_repo.file, dict(list(entries.items())[:-5]))
    update_secrets(sops_repo.file, dict(list(entries.items())[-5:]))
    assert sops_repo.decrypt()["keys"] == entries


def test_what_cannot_be_kept_is_refused(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/one": ONE})
    before = file.read_bytes()
    with pytest.raises(SecretsError) as caught:
        update_secrets(file, {"a/two": {"api_key": "lone \ud800 surrogate", "api_secret": "s"}})
    assert caught.value.code == "not_kept"
    assert file.read_bytes() == before
    assert leftovers(sops_repo.folder) == []


def test_other_entries_and_comments_keep_their_lines(sops_repo: SopsRepo) -> None:
    document = 'version: 1\n# about the file\nkeys:\n    a/one: {api_key: "k", api_secret: "s"}\n'
    document += '    # about two\n    a/two:\n        api_key: "k"\n        api_secret: "s"\n'
    file = sops_repo.encrypt(document)
    before = file.read_text().splitlines()
    update_secrets(file, {"a/one": ONE})
    after = file.read_text().splitlines()
    assert len(before) == len(after)
    changed = {old.split(":")[0].strip() for old, new in zip(before, after, strict=True) if old != new}
    assert changed - {"lastmodified"} == {"api_key", "api_secret", "mac"}


def test_the_same_values_again_leave_the_file_untouched(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/one": ONE})
    before = (file.read_bytes(), file.stat().st_ino)
    time.sleep(1.1)  # sops notes the second of a change
    assert update_secrets(file, {"a/one": ONE}) is False
    assert update_secrets(file, {}) is False
    assert (file.read_bytes(), file.stat().st_ino) == before


def test_the_mode_is_kept(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/one": ONE})
    file.chmod(0o640)
    update_secrets(file, {"a/one": TWO})
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_symbolic_link_stays_one(sops_repo: SopsRepo, tmp_path: Path) -> None:
    link = tmp_path / "link.sops.yaml"
    link.symlink_to(sops_repo.write({"a/one": ONE}))
    update_secrets(link, {"a/one": TWO})
    assert link.is_symlink()
    assert sops_repo.decrypt()["keys"] == {"a/one": TWO}


def test_a_relative_name_from_elsewhere(sops_repo: SopsRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    sops_repo.write({"a/one": ONE})
    monkeypatch.chdir(sops_repo.folder.parent)
    update_secrets(Path("repo/secrets.sops.yaml"), {"a/two": TWO})
    update_secrets(Path("repo/new.sops.yaml"), {"a/two": TWO})
    assert sops_repo.decrypt()["keys"] == {"a/one": ONE, "a/two": TWO}
    assert sops_repo.decrypt("new.sops.yaml")["keys"] == {"a/two": TWO}


def test_the_files_own_indentation_is_kept(sops_repo: SopsRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = json.loads(sops_repo.rules.read_text()) | {"stores": {"yaml": {"indent": 2}}}
    sops_repo.rules.write_text(json.dumps(rules))
    file = sops_repo.write({"a/one": ONE})
    monkeypatch.chdir("/")
    update_secrets(file, {"a/one": TWO})
    assert "\n  a/one:\n    api_key:" in file.read_text()


def test_what_a_killed_run_left_is_swept_away(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/one": ONE})
    (sops_repo.folder / ".accesscfg-abc.sops.yaml").write_text("half")
    update_secrets(file, {"a/two": TWO})
    assert leftovers(sops_repo.folder) == []


def test_no_file_anywhere_holds_a_value(
    sops_repo: SopsRepo, tmp_path: Path, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    update_secrets(sops_repo.file, {"a/one": ONE})
    update_secrets(sops_repo.file, {"a/one": TWO, "a/two": THREE})
    written = [path for top in (tmp_path, home) for path in top.rglob("*") if path.is_file()]
    assert sops_repo.file in written
    assert not [path for path in written if b"MARKED" in path.read_bytes()]
    assert "MARKED" not in caplog.text


# What is refused. Each leaves the file as it was, and nothing beside it.


def refused(file: Path, entries: Any, code: str) -> str:
    before = file.read_bytes() if file.exists() else None
    with pytest.raises(SecretsError) as caught:
        update_secrets(file, entries)
    assert caught.value.code == code
    assert (file.read_bytes() if file.exists() else None) == before
    assert leftovers(file.parent) == []
    assert "MARKED" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("entries", "word"),
    [
        ({"one": ONE}, "'one'"),
        ({'a/b"]["c': ONE}, "a/b"),
        ({"a/b_unencrypted": ONE}, "_unencrypted"),
        ({"a/one": {"api_key": "k"}}, "api_secret"),
        ({"a/one": {}}, "api_key"),
        ({"a/one": {**ONE, "note": "n"}}, "'note'"),
        ({"a/one": {**ONE, "passphrase": ""}}, "empty passphrase"),
        ({"a/one": {**ONE, "private_key": "p"}}, "both"),
    ],
)
def test_an_entry_that_makes_no_credential(sops_repo: SopsRepo, entries: Any, word: str) -> None:
    assert word in refused(sops_repo.write({"a/x": ONE}), entries, "bad_entry")


def test_taking_out_what_is_not_there(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/one": ONE})
    refused(file, {"a/one": TWO, "a/none": None}, "no_such_entry")
    refused(sops_repo.folder / "absent.sops.yaml", {"a/none": None}, "missing_file")


def test_a_file_with_a_value_in_plain_text(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/one": ONE})
    file.write_text(re.sub(r"api_secret: \S+", "api_secret: MARKED-SECRET", file.read_text()))
    assert ":5:" in refused(file, {"a/two": TWO}, "plaintext")


def test_a_file_whose_recipients_are_not_those_of_the_rules(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/one": ONE})
    other = agegen.identity()[1]
    sops_repo.write_rules(age=f"{sops_repo.recipient},{other}")
    assert other in refused(file, {"a/two": TWO}, "recipients")


def test_a_file_that_was_tampered_with(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/one": ONE, "a/two": TWO})
    file.write_text(file.read_text().replace("a/one:", "a/renamed:"))
    refused(file, {"a/two": TWO}, "tampered_value")


def test_a_file_that_cannot_be_opened(sops_repo: SopsRepo, identity_file: Path) -> None:
    file = sops_repo.write({"a/one": ONE})
    identity_file.write_text(agegen.identity()[0])
    refused(file, {"a/two": TWO}, "wrong_identity")


def test_a_new_file_where_no_rule_is_fit(sops_repo: SopsRepo) -> None:
    sops_repo.write_rules(path_regex="^other$")
    refused(sops_repo.file, {"a/one": ONE}, "no_rule")
    sops_repo.write_rules(encrypted_regex="^api_secret$")
    refused(sops_repo.file, {"a/one": ONE}, "wrong_regex")
    sops_repo.write_rules(encrypted_regex=None, encypted_regex="^keys$")
    assert "did you mean encrypted_regex?" in refused(sops_repo.file, {"a/one": ONE}, "bad_config")
    sops_repo.rules.unlink()
    refused(sops_repo.file, {"a/one": ONE}, "no_config")


def test_an_entry_with_a_lesser_fault_is_mended_by_entering_it_again(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/one": {"api_key": "k", "api_secret": 83}, "a/two": {"api_key": ""}})
    update_secrets(file, {"a/one": ONE, "a/two": TWO})
    assert sops_repo.decrypt()["keys"] == {"a/one": ONE, "a/two": TWO}
    assert check_file(file) == []


def test_no_traceback_holds_a_value(sops_repo: SopsRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    file = sops_repo.write({"a/one": ONE})
    monkeypatch.setattr("os.replace", fail_with(OSError(28, "No space left on device")))
    with pytest.raises(SecretsError, match="No space") as caught:
        update_secrets(file, {"a/one": hmac_entry("NEW")})
    assert caught.value.code == "not_written"
    error: BaseException | None = caught.value
    while error is not None:
        place = error.__traceback__
        while place is not None:
            if (
                place.tb_frame.f_code.co_filename.endswith(".py")
                and "accesscfg/" in place.tb_frame.f_code.co_filename
            ):
                assert "MARKED" not in repr(place.tb_frame.f_locals)
            place = place.tb_next
        error = error.__context__


def fail_with(error: Exception) -> Any:
    def fail(*args: object) -> None:
        raise error

    return fail


def test_a_change_from_outside_is_not_overwritten(
    sops_repo: SopsRepo, tmp_path: Path, monkeypatch: Any
) -> None:
    file = sops_repo.write({"a/one": ONE})
    editor = tmp_path / "sops"
    editor.write_text(
        f'#!/bin/sh\n{sops_repo.sops} "$@" || exit\n[ "$1" = set ] && echo "# edited" >> {file} || true\n'
    )
    editor.chmod(0o755)
    monkeypatch.setenv("ACCESSCFG_SOPS", str(editor))
    with pytest.raises(SecretsError) as caught:
        update_secrets(file, {"a/two": TWO})
    assert caught.value.code == "changed_meanwhile"
    assert file.read_text().endswith("# edited\n")
    assert leftovers(sops_repo.folder) == []


def test_a_file_made_meanwhile_is_not_overwritten(
    sops_repo: SopsRepo, tmp_path: Path, monkeypatch: Any
) -> None:
    other = tmp_path / "sops"
    other.write_text(
        f'#!/bin/sh\n[ "$1" = encrypt ] && echo theirs > {sops_repo.file}\nexec {sops_repo.sops} "$@"\n'
    )
    other.chmod(0o755)
    monkeypatch.setenv("ACCESSCFG_SOPS", str(other))
    with pytest.raises(SecretsError) as caught:
        update_secrets(sops_repo.file, {"a/one": ONE})
    assert caught.value.code == "changed_meanwhile"
    assert sops_repo.file.read_text() == "theirs\n"
    assert leftovers(sops_repo.folder) == []


def test_a_set_that_does_something_else_is_noticed(
    sops_repo: SopsRepo, tmp_path: Path, monkeypatch: Any
) -> None:
    file = sops_repo.write({"a/one": ONE})
    lazy = tmp_path / "sops"
    lazy.write_text(f'#!/bin/sh\n[ "$1" = set ] && exit 0\nexec {sops_repo.sops} "$@"\n')
    lazy.chmod(0o755)
    monkeypatch.setenv("ACCESSCFG_SOPS", str(lazy))
    refused(file, {"a/two": TWO}, "not_kept")


def test_a_folder_held_by_another_run(sops_repo: SopsRepo) -> None:
    import fcntl

    file = sops_repo.write({"a/one": ONE})
    with (sops_repo.folder / ".accesscfg.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Locked):
            update_secrets(file, {"a/two": TWO}, lock_timeout=0.1)
    update_secrets(file, {"a/two": TWO}, lock_timeout=0.1)


def test_a_folder_that_is_not_there_is_not_made(sops_repo: SopsRepo) -> None:
    with pytest.raises(SecretsError, match="folder") as caught:
        update_secrets(sops_repo.folder / "absent" / "secrets.sops.yaml", {"a/one": ONE})
    assert caught.value.code == "no_folder"
    assert not (sops_repo.folder / "absent").exists()


READ_ONLY = """
import sys
from pathlib import Path
from accesscfg.model.errors import SecretsError
from accesscfg.secrets import update_secrets

try:
    update_secrets(Path(sys.argv[1]), {"a/two": {"api_key": "k", "api_secret": "s"}})
except SecretsError as error:
    sys.exit(f"{error.code}: {error}")
"""


def test_a_folder_that_may_not_be_written_to(sops_repo: SopsRepo) -> None:
    file = sops_repo.write({"a/one": ONE})
    before = file.read_bytes()
    sops_repo.folder.chmod(0o555)
    try:
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(file)],
            preexec_fn=without_roots_rights if os.getuid() == 0 else None,
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        sops_repo.folder.chmod(0o755)
    assert done.returncode == 1
    assert done.stderr.startswith("not_written: ")
    assert "Permission denied" in done.stderr
    assert file.read_bytes() == before


def without_roots_rights() -> None:
    """Root ignores modes; a program started after this does not."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    drop_from_bounding_set, dac_override, dac_read_search = 24, 1, 2
    for capability in (dac_override, dac_read_search):
        assert libc.prctl(drop_from_bounding_set, capability, 0, 0, 0) == 0
