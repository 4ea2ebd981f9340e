"""The one place where errors become messages on standard error and exit codes."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import click

from accesscfg.cli.output import note
from accesscfg.model.errors import AccesscfgError, InvalidDeclaration, UsageError

INTERRUPTED = 130
INTERNAL = 1


@dataclass(slots=True)
class Ending:
    """How the run ends."""

    code: int = 0


@contextlib.contextmanager
def exit_code_of() -> Iterator[Ending]:
    """Catch whatever the block raises, say it, and give its exit code."""
    ending = Ending()
    try:
        yield ending
    except AccesscfgError as error:
        note(_message(error))
        ending.code = error.exit_code
    except (click.Abort, KeyboardInterrupt, EOFError):
        note("\nInterrupted.")
        ending.code = INTERRUPTED
    except click.ClickException as error:
        error.show(file=sys.stderr)
        ending.code = UsageError.exit_code if isinstance(error, click.UsageError) else error.exit_code
    except Exception as error:  # noqa: BLE001  whatever it is, its text may hold anything and is not shown
        note(_bug(error))
        ending.code = INTERNAL


def _message(error: AccesscfgError) -> str:
    if isinstance(error, InvalidDeclaration):
        return "\n".join([*(str(finding) for finding in error.findings), f"error: {error}"])
    return f"error: {error}"


def _bug(error: Exception) -> str:
    """What can be said of an error nobody foresaw: its type, and with -v where it happened."""
    import logging

    logging.getLogger("accesscfg").debug("where it happened", exc_info=error)
    return (
        f"error: unexpected {type(error).__name__}; this is a bug in accesscfg\n"
        "  next: run the same with `accesscfg -v` to see where it happened, and report that"
    )
