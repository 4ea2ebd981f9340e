"""From edits to visits of the website's forms, in an order that keeps every saved state within before and after.

Revoking comes first, then the addresses, then granting; what one form saves together is one visit. A key is disabled
before anything else and enabled after everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from accesscfg.guides.addresses import address_steps
from accesscfg.guides.rights import RightSteps, right_looks, right_steps
from accesscfg.guides.subject import GuideSubject
from accesscfg.model.guide import Step, StepKind
from accesscfg.model.observed import Facet, Observed
from accesscfg.model.plan import FacetState
from accesscfg.model.profile import Form


class Phase(IntEnum):
    """When an edit is made; NEUTRAL goes along with the first visit of its form."""

    NEUTRAL = 0
    DISABLE = 1
    REVOKE = 2
    ADDRESSES = 3
    GRANT = 4
    ENABLE = 5


@dataclass(frozen=True, slots=True)
class Edit:
    """One step with its phase, and the form that saves it; None for what takes effect at once."""

    phase: Phase
    form: Form | None
    step: Step


@dataclass(frozen=True, slots=True)
class Edits:
    """All edits of one key, and sentences on what cannot be edited."""

    edits: tuple[Edit, ...]
    beyond: tuple[str, ...] = ()


WORDS = {
    Facet.LABEL: "name",
    Facet.PERMISSIONS: "permissions",
    Facet.IP_WHITELIST: "IP whitelist",
    Facet.EXPIRY: "expiry",
    Facet.ENABLED: "being enabled",
}


def edits_of(subject: GuideSubject) -> Edits:
    """What has to be edited of a key that is there; of one that is bound to an application all is only looked at."""
    if subject.bound:
        return Edits(tuple(Edit(Phase.NEUTRAL, None, step) for step in bound_looks(subject)))
    edits: list[Edit] = []
    beyond: list[str] = []
    if subject.open_facet(Facet.PERMISSIONS) is not None:
        steps = right_steps(subject)
        edits += _placed(subject, Facet.PERMISSIONS, _rights(steps), beyond)
        beyond += steps.problems
    if subject.open_facet(Facet.IP_WHITELIST) is not None:
        edits += _placed(subject, Facet.IP_WHITELIST, _addresses(subject), beyond)
    for facet in (Facet.LABEL, Facet.EXPIRY, Facet.ENABLED):
        edits += _plain(subject, facet, beyond)
    return Edits(tuple(edits), tuple(dict.fromkeys(beyond)))


def _rights(steps: RightSteps) -> Iterator[tuple[Phase, Step]]:
    for step in steps.level:
        yield (Phase.GRANT if step.kind is StepKind.READ_WRITE else Phase.REVOKE), step
    for step in (*steps.untick, *steps.stay):
        yield Phase.REVOKE, step
    for step in steps.tick:
        yield Phase.GRANT, step
    grants = steps.tick or any(step.kind is StepKind.READ_WRITE for step in steps.level)
    for step in steps.check:
        yield (Phase.GRANT if grants else Phase.REVOKE), step


def _addresses(subject: GuideSubject) -> Iterator[tuple[Phase, Step]]:
    for step in address_steps(subject):
        yield Phase.ADDRESSES, step


def _placed(
    subject: GuideSubject, facet: Facet, steps: Iterable[tuple[Phase, Step]], beyond: list[str]
) -> list[Edit]:
    """The edits in the form of their facet; a sentence instead where the website has none."""
    form = subject.profile.manual.form_for(facet)
    found = [Edit(phase, form, step) for phase, step in steps]
    if form is None and found:
        beyond.append(_no_form(subject, facet))
        return []
    return found


def _no_form(subject: GuideSubject, facet: Facet) -> str:
    rule = subject.profile.facets[subject.scope].get(facet)
    why = f" ({rule.why})" if rule is not None and rule.why else ""
    return (
        f"no way is known to change the {WORDS[facet]} of a key on the website of {subject.profile.name}{why};"
        f" change the declaration, or make a new key: accesscfg guide {subject.key.path} --new"
    )


def _plain(subject: GuideSubject, facet: Facet, beyond: list[str]) -> list[Edit]:
    """The edit of a facet that is one value; where the website is not known to have it, a look or a sentence."""
    result = subject.open_facet(facet)
    if result is None:
        return []
    edit = value_step(subject, facet, certain=result.state is FacetState.DRIFT)
    if edit.form is not None or _sentence(subject, facet) is not None:
        return [edit]
    if isinstance(result.seen, Observed):
        beyond.append(_no_form(subject, facet))
        return []
    step = replace(edit.step, kind=StepKind.CHECK, text=_look(subject, facet))
    return [Edit(Phase.NEUTRAL, None, step)]


def bound_looks(subject: GuideSubject) -> Iterator[Step]:
    """The looks at a key that cannot be edited, as it is bound to an application."""
    for facet in (Facet.PERMISSIONS, Facet.IP_WHITELIST, Facet.LABEL, Facet.EXPIRY, Facet.ENABLED):
        if subject.open_facet(facet) is None:
            continue
        if facet is Facet.PERMISSIONS:
            yield from right_looks(subject)
        elif facet is Facet.IP_WHITELIST:
            yield from address_steps(subject)
        else:
            yield Step("", StepKind.CHECK, f"See that {_wanted(subject, facet)}.", facet, certain=False)
    text = "If any of it is not so, leave it: a key that is bound to an application cannot be edited. Make a new one:"
    yield Step("", StepKind.DO, f"{text} accesscfg guide {subject.key.path} --new")


def _look(subject: GuideSubject, facet: Facet) -> str:
    return f"See that {_wanted(subject, facet)}. No way is known to change that on the website."


def _wanted(subject: GuideSubject, facet: Facet) -> str:
    wanted = {
        Facet.LABEL: f'its name is "{subject.key.label}"',
        Facet.EXPIRY: f"it expires: {subject.key.expires}",
        Facet.ENABLED: "it is enabled" if subject.key.enabled else "it is disabled",
    }
    return wanted[facet]


def _sentence(subject: GuideSubject, facet: Facet) -> str | None:
    """How the profile says that the facet is changed, where it says so."""
    manual = subject.profile.manual
    switch = manual.enable if subject.key.enabled else manual.disable
    return {Facet.LABEL: manual.rename, Facet.ENABLED: switch}.get(facet)


def value_step(subject: GuideSubject, facet: Facet, *, certain: bool) -> Edit:
    """The edit that gives a facet of one value its declared one."""
    key, form = subject.key, subject.profile.manual.form_for(facet)
    said = _sentence(subject, facet)
    phase, copied = Phase.NEUTRAL, None
    if facet is Facet.LABEL:
        kind, copied = StepKind.RENAME, key.label
        text = f'{said or "Change the name."} The name is to be "{key.label}".'
    elif facet is Facet.EXPIRY:
        kind, copied = StepKind.EXPIRE, None if key.expires == "never" else str(key.expires)
        text = f"Set the key to expire on {copied}." if copied else "Set the key never to expire."
    elif key.enabled:
        kind, phase, text = StepKind.ENABLE, Phase.ENABLE, said or "Switch the key on."
    else:
        kind, phase, text = StepKind.DISABLE, Phase.DISABLE, said or "Switch the key off."
    unless = "" if certain else " Leave it where it is so already."
    return Edit(phase, form, Step("", kind, f"{text}{unless}", facet, copy=copied, certain=certain))


# -- visits ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to a form, or (`form` None) something that takes effect at once."""

    form: Form | None
    steps: tuple[Step, ...]


