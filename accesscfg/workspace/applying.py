"""Applies: the changes of a plan made, behind policies and guards."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Literal

from accesscfg.model.errors import (
    AccesscfgError,
    Refused,
    UsageError,
)
from accesscfg.model.events import Listener, nobody

if TYPE_CHECKING:
    import asyncio

    from accesscfg.model.paths import KeyPath
    from accesscfg.model.plan import ApplyResult, Plan

from accesscfg.workspace.looking import Looking
from accesscfg.workspace.place import writes


class Applying(Looking):
    """Writes to exchanges."""

    @writes
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
        Raises Refused by a guard or a policy or for a plan that is forgotten, and UsageError for a malformed `allow`,
        before any write.
        """
        from accesscfg.audit import AuditTrail
        from accesscfg.engine.apply import Run
        from accesscfg.engine.apply import apply as make

        if stop is None:
            import asyncio

            stop = asyncio.Event()
        basis = self._bases.get(plan.id)
        if basis is None:
            raise Refused(
                "this plan was not made here, or is forgotten", where=plan.id, fix="make a new plan"
            )
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
