"""One key in full, on a screen of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from accesscfg.model.desired import DesiredKey
from accesscfg_tui import actions
from accesscfg_tui.screens.base import CockpitScreen, writing
from accesscfg_tui.viewmodel.detail import detail, facts, posture
from accesscfg_tui.viewmodel.lines import line
from accesscfg_tui.widgets.reader import Reader


class DetailScreen(CockpitScreen):
    """What is wanted and what is live on the left; what follows from it on the right, where there is room."""

    PLACE = "detail"
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("detail")

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def body(self) -> ComposeResult:
        """Two texts, of which a narrow window shows one."""
        with Horizontal(id="panes"):
            yield Reader(id="facts", classes="pane")
            yield Reader(id="posture", classes="pane")

    @property
    def key(self) -> DesiredKey | None:
        """The key; None where it is not declared any more."""
        return self.cockpit.key_at(self.path)

    def on_mount(self) -> None:
        """Show what is known."""
        super().on_mount()
        self.query_one("#facts", Reader).focus()

    def on_resize(self) -> None:
        """The lines are made for the width."""
        super().on_resize()
        self.call_after_refresh(self.reload)

    def reload(self) -> None:
        """Show everything anew."""
        super().reload()
        left, right = self.query_one("#facts", Reader), self.query_one("#posture", Reader)
        left.border_title = "Key"
        key = self.key
        if key is None:
            left.show([line(f"{self.path} is not declared any more."), line(("esc goes back", "faint"))])
            right.show([])
            return
        scene = self.cockpit.scene_of(key)
        if self.has_class("-wide"):
            left.show(facts(scene, left.line_width))
            right.border_title = "What follows"
            right.show(posture(scene, right.line_width))
        else:
            left.show(detail(scene, left.line_width))

    def rows_changed(self, paths: Sequence[str]) -> None:
        """It was read again."""
        if self.path in paths:
            self.reload()

    def time_passed(self) -> None:
        """What was read is older."""
        self.reload()

    # -- actions -------------------------------------------------------------------------------------------------

    def targets(self) -> list[str]:
        """This key."""
        return [self.path]

    def action_refresh(self) -> None:
        """Read it again."""
        if not self.cockpit.read([self.path]):
            self.notify("a reading is under way", markup=False)

    async def action_plan(self) -> None:
        """Plan it alone."""
        await self.cockpit.show_plan([self.path])

    @writing
    def action_edit(self) -> None:
        """Open the YAML where it is declared."""
        if self.key is not None:
            self.cockpit.edit_at(self.key.where)

    def action_guide(self) -> None:
        """Lead through its fix by hand."""
        self.cockpit.show_guide(self.path)

    @writing
    def action_attest(self) -> None:
        """Record what the website shows of it."""
        self.cockpit.ask_to_attest(self.path)

    async def action_back(self) -> None:
        """Back to the board."""
        await self.cockpit.action_leave()

    @writing
    def action_adopt(self) -> None:
        """Take over into the YAML what is live."""
        if self.key is not None:
            self.cockpit.show_adopt(self.path)

    def action_trouble(self, by: int) -> None:
        """The next key that somebody should look at."""
        board = self.cockpit.board
        if board is None:
            return
        keys = list(board.declaration.all_keys())
        places = [n for n, key in enumerate(keys) if board.look(key).is_trouble]
        here = next((n for n, key in enumerate(keys) if str(key.path) == self.path), -1)
        after = [n for n in places if n > here] if by > 0 else [n for n in places if n < here][::-1]
        if places:
            self.path = str(keys[after[0] if after else places[0 if by > 0 else -1]].path)
            for reader in self.query(Reader):
                reader.scroll_home(animate=False)
            self.reload()

    def action_previous(self) -> None:
        """The key before that somebody should look at."""
        self.action_trouble(-1)

    def action_copy(self) -> None:
        """Copy something of it."""
        if self.key is not None:
            self.cockpit.choose_copy([self.key])
