"""The example workspace, its pools, its secrets and its drifted world fit together, and show every kind of thing."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from accesscfg.config import load
from accesscfg.exchanges.registry import Profiles
from accesscfg.model.desired import Declaration, DesiredKey
from accesscfg.model.networks import AppBound
from accesscfg.model.observed import Facet
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import Direction, FacetState, Means, Plan
from accesscfg.resources import examples_path
from accesscfg.sandbox import Sandbox, World
from accesscfg.workspace import SANDBOX_VARIABLE, Workspace

EXAMPLE = examples_path()
PROFILES = Profiles()


@pytest.fixture(scope="module")
def declaration() -> Declaration:
    """What the example declares."""
    return load(EXAMPLE / "exchanges.yaml", PROFILES, sandbox=False)


@pytest.fixture
def plan(tmp_path: Path, sops_bin: str, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """What a plan says of it in its own world."""
    folder = tmp_path / "example"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".accesscfg"))
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", str(EXAMPLE / "THROWAWAY-age-identity.txt"))
    with Sandbox(World.from_yaml((EXAMPLE / "sandbox-world.yaml").read_text())) as sandbox:
        return asyncio.run(Workspace.open(folder, {SANDBOX_VARIABLE: sandbox.url}).plan())


def keys(declaration: Declaration) -> dict[str, DesiredKey]:
    return {str(key.path): key for key in declaration.all_keys()}


def test_all_that_is_wrong_with_it_is_that_its_addresses_are_made_up(declaration: Declaration) -> None:
    assert {finding.message.partition(" is a ")[2][:21] for finding in declaration.warnings} == {
        "documentation address"
    }
    assert Workspace(EXAMPLE / "exchanges.yaml", {}).secrets_check() == []


def test_it_has_an_account_on_every_exchange_that_is_open(declaration: Declaration) -> None:
    there = {name for name in PROFILES.names() if (found := PROFILES.get(name)) and found.retired is None}
    assert {account.exchange for account in declaration.accounts} == there


def test_it_has_a_key_of_every_kind(declaration: Declaration) -> None:
    every = list(declaration.all_keys())
    assert any(isinstance(key.whitelist, AppBound) for key in every)
    assert any(key.absent for key in every)
    assert any(not key.held and key.key_id is None for key in every)
    assert any(key.expires == "never" for key in every)
    assert {key.managed_by is None for key in every} == {True, False}


def test_a_list_that_a_platform_gave_to_one_key_is_shared_by_its_extra_key_alone(
    declaration: Declaration,
) -> None:
    (pool,) = [pool for pool in declaration.pools.values() if pool.allocated_to]
    users = {str(key.path) for key in declaration.all_keys() if "charter-1" in set(key.origins.values())}
    assert users == {"kraken-main/charter", "kraken-main/charter-extra"} == set(map(str, pool.allocated_to))


def test_its_world_has_drift_of_every_facet_and_on_every_exchange(
    plan: Plan, declaration: Declaration
) -> None:
    drift = {facet.facet for key in plan.keys for facet in key.facets if facet.state is FacetState.DRIFT}
    assert drift == set(Facet)
    assert {change.direction for change in plan.changes} == set(Direction)
    assert {change.means for change in plan.changes} == {Means.API, Means.MANUAL}
    assert {change.key.account for change in plan.changes} == {
        account.name for account in declaration.accounts
    }
    assert [stranger.live.label for stranger in plan.undeclared_keys] == ["intern-test"]


def test_everything_in_its_world_can_be_asked_and_not_everything_seen(plan: Plan) -> None:
    states = {facet.state for key in plan.keys for facet in key.facets}
    assert states == {
        FacetState.IN_SYNC,
        FacetState.DRIFT,
        FacetState.CONSISTENT,
        FacetState.UNOBSERVABLE,
    }
    assert plan.refusals == ()
    assert plan.violations == ()


def test_a_key_that_only_its_platform_has_the_secret_of_is_for_a_person_to_look_at(plan: Plan) -> None:
    extra = next(key for key in plan.keys if key.path == KeyPath("kraken-main", None, "charter-extra"))
    assert {facet.state for facet in extra.facets} == {FacetState.UNOBSERVABLE}
