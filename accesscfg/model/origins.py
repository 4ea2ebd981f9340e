"""Where the addresses of a key's list come from, and which keys a change of a pool touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from accesscfg.model.paths import KeyPath

if TYPE_CHECKING:
    from accesscfg.model.plan import FacetState

_FEW = 2


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Something in the workspace that has an address: a pool by its name, or the egress of an account or sub-account
    by its path."""

    kind: Literal["pool", "egress"]
    name: str

    def __str__(self) -> str:
        return f"pool {self.name}" if self.kind == "pool" else f"egress of {self.name}"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an entry of a key's list is from.

    `pool` is the one through which the declaration gives it to this key. Of an entry without, `known` are the places
    that have it or a network with it in it; none where nothing in the workspace knows it.
    """

    pool: str | None = None
    known: tuple[Place, ...] = ()

    def __str__(self) -> str:
        if self.pool is not None:
            return f"pool {self.pool}"
        return f"known as {', '.join(_names(self.known))}" if self.known else ""


def _names(places: Sequence[Place]) -> list[str]:
    """The places by name; where they are called from by more than a few accounts, their number."""
    pools = [str(place) for place in places if place.kind == "pool"]
    callers = len(places) - len(pools)
    if callers <= _FEW:
        return [str(place) for place in places]
    return [*pools, f"egress of {callers} accounts"]


@dataclass(frozen=True, slots=True)
class PoolUse:
    """A key that lists a pool. `changed`: the plan changes its list, or makes it; else the state of its list.

    `state` is None for a key that this run did not look at.
    """

    key: KeyPath
    changed: bool
    state: FacetState | None


@dataclass(frozen=True, slots=True)
class PoolChange:
    """A pool of which addresses come to or leave some key in a plan, with every key of the workspace that lists it."""

    pool: str
    uses: tuple[PoolUse, ...]
