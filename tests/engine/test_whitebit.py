"""What WhiteBIT alone has: keys that a foreign call deactivates, kinds of keys, rights to single calls, one address a
call, and a main account whose keys are not shown."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from accesscfg.config.permissions import map_permissions
from accesscfg.model.desired import Egress
from accesscfg.model.errors import Trouble
from accesscfg.model.observed import Facet, Probed
from accesscfg.model.plan import Change, Direction, FacetState, Guard, Means, Outcome, Plan
from accesscfg.policy.guards import Scene, refusals, signing_keys
from accesscfg.sandbox import Fault
from tests.support.hurry import UNLIMITED, hurried
from tests.support.look import by_api, outcomes, states, trouble, unknown, why
from tests.support.rig import HOME, Pair, Rig, Side, calls, profile_of, writes
from tests.support.stage import Stage, stage
from tests.support.venues import WHITEBIT
from tests.support.watch import now

__all__ = ["stage"]
A, B, ELSEWHERE = "198.51.100.1", "198.51.100.2", "203.0.113.77"
BOT, ID = "main/sub/bot", "mainsubbot"
(BALANCE,) = WHITEBIT.base_sub
ORDER, WITHDRAW, OPEN, KIND = "/api/v4/order/new", "/api/v4/main-account/withdraw", "all-endpoints", "type-2"


@pytest.fixture(autouse=True)
def _hurried() -> Iterator[None]:
    with hurried():
        yield


def bot(live: Side, wanted: Side, **made: object) -> Rig:
    return Rig(WHITEBIT, sub={"bot": Pair(wanted, live, made=made)}, options=UNLIMITED)


def changes(plan: Plan, facet: Facet = Facet.PERMISSIONS) -> list[Change]:
    return [change for change in plan.changes if change.facet is facet]


# --- calls that would deactivate a key ---


@pytest.mark.parametrize(
    "addresses",
    [(), (ELSEWHERE,), (HOME, ELSEWHERE)],
    ids=["not declared", "off the list", "one of two off the list"],
)
def test_no_key_is_called_unless_every_address_it_is_called_from_is_declared_and_on_its_list(
    addresses: tuple[str, ...], stage: Stage
) -> None:
    rig = replace(
        bot(Side((BALANCE,)), Side((BALANCE, ORDER))), egress=Egress(addresses=frozenset(addresses))
    )
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert calls(sandbox) == []  # not even the time
    assert set(states(plan, "main/manager").values()) == {FacetState.UNOBSERVABLE}
    assert "WhiteBIT disables a key that is called from an address off its list" in why(plan, "main/manager")
    assert unknown(plan, BOT)
    assert plan.changes == ()
    assert all(key.rest["enabled"] for key in now(sandbox, WHITEBIT).values())


def test_a_key_without_a_declared_list_is_not_called(stage: Stage) -> None:
    """Whether it has none in truth nobody has seen."""
    one = Side(WHITEBIT.manager, None)
    rig = Rig(WHITEBIT, manager=Pair(one, one))
    sandbox = stage(rig)

    assert set(states(rig.plan(sandbox), "main/manager").values()) == {FacetState.UNOBSERVABLE}
    assert calls(sandbox) == []


def test_a_key_that_is_off_a_list_which_nobody_knew_of_is_unknown_and_the_reason_names_both(
    stage: Stage,
) -> None:
    wanted, live = Side(WHITEBIT.base_own), Side(WHITEBIT.base_own, (ELSEWHERE,))
    rig = Rig(WHITEBIT, own={"bot": Pair(wanted, live)})
    plan = rig.plan(stage(rig))

    assert unknown(plan, "main/bot")
    assert trouble(plan, "main/bot") == {Trouble.DENIED}
    assert "the key is disabled, or this address is not on its list" in why(plan, "main/bot")


def test_a_wrong_secret_deactivates_nothing_and_is_tried_once(stage: Stage) -> None:
    one = Side(WHITEBIT.base_own)
    rig = Rig(WHITEBIT, own={"bot": Pair(one, one)}, secrets={"main/bot": "wrong"})
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert trouble(plan, "main/bot") == {Trouble.SIGNATURE}
    assert len([entry for entry in sandbox.log() if entry["key_label"] == "bot"]) == 1


@pytest.mark.parametrize("off_ms", [600_000, -600_000], ids=["slow", "fast"])
def test_a_clock_that_is_slow_is_told_and_one_that_is_fast_made_up_for(off_ms: int, stage: Stage) -> None:
    """Nonces are never above this machine's time, so that one that is slow cannot be corrected."""
    rig = Rig(WHITEBIT)
    sandbox = stage(rig)
    sandbox.set_clock(time.time_ns() // 1_000_000 + off_ms)
    plan = rig.plan(sandbox)

    if off_ms > 0:
        assert trouble(plan, "main/manager") == {Trouble.CLOCK}
        assert "set it" in why(plan, "main/manager")
    else:
        assert FacetState.UNKNOWN not in states(plan, "main/manager").values()


def test_a_managing_key_that_must_not_be_called_from_here_signs_no_write_either(stage: Stage) -> None:
    """Another key, which may be called from here, lists for it; and a plan from elsewhere may say that it may."""
    watcher, abroad = Side(WHITEBIT.manager), Side(WHITEBIT.manager, (ELSEWHERE,))
    observed = {"observed_by": Rig(WHITEBIT).path("watcher")}
    rig = Rig(
        WHITEBIT,
        manager=Pair(abroad, abroad),
        own={"watcher": Pair(watcher, watcher)},
        sub={"bot": Pair(Side((BALANCE,)), Side((BALANCE, ORDER)), declared=observed)},
        options=UNLIMITED,
    )
    sandbox = stage(rig)
    plan = rig.plan(sandbox)
    (change,) = plan.changes
    assert change.means is Means.BLOCKED
    assert "main/manager, which would sign it, is not called: WhiteBIT disables a key" in change.reason

    result = rig.apply(sandbox, replace(plan, changes=(replace(change, means=Means.API),)))
    assert [one.outcome for one in result.results] == [Outcome.FAILED]
    assert writes(sandbox) == []
    assert all(key.rest["enabled"] for key in now(sandbox, WHITEBIT).values())


def test_a_change_of_several_calls_that_stops_between_them_says_what_of_it_was_made(stage: Stage) -> None:
    rig = bot(Side((BALANCE,), (HOME,)), Side((BALANCE,), (HOME, A, B)))
    sandbox = stage(rig)
    plan = rig.plan(sandbox)
    add = "/api/v4/sub-account/api-key/ip-address/create"
    sandbox.fault(Fault(exchange="whitebit", path=add, kind="429", times=None, skip=1))
    (result,) = rig.apply(sandbox, plan).results

    assert result.outcome is Outcome.FAILED
    assert f"it was made in part ({A}), plan again for the rest" in result.why
    assert now(sandbox, WHITEBIT)[ID].ips == {HOME, A}


def test_a_change_whose_first_call_fails_was_not_made_at_all(stage: Stage) -> None:
    rig = bot(Side((BALANCE,), (HOME,)), Side((BALANCE,), (HOME, A, B)))
    sandbox = stage(rig)
    plan = rig.plan(sandbox)
    add = "/api/v4/sub-account/api-key/ip-address/create"
    sandbox.fault(Fault(exchange="whitebit", path=add, kind="429", times=None))
    (result,) = rig.apply(sandbox, plan).results

    assert "in part" not in result.why
    assert now(sandbox, WHITEBIT)[ID].ips == {HOME}


# --- keys of the main account ---


def test_a_main_accounts_key_is_probed_and_the_rest_is_left_to_attest(stage: Stage) -> None:
    rig = Rig(WHITEBIT)
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert calls(sandbox) == [*WHITEBIT.plan[:2]]
    assert states(plan, "main/manager") == {
        Facet.PRESENCE: FacetState.IN_SYNC,
        Facet.PERMISSIONS: FacetState.CONSISTENT,
        Facet.IP_WHITELIST: FacetState.UNOBSERVABLE,
        Facet.ENABLED: FacetState.IN_SYNC,
    }
    assert any("may be used from here" in note for note in plan.keys[0].notes)


@pytest.mark.parametrize(
    ("held", "wanted", "direction"),
    [((ORDER,), WHITEBIT.base_own, Direction.GRANTS), (WHITEBIT.base_own, (ORDER,), Direction.REVOKES)],
)
def test_the_one_right_that_is_found_out_can_be_drift(
    held: tuple[str, ...], wanted: tuple[str, ...], direction: Direction, stage: Stage
) -> None:
    rig = Rig(WHITEBIT, own={"bot": Pair(Side(wanted), Side(held))})
    plan = rig.plan(stage(rig))

    seen = next(one.seen for key in plan.keys for one in key.facets if isinstance(one.seen, Probed))
    assert seen.present | seen.absent == set(WHITEBIT.base_own)
    assert [(one.means, one.direction) for one in plan.changes] == [(Means.MANUAL, direction)]


# --- kinds of keys and rights to single calls ---


def test_a_key_that_could_have_withdrawals_is_drift_that_a_new_key_alone_mends(stage: Stage) -> None:
    rig = bot(Side((BALANCE, KIND)), Side((BALANCE,)))
    sandbox = stage(rig)
    (change,) = changes(rig.plan(sandbox))

    assert (change.means, change.direction, change.gone) == (
        Means.MANUAL,
        Direction.REVOKES,
        frozenset({KIND}),
    )
    assert "make a new key" in change.reason
    assert rig.apply(sandbox, rig.plan(sandbox)).writes == 0


def test_what_such_a_key_has_too_much_is_still_taken_by_api(stage: Stage) -> None:
    rig = bot(Side((BALANCE, KIND, WITHDRAW)), Side((BALANCE,)))
    sandbox = stage(rig)
    result = rig.apply(sandbox, rig.plan(sandbox))

    assert outcomes(result) == {Outcome.DONE: 1, Outcome.MANUAL: 1}
    assert now(sandbox, WHITEBIT)[ID].permissions == {BALANCE, KIND}


def test_a_kind_that_declared_rights_need_is_declared_with_them_and_no_drift(stage: Stage) -> None:
    mapped = map_permissions(("native:/api/v4/main-account/withdraw",), WHITEBIT.profile, "sub")
    assert mapped.natives == {WITHDRAW, KIND}
    one = Side((BALANCE, KIND, WITHDRAW))
    rig = bot(one, one)
    assert rig.plan(stage(rig)).changes == ()


def test_what_a_keys_kind_cannot_have_is_not_tried_by_api(stage: Stage) -> None:
    rig = bot(Side((BALANCE,)), Side((BALANCE, ORDER, KIND, WITHDRAW)))
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert [(one.means, one.new) for one in changes(plan)] == [
        (Means.API, frozenset({ORDER})),
        (Means.MANUAL, frozenset({KIND, WITHDRAW})),
    ]
    assert outcomes(rig.apply(sandbox, plan)) == {Outcome.DONE: 1, Outcome.MANUAL: 1}


def test_a_key_whose_endpoints_are_not_restricted_has_all_of_them_and_is_edited_on_the_website(
    stage: Stage,
) -> None:
    rig = bot(Side((BALANCE, OPEN), (A, B), "old"), Side((BALANCE,), (A,), "new"))
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    every = frozenset[str]().union(*(change.gone for change in changes(plan)))
    assert {OPEN, ORDER, "/api/v4/main-account/transfer"} <= every
    assert {change.means for change in changes(plan)} == {Means.MANUAL}
    assert {change.means for change in changes(plan, Facet.LABEL)} == {Means.MANUAL}
    assert "All endpoints" in changes(plan, Facet.LABEL)[0].reason
    assert by_api(plan) == [f"{BOT} ip_whitelist"]
    rig.apply(sandbox, plan)
    after = now(sandbox, WHITEBIT)[ID]
    assert (after.ips, after.permissions) == ({A}, {BALANCE, OPEN})


def test_a_key_that_is_declared_to_have_every_endpoint_is_in_sync_whatever_there_comes(stage: Stage) -> None:
    rig = bot(Side((OPEN,)), Side((OPEN,)))
    assert rig.plan(stage(rig)).changes == ()


def test_a_disabled_key_is_drift_for_a_person(stage: Stage) -> None:
    rig = bot(Side((BALANCE,)), Side((BALANCE,)), enabled=False)
    plan = rig.plan(stage(rig))

    assert states(plan, BOT)[Facet.ENABLED] is FacetState.DRIFT
    (change,) = changes(plan, Facet.ENABLED)
    assert (change.means, change.direction) == (Means.MANUAL, Direction.GRANTS)


# --- one address a call ---


@pytest.mark.parametrize(
    ("live", "wanted", "guards"),
    [
        (None, (A, B), {Guard.INTERRUPT}),
        ((A, B), None, {Guard.INTERRUPT, Guard.LIFT_RESTRICTION}),
        (None, (A,), set()),
        ((A,), None, {Guard.LIFT_RESTRICTION}),
        ((A,), (A, B), set()),
    ],
)
def test_what_cuts_somebody_off_on_the_way_needs_consent_and_is_made_with_it(
    live: tuple[str, ...] | None, wanted: tuple[str, ...] | None, guards: set[Guard], stage: Stage
) -> None:
    rig = bot(Side((BALANCE,), live), Side((BALANCE,), wanted))
    sandbox = stage(rig)
    sighting = rig.sight(sandbox)
    plan = rig.plan_of(sighting)
    signing = signing_keys(plan, rig.declaration())
    scene = Scene(rig.declaration(), profile_of, sighting.runner_addresses, signing)

    assert {one.guard for one in refusals(plan.changes, scene)} == guards
    assert set(outcomes(rig.apply(sandbox, plan))) == {Outcome.DONE}
    assert now(sandbox, WHITEBIT)[ID].ips == (None if wanted is None else set(wanted))
    assert len(writes(sandbox)) == len({*(live or ()), *(wanted or ())}) - len(
        {*(live or ())} & {*(wanted or ())}
    )
    assert rig.plan(sandbox).changes == ()


@pytest.mark.parametrize("kind", ["text", "number", "word"])
@pytest.mark.parametrize("form", ["object", "array"])
def test_each_form_of_the_list_is_read_alike(kind: str, form: str, stage: Stage) -> None:
    one = Side((BALANCE, ORDER))
    rig = replace(bot(one, one), options={**UNLIMITED, "key_type": kind, "key_list": form})
    assert rig.plan(stage(rig)).changes == ()
