"""What is known of the workspace and of its exchanges, and the work that finds it out."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.cells import cell_len

from accesscfg.model.desired import Declaration, DesiredKey, Policies
from accesscfg.model.errors import AccesscfgError, InvalidDeclaration, SecretsError
from accesscfg.model.events import Event, KeyCompared, ReadingStarted, Waiting
from accesscfg.model.findings import Finding, Mark
from accesscfg.model.plan import Plan, Refusal
from accesscfg.workspace import Workspace
from accesscfg_tui.glyphs import Standing
from accesscfg_tui.messages import Loaded, PlanMade, ReadingFailed, Told
from accesscfg_tui.screens.base import CockpitScreen
from accesscfg_tui.terminal_app import TerminalApp
from accesscfg_tui.viewmodel.board import Board, Wait
from accesscfg_tui.viewmodel.looks import Look, fresh_look, old_look
from accesscfg_tui.work import Work

NEWS_EVERY_S = 0.05
Stamp = tuple[tuple[int, int], ...]  # of each file: when it was changed last, and its size


class ReadingApp(TerminalApp[int]):
    """Holds what is known, starts the work that finds out more, and tells the screens what has changed."""

    second_terminal = ""  # in practice: the line for a shell that leads to the simulated websites

    def __init__(
        self, workspace: Workspace, *, read_only: bool, ascii: bool, theme: str, colorless: bool
    ) -> None:
        super().__init__(theme=theme, colorless=colorless)
        self.workspace = workspace
        self.read_only = workspace.reads_only = read_only
        self.ascii = ascii
        self.declaration: Declaration | None = None
        self.findings: tuple[Finding, ...] = ()  # why the files cannot be read as they are now
        self.board: Board | None = None
        self.plan: Plan | None = None  # the last whole one
        self.refusals: dict[str, tuple[Refusal, ...]] = {}  # by key path: what guards refuse of its changes
        self.locked: SecretsError | None = None
        self.trouble: AccesscfgError | None = None
        self.progress = ""
        self._first: Loaded | None = None
        self._loading: Work[Loaded] | None = None
        self._reading: Work[Plan] | None = None
        self._files: tuple[Path, ...] = ()
        self._stamp: Stamp = ()
        self._to_read: set[str] = set()
        self._asked = 0
        self._answered = 0
        self._news: deque[Event] = deque()  # filled by threads, emptied by the app
        self._news_coming = False

    # -- the declaration -----------------------------------------------------------------------------------------

    def read_files_first(self) -> None:
        """Read the files before the app runs, where an outline stands meanwhile: the first frame has the rows."""
        with contextlib.suppress(AccesscfgError):  # it is told where they are read again
            self._first = self._read_files()

    def begin(self) -> None:
        """Read the files, or show those that were read first."""
        if self._first is None:
            self.load()
        else:
            self.board = self._first.board
            self.call_after_refresh(self.post_message, self._first)

    def load(self) -> None:
        """Read the files again; where they are broken the last good board stays."""
        if self._loading is None or not self._loading.is_running:
            self._stamp = stamp_of(self._files)
            self._loading = Work("loading", self._load, self._loaded).start()

    async def _load(self, stop: asyncio.Event) -> Loaded:
        return self._read_files()

    def _read_files(self) -> Loaded:
        try:
            declaration = self.workspace.load()
        except InvalidDeclaration as error:
            return Loaded(None, error.findings, error.files)
        board = Board(declaration, self.workspace.profiles.get, ascii=self.ascii)
        if self.board is None:
            board.looks = remembered(self.workspace, declaration)
        return Loaded(board, (), declaration.files)

    def _loaded(self, loaded: Loaded | None, error: BaseException | None) -> None:
        if loaded is not None:
            self.post_message(loaded)
        elif error is not None:
            self.post_message(ReadingFailed(error, ()))

    def on_loaded(self, message: Loaded) -> None:
        """The files are read; what has changed in them is asked for."""
        self._files = tuple(message.files)
        if not self._stamp:
            self._stamp = stamp_of(self._files)
        self.findings = message.findings
        if message.board is not None:
            first, old = self.declaration is None, self.board
            changed = [] if old is None else _taken_over(old, message.board)
            self.board, self.declaration = message.board, message.board.declaration
            self.read() if first else self.read_soon(changed)
        self._repaint()
        self.files_judged()

    def files_judged(self) -> None:
        """The files were read: `findings` says whether they are good. For the app to show."""

    @property
    def shows_the_files(self) -> bool:
        """Whether the board is what the files say now; not while they are broken, or written since they were read."""
        return not self.findings and bool(self._files) and stamp_of(self._files) == self._stamp

    def look_at_files(self) -> None:
        """Load again where a file was changed by somebody; cheap, as it only asks when."""
        if self._files and stamp_of(self._files) != self._stamp:
            self.load()

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
        self._say_progress()
        self._repaint()
        return True

    def read_soon(self, targets: Sequence[str]) -> None:
        """Ask about these keys as soon as no reading is under way."""
        self._to_read.update(targets)
        if self._to_read and self.declaration is not None and not self.is_reading:
            there = {str(key.path) for key in self.declaration.all_keys()}
            asked, self._to_read = sorted(self._to_read & there), set()
            if asked:
                self.read(asked)

    @property
    def is_reading(self) -> bool:
        """Whether a reading is under way."""
        return self._reading is not None

    @property
    def is_settled(self) -> bool:
        """Whether the first reading is over, whatever came of it."""
        known = self.plan is not None or self.locked is not None or self.trouble is not None
        return (known or bool(self.findings)) and not self.is_reading

    def _plan_of(self, targets: tuple[str, ...]) -> Callable[[asyncio.Event], asyncio.Future[Plan]]:
        def plan(stop: asyncio.Event) -> asyncio.Future[Plan]:
            return asyncio.ensure_future(self.workspace.plan(targets, on_event=self.tell))

        return plan

    def tell(self, event: Event) -> None:
        """Take an event of a run, in whatever thread it comes."""
        self._news.append(event)
        if not self._news_coming:
            self._news_coming = True
            self.post_message(Told())

    def _read_done(self, targets: tuple[str, ...]) -> Callable[[Plan | None, BaseException | None], None]:
        def done(plan: Plan | None, error: BaseException | None) -> None:
            if plan is not None:
                self.post_message(PlanMade(plan, whole=not targets))
            elif error is not None:
                self.post_message(ReadingFailed(error, targets))

        return done

    def stop_reading(self) -> None:
        """Drop the reading that is under way."""
        if self._reading is not None:
            self._reading.cancel()

    def on_told(self) -> None:
        """Rows fill as their answers come: together, as a thousand keys can have theirs within a second."""
        self.set_timer(NEWS_EVERY_S, self._take_news)

    def _take_news(self) -> None:
        self._news_coming = False
        changed: set[str] = set()
        while self._news and self.board is not None:
            changed.update(self._take(self.board, self._news.popleft()))
        if changed:
            self._tell_screens(sorted(changed))
        self._say_progress()

    def _take(self, board: Board, event: Event) -> Sequence[str]:
        """Take one event; gives the ids of the rows that it changes."""
        match event:
            case KeyCompared(result, changes):
                path = str(result.path)
                board.looks[path] = fresh_look(result, changes, datetime.now(UTC), board.looks.get(path))
                board.reading.discard(path)
                self._answered += 1
                return path, result.path.account, result.path.parent
            case ReadingStarted():
                board.waiting.clear()
            case Waiting(account, seconds, why):
                board.waiting[account] = Wait(
                    datetime.now(UTC) + timedelta(seconds=seconds), why.replace("_", " ")
                )
                return (account,)
            case _:
                pass
        return ()

    def _say_progress(self) -> None:
        self.progress = f"reading {self._answered}/{self._asked}" if self.is_reading else ""
        self._status()

    def on_plan_made(self, message: PlanMade) -> None:
        """Everything asked has its answer."""
        was_locked = self.locked is not None
        self.locked = self.trouble = None
        self._end_reading()
        if was_locked:
            self.secrets_open()
        for result in message.plan.keys:
            path = str(result.path)
            self.refusals[path] = tuple(one for one in message.plan.refusals if str(one.key) == path)
        if message.whole:
            self.plan = message.plan
        if self.declaration is not None and message.plan.declaration_hash != self.declaration.hash:
            self.load()
        self._repaint()
        self.read_soon(())

    def on_reading_failed(self, message: ReadingFailed) -> None:
        """Nothing new is known; what was known stays, with its age."""
        self._end_reading()
        match message.error:
            case SecretsError() as error:
                self.locked = error
            case InvalidDeclaration() as error:
                self.findings = error.findings
            case AccesscfgError() as error:
                self.trouble = error
            case asyncio.CancelledError():
                pass
            case error:
                raise error
        self._repaint()
        self.reading_judged()

    def secrets_open(self) -> None:
        """Secrets that were locked could be opened. For the app to show."""

    def reading_judged(self) -> None:
        """A reading has failed: `locked`, `findings` or `trouble` say why. For the app to show."""

    def _end_reading(self) -> None:
        self._take_news()
        self._reading = None
        if self.board is not None:
            self.board.reading.clear()
            self.board.waiting.clear()
        self.progress = ""

    # -- telling the screens -------------------------------------------------------------------------------------

    def _shown(self) -> list[CockpitScreen]:
        """The screens that have their widgets: not those that are being made or taken away."""
        return [one for one in self.screen_stack if isinstance(one, CockpitScreen) and one.is_whole]

    def _tell_screens(self, paths: Sequence[str]) -> None:
        for screen in self._shown():
            screen.rows_changed(paths)

    def _status(self) -> None:
        for screen in self._shown():
            screen.show_status()

    def _repaint(self) -> None:
        for screen in self._shown():
            screen.reload()

    def status_text(self) -> str:
        """What is under way, or what is wrong, in one line."""
        if self.findings:
            first = next((one for one in self.findings if one.severity == "error"), self.findings[0])
            shown = "; this is the last good state" if self.board is not None else ""
            return f"the files are broken, 0 tells why{shown}: {first.message}"
        if self.locked is not None and not self.is_reading:
            return f"secrets are locked, R asks again: {self.locked.what}"
        if self.trouble is not None:
            return self.trouble.what
        return self.progress or self._no_answer() or self._in_practice()

    def _in_practice(self) -> str:
        if not self.second_terminal:
            return ""
        text = f"websites, in a second terminal: {self.second_terminal}"
        fits = cell_len(text) <= self.size.width - 2  # half a command is of no use
        return text if fits else "the websites are yours to play: m on a key says how"

    def _no_answer(self) -> str:
        if self.board is None:
            return ""
        keys = self.board.declaration.all_keys()
        silent = {key.path.account for key in keys if self.board.look(key).standing is Standing.NO_ANSWER}
        return f"no answer: {', '.join(sorted(silent))} (R asks again)" if silent else ""


def stamp_of(files: Sequence[Path]) -> Stamp:
    """When each file was changed last, and its size; zeros for one that is not there."""
    stamps = []
    for file in files:
        try:
            seen = file.stat()
            stamps.append((seen.st_mtime_ns, seen.st_size))
        except OSError:
            stamps.append((0, 0))
    return tuple(stamps)


def remembered(workspace: Workspace, declaration: Declaration) -> dict[str, Look]:
    """How the keys stood when this machine last looked, which never counts as the present."""
    sandbox = workspace.sandbox_url is not None
    last = workspace.last_board()
    return {
        path: old_look(seen, workspace.wanted_digest(key), sandbox=sandbox)
        for key in declaration.all_keys()
        if (seen := last.get(path := str(key.path))) is not None
    }


def _taken_over(old: Board, new: Board) -> list[str]:
    """Carry over what is known of keys that are declared as before; gives the paths of the others."""
    new.marked, new.folded, new.reading, new.waiting = old.marked, old.folded, old.reading, old.waiting
    new.order, new.quick, new.text = old.order, old.quick, old.text
    before = {str(key.path): key for key in old.declaration.all_keys()}
    after = {str(key.path): key for key in new.declaration.all_keys()}
    same_rules = _without_places(old.declaration.policies) == _without_places(new.declaration.policies)
    kept = [path for path, key in after.items() if same_rules and _same(before.get(path), key)]
    new.looks = {path: old.looks[path] for path in kept if path in old.looks}
    new.marked &= after.keys()
    return sorted(after.keys() - set(kept))


def _without_places(policies: Policies) -> Policies:
    nowhere = Mark("", 0, 0)
    exceptions = tuple(replace(one, where=nowhere) for one in policies.exceptions)
    return replace(policies, where={}, exceptions=exceptions)


def _same(old: DesiredKey | None, new: DesiredKey) -> bool:
    """Whether a key is declared as before, wherever in the file it stands."""
    return old is not None and replace(old, where=new.where) == new
