"""What is shown where there is no workspace yet: the ways to one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from accesscfg.model.errors import AccesscfgError
from accesscfg.workspace import Workspace
from accesscfg_tui.terminal_app import TerminalApp
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.widgets.reader import Reader
from accesscfg_tui.work import Work

STYLES = Path(__file__).parent.parent / "styles"


@dataclass(frozen=True)
class Ways:
    """The ways to a workspace, as the command line knows them. Each raises AccesscfgError where it does not work.

    `starter` writes one into a folder; `practice` makes one that is thrown away at the end of the program, over
    simulated exchanges; `opened` opens a folder or file. `made` tells afterwards what `starter` made, and what is to be
    known of it, such as where the identity is that opens the secrets.
    """

    starter: Callable[[Path], Workspace]
    practice: Callable[[], Workspace]
    opened: Callable[[Path], Workspace]
    made: Callable[[], str] = str


class WelcomeApp(TerminalApp[Workspace]):
    """Ends with a workspace, or with none."""

    TITLE = "accesscfg"
    CSS_PATH: ClassVar[list[Path]] = sorted(STYLES.glob("*.tcss"))  # type: ignore[assignment]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "g", "starter", "Starter", show=False, priority=True
        ),  # else the text would scroll to its top by it
        Binding("x", "practice", "Practice", show=False),
        Binding("o", "open", "Open", show=False),
        Binding("r", "again", "Look again", show=False),
        Binding("enter", "board", "Board", show=False),
        Binding("escape", "close_field", "Back", show=False),
        Binding("q,ctrl+q", "quit", "Quit", show=False),
    ]

    def __init__(
        self, ways: Ways, folder: Path, *, read_only: bool, theme: str, colorless: bool = False
    ) -> None:
        super().__init__(theme=theme, colorless=colorless)
        self._ways = ways
        self._folder = folder
        self._read_only = read_only
        self._problem: AccesscfgError | None = None
        self._doing = ""
        self._found: Workspace | None = None  # while what was made is read

    def compose(self) -> ComposeResult:
        """The choices, and a field for a folder."""
        yield Static(" accesscfg  no configuration", id="top", markup=False)
        yield Reader(id="welcome", classes="pane")
        yield Input(
            id="folder", placeholder="a folder, or a file; enter opens it, esc goes back", compact=True
        )
        yield Static(id="status", markup=False)

    def on_mount(self) -> None:
        """Show the choices."""
        self.query_one(Reader).border_title = "Welcome"
        self.query_one(Reader).focus()
        self._show()

    def on_resize(self) -> None:
        """The lines are made for the width."""
        super().on_resize()
        self.call_after_refresh(self._show)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A g that is typed in the field belongs to it."""
        return not (action == "starter" and isinstance(self.focused, Input))

    def _show(self) -> None:
        reader = self.query_one(Reader)
        reader.show(self._lines(reader.line_width))
        ends = "q quits" if self._found is None else "enter opens the board, q quits"
        self.query_one("#status", Static).update(self._doing or ends)

    def _lines(self, width: int) -> list[Line]:
        if self._found is not None:
            return [one for text in self._ways.made().splitlines() for one in _as_told(text, width)]
        lines = [line(("No workspace yet", "strong")), line("")]
        lines += wrapped(
            "A workspace is a folder, normally a git repository, with a file exchanges.yaml that declares which API"
            " keys exist, what each may do, and from where.",
            width,
        )
        lines.append(line(""))
        starter = f"write a starter into {self._folder}: a commented exchanges.yaml, and encrypted secrets"
        choices = [("g", starter)] if not self._read_only else []
        choices += [
            ("x", "try it on simulated exchanges: nothing real is touched, nothing is kept"),
            ("o", "open another folder or file"),
            ("r", f"look again for exchanges.yaml in {self._folder}"),
        ]
        for key, says in choices:
            first, *more = wrapped(says, width, first=f"  {key}  ")
            lines += [line((f"  {key}  ", "told"), first.pieces[-1]), *more]
        problem = self._problem
        if problem is not None:
            lines += [line(""), *wrapped(problem.what, width, style="bad")]
            lines += wrapped(problem.why, width, first="why   ", style="faint") if problem.why else []
            lines += wrapped(problem.fix, width, first="next  ") if problem.fix else []
        return lines

    # -- the ways ------------------------------------------------------------------------------------------------

    def action_starter(self) -> None:
        """Write one here."""
        if not self._read_only:
            self._go("writing", lambda: self._ways.starter(self._folder))

    def action_practice(self) -> None:
        """A practice one."""
        self._go("making a practice workspace", self._ways.practice)

    def action_board(self) -> None:
        """What was made is read: go on to it."""
        if self._found is not None:
            self.exit(self._found)

    def action_again(self) -> None:
        """Look again."""
        self._go("looking", lambda: self._ways.opened(self._folder))

    def action_open(self) -> None:
        """Ask for a folder."""
        if self._found is not None:
            return
        field = self.query_one("#folder", Input)
        field.add_class("shown")
        field.focus()

    def action_close_field(self) -> None:
        """No folder after all."""
        self.query_one("#folder", Input).remove_class("shown")
        self.query_one(Reader).focus()

    @on(Input.Submitted, "#folder")
    def _folder_named(self, event: Input.Submitted) -> None:
        named = Path(event.value.strip() or ".").expanduser()
        self.action_close_field()
        self._go("opening", lambda: self._ways.opened(named))

    def _go(self, doing: str, way: Callable[[], Workspace]) -> None:
        if self._doing or self._found is not None:
            return
        self._doing, self._problem = f"{doing} …", None
        self._show()

        async def work(stop: asyncio.Event) -> Workspace:
            return await asyncio.to_thread(way)

        def done(workspace: Workspace | None, error: BaseException | None) -> None:
            with contextlib.suppress(RuntimeError):  # it was quit meanwhile
                self.call_from_thread(self._ended, workspace, error)

        Work(doing, work, done, writes=True).start()

    def _ended(self, workspace: Workspace | None, error: BaseException | None) -> None:
        self._doing = ""
        if workspace is not None and self._ways.made():
            self._found = workspace
            self._show()
        elif workspace is not None:
            self.exit(workspace)
        elif isinstance(error, AccesscfgError):
            self._problem = error
            self._show()
        elif error is not None:
            raise error


def _as_told(text: str, width: int) -> list[Line]:
    """A line as the command prints it, with its indentation, wrapped."""
    indent = " " * (len(text) - len(text.lstrip()))
    return wrapped(text.strip(), width, first=indent, rest=f"{indent}  ")
