"""The engine over every simulated exchange."""

from tests.support.stage import stage

__all__ = ["stage"]
