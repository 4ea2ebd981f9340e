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


def handed_out(lists: dict[str, str], pools: dict[str, str]) -> str:
    """A workspace whose keys each list one pool, and pools that are allocated to keys."""
    text = "version: 1\nip_pools:\n"
    for place, (name, keys) in enumerate(pools.items()):
        text += f"  {name}: {{file: {place}.txt, allocated_to: [{keys}]}}\n"
    text += "exchanges:\n  main:\n    exchange: toy\n    keys:\n"
    return text + "".join(
        f"      {name}: {{permissions: [read], ip_whitelist: [{listed}]}}\n" for name, listed in lists.items()
    )


FILES = {f"{n}.txt": f"203.0.113.{n}" for n in range(4)}


def test_a_pool_that_is_allocated_to_several_keys_is_shared_by_them(tmp_path: Path) -> None:
    text = handed_out({"bot": "pool:a", "extra": "pool:a"}, {"a": "main/bot, main/extra"})
    check(tmp_path, text, files=FILES)


def test_two_swapped_lists_are_one_error_that_says_what_to_write(tmp_path: Path) -> None:
    text = handed_out({"one": "§pool:b", "two": "pool:a"}, {"a": "main/one", "b": "main/two"})
    said: Expected = (
        "pools_swapped",
        "two lists are swapped: main/one lists pool `b`, which is for main/two, and main/two lists pool `a`, "
        "which is for main/one",
        "write pool:a for main/one and pool:b for main/two",
    )
    check(tmp_path, text, said, files=FILES)


def test_swapped_lists_that_keys_share_are_one_error_that_names_every_key(tmp_path: Path) -> None:
    text = handed_out(
        {"one": "§pool:b", "one-more": "pool:b", "two": "pool:a"},
        {"a": "main/one, main/one-more", "b": "main/two"},
    )
    said: Expected = (
        "pools_swapped",
        "main/one and main/one-more list pool `b`, which is for main/two",
        "write pool:a for main/one and main/one-more and pool:b for main/two",
    )
    check(tmp_path, text, said, files=FILES)


def test_lists_that_went_around_in_a_circle_are_each_told_where_they_belong(tmp_path: Path) -> None:
    text = handed_out(
        {"one": "§pool:b", "two": "§pool:c", "three": "§pool:a"},
        {"a": "main/one", "b": "main/two", "c": "main/three"},
    )
    expected: list[Expected] = [
        ("pool_allocated", f"pool `{wrong}` is allocated to", f"write pool:{right}")
        for wrong, right in (("b", "a"), ("c", "b"), ("a", "c"))
    ]
    check(tmp_path, text, *expected, files=FILES)


def test_a_list_that_is_swapped_beside_another_foreign_one_is_told_beside_it(tmp_path: Path) -> None:
    text = handed_out(
        {"one": "§pool:b, §pool:c", "two": "pool:a"}, {"a": "main/one", "b": "main/two", "c": "main/two"}
    )
    check(tmp_path, text, ("pools_swapped",), ("pool_allocated", "write pool:a"), files=FILES)


def test_addresses_of_a_pool_that_other_keys_were_given_are_pointed_out(tmp_path: Path) -> None:
    text = handed_out({"one": "§203.0.113.1, pool:a", "two": "pool:b"}, {"a": "main/one", "b": "main/two"})
    said: Expected = (
        "~allocated_address",
        "main/one lists 203.0.113.1, of pool `b`, which is allocated to main/two",
    )
    check(tmp_path, text, said, files=FILES)


STRANGE = """
version: 1
ip_pools: {office: [203.0.113.0/29]}
exchanges:
  main:
    exchange: toy
    egress: {addresses: [203.0.113.20]}
    keys:
      bot: {permissions: [read], ip_whitelist: [203.0.113.1, 203.0.113.20, §198.51.100.7]}
      other: {permissions: [read], ip_whitelist: [pool:office, 198.51.100.7, §203.0.113.8/29]}
      old: {permissions: [read], ip_whitelist: [198.51.100.9], state: absent}
"""


def test_an_address_of_no_pool_and_no_egress_is_pointed_out_once_with_every_key(tmp_path: Path) -> None:
    check(
        tmp_path,
        STRANGE,
        (
            "~unknown_address",
            "198.51.100.7 is in no pool and no egress.addresses; listed by main/bot and main/other",
            "put it into a pool",
        ),
        ("~unknown_address", "203.0.113.8/29 is in no pool", "listed by main/other"),
    )


def test_what_the_same_keys_list_is_pointed_out_in_one_warning(tmp_path: Path) -> None:
    """A key with a list of its own is one thing to look at, and a thousand of them must not hide what else is wrong."""
    many = [f"198.51.100.{number}" for number in range(1, 10)]
    places = ", ".join(many).replace("198.51.100.7", "§198.51.100.7")
    text = STRANGE.replace("§198.51.100.7]", f"§{places}]").replace(", §203.0.113.8/29", "")
    text = text.replace("203.0.113.0/29", "203.0.113.1").replace("toy", "plain")  # which takes any number
    check(
        tmp_path,
        text,
        (
            "~unknown_address",
            "198.51.100.1, 198.51.100.2, 198.51.100.3, 198.51.100.4, 198.51.100.5 and 3 more are in no pool",
            "listed by main/bot",
            "put them into a pool",
        ),
        ("~unknown_address", "198.51.100.7 is in no pool", "listed by main/bot and main/other"),
    )


@pytest.mark.parametrize(
    "known", ["ip_pools: {office: [203.0.113.0/29]}\n", "    egress: {addresses: [203.0.113.20]}\n"]
)
def test_either_pools_or_egress_addresses_make_other_addresses_strange(known: str, tmp_path: Path) -> None:
    text = STRANGE
    for line in ("ip_pools: {office: [203.0.113.0/29]}\n", "    egress: {addresses: [203.0.113.20]}\n"):
        text = text if line == known else text.replace(line, "")
    found = findings(tmp_path, text.replace("§", "").replace("pool:office, ", ""))
    assert "198.51.100.7" in " ".join(one.message for one in found if one.code == "unknown_address")


def test_a_workspace_without_pools_and_egress_addresses_is_not_told_of_its_addresses(tmp_path: Path) -> None:
    check(tmp_path, key("permissions: [read]\nip_whitelist: [198.51.100.7]"))


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
