"""Editing a list or a field of a YAML text: what stays keeps its place, its quotes and its comments."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from accesscfg.config.fields import scalar, with_field
from accesscfg.config.lists import entries_at, with_entries
from accesscfg.config.outline import NotEditable

# before, what goes, what comes, after
LISTS = {
    "between brackets": ('a: {l: [x, "y", z], m: 1}  # c\n', "y", "w", "a: {l: [x, z, w], m: 1}  # c\n"),
    "the first of them": ("a: {l: [x, y]}\n", "x", "", "a: {l: [y]}\n"),
    "the last of them": ("a: {l: [x, y]}\n", "y", "", "a: {l: [x]}\n"),
    "all of them": ("a: {l: [x, y]}\n", "xy", "", "a: {l: []}\n"),
    "others for all of them": ("a: {l: [x, y]}\n", "xy", "w", "a: {l: [w]}\n"),
    "into an empty one": ("a: {l: []}\n", "", "vw", "a: {l: [v, w]}\n"),
    "on lines between brackets": (
        "a:\n  l: [\n    x,   # of x\n    y  # of y\n  ]\n  m: 1\n",
        "x",
        "w",
        "a:\n  l: [\n    y,  # of y\n    w\n  ]\n  m: 1\n",
    ),
    "with a comma at their end": (
        "a:\n  l: [\n    x,\n    y,\n  ]\n",
        "",
        "w",
        "a:\n  l: [\n    x,\n    y,\n    w,\n  ]\n",
    ),
    "after dashes": (
        "a:\n  l:   # head\n    - x  # of x\n    # over y\n    - 'y'\n  m: 1\n",
        "x",
        "w",
        "a:\n  l:   # head\n    # over y\n    - 'y'\n    - w\n  m: 1\n",
    ),
    "after dashes, all of them": ("a:\n  l:\n  - x\n  - y\n  m: 1\n", "xy", "", "a:\n  l: []\n  m: 1\n"),
    "after dashes, others for all": ("a:\n  l:\n  - x\n  m: 1\n", "x", "w", "a:\n  l:\n  - w\n  m: 1\n"),
    "at the end of a file without an end of line": ("a:\n  l:\n  - x", "", "w", "a:\n  l:\n  - x\n  - w"),
    "with Windows' ends of lines": ("a:\r\n  l:\r\n  - x\r\n", "", "w", "a:\r\n  l:\r\n  - x\r\n  - w\r\n"),
    "beside other alphabets": ("a: {ä: '€', l: [x, y]}  # ß\n", "x", "w", "a: {ä: '€', l: [y, w]}  # ß\n"),
}


@pytest.mark.parametrize(("before", "gone", "new", "after"), LISTS.values(), ids=LISTS)
def test_entries_go_and_come_at_the_end(before: str, gone: str, new: str, after: str) -> None:
    assert with_entries(before, ["a", "l"], set(gone), list(new)) == after


FIELDS = {
    "in place": ("a:\n  f: 'old'  # why\n  g: 1\n", "a:\n  f: new  # why\n  g: 1\n"),
    "between braces": ("a: {f: old, g: 1}\n", "a: {f: new, g: 1}\n"),
    "where there was none": ("a:\n  g: 1  # of g\nz: 1\n", "a:\n  g: 1  # of g\n  f: new\nz: 1\n"),
    "where there was none, below a list": (
        "a:\n  g:\n  - 1\n\nz: 1\n",
        "a:\n  g:\n  - 1\n  f: new\n\nz: 1\n",
    ),
    "where there was none between braces": ("a: {g: [1]}\n", "a: {g: [1], f: new}\n"),
    "in place of a list": ("a: {f: [1, 2], g: 1}\n", "a: {f: new, g: 1}\n"),
    "in place of a list below": (
        "a:\n  f:  # why\n    - 1\n    - 2\n  g: 1\n",
        "a:\n  f: new  # why\n  g: 1\n",
    ),
    "at the end of a file without an end of line": ("a:\n  g: 1", "a:\n  g: 1\n  f: new"),
}


@pytest.mark.parametrize(("before", "after"), FIELDS.values(), ids=FIELDS)
def test_a_field_gets_a_value(before: str, after: str) -> None:
    assert with_field(before, ["a", "f"], "new") == after


REFUSED = {
    "an alias": "x: &x [1, 2]\na: {l: *x}\n",
    "an anchor": "a: {l: &x [1, 2]}\nb: *x\n",
    "a map that others are too": "a: &x {l: [1, 2]}\nb: *x\n",
    "an alias in the list": "x: &x 1\na: {l: [*x, 2]}\n",
    "a comment between two entries": "a: {l: [1,  # one\n  2, 3]}\n",
    "no such field": "a: {m: 1}\n",
    "a list of lists": "a: {l: [[1], 2]}\n",
    "no YAML": "a: [",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_not_edited_is_said_with_what_to_do(text: str) -> None:
    with pytest.raises(NotEditable, match=r"hand|not YAML"):
        with_entries(text, ["a", "l"], {"1"}, ["9"])


@pytest.mark.parametrize(
    "text",
    ["a: &x {f: 1}\nb: *x\n", "a: {f: &x 1}\nb: *x\n", "a: {f: [1,  # one\n 2]}\n", "a: {f: {g: 1}}\n"],
)
def test_a_field_that_is_not_written_for_itself_is_left_alone(text: str) -> None:
    with pytest.raises(NotEditable, match="hand"):
        with_field(text, ["a", "f"], "new")


def test_a_value_that_is_no_list_has_no_entries() -> None:
    assert entries_at("a: {l: unrestricted}\n", ["a", "l"]) is None
    assert entries_at('a: {l: [x, "2001:db8::1"]}\n', ["a", "l"]) == ("x", "2001:db8::1")


@settings(deadline=None)
@given(st.text())
def test_a_scalar_reads_as_the_text_that_it_was_made_from(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    assert yaml.safe_load(f"[{scalar(text)}]") == [text]


words = st.sampled_from(
    ["x", "y", "z", "yes", "12", "a b", "ü", "10.0.0.1", "2001:db8::1", "native:a/b", "#1", "'"]
)


@settings(deadline=None)
@given(
    there=st.lists(words, min_size=1, unique=True),
    gone=st.sets(words),
    new=st.lists(words, max_size=3, unique=True),
    flow=st.booleans(),
    rest=st.dictionaries(st.sampled_from(["k", "m", "n"]), words, max_size=2),
)
def test_whatever_is_in_a_list_it_holds_what_stays_then_what_came_and_nothing_else_changes(
    there: list[str], gone: set[str], new: list[str], flow: bool, rest: dict[str, Any]
) -> None:
    text = yaml.safe_dump({"a": {"l": there, **rest}}, allow_unicode=True, default_flow_style=flow)
    new = [one for one in new if one not in there]
    edited = with_entries(text, ["a", "l"], gone, new)
    left = [one for one in there if one not in gone]
    assert yaml.safe_load(edited) == {"a": {"l": left + new, **rest}}
