"""A workspace that does what a test says, in place of the one that reads files and calls exchanges."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from accesscfg.model.desired import Declaration, DesiredAccount, DesiredKey, Egress, Policies
from accesscfg.model.events import Event, KeyRead, Listener, Opening, ReadingStarted, Waiting
from accesscfg.model.findings import Finding, Mark
from accesscfg.model.networks import Unrestricted
from accesscfg.model.observed import KeyReading
from accesscfg.model.paths import parse_key_path
from accesscfg.model.plan import ApplyResult, ChangeResult, Means, Outcome, Plan
from accesscfg.workspace import SecretEntry, Validation
from tests.report.plans import NORTH, drifted

HERE = Mark("exchanges.yaml", 1, 1)
EVENTS: tuple[Event, ...] = (
    Opening(1),
    ReadingStarted(1, 3),
    KeyRead(parse_key_path("desk/trader"), KeyReading({})),
    Waiting("desk", 2.5, "rate limit"),
)


def declared(*paths: str) -> Declaration:
    """A declaration with these keys of one account."""
    keys = tuple(
        DesiredKey(parse_key_path(path), HERE, "north", frozenset(), (), Unrestricted()) for path in paths
    )
    account = DesiredAccount("desk", "north", HERE, "production", Egress(), None, keys, ())
    return Declaration(Path("."), Path("exchanges.yaml"), (account,), Policies(), {}, (), "d" * 64)


@dataclass
class StubWorkspace:
    """Gives `plan_` for a plan; applying does every change that can be made by API."""

    plan_: Plan = field(default_factory=drifted)
    findings: tuple[Finding, ...] = ()
    keys: tuple[str, ...] = ("desk/trader", "desk/lost")
    profile: Any = NORTH
    error: Exception | None = None
    refusal: Exception | None = None
    applying: Callable[[asyncio.Event], Awaitable[None]] | None = None
    file: Path = Path("exchanges.yaml")
    calls: list[tuple[str, object]] = field(default_factory=list)
    holding: bool = False

    @property
    def profiles(self) -> SimpleNamespace:
        return SimpleNamespace(get={self.profile.exchange: self.profile, "north": self.profile}.get)

    def validate(self) -> Validation:
        invalid = any(one.severity == "error" and one.kind == "declaration" for one in self.findings)
        return Validation(None if invalid else declared(*self.keys), self.findings)

    async def plan(self, targets: Sequence[str] = (), on_event: Listener = print) -> Plan:
        self.calls.append(("plan", tuple(targets)))
        for event in EVENTS:
            on_event(event)
        if self.error is not None:
            raise self.error
        return self.plan_

    def refuse(self, plan: Plan, allow: Sequence[str] = (), only: str | None = None) -> None:
        if self.refusal is not None:
            raise self.refusal

    async def refit(self, saved: Mapping[str, object], on_event: Listener = print) -> Plan:
        self.calls.append(("refit", saved))
        return self.plan_

    @contextlib.contextmanager
    def locked(self, what: str = "") -> Iterator[None]:
        self.holding = True
        try:
            yield
        finally:
            self.holding = False

    async def apply(
        self,
        plan: Plan,
        *,
        allow: Sequence[str] = (),
        only: str | None = None,
        on_event: Listener = print,
        stop: asyncio.Event | None = None,
    ) -> ApplyResult:
        assert self.holding
        assert stop is not None
        self.calls.append(("apply", (plan.id, tuple(allow), only)))
        if self.applying is not None:
            await self.applying(stop)
        results = tuple(
            ChangeResult(
                one, Outcome.DONE if one.means is Means.API else Outcome(one.means.value), one.reason
            )
            for one in plan.changes
        )
        writes = sum(1 for one in results if one.outcome is Outcome.DONE)
        return ApplyResult(plan, results, writes, interrupted=stop.is_set())

    def secrets_check(self) -> list[Finding]:
        return list(self.findings)

    def secrets_list(self) -> list[SecretEntry]:
        return [
            SecretEntry("desk/trader", ("api_key", "api_secret"), Path("secrets.sops.yaml"), declared=True),
            SecretEntry("desk/old", ("api_key",), Path("secrets.sops.yaml"), declared=False),
        ]

    def secrets_set(self, key: str, fields: Mapping[str, str], file: Path | None = None) -> Path:
        self.calls.append(("secrets_set", (key, dict(fields), file)))
        return file or Path("secrets.sops.yaml")

    def secret_in_vain(self, key: str) -> str | None:
        return None

    def called(self, name: str) -> list[object]:
        """What a method was called with."""
        return [given for called, given in self.calls if called == name]
