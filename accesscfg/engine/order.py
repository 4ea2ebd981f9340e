"""The order of changes over the keys of one account. Pure.

A managing key is widened first and narrowed last, so that it can still make the changes that need it. Where it is
both widened and narrowed its own order holds, and all of it comes last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import Change, Direction, Means


def order(
    by_key: Mapping[KeyPath, Sequence[Change]], managers: Mapping[KeyPath, KeyPath], first_step: int
) -> tuple[Change, ...]:
    """The changes of one account as they will be made, with their steps and what they wait for.

    `managers` names the managing key of each key that has one; steps count on from `first_step`.
    """
    managing = set(managers.values())
    first = [path for path in by_key if path in managing and _only_widens(by_key[path])]
    last = [path for path in by_key if path in managing and not _only_widens(by_key[path])]
    middle = [path for path in by_key if path not in managing]
    ordered: list[Change] = []
    for path in (*first, *middle, *last):
        needs_it = [
            change.id
            for change in ordered
            if path in last and managers.get(change.key) == path and change.means is Means.API
        ]
        for change in by_key[path]:
            waits = change.waits_for
            if change.direction is Direction.REVOKES and change.means is Means.API:
                waits = (*waits, *needs_it)
            ordered.append(replace(change, step=first_step + len(ordered), waits_for=waits))
    return tuple(ordered)


def _only_widens(changes: Sequence[Change]) -> bool:
    return all(change.direction is not Direction.REVOKES for change in changes)
