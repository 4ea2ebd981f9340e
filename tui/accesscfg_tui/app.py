"""The application: holds what is known, starts work, and turns what work tells into what is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segments
from textual.app import App
from textual.binding import BindingType

from accesscfg.model.errors import AccesscfgError, InvalidDeclaration, SecretsError
from accesscfg.model.events import Event, KeyCompared, ReadingStarted, Waiting
from accesscfg.model.findings import Finding
from accesscfg.model.plan import Plan
from accesscfg.workspace import Workspace
from accesscfg_tui import actions
from accesscfg_tui.crash import short_report
from accesscfg_tui.messages import PlanMade, ReadingFailed, Told
from accesscfg_tui.screens.base import CockpitScreen
from accesscfg_tui.screens.board import BoardScreen
from accesscfg_tui.screens.help import HelpScreen
from accesscfg_tui.viewmodel.board import Board
from accesscfg_tui.viewmodel.looks import fresh_look, old_look
from accesscfg_tui.work import Work

if TYPE_CHECKING:
    from accesscfg.model.desired import Declaration


class AccesscfgApp(App[int]):
    """The cockpit over one workspace."""

    TITLE = "accesscfg"
    CSS_PATH: ClassVar[list[str]] = ["styles/base.tcss", "styles/board.tcss"]  # type: ignore[assignment]
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings(actions.EVERYWHERE)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 (Textual's own form)
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        workspace: Workspace,
        *,
        read_only: bool = False,
        ascii: bool = False,
        colorless: bool = False,
    ) -> None:
        super().__init__(ansi_color=colorless or None)
        self.colorless = colorless
        self.workspace = workspace
        self.read_only = read_only
        self.ascii = ascii
        self.declaration: Declaration | None = None
        self.findings: tuple[Finding, ...] = ()  # why the files cannot be read as they are now
        self.board: Board | None = None
        self.plan: Plan | None = None  # the last whole one
        self.locked: SecretsError | None = None
        self.trouble: AccesscfgError | None = None
        self.progress = ""
        self.keymap_of_user: dict[str, str] = {}
        self._reading: Work[Plan] | None = None
        self._asked = 0
        self._answered = 0

    def on_mount(self) -> None:
        """Paint at once what the files and the last board say, then read."""
        self.animation_level = "none"
        if self.colorless:
            self.theme = "ansi-dark"
        self.load()
        self.push_screen(BoardScreen())
        if self.board is not None:
            self.call_after_refresh(self.read)

    # -- the declaration -----------------------------------------------------------------------------------------

    def load(self) -> bool:
        """Read the files; where they are broken the last good board stays. True when they are good."""
        try:
            declaration = self.workspace.load()
        except InvalidDeclaration as error:
            self.findings = error.findings
            return False
        self.findings = ()
        self.declaration = declaration
        old = self.board
        self.board = Board(declaration, self.workspace.profiles.get, ascii=self.ascii)
        if old is not None:
            self.board.looks = old.looks
            self.board.marked, self.board.folded = old.marked, old.folded
            self.board.order, self.board.quick, self.board.text = old.order, old.quick, old.text
        else:
            self._remember()
        return True

    def _remember(self) -> None:
        """The last board, which never counts as the present."""
        if self.board is None or self.declaration is None:
            return
        sandbox = self.workspace.sandbox_url is not None
        last = self.workspace.last_board()
        for key in self.declaration.all_keys():
            seen = last.get(str(key.path))
            if seen is not None:
                wanted = self.workspace.wanted_digest(key)
                self.board.looks[str(key.path)] = old_look(seen, wanted, sandbox=sandbox)

    # -- reading -------------------------------------------------------------------------------------------------

    def read(self, targets: Sequence[str] = ()) -> bool:
        """Ask the exchanges about these keys, or about everything. False where a reading is under way."""
        if self.board is None or self.declaration is None or self.is_reading:
            return False
        chosen = frozenset(targets)
        paths = [str(key.path) for key in self.declaration.all_keys()]
        self.board.reading = {path for path in paths if not chosen or path in chosen}
        self._asked, self._answered = len(self.board.reading), 0
        self._reading = Work(
            "reading", self._plan_of(tuple(targets)), self._read_done(tuple(targets))
        ).start()
        self._repaint()
        return True

    @property
    def is_reading(self) -> bool:
        """Whether a reading is under way."""
        return self._reading is not None and self._reading.is_running

    def _plan_of(self, targets: tuple[str, ...]):  # type: ignore[no-untyped-def]
        async def plan(stop: asyncio.Event) -> Plan:
            return await self.workspace.plan(targets, on_event=self.tell)

        return plan

    def tell(self, event: Event) -> None:
        """Take an event of a run, in whatever thread it comes."""
        self.post_message(Told(event))

    def _read_done(self, targets: tuple[str, ...]):  # type: ignore[no-untyped-def]
        def done(plan: Plan | None, error: BaseException | None) -> None:
            if plan is not None:
                self.post_message(PlanMade(plan, whole=not targets))
            elif error is not None:
                self.post_message(ReadingFailed(error, targets))

        return done

    def on_told(self, message: Told) -> None:
        """A row fills as its answer comes."""
        board = self.board
        if board is None:
            return
        match message.event:
            case KeyCompared(result, changes):
                path = str(result.path)
                before = board.looks.get(path)
                board.looks[path] = fresh_look(result, changes, datetime.now(UTC), before)
                board.reading.discard(path)
                self._answered += 1
                self._tell_screens([path, result.path.account, result.path.parent])
            case ReadingStarted():
                board.waiting.clear()
            case Waiting(account, seconds, why):
                board.waiting[account] = f"waits {seconds:.0f} s ({why})"
                self._tell_screens([account])
            case _:
                pass
        self._say_progress()

    def _say_progress(self) -> None:
        self.progress = f"reading {self._answered}/{self._asked}" if self.is_reading else ""
        self._status()

    def on_plan_made(self, message: PlanMade) -> None:
        """Everything asked has its answer."""
        board = self.board
        if board is None:
            return
        self.locked = self.trouble = None
        self._end_reading(board)
        if message.whole:
            self.plan = message.plan
        self._repaint()

    def on_reading_failed(self, message: ReadingFailed) -> None:
        """Nothing new is known; what was known stays, with its age."""
        if self.board is not None:
            self._end_reading(self.board)
        error = message.error
        if isinstance(error, SecretsError):
            self.locked = error
        elif isinstance(error, InvalidDeclaration):
            self.findings = error.findings
        elif isinstance(error, AccesscfgError):
            self.trouble = error
        else:
            raise error
        self._repaint()

    def _end_reading(self, board: Board) -> None:
        board.reading.clear()
        board.waiting.clear()
        self.progress = ""

    # -- telling the screens -------------------------------------------------------------------------------------

    def _tell_screens(self, paths: Sequence[str]) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, CockpitScreen):
                screen.rows_changed(paths)

    def _status(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, CockpitScreen):
                screen.show_status()

    def _repaint(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, CockpitScreen):
                screen.reload()

    def status_text(self) -> str:
        """What is under way, or what is wrong, in one line."""
        if self.findings:
            return f"the files cannot be read as they are, this is the last good state: {self.findings[0]}"
        if self.locked is not None:
            return f"secrets are locked: {self.locked.what}"
        if self.trouble is not None:
            return self.trouble.what
        return self.progress

    # -- going places --------------------------------------------------------------------------------------------

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

    # -- ending --------------------------------------------------------------------------------------------------

    async def action_quit(self) -> None:
        """End; a reading under way is dropped."""
        if self._reading is not None:
            self._reading.cancel()
        self.exit(0)

    def _fatal_error(self) -> None:
        """A crash report without values; Textual's own one shows the locals."""
        self.bell()
        self._exit_renderables.append(Segments(self.console.render(short_report(), self.console.options)))
        self._close_messages_no_wait()
