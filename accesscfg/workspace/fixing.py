"""What a person does: guided fixes on websites, and attestations of what nobody can see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from accesscfg.model.errors import (
    AccesscfgError,
    SecretsError,
)
from accesscfg.model.events import Listener, nobody

if TYPE_CHECKING:
    from datetime import datetime

    from accesscfg.model.attestation import Attestation, AttestResult
    from accesscfg.model.desired import DesiredKey
    from accesscfg.model.guide import Guide, Verification
    from accesscfg.model.observed import Sighting
    from accesscfg.model.paths import KeyPath
    from accesscfg.model.plan import Plan
    from accesscfg.model.profile import Entry
    from accesscfg.policy.guards import Scene
    from accesscfg.ticks import Way

from accesscfg.workspace.credentials import Credentials
from accesscfg.workspace.looking import Basis
from accesscfg.workspace.place import writes


@dataclass(frozen=True, slots=True)
class Glance:
    """What was seen when a guide was made, so that it can be made in another way without asking again."""

    key: DesiredKey
    plan: Plan
    sighting: Sighting
    scene: Scene
    no_secret: bool


class Fixing(Credentials):
    """Leads a person, and keeps their word."""

    def __init__(self, file: Path, environ: Mapping[str, str]) -> None:
        super().__init__(file, environ)
        self._glances: dict[str, Glance] = {}
        self._ways: dict[str, Way] = {}

    async def guide(
        self, key: str, *, entry: Entry | None = None, new: bool = False, on_event: Listener = nobody
    ) -> Guide:
        """The manual fix of one declared key, with the ticks that were set before.

        Reads that key alone; where nothing can be read the guide goes through the whole declared state. `new` guides
        the making of a new key. What is left out is as it was when steps of this guide were ticked off. Raises
        InvalidDeclaration, and UsageError for a key that is not declared.
        """
        way = self._way(key, entry, new)
        self._glances[key] = await self._glance(key, on_event)
        return self.guide_as_seen(key, entry=way.entry, new=new or (way.new and self._is_open(key)))

    def guide_as_seen(self, key: str, *, entry: Entry | None = None, new: bool = False) -> Guide:
        """The guide of what the last `guide` or `verify` of this key saw, made in another way; nothing is asked.

        Raises LookupError where there was none.
        """
        from accesscfg.guiding import Wish, guide_of
        from accesscfg.ticks import Way

        seen = self._glances[key]
        self._ways[key] = Way(entry, new)
        wish = Wish(entry, new, no_secret=seen.no_secret)
        return self.with_ticks(guide_of(seen.key, seen.plan, seen.sighting, seen.scene, wish))

    async def verify(self, key: str, on_event: Listener = nobody) -> Verification:
        """Look at one key after a manual fix. Steps that were ticked off and did not take effect lose their ticks,
        unless this session only reads.

        Raises like `guide`.
        """
        from accesscfg.guides import in_vain, verify
        from accesscfg.guiding import result_of
        from accesscfg.ticks import Ticks

        guide = await self.guide(key, on_event=on_event)
        seen = self._glances[key]
        result = result_of(seen.plan, seen.key)
        vain = () if self.reads_only else in_vain(guide, result)
        if vain:
            Ticks(self.local, guide.key).set(vain, done=False)
        return verify(result, self.with_ticks(guide))

    @writes
    def tick(self, key: str, steps: Collection[str], done: bool = True) -> None:
        """Tick steps of a key's guide off, or take the ticks away. Raises UsageError for a key not declared."""
        from accesscfg.ticks import Ticks

        Ticks(self.local, self._path_of(key)).set(steps, done=done, way=self._ways.get(key))

    @writes
    def start_over(self, key: str) -> None:
        """Take all ticks of a key's guide away. Raises UsageError for a key that is not declared."""
        from accesscfg.ticks import Ticks

        Ticks(self.local, self._path_of(key)).clear()

    def _path_of(self, key: str) -> KeyPath:
        """The path of a key whose guide was made, whatever has become of the files since; else of a declared one."""
        from accesscfg.guiding import declared

        seen = self._glances.get(key)
        return declared(self.load(), key).path if seen is None else seen.key.path

    def with_ticks(self, guide: Guide) -> Guide:
        """The guide with the ticks as they are now; those of steps that are gone are forgotten."""
        from accesscfg.ticks import Ticks

        try:
            local = self.local
        except AccesscfgError:  # a workspace that cannot be written to has no ticks
            return guide
        ticks, steps = Ticks(local, guide.key), {step.id for step in guide.steps}
        if self.reads_only:
            return guide.ticked({name: at for name, at in ticks.read().items() if name in steps})
        return guide.ticked(ticks.keep(steps))

    def _way(self, key: str, entry: Entry | None, new: bool) -> Way:
        """How a guide is asked for; what is left out is as in the guide that has ticks."""
        from accesscfg.guiding import declared
        from accesscfg.ticks import Ticks, Way

        path = declared(self.load(), key).path
        try:
            local = self.local
        except AccesscfgError:  # a workspace that cannot be written to has no ticks
            return Way(entry, new)
        before = Ticks(local, path).way()
        return Way(entry or before.entry, new or before.new)

    def _is_open(self, key: str) -> bool:
        """Whether something of a key was not seen to be as declared, nor attested."""
        from accesscfg.guides.subject import SETTLED
        from accesscfg.guiding import result_of

        seen = self._glances[key]
        return any(one.state not in SETTLED for one in result_of(seen.plan, seen.key).facets)

    async def _glance(self, path: str, on_event: Listener) -> Glance:
        from accesscfg.engine.keyring import Keyring
        from accesscfg.guiding import declared, unseen

        declaration = self.load()
        key = declared(declaration, path)
        try:
            plan = await self.plan([path], on_event)
        except SecretsError as error:
            entries, _ = self.attestations(declaration)
            basis = Basis(
                declaration, Keyring({}), unseen(key, self.profile_of(key.exchange), error), entries
            )
            plan = self._planned(basis, {key.path}, (path,))
        basis = self._bases.pop(plan.id)
        return Glance(key, plan, basis.sighting, self._scene(plan, basis), self._has_no_secret(path))

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

    @writes
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
