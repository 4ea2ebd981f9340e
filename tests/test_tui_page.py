"""The page on the terminal UI says what its tables of actions and states say."""

from __future__ import annotations

import pytest

from accesscfg_tui.actions import ACTIONS
from accesscfg_tui.settings import CLIPBOARDS
from tools.tui_page import PAGE, in_step

MEND = "docs/tui.md is not what the code says: run `make docs-tui` and commit what it writes"


def test_the_page_is_in_step_with_the_actions_and_the_states() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert in_step(page) == page, MEND


def test_every_action_and_every_way_of_copying_is_on_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [one.id for one in ACTIONS if f"`{one.id}`" not in page] == []
    assert [one for one in CLIPBOARDS if f"`{one}`" not in page] == []


def test_a_page_without_room_for_a_table_is_noticed() -> None:
    with pytest.raises(ValueError, match="has no part 'states'"):
        in_step("# The terminal UI\n")
