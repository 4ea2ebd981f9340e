"""The cockpit over one workspace: its screens, the ways between them, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, cast

from rich.console import RenderableType
from textual.binding import BindingType

from accesscfg.workspace import Workspace
from accesscfg_tui import actions
from accesscfg_tui.applying import ApplyingApp
from accesscfg_tui.choosing_copy import CopyingApp
from accesscfg_tui.commands import ActionsProvider
from accesscfg_tui.editing import EditingApp
from accesscfg_tui.fixing import FixingApp
from accesscfg_tui.logring import Listening, LogRing
from accesscfg_tui.messages import Logged
from accesscfg_tui.outlining import keep_outline
from accesscfg_tui.places import PLACES, screen_of
from accesscfg_tui.screens.adopt import AdoptScreen
from accesscfg_tui.screens.attest import ask_to_attest
from accesscfg_tui.screens.base import CockpitScreen
from accesscfg_tui.screens.board import BoardScreen
from accesscfg_tui.screens.detail import DetailScreen
from accesscfg_tui.screens.guide import GuideScreen
from accesscfg_tui.screens.help import HelpScreen
from accesscfg_tui.screens.leave import LeaveScreen
from accesscfg_tui.settings import DEFAULT_THEME, Found, Settings, state_folder
from accesscfg_tui.tuning import TuningApp
from accesscfg_tui.viewmodel.run import Order

STYLES = Path(__file__).parent / "styles"
LOOK_EVERY_S = 1.0  # at the files' times, to notice what an editor elsewhere has saved


class AccesscfgApp(ApplyingApp, FixingApp, CopyingApp, EditingApp, TuningApp):
    """Shows screens and goes from one to the other."""

    TITLE = "accesscfg"
    CSS_PATH: ClassVar[list[Path]] = sorted(STYLES.glob("*.tcss"))  # type: ignore[assignment]
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(actions.EVERYWHERE)
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = {ActionsProvider}  # noqa: RUF012 (Textual's own form)

    def __init__(
        self,
        workspace: Workspace,
        *,
        read_only: bool = False,
        ascii: bool = False,
        theme: str = DEFAULT_THEME,
        colorless: bool = False,
        settings: Path | None = None,
    ) -> None:
        super().__init__(workspace, read_only=read_only, ascii=ascii, theme=theme, colorless=colorless)
        self.keymap_of_user: dict[str, str] = {}
        self.always_ascii = ascii
        self.log_lines = LogRing(lambda: self.post_message(Logged()))
        self._listening = Listening(self.log_lines)
        if settings is not None:
            self.found = Found(Settings(), settings)
            self.load_settings()

    def on_mount(self) -> None:
        """Paint the frame at once, then read the files, then ask the exchanges."""
        self._listening.start()
        self.begin()
        self.push_screen(BoardScreen())
        self.tell_problems()
        self.set_interval(LOOK_EVERY_S, self.look_at_files)

    def on_unmount(self) -> None:
        """What accesscfg logs goes where it went before."""
        self._listening.stop()

    def on_logged(self) -> None:
        """The screen of the log follows."""
        if self.screen_stack and self.is_at("logs"):  # a line may come after the screens have gone
            cast("CockpitScreen", self.screen).reload()

    # -- what stands in the way ----------------------------------------------------------------------------------

    def files_judged(self) -> None:
        """Show what is wrong with the files; take it away once they are good."""
        if self.findings and not self.is_at("findings") and self._may_push():
            self.push_screen(screen_of("findings"))
        elif not self.findings and self.is_at("findings") and not self.declared_warnings:
            self.pop_screen()

    @property
    def declared_warnings(self) -> bool:
        """Whether the files are good but for warnings."""
        return self.declaration is not None and bool(self.declaration.warnings)

    def reading_judged(self) -> None:
        """Show that the secrets are locked."""
        if self.locked is not None and not self.is_at("locked") and self._may_push():
            self.push_screen(screen_of("locked"))
        elif self.findings:
            self.files_judged()

    def secrets_open(self) -> None:
        """They could be opened."""
        if self.is_at("locked"):
            self.pop_screen()

    def _may_push(self) -> bool:
        """Not over a question, and not over an apply."""
        return self.is_at("board") or self.is_at("detail") or self.is_at("locked") or self.is_at("findings")

    # -- going places --------------------------------------------------------------------------------------------

    async def action_go(self, place: str) -> None:
        """Go to a place; the board stays below it."""
        if place not in PLACES or self.is_at(place):
            return
        while not isinstance(self.screen, BoardScreen):
            await self.pop_screen()
        if place != BoardScreen.PLACE:
            await self.push_screen(screen_of(place))

    def is_at(self, place: str) -> bool:
        """Whether this is the screen in front."""
        return isinstance(self.screen, CockpitScreen) and place == self.screen.PLACE

    def action_help(self) -> None:
        """What can be done on the screen in front."""
        screen = self.screen
        if isinstance(screen, CockpitScreen):
            self.push_screen(
                HelpScreen(
                    screen.PLACE, read_only=self.read_only, ascii=self.ascii, keymap=self.keymap_of_user
                )
            )

    async def action_leave(self) -> None:
        """One screen back; from the board: quit."""
        if isinstance(self.screen, BoardScreen):
            await self.action_quit()
        else:
            self.pop_screen()

    def show_key(self, path: str) -> None:
        """Show one key in full."""
        self.push_screen(DetailScreen(path))

    def show_adopt(self, path: str) -> None:
        """Show what a key's declaration could take over of what is live."""
        self.push_screen(AdoptScreen(path))

    def show_guide(self, key: str) -> None:
        """Lead through the fix of a key on its exchange's website."""
        self.push_screen(GuideScreen(key))

    def ask_to_attest(self, key: str) -> None:
        """Ask what the website shows of a key, and record it."""
        ask_to_attest(self, key)

    def is_asked(self, key: str) -> bool:
        """An apply may use any key of what it changes."""
        return self.is_applying or super().is_asked(key)

    @property
    def is_held_back(self) -> bool:
        """An apply waits for the calls of guides and of statements."""
        return self.is_looking

    def on_fixing_app_looked(self) -> None:
        """An apply may have waited for it."""
        self._go_on()

    def on_fixing_app_attested(self, message: FixingApp.Attested) -> None:
        """An apply may have waited for it. (What came of it is said where it was recorded.)"""
        self.call_later(self._go_on)

    def look_after_statement(self, key: str) -> None:
        """The guide that led there does it, and says whether anything is left."""
        guides = [screen for screen in self.screen_stack if isinstance(screen, GuideScreen)]
        if guides and guides[-1].key == key:
            guides[-1].action_verify()
        else:
            super().look_after_statement(key)

    async def show_plan(self, targets: Sequence[str] = ()) -> None:
        """Plan these keys, or all, and show the plan."""
        if self.is_applying:
            self.notify("an apply is under way (7 shows it); a plan made now would not fit", markup=False)
            return
        self.review(targets)
        await self.action_go("plan")

    def start(self, order: Order) -> None:
        """Apply what a person agreed to, and show how it goes."""
        if self.apply(order):
            self.call_later(self.action_go, "run")

    def apply_ended(self, title: str) -> None:
        """Say it where the apply is not in front."""
        if not self.is_at("run"):
            self.notify(f"{title}; 7 shows what became of each change", markup=False)

    def action_picture(self) -> None:
        """Save a picture of the screen where no git tree is."""
        folder = state_folder()
        self.set_timer(0.1, lambda: self._save_picture(folder))  # once the palette is gone

    def _save_picture(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            saved = self.save_screenshot(path=str(folder))
        except OSError as error:
            self.notify(f"the picture cannot be saved ({error.strerror})", severity="error", markup=False)
            return
        self.notify(f"saved {saved}", markup=False)

    # -- ending --------------------------------------------------------------------------------------------------

    def exit(
        self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None
    ) -> None:
        """End, and keep what the next session begins with."""
        keep_outline(self)
        super().exit(result, return_code, message)

    def ended_by(self, number: int) -> None:
        """A signal ends an apply between two calls, never inside one."""
        self.stop_reading()
        if self.is_applying:
            self.leave_when_applied()
        else:
            super().ended_by(number)

    async def action_quit(self) -> None:
        """End; a reading under way is dropped, an apply only stopped between two calls, and only by who says so."""
        if self.is_applying:
            self.push_screen(LeaveScreen(self.status_text()), self._leave)
            return
        self.stop_reading()
        self.exit(0)

    def _leave(self, stop: bool | None) -> None:
        if stop:
            self.leave_when_applied()
