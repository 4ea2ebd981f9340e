"""Leaving the screen for a while: to the user's editor, and to a program that asks at the terminal."""

from __future__ import annotations

import os
from pathlib import Path

from textual.app import SuspendNotSupported

from accesscfg.model.findings import Mark
from accesscfg_tui.editor import editor_command, run_editor
from accesscfg_tui.reading import ReadingApp


class EditingApp(ReadingApp):
    """Opens files where somebody wants to change them."""

    def edit_at(self, where: Mark) -> None:
        """Open the user's editor there, and read the files again afterwards."""
        if self.read_only:
            self.notify("this session only reads (--read-only)", severity="warning", markup=False)
            return
        command = editor_command(os.environ, Path(where.file), where.line)
        if command is None:
            self.notify("there is no editor: set EDITOR", severity="error", markup=False)
            return
        try:
            with self.suspend():
                failed = run_editor(command, self.workspace.root)
        except SuspendNotSupported:
            self.notify("this terminal cannot be left for an editor", severity="error", markup=False)
            return
        if failed:
            self.notify(failed, severity="error", markup=False)
        self.load()
