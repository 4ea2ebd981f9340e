"""Beside an address that is live and declared nowhere stands when it left the declaration, where somebody kept it."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

from tests.tui.apply_desk import QUOTER
from tests.tui.desk import WIDE, Desk, screen_text, the_app, wait_for

ENV = {
    "PATH": "/usr/bin:/bin:/usr/local/bin",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_COMMITTER_DATE": "2026-01-09T12:00:00Z",
}
WHO = ("-c", "user.name=alice", "-c", "user.email=alice@example.org", "-c", "commit.gpgsign=false")


def commit(folder: Path) -> None:
    for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "x")):
        subprocess.run(["git", *WHO, *words], cwd=folder, env={**ENV, "HOME": str(folder)}, check=True)


def test_git_tells_when_it_left(desk: Desk) -> None:
    text = desk.file.read_text()
    desk.file.write_text(text.replace("198.51.100.4]", "198.51.100.4, 192.0.2.77]"))
    commit(desk.folder)
    desk.file.write_text(text)
    commit(desk.folder)

    async def session() -> None:
        async with desk.session(WIDE) as pilot:
            the_app(pilot).show_key(QUOTER)
            await wait_for(
                pilot, lambda: "left exchanges.yaml 2026-01-09" in screen_text(pilot.app), "the date"
            )

    asyncio.run(session())


def test_without_a_record_nothing_is_claimed(desk: Desk) -> None:
    async def session() -> None:
        async with desk.session(WIDE) as pilot:
            the_app(pilot).show_key(QUOTER)
            await wait_for(pilot, lambda: "not declared" in screen_text(pilot.app), "what is known")
            assert "never" not in screen_text(pilot.app)

    asyncio.run(session())
