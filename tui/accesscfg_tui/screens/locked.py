"""Secrets that could not be opened: what sops said, in our words, and the ways on."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from accesscfg_tui import actions
from accesscfg_tui.screens.base import CockpitScreen
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.widgets.reader import Reader


class LockedScreen(CockpitScreen):
    """Goes away by itself once the secrets are open."""

    PLACE = "locked"
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("locked")

    def body(self) -> ComposeResult:
        """One text."""
        yield Reader(id="locked", classes="pane")

    def on_mount(self) -> None:
        """Say what is wrong."""
        super().on_mount()
        reader = self.query_one(Reader)
        reader.border_title = "Locked"
        reader.focus()

    def on_resize(self) -> None:
        """The lines are made for the width."""
        super().on_resize()
        self.call_after_refresh(self.reload)

    def reload(self) -> None:
        """Show everything anew."""
        super().reload()
        reader = self.query_one(Reader)
        reader.show(self._lines(reader.line_width))

    def _lines(self, width: int) -> list[Line]:
        error = self.cockpit.locked
        if error is None:
            return wrapped("The secrets are open, or are being opened.", width, style="good")
        lines = [line(("The secrets are locked", "bad")), line("")]
        if error.where:
            lines += wrapped(self.cockpit.relative(error.where), width, style="strong")
        lines += wrapped(error.what, width)
        lines += wrapped(error.why, width, first="why   ", style="faint") if error.why else []
        lines += wrapped(error.fix, width, first="next  ") if error.fix else []
        lines.append(line(""))
        for key, says in (
            (
                "u",
                "unlock: leave this screen, let sops ask at the terminal, come back; kept in memory until you quit",
            ),
            ("r", "try again, for instance after a login elsewhere"),
            ("s", "go on without: keys that these secrets are needed for are not read"),
        ):
            first, *more = wrapped(says, width, first=f"  {key}  ")
            lines += [line((f"  {key}  ", "told"), first.pieces[-1]), *more]
        return lines

    def action_unlock(self) -> None:
        """Let sops ask at the terminal."""
        self.cockpit.unlock()

    def action_again(self) -> None:
        """Read again."""
        self.cockpit.read()

    async def action_back(self) -> None:
        """Go on without."""
        await self.cockpit.action_leave()
