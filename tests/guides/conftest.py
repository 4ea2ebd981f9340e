"""The sandbox that guides are followed on."""

from __future__ import annotations

from tests.support.stage import stage

__all__ = ["stage"]
