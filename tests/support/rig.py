"""A declaration and a world in one hand: run the real engine against the real simulators, without sops.

`Rig` names what is wanted and what is live per key; `plan()` and `apply()` go over loopback sockets through the same
client, provider and engine as the program does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from accesscfg.engine.apply import Run, apply
from accesscfg.engine.observe import Keyring, Scope, observe
from accesscfg.engine.plan import Context, make_plan
from accesscfg.exchanges.client import Lines
from accesscfg.model.desired import (
    Declaration,
    DesiredAccount,
    DesiredKey,
    DesiredSub,
    Egress,
    Policies,
)
from accesscfg.model.events import nobody
from accesscfg.model.findings import Mark
from accesscfg.model.networks import Addresses, Unrestricted, Whitelist
from accesscfg.model.observed import Sighting
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import ApplyResult, Change, ChangeResult, Lifecycle, LifecycleWord, Plan
from accesscfg.sandbox import Sandbox
from accesscfg.secrets import Credential, Secret
from tests.support.build import NOW
from tests.support.venues import PROFILES, Venue

HOME = "127.0.0.1"
MARK = Mark("exchanges.yaml", 1, 1)


@dataclass(frozen=True)
class Side:
    """A key's rights and whitelist; `ips` None is unrestricted."""

    permissions: tuple[str, ...]
    ips: tuple[str, ...] | None = (HOME,)
    label: str | None = None

    @property
    def whitelist(self) -> Whitelist:
        """As the model says it."""
        return Unrestricted() if self.ips is None else Addresses(frozenset(self.ips))


@dataclass(frozen=True)
class Pair:
    """One key as declared and as live; None where one side does not have it."""

    wanted: Side | None
    live: Side | None


@dataclass
class Memory:
    """A recorder that keeps what it is told."""

    intents: list[str] = field(default_factory=list)
    outcomes: list[tuple[str, str]] = field(default_factory=list)

    def intent(self, changes: Sequence[Change]) -> None:
        """See Recorder."""
        self.intents += [change.id for change in changes]

    def outcome(self, results: Sequence[ChangeResult]) -> None:
        """See Recorder."""
        self.outcomes += [(result.change.id, result.outcome.value) for result in results]


