"""`.sops.yaml`: what init writes, and the mistakes that sops itself says nothing about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accesscfg.secrets import check_file, check_rules, find_rules, new_identity, sops_config
from tests.support.sops import SopsRepo, hmac_entry


def test_what_init_writes_is_taken_by_sops_and_by_the_check(sops_repo: SopsRepo) -> None:
    sops_repo.rules.write_text(sops_config([sops_repo.recipient, new_identity().recipient]))
    file = sops_repo.write({"a/one": hmac_entry()})
    assert check_rules(sops_repo.rules) == []
    assert check_file(file) == []
    assert sops_repo.decrypt()["keys"] == {"a/one": hmac_entry()}


def test_somebody_must_be_able_to_open_the_files() -> None:
    with pytest.raises(ValueError, match="recipient"):
        sops_config([])


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"creation_rules": [{"path_regx": "x", "age": "age1x"}]}, "did you mean path_regex?"),
        ({"creation_rules": [{"encypted_regex": "x", "age": "age1x"}]}, "did you mean encrypted_regex?"),
        ({"creation_rule": [{"age": "age1x"}]}, "did you mean creation_rules?"),
        ({"creation_rules": [{"age": "age1x", "colour": "red"}]}, "sops ignores"),
        ({"creation_rules": [{"path_regex": "(", "age": "age1x"}]}, "regular expression"),
        ({"creation_rules": [{"path_regex": 7, "age": "age1x"}]}, "regular expression"),
        ({"creation_rules": [{"path_regex": "x"}]}, "names nobody"),
        ({"creation_rules": ["x"]}, "rule 1"),
        ({"creation_rules": []}, "no creation_rules"),
        ({"creation_rules": {}}, "no creation_rules"),
        ({}, "no creation_rules"),
        ([], "no creation_rules"),
    ],
)
def test_a_mistake_in_the_rules(tmp_path: Path, rules: object, said: str) -> None:
    file = tmp_path / ".sops.yaml"
    file.write_text(json.dumps(rules))
    assert said in "\n".join(map(str, check_rules(file)))


@pytest.mark.parametrize("text", ["a: [", "\t- x", "creation_rules: *nowhere", "\0"])
def test_rules_that_are_no_yaml(tmp_path: Path, text: str) -> None:
    file = tmp_path / ".sops.yaml"
    file.write_text(text)
    assert {finding.code for finding in check_rules(file)} == {"bad_rules"}


def test_the_next_rules_file_upwards_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    (tmp_path / ".sops.yaml").write_text("x")
    assert find_rules(folder / "secrets.sops.yaml") == tmp_path / ".sops.yaml"
    (folder / ".sops.yaml").write_text("x")
    assert find_rules(folder / "secrets.sops.yaml") == folder / ".sops.yaml"
