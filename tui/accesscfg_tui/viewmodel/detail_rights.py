"""The rights of one key: the website's words, the exchange's names and ours, wanted beside live."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len

from accesscfg.model.observed import Facet, Observed, Probed
from accesscfg_tui.viewmodel.detail_states import state_lines
from accesscfg_tui.viewmodel.lines import Line, fit, line, wrapped
from accesscfg_tui.viewmodel.scene import Scene

MARKS = 11  # the cells of WANT and LIVE
LONGEST_LABEL = 48


@dataclass(frozen=True, slots=True)
class Right:
    """One right, or a group of rights of which the same is to be said. `live` is None where it is not known."""

    label: str
    natives: tuple[str, ...]
    gives: tuple[str, ...]
    wanted: bool
    live: bool | None


def rights(scene: Scene) -> list[Right]:
    """Every right that is wanted, live or known to be missing, groups of the website together."""
    found = scene.facet(Facet.PERMISSIONS)
    seen = None if found is None else found.seen
    names = set(scene.key.permissions)
    if isinstance(seen, Observed) and isinstance(seen.value, frozenset):
        names |= seen.value
    elif isinstance(seen, Probed):
        names |= seen.present
    grouped: dict[tuple[str, bool, bool | None], list[str]] = {}
    for native in _ordered(scene, names):
        wanted = native in scene.key.permissions and not scene.key.absent
        heading = _heading(scene, native)
        grouped.setdefault((heading or native, wanted, _live(native, seen)), []).append(native)
    return [
        Right(_label(scene, name, natives), tuple(natives), _gives(scene, natives), wanted, live)
        for (name, wanted, live), natives in grouped.items()
    ]


def _ordered(scene: Scene, names: set[str]) -> list[str]:
    """As the website has them, those that the profile does not know last."""
    known = [] if scene.profile is None else [one.native for one in scene.profile.in_scope(scene.key.scope)]
    return [*(one for one in dict.fromkeys(known) if one in names), *sorted(names - set(known))]


def _live(native: str, seen: object) -> bool | None:
    match seen:
        case Observed(frozenset() as live):
            return native in live
        case Probed(present, absent) if native in present | absent:
            return native in present
        case _:
            return None


def _heading(scene: Scene, native: str) -> str | None:
    entry = None if scene.profile is None else scene.profile.permission(native, scene.key.scope)
    return None if entry is None else entry.group


def _label(scene: Scene, name: str, natives: list[str]) -> str:
    if len(natives) > 1:
        return f"{name}: {len(natives)} rights"
    return natives[0] if scene.profile is None else scene.profile.label_of(natives[0])


def _gives(scene: Scene, natives: list[str]) -> tuple[str, ...]:
    reach = frozenset() if scene.profile is None else scene.profile.reach(natives, scene.key.scope)
    return tuple(sorted(reach))


def right_lines(scene: Scene, width: int) -> Iterator[Line]:
    """The section."""
    every = rights(scene)
    longest = max((cell_len(right.label) for right in every), default=0)
    name = min(max(longest, 11) + 1, LONGEST_LABEL, max(12, width - 2 - MARKS))
    behind = 2 + name + MARKS + max((cell_len(_names(right)) for right in every), default=0) <= width
    yield line((fit("PERMISSIONS", name + 2) + "WANT  LIVE", "head"))
    for right in every:
        yield from _right(scene, right, name, width, behind=behind)
    if not every:
        yield line(("  none", "faint"))
    yield from state_lines(scene, Facet.PERMISSIONS, width)
    yield line("")


def _names(right: Right) -> str:
    """The exchange's names, and what they give in ours."""
    names = ", ".join(right.natives) if len(right.natives) <= 3 else f"{right.natives[0]}, …"
    return f"{names}: {', '.join(right.gives)}" if right.gives else names


def _right(scene: Scene, right: Right, name: int, width: int, *, behind: bool) -> Iterator[Line]:
    """A right; its names stand `behind` the marks where those of all rights fit there, else below the label."""
    yes, no = ("x", "-") if scene.ascii else ("✓", "–")
    want, live = yes if right.wanted else no, {True: yes, False: no, None: "?"}[right.live]
    style = "faint" if right.live is None else "good" if right.live is right.wanted else "bad"
    label, *more = wrapped(right.label, name - 1)  # a blank stands before the marks
    marks = (f"  {fit(label.text, name)}", ""), (f"{want:<6}{live:<5}", style)
    about = _names(right)
    yield line(*marks, (about, "faint")) if behind and about != right.label else line(*marks)
    yield from (line(f"    {one.text}") for one in more)
    if not behind and about != right.label:
        yield from wrapped(about, width, first="    ", style="faint")
