"""Which steps of a guided fix a person has ticked off: one small file a key below `.accesscfg/`, mode 0600.

A tick counts while the step with its id is part of the guide. What left the guide is forgotten, so that a difference
that comes back later starts without ticks.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path

from accesscfg.model.errors import AccesscfgError
from accesscfg.model.paths import KeyPath

VERSION = 1


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
        try:
            data = json.loads(self._file.read_bytes())
            if data["format_version"] != VERSION:
                raise ValueError
            return {name: datetime.fromisoformat(at) for name, at in data["ticks"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise AccesscfgError(
                "the ticks of this guide cannot be read",
                where=str(self._file),
                fix=f"begin again without them: accesscfg guide {self._key} --start-over",
            ) from None

    def set(self, steps: Collection[str], *, done: bool) -> None:
        """Tick steps off, or take their ticks away; a tick that is there keeps its time."""
        ticks = self.read()
        now = datetime.now(UTC)
        for step in steps:
            if done:
                ticks.setdefault(step, now)
            else:
                ticks.pop(step, None)
        self._write(ticks)

    def keep(self, steps: Collection[str]) -> dict[str, datetime]:
        """Forget the ticks of all other steps; what is left."""
        ticks = self.read()
        left = {name: at for name, at in ticks.items() if name in steps}
        if left != ticks:
            self._write(left)
        return left

    def clear(self) -> None:
        """Forget all of them."""
        self._file.unlink(missing_ok=True)

    def _write(self, ticks: Mapping[str, datetime]) -> None:
        if not ticks:
            self.clear()
            return
        document = {
            "format_version": VERSION,
            "key": str(self._key),
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
