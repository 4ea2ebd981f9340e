"""Rights below a common heading of a website, and rights that others stand for."""

from __future__ import annotations

from collections.abc import Iterable

from accesscfg.model.profile import Permission


def whole_groups(
    rights: Iterable[Permission], natives: frozenset[str]
) -> tuple[tuple[str, ...], frozenset[str]]:
    """The headings of which everything is among these natives, and the natives below no such heading.

    A heading over a single right says less than the right.
    """
    members: dict[str, set[str]] = {}
    for one in rights:
        if one.group is not None:
            members.setdefault(one.group, set()).add(one.native)
    whole = {group: names for group, names in members.items() if len(names) > 1 and names <= natives}
    return tuple(sorted(whole)), natives.difference(*whole.values())


def said_by_others(rights: Iterable[Permission], natives: frozenset[str]) -> frozenset[str]:
    """Natives that a declaration of the others declares: what they need, and what they imply and come with."""
    held = {one.native: one for one in rights if one.native in natives}
    implied = {
        name
        for name, one in held.items()
        if any(wider in held and one.gives <= held[wider].implies for wider in one.comes_with)
    }
    needed = frozenset[str]().union(*(one.needs for name, one in held.items() if name not in implied))
    return needed | implied
