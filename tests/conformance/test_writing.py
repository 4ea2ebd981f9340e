"""Every write an API has: what was wanted is in effect, what nobody declared stays as it was, and no state on the way
is wider than both ends or narrower than what they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from accesscfg.model.observed import Facet
from accesscfg.model.plan import Means, Outcome
from accesscfg.sandbox import Sandbox
from tests.support.hurry import UNLIMITED
from tests.support.look import by_api, in_sync, outcomes
from tests.support.rig import Pair, Rig, Side, writes
from tests.support.stage import Stage
from tests.support.venues import VENUES, Venue
from tests.support.watch import entries, now, pairs, watch

A, B, C, D = (f"198.51.100.{n}" for n in range(1, 5))
ID = "mainsubbot"
WRITING = [
    venue
    for venue in VENUES
    if venue.profile.facets["sub"][Facet.IP_WHITELIST].write == "api" and venue.profile.writes.get("sub")
]
CASES = [(venue, mode) for venue in WRITING for mode in venue.modes]
LABELS = [venue for venue in WRITING if venue.profile.facets["sub"][Facet.LABEL].write == "api"]


def named(value: object) -> str:
    """A short name of a case."""
    return "-".join(map(str, value.values())) or "plain" if isinstance(value, dict) else str(value)


each = pytest.mark.parametrize(("venue", "mode"), CASES, ids=named)


def many(start: int, venue: Venue) -> tuple[str, ...]:
    """As many addresses as the exchange takes; where it states no most, more than any other takes."""
    most = venue.profile.ip_rules["sub"].most or 60
    return tuple(f"198.51.{100 + start}.{n}" for n in range(1, most + 1))


def rig_of(venue: Venue, mode: Mapping[str, Any], live: Side, wanted: Side) -> Rig:
    """One bot to change, which has and keeps a right that no profile knows, beside a key that is in order."""
    live, wanted = (replace(one, permissions=(*one.permissions, venue.unknown)) for one in (live, wanted))
    calm = Side((*venue.base_sub, venue.sub[0]), (C, D))
    return Rig(
        venue,
        sub={"bot": Pair(wanted, live), "calm": Pair(calm, calm), "extra": Pair(None, calm)},
        options={**mode, **UNLIMITED},
    )


def changed_as_wanted(rig: Rig, sandbox: Sandbox) -> None:
    """Applies, and holds all that every write must hold."""
    venue, wanted, live = rig.venue, rig.sub["bot"].wanted, rig.sub["bot"].live
    assert wanted is not None
    assert live is not None
    plan, before, log = rig.plan(sandbox), now(sandbox, venue), watch(sandbox, venue)
    assert by_api(plan)
    result = rig.apply(sandbox, plan)

    assert set(outcomes(result)) == {Outcome.DONE}
    assert result.writes == len(log.scenes) == len(writes(sandbox))
    after = now(sandbox, venue)
    assert after[ID].permissions == set(wanted.permissions)
    assert after[ID].ips == entries(wanted.whitelist)
    for key in before:
        assert after[key].rest == before[key].rest, key
        assert key == ID or after[key] == before[key]
    _principle_3(rig, before[ID].permissions, live, log.scenes)
    again = rig.plan(sandbox)
    assert again.changes == ()
    assert in_sync(again, "main/sub/bot")
    assert in_sync(again, "main/sub/calm")


def _principle_3(rig: Rig, held: Iterable[str], live: Side, scenes: list[Any]) -> None:
    wanted = rig.sub["bot"].wanted
    assert wanted is not None
    places = {*(live.ips or ()), *(wanted.ips or ())}
    first = pairs(held, entries(live.whitelist), places)
    last = pairs(wanted.permissions, entries(wanted.whitelist), places)
    for moment in scenes:
        state = moment[ID].pairs(places)
        assert first & last <= state <= first | last
        assert moment[ID].ips != frozenset()


def _rights(venue: Venue) -> list[str]:
    return sorted(one.native for one in venue.profile.in_scope("sub") if one.write["sub"] == "api")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("venue", "mode", "native"),
    [(venue, mode, native) for venue, mode in CASES for native in _rights(venue)],
    ids=named,
)
@pytest.mark.parametrize("way", ["granted", "revoked"])
def test_each_right_is_granted_and_revoked_alone(
    way: str, venue: Venue, mode: Mapping[str, Any], native: str, stage: Stage
) -> None:
    entry = venue.profile.permission(native, "sub")
    assert entry is not None
    without = tuple(right for right in (*venue.base_sub, venue.sub[0], *entry.needs) if right != native)
    ends = Side(without, (A, B)), Side((*without, native), (A, B))
    live, wanted = ends if way == "granted" else ends[::-1]
    rig = rig_of(venue, mode, live, wanted)
    sandbox = stage(rig)
    if (
        native == "Derivatives:DerivativesTrade"
    ):  # comes with another right unasked, so alone it is a right like others
        assert not {"ContractTrade:Order", "ContractTrade:Position"} & set(without)

    if native.startswith("ContractTrade:"):  # brings Derivatives along, which is no drift beside it
        _granted_with_company(rig, sandbox, native, way)
    else:
        changed_as_wanted(rig, sandbox)


def _granted_with_company(rig: Rig, sandbox: Sandbox, native: str, way: str) -> None:
    result = rig.apply(sandbox, rig.plan(sandbox))

    assert set(outcomes(result)) <= {Outcome.DONE, Outcome.MANUAL}
    assert (native in now(sandbox, rig.venue)[ID].permissions) == (way == "granted")
    assert by_api(rig.plan(sandbox)) == []


TRANSITIONS = {
    "unrestricted to a list": (None, (A, B)),
    "a list to unrestricted": ((A, B), None),
    "one added": ((A,), (A, B)),
    "one removed": ((A, B), (A,)),
    "one replaced": ((A, B), (A, C)),
    "all replaced": ((A, B), (C, D)),
    "the only one replaced": ((A,), (B,)),
}


# where addresses go one by one, those that are not in yet, or are out already, are cut off meanwhile: a guard's matter
INTERRUPTING = ("unrestricted to a list", "a list to unrestricted")


@pytest.mark.parametrize(
    ("venue", "mode", "transition"),
    [
        (venue, mode, transition)
        for venue, mode in CASES
        for transition in TRANSITIONS
        if not venue.one_address or transition not in INTERRUPTING
    ],
    ids=named,
)
@pytest.mark.parametrize("rights", ["same", "more", "other"])
def test_each_way_from_one_whitelist_to_another(
    rights: str, transition: str, venue: Venue, mode: Mapping[str, Any], stage: Stage
) -> None:
    before, after = TRANSITIONS[transition]
    base, first, last = venue.base_sub, venue.sub[0], venue.sub[-1]
    ends = {
        "same": ((*base, first), (*base, first)),
        "more": (base, (*base, first)),
        "other": ((*base, first), (*base, last) if last != first else base),
    }
    held, wanted = ends[rights]
    rig = rig_of(venue, mode, Side(held, before), Side(wanted, after))
    changed_as_wanted(rig, stage(rig))


@each
@pytest.mark.parametrize("way", ["filled", "one replaced", "all replaced", "halved"])
def test_whitelists_as_long_as_the_exchange_takes(
    way: str, venue: Venue, mode: Mapping[str, Any], stage: Stage
) -> None:
    full, other = many(0, venue), many(1, venue)
    before, after = {
        "filled": (full[:1], full),
        "one replaced": (full, (*full[1:], other[0])),
        "all replaced": (full, other),
        "halved": (full, full[: len(full) // 2]),
    }[way]
    rig = rig_of(venue, mode, Side(venue.base_sub, before), Side(venue.base_sub, after))
    changed_as_wanted(rig, stage(rig))


@each
def test_a_right_that_nobody_declared_stays_through_every_write_that_may_be_made_beside_it(
    venue: Venue, mode: Mapping[str, Any], stage: Stage
) -> None:
    """It is drift that a person must see to; only what does not wait for that is written."""
    live = Side((*venue.base_sub, *venue.sub[:1], venue.unknown), (A, B))
    wanted = Side((*venue.base_sub, *venue.sub[1:2]), (A,))
    rig = Rig(venue, sub={"bot": Pair(wanted, live)}, options={**mode, **UNLIMITED})
    sandbox = stage(rig)
    result = rig.apply(sandbox, rig.plan(sandbox))
    after = now(sandbox, venue)[ID]

    assert outcomes(result)[Outcome.MANUAL] == 1
    assert set(outcomes(result)) <= {Outcome.MANUAL, Outcome.DONE, Outcome.WAITS}
    assert (after.permissions, after.ips) == ({*venue.base_sub, venue.unknown}, {A})


@pytest.mark.parametrize("venue", LABELS, ids=str)
def test_a_label_that_is_declared_is_changed_and_nothing_else(venue: Venue, stage: Stage) -> None:
    rights = (*venue.base_sub, venue.sub[0])
    rig = Rig(venue, sub={"bot": Pair(Side(rights, (A, B), "grid"), Side(rights, (A, B), "old"))})
    sandbox = stage(rig)
    before = now(sandbox, venue)
    result = rig.apply(sandbox, rig.plan(sandbox))
    after = now(sandbox, venue)

    assert outcomes(result) == {Outcome.DONE: 1}
    assert after[ID].rest == {**before[ID].rest, "label": "grid"}
    assert (after[ID].permissions, after[ID].ips) == (before[ID].permissions, before[ID].ips)


@pytest.mark.parametrize(
    ("venue", "mode"), [(venue, mode) for venue, mode in CASES if venue.reads_own], ids=named
)
def test_what_the_managing_key_lacks_blocks_what_it_would_have_to_write(
    venue: Venue, mode: Mapping[str, Any], stage: Stage
) -> None:
    weak = Side(venue.base_own)
    rights = (*venue.base_sub, venue.sub[0])
    rig = Rig(
        venue,
        manager=Pair(weak, weak),
        sub={"bot": Pair(Side(rights, (A,)), Side(venue.base_sub, (A, B)))},
        options=mode,
    )
    sandbox = stage(rig)
    plan = rig.plan(sandbox)
    result = rig.apply(sandbox, plan)

    assert {change.means for change in plan.changes} == {Means.BLOCKED}
    assert "main/manager lacks" in plan.changes[0].reason
    assert (result.writes, writes(sandbox)) == (0, [])


OWN = [venue for venue in VENUES if venue.profile.facets["own"][Facet.PERMISSIONS].write == "api"]


def _own(venue: Venue, live: tuple[str, ...], wanted: tuple[str, ...]) -> Rig:
    base = venue.base_own
    return Rig(
        venue, own={"bot": Pair(Side((*base, *wanted), label="bot"), Side((*base, *live), label="bot"))}
    )


@pytest.mark.parametrize("venue", OWN, ids=str)
def test_a_key_that_may_edit_itself_changes_its_rights_and_keeps_its_addresses(
    venue: Venue, stage: Stage
) -> None:
    needed = next(right for right in venue.own if right in venue.profile.writes["own"].needs_any)
    first, second = (right for right in venue.own[:2])
    rig = _own(venue, (needed, first), (needed, second))
    sandbox = stage(rig)
    before = now(sandbox, venue)["mainbot"]
    result = rig.apply(sandbox, rig.plan(sandbox))
    after = now(sandbox, venue)["mainbot"]

    assert outcomes(result) == {Outcome.DONE: 2}
    assert after.permissions == {*venue.base_own, needed, second}
    assert (after.ips, after.rest) == (before.ips, before.rest)
    assert by_api(rig.plan(sandbox)) == []


@pytest.mark.parametrize("venue", OWN, ids=str)
def test_a_key_that_gives_up_the_right_to_edit_itself_still_gets_what_it_was_promised(
    venue: Venue, stage: Stage
) -> None:
    needed = next(right for right in venue.own if right in venue.profile.writes["own"].needs_any)
    other = next(right for right in venue.own if right != needed)
    rig = _own(venue, (needed,), (other,))
    sandbox = stage(rig)
    result = rig.apply(sandbox, rig.plan(sandbox))

    assert outcomes(result) == {Outcome.DONE: 2}
    assert now(sandbox, venue)["mainbot"].permissions == {*venue.base_own, other}


def test_a_read_only_bybit_key_gets_what_is_declared_and_none_of_its_sleeping_rights(stage: Stage) -> None:
    from tests.support.venues import BYBIT

    asleep = ("Spot:SpotTrade", "Options:OptionsTrade", "ReadOnly")
    rig = Rig(BYBIT, sub={"bot": Pair(Side(("read", "Earn:Earn"), (A, B)), Side(asleep, (A, B)))})
    sandbox = stage(rig)
    before = now(sandbox, BYBIT)[ID]
    result = rig.apply(sandbox, rig.plan(sandbox))
    after = now(sandbox, BYBIT)[ID]

    assert before.permissions == {"read"}
    assert outcomes(result) == {Outcome.DONE: 1}
    assert (after.permissions, after.ips) == ({"read", "Earn:Earn"}, {A, B})


def test_a_read_only_bybit_key_stays_read_only_when_its_addresses_change(stage: Stage) -> None:
    from tests.support.venues import BYBIT

    asleep = ("Spot:SpotTrade", "ReadOnly")
    rig = Rig(BYBIT, sub={"bot": Pair(Side(("read",), (A,)), Side(asleep, (A, B)))})
    sandbox = stage(rig)
    rig.apply(sandbox, rig.plan(sandbox))
    after = now(sandbox, BYBIT)[ID]

    assert (after.permissions, after.ips) == ({"read"}, {A})
