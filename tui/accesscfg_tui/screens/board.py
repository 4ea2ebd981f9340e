"""The board: every declared key, how it stands, and what could be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Input, Static

from accesscfg.model.findings import Mark
from accesscfg_tui import actions
from accesscfg_tui.screens.base import CockpitScreen, writing
from accesscfg_tui.viewmodel.board import Board, Order, Quick, columns
from accesscfg_tui.viewmodel.detail import detail
from accesscfg_tui.viewmodel.group import group
from accesscfg_tui.viewmodel.lines import fit
from accesscfg_tui.widgets.board_list import BoardList
from accesscfg_tui.widgets.reader import Reader

REST_S = 0.08  # how long the cursor rests before the pane beside it follows


class BoardScreen(CockpitScreen):
    """The rows on the left, the key under the cursor on the right where there is room."""

    PLACE = "board"
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("board")
    _rest: Timer | None = None

    def body(self) -> ComposeResult:
        """Rows and detail."""
        with Horizontal(id="panes"):
            with Vertical(id="board-pane", classes="pane"):
                yield Static(id="head")
                yield Static(id="empty", markup=False)
                yield BoardList(id="board")
                yield Input(
                    id="filter", placeholder="text to show, !text to hide; enter keeps it", compact=True
                )
            yield Reader(id="detail-pane", classes="pane", can_focus=False)

    @property
    def board(self) -> Board | None:
        """The rows."""
        return self.cockpit.board

    def on_mount(self) -> None:
        """Show what is known."""
        self.query_one("#board-pane").border_title = "Board"
        self.query_one("#detail-pane").border_title = "Key"
        super().on_mount()
        self.query_one(BoardList).focus()

    # -- painting ------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Show the board anew."""
        board = self.board
        if board is not None:
            self.query_one(BoardList).show(board)
        self.show_status()
        self.show_detail()
        self.show_empty()

    def show_empty(self) -> None:
        """Say why there are no rows, and what to do."""
        board, empty = self.board, self.query_one("#empty", Static)
        if board is None:
            broken = bool(self.cockpit.findings)
            says = "The files cannot be read as they are: 0 tells why." if broken else "Reading the files …"
        elif not board.declaration.accounts:
            says = f"No key is declared in {self.cockpit.workspace.file.name}. e opens it; what is saved is shown here."
        elif not self.query_one(BoardList).rows:
            says = "No row fits: esc shows all again."
        else:
            says = ""
        empty.update(says)
        empty.display = bool(says)

    def rows_changed(self, paths: Sequence[str]) -> None:
        """Repaint some rows where they are."""
        rows = self.query_one(BoardList)
        rows.update_rows(paths)
        if rows.row is not None and rows.row.id in paths:
            self.show_detail()

    def show_status(self) -> None:
        """The lines at the edges, the heads of the columns, and what the border says."""
        super().show_status()
        rows, board = self.query_one(BoardList), self.board
        heads = "".join(
            fit(one.name.upper(), one.width - 1) + " "
            for one in columns(rows.scrollable_content_region.width)
        )
        self.query_one("#head", Static).update(Text(heads, no_wrap=True))
        if board is not None:
            shown = [f"{len(board.marked)} marked"] if board.marked else []
            shown += [f"filter: {board.text}"] if board.text else []
            shown += [board.quick.value, board.order.value]
            self.query_one("#board-pane").border_subtitle = Text(", ".join(shown))

    def time_passed(self) -> None:
        """Everything that was read is older."""
        self.query_one(BoardList).refresh()
        self.show_detail()

    def show_detail(self) -> None:
        """The key under the cursor, from memory only."""
        row, board = self.query_one(BoardList).row, self.board
        shown = self.query_one("#detail-pane", Reader)
        if row is None or board is None:
            shown.show(())
            return
        if row.key is None:
            profile = self.cockpit.workspace.profiles.get(row.exchange)
            shown.show(group(board, row, profile, shown.line_width))
            return
        shown.show(detail(self.cockpit.scene_of(row.key), shown.line_width))

    @on(BoardList.Moved)
    def _moved(self) -> None:
        """The pane follows once the cursor rests, so that a held key is answered at once."""
        if self._rest is not None:
            self._rest.stop()
            self._rest = None
        if self.has_class("-wide"):
            self._rest = self.set_timer(REST_S, self.show_detail)

    @on(BoardList.Opened)
    def _opened(self, event: BoardList.Opened) -> None:
        self.cockpit.show_key(event.row.id)

    # -- actions -------------------------------------------------------------------------------------------------

    def action_filter(self) -> None:
        """Type a filter."""
        field = self.query_one("#filter", Input)
        field.add_class("shown")
        self.set_focus(field)  # at once: keys that are typed ahead belong to it

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        if self.board is not None:
            self.board.text = event.value.strip()
            event.input.set_class(bool(event.value) or event.input.has_focus, "shown")
            self._rebuild()

    @on(Input.Submitted, "#filter")
    def _filter_kept(self) -> None:
        self._leave_filter()

    def _leave_filter(self) -> None:
        field = self.query_one("#filter", Input)
        field.set_class(bool(field.value), "shown")
        self.set_focus(self.query_one(BoardList))

    def action_clear(self) -> None:
        """Clear the filter first, then the quick filter, then the marks."""
        board, field = self.board, self.query_one("#filter", Input)
        if board is None:
            return
        if field.value or field.has_focus:
            field.value = ""
            self._leave_filter()
        elif board.quick is not Quick.ALL:
            board.quick = Quick.ALL
        else:
            board.marked.clear()
        self._rebuild()

    def _rebuild(self) -> None:
        self.query_one(BoardList).rebuild()
        self.show_empty()
        self.show_status()

    def action_mark(self) -> None:
        """Mark or unmark the row; a group's row marks all its keys."""
        rows, board = self.query_one(BoardList), self.board
        if rows.row is None or board is None:
            return
        paths = {str(key.path) for key in board.keys_of(rows.row)}
        if paths <= board.marked:
            board.marked -= paths
        else:
            board.marked |= paths
        rows.update_rows(paths)
        self.show_status()
        if rows.row.kind == "key":
            rows.action_move(1)

    def action_quick(self) -> None:
        """The next quick filter."""
        if self.board is not None:
            every = list(Quick)
            self.board.quick = every[(every.index(self.board.quick) + 1) % len(every)]
            self._rebuild()

    def action_sort(self) -> None:
        """The next order."""
        if self.board is not None:
            every = list(Order)
            self.board.order = every[(every.index(self.board.order) + 1) % len(every)]
            self._rebuild()

    def action_trouble(self, by: int) -> None:
        """The next row that somebody should look at."""
        rows, board = self.query_one(BoardList), self.board
        if board is None:
            return
        places = [
            n for n, row in enumerate(rows.rows) if row.key is not None and board.look(row.key).is_trouble
        ]
        after = (
            [n for n in places if n > rows.cursor] if by > 0 else [n for n in places if n < rows.cursor][::-1]
        )
        if places:
            rows.cursor = after[0] if after else places[0 if by > 0 else -1]

    def action_previous(self) -> None:
        """The row before that somebody should look at."""
        self.action_trouble(-1)

    def targets(self) -> list[str]:
        """The marked keys, else those under the cursor."""
        board, row = self.board, self.query_one(BoardList).row
        if board is None:
            return []
        if board.marked:
            return sorted(board.marked)
        return [] if row is None else [str(key.path) for key in board.keys_of(row)]

    def _one_key(self) -> str | None:
        """The key under the cursor; where that is on none, a word about it."""
        row = self.query_one(BoardList).row
        if row is not None and row.key is not None:
            return str(row.key.path)
        self.notify("this is done key by key: put the cursor on a key", markup=False)
        return None

    @writing
    def action_edit(self) -> None:
        """Open the YAML where the row is declared."""
        row, declaration = self.query_one(BoardList).row, self.cockpit.declaration
        if declaration is None:
            return
        if row is None:
            self.cockpit.edit_at(Mark(str(declaration.file), 1, 1))
            return
        account = declaration.account(row.id.partition("/")[0])
        sub = account.sub(row.id.partition("/")[2]) if row.kind == "sub" else None
        where = row.key.where if row.key is not None else account.where if sub is None else sub.where
        self.cockpit.edit_at(where)

    def action_copy(self) -> None:
        """Copy something of the marked keys, else of those under the cursor."""
        keys = [key for path in self.targets() if (key := self.cockpit.key_at(path)) is not None]
        if keys:
            self.cockpit.choose_copy(keys)

    def action_refresh_here(self) -> None:
        """Read the marked keys, else those under the cursor."""
        chosen = self.targets()
        if chosen and not self.cockpit.read(chosen):
            self.notify("a reading is under way", markup=False)

    def action_refresh_all(self) -> None:
        """Read everything."""
        if not self.cockpit.read():
            self.notify("a reading is under way", markup=False)

    async def action_plan(self) -> None:
        """Plan the marked keys, or all."""
        await self.cockpit.show_plan(sorted(self.board.marked) if self.board is not None else ())

    def action_guide(self) -> None:
        """Lead through the fix of the key under the cursor by hand."""
        if (path := self._one_key()) is not None:
            self.cockpit.show_guide(path)

    @writing
    def action_adopt(self) -> None:
        """Take over into the YAML what is live of the key under the cursor."""
        if (path := self._one_key()) is not None:
            self.cockpit.show_adopt(path)

    @writing
    def action_attest(self) -> None:
        """Record what the website shows of the key under the cursor."""
        if (path := self._one_key()) is not None:
            self.cockpit.ask_to_attest(path)
