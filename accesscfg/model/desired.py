"""What the workspace declares, after reading and checking: pools expanded, names resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from accesscfg.model.findings import Finding, Mark
from accesscfg.model.networks import Whitelist
from accesscfg.model.paths import KeyPath, Selector

Scope = Literal["own", "sub"]
NEUTRAL = (
    "read",
    "spot",
    "margin",
    "futures",
    "options",
    "convert",
    "earn",
    "lend",
    "deposit",
    "transfer",
    "withdraw",
    "subaccounts",
)
TRADE = frozenset({"spot", "margin", "futures", "options"})


@dataclass(frozen=True, slots=True)
class Egress:
    """How calls leave this machine. `addresses` is what the exchange sees, as declared; empty when not declared."""

    proxy: str | None = None
    local_address: str | None = None
    addresses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DesiredKey:
    """One declared key.

    `permissions` are native names (what `declared_permissions` stands for on this exchange). `origins` says which
    pool an entry comes from, `pools` are those that its list names. `managed_by` and `observed_by` are resolved to
    the nearest declaration.
    """

    path: KeyPath
    where: Mark
    exchange: str
    permissions: frozenset[str]
    declared_permissions: tuple[str, ...]
    whitelist: Whitelist
    origins: Mapping[str, str] = field(default_factory=dict)
    pools: tuple[str, ...] = ()
    label: str | None = None
    used_by: str | None = None
    key_id: str | None = None
    held: bool = True
    absent: bool = False
    enabled: bool = True
    expires: date | Literal["never"] | None = None
    managed_by: KeyPath | None = None
    observed_by: KeyPath | None = None
    previously: KeyPath | None = None

    @property
    def scope(self) -> Scope:
        """Whether it is a key of the account itself or of a sub-account."""
        return "own" if self.path.sub is None else "sub"

    @property
    def secret_ids(self) -> tuple[str, ...]:
        """Where its credential may stand in the secrets files, the present name first."""
        old = () if self.previously is None else (str(self.previously),)
        return (str(self.path), *old)


@dataclass(frozen=True, slots=True)
class DesiredSub:
    """A declared sub-account; `id` is what the exchange addresses it by."""

    name: str
    id: str
    where: Mark
    egress: Egress
    keys: tuple[DesiredKey, ...]


@dataclass(frozen=True, slots=True)
class DesiredAccount:
    """One login at an exchange; `endpoint` is a name from the profile."""

    name: str
    exchange: str
    where: Mark
    endpoint: str
    egress: Egress
    id: str | None
    keys: tuple[DesiredKey, ...]
    subs: tuple[DesiredSub, ...]

    def all_keys(self) -> Iterator[DesiredKey]:
        """Its own keys, then those of its sub-accounts."""
        yield from self.keys
        for sub in self.subs:
            yield from sub.keys

    def sub(self, name: str | None) -> DesiredSub | None:
        """The sub-account of that name."""
        return next((sub for sub in self.subs if sub.name == name), None)

    def egress_of(self, key: DesiredKey) -> Egress:
        """How calls signed with this key leave."""
        sub = self.sub(key.path.sub)
        return self.egress if sub is None else sub.egress


@dataclass(frozen=True, slots=True)
class PolicyException:
    """A dated hole in a policy. `permission` narrows a `forbid` exception to one name."""

    key: Selector
    policy: str
    permission: str | None
    reason: str
    until: date
    where: Mark


@dataclass(frozen=True, slots=True)
class Policies:
    """The workspace's policies; None means not set."""

    forbid: tuple[str, ...] = ()
    require_ip_whitelist: Literal["always", "trading", "never"] = "never"
    widest_v4: int | None = None
    widest_v6: int | None = None
    max_key_age_days: int | None = None
    warn_before_expiry_days: int = 14
    attestation_max_age_days: int | None = None
    undeclared_keys: Literal["report", "fail", "ignore"] = "report"
    exceptions: tuple[PolicyException, ...] = ()
    where: Mapping[str, Mark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pool:
    """A named list of addresses; `allocated_to` are the keys that may use it, empty for any."""

    name: str
    entries: tuple[str, ...]
    where: Mark
    allocated_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """The whole workspace. `hash` covers every file that was read, secrets files not among them; `files` are these."""

    root: Path
    file: Path
    accounts: tuple[DesiredAccount, ...]
    policies: Policies
    pools: Mapping[str, Pool]
    secrets_files: tuple[Path, ...]
    hash: str
    warnings: tuple[Finding, ...] = ()
    files: tuple[Path, ...] = ()

    def all_keys(self) -> Iterator[DesiredKey]:
        """Every declared key, in the order of the file."""
        for account in self.accounts:
            yield from account.all_keys()

    def account(self, name: str) -> DesiredAccount:
        """The account of that name; KeyError when there is none."""
        for account in self.accounts:
            if account.name == name:
                return account
        raise KeyError(name)
