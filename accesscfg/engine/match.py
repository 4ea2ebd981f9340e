"""Which live key is which declared key: by full id, else by the visible part of a masked id, else by a unique label."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accesscfg.model.desired import DesiredKey
from accesscfg.model.observed import LiveKey
from accesscfg.model.paths import KeyPath


@dataclass(frozen=True, slots=True)
class Unsure:
    """Some live keys might be the declared one, and nothing tells which."""

    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """`found`: the live key, None where a complete listing lacks it, or Unsure. `rest`: keys nobody declared."""

    found: Mapping[KeyPath, LiveKey | Unsure | None]
    rest: tuple[LiveKey, ...]


def match(declared: Sequence[DesiredKey], ids: Mapping[KeyPath, str], live: Sequence[LiveKey]) -> Matched:
    """Match every declared key of one listing. `ids` are the full ids that are known, from the YAML or the secrets.

    A live key that an unsure declared key might be is in neither `found` nor `rest`.
    """
    found: dict[KeyPath, LiveKey | Unsure | None] = {}
    left = list(live)
    for key in declared:
        hits = [one for one in left if not one.masked and key.path in ids and one.key_id == ids[key.path]]
        if len(hits) == 1:
            found[key.path] = hits[0]
            left.remove(hits[0])
    open_keys = [key for key in declared if key.path not in found]
    _by_visible_part(open_keys, ids, left, found)
    open_keys = [key for key in open_keys if key.path not in found]
    _by_label(open_keys, ids, left, found)
    unsure: list[LiveKey] = []
    for key in open_keys:
        if key.path not in found:
            maybe = [one for one in left if _could_be(key, ids, one)]
            unsure += maybe
            found[key.path] = Unsure(tuple(_describe(one) for one in maybe)) if maybe else None
    return Matched(found, tuple(one for one in left if not any(one is other for other in unsure)))


def _by_visible_part(
    keys: Sequence[DesiredKey],
    ids: Mapping[KeyPath, str],
    left: list[LiveKey],
    found: dict[KeyPath, LiveKey | Unsure | None],
) -> None:
    fits = {
        key.path: [one for one in left if _shows_part_of(one, ids[key.path])]
        for key in keys
        if key.path in ids
    }
    wanted_by = Counter(id(one) for hits in fits.values() for one in hits)
    for path, hits in fits.items():
        if len(hits) == 1 and wanted_by[id(hits[0])] == 1:
            found[path] = hits[0]
            left.remove(hits[0])


def _shows_part_of(live: LiveKey, full_id: str) -> bool:
    if not live.masked or live.key_id is None or not live.key_id.strip("*"):
        return False
    pattern = ".*".join(re.escape(piece) for piece in re.split(r"\*+", live.key_id))
    return re.fullmatch(pattern, full_id) is not None


def _by_label(
    keys: Sequence[DesiredKey],
    ids: Mapping[KeyPath, str],
    left: list[LiveKey],
    found: dict[KeyPath, LiveKey | Unsure | None],
) -> None:
    declared = Counter(key.label for key in keys if key.label)
    live = Counter(one.label for one in left if one.label)
    for key in keys:
        if not key.label or declared[key.label] != 1 or live[key.label] != 1:
            continue
        one = next(one for one in left if one.label == key.label)
        if _could_be(key, ids, one):
            found[key.path] = one
            left.remove(one)


def _could_be(key: DesiredKey, ids: Mapping[KeyPath, str], live: LiveKey) -> bool:
    full_id = ids.get(key.path)
    if full_id is None or live.key_id is None:
        return True
    if not live.masked:
        return live.key_id == full_id
    return not live.key_id.strip("*") or _shows_part_of(live, full_id)


def _describe(live: LiveKey) -> str:
    shown = live.key_id if live.key_id is not None and len(live.key_id) <= 12 else _short(live.key_id)
    return f"{live.label!r} ({shown})" if live.label else shown or "a key without id or label"


def _short(key_id: str | None) -> str:
    return "no id" if key_id is None else f"{key_id[:4]}…{key_id[-4:]}"
