"""A saved plan fits only where it was made."""

from __future__ import annotations

from accesscfg.engine.refit import same_changes, saved_plan
from accesscfg.report.document import plan_to_json
from tests.report.plans import plan


def test_a_plan_that_was_made_in_the_sandbox_does_not_fit_the_live_exchanges() -> None:
    rehearsed, live = plan(sandbox=True), plan(sandbox=False)

    assert same_changes(saved_plan(plan_to_json(live)), live) == ""
    assert same_changes(saved_plan(plan_to_json(rehearsed)), live) == "it was made in the sandbox"
    assert same_changes(saved_plan(plan_to_json(live)), rehearsed) == "it was made on the live exchanges"
