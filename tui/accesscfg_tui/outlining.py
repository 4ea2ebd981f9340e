"""Drawing the outline that the next session begins with: what the board says without how anything stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from accesscfg.report.clean import plain
from accesscfg_tui.outline import Fit, keep
from accesscfg_tui.screens.board import BoardScreen
from accesscfg_tui.viewmodel.board import Board, Cell, columns
from accesscfg_tui.viewmodel.lines import fit
from accesscfg_tui.widgets.board_list import BoardList

if TYPE_CHECKING:
    from accesscfg_tui.app import AccesscfgApp

DECLARED = ("key", "permissions", "ips", "used by")
TITLES = {"board-pane": "Board", "detail-pane": "Key"}


def keep_outline(app: AccesscfgApp) -> None:
    """Keep the board of a session that ends, where it has one that is of the files as they are now."""
    folder, board = app.workspace.root / ".accesscfg", app.board
    screen = next((one for one in app.screen_stack if isinstance(one, BoardScreen)), None)
    if board is None or screen is None or not screen.is_whole or not _is_laid_out(screen, app.size):
        return
    if app.too_small or not app.shows_the_files or folder.is_symlink() or not folder.is_dir():
        return
    columns, lines = app.size
    fits = Fit(
        columns,
        lines,
        read_only=app.read_only,
        ascii=app.always_ascii,
        colorless=app.colorless,
        sandbox=app.workspace.sandbox_url is not None,
    )
    keep(folder, fits, board.declaration.files, outline_of(app, screen, board))


def _is_laid_out(screen: BoardScreen, size: Size) -> bool:
    """Whether the panes have their places in a window of this size."""
    panes = [pane for name in TITLES if (pane := screen.query_one(f"#{name}")).display]
    places = [pane.region for pane in panes]
    return screen.size == size and all(at.height > 2 and size.region.contains_region(at) for at in places)


def outline_of(app: AccesscfgApp, screen: BoardScreen, board: Board) -> list[str]:
    """The lines of the whole screen, with their colours as a terminal takes them."""
    width, height = screen.size
    pieces: list[list[Segment]] = [[] for _ in range(height)]
    pieces[0] = [Segment(fit(screen.title_text(), width), screen.query_one("#top").rich_style)]
    for name, title in TITLES.items():
        pane = screen.query_one(f"#{name}")
        if pane.display:
            inside = _rows(screen.query_one(BoardList), board) if name == "board-pane" else []
            _frame(pieces, pane, title, inside)
    strips = (Strip(line).adjust_cell_length(width, screen.rich_style) for line in pieces)
    colors = not (app.colorless or app.current_theme.ansi)
    return [strip.render(app.console) if colors else plain(strip.text) for strip in strips]


def _frame(pieces: list[list[Segment]], pane: Widget, title: str, inside: list[Strip]) -> None:
    """Add a pane's part of each line; panes stand side by side, from left to right."""
    at: Region = pane.region
    edge = Style.from_color(pane.styles.border_top[1].rich_color, pane.background_colors[1].rich_color)
    room = at.width - 2
    blank = Strip.blank(room, pane.rich_style)
    pieces[at.y].append(Segment("╭" + f"─ {title} ".ljust(room, "─") + "╮", edge))
    for number in range(at.height - 2):
        row = inside[number] if number < len(inside) else blank
        pieces[at.y + 1 + number] += [
            Segment("│", edge),
            *row.adjust_cell_length(room, pane.rich_style),
            Segment("│", edge),
        ]
    pieces[at.bottom - 1].append(Segment("╰" + "─" * room + "╯", edge))


def _rows(shown: BoardList, board: Board) -> list[Strip]:
    """The heads of the columns, and the rows from the first on."""
    fitting = columns(shown.scrollable_content_region.width)
    bare = Board(board.declaration, board.profile_of, ascii=board.ascii)
    faint = shown.rich_style + Style(dim=True)
    heads = "".join(fit(column.name.upper(), column.width - 1) + " " for column in fitting)
    lines = [Strip([Segment(heads, faint)])]
    now = datetime.now(UTC)
    for row in bare.rows()[: max(0, shown.size.height)]:
        cells = zip(fitting, bare.cells(row, fitting, now), strict=False)
        told = (
            cells if row.key is None else ((column, _declared(column.name, cell)) for column, cell in cells)
        )
        lines.append(Strip(_segments((cell for _, cell in told), shown.rich_style)))
    return lines


def _declared(column: str, cell: Cell) -> Cell:
    return cell if column in DECLARED else replace(cell, text="…" if column == "status" else "")


def _segments(cells: Iterable[Cell], base: Style) -> list[Segment]:
    strong = base + Style(bold=True)
    return [
        Segment(fit(cell.text, cell.width - 1) + " ", strong if cell.style == "strong" else base)
        for cell in cells
    ]
