"""Every test here runs over the exchanges of tests/support/venues.py, without the product's pauses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.hurry import hurried
from tests.support.stage import stage

__all__ = ["stage"]


@pytest.fixture(autouse=True)
def _hurried() -> Iterator[None]:
    with hurried():
        yield
