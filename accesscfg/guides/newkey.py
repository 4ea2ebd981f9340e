"""The steps that make a key, put its secret where it belongs, and delete the one it replaces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from accesscfg.guides.addresses import address_steps
from accesscfg.guides.rights import right_steps
from accesscfg.guides.subject import GuideSubject, short_id
from accesscfg.guides.visits import Visit, named, value_step, visit_steps
from accesscfg.model.guide import Step, StepKind
from accesscfg.model.observed import Facet, Observed


def page_steps(subject: GuideSubject) -> Iterator[Step]:
    """To the page where the keys are."""
    manual = subject.profile.manual
    yield Step("", StepKind.OPEN, f"Open {manual.page}", copy=manual.page)
    if subject.key.path.sub is not None:
        way = manual.sub_account or "Go to the keys of the sub-account {sub}."
        yield Step("", StepKind.OPEN, named(subject, way))


def create_steps(subject: GuideSubject, new: bool) -> Iterator[Step]:
    """A key with its addresses before its rights, its secret stored, and (`new`) the old key deleted last."""
    manual, name = subject.profile.manual, _new_name(subject, new)
    text = f'Where a name is asked for, the new key\'s is "{name}".'
    yield Step("", StepKind.RENAME, text, Facet.LABEL, copy=name)
    rights = right_steps(subject, new=True)
    yield from (step for step in rights.level if step.kind is StepKind.DO)  # chosen before the key is there
    for text in manual.create:
        yield Step("", StepKind.CREATE, named(subject, text))
    if manual.unbound is not None and subject.app is None:
        yield Step("", StepKind.CREATE, manual.unbound)
    yield from (step for step in rights.level if step.kind is not StepKind.DO)
    yield from address_steps(subject, new=True)
    yield from rights.tick
    yield from rights.check
    if subject.compares(Facet.EXPIRY):
        yield value_step(subject, Facet.EXPIRY, certain=True).step
    for text in manual.created:
        yield Step("", StepKind.SAVE, named(subject, text))
    yield Step("", StepKind.STORE, _store(subject), visit=1)
    if subject.compares(Facet.ENABLED) and not subject.key.enabled:
        edit = value_step(subject, Facet.ENABLED, certain=True)
        yield from visit_steps(subject, Visit(edit.form, (edit.step,)), 2)
    if new:
        yield from delete_steps(subject, visit=3)
    if subject.key.label not in (None, name):
        yield from _renamed(subject, visit=4)


def _new_name(subject: GuideSubject, new: bool) -> str:
    """The declared name, else ours; another one while the old key has it, where a key can be renamed afterwards."""
    name = subject.key.label or subject.key.path.key
    taken = new and subject.live is not None and subject.live.label == name
    can_rename = subject.key.label is None or subject.profile.manual.rename is not None
    return f"{name}-2" if taken and can_rename else name


def _renamed(subject: GuideSubject, visit: int) -> Iterator[Step]:
    """The new key gets the name of the old one, now that this is gone."""
    edit = value_step(subject, Facet.LABEL, certain=True)
    told = replace(edit.step, text=f"{edit.step.text} The old key had it until now.")
    yield from visit_steps(subject, Visit(edit.form, (told,)), visit)


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


def delete_steps(subject: GuideSubject, visit: int = 0) -> Iterator[Step]:
    """The key, or after other visits the old one, is deleted; only perhaps where nobody saw whether there is one."""
    if visit:
        text = "Wait until whoever uses the key uses the new one; then delete the old one."
        if not _was_seen(subject):
            text = (
                "Look whether the page shows an older key beside the one that you have just made. Where it shows none,"
                f" there is nothing to delete, and you are done. Else {text[0].lower()}{text[1:]}"
            )
        yield Step("", StepKind.DO, text, visit=visit)
    for text in subject.profile.manual.delete:
        yield Step("", StepKind.DELETE, _told_apart(subject, text, visit), Facet.PRESENCE, visit=visit)


def _was_seen(subject: GuideSubject) -> bool:
    """Whether a live key was seen, and not only that one may exist."""
    presence = subject.facets.get(Facet.PRESENCE)
    seen = None if presence is None else presence.seen
    return subject.live is not None or (isinstance(seen, Observed) and seen.value is True)


def _told_apart(subject: GuideSubject, text: str, visit: int) -> str:
    """Which key is meant: the old and the new one may have the same name."""
    told = named(subject, text)
    if visit:
        only = "" if _was_seen(subject) else "Only where there is an older one: "
        return f"{only}{told} It is the old key {subject.name}{_marks(subject)}, not the one that you have just made."
    return told if "{label}" in text else f"{told} It is the key {subject.name}."


def _marks(subject: GuideSubject) -> str:
    """How the old key differs from a new one of the same name."""
    live = subject.live
    key_id = subject.key.key_id or (None if live is None else live.key_id)
    if key_id is not None and key_id.strip("*"):
        return f", with the id {short_id(key_id)}"
    if live is not None and live.created_at is not None:
        return f", made on {live.created_at:%Y-%m-%d}"
    return ", with another id than the new one and the earlier date"
