"""What stays on the terminal of somebody who left while an apply was under way."""

from __future__ import annotations

from accesscfg.report.outcome import outcome_counts
from accesscfg_tui.viewmodel.run import Run, state_lines

WIDTH = 100


def parting_lines(run: Run) -> list[str]:
    """What came of an apply that is over, and what tells more."""
    result = run.result
    said = [one.text for one in state_lines(run, WIDTH)] if result is None else outcome_counts(result)
    return [*said, "  next: accesscfg plan shows what is left, accesscfg tui (4) what was done"]
