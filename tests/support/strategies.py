"""Random declarations over random worlds, for every venue.

`EXAMPLES=1000 make test` looks harder than the 40 of a normal run.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from accesscfg.model.observed import Facet
from tests.support.hurry import UNLIMITED
from tests.support.rig import HOME, Pair, Rig, Side
from tests.support.venues import Venue

EXAMPLES = settings(max_examples=int(os.environ.get("EXAMPLES", "40")), deadline=None)
IPS = tuple(f"198.51.100.{n}" for n in range(1, 7))
PLACES = (HOME, *IPS)
NAMES = ("alpha", "beta", "gamma")


def whitelists(*always: str) -> st.SearchStrategy[tuple[str, ...] | None]:
    """Unrestricted, or some addresses with these always among them."""
    some = st.lists(st.sampled_from(IPS), min_size=0 if always else 1, max_size=5, unique=True)
    return st.one_of(st.none(), some.map(lambda ips: (*always, *ips)))


def sides(
    base: tuple[str, ...], rights: tuple[str, ...], *always: str, label: bool = False
) -> st.SearchStrategy[Side]:
    """One side of a key, with the base rights and any of the others."""
    some = st.lists(st.sampled_from(rights), unique=True)
    return st.builds(
        Side,
        some.map(lambda more: (*base, *more)),
        whitelists(*always),
        st.sampled_from([None, "grid", "dca"]) if label else st.none(),
    )


def sub_pairs(venue: Venue) -> st.SearchStrategy[Pair]:
    """A sub-account's key: mostly on both sides, else undeclared or missing, at times with a right nobody knows."""
    wanted = sides(venue.base_sub, venue.sub)
    live = sides(venue.base_sub, (*venue.sub, venue.unknown))
    both = st.builds(Pair, wanted, live).map(_uninterrupted if venue.one_address else lambda pair: pair)
    return st.one_of(both, both, both, st.builds(Pair, st.none(), live), st.builds(Pair, wanted, st.none()))


def _uninterrupted(pair: Pair) -> Pair:
    """From or to unrestricted with a single address: with more, a guard stops what would cut some off meanwhile."""
    assert pair.wanted is not None
    assert pair.live is not None
    if (pair.wanted.ips is None) == (pair.live.ips is None):
        return pair
    wanted, live = (replace(one, ips=one.ips and one.ips[:1]) for one in (pair.wanted, pair.live))
    return replace(pair, wanted=wanted, live=live)


def managers(venue: Venue) -> st.SearchStrategy[Pair]:
    """The managing key with what it needs and perhaps more, never out of reach."""
    one = sides(venue.manager, tuple(right for right in venue.own if right not in venue.manager))
    return st.builds(lambda wanted, live: Pair(_here(wanted), _here(live)), one, one)


def _here(side: Side) -> Side:
    return Side(side.permissions, (HOME, *(side.ips or ())))


@st.composite
def rigs(draw: st.DrawFn, venue: Venue) -> Rig:
    """An account with drift of every kind that its API can or cannot remove."""
    own = sides(venue.base_own, venue.own, HOME)
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    return Rig(
        venue,
        manager=draw(managers(venue)),
        own={"own": draw(st.builds(Pair, own, own))} if draw(st.booleans()) else {},
        sub={name: draw(sub_pairs(venue)) for name in names},
        options={**draw(st.sampled_from(venue.modes)), **UNLIMITED},
        more_subs=draw(st.sampled_from([(), ({"id": "extra1", "keys": [_key(venue)]},)])),
    )


def _key(venue: Venue) -> dict[str, Any]:
    made = Rig(venue, sub={"stray": Pair(None, Side((*venue.base_sub, venue.sub[0])))}).world()
    account = made["exchanges"][venue.exchange]["accounts"][0]
    return {**account["sub_accounts"][0]["keys"][0], "api_key": "strayinextra"}


def writes_labels(venue: Venue) -> bool:
    """Whether a sub-account key's label is changed by API."""
    return venue.profile.facets["sub"][Facet.LABEL].write == "api"
