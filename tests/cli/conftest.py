"""What the tests of commands share."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from accesscfg.cli import context, main
from tests.cli.stub import StubWorkspace


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


class Terminal(io.StringIO):
    """A terminal: what is typed on it, or what is written to it."""

    def isatty(self) -> bool:
        """Yes."""
        return True


Run = Callable[..., Ran]


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> StubWorkspace:
    """The workspace that every command opens."""
    stub = StubWorkspace()
    monkeypatch.setattr(context, "open_workspace", lambda settings: stub)
    return stub


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command line.

    `typed` makes standard input a terminal with that typed on it, and standard error one too; `piped` comes
    from a pipe.
    """
    monkeypatch.delenv("NO_COLOR", raising=False)
    logger = logging.getLogger("accesscfg")
    before = (logger.handlers[:], logger.level, logger.propagate)

    def call(*argv: str, typed: str | None = None, piped: str = "") -> Ran:
        errors = Terminal() if typed is not None else io.StringIO()
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdin", io.StringIO(piped) if typed is None else Terminal(typed))
            patch.setattr("sys.stderr", errors)
            code = main(list(argv))
        return Ran(code, capsys.readouterr().out, errors.getvalue())

    yield call
    logger.handlers[:], logger.level, logger.propagate = before
