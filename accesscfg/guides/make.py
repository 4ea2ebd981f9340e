"""The guide of one key: its purpose, its steps in order, and everything that goes with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from accesscfg.guides.addresses import address_steps
from accesscfg.guides.beside import cautions, looks, warnings
from accesscfg.guides.rights import is_fixed, right_steps
from accesscfg.guides.subject import SETTLED, GuideSubject
from accesscfg.guides.visits import Visit, edits_of, named, visit_steps, visits_of
from accesscfg.guides.wanted import wanted_state
from accesscfg.model.canonical import digest
from accesscfg.model.findings import Finding
from accesscfg.model.guide import Guide, Purpose, Step, StepKind
from accesscfg.model.networks import AppBound
from accesscfg.model.observed import Facet, Observed, Probed
from accesscfg.model.plan import Change, FacetState, Means, Refusal


def make_guide(
    subject: GuideSubject, refusals: Sequence[Refusal] = (), violations: Sequence[Finding] = ()
) -> Guide:
    """The guide; `refusals` are those of the guards for its changes, `violations` the policies it breaks."""
    purpose, new = purpose_of(subject)
    steps: list[Step] = []
    beyond: tuple[str, ...] = ()
    if purpose is Purpose.DELETE:
        steps = [*_page(subject), *_delete(subject, 0)]
    elif purpose is Purpose.CREATE:
        steps = list(_create(subject, new))
    elif purpose is not Purpose.NOTHING:
        edits = edits_of(subject)
        beyond = edits.beyond
        steps = list(_edit(subject, visits_of(edits.edits)))
        purpose = purpose if steps or beyond else Purpose.NOTHING
    steps = list(_numbered(subject, _with_changes(subject, steps)))
    covered = {name for step in steps for name in step.changes}
    verifies, attests = looks(subject, purpose)
    return Guide(
        key=subject.key.path,
        exchange=subject.key.exchange,
        exchange_name=subject.profile.name,
        name=subject.name,
        purpose=purpose,
        page=subject.profile.manual.page,
        page_verified=subject.profile.manual.page_verified,
        steps=tuple(steps),
        wanted=wanted_state(subject, new=purpose is Purpose.CREATE),
        new=new,
        used_by=subject.key.used_by,
        held=subject.key.held,
        needs=subject.profile.manual.needs if steps else (),
        cautions=cautions(subject, purpose, steps, new),
        warnings=warnings(subject, steps, refusals, violations),
        notes=_notes(subject, purpose, new),
        entry=subject.way,
        entries=subject.rules.entry,
        verifies=verifies,
        attests=attests,
        beyond=beyond,
        changes=tuple(change.id for change in subject.changes if change.id in covered),
        by_api=tuple(
            change.id for change in subject.changes if change.id in covered and change.means is Means.API
        ),
        checked=subject.profile.checked,
    )


def purpose_of(subject: GuideSubject) -> tuple[Purpose, bool]:
    """What has to be done, and whether by a new key in the place of one that is there."""
    loose = [result for result in subject.result.facets if result.state not in SETTLED]
    presence = subject.facets.get(Facet.PRESENCE)
    missing = presence is not None and isinstance(presence.seen, Observed) and presence.seen.value is False
    if subject.key.absent:
        return (Purpose.DELETE if loose else Purpose.NOTHING), False
    there = presence is not None and isinstance(presence.seen, Observed) and presence.seen.value is True
    if missing or (subject.no_secret and not there):
        return Purpose.CREATE, False
    if subject.new or _needs_new(subject):
        return Purpose.CREATE, True
    if any(result.state is FacetState.DRIFT for result in loose):
        return Purpose.CHANGE, False
    return (Purpose.COMPARE if loose else Purpose.NOTHING), False


def _needs_new(subject: GuideSubject) -> bool:
    """Whether the key cannot be edited into what is wanted: it is, or has to be, bound to an application, or a right
    differs that no form changes."""
    whitelist = subject.facets.get(Facet.IP_WHITELIST)
    to_be_bound = subject.app is not None and whitelist is not None and whitelist.state is FacetState.DRIFT
    drifts = any(result.state is FacetState.DRIFT for result in subject.result.facets)
    is_bound = isinstance(subject.whitelist, AppBound) and drifts
    return to_be_bound or is_bound or bool(_fixed_difference(subject))


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


# -- the steps -----------------------------------------------------------------------------------------------------


def _page(subject: GuideSubject) -> Iterator[Step]:
    manual = subject.profile.manual
    yield Step("", StepKind.OPEN, f"Open {manual.page}", copy=manual.page)
    if subject.key.path.sub is not None:
        way = manual.sub_account or "Go to the keys of the sub-account {sub}."
        yield Step("", StepKind.OPEN, named(subject, way))


def _edit(subject: GuideSubject, visits: Sequence[Visit]) -> Iterator[Step]:
    if visits:
        yield from _page(subject)
    for number, visit in enumerate(visits):
        marked = replace(visit, steps=tuple(_with_changes(subject, visit.steps)))
        yield from visit_steps(subject, marked, number)


def _create(subject: GuideSubject, new: bool) -> Iterator[Step]:
    manual, key = subject.profile.manual, subject.key
    name = _new_name(subject, new)
    yield from _page(subject)
    yield Step(
        "", StepKind.RENAME, f'Where a name is asked for, the new key\'s is "{name}".', Facet.LABEL, copy=name
    )
    for text in manual.create:
        yield Step("", StepKind.CREATE, named(subject, text))
    rights = right_steps(subject, new=True)
    yield from rights.level
    yield from address_steps(subject, new=True)
    yield from rights.tick
    yield from rights.check
    if key.expires is not None and Facet.EXPIRY in subject.facets:
        until = "never to expire" if key.expires == "never" else f"to expire on {key.expires}"
        yield Step("", StepKind.EXPIRE, f"Set the key {until}.", Facet.EXPIRY)
    for text in manual.created:
        yield Step("", StepKind.SAVE, named(subject, text))
    yield Step("", StepKind.STORE, _store(subject), visit=1)
    if new:
        yield from _delete(subject, 2)


def _new_name(subject: GuideSubject, new: bool) -> str:
    """The declared name; else ours, and another one where the old key has it while both are there."""
    if subject.key.label is not None:
        return subject.key.label
    name = subject.key.path.key
    taken = new and subject.live is not None and subject.live.label == name
    return f"{name}-2" if taken else name


def _store(subject: GuideSubject) -> str:
    key = subject.key
    if key.held:
        passphrase = " and passphrase" if subject.profile.needs_passphrase else ""
        also = f", and its new id as key_id of {key.path} in the declaration" if key.key_id else ""
        return f"Store key, secret{passphrase} here: accesscfg secrets set {key.path}{also}"
    who = key.used_by or "whoever uses the key"
    also = f" Put its new id into key_id of {key.path} in the declaration." if key.key_id else ""
    return (
        f"Give key and secret to {who}, straight from this page into its own form for them; they are kept nowhere"
        f" else (the key is declared with held: false).{also}"
    )


def _delete(subject: GuideSubject, visit: int) -> Iterator[Step]:
    if visit:
        text = "Wait until whoever uses the key uses the new one; then delete the old one."
        if subject.live is None:
            text = f"If there is an old key on the page: {text[0].lower()}{text[1:]}"
        yield Step("", StepKind.DO, text, visit=visit)
    for text in subject.profile.manual.delete:
        yield Step("", StepKind.DELETE, _told_apart(subject, text, visit), Facet.PRESENCE, visit=visit)


def _told_apart(subject: GuideSubject, text: str, visit: int) -> str:
    old = (
        f" It is the old key {subject.name}, not the new one." if visit else f" It is the key {subject.name}."
    )
    return named(subject, text) + ("" if "{label}" in text and not visit else old)


# -- what ties the steps to the plan -------------------------------------------------------------------------------


def _with_changes(subject: GuideSubject, steps: Iterable[Step]) -> Iterator[Step]:
    """The steps with the changes of the plan that they are part of."""
    for step in steps:
        if step.facet is None or step.changes:
            yield step
            continue
        own = [change.id for change in subject.changes if _concerns(step, change)]
        yield replace(step, changes=tuple(own))


def _concerns(step: Step, change: Change) -> bool:
    if change.facet is Facet.PRESENCE:
        return True
    if change.facet is not step.facet:
        return False
    moved = change.new | change.gone
    named = frozenset(step.natives) | frozenset(step.addresses)
    return not moved or not named or bool(moved & named) or step.kind in _WHOLE


_WHOLE = (StepKind.CHECK, StepKind.UNTICK_OTHERS, StepKind.REMOVE_OTHERS)


def _numbered(subject: GuideSubject, steps: Iterable[Step]) -> Iterator[Step]:
    """The steps with their ids: of what they do, and for those that carry a visit of all that it does."""
    all_steps = list(steps)
    content = {
        number: digest(
            [_content(step) for step in all_steps if step.visit == number and step.facet is not None]
        )
        for number in {step.visit for step in all_steps}
    }
    seen: Counter[str] = Counter()
    for step in all_steps:
        about = _content(step) if step.facet is not None else [step.kind, content[step.visit]]
        name = digest(str(subject.key.path), about)
        seen[name] += 1
        yield replace(step, id=f"s{digest(name, seen[name])[:8]}")


def _content(step: Step) -> list[object]:
    return [
        step.kind,
        step.facet,
        list(step.natives),
        list(step.addresses),
        step.mode,
        None if step.kind is StepKind.PASTE else step.copy,
    ]


def _notes(subject: GuideSubject, purpose: Purpose, new: bool) -> tuple[str, ...]:
    """What was seen and what was not, as far as it bears on the steps."""
    notes = list(subject.result.notes)
    open_facets = [result for result in subject.result.facets if result.state not in SETTLED]
    unseen = dict.fromkeys(
        result.why for result in open_facets if result.state is not FacetState.DRIFT and result.why
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
    elif new and (subject.app is not None or isinstance(subject.whitelist, AppBound)):
        notes.append("a new key is needed, as one that is bound to an application cannot be edited")
    return tuple(notes)
