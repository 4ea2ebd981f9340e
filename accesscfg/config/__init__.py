"""Reading the workspace: YAML with places, JSON Schema, pools, and checks against the exchanges' profiles."""

from accesscfg.config.load import find, load
from accesscfg.config.source import ProfileSource

__all__ = ["ProfileSource", "find", "load"]
