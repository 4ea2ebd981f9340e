"""Which steps of a guided fix a person has ticked off: one small file a key below `.accesscfg/`, mode 0600.

A tick counts while the step with its id is part of the guide. What left the guide is forgotten, so that a difference
that comes back later starts without ticks.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from accesscfg.model.errors import AccesscfgError
from accesscfg.model.paths import KeyPath
from accesscfg.model.profile import Entry

VERSION = 1


@dataclass(frozen=True, slots=True)
class Way:
    """How a guide was asked for: the format of its addresses, None for the exchange's own, and for a new key."""

    entry: Entry | None = None
    new: bool = False


class Ticks:
    """The ticks of one key. Raises AccesscfgError where their folder is a link."""

    def __init__(self, local: Path, key: KeyPath) -> None:
        self._key = key
        folder = local / "ticks"
        if folder.is_symlink():  # it could come with a pull request and lead anywhere
            raise AccesscfgError("the folder for ticks is a link", where=str(folder), fix="remove it")
        self._file = folder / f"{str(key).replace('/', '+')}.json"

    def read(self) -> dict[str, datetime]:
        """When each step was ticked off, by step id. Raises AccesscfgError for a file that cannot be read."""
        return self._read()[0]

    def way(self) -> Way:
        """How the guide was asked for whose steps were ticked off. Raises AccesscfgError like `read`."""
        return self._read()[1]

    def _read(self) -> tuple[dict[str, datetime], Way]:
        try:
            data = json.loads(self._file.read_bytes())
            entry = data.get("entry")
            if data["format_version"] != VERSION or entry not in (None, *get_args(Entry)):
                raise ValueError
            ticks = {name: datetime.fromisoformat(at) for name, at in data["ticks"].items()}
            return ticks, Way(entry, data.get("new") is True)
        except FileNotFoundError:
            return {}, Way()
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise AccesscfgError(
                "the ticks of this guide cannot be read",
                where=str(self._file),
                fix=f"begin again without them: accesscfg guide {self._key} --start-over",
            ) from None

    def set(self, steps: Collection[str], *, done: bool, way: Way | None = None) -> None:
        """Tick steps off, or take their ticks away; a tick that is there keeps its time. `way` is that of the guide
        that has these steps, where that is known."""
        ticks, before = self._read()
        now = datetime.now(UTC)
        for step in steps:
            if done:
                ticks.setdefault(step, now)
            else:
                ticks.pop(step, None)
        self._write(ticks, way or before)

    def keep(self, steps: Collection[str]) -> dict[str, datetime]:
        """Forget the ticks of all other steps; what is left."""
        ticks, way = self._read()
        left = {name: at for name, at in ticks.items() if name in steps}
        if left != ticks:
            self._write(left, way)
        return left

    def clear(self) -> None:
        """Forget all of them."""
        self._file.unlink(missing_ok=True)

    def _write(self, ticks: Mapping[str, datetime], way: Way) -> None:
        if not ticks:
            self.clear()
            return
        document = {
            "format_version": VERSION,
            "key": str(self._key),
            "entry": way.entry,
            "new": way.new,
            "ticks": {name: at.isoformat() for name, at in sorted(ticks.items())},
        }
        temporary: str | None = None
        try:
            self._file.parent.mkdir(mode=0o700, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=".", dir=self._file.parent)  # made with mode 0600
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(document, file, indent=2)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self._file)
        except OSError as error:
            if temporary is not None:
                Path(temporary).unlink(missing_ok=True)
            raise AccesscfgError(
                f"the ticks of this guide cannot be written ({error.strerror})",
                where=str(self._file),
                fix="make the workspace's folder writable",
            ) from None
