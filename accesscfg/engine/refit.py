"""Whether a saved plan still fits: the changes computed again must be the saved ones. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accesscfg.model.errors import UsageError
from accesscfg.model.plan import FORMAT_VERSION, Plan


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """What a saved plan binds: its declaration and targets, the changes and what each changed key looked like, and
    whether it was made in the sandbox."""

    id: str
    declaration_hash: str
    targets: tuple[str, ...]
    sandbox: bool
    changes: Mapping[str, str]
    key_hashes: Mapping[str, str]


def saved_plan(data: Mapping[str, Any]) -> SavedPlan:
    """A saved plan out of its JSON. Raises UsageError when it is no plan of this version."""
    if data.get("format_version") != FORMAT_VERSION:
        raise UsageError(
            "the file is not a plan that this version can apply",
            why=f"format_version is {data.get('format_version')!r}, this version reads {FORMAT_VERSION}",
            fix="make a new plan: accesscfg plan --out FILE",
        )
    try:
        plan = SavedPlan(
            id=_text(data["id"]),
            declaration_hash=_text(data["declaration_hash"]),
            targets=tuple(_text(target) for target in _list(data["targets"])),
            sandbox=data["sandbox"] is not False,
            changes={_text(change["id"]): _text(change["means"]) for change in _list(data["changes"])},
            key_hashes={_text(key["path"]): _text(key["hash"]) for key in _list(data["keys"])},
        )
    except KeyError as error:
        raise UsageError("the file is not a whole plan", why=f"it lacks {error}") from None
    except TypeError:
        raise UsageError("the file is not a plan: a value in it is of the wrong kind") from None
    if re.fullmatch("p[0-9a-f]{16}", plan.id) is None:  # it becomes the name of a file
        raise UsageError("the file is not a plan: its id is malformed")
    return plan


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def same_changes(saved: SavedPlan, now: Plan) -> str:
    """Why the plan no longer fits, in words; empty where it does."""
    if saved.sandbox != now.sandbox:
        return f"it was made {'in the sandbox' if saved.sandbox else 'on the live exchanges'}"
    current = {change.id: change.means.value for change in now.changes}
    gone = [f"{id_} is no longer needed" for id_ in saved.changes if id_ not in current]
    new = [
        f"{change.key} needs {change.id}, which was not reviewed"
        for change in now.changes
        if change.id not in saved.changes
    ]
    other = [
        f"{id_} is now {means}" for id_, means in current.items() if saved.changes.get(id_, means) != means
    ]
    changed = {str(change.key) for change in now.changes}
    moved = [
        f"{result.path} looks different"
        for result in now.keys
        if str(result.path) in changed and saved.key_hashes.get(str(result.path)) != result.hash
    ]
    return "; ".join((*gone, *new, *other, *moved))
