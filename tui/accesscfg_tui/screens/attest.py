"""Stating what a website shows and no API does: a box for each facet, a name, and the focus on Cancel."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from accesscfg.model.plan import FacetResult, FacetState
from accesscfg.report.clean import plain
from accesscfg.report.words import Words
from accesscfg_tui.fixing import Stated
from accesscfg_tui.person import name_of_person
from accesscfg_tui.viewmodel.attest import answer, attestable, heading, question
from accesscfg_tui.viewmodel.lines import wrapped
from accesscfg_tui.widgets.box import Box
from accesscfg_tui.widgets.lines import as_text
from accesscfg_tui.widgets.safe_button import SafeButton
from accesscfg_tui.work import Work

if TYPE_CHECKING:
    from accesscfg_tui.app import AccesscfgApp

LONGEST = 200  # characters of a name or a note
_AROUND = 8  # lines of the frame, the fields, the buttons, and the rims of the screen


class AttestScreen(ModalScreen[Stated | None]):
    """Gives what was stated, or None. Nothing is ticked beforehand."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", show=False),
        Binding("up", "app.focus_previous", "Up", show=False),
        Binding("down", "app.focus_next", "Down", show=False),
        Binding("pageup", "scroll(-8)", "Page up", show=False),
        Binding("pagedown", "scroll(8)", "Page down", show=False),
    ]

    def __init__(self, key: str, exchange: str, facets: Sequence[FacetResult], words: Words) -> None:
        super().__init__()
        self._key = key
        self._exchange = exchange
        self._facets = tuple(facets)
        self._words = words
        self._proposed = ""

    def compose(self) -> ComposeResult:
        """The facets, which scroll; name and note; the two buttons."""
        with Vertical(id="attest"):
            with VerticalScroll(id="facets", can_focus=False):
                yield Static(id="attest-head")
                for place, one in enumerate(self._facets):
                    yield Box(question(one), id=f"facet-{place}")
                    yield Static(id=f"value-{place}", classes="value")
            with Horizontal(classes="ask"):
                yield Static(Content("Your name "))
                yield Input(id="by", compact=True, max_length=LONGEST)
            with Horizontal(classes="ask"):
                yield Static(Content("Note      "))
                yield Input(
                    id="note", compact=True, max_length=LONGEST, placeholder="a ticket, if there is one"
                )
            with Horizontal(id="buttons"):
                yield SafeButton("Cancel", id="cancel")
                yield SafeButton("Attest", id="attest-it", disabled=True)

    def on_mount(self) -> None:
        """The focus on what does no harm; the name is looked up meanwhile."""
        pane = self.query_one("#attest")
        pane.border_title = Content(plain(f"Attest {self._key}"))
        pane.border_subtitle = Content("tab moves, space ticks and presses, esc cancels")
        self.query_one("#cancel").focus()
        folder = cast("AccesscfgApp", self.app).workspace.root

        async def ask(stop: asyncio.Event) -> str:
            return name_of_person(folder)

        def found(name: str | None, error: BaseException | None) -> None:
            self.app.call_later(self._propose, name or "")

        Work("name", ask, found).start()

    def _propose(self, name: str) -> None:
        if self.is_attached and not (field := self.query_one("#by", Input)).value:
            field.value = plain(name)[:LONGEST]

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        self.query_one("#facets").styles.max_height = max(3, self.size.height - _AROUND)
        width = max(20, self.query_one("#facets").size.width - 1)
        words, exchange = self._words, self._exchange
        text = wrapped(heading(len(self._facets), words.name(exchange)), width)
        self.query_one("#attest-head", Static).update(as_text(text))
        for place, one in enumerate(self._facets):
            shown = self.query_one(f"#value-{place}", Static)
            shown.update(as_text(answer(one, words, exchange, width - 4)))

    # -- the answer ----------------------------------------------------------------------------------------------

    @property
    def stated(self) -> Stated | None:
        """What could be recorded as it is now; None while nothing is ticked or nobody is named."""
        ticked = [
            one.facet.value
            for place, one in enumerate(self._facets)
            if self.query_one(f"#facet-{place}", Box).ticked
        ]
        by = self.query_one("#by", Input).value.strip()
        note = self.query_one("#note", Input).value.strip()
        return Stated(tuple(ticked), by, note or None) if ticked and by else None

    @on(Box.Turned)
    @on(Input.Changed)
    def _changed(self) -> None:
        self.query_one("#attest-it", SafeButton).disabled = self.stated is None

    def on_key(self, event: events.Key) -> None:
        """Enter never confirms: on Cancel it cancels, elsewhere it does nothing."""
        if event.key == "enter":
            event.stop()
            if self.focused is self.query_one("#cancel"):
                self.dismiss(None)

    @on(SafeButton.Pressed)
    def _pressed(self, event: SafeButton.Pressed) -> None:
        self.dismiss(self.stated if event.button.id == "attest-it" else None)

    def action_scroll(self, by: int) -> None:
        """More of the facets."""
        self.query_one("#facets", VerticalScroll).scroll_relative(y=by, animate=False)


def ask_to_attest(app: AccesscfgApp, key: str, facets: Sequence[FacetResult] | None = None) -> bool:
    """Ask what is seen of a key, and record what is stated. False where there is nothing to state, or no one may.

    Without `facets` those of the last look at it.
    """
    board = app.board
    wanted = (
        None
        if board is None
        else next((one for one in board.declaration.all_keys() if str(one.path) == key), None)
    )
    if app.read_only or board is None or wanted is None:
        why = "this session only reads" if app.read_only else f"{key} is not declared any more"
        app.notify(why, severity="warning", markup=False)
        return False
    look = board.look(wanted)
    asked = attestable(look.result) if facets is None else facets
    if not asked:
        known = look.result is not None and all(
            one.state in (FacetState.IN_SYNC, FacetState.DRIFT) for one in look.result.facets
        )
        why = "it can be seen in full" if known else "it was not read in this session yet (r)"
        app.notify(f"nothing to attest of {key}: {why}", markup=False)
        return False

    def answered(stated: Stated | None) -> None:
        if stated is not None and not app.attest(key, stated):
            app.notify("another statement is being recorded", severity="warning", markup=False)

    app.push_screen(AttestScreen(key, wanted.exchange, asked, Words(app.workspace.profiles.get)), answered)
    return True
