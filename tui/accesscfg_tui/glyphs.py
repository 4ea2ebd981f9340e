"""The states of keys and facets: each with a glyph, an ASCII form and a word of its own, never colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accesscfg.model.plan import FacetState


class Standing(StrEnum):
    """How a key or one of its facets stands: DESIGN's six states, and four that only a board has."""

    IN_SYNC = "in_sync"
    DRIFT = "drift"
    CONSISTENT = "consistent"
    ATTESTED = "attested"
    UNOBSERVABLE = "unobservable"
    UNKNOWN = "unknown"
    NO_ANSWER = "no_answer"
    READING = "reading"
    NOT_READ = "not_read"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Face:
    """What a standing looks like. `style` is the name of a component class of the themes."""

    glyph: str
    ascii: str
    word: str
    style: str


FACES: dict[Standing, Face] = {
    Standing.IN_SYNC: Face("✓", "=", "in sync", "good"),
    Standing.DRIFT: Face("≠", "!", "drift", "bad"),
    Standing.CONSISTENT: Face("≈", "~", "consistent", "warn"),
    Standing.ATTESTED: Face("✎", "a", "attested", "told"),
    Standing.UNOBSERVABLE: Face("○", "o", "unobservable", "warn"),
    Standing.UNKNOWN: Face("?", "?", "unknown", "warn"),
    Standing.NO_ANSWER: Face("✗", "X", "no answer", "bad"),
    Standing.READING: Face("…", ".", "reading", "busy"),
    Standing.NOT_READ: Face("·", "-", "not read", "faint"),
    Standing.CLOSED: Face("–", "#", "closed", "faint"),
}
# the worst first: what a row of many says
WORST_FIRST = (
    Standing.UNKNOWN,
    Standing.NO_ANSWER,
    Standing.DRIFT,
    Standing.UNOBSERVABLE,
    Standing.CONSISTENT,
    Standing.NOT_READ,
    Standing.READING,
    Standing.ATTESTED,
    Standing.IN_SYNC,
    Standing.CLOSED,
)


def standing(state: FacetState) -> Standing:
    """The standing of a facet's state."""
    return Standing(state.value)


def worst(standings: frozenset[Standing]) -> Standing:
    """What many standings come to."""
    return next((one for one in WORST_FIRST if one in standings), Standing.NOT_READ)
