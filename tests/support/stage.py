"""The sandbox that a test module plays on: one server, a world for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from accesscfg.sandbox import Sandbox
from tests.support.rig import Rig

Stage = Callable[[Rig], Sandbox]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Puts a rig's world on the module's server."""
    with Sandbox({}) as sandbox:

        def load(rig: Rig) -> Sandbox:
            sandbox.load(rig.world())
            return sandbox

        yield load
