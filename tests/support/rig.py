"""A declaration and a world in one hand: run the real engine against the real simulators, without sops.

`Rig` names what is wanted and what is live per key; `plan()` and `apply()` go over loopback sockets through the same
client, provider and engine as the program does.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from accesscfg.engine.apply import Recorder, Run, apply
from accesscfg.engine.keyring import Keyring
from accesscfg.engine.observe import Scope, observe
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
from accesscfg.model.events import Listener, nobody
from accesscfg.model.findings import Mark
from accesscfg.model.networks import Addresses, Unrestricted, Whitelist
from accesscfg.model.observed import Sighting
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import ApplyResult, Change, ChangeResult, Lifecycle, LifecycleWord, Plan
from accesscfg.model.profile import Profile
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
    """One key as declared and as live; None where one side does not have it.

    `declared` are more fields of the declared key, `made` more fields of the live one in the sandbox's form.
    """

    wanted: Side | None
    live: Side | None
    declared: Mapping[str, Any] = field(default_factory=dict)
    made: Mapping[str, Any] = field(default_factory=dict)


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
    """One account of a venue: its managing key, other keys of its own, and one sub-account `sub`.

    `beside` are rigs of other accounts in the same declaration and world, `more_subs` live sub-accounts that nobody
    declared. `secrets` replaces made-up secrets by key path, in the credentials only; `id` is the declared account id.
    """

    venue: Venue
    own: Mapping[str, Pair] = field(default_factory=dict)
    sub: Mapping[str, Pair] = field(default_factory=dict)
    manager: Pair | None = None
    policies: Policies = field(default_factory=Policies)
    options: Mapping[str, Any] = field(default_factory=dict)
    egress: Egress = field(default_factory=lambda: Egress(addresses=frozenset({HOME})))
    account: str = "main"
    id: str | None = None
    beside: Sequence[Rig] = ()
    more_subs: Sequence[Mapping[str, Any]] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    seen_as: str | None = None

    def __post_init__(self) -> None:
        if self.manager is None:
            self.manager = Pair(Side(self.venue.manager), Side(self.venue.manager))

    @property
    def rigs(self) -> tuple[Rig, ...]:
        """Every account, this one first."""
        return (self, *self.beside)

    # -- the two sides -------------------------------------------------------------------------------------------

    def pairs(self) -> dict[KeyPath, Pair]:
        """The keys of this account, those of its sub-account last."""
        assert self.manager is not None
        own = {self.path(name): pair for name, pair in {"manager": self.manager, **self.own}.items()}
        return {**own, **{self.path(name, "sub"): pair for name, pair in self.sub.items()}}

    def path(self, name: str, sub: str | None = None) -> KeyPath:
        """The path of a key."""
        return KeyPath(self.account, sub, name)

    def key_id(self, path: KeyPath) -> str:
        """The made-up API key of a key."""
        return f"{path.account}{path.sub or ''}{path.key}".replace("-", "")

    def credential(self, path: KeyPath) -> Credential:
        """Its made-up credential."""
        phrase = self.venue.passphrase
        return Credential(
            Secret(self.key_id(path)),
            api_secret=Secret(_secret(self.secrets.get(str(path), str(path)))),
            passphrase=None if phrase is None else Secret(phrase),
        )

    def world(self) -> dict[str, Any]:
        """The live side in the sandbox's form."""
        exchanges: dict[str, Any] = {}
        for rig in self.rigs:
            exchange = exchanges.setdefault(rig.venue.exchange, {"accounts": [], "options": {}})
            exchange["accounts"].append(rig._live_account())
            exchange["options"].update({**rig.venue.options, **rig.options})
        return {"exchanges": exchanges}

    def _live_account(self) -> dict[str, Any]:
        keys: dict[str | None, list[dict[str, Any]]] = {None: [], "sub": []}
        for path, pair in self.pairs().items():
            if pair.live is not None:
                keys[path.sub].append({**self._live(path, pair.live), **pair.made})
        sub = {"id": "sub", "keys": keys["sub"], **self.venue.sub_fields}
        subs = [sub, *map(dict, self.more_subs)]
        account = {"id": self.account, "uid": self.uid, "keys": keys[None], "sub_accounts": subs}
        return account if self.seen_as is None else {**account, "seen_as": self.seen_as}

    @property
    def uid(self) -> str:
        """The account's number at the exchange, different for each name."""
        return "4711" if self.account == "main" else str(4712 + sum(self.account.encode()))

    def _live(self, path: KeyPath, side: Side) -> dict[str, Any]:
        made = {
            "api_key": self.key_id(path),
            "api_secret": _secret(str(path)),
            "label": side.label or path.key,
            "permissions": self.venue.spelt(side.permissions),
            "ip_whitelist": None if side.ips is None else list(side.ips),
        }
        return made if self.venue.passphrase is None else {**made, "passphrase": self.venue.passphrase}

    def declaration(self) -> Declaration:
        """The wanted side."""
        accounts = tuple(rig._wanted_account() for rig in self.rigs)
        return Declaration(Path("."), Path("exchanges.yaml"), accounts, self.policies, {}, (), "hash")

    def _wanted_account(self) -> DesiredAccount:
        keys = [self._wanted(path, pair) for path, pair in self.pairs().items() if pair.wanted is not None]
        sub_keys = tuple(key for key in keys if key.path.sub is not None)
        return DesiredAccount(
            name=self.account,
            exchange=self.venue.exchange,
            where=MARK,
            endpoint="production",
            egress=self.egress,
            id=self.id,
            keys=tuple(key for key in keys if key.path.sub is None),
            subs=(DesiredSub("sub", self.venue.sub_id, MARK, self.egress, sub_keys),),
        )

    def _wanted(self, path: KeyPath, pair: Pair) -> DesiredKey:
        side = pair.wanted
        assert side is not None
        key = DesiredKey(
            path=path,
            where=MARK,
            exchange=self.venue.exchange,
            permissions=frozenset(side.permissions),
            declared_permissions=tuple(f"native:{native}" for native in side.permissions),
            whitelist=side.whitelist,
            label=side.label,
            managed_by=None if path.sub is None else self.path("manager"),
        )
        return replace(key, **pair.declared)

    # -- running -------------------------------------------------------------------------------------------------

    def keyring(self) -> Keyring:
        """The credentials of every declared key that is held."""
        return Keyring(
            {
                str(path): rig.credential(path)
                for rig in self.rigs
                for path, pair in rig.pairs().items()
                if pair.wanted is not None and pair.declared.get("held", True)
            }
        )

    def sight(self, sandbox: Sandbox, targets: Sequence[str] = ()) -> Sighting:
        """Observe."""
        declaration = self.declaration()
        scope = Scope(_selected(declaration, targets), whole=not targets)

        async def go() -> Sighting:
            async with Lines(PROFILES.provider, sandbox.url, lambda *_: None) as lines:
                return await observe(declaration, scope, self.keyring(), lines, nobody)

        return asyncio.run(go())

    def plan(self, sandbox: Sandbox, targets: Sequence[str] = ()) -> Plan:
        """Observe and plan."""
        return self.plan_of(self.sight(sandbox, targets), targets)

    def plan_of(self, sighting: Sighting, targets: Sequence[str] = ()) -> Plan:
        """Plan from what was seen."""
        declaration = self.declaration()
        context = Context(
            profile_of=profile_of,
            lifecycle_of=lambda *_: LifecycleWord(Lifecycle.OK),
            version="test",
            made_at=NOW,
            has_passphrase=self.keyring().has_passphrase,
        )
        return make_plan(declaration, _selected(declaration, targets), sighting, context)

    def apply(
        self,
        sandbox: Sandbox,
        plan: Plan,
        *,
        only: Literal["grants", "revokes"] | None = None,
        leave_out: Sequence[str] = (),
        memory: Recorder | None = None,
        on_event: Listener = nobody,
        stop: Callable[[], asyncio.Event] = asyncio.Event,
    ) -> ApplyResult:
        """Make the changes of a plan; guards are not asked. `stop` makes the event that ends the run."""

        async def go() -> ApplyResult:
            async with Lines(PROFILES.provider, sandbox.url, lambda *_: None, writing=True) as lines:
                run = Run(
                    plan=plan,
                    declaration=self.declaration(),
                    keyring=self.keyring(),
                    lines=lines,
                    recorder=memory or Memory(),
                    on_event=on_event,
                    stop=stop(),
                    only=only,
                    left_out=frozenset(key for key in self.pairs() if str(key) in leave_out),
                )
                return await apply(run)

        return asyncio.run(go())

    def live_as_wanted(self) -> Rig:
        """The same declaration over a world that matches it."""
        manager = self.manager
        assert manager is not None
        return replace(
            self,
            manager=_in_sync(manager),
            own={name: _in_sync(pair) for name, pair in self.own.items()},
            sub={name: _in_sync(pair) for name, pair in self.sub.items()},
            beside=tuple(rig.live_as_wanted() for rig in self.beside),
        )


def _secret(text: str) -> str:
    """A secret made of a text, in Base64, as some exchanges have theirs."""
    return base64.b64encode(f"secret-{text}".encode()).decode()


def _in_sync(pair: Pair) -> Pair:
    return pair if pair.wanted is None else replace(pair, live=pair.wanted)


def _selected(declaration: Declaration, targets: Sequence[str]) -> frozenset[KeyPath]:
    return frozenset(key.path for key in declaration.all_keys() if not targets or str(key.path) in targets)


def profile_of(exchange: str) -> Profile:
    """The profile of an exchange."""
    profile = PROFILES.get(exchange)
    assert profile is not None
    return profile


def writes(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The writing requests that the sandbox received."""
    return [entry for entry in sandbox.log() if entry["write"]]


def calls(sandbox: Sandbox) -> list[str]:
    """The requests that the sandbox received, as METHOD /path."""
    return [f"{entry['method']} {entry['path']}" for entry in sandbox.log()]
