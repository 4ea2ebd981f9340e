"""Short words for what a test looks at in a plan or a result."""

from __future__ import annotations

from collections import Counter

from accesscfg.model.observed import Facet, Unknown
from accesscfg.model.plan import ApplyResult, ChangeValue, FacetResult, FacetState, Means, Outcome, Plan


def states(plan: Plan, path: str) -> dict[Facet, FacetState]:
    """The facets of a key."""
    return {result.facet: result.state for result in _key(plan, path)}


def seen(plan: Plan, path: str, facet: Facet) -> ChangeValue:
    """The whole value that was seen of a facet."""
    value = next(result.seen for result in _key(plan, path) if result.facet is facet)
    return getattr(value, "value", None)


def why(plan: Plan, path: str, facet: Facet = Facet.PRESENCE) -> str:
    """The reason that a facet's state gives."""
    return next(result.why for result in _key(plan, path) if result.facet is facet)


def trouble(plan: Plan, path: str) -> set[object]:
    """Why a key could not be asked."""
    return {result.seen.trouble for result in _key(plan, path) if isinstance(result.seen, Unknown)}


def in_sync(plan: Plan, path: str) -> bool:
    """Whether nothing of a key differs, as far as its exchange shows it."""
    return set(states(plan, path).values()) <= {FacetState.IN_SYNC, FacetState.CONSISTENT}


def as_far_as_shown(plan: Plan, path: str) -> bool:
    """Whether nothing of a key differs and all that its exchange shows was seen."""
    seen_or_not_shown = {FacetState.IN_SYNC, FacetState.CONSISTENT, FacetState.UNOBSERVABLE}
    return set(states(plan, path).values()) <= seen_or_not_shown


def unknown(plan: Plan, path: str) -> bool:
    """Whether nothing of a key is known and nothing is planned for it."""
    planned = any(str(change.key) == path for change in plan.changes)
    return set(states(plan, path).values()) == {FacetState.UNKNOWN} and not planned


def outcomes(result: ApplyResult) -> Counter[Outcome]:
    """How many changes had which outcome."""
    return Counter(one.outcome for one in result.results)


def by_api(plan: Plan) -> list[str]:
    """What the API could still change, as text."""
    return [f"{change.key} {change.facet}" for change in plan.changes if change.means is Means.API]


def _key(plan: Plan, path: str) -> tuple[FacetResult, ...]:
    return next(key.facets for key in plan.keys if str(key.path) == path)
