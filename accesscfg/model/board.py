"""What is kept of the last look at each key, so that a board can be painted before anything is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from accesscfg.model.observed import Facet
from accesscfg.model.plan import FacetState, KeyResult, Lifecycle


@dataclass(frozen=True, slots=True)
class LastSeen:
    """How one key stood when it was last looked at: `at`, in UTC. It says nothing about how the key stands now.

    `wanted` is a digest of what was declared then: where the declaration has changed, the states mean nothing.
    """

    at: datetime
    wanted: str
    facets: Mapping[Facet, FacetState]
    lifecycle: Lifecycle | None
    changes: int
    sandbox: bool


def last_seen(result: KeyResult, wanted: str, changes: int, at: datetime, *, sandbox: bool) -> LastSeen:
    """What is kept of one key's result in a plan."""
    return LastSeen(
        at=at,
        wanted=wanted,
        facets={facet.facet: facet.state for facet in result.facets},
        lifecycle=None if result.lifecycle is None else result.lifecycle.word,
        changes=changes,
        sandbox=sandbox,
    )
