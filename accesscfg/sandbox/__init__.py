"""Simulated exchanges on loopback, to rehearse, demonstrate and test against. See docs/sandbox.md.

They share no code with the providers that call them: two mistakes must not cancel out.
"""

from accesscfg.sandbox.app import SandboxApp, create_app
from accesscfg.sandbox.faults import Fault
from accesscfg.sandbox.server import Sandbox, serve
from accesscfg.sandbox.world import World, WorldError

__all__ = ["Fault", "Sandbox", "SandboxApp", "World", "WorldError", "create_app", "serve"]
