"""Writes the tables of keys and states in docs/tui.md from the code: `make docs-tui`.

Also used by tests/test_tui_page.py, which fails when the page says something else than the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from accesscfg_tui.actions import ACTIONS, EVERYWHERE, MOVES, SHOWN, Action
from accesscfg_tui.glyphs import FACES
from accesscfg_tui.screens.help import ABOUT

PAGE = Path(__file__).resolve().parent.parent / "docs" / "tui.md"
TITLES = {
    "board": "The board",
    "detail": "One key",
    "plan": "The plan",
    "run": "The apply",
    "guide": "By hand",
    "text": "The guide as text",
    "adopt": "Adopting",
    "pools": "IP pools",
    "history": "History",
    "logs": "Logs",
    "settings": "Settings",
    "findings": "Findings",
    "locked": "Locked secrets",
}


def in_step(page: str) -> str:
    """The page with its made parts as the code has them. Raises ValueError where one of its marks is missing."""
    for name, made in _parts().items():
        begin, end = f"<!-- made: {name} -->\n", "<!-- end -->"
        before, found, rest = page.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"{PAGE.name} has no part {name!r}")
        page = f"{before}{begin}\n{made}\n{end}{after}"
    return page


def _parts() -> Mapping[str, str]:
    return {"states": _states(), "moves": _moves(), "everywhere": _keys(EVERYWHERE), "places": _places()}


def _moves() -> str:
    rows = "".join(
        f"| {' '.join(f'`{key}`' for key in keys.split(','))} | {says} | `{name}` |\n"
        for name, (keys, says) in MOVES.items()
    )
    return f"| key | does | name |\n| --- | --- | --- |\n{rows}"


def _states() -> str:
    rows = "".join(f"| `{face.glyph}` | `{face.ascii}` | {face.word} |\n" for face in FACES.values())
    return f"| sign | with `--ascii` | word |\n| --- | --- | --- |\n{rows}"


def _places() -> str:
    screens = dict.fromkeys(one.screen for one in ACTIONS if one.screen != EVERYWHERE)
    ordered = [
        *(name for name in TITLES if name in screens),
        *(name for name in screens if name not in TITLES),
    ]
    return "\n".join(f"### {TITLES.get(name, name)}\n\n{ABOUT[name]}\n\n{_keys(name)}" for name in ordered)


def _keys(screen: str) -> str:
    rows = "".join(_row(one) for one in ACTIONS if one.screen == screen)
    return f"| key | does | name |\n| --- | --- | --- |\n{rows}"


def _row(one: Action) -> str:
    keys = " ".join(f"`{SHOWN.get(key, key)}`" for key in one.keys.split(","))
    return f"| {keys} | {one.help}{' (w)' if one.writes else ''} | `{one.id}` |\n"


def main() -> None:
    """Write the page where it has changed."""
    page = PAGE.read_text(encoding="utf-8")
    made = in_step(page)
    if made != page:
        PAGE.write_text(made, encoding="utf-8")
        print(f"wrote {PAGE.name}")


if __name__ == "__main__":
    main()
