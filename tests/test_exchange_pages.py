"""The pages on exchanges say what the profiles say."""

from __future__ import annotations

import pytest

from tools.exchange_pages import FOLDER, pages

PAGES = pages()
MEND = "a page is not what the profiles say: run `make docs-exchanges` and commit what it writes"


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_in_step_with_its_profile(name: str) -> None:
    file = FOLDER / name
    assert file.exists(), MEND
    assert file.read_text(encoding="utf-8") == PAGES[name], MEND


def test_no_page_is_left_of_an_exchange_that_there_is_not() -> None:
    assert {file.name for file in FOLDER.glob("*.md")} <= set(PAGES), MEND
