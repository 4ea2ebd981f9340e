"""The accounts of closed exchanges are found and taken out, wherever they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from accesscfg.config.retired import Removal, without_retired
from accesscfg.model.errors import AccesscfgError
from tests.config.workspaces import EXCHANGES, write

GOOD = """\
  # the desk we trade at
  desk:
    exchange: toy   # eu
    keys:
      bot: {permissions: [read], ip_whitelist: [203.0.113.7]}
"""
OLD = """\
  old:
    exchange: gone  # closed
    keys:
      bot: {permissions: [read], ip_whitelist: [203.0.113.7]}
"""


def removal(folder: Path, text: str, files: dict[str, str] | None = None) -> Removal | None:
    return without_retired(write(folder, text, files), EXCHANGES, sandbox=True)


def after(found: Removal | None, name: str = "exchanges.yaml") -> str:
    assert found is not None
    return next(edit.after for edit in found.edits if edit.file.name == name).decode()


def test_nothing_is_retired(tmp_path: Path) -> None:
    assert removal(tmp_path, f"version: 1\nexchanges:\n{GOOD}") is None


def test_the_account_goes_and_every_other_byte_stays(tmp_path: Path) -> None:
    found = removal(tmp_path, f"# ours\nversion: 1\nexchanges:\n{OLD}{GOOD}# end\n")
    assert after(found) == f"# ours\nversion: 1\nexchanges:\n{GOOD}# end\n"
    assert found is not None
    assert (found.accounts, found.valid, found.findings) == (("old",), True, ())


def test_the_file_itself_is_not_touched(tmp_path: Path) -> None:
    text = f"version: 1\nexchanges:\n{OLD}{GOOD}"
    removal(tmp_path, text)
    assert (tmp_path / "exchanges.yaml").read_text() == text


def test_several_accounts_in_several_files(tmp_path: Path) -> None:
    more = {"more/a.yaml": f"exchanges:\n{OLD.replace('old:', 'older:')}"}
    text = f"version: 1\ninclude: [more/*.yaml]\nexchanges:\n{GOOD}{OLD}{OLD.replace('old:', 'oldest:')}"
    found = removal(tmp_path, text, more)
    assert found is not None
    assert set(found.accounts) == {"old", "older", "oldest"}
    assert found.valid
    assert after(found) == f"version: 1\ninclude: [more/*.yaml]\nexchanges:\n{GOOD}"
    assert after(found, "a.yaml") == "exchanges: {}\n"


def test_the_only_account(tmp_path: Path) -> None:
    found = removal(tmp_path, f"version: 1\nexchanges:\n{OLD}")
    assert found is not None
    assert (after(found), found.valid) == ("version: 1\nexchanges: {}\n", True)


def test_a_byte_order_mark_and_ends_of_lines_stay(tmp_path: Path) -> None:
    text = f"\ufeffversion: 1\nexchanges:\n{OLD}{GOOD}".replace("\n", "\r\n")
    assert after(removal(tmp_path, text)) == f"\ufeffversion: 1\nexchanges:\n{GOOD}".replace("\n", "\r\n")


def test_what_refers_to_it_and_makes_the_rest_invalid_is_told(tmp_path: Path) -> None:
    pools = "ip_pools:\n  one: {file: one.txt, allocated_to: [old/bot]}\n"
    found = removal(tmp_path, f"version: 1\n{pools}exchanges:\n{OLD}{GOOD}", {"one.txt": "203.0.113.8"})
    assert found is not None
    assert not found.valid
    assert [finding.code for finding in found.findings if finding.severity == "error"] == ["unknown_key"]


def test_what_refers_to_it_and_does_no_harm_is_told_too(tmp_path: Path) -> None:
    policies = (
        "policies:\n  exceptions:\n"
        "    - {key: old/bot, policy: forbid, permission: withdraw, reason: sweep, until: 2027-03-31}\n"
    )
    found = removal(tmp_path, f"version: 1\n{policies}exchanges:\n{OLD}{GOOD}")
    assert found is not None
    assert found.valid
    assert [finding.code for finding in found.findings] == ["idle_exception"]


def test_an_account_that_lends_others_a_part_of_it_cannot_go(tmp_path: Path) -> None:
    old = OLD.replace("bot: {", "bot: &key {")
    found = removal(
        tmp_path, f"version: 1\nexchanges:\n{old}  desk:\n    exchange: toy\n    keys: {{bot: *key}}\n"
    )
    assert found is not None
    assert not found.valid
    assert "there is no anchor" in found.findings[0].message


def test_a_file_in_a_form_that_is_not_edited_is_named(tmp_path: Path) -> None:
    text = "version: 1\nexchanges: {a: {exchange: gone, keys: {}},  # why\n  b: {exchange: toy}}\n"
    with pytest.raises(AccesscfgError, match="cannot be taken out") as caught:
        removal(tmp_path, text)
    assert caught.value.where == str(tmp_path / "exchanges.yaml")
    assert "by hand" in (caught.value.fix or "")


@pytest.mark.parametrize("text", ["", "version: 1\nexchanges: [", "version: 2\n"])
def test_a_declaration_that_cannot_be_read_has_nothing_to_remove(tmp_path: Path, text: str) -> None:
    assert removal(tmp_path, text) is None
