"""`--only revokes` takes away what it can without what comes; `--only grants` never gives before it took."""

from __future__ import annotations

import pytest

from accesscfg.model.networks import Addresses
from accesscfg.model.observed import Facet
from accesscfg.model.plan import Outcome
from accesscfg.sandbox import Sandbox
from tests.support.rig import Pair, Rig, Side
from tests.support.venues import OKX, WRITING, Venue

KEEP, OLD, NEW = "198.51.100.1", "198.51.100.2", "198.51.100.3"


def whitelist(rig: Rig, sandbox: Sandbox) -> object:
    key = next(key for key in rig.plan(sandbox).keys if str(key.path) == "main/sub/bot")
    seen = next(result.seen for result in key.facets if result.facet is Facet.IP_WHITELIST)
    return getattr(seen, "value", None)


def rig(venue: Venue, live: tuple[str, ...], wanted: tuple[str, ...]) -> Rig:
    return Rig(venue, sub={"bot": Pair(Side(venue.base_sub, wanted), Side(venue.base_sub, live))})


@pytest.mark.parametrize("venue", WRITING, ids=str)
def test_leaving_addresses_go_while_one_stays(venue: Venue) -> None:
    one = rig(venue, (KEEP, OLD), (KEEP, NEW))
    with Sandbox(one.world()) as sandbox:
        one.apply(sandbox, one.plan(sandbox), only="revokes")

        assert whitelist(one, sandbox) == Addresses(frozenset({KEEP}))


@pytest.mark.parametrize("venue", WRITING, ids=str)
def test_what_is_recorded_is_what_was_sent(venue: Venue) -> None:
    one = rig(venue, (KEEP, OLD), (KEEP, NEW))
    with Sandbox(one.world()) as sandbox:
        (done,) = [
            entry.change
            for entry in one.apply(sandbox, one.plan(sandbox), only="revokes").results
            if entry.outcome is Outcome.DONE
        ]

    assert (done.before, done.after) == (Addresses(frozenset({KEEP, OLD})), Addresses(frozenset({KEEP})))


@pytest.mark.parametrize("venue", WRITING, ids=str)
def test_no_list_is_emptied(venue: Venue) -> None:
    one = rig(venue, (OLD,), (NEW,))
    with Sandbox(one.world()) as sandbox:
        result = one.apply(sandbox, one.plan(sandbox), only="revokes")

        assert [entry.outcome for entry in result.results] == [Outcome.NOT_TRIED, Outcome.WAITS]
        assert whitelist(one, sandbox) == Addresses(frozenset({OLD}))


def test_a_network_stays_while_an_address_in_it_that_stays_allowed_is_left_out() -> None:
    one = rig(OKX, (KEEP, "198.51.100.8/29"), (KEEP, "198.51.100.9"))
    with Sandbox(one.world()) as sandbox:
        result = one.apply(sandbox, one.plan(sandbox), only="revokes")

        assert [entry.outcome for entry in result.results] == [Outcome.NOT_TRIED, Outcome.WAITS]
        assert whitelist(one, sandbox) == Addresses(frozenset({KEEP, "198.51.100.8/29"}))


@pytest.mark.parametrize("venue", WRITING, ids=str)
def test_only_grants_leaves_what_must_be_revoked_first(venue: Venue) -> None:
    one = Rig(
        venue,
        sub={"bot": Pair(Side(venue.base_sub, (KEEP, NEW)), Side((*venue.base_sub, venue.sub[0]), (KEEP,)))},
    )
    with Sandbox(one.world()) as sandbox:
        result = one.apply(sandbox, one.plan(sandbox), only="grants")

        assert [entry.outcome for entry in result.results] == [Outcome.NOT_TRIED, Outcome.WAITS]
        assert result.writes == 0
