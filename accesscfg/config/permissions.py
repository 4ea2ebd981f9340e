"""From declared names to the exchange's own: which native permissions a declaration stands for. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from accesscfg.config.notes import listed, nearest, shown
from accesscfg.model.desired import NEUTRAL, TRADE, Scope
from accesscfg.model.profile import Permission, Profile

NATIVE = "native:"
_KEYS: dict[Scope, str] = {"own": "keys of a main account", "sub": "keys of a sub-account"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one entry of the list, or (`entry` None) with the list as a whole."""

    entry: int | None
    severity: Literal["error", "warning"]
    code: str
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """The native permissions that a declared list stands for, and its problems."""

    natives: frozenset[str]
    problems: tuple[Problem, ...]


def map_permissions(declared: tuple[str | None, ...], profile: Profile, scope: Scope) -> Mapped:
    """What the list stands for: each native whose non-empty meaning is wholly declared, and those named.

    An entry that is None was refused before; whether something is missing is then not judged.
    """
    neutral = _expanded(name for name in declared if name is not None and not name.startswith(NATIVE))
    named = {name.removeprefix(NATIVE) for name in declared if name is not None and name.startswith(NATIVE)}
    held = [
        entry
        for entry in profile.in_scope(scope)
        if _stands_for(entry, neutral) or not named.isdisjoint((entry.native, entry.group))
    ]
    natives = frozenset(entry.native for entry in held).union(*(entry.needs for entry in held))
    problems = [
        problem for at, name in enumerate(declared) for problem in _of_native(at, name, profile, scope)
    ]
    problems += _twice(declared)
    if None not in declared:
        covered = frozenset[str]().union(*(entry.gives for entry in held))
        problems += _uncovered(declared, neutral, covered, profile, scope)
        problems += _always(natives, profile, scope)
    groups = {entry.group for entry in profile.permissions}
    return Mapped(natives | (named - groups), tuple(problems))


def _expanded(names: Iterable[str]) -> frozenset[str]:
    expanded: set[str] = set()
    for name in names:
        expanded |= TRADE if name == "trade" else {name}
    return frozenset(expanded)


def _stands_for(entry: Permission, neutral: frozenset[str]) -> bool:
    return bool(entry.gives) and entry.gives <= neutral


def _ordered(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: NEUTRAL.index(name) if name in NEUTRAL else len(NEUTRAL))


def _of_native(at: int, name: str | None, profile: Profile, scope: Scope) -> list[Problem]:
    """A `native:NAME` that the exchange's keys of this scope cannot have."""
    if name is None or not name.startswith(NATIVE):
        return []
    native = name.removeprefix(NATIVE)
    if profile.permission(native, scope) is not None or any(
        entry.group == native for entry in profile.in_scope(scope)
    ):
        return []
    if profile.permission(native) is not None:
        message = f"{profile.name}: {_KEYS[scope]} cannot have {shown(native)}"
        return [Problem(at, "error", "unknown_permission", message)]
    close = nearest(native, [entry.native for entry in profile.in_scope(scope)], 0.75)
    message = f"{profile.name} has no permission {shown(native)}"
    if close is not None:
        return [Problem(at, "error", "unknown_permission", message, f"did you mean native:{close}?")]
    message += " that this version knows; it is compared by its name"
    return [
        Problem(
            at, "warning", "unknown_permission", message, f"accesscfg providers {profile.exchange} lists them"
        )
    ]


def _twice(declared: tuple[str | None, ...]) -> list[Problem]:
    return [
        Problem(at, "warning", "permission_twice", f"{shown(name)} stands in this list twice")
        for at, name in enumerate(declared)
        if name is not None and name in declared[:at]
    ]


def _uncovered(
    declared: tuple[str | None, ...],
    neutral: frozenset[str],
    covered: frozenset[str],
    profile: Profile,
    scope: Scope,
) -> list[Problem]:
    """One problem for each declared entry that no native permission covers."""
    problems = []
    for at, name in enumerate(declared):
        if name is None or name.startswith(NATIVE) or name in declared[:at]:
            continue
        lacking = _ordered(_expanded([name]) - covered)
        wider = [_widening(one, neutral, profile, scope) for one in lacking]
        if not lacking:
            continue
        if name == "trade":
            problems.append(_uncovered_trade(at, lacking, wider, profile, scope))
        elif wider[0] is not None:
            problems.append(_too_narrow(at, wider[0], profile))
        else:
            problems.append(_no_such_right(at, name, profile, scope))
    return problems


def _widening(name: str, neutral: frozenset[str], profile: Profile, scope: Scope) -> frozenset[str] | None:
    """The meaning of the native permission with this name in it that needs the fewest more names."""
    holding = [entry.gives for entry in profile.in_scope(scope) if name in entry.gives]
    return min(holding, key=lambda gives: (len(gives - neutral), sorted(gives)), default=None)


def _too_narrow(at: int, gives: frozenset[str], profile: Profile) -> Problem:
    message = f"at {profile.name} {listed(_ordered(gives))} are one right"
    hint = f"write {', '.join(_ordered(gives))}"
    return Problem(at, "error", "one_right", message, hint)


def _uncovered_trade(
    at: int, lacking: list[str], wider: list[frozenset[str] | None], profile: Profile, scope: Scope
) -> Problem:
    """`trade` where not all of it can be had as it is written."""
    wanted = frozenset[str]().union(*(gives for gives in wider if gives is not None))
    had = [name for name in _ordered(TRADE) if any(name in entry.gives for entry in profile.in_scope(scope))]
    missing = [name for name, gives in zip(lacking, wider, strict=True) if gives is None]
    if missing:
        lack = f"at {profile.name} {_KEYS[scope]} have no {listed(missing, 'or')}"
        message = f"`trade` is {listed(_ordered(TRADE))}, and {lack}"
        return Problem(at, "error", "no_such_right", message, f"write {', '.join(had)}" if had else None)
    message = f"at {profile.name} {listed(_ordered(wanted | TRADE))} go together"
    more = _ordered(wanted - TRADE)
    return Problem(at, "error", "one_right", message, f"write trade, {', '.join(more)}")


def _no_such_right(at: int, name: str, profile: Profile, scope: Scope) -> Problem:
    implying = [entry for entry in profile.in_scope(scope) if name in entry.implies]
    message = f"at {profile.name} {_KEYS[scope]} have no right {shown(name)}"
    if implying:
        sources = [", ".join(_ordered(entry.gives)) or f"{NATIVE}{entry.native}" for entry in implying]
        with_what = listed(dict.fromkeys(sources), "or")
        return Problem(
            at,
            "error",
            "no_such_right",
            f"{message} of its own; it comes along with {with_what}",
            "leave it out",
        )
    has = frozenset[str]().union(*(entry.gives for entry in profile.in_scope(scope)))
    return Problem(at, "error", "no_such_right", message, f"they have: {', '.join(_ordered(has))}")


def _always(natives: frozenset[str], profile: Profile, scope: Scope) -> list[Problem]:
    """Rights that no key can be without have to be declared: the file says how far a key reaches. Those of one mode
    are judged where the account's is known."""
    problems = []
    for entry in profile.in_scope(scope):
        judged = entry.mode is None or not profile.modes
        if entry.always and judged and entry.native not in natives:
            write = ", ".join(_ordered(entry.gives)) or f"{NATIVE}{entry.native}"
            message = f"every key of {profile.name} has {shown(entry.label)}"
            problems.append(Problem(None, "error", "always_on", message, f"write {write}"))
    return problems
