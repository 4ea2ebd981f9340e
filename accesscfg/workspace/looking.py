"""Plans: the declaration compared with what the exchanges show."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from accesscfg.model.errors import (
    AccesscfgError,
    InvalidDeclaration,
    Refused,
    UsageError,
)
from accesscfg.model.events import Listener, Waiting, nobody

if TYPE_CHECKING:
    from datetime import datetime

    from accesscfg.engine.attested import Register
    from accesscfg.engine.keyring import Keyring
    from accesscfg.engine.plan import Compared, Context
    from accesscfg.exchanges.client import Limiters, Lines
    from accesscfg.model.attestation import Attestation
    from accesscfg.model.board import LastSeen
    from accesscfg.model.desired import Declaration, DesiredKey
    from accesscfg.model.events import Event
    from accesscfg.model.observed import KeyReading, Sighting
    from accesscfg.model.paths import KeyPath, Selector
    from accesscfg.model.plan import Means, Plan, Refusal
    from accesscfg.policy.guards import Scene
    from accesscfg.secrets import Kept

from accesscfg.workspace.offline import Offline


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan was made from, kept so that applying it decrypts and asks nothing twice."""

    declaration: Declaration
    keyring: Keyring
    sighting: Sighting
    attestations: tuple[Attestation, ...] = ()


