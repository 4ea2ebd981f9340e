"""Every error that reaches a person.

    AccesscfgError            1    something went wrong; the message says what, where, why and the next step
      UsageError             64    the command line makes no sense
      InvalidDeclaration     65    the workspace's files are not valid; carries all findings of the run
      SecretsError           77    a secrets file could not be opened or written
      Refused                 4    a guard, a policy, or a plan that no longer fits; nothing was written
      Locked                  6    another run holds the workspace
      ExchangeError           -    one call to an exchange failed; becomes `unknown` or a failed change, never an exit

None of them ever carries a secret, the raw text of a child process, or a response body.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from accesscfg.model.findings import Finding


class AccesscfgError(Exception):
    """An error for a person: what happened, where, why, and what to do next."""

    exit_code = 1

    def __init__(
        self, what: str, *, where: str | None = None, why: str | None = None, fix: str | None = None
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        lines = [head]
        if self.why:
            lines.append(f"  why: {self.why}")
        if self.fix:
            lines.append(f"  next: {self.fix}")
        return "\n".join(lines)


class UsageError(AccesscfgError):
    """The command was called in a way that makes no sense."""

    exit_code = 64


class InvalidDeclaration(AccesscfgError):
    """The workspace's files are not valid. `findings` holds every error and warning, `files` what was read."""

    exit_code = 65

    def __init__(self, findings: Sequence[Finding], files: Sequence[Path] = ()) -> None:
        errors = sum(1 for finding in findings if finding.severity == "error")
        super().__init__(f"the declaration has {errors} error{'' if errors == 1 else 's'}")
        self.findings = tuple(findings)
        self.files = tuple(files)


class SecretsError(AccesscfgError):
    """A secrets file could not be opened or written. `code` is the row of the error table."""

    exit_code = 77

    def __init__(
        self,
        code: str,
        what: str,
        *,
        where: str | None = None,
        why: str | None = None,
        fix: str | None = None,
    ) -> None:
        super().__init__(what, where=where, why=why, fix=fix)
        self.code = code


class Refused(AccesscfgError):
    """A guard or policy said no, or the plan no longer fits. Nothing was written."""

    exit_code = 4


class Locked(AccesscfgError):
    """Another run on this machine holds the workspace."""

    exit_code = 6


class Trouble(StrEnum):
    """Why a call to an exchange gave no answer that can be used."""

    NETWORK = "network"  # no connection, time-out, broken connection
    SERVER = "server"  # 5xx, or a code that says the outcome is not known
    RATE_LIMIT = "rate_limit"  # refused for now; nothing was done
    CLOCK = "clock"  # timestamp outside the exchange's window
    KEY = "key"  # key unknown, expired or disabled: never retried
    SIGNATURE = "signature"
    ADDRESS = "address"  # the caller's address is not on the key's whitelist
    PERMISSION = "permission"
    DENIED = "denied"  # key, address or permission: the exchange does not say which
    WEBSITE_ONLY = "website_only"  # the exchange takes this change on its website only
    REQUEST = "request"  # the exchange does not accept the request as it was
    REPLY = "reply"  # the answer could not be understood
    SECRETS = "secrets"  # no credential to sign with


class ExchangeError(AccesscfgError):
    """One call to an exchange failed.

    `code` is the exchange's own code as text, `seen_address` the caller's address when the exchange names it,
    `ambiguous` says that a write may have taken effect all the same, `retry_after` is in seconds, `locks_out` says that
    the account must not be called any more in this run.
    """

    def __init__(
        self,
        trouble: Trouble,
        what: str,
        *,
        where: str | None = None,
        code: str | None = None,
        ambiguous: bool = False,
        seen_address: str | None = None,
        retry_after: float | None = None,
        locks_out: bool = False,
        fix: str | None = None,
    ) -> None:
        super().__init__(what, where=where, fix=fix)
        self.locks_out = locks_out
        self.trouble = trouble
        self.code = code
        self.ambiguous = ambiguous
        self.seen_address = seen_address
        self.retry_after = retry_after
