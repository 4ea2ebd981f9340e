"""The user's settings in use: colours, signs, keys."""

from __future__ import annotations

import os

from accesscfg_tui import actions
from accesscfg_tui.reading import ReadingApp
from accesscfg_tui.screens.base import CockpitScreen
from accesscfg_tui.settings import Found, Settings, read_settings, settings_file


class TuningApp(ReadingApp):
    """Uses the settings, and reads them again after they were edited."""

    found = Found(Settings(), settings_file(os.environ))
    keymap_of_user: dict[str, str]
    always_ascii = False  # asked for on the command line

    def use_settings(self, found: Found) -> None:
        """Use these from now on."""
        self.found = found
        settings = found.settings
        self.show_theme(settings.theme)
        self.ascii = settings.ascii or self.always_ascii
        if self.board is not None:
            self.board.ascii = self.ascii
        self.keymap_of_user = dict(settings.keys)
        self.set_keymap(self.keymap_of_user)
        for screen in self.screen_stack if self._running else ():
            if isinstance(screen, CockpitScreen):
                screen.show_keys()
                screen.reload()

    def load_settings(self) -> None:
        """Read the settings' file and use what is in it."""
        self.use_settings(read_settings(self.found.file, self.available_themes, actions.remappable()))

    def action_help_quit(self) -> None:
        """ctrl+c ends nothing here, as it may be pressed for copying: say what does."""
        quitting = actions.shown_key(actions.named("everywhere.quit"), self.keymap_of_user)
        leaving = actions.shown_key(actions.named("everywhere.leave"), self.keymap_of_user)
        self.notify(f"{quitting} quits, {leaving} goes one screen back", title="ctrl+c does not quit")

    def tell_problems(self) -> None:
        """Say what of the settings does not count."""
        if self.found.problems:
            more = f" (and {len(self.found.problems) - 1} more: 6)" if len(self.found.problems) > 1 else ""
            self.notify(
                f"{self.found.file.name}: {self.found.problems[0]}{more}", severity="warning", markup=False
            )
