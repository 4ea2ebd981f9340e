"""The guide of one key: its purpose, its steps in order, and everything that goes with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accesscfg.guides.beside import cautions, looks, warnings
from accesscfg.guides.identify import identified, with_changes
from accesscfg.guides.newkey import create_steps, delete_steps, page_steps
from accesscfg.guides.rightsform import is_fixed
from accesscfg.guides.subject import SETTLED, GuideSubject
from accesscfg.guides.visits import edits_of, visit_steps, visits_of
from accesscfg.guides.wanted import wanted_state
from accesscfg.model.findings import Finding
from accesscfg.model.guide import Guide, Purpose, Step, StepKind
from accesscfg.model.observed import Facet, Observed, Probed
from accesscfg.model.plan import FacetState, Means, Refusal

# what changes nothing, and takes no code
LOOKING = (StepKind.OPEN, StepKind.CHECK, StepKind.DO)


def make_guide(
    subject: GuideSubject, refusals: Sequence[Refusal] = (), violations: Sequence[Finding] = ()
) -> Guide:
    """The guide; `refusals` are those of the guards for its changes, `violations` the policies it breaks."""
    purpose, new = purpose_of(subject)
    beyond: tuple[str, ...] = ()
    if purpose in (Purpose.CHANGE, Purpose.COMPARE):
        edits = edits_of(subject)
        beyond = edits.beyond
        purpose = purpose if edits.edits or beyond else Purpose.NOTHING
    steps = tuple(identified(subject, with_changes(subject, _steps(subject, purpose, new))))
    covered = {name for step in steps for name in step.changes}
    changes = [change for change in subject.changes if change.id in covered]
    verifies, attests = looks(subject, purpose)
    manual = subject.profile.manual
    return Guide(
        key=subject.key.path,
        exchange=subject.key.exchange,
        exchange_name=subject.profile.name,
        name=subject.name,
        purpose=purpose,
        page=manual.page,
        page_verified=manual.page_verified,
        steps=steps,
        wanted=wanted_state(subject, new=purpose is Purpose.CREATE),
        new=new,
        used_by=subject.key.used_by,
        held=subject.key.held,
        needs=manual.needs if any(step.kind not in LOOKING for step in steps) else (),
        cautions=cautions(subject, purpose, steps, new),
        warnings=warnings(subject, steps, refusals, violations),
        notes=_notes(subject, purpose, new),
        entry=subject.way,
        entries=subject.rules.entry,
        verifies=verifies,
        attests=attests,
        beyond=beyond,
        changes=tuple(change.id for change in changes),
        by_api=tuple(change.id for change in changes if change.means is Means.API),
        checked=subject.profile.checked,
    )


def _steps(subject: GuideSubject, purpose: Purpose, new: bool) -> Iterator[Step]:
    if purpose is Purpose.DELETE:
        yield from page_steps(subject)
        yield from delete_steps(subject)
    elif purpose is Purpose.CREATE:
        yield from page_steps(subject)
        yield from create_steps(subject, new)
    elif purpose in (Purpose.CHANGE, Purpose.COMPARE):
        visits = visits_of(edits_of(subject).edits)
        yield from page_steps(subject) if visits else ()
        for number, visit in enumerate(visits):
            yield from visit_steps(subject, visit, number)


def purpose_of(subject: GuideSubject) -> tuple[Purpose, bool]:
    """What has to be done, and whether by a new key in the place of one that is there."""
    loose = [result for result in subject.result.facets if result.state not in SETTLED]
    presence = subject.facets.get(Facet.PRESENCE)
    missing = presence is not None and isinstance(presence.seen, Observed) and presence.seen.value is False
    if subject.key.absent:
        return (Purpose.DELETE if loose else Purpose.NOTHING), False
    if subject.misfit:
        return Purpose.DECLARE, False
    there = presence is not None and isinstance(presence.seen, Observed) and presence.seen.value is True
    if missing or (subject.no_secret and not there):
        return Purpose.CREATE, False
    if subject.new or _needs_new(subject):
        return Purpose.CREATE, True
    if any(result.state is FacetState.DRIFT for result in loose):
        return Purpose.CHANGE, False
    return (Purpose.COMPARE if loose else Purpose.NOTHING), False


def _needs_new(subject: GuideSubject) -> bool:
    """Whether the key cannot be edited into what is wanted: it differs and is, or has to be, bound to an application,
    or a right differs that no form changes."""
    drifts = any(result.state is FacetState.DRIFT for result in subject.result.facets)
    return (subject.bound and drifts) or bool(_fixed_difference(subject))


def _fixed_difference(subject: GuideSubject) -> frozenset[str]:
    """The natives that certainly differ and that no form changes."""
    result = subject.open_facet(Facet.PERMISSIONS)
    if result is None or not isinstance(result.wanted, frozenset):
        return frozenset()
    match result.seen:
        case Observed(frozenset() as value):
            differing = result.wanted ^ value
        case Probed(present, absent):
            differing = (present - result.wanted) | (result.wanted & absent)
        case _:
            return frozenset()
    rows = subject.profile.in_scope(subject.scope)
    return frozenset(
        row.native
        for row in rows
        if row.native in differing
        and not row.always
        and is_fixed(row, subject.scope)
        and not row.comes_with & result.wanted
    )


def _notes(subject: GuideSubject, purpose: Purpose, new: bool) -> tuple[str, ...]:
    """What was seen and what was not, as far as it bears on the steps."""
    notes = list(subject.result.notes)
    open_facets = [result for result in subject.result.facets if result.state not in SETTLED]
    unseen = dict.fromkeys(
        result.why for result in open_facets if result.state is not FacetState.DRIFT and result.why
    )
    if purpose is Purpose.DECLARE:
        path = subject.key.path
        notes.append(
            f"{subject.misfit}; correct the permissions of {path} in the declaration, then ask again"
        )
    if purpose in (Purpose.CHANGE, Purpose.COMPARE, Purpose.DELETE):
        notes += [f"not seen: {why}" for why in unseen]
    path = subject.key.path
    if purpose is Purpose.CREATE and not new and subject.no_secret:
        notes.append(
            f"no secret of {path} is stored, so it is taken as not made yet; where it is on the page already,"
            f" store its secret instead: accesscfg secrets set {path}"
        )
    if purpose is Purpose.COMPARE:
        notes.append(f"where the page shows no such key, make it: accesscfg guide {path} --new")
    if new and _fixed_difference(subject):
        names = ", ".join(subject.profile.label_of(name) for name in sorted(_fixed_difference(subject)))
        notes.append(f"a new key is needed, as no form changes: {names}")
    elif new and subject.bound and _needs_new(subject):
        notes.append("a new key is needed, as one that is bound to an application cannot be edited")
    return tuple(notes)
