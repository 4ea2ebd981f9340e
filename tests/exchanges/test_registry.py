"""Finding exchanges: ours by their folders, others by entry points; nothing is imported before its time."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from accesscfg.exchanges.registry import GROUP, Profiles, read_profile
from accesscfg.model.errors import AccesscfgError
from tests.exchanges.world import EXCHANGES, WITHOUT_CODE

OURS = Path(read_profile.__code__.co_filename).parent


def test_ours_are_found() -> None:
    profiles = Profiles()
    assert set(EXCHANGES) <= set(profiles.names())
    assert profiles.get("binance") is profiles.get("binance")
    assert profiles.provider("okx") is profiles.provider("okx")
    assert profiles.provider("okx").profile is profiles.get("okx")


@pytest.mark.parametrize("name", ["binanse", "", "../model", "__pycache__", "base", "/etc", "Binance"])
def test_what_there_is_not(name: str) -> None:
    assert Profiles().get(name) is None
    with pytest.raises(KeyError):
        Profiles().provider(name)


def fresh_modules(code: str) -> set[str]:
    """The modules that a new interpreter has loaded after the code."""
    probe = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_profile_costs_no_wire_code_and_no_entry_points() -> None:
    code = "from accesscfg.exchanges.registry import Profiles\nassert Profiles().get('binance')"
    loaded = fresh_modules(code)
    assert not loaded & {"httpx", "cryptography", "jsonschema", "importlib.metadata", "accesscfg.secrets"}
    assert "accesscfg.exchanges.binance" not in loaded


def test_hmac_costs_no_cryptography() -> None:
    code = (
        "from accesscfg.exchanges.registry import Profiles\n"
        "from types import SimpleNamespace as N\n"
        "s = N(reveal=lambda: 'x')\n"
        "c = N(api_key=s, api_secret=s, private_key=None, passphrase=s)\n"
        "Profiles().provider('okx').signer(c, None, '')"
    )
    assert "cryptography" not in fresh_modules(code)


@pytest.fixture
def third_party(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Another package's exchange, under a name of its own and under one of ours."""
    text = (OURS / "okx" / "profile.yaml").read_text().replace("exchange: okx", "exchange: newex", 1)
    (tmp_path / "profile.yaml").write_text(text)
    made = SimpleNamespace(
        profile_path=tmp_path / "profile.yaml", provider=lambda profile: SimpleNamespace(profile=profile)
    )
    monkeypatch.setitem(sys.modules, "newex_plugin", made)
    entries = [
        EntryPoint("newex", "newex_plugin", GROUP),
        EntryPoint("okx", "newex_plugin", GROUP),
        EntryPoint("gone", "no_such_module_at_all", GROUP),
    ]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: entries)
    return made


@pytest.mark.usefixtures("third_party")
def test_another_packages_exchange() -> None:
    profiles = Profiles()
    assert set(profiles.names()) == {*EXCHANGES, *WITHOUT_CODE, "newex", "gone"}
    found = profiles.get("newex")
    assert found is not None
    assert found.exchange == "newex"
    assert profiles.provider("newex").profile is found


@pytest.mark.usefixtures("third_party")
def test_another_package_cannot_take_a_name_of_ours() -> None:
    found = Profiles().get("okx")
    assert found is not None
    assert found.exchange == "okx"


@pytest.mark.usefixtures("third_party")
def test_a_package_that_cannot_be_loaded_is_named() -> None:
    with pytest.raises(AccesscfgError, match="gone"):
        Profiles().get("gone")


@pytest.mark.parametrize("text", ["", "[]", "exchange: x", "a: [", "\t", "sources: 5"])
def test_a_broken_profile_names_its_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text(text)
    with pytest.raises(AccesscfgError) as caught:
        read_profile(path)
    assert caught.value.where == str(path)
