"""What the façade adds to the engine: the record around an apply."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from accesscfg.engine.apply import Run
from accesscfg.engine.observe import Keyring
from accesscfg.model.observed import Sighting
from accesscfg.model.plan import ApplyResult
from accesscfg.workspace import Workspace, _Basis
from tests.report.plans import plan
from tests.support.rig import Rig
from tests.support.venues import BYBIT


def test_a_trail_that_fails_at_the_end_does_not_take_the_report_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the report nobody would know what was written."""

    async def made_while_the_disk_fails(run: Run) -> ApplyResult:
        trail = tmp_path / ".accesscfg" / "audit.jsonl"
        trail.unlink()
        trail.mkdir()
        return ApplyResult(run.plan, (), writes=1)

    monkeypatch.setattr("accesscfg.engine.apply.apply", made_while_the_disk_fails)
    workspace, made = Workspace(tmp_path / "exchanges.yaml", {}), plan()
    workspace._bases[made.id] = _Basis(Rig(BYBIT).declaration(), Keyring({}), Sighting({}))

    assert asyncio.run(workspace.apply(made)).writes == 1
