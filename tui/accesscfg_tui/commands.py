"""The command palette: every action of the screen in front, by what it does, from the one table of actions."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from accesscfg_tui.actions import EVERYWHERE, Action, shown_key
from accesscfg_tui.screens.base import CockpitScreen


class ActionsProvider(Provider):
    """What can be done here; a read-only session does not offer what it refuses."""

    def _offered(self) -> Iterator[tuple[str, Action]]:
        screen = self.screen
        if not isinstance(screen, CockpitScreen):
            return
        keymap = screen.cockpit.keymap_of_user
        for action in screen.shown_actions():
            if action.call != "command_palette":
                where = "" if action.screen == EVERYWHERE else f"{action.screen}: "
                yield f"{where}{action.short}  ({shown_key(action, keymap)})", action

    def _run(self, action: Action) -> partial[Coroutine[Any, Any, bool]]:
        namespace = self.screen if action.screen != EVERYWHERE else self.app
        return partial(self.app.run_action, action.call, namespace)

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for name, action in self._offered():
            yield DiscoveryHit(Content(name), self._run(action), text=name, help=action.help)
        yield DiscoveryHit(Content(PICTURE), self._picture(), text=PICTURE, help=PICTURE_HELP)

    async def search(self, query: str) -> Hits:
        """What fits the text, by name or by what it does."""
        matcher = self.matcher(query)
        for name, action in self._offered():
            whole = f"{name} {action.help}"
            score = matcher.match(whole)
            if score > 0:
                yield Hit(score, matcher.highlight(name), self._run(action), text=name, help=action.help)
        if (score := matcher.match(PICTURE)) > 0:
            yield Hit(score, matcher.highlight(PICTURE), self._picture(), text=PICTURE, help=PICTURE_HELP)

    def _picture(self) -> partial[Coroutine[Any, Any, bool]]:
        return partial(self.app.run_action, "picture")


PICTURE = "Save a picture of the screen"
PICTURE_HELP = "as SVG, in the folder for state of this machine, never in the workspace"
