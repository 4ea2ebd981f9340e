"""Edits of the declaration: worked out and shown first, accepted afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from accesscfg.model.errors import Refused
from accesscfg.model.events import Listener, nobody

if TYPE_CHECKING:
    from accesscfg.model.adopt import Adoption
    from accesscfg.model.desired import Declaration, DesiredKey
    from accesscfg.model.edit import Edit, FileEdit, Pasted, Proposal
    from accesscfg.model.paths import KeyPath

from accesscfg.workspace.looking import Basis, Looking
from accesscfg.workspace.place import writes


class Editing(Looking):
    """Changes the workspace's files, by their lines."""

    def proposed(self, edit: Edit) -> Proposal:
        """What an edit would do; nothing is written.

        The changes that a plan would then hold are computed from what was last read in this session; nobody is asked.
        Raises InvalidDeclaration for files that are not valid as they are, Refused for an edit that cannot be made as
        they are written, UsageError for a key or a pool that there is not.
        """
        from accesscfg.config.proposing import drafted
        from accesscfg.model.edit import Proposal
        from accesscfg.policy.declared import violations

        before = self.load()
        draft = drafted(before, edit, self.profiles, sandbox=self.sandbox_url is not None)
        diff = tuple(line for one in draft.edits for line in _diff(one, self.root))
        after = draft.declaration
        if after is None or not draft.edits:
            return Proposal(edit, draft.edits, diff, draft.findings, declared=before.hash)
        touched = _touched(before, after)
        proposal = Proposal(
            edit,
            draft.edits,
            diff,
            (*draft.findings, *violations(after, self.profiles)),
            touched=touched,
            declared=before.hash,
            will_declare=after.hash,
        )
        return self._with_plan(proposal, after)

    async def adoption(
        self,
        key: str,
        facets: Sequence[str] = (),
        *,
        without_pools: bool = False,
        on_event: Listener = nobody,
    ) -> Adoption:
        """What a key's declaration could take over of its live values: of these facets, or of all in drift.

        The key is read first; nothing is written. Raises UsageError for a key or facet that there is not, and Refused
        for a facet that was named and cannot be taken over.
        """
        from accesscfg.engine.attesting import facet_named
        from accesscfg.guiding import declared, result_of
        from accesscfg.model.adopt import Adoption, adoptable
        from accesscfg.model.edit import KeyEdit
        from accesscfg.model.plan import FacetState

        wanted = declared(self.load(), key)
        asked = [facet_named(facet) for facet in facets]
        plan = await self.plan([key], on_event)
        results = [one for one in result_of(plan, wanted).facets if not asked or one.facet in asked]
        found = [adoptable(one, wanted) for one in results if one.state is FacetState.DRIFT]
        left = tuple(one for one in found if one.value is None)
        if left and asked:
            raise Refused(f"{left[0].facet} is not taken over", where=key, fix=left[0].why_not)
        values = {one.facet: one.value for one in found if one.value is not None}
        return Adoption(
            KeyEdit(wanted.path, values, without_pools) if values else None,
            left,
            tuple(one.facet for one in results if one.state is FacetState.UNKNOWN),
        )

    @writes
    def accept(self, proposal: Proposal) -> None:
        """Write a proposal that `proposed` made, and leave a line in the audit trail. Takes the lock itself.

        Raises Refused where it breaks a policy, is not valid, or no longer fits the files; Locked; AccesscfgError where
        it cannot be written. Then nothing was written.
        """
        from accesscfg.audit import AuditTrail

        if proposal.problems:
            raise Refused(
                "\n".join(map(str, proposal.problems)),
                why="the declaration would not be valid with this edit, or break a policy; nothing was written",
                fix="choose something else, or edit the file",
            )
        if not proposal.edits:
            return
        with self.locked("edit of the declaration"):
            if self.load().hash != proposal.declared:
                raise Refused(
                    "the declaration has changed since the edit was shown",
                    where=str(self.file),
                    why="what was agreed to may be something else by now; nothing was written",
                    fix="look at the edit anew",
                )
            trail = AuditTrail(self.local / "audit.jsonl")
            trail.edit(proposal, done=False)
            self.write_edits(proposal.edits)
            trail.edit(proposal, done=True)

    def addresses_in(self, text: str) -> Pasted:
        """The addresses in a text in any format that pool files may have."""
        from accesscfg.config.poolfile import words_of
        from accesscfg.model.edit import Pasted
        from accesscfg.model.networks import parse_entry

        entries: dict[str, None] = {}
        problems, ports, twice = [], 0, 0
        for word in words_of(text, ""):
            ports += word.has_port
            try:
                entry = parse_entry(word.text)
            except ValueError as error:
                problems.append((word.where.line, word.where.column, f"{word.text}: {error}"))
                continue
            twice += entry in entries
            entries[entry] = None
        return Pasted(tuple(entries), tuple(problems), ports, twice)

    def _with_plan(self, proposal: Proposal, after: Declaration) -> Proposal:
        """The proposal with what a plan would hold for its keys, as they were last read."""
        from dataclasses import replace

        from accesscfg.engine.plan import make_plan
        from accesscfg.model.plan import FacetState

        seen = self._last_seen()
        there = set() if seen is None else seen.sighting.readings.keys()
        known = {path for path in proposal.touched if str(path) in there}
        unread = [path for path in proposal.touched if path not in known]
        if seen is None or not known:
            return replace(proposal, unread=tuple(unread))
        context = self._context(after, seen.keyring, seen.attestations, ())
        plan = make_plan(after, known, seen.sighting, context)
        calm = [key for key in plan.keys if not plan.changes_of(key.path)]
        unread += [key.path for key in calm if FacetState.UNKNOWN in key.states]
        hidden = {FacetState.UNOBSERVABLE, FacetState.CONSISTENT}
        unseen = tuple(key.path for key in calm if key.states & hidden)
        return replace(proposal, changes=plan.changes, unread=tuple(unread), unseen=unseen)

    def _last_seen(self) -> Basis | None:
        """What this session has read, the newest reading of each key; None where it has read nothing."""
        from dataclasses import replace

        bases = list(self._bases.values())
        if not bases:
            return None
        return replace(bases[-1], sighting=replace(bases[-1].sighting, readings=self._seen))


def _touched(before: Declaration, after: Declaration) -> tuple[KeyPath, ...]:
    """The keys that are declared otherwise."""
    old = {key.path: _meaning(key) for key in before.all_keys()}
    return tuple(key.path for key in after.all_keys() if old.get(key.path) != _meaning(key))


def _meaning(key: DesiredKey) -> object:
    return (key.permissions, key.whitelist, dict(key.origins), key.label, key.enabled, key.expires)


def _diff(edit: FileEdit, root: Path) -> list[str]:
    """The lines of a unified diff; the file is named from the workspace on."""
    import difflib

    name = str(edit.file.relative_to(root)) if edit.file.is_relative_to(root) else str(edit.file)
    before, after = (text.decode("utf-8-sig").splitlines() for text in (edit.before, edit.after))
    return list(difflib.unified_diff(before, after, name, name, lineterm="", n=2))
