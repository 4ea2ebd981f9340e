"""What a plan knows of its addresses: the pool that gives each, who else has it, and the keys that a pool reaches."""

from __future__ import annotations

from pathlib import Path

from accesscfg.model.networks import Unrestricted
from accesscfg.model.observed import Facet
from accesscfg.model.origins import Origin, Place
from accesscfg.model.plan import FacetState, Plan
from tests.support.build import addresses
from tests.support.pooled import plan_of

TEXT = """
version: 1
ip_pools:
  cluster: [203.0.113.10, 203.0.113.11]
  gridbot: [203.0.113.20, 203.0.113.21]
  office: [198.51.100.0/29]
exchanges:
  main:
    exchange: toy
    egress: {addresses: [192.0.2.1]}
    keys:
      bot: {permissions: [read], ip_whitelist: [pool:cluster, 192.0.2.1, 192.0.2.9]}
      grid: {permissions: [read], ip_whitelist: [pool:gridbot]}
      both: {permissions: [read], ip_whitelist: [pool:cluster, pool:gridbot]}
    sub_accounts:
      desk:
        id: "1234"
        egress: {addresses: [192.0.2.2]}
        keys:
          old: {permissions: [read], ip_whitelist: [pool:office], state: absent}
  second:
    exchange: toy
    keys:
      bot: {permissions: [read], ip_whitelist: [pool:cluster]}
"""
CLUSTER, GRIDBOT = ("203.0.113.10", "203.0.113.11"), ("203.0.113.20", "203.0.113.21")
AS_DECLARED = {
    "main/bot": addresses(*CLUSTER, "192.0.2.1", "192.0.2.9"),
    "main/grid": addresses(*GRIDBOT),
    "main/both": addresses(*CLUSTER, *GRIDBOT),
    "second/bot": addresses(*CLUSTER),
}


def origins(plan: Plan, path: str) -> dict[str, Origin]:
    """The origins that the plan's changes of a key tell, checked to be those that the key itself tells."""
    (key,) = (key for key in plan.keys if str(key.path) == path)
    told = [change.origins for change in plan.changes if str(change.key) == path]
    assert all(one == key.origins for one in told)
    return dict(key.origins)


def fates(plan: Plan) -> dict[str, dict[str, tuple[bool, FacetState | None]]]:
    return {pool.pool: {str(use.key): (use.changed, use.state) for use in pool.uses} for pool in plan.pools}


def test_an_address_that_is_declared_is_of_the_pool_that_gives_it(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, TEXT, {**AS_DECLARED, "main/bot": Unrestricted()})
    assert origins(plan, "main/bot") == {
        "203.0.113.10": Origin(pool="cluster"),
        "203.0.113.11": Origin(pool="cluster"),
        "192.0.2.1": Origin(known=(Place("egress", "main"),)),
        "192.0.2.9": Origin(),
    }


def test_a_live_address_that_the_key_should_not_have_is_known_by_who_else_has_it(tmp_path: Path) -> None:
    strangers = ("203.0.113.20", "198.51.100.3", "192.0.2.1", "192.0.2.2", "192.0.2.77")
    plan = plan_of(tmp_path, TEXT, {**AS_DECLARED, "second/bot": addresses(*CLUSTER, *strangers)})
    assert origins(plan, "second/bot") == {
        **dict.fromkeys(CLUSTER, Origin(pool="cluster")),
        "203.0.113.20": Origin(known=(Place("pool", "gridbot"),)),
        "198.51.100.3": Origin(known=(Place("pool", "office"),)),  # a network of the pool has it
        "192.0.2.1": Origin(known=(Place("egress", "main"),)),
        "192.0.2.2": Origin(known=(Place("egress", "main/desk"),)),
        "192.0.2.77": Origin(),
    }


def test_a_pool_that_gained_an_address_names_every_key_that_lists_it(tmp_path: Path) -> None:
    before = {
        **AS_DECLARED,
        "main/bot": addresses("203.0.113.10", "192.0.2.1", "192.0.2.9"),
        "main/both": None,
    }
    assert fates(plan_of(tmp_path, TEXT, before)) == {
        "cluster": {
            "main/bot": (True, FacetState.DRIFT),
            "main/both": (False, FacetState.UNOBSERVABLE),
            "second/bot": (False, FacetState.IN_SYNC),
        }
    }


def test_a_pool_that_lost_an_address_names_every_key_too(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, TEXT, {**AS_DECLARED, "main/grid": addresses(*GRIDBOT, "203.0.113.22")})
    assert fates(plan) == {
        "gridbot": {"main/grid": (True, FacetState.DRIFT), "main/both": (False, FacetState.IN_SYNC)}
    }


def test_a_key_that_a_targeted_run_did_not_look_at_is_named_as_such(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, TEXT, {"main/grid": addresses("203.0.113.20")}, only=["main/grid"])
    assert fates(plan) == {"gridbot": {"main/grid": (True, FacetState.DRIFT), "main/both": (False, None)}}


def test_a_key_that_is_to_be_made_is_changed_beside_one_that_shows_the_pool_changing(tmp_path: Path) -> None:
    before = {name: one for name, one in AS_DECLARED.items() if name != "main/both"}
    plan = plan_of(tmp_path, TEXT, {**before, "main/grid": addresses("203.0.113.20")})
    assert fates(plan)["gridbot"]["main/both"] == (True, FacetState.DRIFT)


def test_without_a_difference_in_lists_no_pool_changes(tmp_path: Path) -> None:
    assert plan_of(tmp_path, TEXT, AS_DECLARED).pools == ()
    assert plan_of(tmp_path, TEXT, {**AS_DECLARED, "main/bot": None}).pools == ()


def test_an_own_address_that_comes_changes_no_pool(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, TEXT, {**AS_DECLARED, "main/bot": addresses(*CLUSTER, "192.0.2.1")})
    assert [change.new for change in plan.changes] == [{"192.0.2.9"}]
    assert plan.pools == ()


def test_live_lists_that_were_swapped_are_said_to_look_so(tmp_path: Path) -> None:
    swapped = {"main/grid": addresses(*CLUSTER), "second/bot": addresses(*GRIDBOT, "192.0.2.5")}
    plan = plan_of(tmp_path, TEXT, {**AS_DECLARED, **swapped})
    assert plan.notes == (
        "the live lists of main/grid and second/bot look swapped: main/grid has pool cluster, which second/bot should "
        "have, and second/bot has pool gridbot",
    )


def test_one_foreign_list_alone_is_no_swap(tmp_path: Path) -> None:
    assert plan_of(tmp_path, TEXT, {**AS_DECLARED, "main/grid": addresses(*CLUSTER)}).notes == ()
    kept = {"main/grid": addresses(*CLUSTER, "203.0.113.20"), "second/bot": addresses(*GRIDBOT)}
    assert plan_of(tmp_path, TEXT, {**AS_DECLARED, **kept}).notes == ()


def test_rights_have_no_origins(tmp_path: Path) -> None:
    text = TEXT.replace("bot: {permissions: [read]", "bot: {permissions: [read, futures]")
    plan = plan_of(tmp_path, text, AS_DECLARED)
    assert {change.facet for change in plan.changes} == {Facet.PERMISSIONS}
    assert not any(change.origins for change in plan.changes)
