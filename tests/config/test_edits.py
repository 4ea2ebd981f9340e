"""Taking an entry out of a YAML text: it goes with what belongs to it, and every other byte stays."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from accesscfg.config.edits import NotEditable, path_at, without
from accesscfg.config.replacing import replace_file
from accesscfg.model.errors import AccesscfgError

# what stands between « and » is what goes
BLOCKS = {
    "in the middle": "a: 1\n«b: 2\n»c: 3\n",
    "the first": "«b: 2\n»c: 3\n",
    "the last": "a: 1\n«b: 2\n»",
    "the last, without an end of line": "a: 1\n«b: 2»",
    "with what is below it": "«b:\n  x:\n    - 1\n    - {y: [2]}\n»c: 3\n",
    "with a comment behind it": "a: 1  # one\n«b: 2  # two\n»c: 3  # three\n",
    "with comments inside it": "«b:\n  # head\n  x: 1\n  # foot\n»c: 3\n",
    "not with the comment above it": "# above\n«b: 2\n»# above c\nc: 3\n",
    "not with the comment below it": "«b: 2\n»# of c\nc: 3\n",
    "without leaving two empty lines": "a: 1\n\n«b: 2\n\n»c: 3\n",
    "leaving the one empty line there is": "a: 1\n«b: 2\n»\nc: 3\n",
    "with the empty lines inside it": "«b:\n  x: 1\n\n  y: 2\n»c: 3\n",
    "with text of several lines": "«b: |\n  one\n\n  # no comment\n»c: 3\n",
    "with quoted text of several lines": '«b: "one\n  two"\n»c: 3\n',
    "with braces over several lines": "«b: {\n  x: 1,  # why\n}\n»c: 3\n",
    "without a value": "«b:\n»c: 3\n",
    "with Windows' ends of lines": "a: 1\r\n«b:\r\n  x: 2\r\n»c: 3\r\n",
    "under a quoted name": 'a: 1\n«"b": 2\n»c: 3\n',
    "after a list that is not set in": "a:\n- 1\n«b:\n- 2\n»c: 3\n",
    "beside other alphabets": "ä: 'é'\n«b: '€'  # ß\n»c: '日本'\n",
    "with an alias": "a: &x {y: 1}\n«b: *x\n»c: *x\n",
}
BRACES = {
    "in the middle": "m: {a: 1, «b: 2, »c: 3}\n",
    "the first": "m: {«b: 2, »c: 3}\n",
    "the last": "m: {a: 1«, b: 2»}\n",
    "the only one": "m: {«b: 2»}\n",
    "with a comma behind it": "m: {«b: 2,»}\n",
    "with what is in it": "m: {a: [1, 2], «b: {x: [1, {y: 2}]}, »c: 3}\n",
    "over several lines": "m: {\n  a: 1,\n  «b: {x: 1},\n  »c: 3\n}\n",
    "beside other alphabets": "m: {ä: '€', «b: 'ß', »c: 3}  # é\n",
}


def removed(marked: str) -> tuple[str, str]:
    head, _, rest = marked.partition("«")
    gone, _, tail = rest.partition("»")
    return head + gone + tail, head + tail


@pytest.mark.parametrize("marked", BLOCKS.values(), ids=BLOCKS)
def test_an_entry_goes_by_its_lines(marked: str) -> None:
    text, expected = removed(marked)
    assert without(text, ["b"]) == expected


@pytest.mark.parametrize("marked", BLOCKS.values(), ids=BLOCKS)
def test_the_same_below_another_name(marked: str) -> None:
    def inner(text: str) -> str:
        return "".join(f"  {line}" if line.strip() else line for line in text.splitlines(keepends=True))

    text, expected = removed(marked)
    head, tail = "top: 1\nmap:\n", "" if not text.endswith("\n") else "after: 1\n"
    assert without(head + inner(text) + tail, ["map", "b"]) == head + inner(expected) + tail


@pytest.mark.parametrize("marked", BRACES.values(), ids=BRACES)
def test_an_entry_goes_from_between_braces_with_one_comma(marked: str) -> None:
    text, expected = removed(marked)
    assert without(text, ["m", "b"]) == expected


@pytest.mark.parametrize(
    "marked",
    [
        "m:\n  a: 1\n«  b: 2\n»\nz: 3\n",
        "m:\n  a: 1\n\n«  b: 2\n\n»z: 3\n",
        "m:\n  a: 1\n«\n  b: 2\n»",
        "m:\n  a: 1\n«\n\n  b: 2\n\n»",
        "m:\n  a: 1\n«  b: 2\n»\n# about z\nz: 3\n",
    ],
)
def test_empty_lines_keep_what_follows_apart(marked: str) -> None:
    text, expected = removed(marked)
    assert without(text, ["m", "b"]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nm:\n  b:\n    x: 1\nc: 2\n", "a: 1\nm: {}\nc: 2\n"),
        ("m:  # the map\n  # of these\n  b: 1\n", "m: {}  # the map\n  # of these\n"),
        ("x:\n  m:\n    b: 1\n  y: 2\n", "x:\n  m: {}\n  y: 2\n"),
    ],
)
def test_the_map_that_loses_its_last_entry_is_written_as_empty(text: str, expected: str) -> None:
    path = ["x", "m", "b"] if text.startswith("x") else ["m", "b"]
    assert without(text, path) == expected


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: 1\n", ["b"]),
        ("b: 1\n", ["b"]),
        ("a: [1]\n", ["a", "b"]),
        ("a: &x {b: 1, c: 2}\nd: *x\n", ["d", "b"]),
        ("m: &x\n  b: 1\n", ["m", "b"]),
        ("m: {a: 1,  # why\n  b: 2, c: 3}\n", ["m", "a"]),
        ("l:\n  - b: 1\n    c: 2\n", ["l", "b"]),
        ("a: [", ["a"]),
        ("", ["a"]),
    ],
)
def test_what_is_not_edited_is_said_and_not_guessed(text: str, path: list[str]) -> None:
    with pytest.raises(NotEditable):
        without(text, path)


names = st.sampled_from(["a", "b", "c", "d e", "ü"])
values = st.recursive(
    st.sampled_from(["1", "x", "", "true", "a: b", "# no", "two\nlines\n", "é"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@given(
    data=st.dictionaries(names, values, min_size=2, max_size=4),
    flow=st.sampled_from([None, True, False]),
    indent=st.integers(2, 4),
    at=st.integers(0, 3),
)
def test_whatever_is_written_what_is_left_is_all_but_that_entry(
    data: dict[str, Any], flow: bool | None, indent: int, at: int
) -> None:
    text = yaml.safe_dump({"m": data, "z": "1"}, default_flow_style=flow, indent=indent, allow_unicode=True)
    gone = sorted(data)[at % len(data)]
    try:
        left = without(text, ["m", gone])
    except NotEditable:
        assert flow is not False  # a map whose only line is its own is always edited
        return
    assert yaml.safe_load(left) == {"m": {name: data[name] for name in data if name != gone}, "z": "1"}


def test_a_value_is_found_by_its_place() -> None:
    text = "a: 1\nb:\n  c: {d: x, e: é, f: y}\n"
    assert path_at(text, 3, 10) == ("b", "c", "d")
    assert path_at(text, 3, 22) == ("b", "c", "f")
    assert path_at(text, 3, 6) == ("b", "c")
    assert path_at(text, 3, 7) is None


class TestReplacing:
    def test_the_mode_and_a_link_stay(self, tmp_path: Path) -> None:
        real, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
        real.write_bytes(b"old")
        real.chmod(0o640)
        link.symlink_to(real.name)
        replace_file(link, b"old", b"new")
        assert (real.read_bytes(), real.stat().st_mode & 0o777) == (b"new", 0o640)
        assert link.is_symlink()
        assert sorted(os.listdir(tmp_path)) == ["link.yaml", "real.yaml"]

    def test_a_file_that_somebody_else_changed_is_left_as_it_is(self, tmp_path: Path) -> None:
        file = tmp_path / "a.yaml"
        file.write_bytes(b"theirs")
        with pytest.raises(AccesscfgError, match="another program"):
            replace_file(file, b"old", b"new")
        assert file.read_bytes() == b"theirs"
        assert os.listdir(tmp_path) == ["a.yaml"]

    def test_a_write_that_fails_leaves_the_old_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "a.yaml"
        file.write_bytes(b"old")

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.replace", full)
        with pytest.raises(AccesscfgError, match="No space left"):
            replace_file(file, b"old", b"new")
        assert (file.read_bytes(), os.listdir(tmp_path)) == (b"old", ["a.yaml"])

    def test_a_file_that_is_gone(self, tmp_path: Path) -> None:
        with pytest.raises(AccesscfgError, match="cannot be written"):
            replace_file(tmp_path / "a.yaml", b"old", b"new")
        assert os.listdir(tmp_path) == []


def test_what_a_killed_run_left_beside_the_file_goes_and_nothing_else_does(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("old")
    left, other, folder = (tmp_path / f".accesscfg-{name}" for name in ("1.a.yaml", "1.b.yaml", "2.a.yaml"))
    left.write_text("half")
    other.write_text("another file's")
    folder.mkdir()

    replace_file(file, b"old", b"new")

    assert file.read_text() == "new"
    assert sorted(tmp_path.iterdir()) == sorted([file, other, folder])


def test_a_file_that_is_to_be_made_is_not_put_over_one_that_somebody_made_meanwhile(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    replace_file(file, None, b"first")
    with pytest.raises(AccesscfgError, match="another program changed the file"):
        replace_file(file, None, b"second")

    assert [one.name for one in tmp_path.iterdir()] == ["a.yaml"]
    assert file.read_bytes() == b"first"
