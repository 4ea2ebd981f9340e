"""Whether to apply a plan. The focus is on Cancel, Enter never confirms, and what is risky has to be typed."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.viewmodel.question import Answer, Question, question, scope_lines
from accesscfg_tui.viewmodel.sheet import Sheet
from accesscfg_tui.widgets.lines import as_text
from accesscfg_tui.widgets.safe_button import SafeButton

EDGES = 6  # rows around the scope: the border, the buttons with a blank above, a blank before what is asked, a margin
LEAST_SCOPE = 4


class ConfirmScreen(ModalScreen[Question | None]):
    """Gives the question back where all its answers were given, else None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("up", "scroll(-1)", "Up", show=False),
        Binding("down", "scroll(1)", "Down", show=False),
        Binding("pageup", "scroll(-8)", "Page up", show=False),
        Binding("pagedown", "scroll(8)", "Page down", show=False),
    ]

    def __init__(self, sheet: Sheet, *, always: bool = False) -> None:
        super().__init__()
        self._sheet = sheet
        self._question = question(sheet, always=always)
        self._one_by_one = False

    def compose(self) -> ComposeResult:
        """The scope, which scrolls; what is to be typed; the two buttons."""
        asked = self._question
        with Vertical(id="confirm", classes="live" if asked.live else ""):
            with VerticalScroll(id="scope", can_focus=False):
                yield Static(id="scope-text")
            with Vertical(id="answers"):
                for place in range(len(asked.answers)):
                    with Vertical(id=f"ask-{place}", classes="ask"):
                        yield Static(id=f"ask-text-{place}")
                        with Horizontal(classes="field"):
                            yield Static(">")
                            yield Input(id=f"answer-{place}", compact=True, select_on_focus=False)
            with Horizontal(id="buttons"):
                yield SafeButton("Cancel", id="cancel")
                yield SafeButton("y  Apply", id="apply", disabled=bool(asked.answers))

    def on_mount(self) -> None:
        """The focus on what does no harm."""
        self.query_one("#confirm").border_title = Content(self._question.title)
        self.query_one("#cancel").focus()

    def on_resize(self) -> None:
        """The lines are made for a width."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        """The scope gets what room is left: fields and buttons are always in sight.

        Where that would leave it too little, one thing is asked after the other.
        """
        pane, scope = self.query_one("#confirm"), self.query_one("#scope")
        width = max(30, pane.size.width - 3)
        asks = [_asking(answer, width) for answer in self._question.answers]
        for place, ask in enumerate(asks):
            self.query_one(f"#ask-text-{place}", Static).update(as_text(ask))
        rows = [len(ask) + 1 for ask in asks]
        self._one_by_one = self.size.height - EDGES - sum(rows) < LEAST_SCOPE
        room = self.size.height - EDGES - (max(rows, default=0) if self._one_by_one else sum(rows))
        lines = scope_lines(self._sheet, width)
        self.query_one("#scope-text", Static).update(as_text(lines))
        scope.styles.max_height = max(1, room)
        more = "down shows more; " if len(lines) > room else ""
        says = f"{more}esc cancels, enter never applies"
        pane.border_subtitle = Content(says if len(says) <= width else f"{more}esc cancels")
        self._show_asks()

    def _show_asks(self) -> None:
        """Every thing that is asked, or the first that has no answer yet."""
        missing = [
            place for place, (field, answer) in enumerate(self._fields) if not answer.is_given(field.value)
        ]
        now = missing[0] if missing else len(self._question.answers) - 1
        for place in range(len(self._question.answers)):
            self.query_one(f"#ask-{place}").set_class(self._one_by_one and place != now, "hidden")

    # -- typing --------------------------------------------------------------------------------------------------

    @property
    def _fields(self) -> list[tuple[Input, Answer]]:
        return [
            (self.query_one(f"#answer-{place}", Input), answer)
            for place, answer in enumerate(self._question.answers)
        ]

    @property
    def is_answered(self) -> bool:
        """Whether everything that was asked for is typed."""
        return all(answer.is_given(field.value) for field, answer in self._fields)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        button = self.query_one("#apply", SafeButton)
        button.disabled = not self.is_answered
        for field, answer in self._fields:
            field.set_class(answer.is_given(field.value), "right")
        self._show_asks()
        if event.input.has_class("right"):
            missing = next((field for field, _ in self._fields if not field.has_class("right")), None)
            (button if missing is None else missing).focus()

    def on_key(self, event: events.Key) -> None:
        """What is typed goes to the field that waits for it; y applies where nothing is left to type."""
        if isinstance(self.focused, Input):
            return
        if event.key == "enter":
            event.stop()
            if self.focused is self.query_one("#cancel"):
                self.action_cancel()
        elif self.is_answered and event.key == "y":
            event.stop()
            self.query_one("#apply", SafeButton).action_press()
        elif self._question.answers and event.is_printable and event.character and event.key != "space":
            self._type(event)

    def _type(self, event: events.Key) -> None:
        field = next((field for field, answer in self._fields if not answer.is_given(field.value)), None)
        if field is not None and event.character:
            event.stop()
            field.focus()
            field.insert_text_at_cursor(event.character)

    # -- the end -------------------------------------------------------------------------------------------------

    @on(SafeButton.Pressed)
    def _pressed(self, event: SafeButton.Pressed) -> None:
        if event.button.id == "apply" and self.is_answered:
            self.dismiss(self._question)
        else:
            self.dismiss(None)

    def action_cancel(self) -> None:
        """Nothing happens."""
        self.dismiss(None)

    def action_scroll(self, by: int) -> None:
        """More of the scope."""
        self.query_one("#scope", VerticalScroll).scroll_relative(y=by, animate=False)


def _asking(answer: Answer, width: int) -> list[Line]:
    why = (
        wrapped(f"{answer.consent.partition('=')[0]}: {answer.why}", width, style="bad")
        if answer.consent
        else []
    )
    return [line(""), *why, *wrapped(f"{answer.ask}:", width, style="strong")]
