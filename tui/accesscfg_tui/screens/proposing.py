"""Edits of the declaration from a screen: worked out in a thread, shown, agreed to, written in a thread."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from textual.message import Message

from accesscfg.model.edit import Edit, Proposal
from accesscfg.model.errors import AccesscfgError
from accesscfg_tui.messages import Said
from accesscfg_tui.screens.accept import AcceptScreen
from accesscfg_tui.screens.base import CockpitScreen, writing
from accesscfg_tui.work import Work


class ProposingScreen(CockpitScreen):
    """Holds the one edit that is being thought about: `proposal` when it is worked out, `trouble` when it cannot be."""

    proposal: Proposal | None = None
    trouble: AccesscfgError | None = None
    is_working = False  # on an edit, or on writing one
    _number = 0
    _asks = False

    @dataclass
    class Proposed(Message):
        """An edit is worked out, or why it cannot be."""

        number: int
        proposal: Proposal | None
        error: BaseException | None

    @dataclass
    class Accepted(Message):
        """A proposal is written, or why it is not."""

        error: BaseException | None

    def propose(self, edit: Edit | None, *, ask: bool = False) -> None:
        """Work an edit out, in place of the one before; `ask`: whether to make it, as soon as it is there."""
        self._number += 1
        number = self._number
        self.proposal, self.trouble, self._asks = None, None, ask
        self.is_working = edit is not None
        if edit is None:
            self.show_proposal()
            return

        async def work(stop: asyncio.Event) -> Proposal:
            return self.cockpit.workspace.proposed(edit)

        def done(proposal: Proposal | None, error: BaseException | None) -> None:
            self.post_message(self.Proposed(number, proposal, error))

        Work("an edit", work, done).start()
        self.show_proposal()

    def on_proposing_screen_proposed(self, message: Proposed) -> None:
        """Show it, unless another edit has been asked for since."""
        if message.number != self._number:
            return
        self.is_working = False
        self.proposal = message.proposal
        self.trouble = _told(message.error)
        self.show_proposal()
        if self._asks:
            self._asks = False
            if self.trouble is not None:
                self.notify(_sentences(self.trouble), severity="error", markup=False)
            else:
                self.ask_to_accept()

    def show_proposal(self) -> None:
        """What is known of the edit has changed."""

    @writing
    def ask_to_accept(self) -> None:
        """Show what the edit would do, and ask whether to make it."""
        proposal = self.proposal
        if proposal is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.accept(proposal)

        self.app.push_screen(AcceptScreen(proposal, self.cockpit.words, self.cockpit.declaration), answered)

    @writing
    def accept(self, proposal: Proposal) -> None:
        """Write it."""

        async def work(stop: asyncio.Event) -> None:
            self.cockpit.workspace.accept(proposal)

        def done(nothing: None, error: BaseException | None) -> None:
            self.post_message(self.Accepted(error))

        self.is_working = True
        Work("writing an edit", work, done, writes=True).start()

    def on_proposing_screen_accepted(self, message: Accepted) -> None:
        """The files are read anew, and what is declared otherwise is asked for."""
        self.is_working = False
        error = _told(message.error)
        if error is not None:
            self.app.post_message(Said(_sentences(error), "error"))
        else:
            self.app.post_message(Said("written; commit it. The keys it touches are read again"))
            self.cockpit.load()
        self.propose(None)
        self.accepted(error is None)

    def accepted(self, written: bool) -> None:
        """An edit was written, or could not be."""


def _told(error: BaseException | None) -> AccesscfgError | None:
    """An error for a person; every other one is a crash."""
    if error is None or isinstance(error, AccesscfgError):
        return error
    raise error


def _sentences(error: AccesscfgError) -> str:
    """What happened, why, and what to do."""
    return "\n".join(part for part in (error.what, error.why, error.fix) if part)
