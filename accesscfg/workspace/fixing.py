"""What a person does: guided fixes on websites, and attestations of what nobody can see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from accesscfg.model.errors import (
    AccesscfgError,
    SecretsError,
)
from accesscfg.model.events import Listener, nobody

if TYPE_CHECKING:
    from datetime import datetime

    from accesscfg.guiding import Wish
    from accesscfg.model.attestation import Attestation, AttestResult
    from accesscfg.model.desired import DesiredKey
    from accesscfg.model.guide import Guide, Verification
    from accesscfg.model.plan import KeyResult
    from accesscfg.model.profile import Entry

from accesscfg.workspace.credentials import Credentials
from accesscfg.workspace.looking import Basis


class Fixing(Credentials):
    """Leads a person, and keeps their word."""

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
            entries, _ = self.attestations(declaration)
            basis = Basis(
                declaration, Keyring({}), unseen(key, self.profile_of(key.exchange), error), entries
            )
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
