"""The lines of a guide, and what stands around it: pasted text, formats, browsers, names."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accesscfg.model.guide import Guide, Purpose, Step, StepKind, WantedState
from accesscfg.model.networks import Unrestricted
from accesscfg.model.paths import KeyPath
from accesscfg_tui import person
from accesscfg_tui.browser import has_browser, is_page
from accesscfg_tui.viewmodel.guide import (
    Hand,
    carried,
    checklist,
    next_entry,
    paste_lines,
    step_after,
    where_in,
)


def guide(*steps: Step) -> Guide:
    """A guide with these steps."""
    return Guide(
        key=KeyPath("main", None, "bot"),
        exchange="kraken",
        exchange_name="Kraken",
        name="bot",
        purpose=Purpose.CHANGE,
        page="https://example.com/",
        page_verified=True,
        steps=steps,
        wanted=WantedState((), Unrestricted(), (), (), None, enabled=True, expires=None),
        entries=("lines", "comma"),
    )


def steps(*done: bool) -> list[Step]:
    """Steps of which these are ticked off."""
    at = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    return [
        Step(f"s{n}", StepKind.OPEN, f"Open page {n}", done=at if one else None) for n, one in enumerate(done)
    ]


@given(st.lists(st.sampled_from(["203.0.113.10", "2001:db8::/32", "198.51.100.4"])), st.integers(8, 90))
def test_what_is_pasted_is_parted_for_the_eye_and_nothing_of_it_is_lost(
    entries: list[str], width: int
) -> None:
    for between in (",", " "):
        text = between.join(entries)
        parts = list(paste_lines(text, width))
        assert "".join(parts) == text
        assert all(len(part) <= width for part in parts)


def test_addresses_are_kept_whole_where_they_fit() -> None:
    assert list(paste_lines("203.0.113.10,203.0.113.11", 20)) == ["203.0.113.10,", "203.0.113.11"]


def test_after_a_tick_comes_the_next_step_that_is_left_also_from_the_end_on() -> None:
    three = steps(False, True, False)
    assert step_after(three, "s0") == "s2"
    assert step_after(three, "s2") == "s0"
    done = steps(True, True)
    assert step_after(done, "s1") == "s1"


def test_every_format_comes_in_turn_those_of_the_website_first() -> None:
    one = replace(guide(), entry="lines")
    seen = []
    for _ in range(4):
        seen.append(one.entry)
        one = replace(one, entry=next_entry(one))
    assert seen == ["lines", "comma", "blanks", "one"]


def test_the_way_to_the_page_stays_ticked_in_another_guide() -> None:
    old = guide(*steps(True, False))
    new = guide(Step("t0", StepKind.OPEN, "Open page 0"), Step("t1", StepKind.SAVE, "Open page 0"))
    assert carried(old, new) == ["t0"]


def test_how_far_it_is() -> None:
    assert where_in(guide(*steps(True, False))) == "step 2 of 2"
    assert where_in(guide(*steps(True, True))) == "all 2 ticked off"


@pytest.mark.parametrize("ascii", [True, False])
def test_a_brief_list_has_a_line_a_step_but_for_the_one_under_the_cursor(ascii: bool) -> None:
    long = [Step(f"s{n}", StepKind.DO, "word " * 60) for n in range(3)]
    blocks = checklist(guide(*long), 60, Hand("s1"), ascii=ascii, brief=True)
    assert [len(block.lines) for block in blocks][::2] == [1, 1]
    assert len(blocks[1].lines) > 4
    assert all(len(line.text) <= 60 for block in blocks for line in block.lines)


@pytest.mark.parametrize(
    ("environ", "platform", "there"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({}, "darwin", True),
        ({"SSH_CONNECTION": "a b c d", "DISPLAY": "localhost:10.0"}, "linux", False),
        ({"SSH_TTY": "/dev/pts/1"}, "darwin", False),
    ],
)
def test_a_browser_is_only_where_somebody_sits_before_it(
    environ: dict[str, str], platform: str, there: bool
) -> None:
    assert has_browser(environ, platform) is there


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("https://www.kraken.com/", True),
        ("http://www.kraken.com/", False),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://a.example/\n", False),
    ],
)
def test_only_pages_over_https_are_opened(url: str, fits: bool) -> None:
    assert is_page(url) is fits


def test_the_name_that_is_proposed_is_git_s_else_the_login_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    monkeypatch.setattr("getpass.getuser", lambda: "login")
    assert person.name_of_person(tmp_path) == "login"
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "config", "user.name", "Alice A."], check=True)
    assert person.name_of_person(tmp_path) == "Alice A."
