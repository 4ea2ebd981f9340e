"""One live key under two declared names: whatever is wanted of one would be done to the other."""

from __future__ import annotations

import pytest

from accesscfg.model.plan import FacetState
from accesscfg.sandbox import Sandbox
from accesscfg.secrets import Credential
from tests.support.rig import Pair, Rig, Side, writes
from tests.support.venues import VENUES, Venue


class Pasted(Rig):
    """The credential of the managing key stands under the name of another key too."""

    def credential(self, path):  # type: ignore[no-untyped-def]
        return super().credential(self.path("manager") if path.key == "treasury" else path)


@pytest.mark.parametrize("targets", [(), ("main/treasury",)], ids=["whole", "targeted"])
@pytest.mark.parametrize("venue", VENUES, ids=lambda venue: venue.exchange)
def test_both_are_unknown_and_nothing_is_planned_for_either(venue: Venue, targets: tuple[str, ...]) -> None:
    side = Side(venue.base_own)
    rig = Pasted(venue, own={"treasury": Pair(side, side)})
    assert isinstance(rig.credential(rig.path("treasury")), Credential)
    with Sandbox(rig.world()) as sandbox:
        plan = rig.plan(sandbox, targets)

        twins = [key for key in plan.keys if key.path.sub is None]
        assert {state for key in twins for state in key.states} == {FacetState.UNKNOWN}
        assert all("main/manager and main/treasury" in key.facets[0].why for key in twins)
        assert plan.changes == ()
        assert writes(sandbox) == []
