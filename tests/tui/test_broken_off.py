"""A run that was killed in the middle: what it announced and nobody saw end is told as not known."""

from __future__ import annotations

import asyncio

from accesscfg.audit import AuditTrail
from accesscfg.model.networks import Addresses
from accesscfg.model.observed import Facet
from accesscfg.model.paths import parse_key_path
from accesscfg.model.plan import Change, Direction, Means
from tests.tui.apply_desk import QUOTER
from tests.tui.desk import Desk, screen_text, the_app, wait_for
from tests.tui.test_other_runs import held_elsewhere

CHANGE = Change(
    id="c1",
    step=0,
    key=parse_key_path(QUOTER),
    facet=Facet.IP_WHITELIST,
    before=Addresses(frozenset({"203.0.113.1"})),
    after=Addresses(frozenset({"203.0.113.1", "203.0.113.2"})),
    direction=Direction.GRANTS,
    means=Means.API,
    reason="",
)


def test_what_a_run_announced_is_not_known_as_soon_as_that_run_is_gone(desk: Desk) -> None:
    trail = AuditTrail(desk.folder / ".accesscfg" / "audit.jsonl")

    async def session() -> None:
        async with desk.session() as pilot:
            app = the_app(pilot)
            with held_elsewhere(desk) as run:
                trail.begin("p1", "hash", [])
                trail.intent([CHANGE])
                await pilot.press("4")
                await wait_for(pilot, lambda: "is about to change" in screen_text(app), "the announcement")
                run.kill()
                run.wait()
                await wait_for(pilot, lambda: "? unknown" in screen_text(app), "that nobody knows its end")
            await pilot.press("down", "up")
            await wait_for(pilot, lambda: "a reading shows what is live now" in screen_text(app), "why")

    asyncio.run(session())
