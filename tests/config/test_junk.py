"""Whatever a file holds, reading it ends in a declaration or in findings; never in anything else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accesscfg.config import load
from accesscfg.model.errors import InvalidDeclaration
from accesscfg.model.findings import Mark
from tests.config.test_meaning import WHOLE
from tests.config.workspaces import EXCHANGES

GOOD = yaml.safe_dump(WHOLE, sort_keys=False).encode()
QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

FIELDS = (
    "version",
    "exchanges",
    "keys",
    "ip_pools",
    "permissions",
    "ip_whitelist",
    "exceptions",
    "include",
    "file",
)
VALUES = (
    "read",
    "spot",
    "withdraw",
    "native:",
    "native:odd",
    "toy",
    "pool:cluster",
    "203.0.113.7",
    "2001:db8::",
)
AWKWARD = ("true", "null", "~", "1", "0x10", "2027-01-01", "180d", "unrestricted", "/", "../", "*", ".")
WORDS = st.sampled_from((*FIELDS, *VALUES, *AWKWARD))
SCALARS = (
    WORDS | st.text(max_size=8) | st.integers(-3, 99) | st.booleans() | st.none() | st.floats() | st.dates()
)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
# every place of the good workspace, as a path from its top
PLACES: list[tuple[str | int, ...]] = []


def _collect(value: object, path: tuple[str | int, ...]) -> None:
    PLACES.append(path)
    if isinstance(value, dict):
        for name, inner in value.items():
            _collect(inner, (*path, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            _collect(inner, (*path, at))


_collect(WHOLE, ())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("junk")


def read(folder: Path, content: bytes) -> None:
    """Reads, and sees that every finding can be shown and has its place."""
    file = folder / "exchanges.yaml"
    file.write_bytes(content)
    try:
        found = load(file, EXCHANGES, sandbox=True).warnings
    except InvalidDeclaration as error:
        found = error.findings
        assert any(one.severity == "error" for one in found)
    lines = content.decode("utf-8", "replace").count("\n") + content.count(b"\r") + 1
    for one in found:
        assert isinstance(one.where, Mark)
        assert 1 <= one.where.line <= lines + content.decode("utf-8", "replace").count("\x85") + 9
        assert one.message
        assert str(one).isprintable()


@QUIET
@given(content=st.binary(max_size=200))
def test_random_bytes(content: bytes, folder: Path) -> None:
    read(folder, content)


@QUIET
@given(content=st.text(alphabet="ab:-[]{}#&*!|>'\"%@`,? \n\t~<.0/\x85\u2028é", max_size=60))
def test_random_text_of_the_characters_that_yaml_cares_about(content: str, folder: Path) -> None:
    read(folder, content.encode())


@QUIET
@given(at=st.integers(0, len(GOOD)), cut=st.integers(0, 12), put=st.binary(max_size=4))
def test_a_good_file_with_a_few_bytes_changed(at: int, cut: int, put: bytes, folder: Path) -> None:
    read(folder, GOOD[:at] + put + GOOD[at + cut :])


def _replaced(value: object, path: tuple[str | int, ...], to: object) -> object:
    if not path:
        return to
    if isinstance(value, dict):
        return {
            name: _replaced(inner, path[1:], to) if name == path[0] else inner
            for name, inner in value.items()
        }
    assert isinstance(value, list)
    return [_replaced(inner, path[1:], to) if at == path[0] else inner for at, inner in enumerate(value)]


@QUIET
@given(path=st.sampled_from(PLACES), tree=TREES)
def test_a_good_file_with_anything_in_any_place(
    path: tuple[str | int, ...], tree: object, folder: Path
) -> None:
    read(folder, yaml.safe_dump(_replaced(WHOLE, path, tree), sort_keys=False, allow_unicode=True).encode())
