"""IP pools: lists and files as platforms publish them, inside the workspace, for the keys they are meant for."""

from __future__ import annotations

from pathlib import Path

import pytest

from accesscfg.model.findings import Mark
from tests.config.workspaces import Expected, check, declaration, findings, key, one_key

POOLED = key("permissions: [read]\nip_whitelist: [pool:bots]")


def of_file(name: str = "pools/bots.txt") -> str:
    return POOLED + f"ip_pools:\n  bots: {{file: §{name}}}\n"


def from_file(folder: Path, content: str) -> str:
    declared = declaration(folder, of_file().replace("§", ""), {"pools/bots.txt": content})
    return str(one_key(declared).whitelist)


@pytest.mark.parametrize(
    "content",
    [
        "203.0.113.1\n203.0.113.2\n",
        "203.0.113.1,203.0.113.2",
        "203.0.113.1, 203.0.113.2,\n",
        "203.0.113.1   203.0.113.2\t\r\n",
        "# from the platform's help page\n203.0.113.1 # first\n\n  203.0.113.2#second",
        "\ufeff203.0.113.1\n203.0.113.2",
        "203.0.113.2\n203.0.113.1/32\n",
        "203.0.113.1; 203.0.113.2;",
        "203.0.113.1\t203.0.113.2",
        "203.0.113.1\u00a0\u2003203.0.113.2",
        "'203.0.113.1', '203.0.113.2',",
        "\u201c203.0.113.1\u201d \u2018203.0.113.2\u2019",
        '["203.0.113.1", "203.0.113.2",]',
        "(203.0.113.1) {203.0.113.2} <>",
        "| 203.0.113.1 | 203.0.113.2 |",
        "- 203.0.113.1\n  * 203.0.113.2\n",
        "\u2022 203.0.113.1\r\n\u2022\t203.0.113.2\r\n",
        "1. 203.0.113.1\n2) 203.0.113.2\n",
        "// copied on a Monday\n203.0.113.1 // first\n203.0.113.2",
        "\r\n\r\n,,203.0.113.1,,\r\n203.0.113.2\r\n\r\n",
    ],
)
def test_a_pool_file_is_taken_as_it_was_copied(content: str, tmp_path: Path) -> None:
    assert from_file(tmp_path, content) == "203.0.113.1, 203.0.113.2"


def test_an_error_in_a_pool_file_is_told_at_its_place_there(tmp_path: Path) -> None:
    content = "# ours\n203.0.113.1, 203.0.113.300\n203.0.113.1\n203.0.113.9/29 # four\n"
    found = findings(tmp_path, of_file().replace("§", ""), {"pools/bots.txt": content})
    file = str(tmp_path / "pools/bots.txt")
    assert [(one.code, one.where) for one in found] == [
        ("bad_address", Mark(file, 2, 14)),
        ("address_twice", Mark(file, 3, 1)),
        ("bad_address", Mark(file, 4, 1)),
    ]


@pytest.mark.parametrize(
    ("content", "entries"),
    [
        ("203.0.113.0/29\n2001:DB8:7::/64", "203.0.113.0/29, 2001:db8:7::/64"),
        ("[2001:db8::7] 2001:db8::8", "2001:db8::7, 2001:db8::8"),
        ("[203.0.113.0/29, 2001:db8::8]", "203.0.113.0/29, 2001:db8::8"),
    ],
)
def test_networks_and_ipv6_addresses_are_entries_like_any_other(
    content: str, entries: str, tmp_path: Path
) -> None:
    assert from_file(tmp_path, content) == entries


@pytest.mark.parametrize(
    ("content", "entries", "said", "where"),
    [
        ("203.0.113.1:443", "203.0.113.1", "1 address stands with a port", (1, 1)),
        (
            "203.0.113.2\n203.0.113.1:80, 203.0.113.1:443",
            "203.0.113.1, 203.0.113.2",
            "2 addresses stand with a port",
            (2, 1),
        ),
        ("[2001:db8::7]:65535", "2001:db8::7", "1 address stands with a port", (1, 1)),
    ],
)
def test_a_port_is_left_out_and_that_is_said_once_a_file(
    content: str, entries: str, said: str, where: tuple[int, int], tmp_path: Path
) -> None:
    assert from_file(tmp_path, content) == entries
    (warning,) = findings(tmp_path, of_file().replace("§", ""), {"pools/bots.txt": content})
    assert (warning.severity, warning.code) == ("warning", "port")
    assert warning.where == Mark(str(tmp_path / "pools/bots.txt"), *where)
    assert said in warning.message


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("203.0.113.1 and 203.0.113.2", [("`and`", 13)]),
        ("203.0.113.1:65536", [("`203.0.113.1:65536`", 1)]),
        ("203.0.113.1/29:80", [("`203.0.113.1/29:80`", 1)]),
        ("203. ", [("`203.`", 1)]),
        ("203. 0.113.1", [("`0.113.1`", 6)]),
        ("https://203.0.113.1/", [("`https://203.0.113.1/`", 1)]),
        ("- bots.example", [("`bots.example`", 3)]),
        ('"203.0.113.1\'203.0.113.300"', [("`203.0.113.300`", 14)]),
        ("0.0.0.0/0", [("whole internet", 1)]),
        ("203.0.113.1\u200b", [("a character that cannot be seen", 1)]),
        ("203.0.113.1-203.0.113.4", [("203.0.113.1, 203.0.113.2/31, 203.0.113.4", 1)]),
        ("203.0.113.4-203.0.113.1", [("`203.0.113.4-203.0.113.1`", 1)]),
        ("10.0.0.1-10.0.200.200", [("10.0.0.32/27, 10.0.0.64/26, 10.0.0.128/25 and ", 1)]),
    ],
)
def test_what_is_no_address_is_told_word_by_word(
    content: str, wrong: list[tuple[str, int]], tmp_path: Path
) -> None:
    found = findings(tmp_path, of_file().replace("§", ""), {"pools/bots.txt": content})
    file = str(tmp_path / "pools/bots.txt")
    told = [one for one in found if one.severity == "error"]
    expected = [(words, Mark(file, 1, column)) for words, column in wrong]
    assert [one.where for one in told] == [where for _, where in expected]
    assert all(words in f"{one.message} {one.hint}" for one, (words, _) in zip(told, expected, strict=True))


