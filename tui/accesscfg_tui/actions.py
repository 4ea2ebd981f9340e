"""Every action of the terminal UI, once: bindings, footer, palette, help, remapping and the read-only gate use it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding, BindingType

EVERYWHERE = "everywhere"


@dataclass(frozen=True, slots=True)
class Action:
    """What a key does on a screen. `call` is Textual's action; `short` is for the footer, `help` for the help screen.

    `writes`: it changes something at an exchange, in the workspace's files or in the secrets, so that a read-only
    session refuses it. `footer`: its place in the footer, 0 for none.
    """

    id: str
    keys: str
    call: str
    short: str
    help: str
    screen: str
    footer: int = 0
    writes: bool = False

    @property
    def binding(self) -> Binding:
        """The binding of Textual."""
        return Binding(self.keys, self.call, self.short, show=False, id=self.id)


def _name(call: str) -> str:
    """Of `go('plan')` go-plan, of `trouble(1)` trouble."""
    method, _, rest = call.partition("(")
    place = rest.strip("')") if "'" in rest else ""
    return f"{method}-{place}".strip("-").replace("_", "-")


def _on(screen: str, *rows: tuple[str, str, str, str, int, bool]) -> tuple[Action, ...]:
    return tuple(
        Action(
            f"{screen}.{_name(call)}",
            keys,
            call,
            short,
            text,
            screen,
            place,
            writes,
        )
        for keys, call, short, text, place, writes in rows
    )


ACTIONS: tuple[Action, ...] = (
    *_on(
        EVERYWHERE,
        ("question_mark,f1", "help", "Help", "what can be done here", 1, False),
        ("q", "leave", "Quit", "one screen back; from the board: quit", 90, False),
        ("ctrl+q", "quit", "Quit", "quit; asks where something runs", 0, False),
        ("colon,ctrl+p", "command_palette", "Commands", "every command by its name", 80, False),
        ("1", "go('board')", "Board", "the board", 0, False),
        ("2", "go('plan')", "Plan", "the plan", 0, False),
        ("3", "go('pools')", "Pools", "the IP pools", 0, False),
        ("4", "go('history')", "History", "what was done, by whom", 0, False),
        ("5", "go('logs')", "Logs", "what this session did", 0, False),
        ("7", "go('run')", "Apply", "the apply under way, or the last one", 0, False),
        ("0", "go('findings')", "Findings", "what is wrong with the files", 0, False),
        ("6", "go('settings')", "Settings", "theme, glyphs, keys", 0, False),
        ("ctrl+z", "suspend_process", "Suspend", "back to the shell for a while", 0, False),
    ),
    *_on(
        "board",
        ("slash", "filter", "Filter", "show only rows with this text; !text shows the others", 2, False),
        ("r", "refresh_here", "Refresh", "read the marked keys, else those under the cursor", 3, False),
        ("R", "refresh_all", "Refresh all", "read everything", 0, False),
        ("p", "plan", "Plan", "the plan for the marked keys, else for all", 4, False),
        ("m", "guide", "By hand", "lead through the fix on the exchange's website", 5, False),
        ("A", "attest", "Attest", "record what the website shows, where no API does", 0, True),
        ("d", "adopt", "Adopt", "take over into the YAML what is live", 0, True),
        ("e", "edit", "Edit", "open the YAML where the key is declared", 6, True),
        ("n", "trouble(1)", "Next", "the next row that somebody should look at", 7, False),
        ("N", "previous", "Previous", "the one before", 0, False),
        ("space", "mark", "Mark", "mark a key, or all keys of an account", 8, False),
        ("f", "quick", "Show", "all, trouble, drift, by hand, unknown, expiring, marked", 9, False),
        ("s", "sort", "Sort", "file order, trouble first, by name", 10, False),
        ("c,y", "copy", "Copy", "copy the key's path or its addresses", 0, False),
        ("escape", "clear", "Clear", "clear the filter, then the marks", 0, False),
    ),
    *_on(
        "detail",
        ("r", "refresh", "Refresh", "read it again", 2, False),
        ("p", "plan", "Plan", "the plan for this key", 3, False),
        ("m", "guide", "By hand", "lead through the fix on the exchange's website", 4, False),
        ("A", "attest", "Attest", "record what the website shows, where no API does", 5, True),
        ("d", "adopt", "Adopt", "take over into the YAML what is live", 6, True),
        ("e", "edit", "Edit", "open the YAML where it is declared", 7, True),
        ("n", "trouble(1)", "Next", "the next key that somebody should look at", 8, False),
        ("N", "previous", "Previous", "the one before", 0, False),
        ("c,y", "copy", "Copy", "copy its path or its addresses", 9, False),
        ("escape", "back", "Back", "back to the board", 10, False),
    ),
    *_on(
        "history",
        ("slash", "filter", "Filter", "show only lines with this text", 2, False),
        ("c,y", "copy", "Copy", "copy the line in full", 3, False),
        ("escape", "back", "Back", "clear the filter, then the board", 4, False),
    ),
    *_on(
        "logs",
        ("slash", "filter", "Filter", "show only lines with this text", 2, False),
        ("f", "follow", "Follow", "keep the newest line in sight, or stay", 3, False),
        ("c,y", "copy", "Copy", "copy the lines that are shown", 4, False),
        ("escape", "back", "Back", "clear the filter, then the board", 5, False),
    ),
    *_on(
        "settings",
        ("t", "theme", "Theme", "choose the colours", 2, False),
        ("a", "ascii", "Characters", "signs such as ✓ and ≠, or plain characters", 3, False),
        ("c", "clipboard", "Copying", "how text is copied", 4, False),
        (
            "w",
            "confirm",
            "Confirming",
            "a typed word where the risk asks for one, or before every apply",
            5,
            False,
        ),
        ("e", "edit", "Edit", "open tui.yaml, for keys of your own", 6, False),
        ("escape", "back", "Back", "back to the board", 7, False),
    ),
    *_on(
        "findings",
        ("e", "edit", "Edit", "open the file at the line under the cursor", 2, True),
        ("r", "again", "Look again", "read the files again", 3, False),
        ("c,y", "copy", "Copy", "copy what was found", 4, False),
        ("escape", "back", "Back", "the board, as the files last were good", 5, False),
    ),
    *_on(
        "locked",
        ("u", "unlock", "Unlock", "leave the screen, let sops ask at the terminal, come back", 2, False),
        ("r", "again", "Try again", "read again, for instance after a login elsewhere", 3, False),
        (
            "s,escape",
            "back",
            "Go on without",
            "the board; keys whose secrets are locked stay unknown",
            4,
            False,
        ),
    ),
    *_on(
        "plan",
        ("a", "apply", "Apply", "apply it; asks first, and enter never confirms", 2, True),
        ("space", "leave_out", "Leave out", "leave the key out, or take it in again", 3, False),
        ("m", "guide", "By hand", "lead through the fix on the exchange's website", 4, False),
        ("w", "save", "Save", "save the plan as a file for accesscfg apply", 5, False),
        ("r", "again", "Plan anew", "read again and plan anew", 6, False),
        ("D", "everything", "All", "show what stays as it is too", 7, False),
        ("c,y", "copy", "Copy", "copy the plan as text", 8, False),
        ("escape", "back", "Back", "one screen back", 9, False),
    ),
    *_on(
        "run",
        ("x", "stop", "Stop", "stop before the next call; never inside one", 2, False),
        ("R", "retry", "Try again", "plan anew what was not made, and ask", 3, True),
        ("m", "guide", "By hand", "lead through the fix on the exchange's website", 4, False),
        ("c,y", "copy", "Copy", "copy the report", 5, False),
        ("escape", "back", "Back", "one screen back; an apply goes on", 6, False),
    ),
    *_on(
        "adopt",
        ("space", "choose", "Choose", "take this facet over, or leave it", 2, False),
        ("w", "write", "Write", "write it into the file; asks first, and enter never writes", 3, True),
        (
            "P",
            "pools",
            "Replace pool",
            "replace the pools in the way by their other addresses, or keep them",
            4,
            False,
        ),
        ("r", "refresh", "Refresh", "read the key again", 5, False),
        ("e", "edit", "Edit", "open the YAML where the key is declared", 6, True),
        ("escape", "back", "Back", "nothing is taken over", 7, False),
    ),
    *_on(
        "pools",
        ("a", "add", "Add", "add addresses to the pool, in any format", 2, True),
        ("x,delete", "remove", "Remove", "take the address under the cursor out of the pool", 3, True),
        ("v", "paste", "Paste list", "paste the whole list as it is to be, in any format", 4, True),
        ("c,y", "copy", "Copy", "copy the addresses, in any format", 5, False),
        ("p", "plan", "Plan", "the plan for the keys that use the pool", 6, False),
        ("r", "refresh", "Refresh", "read the keys that use the pool", 7, False),
        ("e", "edit", "Edit", "open the pool's file at the address, or the YAML that lists it", 8, True),
        ("escape", "back", "Back", "to the pools, then the board", 9, False),
    ),
    *_on(
        "guide",
        ("space", "tick", "Tick", "tick the step off and go on, or take its tick away", 2, True),
        ("c,y", "copy", "Copy", "copy what the step wants pasted", 3, False),
        ("v", "plain", "Text", "everything as plain text, for the terminal's own selection", 4, False),
        ("o", "open_page", "Page", "open the page in the browser", 5, False),
        ("r", "verify", "Verify", "look at the key again, and say what is left", 6, False),
        ("i", "wanted", "Whole state", "the whole state as it is to be", 8, False),
        ("f", "entry", "Format", "addresses with commas, one a line, with blanks, one at a time", 9, False),
        ("A", "attest", "Attest", "record what the page shows, where no API does", 10, True),
        ("N", "new", "New key", "guide the making of a new key, or back from it", 11, False),
        ("U", "start_over", "Start over", "take all ticks away", 0, True),
        ("escape", "app.leave", "Leave", "leave; everything is kept", 7, False),
    ),
    *_on(
        "text",
        ("t", "terminal", "Terminal", "print it on the terminal, where long lines stay whole", 2, False),
        ("escape,v", "app.leave", "Back", "one screen back", 3, False),
    ),
)


# what moves in every list and text: by the id of the binding, its usual keys and what it does
MOVE = "move"
MOVES: dict[str, tuple[str, str]] = {
    "move.up": ("up,k", "one line up"),
    "move.down": ("down,j", "one line down"),
    "move.page-up": ("pageup", "a page up"),
    "move.page-down": ("pagedown", "a page down"),
    "move.first": ("home,g", "to the first line"),
    "move.last": ("end,G", "to the last line"),
    "move.fold": ("left,h", "fold, or go out"),
    "move.unfold": ("right,l", "unfold, or go in"),
    "move.open": ("enter", "open, or turn a fold; it never confirms a write"),
}


def writing_methods(screen: str) -> frozenset[str]:
    """The methods of a screen that a read-only session refuses, without `action_`."""
    return frozenset(one.call.partition("(")[0] for one in ACTIONS if one.screen == screen and one.writes)


def remappable() -> dict[str, tuple[str, str]]:
    """By the id of each action, the screen where it works, and its usual keys."""
    moves = {name: (MOVE, keys) for name, (keys, _) in MOVES.items()}
    return {**{one.id: (one.screen, one.keys) for one in ACTIONS}, **moves}


def of_screen(screen: str, actions: Iterable[Action] = ACTIONS) -> tuple[Action, ...]:
    """The actions of one screen, those of everywhere last."""
    own = [action for action in actions if action.screen == screen]
    return (*own, *(action for action in actions if action.screen == EVERYWHERE))


def bindings(screen: str) -> list[BindingType]:
    """The bindings of one screen (or of everywhere)."""
    return [action.binding for action in ACTIONS if action.screen == screen]


def named(action_id: str) -> Action:
    """One action by its id; KeyError where there is none."""
    for action in ACTIONS:
        if action.id == action_id:
            return action
    raise KeyError(action_id)


SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "escape": "esc",
    "space": "space",
    "enter": "enter",
}


def shown_key(action: Action, keymap: dict[str, str] | None = None) -> str:
    """The key to press, as people write it; with the user's own keys where they were changed."""
    keys = (keymap or {}).get(action.id, action.keys)
    first = keys.partition(",")[0].strip()
    return SHOWN.get(first, first)
