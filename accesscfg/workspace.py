"""The one façade that the command line, the TUI and library users call.

    workspace = Workspace.open(Path("."))
    plan = await workspace.plan()
    with workspace.locked():
        result = await workspace.apply(plan, allow=["last-address=binance-main/bot"])

Nothing heavy is imported before the method that needs it is called.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from accesscfg.model.errors import (
    AccesscfgError,
    InvalidDeclaration,
    Locked,
    Refused,
    SecretsError,
    UsageError,
)
from accesscfg.model.events import Listener, Waiting, nobody
from accesscfg.model.findings import Finding

if TYPE_CHECKING:
    import asyncio
    from datetime import datetime

    from accesscfg.config.retired import FileEdit, Removal
    from accesscfg.engine.attested import Register
    from accesscfg.engine.keyring import Keyring
    from accesscfg.engine.plan import Context
    from accesscfg.exchanges.client import Limiters, Lines
    from accesscfg.exchanges.registry import Profiles
    from accesscfg.guiding import Wish
    from accesscfg.model.attestation import Attestation, AttestResult
    from accesscfg.model.board import LastSeen
    from accesscfg.model.desired import Declaration, DesiredKey
    from accesscfg.model.events import Event
    from accesscfg.model.guide import Guide, Verification
    from accesscfg.model.observed import KeyReading, Sighting
    from accesscfg.model.paths import KeyPath, Selector
    from accesscfg.model.plan import ApplyResult, KeyResult, Means, Plan, Refusal
    from accesscfg.model.profile import Entry, Profile
    from accesscfg.policy.guards import Scene

SANDBOX_VARIABLE = "ACCESSCFG_SANDBOX"


@dataclass(frozen=True, slots=True)
class Validation:
    """What an offline look at the workspace found; `declaration` is None where it is not valid."""

    declaration: Declaration | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SecretEntry:
    """One entry of a secrets file, by names only."""

    path: str
    fields: tuple[str, ...]
    file: Path
    declared: bool


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a plan was made from, kept so that applying it decrypts and asks nothing twice."""

    declaration: Declaration
    keyring: Keyring
    sighting: Sighting
    attestations: tuple[Attestation, ...] = ()


