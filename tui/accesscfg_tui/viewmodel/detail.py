"""One key in full: what is wanted beside what is live, how each is known, and what would be done about it."""

from __future__ import annotations

from collections.abc import Iterator

from accesscfg_tui.glyphs import FACES
from accesscfg_tui.viewmodel.detail_addresses import address_lines
from accesscfg_tui.viewmodel.detail_fix import fix_lines, life_lines, limit_lines
from accesscfg_tui.viewmodel.detail_rights import right_lines
from accesscfg_tui.viewmodel.detail_states import other_lines
from accesscfg_tui.viewmodel.history import Teller, when, who
from accesscfg_tui.viewmodel.lines import Line, cut, line, wrapped
from accesscfg_tui.viewmodel.looks import age
from accesscfg_tui.viewmodel.scene import Scene

__all__ = ["Line", "Scene", "detail", "facts", "line", "posture"]

MOST_RECORDS = 8
NARROWEST = 24
LABEL = 12  # the cells of the words before what is said of a key


def detail(scene: Scene, width: int) -> list[Line]:
    """Every line, one section below the other, for a width in cells."""
    return [*facts(scene, width), *posture(scene, width)]


def facts(scene: Scene, width: int) -> list[Line]:
    """What is wanted and what is live."""
    room = max(NARROWEST, width)
    return [
        *_head(scene, room),
        *right_lines(scene, room),
        *address_lines(scene, room),
        *other_lines(scene, room),
        *_notes(scene, room),
    ]


def posture(scene: Scene, width: int) -> list[Line]:
    """What would be done, when it ends, what the exchange allows, what was done, and how it is declared."""
    room = max(NARROWEST, width)
    return [
        *fix_lines(scene, room),
        *life_lines(scene, room),
        *_history(scene, room),
        *_source(scene, room),
        *limit_lines(scene, room),
    ]


def _head(scene: Scene, width: int) -> Iterator[Line]:
    key, look = scene.key, scene.look
    yield from wrapped(str(key.path), width, style="strong")
    seen = look.word if look.at is None else f"{look.word}, read {scene.ago}"
    yield from wrapped(f"{scene.glyph(look.standing)} {seen}", width, style=FACES[look.standing].style)
    if look.before is not None:
        before = age(look.before.at, scene.now)
        when_then = "just now" if before == "now" else f"{before} ago"
        yield from wrapped(f"the last answer, {when_then}: {look.before.word}", width, style="faint")
    for name, says in _about(scene):
        yield from _labelled(name, says, width)
    yield line("")


def _labelled(name: str, says: str, width: int) -> Iterator[Line]:
    first, *more = wrapped(says, width, first=f"{name:<{LABEL}}")
    yield line((f"{name:<{LABEL}}", "faint"), first.pieces[-1])
    yield from more


def _about(scene: Scene) -> Iterator[tuple[str, str]]:
    key, result = scene.key, scene.look.result
    yield "exchange", scene.words.name(key.exchange)
    if key.absent:
        yield "wanted", "that there is no such key (state: absent)"
    if key.label:
        yield "label", key.label
    if key.used_by:
        yield "used by", key.used_by
    yield "declared", scene.place
    if not key.held:
        yield "secret", "not held here"
    signed = None if result is None else result.signed_by
    if signed is not None and signed != key.path:
        yield "read with", str(signed)
    if key.managed_by is not None:
        yield "managed by", str(key.managed_by)


def _notes(scene: Scene, width: int) -> Iterator[Line]:
    """Sentences about what was seen: the evidence of an observation, and remarks."""
    notes = () if scene.look.result is None else scene.look.result.notes
    if notes:
        yield scene.heading("WHAT WAS SEEN")
        for note in notes:
            yield from wrapped(note, width, first="  ", rest="    ", style="faint")
        yield line("")


def _history(scene: Scene, width: int) -> Iterator[Line]:
    yield scene.heading("HISTORY", "of this machine")
    teller = Teller(scene.words, lambda path: scene.key.exchange, ascii=scene.ascii)
    told = [record for record in scene.records if record.event in ("outcome", "attested", "edited")]
    for record in told[:MOST_RECORDS]:
        result, style = teller.result(record)
        head = f"  {when(record.at, scene.now)} {who(record)}"
        yield line((head, "faint"), ("  " + result if result else "", style))
        yield from wrapped(teller.what(record), width, first="    ")
    if len(told) > MOST_RECORDS:
        yield line((f"  {len(told) - MOST_RECORDS} more: 4", "faint"))
    if not told:
        yield line(("  nothing was changed or attested from here", "faint"))
    yield line("")


def _source(scene: Scene, width: int) -> Iterator[Line]:
    """The lines that declare it, as they stand."""
    if not scene.source:
        return
    yield scene.heading("DECLARED", scene.place)
    depth = min(len(text) - len(text.lstrip()) for _, text in scene.source if text.strip())
    for number, text in scene.source:
        yield line((f"  {number:>4}  ", "faint"), cut(text[depth:], max(4, width - 8)))
    yield line("")
