"""Rights below a heading of the website: a whole group is shown by its heading, half a one by its rights."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given as drawn_from
from hypothesis import strategies as st

from accesscfg.config.permissions import map_permissions
from accesscfg.engine.compare import permission_difference
from accesscfg.exchanges.registry import Profiles
from accesscfg.model.desired import Scope
from accesscfg.model.observed import Facet
from accesscfg.model.plan import Change, Direction
from accesscfg.model.profile import Profile
from accesscfg.report import Words, plan_to_text
from accesscfg.report.words import change_detail, value
from tests.report.plans import NORTH, change, key, natives, plan, right


def _north() -> Profile:
    grouped = [replace(right(f"/order/{name}", f"/order/{name}", "spot"), group="Orders") for name in "abc"]
    alone = replace(right("/move", "/move", "transfer"), group="Transfers")
    return replace(NORTH, permissions=(*NORTH.permissions, *grouped, alone))


GROUPED = _north()
WORDS = Words(lambda _: GROUPED)
ORDERS = natives("/order/a", "/order/b", "/order/c")


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        (natives(), "none"),
        (ORDERS, "Orders"),
        (ORDERS | {"canRead", "/new"}, "Orders, /new, Read (canRead)"),
        (natives("/order/a", "/order/b"), "/order/a, /order/b"),
        (natives("/move"), "/move"),  # a heading over one right says less than the right
    ],
)
def test_a_whole_group_is_shown_by_its_heading(held: frozenset[str], shown: str) -> None:
    assert value(Facet.PERMISSIONS, held, WORDS, "north") == shown


def given(before: frozenset[str], after: frozenset[str]) -> Change:
    return change("c1", "desk/grid/bot", Facet.PERMISSIONS, before, after, Direction.GRANTS)


def test_a_change_names_the_groups_that_it_gives_and_takes() -> None:
    assert change_detail(given(natives("canRead"), ORDERS | {"canRead"}), WORDS, "north") == "Orders"
    assert change_detail(given(natives("/order/a"), natives("/move")), WORDS, "north") == (
        "/move; takes away /order/a"
    )


WHITEBIT = Profiles().get("whitebit")


def test_a_plan_does_not_list_every_endpoint_of_a_group() -> None:
    assert WHITEBIT is not None
    words = Words(lambda _: WHITEBIT)
    orders = frozenset(one.native for one in WHITEBIT.in_scope("sub") if one.gives == {"spot"})
    whole, half = (
        plan_to_text(plan([key("desk/grid/bot")], [given(frozenset(), some)]), words)
        for some in (orders, orders - {"/api/v4/order/new"})
    )
    assert len(orders) == 14
    assert ("Order Management" in whole, "/api/v4/order" in whole) == (True, False)
    assert ("Order Management" in half, "/api/v4/order/market" in half) == (False, True)


class TestToDeclare:
    def declared(self, scope: Scope, held: frozenset[str]) -> list[str]:
        return Words(lambda _: WHITEBIT).to_declare("whitebit", scope, held)

    def of(self, *names: str, scope: Scope = "sub") -> frozenset[str]:
        assert WHITEBIT is not None
        mapped = map_permissions(names, WHITEBIT, scope)
        assert mapped.problems == ()
        return mapped.natives

    @pytest.mark.parametrize(
        "names",
        [
            ["read", "spot"],
            ["read", "margin", "futures", "transfer"],
            ["read", "deposit"],
            ["native:Order Management"],
            ["native:Codes"],
            ["native:Mining"],
            ["native:/api/v4/order/new"],
            ["native:Withdrawal"],
            ["native:type-2"],
            ["native:all-endpoints"],
            ["native:all-endpoints", "native:type-2"],
        ],
    )
    def test_what_was_declared_comes_back(self, names: list[str]) -> None:
        again = {"native:Order Management": ["spot"]}.get(names[0], names)
        assert self.declared("sub", self.of(*names)) == again

    def test_a_key_whose_endpoints_are_not_restricted_is_declared_in_a_word(self) -> None:
        assert WHITEBIT is not None
        every = frozenset(one.native for one in WHITEBIT.in_scope("sub"))
        assert self.declared("sub", every) == ["native:all-endpoints", "native:type-2"]

    @drawn_from(data=st.data())
    def test_any_key_is_declared_as_it_is(self, data: st.DataObject) -> None:
        """Any mixture of groups and single endpoints, of either kind of key."""
        assert WHITEBIT is not None
        ours = WHITEBIT.in_scope("sub")
        groups = sorted({one.group for one in ours if one.group})
        drawn = data.draw(st.lists(st.sampled_from(groups), unique=True))
        single = data.draw(st.lists(st.sampled_from([one.native for one in ours]), unique=True, max_size=5))
        held = self.of(*(f"native:{name}" for name in (*drawn, *single)))
        again = self.of(*self.declared("sub", held))
        assert permission_difference(again, held, "sub", WHITEBIT) == (frozenset(), frozenset())
