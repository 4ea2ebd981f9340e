"""The user's settings: how it looks, how text is copied, which keys do what."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from accesscfg.model.findings import Mark
from accesscfg_tui import actions
from accesscfg_tui.messages import Said
from accesscfg_tui.screens.base import CockpitScreen
from accesscfg_tui.screens.choose import ChooseScreen
from accesscfg_tui.settings import CLIPBOARDS, CONFIRMS, Settings, write_settings
from accesscfg_tui.themes import in_order
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.widgets.reader import Reader
from accesscfg_tui.work import Work

WAYS = {
    "auto": "by the best way there is: tmux, a program of this machine, the terminal",
    "terminal": "by the terminal's escape sequence only",
    "off": "nothing is copied",
}
CONFIRMING = {
    "risk": "a typed word where somebody is shut out or a door is opened, else y",
    "always": "a typed word before every apply",
}


class SettingsScreen(CockpitScreen):
    """What is set, what could not be used, and every action with its keys."""

    PLACE = "settings"
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("settings")

    def body(self) -> ComposeResult:
        """One text."""
        yield Reader(id="settings", classes="pane")

    def on_mount(self) -> None:
        """Show what is set."""
        super().on_mount()
        reader = self.query_one(Reader)
        reader.border_title = "Settings"
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
        app, found = self.cockpit, self.cockpit.found
        settings = found.settings
        lines = [line(("SETTINGS", "head"), (f"  {found.file}", "faint"))]
        for problem in found.problems:
            lines += wrapped(problem, width, first="  ! ", style="bad")
        shown = "none: NO_COLOR" if app.colorless else settings.theme
        read_only = (
            "yes: nothing can be changed from here" if app.read_only else "no: --read-only makes it so"
        )
        for name, key, says in (
            ("theme", "t", f"{shown}; ansi-dark and ansi-light have the terminal's own colours"),
            ("characters", "a", "plain" if settings.ascii else "signs such as ✓ and ≠"),
            ("copying", "c", WAYS[settings.clipboard]),
            ("confirming", "w", CONFIRMING[settings.confirm]),
            ("read-only", "", read_only),
        ):
            lines += wrapped(says, width, first=f"  {key:<2} {name:<12}")
        lines += [
            line(""),
            line(("KEYS", "head"), ("  e opens the file: keys: {board.refresh-here: f5}", "faint")),
        ]
        keymap = app.keymap_of_user
        rows = [(one.id, actions.shown_key(one, keymap), one.help) for one in actions.ACTIONS]
        rows += [
            (name, keymap.get(name, keys).partition(",")[0], says)
            for name, (keys, says) in actions.MOVES.items()
        ]
        for name, key, says in rows:
            style = "told" if settings.keys.get(name) else ""
            lines.append(line((f"  {key:<8}", style), (f"{name:<29}", style), (says, "faint")))
        return lines

    # -- changing them -------------------------------------------------------------------------------------------

    def action_theme(self) -> None:
        """Choose the colours; each is shown by taking it."""
        themes = in_order(self.app.available_themes)

        def chosen(name: str | None) -> None:
            if name is not None:
                self._use(replace(self.cockpit.found.settings, theme=name))

        self.app.push_screen(ChooseScreen("Theme", [(name, name) for name in themes]), chosen)

    def action_ascii(self) -> None:
        """Signs, or plain characters."""
        settings = self.cockpit.found.settings
        self._use(replace(settings, ascii=not settings.ascii))

    def action_clipboard(self) -> None:
        """The next way of copying."""
        settings = self.cockpit.found.settings
        after = CLIPBOARDS[(CLIPBOARDS.index(settings.clipboard) + 1) % len(CLIPBOARDS)]
        self._use(replace(settings, clipboard=after))

    def action_confirm(self) -> None:
        """When a typed word is asked for."""
        settings = self.cockpit.found.settings
        after = CONFIRMS[(CONFIRMS.index(settings.confirm) + 1) % len(CONFIRMS)]
        self._use(replace(settings, confirm=after))

    def action_edit(self) -> None:
        """Open the file in the user's editor; it is the user's own, so a read-only session may too."""
        found = self.cockpit.found
        if not found.file.exists():
            try:
                write_settings(found.file, found.settings)
            except OSError as error:
                self.notify(
                    f"{found.file} cannot be written ({error.strerror})", severity="error", markup=False
                )
                return
        self.cockpit.open_editor(Mark(str(found.file), 1, 1))
        self.cockpit.load_settings()

    async def action_back(self) -> None:
        """Back to the board."""
        await self.cockpit.action_leave()

    def _use(self, settings: Settings) -> None:
        """Show them at once, and save them in a thread."""
        app, file = self.cockpit, self.cockpit.found.file
        app.use_settings(replace(app.found, settings=settings))

        async def save(stop: asyncio.Event) -> None:
            write_settings(file, settings)

        def saved(_: None, error: BaseException | None) -> None:
            if isinstance(error, OSError):
                app.post_message(
                    Said(f"the settings cannot be saved ({error.strerror}); they count until you quit")
                )

        Work("saving settings", save, saved, writes=True).start()
