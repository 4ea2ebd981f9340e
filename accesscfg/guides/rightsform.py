"""The permissions of the exchange's form, as they are to be for one key and as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from accesscfg.engine.compare import wanted_permissions
from accesscfg.guides.subject import GuideSubject
from accesscfg.model.desired import Scope
from accesscfg.model.observed import Facet, Observed, Probed
from accesscfg.model.profile import Permission, Profile

Known = Callable[[str], bool | None]


@dataclass(frozen=True, slots=True)
class RightsForm:
    """The permissions of the exchange's form as they apply to one key, in accounts of one mode.

    `rows` are those that can be ticked; `wanted` the natives that are to be on; `either` those that may be on beside
    them; `fixed` those that cannot be changed. `known` says of a native whether it is on, None where nobody saw.
    `mode` is the account's mode where every mode's list has to be shown, `mode_name` its name for people.
    """

    profile: Profile
    rows: tuple[Permission, ...]
    wanted: frozenset[str]
    either: frozenset[str]
    fixed: frozenset[str]
    known: Known
    strangers: tuple[str, ...] = ()
    mode: str | None = None
    mode_name: str | None = None
    problems: tuple[str, ...] = ()

    def label(self, native: str) -> str:
        """The website's label with the native name behind it."""
        label = next((row.label for row in self.rows if row.native == native), native)
        return f'"{label}"' if label == native else f'"{label}" ({native})'

    def may_be_on(self) -> tuple[str, ...]:
        """Every native that may be on in the wanted state, those of the form in its order."""
        allowed = self.wanted | self.either | self.fixed
        rows = [row.native for row in self.rows if row.native in allowed]
        return (*rows, *sorted(allowed - set(rows)))


def forms_of(subject: GuideSubject, *, new: bool = False) -> Iterator[RightsForm]:
    """The form for this key: one, or one for each mode where the account's mode is not known."""
    profile, live = subject.profile, subject.live
    mode = None if live is None else live.mode
    if not profile.modes or mode is not None:
        yield _form(subject, mode, _nobody_knows if new else _known_by(subject))
        return
    for one in profile.modes:
        yield _form(subject, one, _nobody_knows if new else _known_by(subject))


def _form(subject: GuideSubject, mode: str | None, known: Known) -> RightsForm:
    key, scope = subject.key, subject.scope
    profile = subject.profile.in_mode(mode)
    mapped = wanted_permissions(key, subject.profile, mode)
    rows = profile.in_scope(scope)
    fixed = frozenset(row.native for row in rows if is_fixed(row, scope))
    either = frozenset(row.native for row in rows if row.comes_with & mapped.natives)
    natives = {row.native for row in rows}
    strangers = sorted((mapped.natives | (subject.rights or frozenset())) - natives)
    unsure = bool(subject.profile.modes) and (subject.live is None or subject.live.mode is None)
    name = None if mode is None else subject.profile.modes[mode]
    where = f" (in {name} mode)" if unsure else ""
    return RightsForm(
        profile=profile,
        rows=rows,
        wanted=mapped.natives,
        either=either,
        fixed=fixed & mapped.natives,
        known=known,
        strangers=tuple(strangers),
        mode=mode if unsure else None,
        mode_name=name,
        problems=tuple(f"{one.message}{where}" for one in mapped.problems if one.severity == "error"),
    )


def is_fixed(row: Permission, scope: Scope) -> bool:
    """Whether no form changes this right of a key of the scope."""
    return row.always or row.write.get(scope) == "no"


def _nobody_knows(_: str) -> bool | None:
    return None


def _known_by(subject: GuideSubject) -> Known:
    result = subject.facets.get(Facet.PERMISSIONS)
    match None if result is None else result.seen:
        case Observed(frozenset() as value):
            return lambda native: native in value
        case Probed(present, absent):
            return lambda native: True if native in present else False if native in absent else None
        case _:
            return _nobody_knows