class Looking(Offline):
    """Asks the exchanges, reading only."""

    def __init__(self, file: Path, environ: Mapping[str, str]) -> None:
        super().__init__(file, environ)
        self._bases: dict[str, Basis] = {}
        self._seen: dict[str, KeyReading] = {}  # the newest reading of each key; no secrets
        self._limiters: Limiters = {}
        self._kept: Kept | None = None

    async def plan(self, targets: Sequence[str] = (), on_event: Listener = nobody) -> Plan:
        """Compare the declaration with the live exchanges. Sends reading calls only.

        Raises InvalidDeclaration, SecretsError, UsageError (a target that matches nothing).
        """
        from accesscfg.engine.observe import Scope, observe
        from accesscfg.engine.plan import selected_keys
        from accesscfg.model.paths import parse_selectors
        from accesscfg.unlock import unlock

        declaration = self.load()
        attestations, _ = self.attestations(declaration)
        selectors = parse_selectors(targets)
        keys = selected_keys(declaration, selectors)
        _each_matches(selectors, declaration)
        scope = Scope(frozenset(key.path for key in keys), whole=not selectors)
        keyring = await unlock(declaration, self._asked(declaration, scope.selected), on_event, self._kept)
        compared: dict[KeyPath, Compared] = {}
        told = self._comparing(declaration, keyring, attestations, tuple(targets), on_event, compared)
        async with self._lines(on_event) as lines:
            sighting = await observe(declaration, scope, keyring, lines, told)
        basis = Basis(declaration, keyring, sighting, attestations)
        self._seen = {**self._seen, **sighting.readings}
        return self._planned(basis, scope.selected, tuple(targets), compared)

    def forget(self, plan_id: str) -> None:
        """Drop what a plan was made from, its credentials among it: it cannot be applied any more. What was seen stays
        known."""
        self._bases.pop(plan_id, None)

    def unlock_at_terminal(self) -> None:
        """Open the secrets files once, letting sops ask at the terminal, and keep them in memory for this workspace.

        For a program that owns the terminal and has just left it free. Raises InvalidDeclaration, SecretsError.
        """
        from accesscfg.unlock import unlock_at_terminal

        self._kept = unlock_at_terminal(self.load())

    def _asked(self, declaration: Declaration, selected: Collection[KeyPath]) -> frozenset[KeyPath]:
        """Those of the keys of whose exchange anything can be asked: the others need no credential."""
        keys = (key for key in declaration.all_keys() if key.path in selected)
        return frozenset(key.path for key in keys if self.profile_of(key.exchange).reads)

    def _planned(
        self,
        basis: Basis,
        selected: Collection[KeyPath],
        targets: tuple[str, ...],
        compared: Mapping[KeyPath, Compared] = MappingProxyType({}),
    ) -> Plan:
        from accesscfg.engine.plan import make_plan
        from accesscfg.lastboard import keep_board
        from accesscfg.model.plan import Means
        from accesscfg.policy.declared import violations
        from accesscfg.policy.lifecycle import unjudged_ages
        from accesscfg.policy.live import undeclared

        context = self._context(basis.declaration, basis.keyring, basis.attestations, targets)
        plan = make_plan(basis.declaration, selected, basis.sighting, context, compared)
        warned = self._refusals(plan, basis, Means.MANUAL)
        plan = replace(
            plan,
            violations=(
                *violations(basis.declaration, self.profiles),
                *undeclared(basis.declaration, basis.sighting),
            ),
            refusals=self._refusals(plan, basis, Means.API),
            notes=(
                *plan.notes,
                *unjudged_ages(basis.declaration, selected, basis.sighting.readings, self.profile_of),
                *(f"careful with {one.change} on {one.key}: {one.why}" for one in warned),
            ),
        )
        self._bases[plan.id] = basis
        with contextlib.suppress(AccesscfgError):  # a workspace that cannot be written to can be planned
            keep_board(self.local / "board.json", plan, basis.declaration)
        return plan

    def _context(
        self,
        declaration: Declaration,
        keyring: Keyring,
        attestations: tuple[Attestation, ...],
        targets: tuple[str, ...],
    ) -> Context:
        from accesscfg import __version__
        from accesscfg.engine.plan import Context
        from accesscfg.policy.lifecycle import lifecycle, utc_now

        now = utc_now()
        return Context(
            profile_of=self.profile_of,
            lifecycle_of=lambda key, reading, profile: lifecycle(
                key, reading, profile, declaration.policies, now
            ),
            version=__version__,
            made_at=now,
            targets=targets,
            sandbox=self.sandbox_url is not None,
            has_passphrase=keyring.has_passphrase,
            register=self._register(declaration, keyring, attestations, now),
        )

    def _register(
        self, declaration: Declaration, keyring: Keyring, entries: tuple[Attestation, ...], now: datetime
    ) -> Register:
        from accesscfg.engine.attested import Ages, Register, by_slot

        ages = Ages.of(declaration.policies, now)
        return Register(declaration, by_slot(entries), keyring.id_of, ages, self.sandbox_url is not None)

    def _comparing(
        self,
        declaration: Declaration,
        keyring: Keyring,
        attestations: tuple[Attestation, ...],
        targets: tuple[str, ...],
        on_event: Listener,
        compared: dict[KeyPath, Compared],
    ) -> Listener:
        """A listener that also tells how each key compares, as soon as all answers of its account are there, and
        keeps that in `compared`."""
        if on_event is nobody:
            return on_event
        from accesscfg.engine.plan import plan_key
        from accesscfg.model.events import AccountRead, KeyCompared, KeyRead

        context = self._context(declaration, keyring, attestations, targets)
        readings: dict[str, KeyReading] = {}

        def listen(event: Event) -> None:
            on_event(event)
            if isinstance(event, KeyRead):
                readings[str(event.path)] = event.reading
            elif isinstance(event, AccountRead):
                account = declaration.account(event.account)
                for key in account.all_keys():
                    if str(key.path) in readings:
                        profile = self.profile_of(key.exchange)
                        compared[key.path] = plan_key(account, key, readings, profile, context)
                        on_event(KeyCompared(*compared[key.path]))

        return listen

    def last_board(self) -> dict[str, LastSeen]:
        """How each key stood when this machine last looked at it, by key path; it says nothing about now."""
        from accesscfg.lastboard import read_board

        return read_board(self.local / "board.json")

    def wanted_digest(self, key: DesiredKey) -> str:
        """What `LastSeen.wanted` is compared with."""
        from accesscfg.lastboard import wanted_digest

        return wanted_digest(key)

    def _refusals(self, plan: Plan, basis: Basis, means: Means) -> tuple[Refusal, ...]:
        if all(change.means is not means for change in plan.changes):
            return ()
        from accesscfg.policy.guards import refusals

        return refusals(plan.changes, self._scene(plan, basis), means)

    def _scene(self, plan: Plan, basis: Basis) -> Scene:
        from accesscfg.policy.guards import Scene, signing_keys

        signing = signing_keys(plan, basis.declaration)
        return Scene(basis.declaration, self.profile_of, basis.sighting.runner_addresses, signing)

    def still_declared(self, plan: Plan) -> bool:
        """Whether the files declare what they did when the plan was made; not where they are not valid now."""
        try:
            return self.load().hash == plan.declaration_hash
        except InvalidDeclaration:
            return False

    async def refit(self, saved: Mapping[str, object], on_event: Listener = nobody) -> Plan:
        """The plan of a saved plan's JSON, computed again. Raises Refused when it differs or was used before."""
        from accesscfg.engine.refit import same_changes, saved_plan

        old = saved_plan(saved)
        if (self.local / "plans" / old.id).exists():
            raise Refused(
                "this plan was applied before on this machine",
                where=old.id,
                why="a plan is used once",
                fix="make a new plan: accesscfg plan --out FILE",
            )
        if self.load().hash != old.declaration_hash:
            raise Refused(
                "the declaration has changed since the plan was made",
                where=old.id,
                fix="make a new plan and review it: accesscfg plan --out FILE",
            )
        plan = await self.plan(old.targets, on_event)
        difference = same_changes(old, plan)
        if difference:
            raise Refused(
                "the plan no longer fits what the exchanges show",
                where=old.id,
                why=difference,
                fix="make a new plan and review it: accesscfg plan --out FILE",
            )
        self._bases[old.id] = self._bases.pop(plan.id)
        return replace(plan, id=old.id)

    def _lines(self, on_event: Listener, *, writing: bool = False) -> Lines:
        from accesscfg.exchanges.client import Lines

        return Lines(
            self.profiles.provider,
            self.sandbox_url,
            lambda account, seconds, why: on_event(Waiting(account, seconds, why)),
            writing=writing,
            limiters=self._limiters,
        )


def _each_matches(selectors: Sequence[Selector], declaration: Declaration) -> None:
    for selector in selectors:
        if not any(selector.matches(key.path, key.exchange, key.used_by) for key in declaration.all_keys()):
            raise UsageError(
                f"--target {selector.text} matches no declared key",
                fix="write a glob over key paths (binance-main/*), used_by=NAME or exchange=NAME",
            )
