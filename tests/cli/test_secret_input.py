"""What is given to `accesscfg secrets set` and is no credential: said in words, not repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.stub import StubWorkspace


@pytest.mark.parametrize("content", [b"\xff\xfeMARKED", b"MARKED \xc3\xa9"], ids=["not UTF-8", "not ASCII"])
def test_a_private_key_that_is_no_text(
    content: bytes, run: Run, workspace: StubWorkspace, tmp_path: Path
) -> None:
    pem = tmp_path / "bot.pem"
    pem.write_bytes(content)
    ran = run(
        "secrets", "set", "desk/trader", "--stdin", "--private-key-file", str(pem), piped='{"api_key": "a"}'
    )
    assert ran.code == 64
    assert "the private key cannot be read (it is no PEM text)" in ran.err
    assert "MARKED" not in ran.out + ran.err


def test_json_that_is_nested_without_end(run: Run, workspace: StubWorkspace) -> None:
    ran = run("secrets", "set", "desk/trader", "--stdin", piped="[" * 100_000)
    assert ran.code == 64
    assert "standard input is no JSON object" in ran.err
