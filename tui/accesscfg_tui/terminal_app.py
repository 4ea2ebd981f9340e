"""What every app of ours does to a terminal: its colours, what happens where it is too small, and how a crash ends."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Generic

from rich.segment import Segments
from textual import events
from textual.app import App, ReturnType
from textual.notifications import Notify, SeverityLevel
from textual.screen import Screen
from textual.widgets import Input, TextArea

from accesscfg.report.clean import plain, plain_lines
from accesscfg_tui.crash import short_report
from accesscfg_tui.driver import staying
from accesscfg_tui.notices import Notice
from accesscfg_tui.outline import Outline
from accesscfg_tui.settings import DEFAULT_THEME
from accesscfg_tui.themes import THEMES, faint
from accesscfg_tui.widgets.cover import Cover

SMALLEST = (60, 15)

SIGNS = {"warning": "! ", "error": "! "}
COLORLESS_THEME = "ansi-dark"  # with NO_COLOR it sends no colour at all; the others would send greys


class TerminalApp(App[ReturnType], Generic[ReturnType]):
    """An app that fits the terminal it runs in."""

    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 (Textual's own form)

    def __init__(self, *, theme: str = DEFAULT_THEME, colorless: bool = False) -> None:
        with _told_of_colors(wanted=not colorless):
            super().__init__(ansi_color=True if colorless else None)
        self.colorless = colorless
        self.animation_level = "none"  # a terminal far away gets each frame late
        self._outline: Outline | None = None
        for own in THEMES:
            self.register_theme(own)
        self.show_theme(theme)

    def show_theme(self, name: str) -> None:
        """Use a theme by its name; the usual one where there is none of that name, the plain one without colours."""
        wanted = COLORLESS_THEME if self.colorless else name
        self.theme = wanted if wanted in self.available_themes else DEFAULT_THEME
        self.set_class(self.colorless, "-colorless")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The variables of our styles that a theme of somebody else does not have."""
        return faint(self.current_theme)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say something for a while. It is never taken for markup, and holds nothing that a terminal obeys."""
        sign = SIGNS.get(severity, "")  # a colour alone says nothing
        shown_s = self.NOTIFICATION_TIMEOUT if timeout is None else timeout
        self.post_message(Notify(Notice(sign + plain_lines(message), plain(title), severity, shown_s)))

    # -- too small -----------------------------------------------------------------------------------------------

    @property
    def too_small(self) -> bool:
        """Whether the window is smaller than anything can be shown in."""
        width, height = self.size
        return width < SMALLEST[0] or height < SMALLEST[1]

    async def on_event(self, event: events.Event) -> None:
        """Where nothing can be seen no key may do anything but end it; letters after `/` are never taken for keys.

        Over a slow line many keys arrive at once. What a key is bound to is done before the next one is looked at, so
        that a field which it opens gets those. Textual asks the widget in focus first, and the next key is there
        before that has answered.
        """
        if self.too_small and isinstance(event, events.Key | events.Paste | events.MouseEvent):
            if isinstance(event, events.Key) and event.key == "ctrl+q":
                await self.action_quit()
            return
        if isinstance(event, events.Key):
            field = self.focused if isinstance(self.focused, Input | TextArea) else None
            if event.is_forwarded and event.is_printable and isinstance(field, Input):
                # a screen had no field yet when this letter came, and nothing has taken it
                field.post_message(events.Key(event.key, event.character))
                return
            is_new = not event.is_forwarded and self.app_focus
            if is_new and field is None and not self.screen.is_modal and await self._did(event.key):
                return
        await super().on_event(event)

    async def _did(self, key: str) -> bool:
        return await self._check_bindings(key, priority=True) or await self._check_bindings(key)

    def cover(self, screen: Screen[object]) -> None:
        """Lay the cover over a screen that is too small, take it away from one that is not."""
        covers = screen.query(Cover)
        if self.too_small and not covers:
            screen.mount(Cover(SMALLEST))
        elif covers and not self.too_small:
            covers.remove()

    def on_resize(self) -> None:
        """The window has another size."""
        self.call_later(self._cover_all)  # once that size is known

    def _cover_all(self) -> None:
        for screen in self.screen_stack:
            self.cover(screen)

    # -- beginning and ending -------------------------------------------------------------------------------------

    def stand_on(self, outline: Outline) -> None:
        """Take over a terminal on which an outline stands until the first frame is drawn. To be said before it runs."""
        self._outline = outline
        self.driver_class = staying(self.driver_class)

    def on_load(self) -> None:
        """A session or a terminal that goes away takes the app with it, in good order."""
        if self._outline is not None:
            self._outline.hand_over()
        if self.is_headless:
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.ended_by, number)

    def ended_by(self, number: int) -> None:
        """End for a signal, with the exit code that shells give to it."""
        self.exit(return_code=128 + number)

    def _fatal_error(self) -> None:
        """A crash report without values; Textual's own one shows the locals."""
        self.bell()
        self._exit_renderables.append(Segments(self.console.render(short_report(), self.console.options)))
        self._close_messages_no_wait()


@contextmanager
def _told_of_colors(*, wanted: bool) -> Iterator[None]:
    """Textual looks for NO_COLOR in the environment, and takes an empty one for a wish too, against the convention."""
    before = os.environ.pop("NO_COLOR", None)
    if not wanted:
        os.environ["NO_COLOR"] = "1"
    try:
        yield
    finally:
        os.environ.pop("NO_COLOR", None)
        if before is not None:
            os.environ["NO_COLOR"] = before
