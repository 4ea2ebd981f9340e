"""Editing the file of a pool: it keeps the format that it was pasted in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accesscfg.config.poolfile import words_of
from accesscfg.config.poolfile_edit import with_addresses
from accesscfg.model.networks import live_entry

FORMATS = {
    "commas": ("1.1.1.1, 2.2.2.2, 3.3.3.3", "1.1.1.1, 3.3.3.3, 9.9.9.9"),
    "blanks": ("1.1.1.1 2.2.2.2 3.3.3.3\n", "1.1.1.1 3.3.3.3 9.9.9.9\n"),
    "lines": ("1.1.1.1\n2.2.2.2\n3.3.3.3\n", "1.1.1.1\n3.3.3.3\n9.9.9.9\n"),
    "lines without a last end": ("1.1.1.1\n2.2.2.2\n3.3.3.3", "1.1.1.1\n3.3.3.3\n9.9.9.9"),
    "lines that Windows ended": ("1.1.1.1\r\n2.2.2.2\r\n3.3.3.3\r\n", "1.1.1.1\r\n3.3.3.3\r\n9.9.9.9\r\n"),
    "lines with commas": ("1.1.1.1,\n2.2.2.2,\n3.3.3.3\n", "1.1.1.1,\n3.3.3.3,\n9.9.9.9\n"),
    "lines that all have commas": ("1.1.1.1,\n2.2.2.2,\n3.3.3.3,\n", "1.1.1.1,\n3.3.3.3,\n9.9.9.9,\n"),
    "JSON": ('["1.1.1.1", "2.2.2.2", "3.3.3.3"]', '["1.1.1.1", "3.3.3.3", "9.9.9.9"]'),
    "JSON on lines": (
        '[\n  "1.1.1.1",\n  "2.2.2.2",\n  "3.3.3.3"\n]\n',
        '[\n  "1.1.1.1",\n  "3.3.3.3",\n  "9.9.9.9"\n]\n',
    ),
    "bullets": ("- 1.1.1.1\n- 2.2.2.2\n- 3.3.3.3\n", "- 1.1.1.1\n- 3.3.3.3\n- 9.9.9.9\n"),
    "numbers": ("1. 1.1.1.1\n2. 2.2.2.2\n3. 3.3.3.3\n", "1. 1.1.1.1\n3. 3.3.3.3\n4. 9.9.9.9\n"),
    "comments": (
        "# ours\n1.1.1.1  # one\n2.2.2.2  # two\n\n# theirs\n3.3.3.3  # three\n# the end\n",
        "# ours\n1.1.1.1  # one\n\n# theirs\n3.3.3.3  # three\n9.9.9.9\n# the end\n",
    ),
    "ports": ("1.1.1.1:443\n2.2.2.2:443\n3.3.3.3:443\n", "1.1.1.1:443\n3.3.3.3:443\n9.9.9.9\n"),
    "some on a line": ("1.1.1.1, 2.2.2.2\n3.3.3.3\n", "1.1.1.1\n3.3.3.3\n9.9.9.9\n"),
}


@pytest.mark.parametrize(("before", "after"), FORMATS.values(), ids=FORMATS)
def test_an_address_goes_and_another_comes(before: str, after: str) -> None:
    assert with_addresses(before, {"2.2.2.2"}, ["9.9.9.9"]) == after


@pytest.mark.parametrize(("before", "after"), FORMATS.values(), ids=FORMATS)
def test_the_way_back_has_the_same_format(before: str, after: str) -> None:
    there = with_addresses(before, {"3.3.3.3"}, ["3.3.3.3"]) if "some" in before else before
    assert [w.text for w in words_of(with_addresses(there, {"9.9.9.9"}, []), "")] == [
        "1.1.1.1",
        "2.2.2.2",
        "3.3.3.3",
    ]


def test_an_address_that_stands_there_twice_goes_twice() -> None:
    assert with_addresses("1.1.1.1:80\n1.1.1.1:443\n2.2.2.2:80\n", {"1.1.1.1"}, []) == "2.2.2.2:80\n"


def test_an_address_written_another_way_goes_too() -> None:
    assert with_addresses("2001:DB8:0::1\n2.2.2.2\n", {"2001:db8::1"}, []) == "2.2.2.2\n"


ADDRESSES = [f"10.0.0.{n}" for n in range(6)] + ["2001:db8::1", "10.1.0.0/16"]
some = st.lists(st.sampled_from(ADDRESSES), min_size=1, unique=True)


@settings(deadline=None)
@given(
    there=some,
    gone=st.sets(st.sampled_from(ADDRESSES)),
    new=st.lists(st.sampled_from(ADDRESSES), max_size=3, unique=True),
    between=st.lists(
        st.sampled_from([", ", " ", "\n", ",\n", ";", "\n# note\n", " # n\n", "\n- ", "\n\n"]), min_size=8
    ),
    tail=st.sampled_from(["", "\n", ",", " # end\n", "\n\n"]),
)
def test_whatever_stands_between_them_the_file_holds_what_stays_and_what_came(
    there: list[str], gone: set[str], new: list[str], between: list[str], tail: str
) -> None:
    new = [one for one in new if one not in there]
    text = there[0] + "".join(sign + one for sign, one in zip(between, there[1:], strict=False)) + tail
    there = [live_entry(word.text) for word in words_of(text, "")]
    edited = with_addresses(text, gone, new)
    assert [live_entry(w.text) for w in words_of(edited, "")] == [
        *(one for one in there if one not in gone),
        *new,
    ]
