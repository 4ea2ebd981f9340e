"""Help for the place one is in: what it shows, and every key that works there."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from accesscfg_tui.actions import EVERYWHERE, Action, of_screen, shown_key
from accesscfg_tui.glyphs import FACES
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.widgets.wrapped import Wrapped

ABOUT = {
    "board": "Every declared key and how it stands. What was read in an earlier session says 'was' and is never"
    " counted as in sync. Nothing is changed from here: a plan comes first.",
    "plan": "What applying would do, key by key: + grants, - revokes. Only what says 'by API' is made; the rest is done"
    " by hand. Guards say no to what could lock somebody out or open a door; each is lifted for one key by typing it"
    " when asked. A plan that is older than ten minutes, or whose files have changed, is made anew first.",
    "adopt": "What is live and not as declared, facet by facet. What you choose is written into the file; every other"
    " line of it stays, and nothing is sent to an exchange. An address comes to the key's own list, never into a pool.",
    "pools": "Named lists of addresses, the keys that use them, and where an address is missing live. An edit is shown"
    " with the keys it touches and the changes that a plan would then hold; it is written when you agree.",
    "guide": "What to do on the exchange's website, in its words and in an order that never opens a door or cuts"
    " anybody off. A tick says that you did it; ticks stay when you leave, and are there in the next session. What a"
    " form holds takes effect when it is saved. Then r looks at the key again: what an API shows is verified, the rest"
    " is yours to attest.",
    "text": "The guide as plain text. The mouse is the terminal's own here, so select as you are used to; t prints it"
    " below the screen, where a long line is one line.",
    "run": "What becomes of each change. Each key is read again before its write and read back after it. Leaving this"
    " screen leaves it running; the status line of every screen says how far it is.",
    "detail": "One key: what is wanted beside what is live, how each is known, where each address comes from, what"
    " would be done about the differences, and what was done before. A ? is what nobody can see; it never counts as"
    " in sync.",
    "history": "What was applied and attested from this machine, the newest first, from .accesscfg/audit.jsonl. Each"
    " line there is bound to the one before: a cut or a change is said at the bottom. enter opens the key of a line.",
    "logs": "What this session asked, by method, path, answer and time, and what it waited for. Kept in memory only; it"
    " holds no secret and no answer of an exchange.",
    "settings": "How it looks and which keys do what. What is changed here is saved in tui.yaml of your configuration"
    " folder; keys of your own are written there.",
    "findings": "What is wrong with the workspace's files, errors first. The board shows how they last were good, and"
    " reads them again as soon as one is saved. enter opens the editor at the line.",
    "locked": "sops could not open the secrets, so nothing could be asked. Unlocking leaves this screen so that sops,"
    " gpg or a plugin can ask at the terminal; what is opened then stays in this program's memory until it ends.",
}


class HelpScreen(ModalScreen[None]):
    """Shown over the screen it explains."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "Close", show=False),
    ]

    def __init__(self, place: str, *, read_only: bool, ascii: bool, keymap: dict[str, str]) -> None:
        super().__init__()
        self._place = place
        self._read_only = read_only
        self._ascii = ascii
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        with VerticalScroll(id="help", classes="pane"):
            yield Wrapped(self.lines, id="help-text")

    def on_mount(self) -> None:
        """Name the place."""
        pane = self.query_one("#help")
        pane.border_title = f"Help: {self._place}"
        pane.border_subtitle = "esc closes"
        pane.focus()

    def lines(self, width: int) -> list[Line]:
        """What is shown, for a width in cells."""
        shown = [action for action in of_screen(self._place) if not (action.writes and self._read_only)]
        own = [action for action in shown if action.screen == self._place]
        rest = [action for action in shown if action.screen == EVERYWHERE]
        room = max(cell_len(shown_key(action, self._keymap)) for action in shown)
        return [
            *wrapped(ABOUT.get(self._place, ""), width),
            line(""),
            line(("HERE", "head")),
            *(one for action in own for one in self._row(action, room, width)),
            line(""),
            line(("EVERYWHERE", "head")),
            *(one for action in rest for one in self._row(action, room, width)),
            *_keyed("j k", "down and up, as the arrows; page up, page down, home, end", room, width),
            line(""),
            line(("STATES", "head")),
            *(
                line((f"  {face.ascii if self._ascii else face.glyph}  {face.word}", face.style))
                for face in FACES.values()
            ),
        ]

    def _row(self, action: Action, room: int, width: int) -> list[Line]:
        return _keyed(shown_key(action, self._keymap), action.help, room, width)


def _keyed(key: str, text: str, room: int, width: int) -> list[Line]:
    """A key in so many cells, and what it does beside it."""
    first, *more = wrapped(text, width, first=f"  {key:<{room}}  ")
    return [line((first.pieces[0][0], "strong"), first.pieces[-1]), *more]
