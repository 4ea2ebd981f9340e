"""The last board: what each key's last look found, kept in `.accesscfg/` and never taken for the present."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from accesscfg.model.board import LastSeen, last_seen
from accesscfg.model.desired import Declaration, DesiredKey
from accesscfg.model.networks import Addresses
from accesscfg.model.observed import Facet
from accesscfg.model.plan import FacetState, Lifecycle, Plan

VERSION = 1


def wanted_digest(key: DesiredKey) -> str:
    """A digest of what is declared of a key, as far as a look at it compares."""
    entries = sorted(key.whitelist.entries) if isinstance(key.whitelist, Addresses) else [repr(key.whitelist)]
    parts = (
        key.label,
        key.enabled,
        key.absent,
        str(key.expires),
        key.key_id,
        sorted(key.permissions),
        entries,
    )
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def read_board(path: Path) -> dict[str, LastSeen]:
    """What was kept, by key path; empty where there is nothing that this version understands."""
    try:
        data = json.loads(path.read_bytes())
        if data["version"] != VERSION:
            return {}
        return {name: _entry(entry) for name, entry in data["keys"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return {}  # it is a memory, not a record: the next look makes it anew


def keep_board(path: Path, plan: Plan, declaration: Declaration) -> None:
    """Keep what a plan saw, beside what earlier ones saw of other keys that are still declared.

    A file that cannot be written is left as it was: nothing depends on it.
    """
    keys = {str(key.path): key for key in declaration.all_keys()}
    whole = len(plan.keys) == len(keys)
    changes = Counter(change.key for change in plan.changes)
    kept = {} if whole else {name: seen for name, seen in read_board(path).items() if name in keys}
    for result in plan.keys:
        name = str(result.path)
        if name in keys:
            wanted = wanted_digest(keys[name])
            kept[name] = last_seen(result, wanted, changes[result.path], plan.made_at, sandbox=plan.sandbox)
    text = json.dumps({"version": VERSION, "keys": {name: _stored(kept[name]) for name in sorted(kept)}})
    with contextlib.suppress(OSError):
        _replace(path, text.encode())


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".board-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _stored(seen: LastSeen) -> dict[str, Any]:
    return {
        "at": seen.at.astimezone(UTC).isoformat(timespec="seconds"),
        "wanted": seen.wanted,
        "facets": {facet.value: state.value for facet, state in seen.facets.items()},
        "lifecycle": None if seen.lifecycle is None else seen.lifecycle.value,
        "changes": seen.changes,
        "sandbox": seen.sandbox,
    }


def _entry(data: Mapping[str, Any]) -> LastSeen:
    at = datetime.fromisoformat(data["at"])
    if at.tzinfo is None:
        raise ValueError
    return LastSeen(
        at=at,
        wanted=str(data["wanted"]),
        facets={Facet(facet): FacetState(state) for facet, state in data["facets"].items()},
        lifecycle=None if data["lifecycle"] is None else Lifecycle(data["lifecycle"]),
        changes=int(data["changes"]),
        sandbox=bool(data["sandbox"]),
    )
