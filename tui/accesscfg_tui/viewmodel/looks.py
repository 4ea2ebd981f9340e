"""How each key stands now, as far as this session and the last board know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from accesscfg.model.board import LastSeen
from accesscfg.model.desired import DesiredKey
from accesscfg.model.errors import Trouble
from accesscfg.model.observed import Facet, Unknown
from accesscfg.model.plan import Change, FacetResult, KeyResult, Lifecycle, Means
from accesscfg_tui.glyphs import FACES, WORST_FIRST, Standing, standing, worst


@dataclass(frozen=True, slots=True)
class Look:
    """One key as it is known. `fresh`: it was read in this session; what is older is never shown as in sync.

    `means` are the ways its changes would be made, `changes` how many there are, `steps` the changes themselves where
    it was read in this session. `before` is what was known when a reading got no answer.
    """

    facets: Mapping[Facet, Standing]
    standing: Standing
    fresh: bool
    at: datetime | None = None
    lifecycle: Lifecycle | None = None
    changes: int = 0
    means: frozenset[Means] = frozenset()
    result: KeyResult | None = None
    steps: tuple[Change, ...] = ()
    before: Look | None = None

    @property
    def word(self) -> str:
        """The state in words; what was seen in another session is in the past tense."""
        word = FACES[self.standing].word
        return word if self.fresh or self.standing in NEVER_OLD else f"was {word}"

    @property
    def is_trouble(self) -> bool:
        """Whether somebody should look at it."""
        expiring = self.lifecycle not in (None, Lifecycle.OK)
        return expiring or self.standing not in CALM


NEVER_OLD = (Standing.NOT_READ, Standing.READING, Standing.CLOSED)
CALM = (Standing.IN_SYNC, Standing.ATTESTED, *NEVER_OLD)
NOT_READ = Look(facets={}, standing=Standing.NOT_READ, fresh=True)
CLOSED = Look(facets={}, standing=Standing.CLOSED, fresh=True)


# the exchange did not answer, whatever the key is like
NO_ANSWER = frozenset({Trouble.NETWORK, Trouble.SERVER, Trouble.RATE_LIMIT})


def fresh_look(
    result: KeyResult, changes: tuple[Change, ...], at: datetime, before: Look | None = None
) -> Look:
    """A key that was just read; `before` is how it was known until then."""
    facets = {facet.facet: standing(facet.state) for facet in result.facets}
    state = worst(frozenset(facets.values()))
    troubles = {facet.seen.trouble for facet in result.facets if isinstance(facet.seen, Unknown)}
    if state is Standing.UNKNOWN and troubles <= NO_ANSWER:
        state = Standing.NO_ANSWER
    return Look(
        facets=facets,
        standing=state,
        fresh=True,
        at=at,
        lifecycle=None if result.lifecycle is None else result.lifecycle.word,
        changes=len(changes),
        means=frozenset(change.means for change in changes),
        result=result,
        steps=changes,
        before=_last_answer(before) if state in NOT_KNOWN else None,
    )


NOT_KNOWN = (Standing.UNKNOWN, Standing.NO_ANSWER)


def _last_answer(look: Look | None) -> Look | None:
    """The last look at which something was known."""
    if look is None or look.standing is Standing.NOT_READ:
        return None
    return look.before if look.standing in NOT_KNOWN else look


def old_look(seen: LastSeen, wanted: str, *, sandbox: bool) -> Look:
    """A key that was read in an earlier session; nothing where the declaration or the place has changed since."""
    if seen.wanted != wanted or seen.sandbox != sandbox:
        return NOT_READ
    facets = {facet: standing(state) for facet, state in seen.facets.items()}
    return Look(
        facets=facets,
        standing=worst(frozenset(facets.values())),
        fresh=False,
        at=seen.at,
        lifecycle=seen.lifecycle,
        changes=seen.changes,
    )


Counted = tuple[Standing, bool]  # how a key stands, and whether that is from an earlier session


def counted(look: Look) -> Counted:
    """What a key counts as among others: what was in order in an earlier session is not known to be so now."""
    if look.fresh or look.standing in NEVER_OLD:
        return (look.standing, False)
    was_good = look.standing in (Standing.IN_SYNC, Standing.ATTESTED)
    return (Standing.NOT_READ, False) if was_good else (look.standing, True)


def in_order(counts: Counter[Counted]) -> Iterator[tuple[Standing, int, str]]:
    """What there is of, how many, and the word for it, the worst first; what is from an earlier session `was`."""
    for one in WORST_FIRST:
        if now := counts[one, False]:
            yield one, now, FACES[one].word
        if old := counts[one, True]:
            yield one, old, f"{'was' if old == 1 else 'were'} {FACES[one].word}"


def facet_of(result: KeyResult | None, facet: Facet) -> FacetResult | None:
    """The result of one facet."""
    return None if result is None else next((one for one in result.facets if one.facet is facet), None)


def age(at: datetime | None, now: datetime) -> str:
    """How long ago, in one short word: `now`, `5m`, `3h`, `12d`."""
    if at is None:
        return ""
    seconds = max(0, int((now - at).total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return "now"


def fix_word(look: Look, key: DesiredKey) -> str:
    """How the differences of a key would be removed."""
    if Means.BLOCKED in look.means:
        return "blocked"
    if look.means == {Means.API}:
        return "API"
    if look.means == {Means.MANUAL}:
        return "by hand"
    if look.means:
        return "API+hand"
    needs_word = look.standing in (Standing.UNOBSERVABLE, Standing.CONSISTENT)
    return "attest" if needs_word and not key.absent else ""
