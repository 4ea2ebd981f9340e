"""The steps for permissions: what to untick and tick, differences first, groups as wholes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from accesscfg.guides.rightsform import RightsForm, forms_of, is_fixed
from accesscfg.guides.subject import GuideSubject
from accesscfg.model.guide import Step, StepKind
from accesscfg.model.observed import Facet
from accesscfg.model.profile import Permission


@dataclass(frozen=True, slots=True)
class RightSteps:
    """The steps of a key's permissions: those that only take rights away, those that give, and the last look.

    `stay` are ticks that go along with the unticking of a wider right, so that what both give is there all the time.
    """

    level: tuple[Step, ...] = ()
    untick: tuple[Step, ...] = ()
    stay: tuple[Step, ...] = ()
    tick: tuple[Step, ...] = ()
    check: tuple[Step, ...] = ()
    problems: tuple[str, ...] = field(default=())

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.untick or self.tick)


def right_steps(subject: GuideSubject, *, new: bool = False) -> RightSteps:
    """What to do about permissions; for a `new` key everything that is wanted is ticked."""
    parts = [_of_form(subject, form, new) for form in forms_of(subject, new=new)]
    return RightSteps(
        level=tuple(step for part in parts for step in part.level),
        untick=tuple(step for part in parts for step in part.untick),
        stay=tuple(step for part in parts for step in part.stay),
        tick=tuple(step for part in parts for step in part.tick),
        check=tuple(step for part in parts for step in part.check),
        problems=tuple(problem for part in parts for problem in part.problems),
    )


def right_looks(subject: GuideSubject) -> Iterator[Step]:
    """What is to be seen of the permissions of a key that cannot be edited."""
    for form in forms_of(subject):
        manual = subject.profile.manual
        said = manual.read_only if _only_reads(subject, form, form.wanted) else manual.read_write
        if said is not None:
            yield _step(form, StepKind.CHECK, f"See that it was made with this choice: {said}", (), False)
        for row in form.rows:
            if not row.always and is_fixed(row, subject.scope):
                which = "with" if row.native in form.wanted else "without"
                text = f"See that it is a key {which} {form.label(row.native)}."
                yield _step(form, StepKind.CHECK, text, [row.native], False)
        yield _check(form)


def _of_form(subject: GuideSubject, form: RightsForm, new: bool) -> RightSteps:
    editable = [row for row in form.rows if not is_fixed(row, subject.scope)]
    off = [row for row in editable if row.native not in form.wanted | form.either]
    on = [row for row in editable if row.native in form.wanted - form.either]
    untick = list(_group_steps(form, StepKind.UNTICK, off, [row for row in off if form.known(row.native)]))
    untick += [_stranger(form, StepKind.UNTICK, name) for name in form.strangers if name not in form.wanted]
    wider = {row.native for row in off if form.known(row.native)}
    stay = [row for row in on if row.comes_with & wider and form.known(row.native) is False]
    missing = [row for row in on if form.known(row.native) is False and row not in stay]
    tick = list(_group_steps(form, StepKind.TICK, on, missing))
    tick += list(
        _group_steps(form, StepKind.TICK, on, [row for row in on if form.known(row.native) is None], new=new)
    )
    tick += [
        _stranger(form, StepKind.TICK, name)
        for name in form.strangers
        if name in form.wanted and not form.known(name)
    ]
    unseen = subject.rights is None and not new
    if unseen:
        untick.append(_untick_others(form))
    level = tuple(_level(subject, form, new)) if untick or tick else ()
    level = (*(_kinds(subject, form, new) if new or unseen else ()), *level)
    check = (_check(form),) if untick or tick else ()
    stays = (
        *_group_steps(form, StepKind.TICK, on, stay),
        *(_in_place_of_wider(form, on, off) if unseen else ()),
    )
    return RightSteps(level, tuple(untick), stays, tuple(tick), check, form.problems)


def _kinds(subject: GuideSubject, form: RightsForm, new: bool) -> Iterator[Step]:
    """What is chosen when a key is made and cannot be changed later."""
    for row in form.rows:
        if row.always or not is_fixed(row, subject.scope) or (form.known(row.native) is not None and not new):
            continue
        which = "with" if row.native in form.wanted else "without"
        text = f"Where the kind of key is asked for, it is one {which} {form.label(row.native)}."
        if not new:
            text = (
                f"See that it is a key {which} {form.label(row.native)}. That cannot be changed; where it is not so,"
                f" make a new key: accesscfg guide {subject.key.path} --new"
            )
        yield _step(form, StepKind.DO, text, [row.native], new)


def _in_place_of_wider(
    form: RightsForm, on: Sequence[Permission], off: Sequence[Permission]
) -> Iterator[Step]:
    """Where nobody saw whether a wider right is on: what to tick at once when it is unticked."""
    for wide in off:
        covered = [
            row.native for row in on if wide.native in row.comes_with and form.known(row.native) is None
        ]
        if covered and form.known(wide.native) is None:
            text = (
                f"If {form.label(wide.native)} was on, tick here and now what is to remain of it:"
                f" {_listed(form, covered)}."
            )
            yield _step(form, StepKind.DO, text, covered, False)


def _group_steps(
    form: RightsForm,
    kind: StepKind,
    alike: Sequence[Permission],
    rows: Sequence[Permission],
    *,
    new: bool = False,
) -> Iterator[Step]:
    """One step for each row, but one for all rows below a heading; `alike` are all that are to end like these."""
    for group in dict.fromkeys(row.group or row.native for row in rows):
        of_group = [row for row in rows if (row.group or row.native) == group]
        certain = new or form.known(of_group[0].native) is not None
        if of_group[0].group is None:
            text = _single(form, kind, of_group[0], certain)
        else:
            everything = {row.native for row in form.rows if row.group == group}
            whole = everything == {row.native for row in alike if row.group == group}
            text = _of_group(form, kind, group, of_group, whole, certain)
        yield _step(form, kind, text, [row.native for row in of_group], certain)


_WORDS = {StepKind.TICK: "Tick", StepKind.UNTICK: "Untick"}


def _single(form: RightsForm, kind: StepKind, row: Permission, certain: bool) -> str:
    already = "" if certain else " unless it is ticked already"
    needs = f" It needs: {row.requires}." if kind is StepKind.TICK and row.requires else ""
    return f"{_WORDS[kind]} {form.label(row.native)}{already}.{needs}"


def _of_group(
    form: RightsForm, kind: StepKind, group: str, rows: Sequence[Permission], whole: bool, certain: bool
) -> str:
    natives = ", ".join(row.native for row in rows)
    already = "" if certain else ", unless ticked already"
    if whole:
        return f'{_WORDS[kind]} all of the group "{group}"{already}: {natives}.'
    return f'In the group "{group}" {_WORDS[kind].lower()} just these{already}: {natives}.'


def _stranger(form: RightsForm, kind: StepKind, native: str) -> Step:
    text = (
        f"{_WORDS[kind]} what the website calls the right {native}; this version does not know it, so look for the"
        f" item that nothing here names."
    )
    return _step(form, kind, text, [native], True)


def _untick_others(form: RightsForm) -> Step:
    natives = form.may_be_on()
    staying = [native for native in natives if native not in form.fixed]
    text = f"Untick everything but these, which stay if they are ticked: {_listed(form, staying)}."
    if not staying:
        text = "Untick everything."
    return _step(form, StepKind.UNTICK_OTHERS, text, natives, False)


def _check(form: RightsForm) -> Step:
    wanted = [native for native in form.may_be_on() if native in form.wanted - form.either - form.fixed]
    text = f"Look over the whole list: ticked are {_listed(form, wanted)}, and nothing else."
    if not wanted:
        text = "Look over the whole list: nothing is ticked."
    beside = [native for native in form.may_be_on() if native in form.either]
    if beside:
        text = f"{text[:-1]} but perhaps {_listed(form, beside)}."
    return _step(form, StepKind.CHECK, text, form.may_be_on(), True)


def _listed(form: RightsForm, natives: Iterable[str]) -> str:
    """Natives by label, whole groups by the group's name."""
    left = list(natives)
    parts = []
    for row in form.rows:
        if row.group is None or row.native not in left:
            continue
        members = [one.native for one in form.rows if one.group == row.group]
        if set(members) <= set(left):
            parts.append(f'all of "{row.group}"')
            left = [native for native in left if native not in members]
    return ", ".join([*(form.label(native) for native in left), *parts]) or "none"


def _level(subject: GuideSubject, form: RightsForm, new: bool) -> Iterator[Step]:
    """The choice between reading and writing, where the form has one and it is, or may be, another now."""
    manual = subject.profile.manual
    only_reads = _only_reads(subject, form, form.wanted)
    if not new and subject.rights is not None and _only_reads(subject, form, subject.rights) == only_reads:
        return
    text = manual.read_only if only_reads else manual.read_write
    if text is not None:
        kind = StepKind.READ_ONLY if only_reads else StepKind.READ_WRITE
        yield _step(form, kind, text, (), new or subject.rights is not None)


def _only_reads(subject: GuideSubject, form: RightsForm, natives: Iterable[str]) -> bool:
    return all(form.profile.reach([native], subject.scope) == {"read"} for native in natives)


def _step(form: RightsForm, kind: StepKind, text: str, natives: Iterable[str], certain: bool) -> Step:
    said = f"If the account is in {form.mode_name} mode: {text[0].lower()}{text[1:]}" if form.mode else text
    return Step(
        id="",
        kind=kind,
        text=said,
        facet=Facet.PERMISSIONS,
        natives=tuple(natives),
        mode=form.mode,
        certain=certain,
    )