def test_a_file_that_is_no_pool_is_not_listed_word_by_word(tmp_path: Path) -> None:
    found = findings(tmp_path, of_file().replace("§", ""), {"pools/bots.txt": "lorem ipsum " * 1000})
    assert len(found) == 21
    assert "the rest was not looked at" in found[-1].message


REFUSED: dict[str, tuple[str, list[Expected]]] = {
    "missing": (of_file("pools/none.txt"), [("file", "none.txt", "cannot be read: No such file")]),
    "empty": (of_file("empty.txt"), [("empty_pool", "`empty.txt` holds no address")]),
    "comments only": (of_file("comments.txt"), [("empty_pool", "`comments.txt` holds no address")]),
    "a folder": (of_file("pools"), [("file", "is not a file")]),
    "above": (of_file("../pool.txt"), [("outside", "`../pool.txt` is outside the workspace")]),
    "absolute": (of_file("/etc/hosts"), [("outside", "`/etc/hosts` is outside the workspace")]),
    "no file name": (of_file('§"a\\0b"'), [("file",), ("hidden_character",)]),
    "a pool in a pool": (
        POOLED + "ip_pools:\n  bots: [§pool:other]\n  other: [203.0.113.1]\n",
        [("bad_address", "`pool:other`: a pool holds addresses only")],
    ),
    "twice in a pool": (
        POOLED + "ip_pools:\n  bots: [203.0.113.1, §203.0.113.1/32]\n",
        [("address_twice", "203.0.113.1 stands in this pool twice")],
    ),
    "a name": (
        "version: 1\nip_pools:\n  §Our Bots: [203.0.113.1]\n",
        [("bad_name", "`Our Bots` is not a name", "write our-bots")],
    ),
    "a name that means something to sops": (
        "version: 1\nip_pools:\n  §ours_encrypted: [203.0.113.1]\n",
        [("bad_name", "`ours_encrypted`", "sops")],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_a_pool_is_refused(case: str, tmp_path: Path) -> None:
    text, expected = REFUSED[case]
    files = {"pools/bots.txt": "203.0.113.1", "empty.txt": "", "comments.txt": "# none yet\n"}
    check(tmp_path, text, *expected, files=files)


def test_a_link_does_not_lead_out_of_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.txt").write_text("203.0.113.1")
    inside = tmp_path / "workspace"
    inside.mkdir()
    (inside / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    check(inside, of_file("link.txt"), ("outside", "`link.txt` is outside the workspace"))


ALLOCATED = """
version: 1
ip_pools:
  ours: {file: ours.txt, allocated_to: [main/bot]}
exchanges:
  main:
    exchange: toy
    keys:
      bot: {permissions: [read], ip_whitelist: [pool:ours]}
"""


def test_an_allocated_pool_is_for_its_keys_only(tmp_path: Path) -> None:
    files = {"ours.txt": "203.0.113.1"}
    check(tmp_path, ALLOCATED, files=files)
    other = "      other: {permissions: [read], ip_whitelist: [§pool:ours]}\n"
    refused: Expected = ("pool_allocated", "pool `ours` is allocated to main/bot; main/other may not use it")
    check(tmp_path, ALLOCATED + other, refused, files=files)


def test_a_pool_is_allocated_to_keys_that_there_are(tmp_path: Path) -> None:
    files = {"ours.txt": "203.0.113.1"}
    text = ALLOCATED.replace("[main/bot]", "[main/bot, §main/bat, §main]")
    check(
        tmp_path,
        text,
        ("unknown_key", "there is no key `main/bat`", "did you mean `main/bot`?"),
        ("bad_path", "a key's path is account/key"),
        files=files,
    )
