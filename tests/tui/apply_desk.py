"""Ways to a plan, to the question before it is applied, and to its end; and looks at the simulated exchanges."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from textual.pilot import Pilot

from accesscfg.model.events import ChangeStarted, Event
from accesscfg.model.plan import Outcome
from accesscfg_tui.screens.confirm import ConfirmScreen
from accesscfg_tui.screens.plan import PlanScreen
from accesscfg_tui.viewmodel.run import Run
from accesscfg_tui.viewmodel.sheet import Sheet
from tests.tui.desk import Desk, the_app, wait_for

QUOTER, WATCHER, BOT = "okx-desk/desk1/quoter", "okx-desk/desk1/watcher", "bybit-fund/grid-1/bot"
WANTED = {"198.51.100.4", "203.0.113.10", "203.0.113.11"}
DRIFTED = {"192.0.2.77", "203.0.113.10"}


async def at_plan(pilot: Pilot[Any], *marked: str) -> Sheet:
    """On the plan screen with a fresh plan for these keys, or for all."""
    app = the_app(pilot)
    assert app.board is not None
    app.board.marked = set(marked)
    await pilot.press("p")
    await wait_for(pilot, lambda: isinstance(app.screen, PlanScreen) and not app.awaits_plan, "a plan")
    assert app.sheet is not None
    return app.sheet


async def asked(pilot: Pilot[Any]) -> ConfirmScreen:
    """At the question."""
    await pilot.press("a")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen), "the question")
    return cast("ConfirmScreen", pilot.app.screen)


async def begun(pilot: Pilot[Any], word: str) -> Run:
    """The word typed and y pressed: an apply has begun."""
    await asked(pilot)
    await pilot.press(*word, "y")
    app = the_app(pilot)
    await wait_for(pilot, lambda: app.is_at("run") and app.job is not None, "the run")
    assert app.job is not None
    return app.job


async def ended(pilot: Pilot[Any]) -> Run:
    """The apply is over and what it touched is read."""
    app = the_app(pilot)
    await wait_for(pilot, lambda: not app.is_applying and not app.is_reading, "the end of the run")
    assert app.job is not None
    return app.job


async def writing(pilot: Pilot[Any]) -> None:
    """A write is under way."""
    app = the_app(pilot)
    await wait_for(pilot, lambda: app.job is not None and bool(app.job.started), "a write")


def outcomes(job: Run) -> list[Outcome]:
    """What became of the changes, in the order of the plan."""
    assert job.result is not None
    return [one.outcome for one in job.result.results]


def writes(desk: Desk) -> list[str]:
    """The writing requests that the exchanges got."""
    return [one["path"] for one in desk.sandbox.log() if one["write"]]


def okx_ips(desk: Desk, label: str = "quoter") -> set[str]:
    """The live whitelist of a key of the OKX sub-account."""
    account = desk.sandbox.state()["exchanges"]["okx"]["accounts"][0]
    keys = account["sub_accounts"][0]["keys"]
    return set(next(key["ip_whitelist"] for key in keys if key["label"] == label))


def click(desk: Desk, label: str, /, **changes: Any) -> None:
    """Change a key of the OKX sub-account as a person does on the website."""
    where = {"exchange": "okx", "account": "okx-desk", "sub_account": "desk1"}
    desk.sandbox.website({**where, "key": label, "action": "set", "set": changes})


def drift_more(desk: Desk) -> None:
    """A second key of the same account to change, which takes a call of its own."""
    click(desk, "watcher", permissions=["read_only", "trade"])


def declare_otherwise(desk: Desk) -> None:
    """Change the files."""
    text = desk.file.read_text()
    assert "market maker" in text
    desk.file.write_text(text.replace("market maker", "somebody else"))


@contextmanager
def held(pilot: Pilot[Any]) -> Iterator[threading.Event]:
    """An apply that begins now holds before its first write until the event is set, or the block is left."""
    app, go_on = the_app(pilot), threading.Event()
    tell = app.told_of_run

    def hold(event: Event) -> None:
        tell(event)
        if isinstance(event, ChangeStarted):
            go_on.wait(30)

    app.told_of_run = hold  # type: ignore[method-assign]
    try:
        yield go_on
    finally:
        go_on.set()
        app.told_of_run = tell  # type: ignore[method-assign]
