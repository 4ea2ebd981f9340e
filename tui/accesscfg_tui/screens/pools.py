"""The IP pools: who uses which address, where it is missing live. Addresses come and go by edits, shown first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantFocus
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from accesscfg.model.edit import PoolEdit
from accesscfg.model.findings import Mark
from accesscfg.report.clean import plain
from accesscfg.report.words import count
from accesscfg_tui import actions
from accesscfg_tui.copying import copy
from accesscfg_tui.screens.base import writing
from accesscfg_tui.screens.choose import ChooseScreen
from accesscfg_tui.screens.paste import PasteScreen
from accesscfg_tui.screens.proposing import ProposingScreen
from accesscfg_tui.viewmodel.lines import line, wrapped
from accesscfg_tui.viewmodel.pools import (
    FORMATS,
    PoolView,
    entry_of,
    entry_rows,
    in_format,
    pool_head,
    pool_heads,
    pool_rows,
    pool_views,
)
from accesscfg_tui.widgets.lines import as_text
from accesscfg_tui.widgets.row_list import RowList
from accesscfg_tui.work import Work

SOON_S = 0.2


class PoolsScreen(ProposingScreen):
    """Pools on the left, the addresses and keys of one on the right; a narrow window shows one of both."""

    PLACE = "pools"
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("pools")

    @dataclass
    class Placed(Message):
        """Where the addresses of a pool stand."""

        where: Mark

    def __init__(self) -> None:
        super().__init__()
        self.views: list[PoolView] = []
        self._shown: str | None = None  # the pool whose addresses are shown
        self._soon: Timer | None = None  # to show what was read

    def body(self) -> ComposeResult:
        """Two lists."""
        with Horizontal(id="panes"):
            with Vertical(id="pools-pane", classes="pane"):
                yield Static(id="pool-heads", classes="faint")
                yield RowList(id="pools")
            with Vertical(id="pool-pane", classes="pane"):
                yield Static(id="pool-head")
                yield RowList(id="entries")

    def on_mount(self) -> None:
        """Show what is known."""
        self.query_one("#pools-pane").border_title = "IP pools"
        super().on_mount()
        self.query_one("#pools", RowList).focus()

    # -- painting ------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """The files or the readings have changed."""
        super().reload()
        self._soon = None
        app = self.cockpit
        pools = {} if app.board is None else app.board.declaration.pools
        places = {name: app.place_of(pool.where) for name, pool in pools.items()}
        self.views = [] if app.board is None else pool_views(app.board, places)
        self._show_pools()

    def rows_changed(self, paths: Sequence[str]) -> None:
        """Keys were read; of many that come one after the other, all are shown at once."""
        used = {str(use.key.path) for view in self.views for use in view.uses}
        if self._soon is None and not used.isdisjoint(paths):
            self._soon = self.set_timer(SOON_S, self.reload)

    @property
    def view(self) -> PoolView | None:
        """The pool under the cursor."""
        row = self.query_one("#pools", RowList).row
        return next((view for view in self.views if row is not None and view.pool.name == row.id), None)

    def _show_pools(self) -> None:
        pools, heads = self.query_one("#pools", RowList), self.query_one("#pool-heads", Static)
        pools.show(pool_rows(self.views, pools.line_width, ascii=self.cockpit.ascii))
        width = max(30, pools.line_width - 2)
        none = (
            "No pool is declared. A pool is a named list that keys refer to as pool:NAME; e opens the file."
        )
        waits = "the files are being read"
        empty = none if self.cockpit.board is not None else waits
        heads.update(as_text([line(pool_heads(pools.line_width))] if self.views else wrapped(empty, width)))
        self._show_entries()

    def _show_entries(self) -> None:
        pane, head = self.query_one("#pool-pane"), self.query_one("#pool-head", Static)
        entries, view = self.query_one("#entries", RowList), self.view
        if view is None:
            pane.border_title = ""
            head.update("")
            entries.show([])
            return
        pane.border_title = Content(plain(f"pool:{view.pool.name}"))
        pane.border_subtitle = Content("enter goes to a key" if self.is_inside else "enter goes in")
        head.update(as_text(pool_head(view, max(30, entries.line_width - 2))))
        if view.pool.name != self._shown:
            self._shown = view.pool.name
            entries.show([])
        entries.show(entry_rows(view, entries.line_width, ascii=self.cockpit.ascii))

    @on(RowList.Resized)
    def _resized(self) -> None:
        self._show_pools()

    @on(RowList.Moved)
    def _moved(self) -> None:
        if not self.is_inside:
            self._show_entries()

    # -- moving between the two ----------------------------------------------------------------------------------

    @property
    def is_inside(self) -> bool:
        """Whether the addresses have the cursor."""
        return self.has_class("inside")

    @on(DescendantFocus)
    def _focused(self) -> None:
        self.set_class(self.query_one("#entries").has_focus, "inside")
        self._show_entries()

    @on(RowList.Folded)
    def _entered(self, event: RowList.Folded) -> None:
        """Enter or right goes in: from pools to addresses, from there to keys; left goes back."""
        if not self.is_inside:
            if event.fold is not True:
                self._go_in()
        elif event.fold is True:
            self._go_out()
        elif event.name.startswith("key:"):
            self.cockpit.show_key(event.name.removeprefix("key:"))

    def _go_in(self) -> None:
        if self.view is not None:
            self.add_class("inside")
            self.query_one("#entries", RowList).focus()

    def _go_out(self) -> None:
        self.remove_class("inside")
        self.query_one("#pools", RowList).focus()

    async def action_back(self) -> None:
        """From the addresses to the pools, from there to the board."""
        if self.is_inside:
            self._go_out()
        else:
            await self.cockpit.action_leave()

    # -- actions -------------------------------------------------------------------------------------------------

    @writing
    def action_add(self) -> None:
        """Type or paste addresses that come to the pool."""
        view = self.view
        if view is not None:
            there = frozenset(view.pool.entries)

            def tell(entries: tuple[str, ...]) -> str:
                new = [entry for entry in entries if entry not in there]
                return f"{len(new)} new to the pool" if new else "the pool has them all"

            self._ask(f"Add to pool {view.pool.name}", tell, replaces=False)

    @writing
    def action_paste(self) -> None:
        """Paste the whole list as it is to be."""
        view = self.view
        if view is not None:
            there = frozenset(view.pool.entries)

            def tell(entries: tuple[str, ...]) -> str:
                come, go = len(set(entries) - there), len(there - set(entries))
                return f"{come} come, {go} go, {len(there) - go} stay"

            self._ask(f"The whole list of pool {view.pool.name}", tell, replaces=True)

    def _ask(self, title: str, tell: Callable[[tuple[str, ...]], str], *, replaces: bool) -> None:
        view = self.view
        if view is None:
            return
        pool = view.pool

        def given(entries: tuple[str, ...] | None) -> None:
            if entries is not None:
                gone = tuple(one for one in pool.entries if one not in entries) if replaces else ()
                new = tuple(one for one in entries if one not in pool.entries)
                self.propose(PoolEdit(pool.name, add=new, remove=gone), ask=True)

        self.app.push_screen(PasteScreen(title, self.cockpit.workspace.addresses_in, tell), given)

    @writing
    def action_remove(self) -> None:
        """Take the address under the cursor out of the pool."""
        view, entry = self.view, entry_of(self.query_one("#entries", RowList).row)
        if view is None:
            return
        if not self.is_inside or entry is None:
            self.notify("go to the address first (enter), then x takes it out", markup=False)
            return
        self.propose(PoolEdit(view.pool.name, remove=(entry,)), ask=True)

    def action_copy(self) -> None:
        """Copy the pool's addresses, or the one under the cursor."""
        view, entry = self.view, entry_of(self.query_one("#entries", RowList).row)
        if view is None:
            return
        one = [("one", f"only {entry}")] if self.is_inside and entry is not None else []

        def chosen(form: str | None) -> None:
            if form == "one" and entry is not None:
                copy(self.app, entry)
            elif form is not None:
                copy(self.app, in_format(view.pool.entries, form))

        words = f"Copy {count(len(view.pool.entries), 'address', 'addresses')} of {view.pool.name}"
        self.app.push_screen(ChooseScreen(words, [*one, *FORMATS.items()]), chosen)

    def action_refresh(self) -> None:
        """Read the keys that use the pool."""
        view = self.view
        paths = [] if view is None else [str(use.key.path) for use in view.uses]
        if paths and not self.cockpit.read(paths):
            self.notify("a reading is under way", markup=False)

    async def action_plan(self) -> None:
        """Plan the keys that use the pool."""
        view = self.view
        if view is not None and view.uses:
            await self.cockpit.show_plan([str(use.key.path) for use in view.uses])

    @writing
    def action_edit(self) -> None:
        """Open the pool's file at the address under the cursor, or the YAML where its list is there."""
        view, entry = self.view, entry_of(self.query_one("#entries", RowList).row)
        if view is None:
            return
        pool, workspace = view.pool, self.cockpit.workspace

        async def look(stop: asyncio.Event) -> Mark:
            return workspace.place_of_pool(pool, entry if self.is_inside else None)

        def found(where: Mark | None, error: BaseException | None) -> None:
            self.post_message(self.Placed(where or pool.where))

        Work("looking for the pool", look, found).start()

    def on_pools_screen_placed(self, message: Placed) -> None:
        """It is known where its addresses stand."""
        if self.is_current:
            self.cockpit.edit_at(message.where)
