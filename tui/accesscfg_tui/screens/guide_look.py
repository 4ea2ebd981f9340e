"""Looks at the one key that a guide is about: what came of them, and the guide made anew from what was seen."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from textual.message import Message

from accesscfg.model.guide import Guide, Verdict, Verification
from accesscfg.model.profile import Entry
from accesscfg.report.guide_words import VERDICTS
from accesscfg_tui.fixing import told
from accesscfg_tui.screens.base import CockpitScreen
from accesscfg_tui.viewmodel import guide as lines_of
from accesscfg_tui.viewmodel.guide import Hand
from accesscfg_tui.work import Work


class GuideLook(CockpitScreen):
    """Holds the guide, where a person is in it, and how the key stood when it was last looked at."""

    @dataclass
    class Made(Message):
        """The guide is there, after a look at the key."""

        guide: Guide

    @dataclass
    class Verified(Message):
        """The key was looked at again."""

        found: Verification

    @dataclass
    class Failed(Message):
        """Nothing came of a look at the key."""

        error: BaseException

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key
        self.guide: Guide | None = None
        self.found: Verification | None = None
        self.trouble = ""  # why there is no guide
        self.hand = Hand()
        self._look: Work[Any] | None = None
        self._looks_for = ""

    def on_unmount(self) -> None:
        """Nobody waits for the look any more."""
        if self._look is not None:
            self._look.cancel()

    def read(self, *, entry: Entry | None = None, new: bool = False) -> None:
        """Look at the key, and make its guide."""
        workspace, tell = self.cockpit.workspace, self.cockpit.tell

        def done(guide: Guide | None, error: BaseException | None) -> None:
            self._tell(None if guide is None else self.Made(guide), error)

        self._looking("reading", lambda: workspace.guide(self.key, entry=entry, new=new, on_event=tell), done)

    def _looking(self, what: str, ask: Any, done: Any) -> None:
        if self._look is not None and self._look.is_running:
            self.notify("it is being looked at already", markup=False)
            return
        self._looks_for = what
        self._look = self.cockpit.look(self.key, ask, done)
        self.reload()

    def _tell(self, message: Message | None, error: BaseException | None) -> None:
        """From a thread: what came of a look."""
        if message is not None:
            self.post_message(message)
        elif error is not None and not isinstance(error, asyncio.CancelledError):
            self.post_message(self.Failed(error))

    def on_guide_look_made(self, message: Made) -> None:
        """Show it, with the cursor on the first step that is left."""
        self._looks_for, self.trouble = "", ""
        self._take(message.guide)

    def _take(self, guide: Guide) -> None:
        self.guide = guide
        ids = [step.id for step in guide.steps]
        now = guide.current
        at = self.hand.cursor if self.hand.cursor in ids else None
        first = now.id if now is not None else (ids[-1] if ids else None)
        self.hand = replace(self.hand, cursor=at or first)
        self.reload()

    def on_guide_look_failed(self, message: Failed) -> None:
        """What is shown stays."""
        self._looks_for = ""
        self.trouble = told(message.error)
        self.reload()

    def action_verify(self) -> None:
        """Look at the key again, and say how it stands."""
        if self.guide is None:
            self.read()
            return
        workspace, tell = self.cockpit.workspace, self.cockpit.tell

        def done(found: Verification | None, error: BaseException | None) -> None:
            self._tell(None if found is None else self.Verified(found), error)

        self._looking("verifying", lambda: workspace.verify(self.key, on_event=tell), done)

    def on_guide_look_verified(self, message: Verified) -> None:
        """Verified: back to where one came from. Else what is left, and the way on."""
        self._looks_for, self.trouble = "", ""
        self.found = found = message.found
        self.hand = replace(self.hand, cursor=None)
        self._take(found.guide)
        if self.app.screen is not self:
            return
        if found.verdict is Verdict.VERIFIED:
            self.notify(f"verified: {self.key}: nothing is left to do", markup=False)
            self.app.pop_screen()
        elif found.verdict is Verdict.ATTEST and not self.cockpit.read_only:
            self.to_be_attested()

    def to_be_attested(self) -> None:
        """What is left to settle is what no API shows. For the screen to ask."""

    def status_text(self) -> str:
        """A look under way, the verdict, else what the app says."""
        if self._looks_for and self.cockpit.is_asked(self.key):
            return f"{self._looks_for} {self.key} when this is over: {self.cockpit.status_text()}"
        if self._looks_for:
            return f"{self._looks_for} {self.key} …"
        if self.found is not None:
            return f"{VERDICTS[self.found.verdict]}: {self.key}"
        return self.cockpit.status_text()

    # -- another guide -------------------------------------------------------------------------------------------

    def remake(self, entry: Entry | None, *, new: bool) -> None:
        """Make the guide in another way from what was seen; ticks that only led the way stay."""
        old, workspace = self.guide, self.cockpit.workspace
        if old is None:
            return

        async def ask() -> Guide:
            made = workspace.guide_as_seen(self.key, entry=entry, new=new)
            if (keep := lines_of.carried(old, made)) and not self.cockpit.read_only:
                workspace.tick(self.key, keep)
                made = workspace.with_ticks(made)
            return made

        def done(guide: Guide | None, error: BaseException | None) -> None:
            self._tell(None if guide is None else self.Made(guide), error)

        self._looking("writing", ask, done)