class Workspace:
    """One workspace on this machine."""

    def __init__(self, file: Path, environ: Mapping[str, str]) -> None:
        self.file = file
        self.root = file.parent
        self.sandbox_url = _loopback_url(environ.get(SANDBOX_VARIABLE) or None)
        self._bases: dict[str, _Basis] = {}
        self._limiters: Limiters = {}

    @classmethod
    def open(cls, path: Path | None, environ: Mapping[str, str] | None = None) -> Workspace:
        """The workspace of a file or folder, or of the current folder. Raises AccesscfgError when there is none."""
        from accesscfg.config import find

        return cls(find(path), os.environ if environ is None else environ)

    @cached_property
    def profiles(self) -> Profiles:
        """What is known about the exchanges."""
        from accesscfg.exchanges.registry import Profiles

        return Profiles()

    def profile_of(self, exchange: str) -> Profile:
        """The profile of an exchange that a declaration names."""
        profile = self.profiles.get(exchange)
        if profile is None:
            raise UsageError(f"there is no exchange {exchange!r}")
        return profile

    # -- offline -------------------------------------------------------------------------------------------------

    def load(self) -> Declaration:
        """The declaration. Raises InvalidDeclaration with every finding."""
        from accesscfg.config import load

        return load(self.file, self.profiles, sandbox=self.sandbox_url is not None)

    def validate(self) -> Validation:
        """Everything that can be said offline; bad input becomes findings."""
        from accesscfg.policy.declared import violations

        try:
            declaration = self.load()
        except InvalidDeclaration as error:
            return Validation(None, error.findings)
        findings = (*declaration.warnings, *violations(declaration, self.profiles))
        try:
            return Validation(declaration, (*findings, *self.attestations(declaration)[1]))
        except InvalidDeclaration as error:
            return Validation(declaration, (*findings, *error.findings))

    @cached_property
    def attestations_file(self) -> Path:
        """Where attestations are kept: beside the declaration, in git. What is attested in the sandbox counts there
        only, and stays on this machine."""
        folder = self.root if self.sandbox_url is None else self.root / ".accesscfg"
        return folder / "attestations.yaml"

    def attestations(self, declaration: Declaration) -> tuple[tuple[Attestation, ...], tuple[Finding, ...]]:
        """Every entry, and warnings about those that count no longer, as far as that can be said offline.

        Raises InvalidDeclaration with every finding.
        """
        from accesscfg.config.attestations import read_attestations
        from accesscfg.engine.attested import Ages
        from accesscfg.engine.attested_offline import attestation_findings
        from accesscfg.policy.lifecycle import utc_now

        now = utc_now()
        entries = read_attestations(self.attestations_file, self.root, now)
        ages = Ages.of(declaration.policies, now)
        sandbox = self.sandbox_url is not None
        findings = attestation_findings(declaration, entries, self.profile_of, ages, sandbox=sandbox)
        if any(finding.severity == "error" for finding in findings):
            raise InvalidDeclaration(findings)
        return entries, findings

    def without_retired(self) -> Removal | None:
        """The edits that take the accounts of retired exchanges out of the declaration; None where there are none.

        Raises AccesscfgError where a file is written in a way that is not edited.
        """
        from accesscfg.config.retired import without_retired

        return without_retired(self.file, self.profiles, sandbox=self.sandbox_url is not None)

    def write_edits(self, edits: Sequence[FileEdit]) -> None:
        """Write edited files of the declaration, each whole or not at all. Raises AccesscfgError."""
        from accesscfg.config.replacing import replace_file

        for edit in edits:
            replace_file(edit.file, edit.before, edit.after)

    @cached_property
    def local(self) -> Path:
        """`.accesscfg/`: local to this machine, mode 0700, ignored by git."""
        folder = self.root / ".accesscfg"
        if folder.is_symlink():  # it could come with a pull request and lead anywhere
            raise AccesscfgError(
                "the folder for the lock and the audit trail is a link",
                where=str(folder),
                fix="remove it; accesscfg makes a folder of its own",
            )
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)
            ignore = folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n")
        except OSError as error:
            raise AccesscfgError(
                f"the folder for the lock and the audit trail cannot be made ({error.strerror})",
                where=str(folder),
                fix="make the workspace's folder writable",
            ) from None
        return folder

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the workspace on this machine. Raises Locked when another run does."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.local / "lock", timeout=0, mode=0o600)
        try:
            lock.acquire()
        except Timeout:
            raise Locked(
                "the workspace is locked by another run of accesscfg",
                where=str(self.root.resolve()),
                fix="wait for it to end, or stop it",
            ) from None
        except OSError as error:
            raise AccesscfgError(
                f"the lock cannot be made ({error.strerror})",
                where=lock.lock_file,
                fix="remove what is there, or make the folder writable",
            ) from None
        try:
            yield
        finally:
            lock.release()

    # -- plan ----------------------------------------------------------------------------------------------------

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
        keyring = await unlock(declaration, self._asked(declaration, scope.selected), on_event)
        told = self._comparing(declaration, keyring, attestations, tuple(targets), on_event)
        async with self._lines(on_event) as lines:
            sighting = await observe(declaration, scope, keyring, lines, told)
        basis = _Basis(declaration, keyring, sighting, attestations)
        return self._planned(basis, scope.selected, tuple(targets))

    def _asked(self, declaration: Declaration, selected: Collection[KeyPath]) -> frozenset[KeyPath]:
        """Those of the keys of whose exchange anything can be asked: the others need no credential."""
        keys = (key for key in declaration.all_keys() if key.path in selected)
        return frozenset(key.path for key in keys if self.profile_of(key.exchange).reads)

    def _planned(self, basis: _Basis, selected: Collection[KeyPath], targets: tuple[str, ...]) -> Plan:
        from accesscfg.engine.plan import make_plan
        from accesscfg.lastboard import keep_board
        from accesscfg.model.plan import Means
        from accesscfg.policy.declared import violations
        from accesscfg.policy.lifecycle import unjudged_ages
        from accesscfg.policy.live import undeclared

        context = self._context(basis.declaration, basis.keyring, basis.attestations, targets)
        plan = make_plan(basis.declaration, selected, basis.sighting, context)
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
            passphrases=keyring.with_passphrase(declaration),
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
    ) -> Listener:
        """A listener that also tells how each key compares, as soon as all answers of its account are there."""
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
                        on_event(KeyCompared(*plan_key(key, readings, profile, context)))

        return listen

    def last_board(self) -> dict[str, LastSeen]:
        """How each key stood when this machine last looked at it, by key path; it says nothing about now."""
        from accesscfg.lastboard import read_board

        return read_board(self.local / "board.json")

    def wanted_digest(self, key: DesiredKey) -> str:
        """What `LastSeen.wanted` is compared with."""
        from accesscfg.lastboard import wanted_digest

        return wanted_digest(key)

    def _refusals(self, plan: Plan, basis: _Basis, means: Means) -> tuple[Refusal, ...]:
        from accesscfg.policy.guards import refusals

        return refusals(plan.changes, self._scene(plan, basis), means)

    def _scene(self, plan: Plan, basis: _Basis) -> Scene:
        from accesscfg.policy.guards import Scene, signing_keys

        signing = signing_keys(plan, basis.declaration)
        return Scene(basis.declaration, self.profile_of, basis.sighting.runner_addresses, signing)

    # -- guided fixes --------------------------------------------------------------------------------------------

    async def guide(
        self, key: str, *, entry: Entry | None = None, new: bool = False, on_event: Listener = nobody
    ) -> Guide:
        """The manual fix of one declared key, with the ticks that were set before.

        Reads that key alone; where nothing can be read the guide goes through the whole declared state. `new` guides
        the making of a new key. Raises InvalidDeclaration, and UsageError for a key that is not declared.
        """
        from accesscfg.guiding import Wish

        wish = Wish(entry, new, no_secret=self._has_no_secret(key))
        return self.with_ticks((await self._guided(key, wish, on_event))[1])

    async def verify(self, key: str, on_event: Listener = nobody) -> Verification:
        """Look at one key after a manual fix. Steps that were ticked off and did not take effect lose their ticks.

        Raises like `guide`.
        """
        from accesscfg.guides import in_vain, verify
        from accesscfg.guiding import Wish
        from accesscfg.ticks import Ticks

        result, guide = await self._guided(key, Wish(no_secret=self._has_no_secret(key)), on_event)
        left = self.with_ticks(guide)
        if vain := in_vain(left, result):
            Ticks(self.local, left.key).set(vain, done=False)
        return verify(result, self.with_ticks(guide))

    def tick(self, key: str, steps: Collection[str], done: bool = True) -> None:
        """Tick steps of a key's guide off, or take the ticks away. Raises UsageError for a key not declared."""
        from accesscfg.guiding import declared
        from accesscfg.ticks import Ticks

        Ticks(self.local, declared(self.load(), key).path).set(steps, done=done)

    def start_over(self, key: str) -> None:
        """Take all ticks of a key's guide away. Raises UsageError for a key that is not declared."""
        from accesscfg.guiding import declared
        from accesscfg.ticks import Ticks

        Ticks(self.local, declared(self.load(), key).path).clear()

    def with_ticks(self, guide: Guide) -> Guide:
        """The guide with the ticks as they are now; those of steps that are gone are forgotten."""
        from accesscfg.ticks import Ticks

        try:
            local = self.local
        except AccesscfgError:  # a workspace that cannot be written to has no ticks
            return guide
        return guide.ticked(Ticks(local, guide.key).keep({step.id for step in guide.steps}))

    async def _guided(self, path: str, wish: Wish, on_event: Listener) -> tuple[KeyResult, Guide]:
        from accesscfg.engine.keyring import Keyring
        from accesscfg.guiding import declared, guide_of, result_of, unseen

        declaration = self.load()
        key = declared(declaration, path)
        try:
            plan = await self.plan([path], on_event)
        except SecretsError as error:
            basis = _Basis(declaration, Keyring({}), unseen(key, self.profile_of(key.exchange), error))
            plan = self._planned(basis, {key.path}, (path,))
        basis = self._bases.pop(plan.id)
        return result_of(plan, key), guide_of(key, plan, basis.sighting, self._scene(plan, basis), wish)

    def _has_no_secret(self, path: str) -> bool:
        """Whether a held key that its exchange shows has no entry in any secrets file."""
        from accesscfg.guiding import declared

        key = declared(self.load(), path)
        if not key.held or not self.profile_of(key.exchange).reads:
            return False
        try:
            stored = {entry.path for entry in self.secrets_list()}
        except SecretsError:
            return False
        return stored.isdisjoint(key.secret_ids)

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

    # -- apply ---------------------------------------------------------------------------------------------------

    async def apply(
        self,
        plan: Plan,
        *,
        allow: Sequence[str] = (),
        only: Literal["grants", "revokes"] | None = None,
        leave_out: Collection[KeyPath] = (),
        on_event: Listener = nobody,
        stop: asyncio.Event | None = None,
    ) -> ApplyResult:
        """Make the changes of a plan that this workspace just made. Hold `locked()` around it.

        Keys to `leave_out` are not touched, nor what waits for them.
        Raises Refused by a guard or a policy, and UsageError for a malformed `allow`, before any write.
        """
        from accesscfg.audit import AuditTrail
        from accesscfg.engine.apply import Run
        from accesscfg.engine.apply import apply as make

        if stop is None:
            import asyncio

            stop = asyncio.Event()
        basis = self._bases[plan.id]
        self.refuse(plan, allow, only, leave_out)
        trail = AuditTrail(self.local / "audit.jsonl")
        trail.begin(plan.id, plan.declaration_hash, allow)
        self._use_up(plan)
        async with self._lines(on_event, writing=True) as lines:
            result = await make(
                Run(
                    plan=plan,
                    declaration=basis.declaration,
                    keyring=basis.keyring,
                    lines=lines,
                    recorder=trail,
                    on_event=on_event,
                    stop=stop,
                    only=only,
                    left_out=frozenset(leave_out),
                )
            )
        # a last line that is missing is not worth losing the report of what was written
        with contextlib.suppress(AccesscfgError):
            trail.end(plan.id, result.writes)
        return result

    def refuse(
        self,
        plan: Plan,
        allow: Sequence[str] = (),
        only: str | None = None,
        leave_out: Collection[KeyPath] = (),
    ) -> None:
        """Raise what `apply` would raise before any write: Refused by a policy or guard, UsageError for `allow`."""
        from accesscfg.policy.guards import consents, standing

        if plan.violations:
            raise Refused(
                "\n".join(str(finding) for finding in plan.violations),
                why="a policy of this workspace forbids it; nothing was written",
                fix="change the declaration, or add an exception with a reason and an end date",
            )
        allowed = consents(allow)
        paths = {str(result.path) for result in plan.keys}
        strangers = sorted(path for _, path in allowed if path not in paths)
        if strangers:
            raise UsageError(f"--allow names {', '.join(strangers)}, which is no key of this plan")
        left_out = {
            change.id
            for change in plan.changes
            if (only is not None and change.direction != only) or change.key in leave_out
        }
        refused = [one for one in standing(plan.refusals, allowed) if one.change not in left_out]
        if refused:
            raise Refused(
                "\n".join(f"{one.key}: {one.guard}: {one.why}" for one in refused),
                why="a guard refuses it; nothing was written",
                fix="if it is meant: " + " ".join(dict.fromkeys(one.allow for one in refused)),
            )

    def _use_up(self, plan: Plan) -> None:
        folder = self.local / "plans"
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            os.close(os.open(folder / plan.id, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            raise Refused("this plan was applied before on this machine", where=plan.id) from None

    def _lines(self, on_event: Listener, *, writing: bool = False) -> Lines:
        from accesscfg.exchanges.client import Lines

        return Lines(
            self.profiles.provider,
            self.sandbox_url,
            lambda account, seconds, why: on_event(Waiting(account, seconds, why)),
            writing=writing,
            limiters=self._limiters,
        )

    # -- attest --------------------------------------------------------------------------------------------------

    async def attest(
        self,
        key: str,
        facets: Sequence[str] = (),
        *,
        by: str,
        note: str | None = None,
        on_event: Listener = nobody,
    ) -> AttestResult:
        """Record that a person found facets of a key as declared: those named, or all that cannot be fully seen.

        The key is read first, and what the exchange shows is not attested. Hold `locked()` around it. Raises
        UsageError for a key or facet that there is not, Refused for what differs or can be seen, InvalidDeclaration
        for a file of attestations that is not valid.
        """
        from accesscfg.engine.attesting import choose, facet_named, recorded, statable, statements
        from accesscfg.guiding import declared, result_of

        wanted = declared(self.load(), key)
        asked = [facet_named(facet) for facet in facets]
        by, note = statable(by, "--by"), None if note is None else statable(note, "--note")
        plan = await self.plan([key], on_event)
        basis = self._bases.pop(plan.id)
        result, reading = result_of(plan, wanted), basis.sighting.readings[key]
        register = self._register(basis.declaration, basis.keyring, basis.attestations, plan.made_at)
        choice = choose(result, asked)
        entries = statements(register, wanted, reading.live, choice.chosen, by, note)
        if entries:
            self._record(wanted, entries, plan.made_at)
        return recorded(result, self.attestations_file, choice, entries, register, reading.evidence)

    def _record(self, key: DesiredKey, entries: Sequence[Attestation], now: datetime) -> None:
        """Put entries into the file, in place of what was attested of the same before; and into the audit trail."""
        from accesscfg.audit import AuditTrail
        from accesscfg.config.attestations_write import write_attestations

        trail = AuditTrail(self.local / "audit.jsonl")
        trail.attest(entries, done=False)
        names = [str(path) for path in (key.path, key.previously) if path is not None]
        gone = {(name, entry.facet) for name in names for entry in entries}
        write_attestations(self.attestations_file, self.root, entries, gone, now)
        trail.attest(entries, done=True)

    # -- secrets -------------------------------------------------------------------------------------------------

    def secrets_check(self) -> list[Finding]:
        """What is wrong with the secrets files; needs no identity. Raises InvalidDeclaration."""
        from accesscfg.secrets import check_coverage, check_file, check_rules, find_rules

        declaration = self.load()
        files = declaration.secrets_files
        keys = tuple(declaration.all_keys())
        there = [file for file in files if file.exists()]
        rules = dict.fromkeys(path for file in there if (path := find_rules(file)) is not None)
        findings = [finding for path in rules for finding in check_rules(path)]
        findings += [finding for file in there for finding in check_file(file)]
        return findings + check_coverage(
            there,
            held={str(key.path) for key in keys if key.held and not key.absent},
            declared={str(key.path) for key in keys},
            previously={str(key.path): str(key.previously) for key in keys if key.previously is not None},
            passphrases={
                str(key.path) for key in keys if key.held and self.profile_of(key.exchange).needs_passphrase
            },
            unasked={str(key.path) for key in keys if not self.profile_of(key.exchange).reads},
        )

    def secrets_list(self) -> list[SecretEntry]:
        """The entries of the secrets files by name; needs no identity. Raises SecretsError."""
        from accesscfg.secrets import list_entries

        declaration = self.load()
        declared = {name for key in declaration.all_keys() for name in key.secret_ids}
        return [
            SecretEntry(entry.path, entry.fields, file, entry.path in declared)
            for file in declaration.secrets_files
            if file.exists()
            for entry in list_entries(file)
        ]

    def secrets_set(self, key: str, fields: Mapping[str, str], file: Path | None = None) -> Path:
        """Put the credential of a declared key into a secrets file: the one that has it, else `file` or the first.

        Returns that file. Raises UsageError for a key that is not declared, SecretsError when it cannot be written.
        """
        from accesscfg.secrets import update_secrets

        declaration = self.load()
        if all(str(declared.path) != key for declared in declaration.all_keys()):
            raise UsageError(
                f"{key} is not declared", fix="declare it in the workspace first, then set its secret"
            )
        self._refuse_credential(next(one for one in declaration.all_keys() if str(one.path) == key), fields)
        holders = [entry.file for entry in self.secrets_list() if entry.path == key]
        if holders and file is not None and file.resolve() not in [one.resolve() for one in holders]:
            raise UsageError(f"{key} has its entry in {holders[0]} already", fix="leave --file out")
        target = holders[0] if holders else file or declaration.secrets_files[0]
        update_secrets(target, {key: fields})
        return target

    def _refuse_credential(self, key: DesiredKey, fields: Mapping[str, str]) -> None:
        """Before a good credential is overwritten by one that cannot sign."""
        profile = self.profile_of(key.exchange)
        if profile.needs_passphrase and "passphrase" not in fields:
            raise UsageError(
                f"a credential of {profile.name} has a passphrase, and none is given",
                where=str(key.path),
                fix="give it too: fields api_key, api_secret and passphrase",
            )

    async def rehearsal_world(self) -> dict[str, object]:
        """A sandbox world that matches the declaration, with the real credentials in it; kept in memory only."""
        from accesscfg.rehearsal import world_of
        from accesscfg.unlock import unlock

        declaration = self.load()
        every = {key.path for key in declaration.all_keys()}
        keyring = await unlock(declaration, self._asked(declaration, every), nobody)
        return world_of(declaration, keyring.credentials, self.profile_of)


def _each_matches(selectors: Sequence[Selector], declaration: Declaration) -> None:
    for selector in selectors:
        if not any(selector.matches(key.path, key.exchange, key.used_by) for key in declaration.all_keys()):
            raise UsageError(
                f"--target {selector.text} matches no declared key",
                fix="write a glob over key paths (binance-main/*), used_by=NAME or exchange=NAME",
            )


def _loopback_url(url: str | None) -> str | None:
    """The sandbox's URL. Raises InvalidDeclaration unless it is plain http to a loopback address."""
    if url is None:
        return None
    import ipaddress
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
        fits = loopback and url.isprintable() and f"http://{parts.netloc}" == url.rstrip("/")
        fits = fits and "@" not in url and parts.port != 0
    except ValueError:  # also for a port that is none
        fits = False
    if not fits:
        raise InvalidDeclaration(
            [
                Finding(
                    "error",
                    "sandbox-url",
                    f"{SANDBOX_VARIABLE} must be the address of a sandbox on this machine",
                    where=SANDBOX_VARIABLE,
                    hint="write http://127.0.0.1:PORT, as `accesscfg sandbox serve` prints it",
                )
            ]
        )
    return url.rstrip("/")
