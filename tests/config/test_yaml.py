"""Bad YAML of every kind is told with its place, in words, and never as a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from accesscfg.config import load
from accesscfg.model.errors import InvalidDeclaration
from tests.config.workspaces import (
    EXCHANGES,
    Expected,
    check,
    declaration,
    findings,
    key,
    one_key,
    unmarked,
    write,
)

READ = "permissions: [read]\n"
BOMB = "version: 1\na: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

BROKEN: dict[str, tuple[str, Expected]] = {
    "nothing": ("§", ("empty", "the file is empty")),
    "comments only": ("§# nothing yet\n", ("empty", "version: 1")),
    "a list": ("§- a\n- b\n", ("not_a_map", "a list")),
    "a text": ("§exchanges\n", ("not_a_map", "a single text")),
    "a tab": (
        "version: 1\nexchanges:\n§\tmain:\n",
        ("tab", "a tab where YAML wants blanks", "indent with blanks"),
    ),
    "an unquoted @": ("version: 1\nsecrets: §@home\n", ("yaml", "cannot begin with `@`", "quotes")),
    "two colons": ("version: 1\nsecrets: a§: b\n", ("yaml", "no field can begin", "quote")),
    "unclosed quotes": ('version: 1\nsecrets: "a\n§', ("yaml", "line 2, column 10", "not closed")),
    "an unclosed list": (
        "version: 1\ninclude: [a\nsecrets§: b\n",
        ("yaml", "square brackets", "comma or the ]"),
    ),
    "an unclosed map": ("version: 1\nip_pools: {a: b\nsecrets§: b\n", ("yaml", "braces", "comma or the }")),
    "odd indentation": (
        "version: 1\nexchanges:\n   a: {}\n §b: {}\n",
        ("yaml", "does not fit", "indentation"),
    ),
    "a field without colon": ("version: 1\nsecrets\n§exchanges: {}\n", ("yaml", "without its `:`")),
    "an address that is no YAML": (
        "version: 1\nip_pools:\n  a: [2001:db8:§:]\n",
        ("yaml", "does not read this as an address", '["2001:db8::7"]'),
    ),
    "an address of colons": (
        "version: 1\nip_pools:\n  a: [§::1]\n",
        ("yaml", "address", "quote an IPv6 address"),
    ),
    "a control character": ("version: 1\nsecrets: ä§\x07\n", ("yaml", "`\\x07` cannot stand in YAML")),
    "an anchor that is not there": ("version: 1\nsecrets: §*home\n", ("alias", "`&home`", "quote")),
    "an alias inside itself": (
        "version: 1\nip_pools: &a\n  b: §*a\n",
        ("alias", "inside what it stands for"),
    ),
    "a list as a name": ("version: 1\n? §[a]\n: b\n", ("field_name", "is a text")),
    "nested without end": (
        "version: 1\nsecrets: " + "[" * 23 + "§" + "[" * 100_000,
        ("nesting", "24 levels"),
    ),
    "nested in braces": (
        "version: 1\nsecrets: " + "{" * 1 + "§" + "{" * 100_000,
        ("field_name", "is a text"),
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_cannot_be_read_on_says_why_and_where(case: str, tmp_path: Path) -> None:
    text, expected = BROKEN[case]
    check(tmp_path, text, expected)


def test_dashes_nested_without_end_are_stopped_early(tmp_path: Path) -> None:
    check(
        tmp_path, "version: 1\nsecrets:\n  " + "- " * 23 + "§" + "- " * 50_000 + "a\n", ("nesting", "deeper")
    )


def test_an_alias_bomb_is_stopped_before_it_grows(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, BOMB)
    assert finding.code == "alias"
    assert "more than 200000 values" in finding.message


MENDED: dict[str, tuple[str, list[Expected]]] = {
    "a name twice": (
        "version: 1\n§version: 1\n§nonsense: 1\n",
        [("duplicate", "`version` stands here twice", "exchanges.yaml:1:1", "keep one"), ("unknown_field",)],
    ),
    "a map twice": (
        "ip_pools: {a: [203.0.113.1]}\nversion: 1\n§ip_pools: {b: [x]}\n§nonsense: 1\n",
        [("duplicate", "exchanges.yaml:1:1"), ("unknown_field",)],
    ),
    "a merge key": (
        "version: 1\nip_pools:\n  a: &a [203.0.113.1]\n  §<<: {b: *a}\n§nonsense: 1\n",
        [("merge", "not read", "write the fields out"), ("unknown_field",)],
    ),
    "a tag": (
        "version: 1\nsecrets: §!vault secrets.sops.yaml\n§nonsense: 1\n",
        [("tag", "`!vault`"), ("unknown_field",)],
    ),
    "a tag of YAML's own": (
        "version: §§!!int 1\n§nonsense: 1\n",
        [("tag", "`!!int`"), ("wrong_type", "whole number"), ("unknown_field",)],
    ),
    "a second document": (
        "version: 1\n§nonsense: 1\n§---\nversion: 1\n",
        [("unknown_field",), ("documents", "second document", "remove the `---`")],
    ),
}


@pytest.mark.parametrize("case", MENDED)
def test_what_can_be_read_on_does_not_hide_the_rest(case: str, tmp_path: Path) -> None:
    text, expected = MENDED[case]
    check(tmp_path, text, *expected)


def test_the_documented_case_of_an_address_that_yaml_takes_for_a_map(tmp_path: Path) -> None:
    check(
        tmp_path,
        key(READ + "ip_whitelist: [§2001:db8:: , 203.0.113.7]"),
        ("wrong_type", "a map with `2001:db8:`", "quote an IPv6 address"),
    )


def test_an_address_that_yaml_can_read_needs_no_quotes(tmp_path: Path) -> None:
    declared = declaration(tmp_path, key(READ + "ip_whitelist: [2001:db8::7, 2001:db8:1::/48]"))
    assert str(one_key(declared).whitelist) == "2001:db8::7, 2001:db8:1::/48"


def test_scalars_stay_text_until_the_schema_reads_them(tmp_path: Path) -> None:
    text = key(READ + "ip_whitelist: [203.0.113.7]\nlabel: 0123\nused_by: on\nkey_id: 1e3\nheld: false")
    bot = one_key(declaration(tmp_path, text))
    assert (bot.label, bot.used_by, bot.key_id, bot.held) == ("0123", "on", "1e3", False)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    assert declaration(tmp_path, "\ufeffversion: 1\n").accounts == ()


def test_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    clean, (place,) = unmarked("version: 1\r\n§nonsense: 1\r\n", str(tmp_path / "exchanges.yaml"))
    (finding,) = findings(tmp_path, clean)
    assert finding.where == place


def test_an_alias_repeats_a_value(tmp_path: Path) -> None:
    text = key("permissions: &p [read]\nip_whitelist: &w [203.0.113.7]\nlabel: &l no\nused_by: *l")
    text += "      other: {permissions: *p, ip_whitelist: *w}\n"
    first, second = declaration(tmp_path, text).all_keys()
    assert (first.whitelist, first.permissions) == (second.whitelist, second.permissions)
    assert first.used_by == "no"


def test_what_an_alias_repeats_is_checked_where_it_is_written(tmp_path: Path) -> None:
    text = key("permissions: [read]\nip_whitelist: &w [§203.0.113.777]")
    text += "      other: {permissions: [read], ip_whitelist: *w}\n"
    check(tmp_path, text, ("bad_address", "`203.0.113.777`"))


def test_text_that_is_not_utf8_is_told_with_its_place(tmp_path: Path) -> None:
    file = write(tmp_path, "")
    file.write_bytes("version: 1\nsecrets: ä".encode() + b"\xff\n")
    (finding,) = _loaded(file)
    assert finding == ("encoding", f"{file}:2:11")


def test_a_file_of_50_mb_is_not_read(tmp_path: Path) -> None:
    file = write(tmp_path, "")
    with file.open("wb") as sparse:
        sparse.truncate(50_000_000)
    assert _loaded(file) == [("too_big", f"{file}:1:1")]


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "exchanges.yaml").mkdir()
    assert _loaded(tmp_path / "exchanges.yaml") == [("file", f"{tmp_path / 'exchanges.yaml'}:1:1")]


def test_what_a_file_holds_cannot_drive_the_terminal(tmp_path: Path) -> None:
    _, finding = findings(tmp_path, 'version: 1\n"\\e[31mred\\n": 1\n')
    assert "\x1b" not in str(finding)
    assert "\n" not in str(finding)
    assert "`\\x1b[31mred\\n`" in str(finding)


@pytest.mark.parametrize("hidden", ["\\e", "\\0", "\\u202e", "\\u200b", "\\u2066", "\\x9b"])
def test_a_text_holds_nothing_that_a_reviewer_cannot_see(hidden: str, tmp_path: Path) -> None:
    fields = f'permissions: [read]\nip_whitelist: [203.0.113.7]\nused_by: §"a{hidden}b"'
    check(tmp_path, key(fields), ("hidden_character", "which nobody who reviews it can see"))


def test_a_reason_may_have_several_lines(tmp_path: Path) -> None:
    text = key("permissions: [read]\nip_whitelist: [203.0.113.7]\nused_by: |\n  one\n  two – ä\n")
    assert one_key(declaration(tmp_path, text)).used_by == "one\ntwo – ä\n"


def test_a_line_break_is_no_part_of_a_permission_or_a_date(tmp_path: Path) -> None:
    fields = 'permissions: [read, §"native:odd\\n"]\nip_whitelist: [203.0.113.7]\nexpires: §"2027-01-01\\n"'
    check(tmp_path, key(fields), ("wrong_type", "`native:odd\\n`"), ("wrong_type", "a date"))


def _loaded(file: Path) -> list[tuple[str, str]]:
    with pytest.raises(InvalidDeclaration) as caught:
        load(file, EXCHANGES, sandbox=True)
    return [(finding.code, str(finding.where)) for finding in caught.value.findings]
