"""What every screen shares: the line at the top, the status line, the line of keys, and the app by its own type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from accesscfg.report.clean import plain
from accesscfg_tui import actions
from accesscfg_tui.viewmodel.looks import in_order
from accesscfg_tui.viewmodel.top import top_line
from accesscfg_tui.widgets.key_footer import KeyFooter
from accesscfg_tui.widgets.lines import as_text

if TYPE_CHECKING:
    from accesscfg_tui.app import AccesscfgApp


Method = TypeVar("Method", bound=Callable[..., object])


def writing(method: Method) -> Method:
    """An action that changes something: in a read-only session it is refused, however it was called."""

    @wraps(method)
    def gated(self: CockpitScreen, *args: object) -> object:
        if self.cockpit.read_only:
            self.notify("this session only reads (--read-only)", severity="warning", markup=False)
            return None
        return method(self, *args)

    gated.__dict__["writes"] = True
    return cast("Method", gated)


class CockpitScreen(Screen[None]):
    """One screen. `PLACE` is its name in the table of actions; `body` gives what stands between top and status."""

    PLACE: ClassVar[str] = ""

    def compose(self) -> ComposeResult:
        """Top, body, status, keys."""
        yield Static(id="top")
        yield from self.body()
        yield Static(id="status")
        yield KeyFooter()

    def body(self) -> ComposeResult:
        """What the screen is about."""
        raise NotImplementedError

    @property
    def cockpit(self) -> AccesscfgApp:
        """The app, by its own type."""
        return cast("AccesscfgApp", self.app)

    @property
    def is_whole(self) -> bool:
        """Whether its widgets are there: they come after the screen, and go before it."""
        return self.is_mounted and bool(self.query("#status")) and bool(self.query("#top"))

    def on_mount(self) -> None:
        """Show the keys and what is known."""
        self.show_keys()
        self.reload()

    def show_keys(self) -> None:
        """Show the keys that work here, the user's own where they were changed."""
        self.query_one(KeyFooter).show(self.shown_actions(), self.cockpit.keymap_of_user)

    def on_screen_resume(self) -> None:
        """It is in front: the window may have another size than when it was left."""
        self.app.call_after_refresh(self.cockpit.cover, self)

    def on_resize(self) -> None:
        """The lines at the edges follow the width."""
        self.call_after_refresh(self.show_status)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A read-only session has no key, and no command, for what it refuses."""
        return not (self.cockpit.read_only and action in actions.writing_methods(self.PLACE))

    def shown_actions(self) -> Sequence[actions.Action]:
        """The actions of this screen that this session allows."""
        every = actions.of_screen(self.PLACE)
        return [action for action in every if not (action.writes and self.cockpit.read_only)]

    # -- what the app tells --------------------------------------------------------------------------------------

    def reload(self) -> None:
        """What is known has changed as a whole."""
        self.show_status()

    def rows_changed(self, paths: Sequence[str]) -> None:
        """What is known of some rows (keys, sub-accounts, accounts by path) has changed."""

    def time_passed(self) -> None:
        """A minute has passed: what says how old something is says so anew."""

    def show_status(self) -> None:
        """Paint the line at the top and the status line."""
        self.query_one("#top", Static).update(self._top())
        self.query_one("#status", Static).update(Text(plain(self.status_text()), no_wrap=True))

    def status_text(self) -> str:
        """What is under way, or what is wrong."""
        return self.cockpit.status_text()

    def title_text(self) -> str:
        """Which workspace, in which mode."""
        app = self.cockpit
        sandbox = "  SANDBOX" if app.workspace.sandbox_url is not None else ""
        return f" accesscfg  {app.workspace.file.name}{sandbox}{'  READ-ONLY' if app.read_only else ''}"

    def _top(self) -> Content:
        """Which workspace, in which mode, and how its keys stand."""
        board = self.cockpit.board
        counts = None if board is None else list(in_order(board.standings()))
        return as_text([top_line(self.title_text(), counts, self.size.width, ascii=self.cockpit.ascii)])
