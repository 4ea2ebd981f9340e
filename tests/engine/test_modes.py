"""Accounts that are in one of several modes: the declaration is compared with the rights of that mode."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accesscfg.config.permissions import map_permissions
from accesscfg.model.observed import Facet
from accesscfg.model.plan import FacetState, Means, Outcome, Plan
from accesscfg.sandbox import Sandbox
from tests.support.hurry import UNLIMITED, hurried
from tests.support.look import outcomes, states, why
from tests.support.rig import Pair, Rig, Side, calls
from tests.support.stage import Stage, stage
from tests.support.venues import BITGET_CLASSIC, BITGET_UNIFIED, PROFILES, Venue
from tests.support.watch import now

__all__ = ["stage"]
BOTH = [BITGET_CLASSIC, BITGET_UNIFIED]
each = pytest.mark.parametrize("venue", BOTH, ids=str)
ADDRESSES = ("198.51.100.1",)


def declared(scope: str, *names: str) -> dict[str, object]:
    """The fields of a key declared by these names, as the configuration reads them without knowing the mode."""
    profile = PROFILES.get("bitget")
    assert profile is not None
    natives = map_permissions(names, profile, scope).natives  # type: ignore[arg-type]
    return {"permissions": natives, "declared_permissions": names}


def own(venue: Venue, live: tuple[str, ...], *names: str) -> Rig:
    side = Side(live)
    pair = Pair(side, side, declared=declared("own", *names))
    return Rig(venue, own={"bot": pair}, options=UNLIMITED)


def sub(venue: Venue, live: tuple[str, ...], *names: str) -> Rig:
    side = Side(live, ADDRESSES)
    pair = Pair(side, side, declared=declared("sub", *names))
    return Rig(venue, sub={"bot": pair}, options=UNLIMITED)


def plan_of(rig: Rig, sandbox: Sandbox) -> Plan:
    with hurried():
        return rig.plan(sandbox)


def state(plan: Plan, path: str) -> FacetState:
    return states(plan, path)[Facet.PERMISSIONS]


@pytest.mark.parametrize(
    ("names", "classic", "unified"),
    [
        (("read",), ("stor",), ("uta_read",)),
        (
            ("read", "spot", "margin", "futures"),
            ("stor", "stow", "smow", "coow", "cpow"),
            ("uta_read", "uta_trade"),
        ),
        (("read", "transfer", "subaccounts"), ("stor", "wtow", "chow"), ("uta_read", "uta_mgt")),
        (("read", "withdraw"), ("stor", "wwow"), ("uta_read", "withdraw")),
    ],
)
def test_one_declaration_fits_both_modes(
    names: tuple[str, ...], classic: tuple[str, ...], unified: tuple[str, ...], stage: Stage
) -> None:
    for venue, live in ((BITGET_CLASSIC, classic), (BITGET_UNIFIED, unified)):
        rig = own(venue, live, *names)
        plan = plan_of(rig, stage(rig))
        assert state(plan, "main/bot") is FacetState.IN_SYNC, why(plan, "main/bot", Facet.PERMISSIONS)
        assert plan.changes == ()


@pytest.mark.parametrize(
    ("live", "names"),
    [
        (("stor", "coor", "coow", "cpor", "cpow"), ("read", "futures")),
        (("stor", "stow"), ("spot",)),
        (("stor", "coor"), ("read", "native:coor")),
    ],
)
def test_who_may_write_may_read_and_that_is_no_drift(
    live: tuple[str, ...], names: tuple[str, ...], stage: Stage
) -> None:
    rig = own(BITGET_CLASSIC, live, *names)
    assert state(plan_of(rig, stage(rig)), "main/bot") is FacetState.IN_SYNC


@pytest.mark.parametrize("live", [("stor", "coow"), ("stor", "cpow"), ("stor", "coow", "cpow", "smor")])
def test_half_of_a_right_and_more_than_it_are_drift(live: tuple[str, ...], stage: Stage) -> None:
    rig = own(BITGET_CLASSIC, live, "read", "futures")
    assert state(plan_of(rig, stage(rig)), "main/bot") is FacetState.DRIFT


@pytest.mark.parametrize(
    ("venue", "names", "said"),
    [
        (BITGET_UNIFIED, ("read", "spot"), "write spot, margin, futures"),
        (BITGET_UNIFIED, ("read", "transfer"), "write transfer, subaccounts"),
        (BITGET_UNIFIED, ("spot", "margin", "futures"), "write read"),
        (BITGET_UNIFIED, ("read", "native:stow"), "native:stow"),
        (BITGET_CLASSIC, ("read", "native:uta_trade"), "native:uta_trade"),
    ],
    ids=str,
)
def test_names_that_cannot_be_had_in_the_accounts_mode_are_unknown_with_what_to_write(
    venue: Venue, names: tuple[str, ...], said: str, stage: Stage
) -> None:
    rig = own(venue, venue.base_own, *names)
    plan = plan_of(rig, stage(rig))

    assert state(plan, "main/bot") is FacetState.UNKNOWN
    assert said in why(plan, "main/bot", Facet.PERMISSIONS)
    assert "mode" in why(plan, "main/bot", Facet.PERMISSIONS)
    assert [change for change in plan.changes if change.facet is Facet.PERMISSIONS] == []


def test_without_a_mode_nothing_that_every_key_of_one_has_must_be_declared() -> None:
    profile = PROFILES.get("bitget")
    assert profile is not None
    assert map_permissions(("futures",), profile, "own").problems == ()
    (problem,) = map_permissions(("spot", "margin", "futures"), profile.in_mode("unified"), "own").problems
    assert problem.hint == "write read"


def test_two_accounts_of_one_declaration_are_each_compared_in_their_own_mode(stage: Stage) -> None:
    names = ("read", "spot", "margin", "futures")
    classic = own(BITGET_CLASSIC, ("stor", "stow", "smow", "coow", "cpow"), *names)
    beside = replace(own(BITGET_UNIFIED, ("uta_read", "uta_trade"), *names), account="other")
    rig = replace(classic, beside=(beside,))
    world = rig.world()
    modes = ("classic", "unified")
    for account, mode in zip(world["exchanges"]["bitget"]["accounts"], modes, strict=True):
        account["mode"] = mode
    sandbox = stage(rig)
    sandbox.load(world)
    plan = plan_of(rig, sandbox)

    assert [state(plan, f"{name}/bot") for name in ("main", "other")] == [FacetState.IN_SYNC] * 2


@each
def test_a_sub_accounts_key_is_brought_to_what_is_declared_in_either_mode(venue: Venue, stage: Stage) -> None:
    rig = sub(venue, venue.base_sub, "read", "spot", "margin", "futures")
    sandbox = stage(rig)
    plan = plan_of(rig, sandbox)
    with hurried():
        result = rig.apply(sandbox, plan)

    assert outcomes(result) == {Outcome.DONE: 1}
    assert plan_of(rig, sandbox).changes == ()
    rights = {"classic": {"spot_trade", "margin_trade", "contract_trade"}, "unified": {"uta_trade"}}
    assert now(sandbox, venue)["mainsubbot"].permissions == {*venue.base_sub, *rights[venue.mode or ""]}


@each
def test_without_the_keys_own_passphrase_a_change_is_manual_and_says_how_to_store_it(
    venue: Venue, stage: Stage
) -> None:
    rig = sub(venue, venue.base_sub, "read", "spot", "margin", "futures")
    pair = rig.sub["bot"]
    rig.sub = {"bot": replace(pair, declared={**pair.declared, "held": False, "key_id": "mainsubbot"})}
    (change,) = plan_of(rig, stage(rig)).changes

    assert change.means is Means.MANUAL
    assert "accesscfg secrets set main/sub/bot" in change.reason


def test_a_name_is_written_in_the_one_mode_that_takes_it(stage: Stage) -> None:
    means = {}
    for venue in BOTH:
        keys = {"bot": Pair(Side(venue.base_sub, ADDRESSES, "new"), Side(venue.base_sub, ADDRESSES, "old"))}
        rig = Rig(venue, sub=keys, options=UNLIMITED)
        (change,) = plan_of(rig, stage(rig)).changes
        means[venue.mode] = change.means
    assert means == {"classic": Means.API, "unified": Means.BLOCKED}


def test_a_classic_key_without_spot_is_drift_where_spot_is_declared_and_else_left_to_a_person(
    stage: Stage,
) -> None:
    live = ("coor", "coow", "cpor", "cpow")
    seen = {}
    for names in (("futures",), ("read", "futures"), ("read", "spot")):
        rig = own(BITGET_CLASSIC, live, *names)
        plan = plan_of(rig, stage(rig))
        seen[names] = states(plan, "main/bot")
        assert "Spot (read)" in why(plan, "main/bot", Facet.PERMISSIONS)
    assert {facets[Facet.IP_WHITELIST] for facets in seen.values()} == {FacetState.UNOBSERVABLE}
    assert [facets[Facet.PERMISSIONS] for facets in seen.values()] == [
        FacetState.CONSISTENT,
        FacetState.DRIFT,
        FacetState.DRIFT,
    ]


def test_a_classic_account_is_asked_for_its_mode_once_a_run(stage: Stage) -> None:
    one = Side(("stor",))
    rig = Rig(BITGET_CLASSIC, own={f"k{n}": Pair(one, one) for n in range(4)}, options=UNLIMITED)
    sandbox = stage(rig)
    plan_of(rig, sandbox)

    assert [call for call in calls(sandbox) if "/v3/" in call] == ["GET /api/v3/account/info"]
    assert calls(sandbox).count("GET /api/v2/spot/account/info") == 5


def test_a_sub_accounts_key_finds_its_own_mode(stage: Stage) -> None:
    """It may be another than its main account's."""
    pair = Pair(Side(("stow",)), Side(("spot_trade",)), declared={"managed_by": None})
    unified = Side(("uta_mgt",))
    rig = Rig(BITGET_CLASSIC, manager=Pair(unified, unified), sub={"bot": pair}, options=UNLIMITED)
    sandbox = stage(rig)
    world = rig.world()
    world["exchanges"]["bitget"]["accounts"][0]["mode"] = "unified"
    world["exchanges"]["bitget"]["accounts"][0]["sub_accounts"][0]["mode"] = "classic"
    sandbox.load(world)
    plan_of(rig, sandbox)

    asked = [f"{entry['key_label']} {entry['path']}" for entry in sandbox.log()][1:]
    assert asked == [
        "manager /api/v3/account/info",
        "bot /api/v3/account/info",
        "bot /api/v2/spot/account/info",
    ]


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        (("spot_trade", "read"), FacetState.CONSISTENT),
        (("read",), FacetState.DRIFT),
        (("spot_trade", "transfer"), FacetState.DRIFT),
    ],
)
def test_a_classic_sub_accounts_key_that_is_asked_with_itself_shows_some_of_its_rights(
    live: tuple[str, ...], expected: FacetState, stage: Stage
) -> None:
    rig = sub(BITGET_CLASSIC, live, "read", "spot")
    pair = rig.sub["bot"]
    here = Side(live, ("127.0.0.1",))
    rig.sub = {"bot": Pair(here, here, declared={**pair.declared, "managed_by": None})}
    plan = plan_of(rig, stage(rig))

    assert state(plan, "main/sub/bot") is expected
    assert states(plan, "main/sub/bot")[Facet.IP_WHITELIST] is FacetState.IN_SYNC
