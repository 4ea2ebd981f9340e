"""The terminal UI of accesscfg. It asks only `accesscfg.workspace` to do things."""

from __future__ import annotations

__all__: list[str] = []
