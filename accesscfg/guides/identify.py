"""What ties a guide's steps to the plan's changes, and to the ticks that a person sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from accesscfg.guides.subject import GuideSubject
from accesscfg.model.canonical import digest
from accesscfg.model.guide import Step, StepKind
from accesscfg.model.observed import Facet
from accesscfg.model.plan import Change

_WHOLE = (StepKind.CHECK, StepKind.UNTICK_OTHERS, StepKind.REMOVE_OTHERS)
_CARRYING = (StepKind.OPEN, StepKind.CREATE, StepKind.SAVE)


def with_changes(subject: GuideSubject, steps: Iterable[Step]) -> list[Step]:
    """The steps with the changes of the plan that they are part of; those of a form are part of all it saves."""
    marked = [replace(step, changes=_changes(subject, step)) for step in steps]
    of_visit: dict[int, dict[str, None]] = {}
    for step in marked:
        of_visit.setdefault(step.visit, {}).update(dict.fromkeys(step.changes))
    return [
        replace(step, changes=tuple(of_visit[step.visit])) if step.kind in _CARRYING else step
        for step in marked
    ]


def _changes(subject: GuideSubject, step: Step) -> tuple[str, ...]:
    return tuple(change.id for change in subject.changes if _concerns(step, change))


def _concerns(step: Step, change: Change) -> bool:
    if step.facet is None:
        return False
    if change.facet is Facet.PRESENCE:
        return True
    if change.facet is not step.facet:
        return False
    moved = change.new | change.gone
    named = frozenset(step.natives) | frozenset(step.addresses)
    return not moved or not named or bool(moved & named) or step.kind in _WHOLE


def identified(subject: GuideSubject, steps: Iterable[Step]) -> Iterator[Step]:
    """The steps with their ids: of what they do, and for those that carry a visit of all that it does.

    So a save that was ticked off is another one as soon as it saves something else.
    """
    steps = list(steps)
    visits = {
        number: [_content(step) for step in steps if step.visit == number and step.facet is not None]
        for number in {step.visit for step in steps}
    }
    seen: Counter[str] = Counter()
    for step in steps:
        about = _content(step) if step.facet is not None else [step.kind, visits[step.visit]]
        name = digest(str(subject.key.path), about)
        seen[name] += 1
        yield replace(step, id=f"s{digest(name, seen[name])[:8]}")


def _content(step: Step) -> list[object]:
    """What a step does; not how that is written, which may change while what is done stays."""
    copied = None if step.addresses else step.copy
    return [step.kind, step.facet, list(step.natives), list(step.addresses), step.mode, copied]
