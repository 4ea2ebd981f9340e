"""From the exchange's own names back to declared ones: which `permissions` stand for a set of native ones. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from accesscfg.config.groups import said_by_others, whole_groups
from accesscfg.config.permissions import NATIVE
from accesscfg.model.desired import NEUTRAL
from accesscfg.model.profile import Permission


def to_declare(rights: Iterable[Permission], natives: frozenset[str]) -> list[str]:
    """The `permissions` of a declaration that stands for exactly these natives, where keys have these rights.

    Neutral names where the whole of what they stand for is there; `native:NAME` for every other, a group's where
    all of it is there.
    """
    rights = tuple(rights)
    natives -= said_by_others(rights, natives)
    known = tuple(one for one in rights if one.gives)
    by_name = {one.native: one.gives for one in known if one.native in natives}
    neutral: frozenset[str] = frozenset()
    while by_name:
        neutral = frozenset().union(*by_name.values())
        stands_for = [one for one in known if one.gives <= neutral]
        more = [one.gives for one in stands_for if one.native not in natives and not one.comes_with & natives]
        if not more:
            break
        too_far = frozenset().union(*more)
        by_name = {native: gives for native, gives in by_name.items() if not gives & too_far}
        neutral = frozenset()
    order = [name for name in NEUTRAL if name in neutral]
    groups, rest = whole_groups(rights, natives - by_name.keys())
    return [*order, *(f"{NATIVE}{name}" for name in (*groups, *sorted(rest)))]
