"""Which files make up a workspace: the one found, those included, the secrets named and never opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from accesscfg.config import find
from accesscfg.model.errors import UsageError
from accesscfg.model.findings import Mark
from tests.config.workspaces import Expected, account, check, declaration, findings, one_key

KEY = "{permissions: [read], ip_whitelist: [203.0.113.7]}"
OTHER = f"exchanges:\n  other:\n    exchange: toy\n    keys: {{bot: {KEY}}}\n"


def test_the_workspace_is_the_file_or_the_folder_or_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "exchanges.yaml").write_text("version: 1\n")
    (tmp_path / "mine.yaml").write_text("version: 1\n")
    monkeypatch.chdir(tmp_path)
    assert find(None) == Path("exchanges.yaml")
    assert find(tmp_path) == tmp_path / "exchanges.yaml"
    assert find(tmp_path / "mine.yaml") == tmp_path / "mine.yaml"


@pytest.mark.parametrize("path", [None, "nowhere", "empty", "a\0b"])
def test_a_workspace_that_is_not_there_says_what_to_do(
    path: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="there is no workspace") as caught:
        find(None if path is None else Path(path))
    assert "accesscfg init" in str(caught.value)


def test_included_files_add_pools_and_accounts(tmp_path: Path) -> None:
    text = "version: 1\ninclude: [parts/*.yaml]\nip_pools: {ours: [203.0.113.1]}\n"
    files = {
        "parts/b.yaml": "exchanges:\n  b:\n    exchange: toy\n    keys:\n"
        "      bot: {permissions: [read], ip_whitelist: [pool:ours, pool:theirs]}\n",
        "parts/a.yaml": "ip_pools: {theirs: {file: theirs.txt}}\nexchanges: {a: {exchange: toy}}\n",
        "parts/theirs.txt": "203.0.113.2",
    }
    declared = declaration(tmp_path, text, files)
    assert [one.name for one in declared.accounts] == ["a", "b"]
    assert str(one_key(declared).whitelist) == "203.0.113.1, 203.0.113.2"
    assert one_key(declared).where == Mark(str(tmp_path / "parts/b.yaml"), 5, 7)


def test_a_file_that_two_globs_find_is_read_once_and_the_workspace_file_never_again(tmp_path: Path) -> None:
    declared = declaration(tmp_path, 'version: 1\ninclude: ["*.yaml", "o*.yaml"]\n', {"other.yaml": OTHER})
    assert [one.name for one in declared.accounts] == ["other"]


def test_a_name_in_two_files_names_both_places(tmp_path: Path) -> None:
    text = "version: 1\ninclude: [other.yaml]\nexchanges:\n  other: {exchange: toy}\n"
    (finding,) = findings(tmp_path, text, {"other.yaml": OTHER})
    assert (finding.code, finding.where) == ("declared_twice", Mark(str(tmp_path / "other.yaml"), 2, 3))
    assert f"first at {tmp_path / 'exchanges.yaml'}:4:3" in finding.message


def test_included_files_hold_pools_and_accounts_only(tmp_path: Path) -> None:
    files = {"other.yaml": "version: 1\ninclude: [x]\npolicies: {}\n"}
    found = findings(tmp_path, "version: 1\ninclude: [other.yaml]\n", files)
    assert [one.code for one in found] == ["unknown_field"] * 3
    assert "there is no field `version` in an included file" in found[0].message


def test_a_broken_included_file_is_told_with_the_form_of_the_others(tmp_path: Path) -> None:
    text = account("§kyes: {}") + "include: [broken.yaml]\n"
    clean = text.replace("§", "")
    found = findings(tmp_path, clean, {"broken.yaml": "a: [\n"})
    assert [(one.code, str(one.where).rpartition("/")[2]) for one in found] == [
        ("yaml", "broken.yaml:2:1"),
        ("unknown_field", "exchanges.yaml:5:5"),
    ]


INCLUDES: dict[str, tuple[str, Expected]] = {
    "a file that is not there": ("§none.yaml", ("file", "cannot be read")),
    "a glob that finds nothing": ("§none/*.yaml", ("~nothing_included", "`none/*.yaml` matches no file")),
    "above": ("§../*.yaml", ("outside", "leaves the workspace")),
    "above, by name": ("§../x.yaml", ("outside", "is outside the workspace")),
    "absolute": ("§/etc/*.yaml", ("outside",)),
}


@pytest.mark.parametrize("case", INCLUDES)
def test_what_cannot_be_included_is_told(case: str, tmp_path: Path) -> None:
    pattern, expected = INCLUDES[case]
    check(tmp_path, f"version: 1\ninclude: [{pattern}]\n", expected)


def test_a_link_out_of_the_workspace_is_not_included(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_text(OTHER)
    inside = tmp_path / "workspace"
    inside.mkdir()
    (inside / "link.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    check(inside, 'version: 1\ninclude: [§"l*.yaml"]\n', ("outside", "`link.yaml`"))


SECRETS = {
    "": ["secrets.sops.yaml"],
    "secrets: mine.sops.yaml": ["mine.sops.yaml"],
    'secrets: ["keys/**/*.sops.yaml", secrets.sops.yaml]': [
        "keys/a.sops.yaml",
        "keys/deep/b.sops.yaml",
        "secrets.sops.yaml",
    ],
}


@pytest.mark.parametrize("says", SECRETS)
def test_secrets_are_a_path_or_globs_and_are_not_opened(says: str, tmp_path: Path) -> None:
    files = dict.fromkeys(("keys/a.sops.yaml", "keys/deep/b.sops.yaml", "mine.sops.yaml"), "\0 not YAML")
    declared = declaration(tmp_path, f"version: 1\n{says}\n", files)
    assert [str(file.relative_to(tmp_path)) for file in declared.secrets_files] == SECRETS[says]
    assert declared.warnings == ()


def test_a_secrets_file_that_is_not_there_is_warned_about_when_it_was_named(tmp_path: Path) -> None:
    check(
        tmp_path,
        "version: 1\nsecrets: §secret.sops.yaml\n",
        ("~no_secrets_file", "`secret.sops.yaml` matches no file", "did you mean `secrets.sops.yaml`?"),
        files={"secrets.sops.yaml": ""},
    )


def test_secrets_outside_the_workspace_are_refused(tmp_path: Path) -> None:
    check(tmp_path, "version: 1\nsecrets: §../secrets.sops.yaml\n", ("outside",))
