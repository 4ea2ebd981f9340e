"""What there is to say of an account or a sub-account: its keys, how they stand, who uses them, what is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from accesscfg.model.desired import DesiredKey
from accesscfg.model.profile import Profile
from accesscfg_tui.glyphs import FACES
from accesscfg_tui.viewmodel.board import Board, Row
from accesscfg_tui.viewmodel.detail_fix import limit_lines_of
from accesscfg_tui.viewmodel.lines import Line, fit, line, wrapped
from accesscfg_tui.viewmodel.looks import fix_word, in_order

NARROWEST = 24
KINDS = {"account": "account", "sub": "sub-account"}


def group(board: Board, row: Row, profile: Profile | None, width: int) -> list[Line]:
    """Every line about a group's row, for a width in cells."""
    room, keys = max(NARROWEST, width), board.keys_of(row)
    return [
        *_head(row, profile, len(keys), room),
        *_states(board, row, keys),
        *_keys(board, row, keys, room),
        *_users(keys, room),
        *_limits(profile, keys, room),
    ]


def _head(row: Row, profile: Profile | None, keys: int, width: int) -> Iterator[Line]:
    yield from wrapped(row.id, width, style="strong")
    name = row.exchange if profile is None else profile.name
    yield line(("exchange    ", "faint"), name)
    yield line(("kind        ", "faint"), f"{KINDS[row.kind]}, {keys} key{'' if keys == 1 else 's'}")
    yield line("")


def _states(board: Board, row: Row, keys: tuple[DesiredKey, ...]) -> Iterator[Line]:
    yield line(("STATES", "head"))
    for one, number, word in in_order(board.counts(keys)):
        face = FACES[one]
        glyph = face.ascii if board.ascii else face.glyph
        yield line((f"  {glyph} {number:>3} {word}", face.style))
    waits = board.waiting.get(row.id)
    if waits:
        yield line((f"  {waits.words(datetime.now(UTC))}", "busy"))
    yield line("")


def _keys(board: Board, row: Row, keys: tuple[DesiredKey, ...], width: int) -> Iterator[Line]:
    """Those that somebody should look at; enter goes to one on the board."""
    open_ones = [key for key in keys if board.look(key).is_trouble]
    if not open_ones:
        return
    yield line(("TO LOOK AT", "head"))
    named = [(key, str(key.path).removeprefix(f"{row.id}/")) for key in open_ones]
    widest = min(width // 2, max(len(name) for _, name in named) + 2)
    for key, name in named:
        look = board.look(key)
        style = FACES[look.standing].style if look.fresh else "faint"
        fix = fix_word(look, key)
        says = f"{look.word}{f', {fix}' if fix else ''}"
        yield line(f"  {fit(name, widest)}", (fit(says, width - widest - 2).rstrip(), style))
    yield line("")


def _users(keys: tuple[DesiredKey, ...], width: int) -> Iterator[Line]:
    users: dict[str, int] = {}
    for key in keys:
        if key.used_by:
            users[key.used_by] = users.get(key.used_by, 0) + 1
    if not users:
        return
    yield line(("USED BY", "head"))
    for name, count in sorted(users.items()):
        yield from wrapped(f"{name}: {count} key{'' if count == 1 else 's'}", width, first="  ", rest="    ")
    yield line("")


def _limits(profile: Profile | None, keys: tuple[DesiredKey, ...], width: int) -> Iterator[Line]:
    if profile is not None:
        for scope in dict.fromkeys(key.scope for key in keys):
            yield from limit_lines_of(profile, scope, width)
