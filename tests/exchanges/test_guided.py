"""An exchange of which nothing can be asked: a profile of another package, without any code and without a secret."""

from __future__ import annotations

import asyncio
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest

from accesscfg.exchanges.guided import Guided
from accesscfg.exchanges.registry import GROUP, Profiles, read_profile
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.networks import Unrestricted
from accesscfg.model.observed import Facet
from accesscfg.model.plan import FacetState, Plan, plan_exit_code
from accesscfg.workspace import Workspace
from tests.exchanges.world import hmac_credential, live, run

BITTREX = Path(read_profile.__code__.co_filename).parent / "bittrex" / "profile.yaml"
DECLARED = """\
version: 1
exchanges:
  paper:
    exchange: paperex
    keys:
      bot: {permissions: [read, spot], ip_whitelist: [8.8.4.4], label: bot}
      old: {permissions: [read], ip_whitelist: unrestricted, state: absent}
      platform: {permissions: [read], ip_whitelist: [8.8.4.4], held: false}
    sub_accounts:
      desk:
        id: desk01
        keys:
          bot: {permissions: [read], ip_whitelist: [8.8.4.4]}
"""


@pytest.fixture(autouse=True)
def _paperex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bittrex as if it were still there: its entry point has a profile and nothing else."""
    lines = BITTREX.read_text().replace("exchange: bittrex", "exchange: paperex", 1).splitlines()
    profile = tmp_path / "plugin" / "profile.yaml"
    profile.parent.mkdir()
    profile.write_text("\n".join(line for line in lines if not line.startswith("retired:")))
    monkeypatch.setitem(sys.modules, "paperex_plugin", SimpleNamespace(profile_path=profile))
    entries = [EntryPoint("paperex", "paperex_plugin", GROUP)]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: entries)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    file = tmp_path / "desk" / "exchanges.yaml"
    file.parent.mkdir()
    file.write_text(DECLARED)
    return Workspace.open(file, {})


def plan(workspace: Workspace) -> Plan:
    return asyncio.run(workspace.plan())


def test_its_declaration_is_checked_like_any_other(workspace: Workspace) -> None:
    assert [
        finding.severity for finding in workspace.validate().findings if finding.severity == "error"
    ] == []
    workspace.file.write_text(DECLARED.replace("[read, spot]", "[read, futures]"))
    assert {finding.code for finding in workspace.validate().findings} >= {"no_such_right"}


def test_every_facet_is_unobservable_and_nobody_is_called(workspace: Workspace) -> None:
    """The tests' network is loopback alone, and there is no sandbox: a call would fail."""
    made = plan(workspace)

    assert len(made.keys) == 4
    assert {state for key in made.keys for state in key.states} == {FacetState.UNOBSERVABLE}
    assert {result.why for key in made.keys for result in key.facets} == {"Bittrex has no API that shows it"}
    assert (made.changes, made.unknown, made.undeclared_keys) == ((), (), ())
    assert plan_exit_code(made, detailed=True) == 2
    assert plan_exit_code(made, detailed=False) == 0


def test_a_plan_needs_no_secrets_file_and_no_sops(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    (workspace.root / "secrets.sops.yaml").write_text("this is no secrets file")
    assert len(plan(workspace).keys) == 4


def test_only_what_can_be_compared_is_wanted(workspace: Workspace) -> None:
    facets = {str(key.path): {result.facet for result in key.facets} for key in plan(workspace).keys}
    assert facets["paper/bot"] == {Facet.PRESENCE, Facet.LABEL, Facet.PERMISSIONS, Facet.IP_WHITELIST}
    assert facets["paper/old"] == {Facet.PRESENCE}


def test_the_check_of_secrets_wants_none_and_takes_one(workspace: Workspace) -> None:
    assert workspace.secrets_check() == []
    entry = '"paper/bot": {api_key: "ENC[x]", api_secret: "ENC[x]"}'
    (workspace.root / "secrets.sops.yaml").write_text(f"version: 1\nkeys:\n  {entry}\n")
    told = {finding.code for finding in workspace.secrets_check()}
    assert told.isdisjoint({"missing_entry", "not_held", "undeclared_entry"})


def test_a_rehearsal_leaves_it_out(workspace: Workspace) -> None:
    assert asyncio.run(workspace.rehearsal_world()) == {"exchanges": {}}


def test_it_has_no_code_and_refuses_every_call_before_anything_is_sent() -> None:
    provider = Profiles().provider("paperex")
    assert isinstance(provider, Guided)
    calls = SimpleNamespace()  # has nothing that could be called
    target = SimpleNamespace(permissions=frozenset(), whitelist=Unrestricted(), label=None)
    for attempt in (
        lambda: provider.signer(hmac_credential("k", "s"), SimpleNamespace(), ""),
        lambda: provider.failure(200, {}, b""),
        lambda: provider.server_time_ms({}),
        lambda: run(provider.own_key(calls)),
        lambda: run(provider.sub_accounts(calls)),
        lambda: run(provider.sub_keys(calls, "x", None)),
        lambda: run(provider.write(calls, SimpleNamespace(), live(None, None), target)),  # type: ignore[arg-type]
    ):
        with pytest.raises(ExchangeError, match="nothing was sent") as caught:
            attempt()
        assert caught.value.trouble is Trouble.WEBSITE_ONLY