def visits_of(edits: Sequence[Edit]) -> list[Visit]:
    """The visits in their order; edits that adjoin in one form are one visit. What is only looked at is looked at
    once the key has been found."""
    groups: list[tuple[Form | None, list[Step]]] = []
    neutral = [edit for edit in edits if edit.phase is Phase.NEUTRAL]
    for phase in Phase:
        for edit in edits:
            if edit.phase is not phase or phase is Phase.NEUTRAL:
                continue
            if groups and groups[-1][0] == edit.form and edit.form is not None:
                groups[-1][1].append(edit.step)
            else:
                groups.append((edit.form, [edit.step]))
    lone: list[tuple[Form | None, list[Step]]] = []
    for edit in neutral:
        if edit.step.kind is StepKind.CHECK and (opened := [steps for form, steps in groups if form]):
            opened[0].insert(0, edit.step)
            continue
        place = next((group for group in (*groups, *lone) if group[0] == edit.form), None)
        if place is None or edit.form is None:
            lone.append((edit.form, [edit.step]))
        else:
            place[1].insert(0, edit.step)
    return [Visit(form, _without_second_look(steps)) for form, steps in (*lone, *groups)]


def _without_second_look(steps: Sequence[Step]) -> tuple[Step, ...]:
    """A look over the whole list says nothing new where everything else was unticked in the same visit."""
    unticked = {step.mode for step in steps if step.kind is StepKind.UNTICK_OTHERS}
    return tuple(
        step
        for step in steps
        if step.kind is not StepKind.CHECK or step.facet is not Facet.PERMISSIONS or step.mode not in unticked
    )


def visit_steps(subject: GuideSubject, visit: Visit, number: int) -> Iterator[Step]:
    """The steps of one visit, from opening the form to saving it."""
    if visit.form is None:
        yield from (replace(step, visit=number) for step in visit.steps)
        return
    for text in visit.form.open:
        yield Step("", StepKind.OPEN, named(subject, text), visit=number)
    yield from (replace(step, visit=number) for step in visit.steps)
    for text in visit.form.save:
        yield Step("", StepKind.SAVE, named(subject, text), visit=number)


def named(subject: GuideSubject, text: str) -> str:
    """A sentence of the profile with the key's name and its sub-account's id in it."""
    return text.replace("{label}", subject.name).replace("{sub}", subject.sub_id or "")
