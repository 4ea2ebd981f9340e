"""The verdict on a key after a manual fix."""

from __future__ import annotations

from accesscfg.model.guide import Guide, Open, StepKind, Verdict, Verification, worst
from accesscfg.model.plan import FacetState, KeyResult

VERDICTS = {
    FacetState.IN_SYNC: Verdict.VERIFIED,
    FacetState.ATTESTED: Verdict.VERIFIED,
    FacetState.DRIFT: Verdict.DIFFERENT,
    FacetState.CONSISTENT: Verdict.ATTEST,
    FacetState.UNOBSERVABLE: Verdict.ATTEST,
    FacetState.UNKNOWN: Verdict.UNKNOWN,
}


def verify(result: KeyResult, guide: Guide) -> Verification:
    """The verdict on the facets of one key as they were just seen; `guide` is what is left to do."""
    judged = [(VERDICTS[facet.state], facet) for facet in result.facets]
    left = tuple(Open(verdict, facet) for verdict, facet in judged if verdict is not Verdict.VERIFIED)
    return Verification(result.path, worst(one.verdict for one in left), left, guide)


def in_vain(guide: Guide, result: KeyResult) -> tuple[str, ...]:
    """The steps of visits that were ticked off as saved while what they change was seen to differ still."""
    differs = {facet.facet for facet in result.facets if facet.state is FacetState.DRIFT}
    found: list[str] = []
    for _, steps in guide.visits():
        saved = [step.done is not None for step in steps if step.kind is StepKind.SAVE]
        if saved and all(saved) and any(step.facet in differs for step in steps):
            found += [step.id for step in steps]
    return tuple(found)