@dataclass
class Rig:
    """One account `main` of a venue: its managing key, other keys of its own, and one sub-account `sub`."""

    venue: Venue
    own: Mapping[str, Pair] = field(default_factory=dict)
    sub: Mapping[str, Pair] = field(default_factory=dict)
    manager: Pair | None = None
    policies: Policies = field(default_factory=Policies)
    options: Mapping[str, Any] = field(default_factory=dict)
    egress: Egress = field(default_factory=lambda: Egress(addresses=frozenset({HOME})))

    def __post_init__(self) -> None:
        if self.manager is None:
            self.manager = Pair(Side(self.venue.manager), Side(self.venue.manager))

    # -- the two sides -------------------------------------------------------------------------------------------

    def _pairs(self) -> dict[KeyPath, Pair]:
        assert self.manager is not None
        own = {KeyPath("main", None, name): pair for name, pair in {"manager": self.manager, **self.own}.items()}
        return {**own, **{KeyPath("main", "sub", name): pair for name, pair in self.sub.items()}}

    def key_id(self, path: KeyPath) -> str:
        """The made-up API key of a key."""
        return f"key{path.sub or ''}{path.key}".replace("-", "")

    def credential(self, path: KeyPath) -> Credential:
        """Its made-up credential."""
        phrase = self.venue.passphrase
        return Credential(
            Secret(self.key_id(path)),
            api_secret=Secret(f"secret-{path}"),
            passphrase=None if phrase is None else Secret(phrase),
        )

    def world(self) -> dict[str, Any]:
        """The live side in the sandbox's form."""
        keys: dict[str | None, list[dict[str, Any]]] = {None: [], "sub": []}
        for path, pair in self._pairs().items():
            if pair.live is not None:
                keys[path.sub].append(self._live(path, pair.live))
        sub = {"id": "sub", "keys": keys["sub"], **self.venue.sub_fields}
        account = {"id": "main", "uid": "4711", "keys": keys[None], "sub_accounts": [sub]}
        options = {"options": dict(self.options)} if self.options else {}
        return {"exchanges": {self.venue.exchange: {"accounts": [account], **options}}}

    def _live(self, path: KeyPath, side: Side) -> dict[str, Any]:
        made = {
            "api_key": self.key_id(path),
            "api_secret": f"secret-{path}",
            "label": side.label or path.key,
            "permissions": [native for native in side.permissions if native != "read"],
            "ip_whitelist": None if side.ips is None else list(side.ips),
        }
        return made if self.venue.passphrase is None else {**made, "passphrase": self.venue.passphrase}

    def declaration(self) -> Declaration:
        """The wanted side."""
        keys = [self._wanted(path, pair.wanted) for path, pair in self._pairs().items() if pair.wanted is not None]
        sub = DesiredSub(
            "sub", self.venue.sub_id, MARK, self.egress, tuple(key for key in keys if key.path.sub is not None)
        )
        account = DesiredAccount(
            name="main",
            exchange=self.venue.exchange,
            where=MARK,
            endpoint="production",
            egress=self.egress,
            id=None,
            keys=tuple(key for key in keys if key.path.sub is None),
            subs=(sub,),
        )
        return Declaration(Path("."), Path("exchanges.yaml"), (account,), self.policies, {}, (), "hash")

    def _wanted(self, path: KeyPath, side: Side) -> DesiredKey:
        return DesiredKey(
            path=path,
            where=MARK,
            exchange=self.venue.exchange,
            permissions=frozenset(side.permissions),
            declared_permissions=side.permissions,
            whitelist=side.whitelist,
            label=side.label,
            managed_by=None if path.sub is None else KeyPath("main", None, "manager"),
        )

    # -- running -------------------------------------------------------------------------------------------------

    def keyring(self) -> Keyring:
        """The credentials of every declared key."""
        return Keyring({str(path): self.credential(path) for path, pair in self._pairs().items() if pair.wanted})

    def plan(self, sandbox: Sandbox, targets: Sequence[str] = ()) -> Plan:
        """Observe and plan."""
        return asyncio.run(self._plan(sandbox, targets))[0]

    async def _plan(self, sandbox: Sandbox, targets: Sequence[str] = ()) -> tuple[Plan, Sighting]:
        declaration = self.declaration()
        paths = frozenset(key.path for key in declaration.keys() if not targets or str(key.path) in targets)
        async with Lines(PROFILES.provider, sandbox.url, lambda *_: None) as lines:
            sighting = await observe(declaration, Scope(paths, not targets), self.keyring(), lines, nobody)
        context = Context(
            profile_of=lambda name: self.venue.profile,
            lifecycle_of=lambda *_: LifecycleWord(Lifecycle.OK),
            version="test",
            made_at=NOW,
        )
        return make_plan(declaration, paths, sighting, context), sighting

    def apply(
        self,
        sandbox: Sandbox,
        plan: Plan,
        *,
        only: Literal["grants", "revokes"] | None = None,
        memory: Memory | None = None,
        stop: asyncio.Event | None = None,
    ) -> ApplyResult:
        """Make the changes of a plan; guards are not asked."""

        async def go() -> ApplyResult:
            async with Lines(PROFILES.provider, sandbox.url, lambda *_: None, writing=True) as lines:
                run = Run(
                    plan=plan,
                    declaration=self.declaration(),
                    keyring=self.keyring(),
                    lines=lines,
                    recorder=memory or Memory(),
                    on_event=nobody,
                    stop=stop or asyncio.Event(),
                    only=only,
                )
                return await apply(run)

        return asyncio.run(go())

    def live_as_wanted(self) -> Rig:
        """The same declaration over a world that matches it."""
        manager = self.manager
        assert manager is not None
        return replace(
            self,
            manager=Pair(manager.wanted, manager.wanted),
            own={name: Pair(pair.wanted, pair.wanted) for name, pair in self.own.items()},
            sub={name: Pair(pair.wanted, pair.wanted) for name, pair in self.sub.items()},
        )


def writes(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The writing requests that the sandbox received."""
    return [entry for entry in sandbox.log() if entry["write"]]
