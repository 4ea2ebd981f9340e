"""Rows of lists with a cursor."""

from __future__ import annotations

from dataclasses import dataclass

from accesscfg.model.paths import KeyPath
from accesscfg_tui.viewmodel.lines import Line


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line. `id` holds the cursor; `key` is what it belongs to, `folds` the part that it opens and closes."""

    id: str
    line: Line
    key: KeyPath | None = None
    folds: str | None = None
