"""Whether entries and declared keys belong to each other, told from ids alone."""

from __future__ import annotations

from pathlib import Path

from accesscfg.model.findings import Mark
from accesscfg.secrets import check_coverage

ENTRY = "{api_key: x, api_secret: x}"


def secrets_file(folder: Path, *ids: str, name: str = "secrets.sops.yaml") -> Path:
    """Only names are looked at, so nothing here needs to be encrypted."""
    file = folder / name
    file.write_text("keys:\n" + "".join(f"    {entry}: {ENTRY}\n" for entry in ids))
    return file


def test_everything_fits(tmp_path: Path) -> None:
    file = secrets_file(tmp_path, "a/one", "a/two")
    assert check_coverage([file], held={"a/one", "a/two"}, declared={"a/one", "a/two", "a/platform"}) == []


def test_a_held_key_without_an_entry_is_an_error(tmp_path: Path) -> None:
    (finding,) = check_coverage([secrets_file(tmp_path)], held={"a/one"}, declared={"a/one"})
    assert (finding.severity, finding.code, finding.where) == ("error", "missing_entry", "a/one")
    assert "accesscfg secrets set a/one" in str(finding.hint)


def test_an_entry_that_nobody_declared(tmp_path: Path) -> None:
    file = secrets_file(tmp_path, "a/one", "a/gone")
    (finding,) = check_coverage([file], held={"a/one"}, declared={"a/one"})
    assert (finding.severity, finding.code) == ("warning", "undeclared_entry")
    assert finding.where == Mark(str(file), 3, 5)


def test_an_entry_for_a_key_that_is_not_held(tmp_path: Path) -> None:
    (finding,) = check_coverage([secrets_file(tmp_path, "a/one")], held=(), declared={"a/one"})
    assert (finding.severity, finding.code) == ("warning", "not_held")


def test_an_entry_in_two_files_names_both(tmp_path: Path) -> None:
    one, two = secrets_file(tmp_path, "a/one"), secrets_file(tmp_path, "a/one", name="2.sops.yaml")
    (finding,) = check_coverage([one, two], held={"a/one"}, declared={"a/one"})
    assert (finding.severity, finding.code) == ("error", "double_entry")
    assert str(one) in str(finding)
    assert str(two) in str(finding)


def test_a_key_that_was_renamed_says_what_to_move(tmp_path: Path) -> None:
    file = secrets_file(tmp_path, "a/old")
    fit = {"held": {"a/new"}, "declared": {"a/new"}, "previously": {"a/new": "a/old"}}
    (finding,) = check_coverage([file], **fit)  # type: ignore[arg-type]
    assert (finding.severity, finding.code) == ("warning", "move")
    assert "a/old" in finding.message
    assert "accesscfg secrets set a/new" in str(finding.hint)


def test_an_entry_left_under_the_former_name(tmp_path: Path) -> None:
    file = secrets_file(tmp_path, "a/old", "a/new")
    fit = {"held": {"a/new"}, "declared": {"a/new"}, "previously": {"a/new": "a/old"}}
    (finding,) = check_coverage([file], **fit)  # type: ignore[arg-type]
    assert (finding.severity, finding.code) == ("warning", "left_over")


def test_files_that_cannot_be_read_are_left_to_the_other_check(tmp_path: Path) -> None:
    file = tmp_path / "bad.sops.yaml"
    file.write_text("a: [")
    assert check_coverage([file, tmp_path / "absent.sops.yaml"], held=(), declared=()) == []


def test_an_entry_without_the_passphrase_that_its_exchange_wants_is_an_error(tmp_path: Path) -> None:
    """A sub-account's key is changed through its managing key, and still with its own passphrase."""
    file = tmp_path / "secrets.sops.yaml"
    whole = "{api_key: x, api_secret: x, passphrase: x}"
    file.write_text(f"keys:\n    a/sub/bare: {ENTRY}\n    a/sub/whole: {whole}\n    a/other: {ENTRY}\n")
    paths = {"a/sub/bare", "a/sub/whole", "a/other"}
    (finding,) = check_coverage([file], held=paths, declared=paths, passphrases={"a/sub/bare", "a/sub/whole"})

    assert (finding.severity, finding.code) == ("error", "no_passphrase")
    assert finding.where == Mark(str(file), 2, 5)
    assert "accesscfg secrets set a/sub/bare" in str(finding.hint)


def test_a_key_of_an_exchange_of_which_nothing_can_be_asked_needs_no_entry_and_may_have_one(
    tmp_path: Path,
) -> None:
    file = tmp_path / "secrets.sops.yaml"
    file.write_text(f"keys:\n    a/stored: {ENTRY}\n")
    paths = {"a/stored", "a/bare"}

    assert check_coverage([file], held=paths, declared=paths, unasked=paths) == []
    assert [one.code for one in check_coverage([file], held=paths, declared=paths)] == ["missing_entry"]
