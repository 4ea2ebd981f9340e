"""What goes with the steps of a guide: cautions, warnings of guards and policies, and who looks afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accesscfg.guides.subject import SETTLED, GuideSubject
from accesscfg.model.findings import Finding
from accesscfg.model.guide import Purpose, Step, StepKind, Warning
from accesscfg.model.observed import Facet, Observed, Unknown
from accesscfg.model.plan import Guard, Refusal
from accesscfg.model.profile import When


def cautions(subject: GuideSubject, purpose: Purpose, steps: Sequence[Step], new: bool) -> tuple[str, ...]:
    """The profile's cautions that bear on these steps."""
    if not steps:
        return ()
    now = set(_occasions(subject, purpose, steps, new))
    return tuple(one.text for one in subject.profile.manual.cautions if one.when & now)


def _occasions(subject: GuideSubject, purpose: Purpose, steps: Sequence[Step], new: bool) -> Iterator[When]:
    facets = {step.facet for step in steps if step.kind is not StepKind.CHECK}
    kinds = {step.kind for step in steps}
    yield "always"
    if Facet.PERMISSIONS in facets:
        yield "permissions"
    if Facet.IP_WHITELIST in facets:
        yield "ip_whitelist"
    if StepKind.LIFT in kinds:
        yield "unrestricted"
    if subject.bound:
        yield "app"
    if purpose is Purpose.CREATE:
        yield "create"
    if StepKind.DELETE in kinds or new:
        yield "delete"


# what a guard says only of calls that the API would get
_OF_THE_API = (Guard.INTERRUPT,)


def warnings(
    subject: GuideSubject, steps: Sequence[Step], refusals: Sequence[Refusal], violations: Sequence[Finding]
) -> tuple[Warning, ...]:
    """What the guards would refuse if it went by API, and the policies that the declaration breaks.

    What the plan has no change for, as nobody could see it, is judged by the steps.
    """
    if not steps:
        return ()
    found = [Warning(one.guard, one.why) for one in refusals if one.guard not in _OF_THE_API]
    guards = {one.guard for one in found}
    ticked = [native for step in steps if step.kind is StepKind.TICK for native in step.natives]
    if Guard.GRANT_WITHDRAW not in guards and "withdraw" in subject.profile.reach(ticked, subject.scope):
        found.append(Warning(Guard.GRANT_WITHDRAW, "the key can move funds off the exchange"))
    lifted = any(step.kind is StepKind.LIFT for step in steps)
    if Guard.LIFT_RESTRICTION not in guards and lifted:
        found.append(Warning(Guard.LIFT_RESTRICTION, "the key can be used from anywhere"))
    found += [Warning(None, one.message) for one in violations]
    return tuple(dict.fromkeys(found))


def looks(subject: GuideSubject, purpose: Purpose) -> tuple[tuple[Facet, ...], tuple[Facet, ...]]:
    """The facets that accesscfg can see after the steps, and those that a person has to attest."""
    if purpose is Purpose.DECLARE:
        return (), ()
    if purpose is Purpose.CREATE:
        facets = [facet for facet in Facet if subject.compares(facet)]
    else:
        facets = [result.facet for result in subject.result.facets if result.state not in SETTLED]
    sees = tuple(facet for facet in facets if _is_seen(subject, facet))
    return sees, tuple(facet for facet in facets if facet not in sees)


def _is_seen(subject: GuideSubject, facet: Facet) -> bool:
    """Whether the whole facet can be seen: as it was this time, else as the profile says."""
    result = subject.facets.get(facet)
    if result is not None and not isinstance(result.seen, Unknown):
        return isinstance(result.seen, Observed)
    rule = subject.profile.facets[subject.scope][facet]
    listed = subject.scope == "sub" and subject.profile.lists_sub_keys and subject.key.managed_by is not None
    return rule.read == "full" and bool(subject.profile.reads) and (subject.key.held or listed)
