"""Files for their owner alone."""

from __future__ import annotations

import os
from pathlib import Path

from accesscfg.model.errors import AccesscfgError


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600 that is there wholly or not at all. Raises AccesscfgError."""
    import tempfile

    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # made with mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise AccesscfgError(
            f"the file cannot be written ({error.strerror})",
            where=str(path),
            fix="name a file in a folder that exists and may be written to",
        ) from None
