"""What is said for a while goes again, also where its time is over as it comes on the screen."""

from __future__ import annotations

import asyncio

import pytest
from textual.widgets._toast import Toast

from accesscfg_tui.notices import Notice
from accesscfg_tui.terminal_app import TerminalApp


def test_a_notice_whose_time_runs_out_as_it_is_put_on_the_screen_goes_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def session() -> None:
        app: TerminalApp[None] = TerminalApp()
        async with app.run_test(notifications=True) as pilot:
            monkeypatch.setattr(Notice, "has_expired", False)  # the look at it comes a moment too early
            app.notify("just over", timeout=-0.0001)
            app.notify("to be read", timeout=60)
            async with asyncio.timeout(20):
                while [toast._notification.message for toast in app.screen.query(Toast)] != ["to be read"]:
                    await pilot.pause(0.02)

    asyncio.run(session())


def test_a_notice_is_over_when_its_time_is() -> None:
    assert Notice("over", timeout=-1).has_expired
    assert not Notice("not over", timeout=60).has_expired
