"""Leaving the screen for a while: to the user's editor, and to a program that asks at the terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from textual.app import SuspendNotSupported

from accesscfg.model.errors import AccesscfgError, InvalidDeclaration, SecretsError
from accesscfg.model.findings import Mark
from accesscfg_tui.away import away
from accesscfg_tui.editor import editor_command, run_editor
from accesscfg_tui.reading import ReadingApp

ASKING = "accesscfg: sops opens the secrets now; what asks here is sops, or a program that it calls. Ctrl-C ends it.\n"


class EditingApp(ReadingApp):
    """Opens files where somebody wants to change them, and lets sops ask for a passphrase."""

    def edit_at(self, where: Mark) -> None:
        """Open the user's editor at a place in the workspace, and read the files again afterwards."""
        if self.read_only:
            self.notify("this session only reads (--read-only)", severity="warning", markup=False)
            return
        if self.open_editor(where):
            self.load()

    def open_editor(self, where: Mark) -> bool:
        """Open the user's editor at a place in a file. False where there was none."""
        command = editor_command(os.environ, Path(where.file), where.line)
        if command is None:
            self.notify("there is no editor: set EDITOR", severity="error", markup=False)
            return False
        try:
            with away(self, interrupted=False):
                failed = run_editor(command, self.workspace.root)
        except SuspendNotSupported:
            self.notify("this terminal cannot be left for an editor", severity="error", markup=False)
            return False
        if failed:
            self.notify(failed, severity="error", markup=False)
        return True

    def unlock(self) -> None:
        """Open the secrets at the terminal, and read everything with them."""
        try:
            with away(self, interrupted=True):
                failed = self._unlock()
        except SuspendNotSupported:
            self.notify("this terminal cannot be left for sops", severity="error", markup=False)
            return
        if failed is None:
            self.read()
            return
        if isinstance(failed, SecretsError):
            self.locked = failed
        self.notify(failed.what, severity="error", markup=False)
        self._repaint()

    def _unlock(self) -> AccesscfgError | None:
        """While the terminal is free."""
        sys.stderr.write(ASKING)
        sys.stderr.flush()
        try:
            self.workspace.unlock_at_terminal()
        except (SecretsError, InvalidDeclaration) as error:
            return error
        except KeyboardInterrupt:
            return AccesscfgError("unlocking was ended")
        return None
